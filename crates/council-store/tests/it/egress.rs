//! `EgressLog`, method by method.

use crate::store;
use council_core::{EgressEntry, EgressLog, EgressOutcome, Found, NewEgress, Page, PrivacyKind, Timestamp};
use council_store::Store;

const ALL: Page = Page {
    offset: 0,
    limit: 1_000,
};

fn call(request_id: &str) -> NewEgress {
    NewEgress {
        started_at: Timestamp::from_millis(1_000),
        request_id: request_id.to_owned(),
        model: "big".to_owned(),
        host: "api.example.org".to_owned(),
        purpose: "turn".to_owned(),
        sent_bytes: 12,
        redacted: vec![Found {
            kind: PrivacyKind::Email,
            count: 2,
        }],
    }
}

#[tokio::test]
async fn a_call_is_written_before_it_is_made_and_completed_once() {
    let (store, _dir) = store();
    let id = store.begin(call("r-1")).await.unwrap();
    let running = EgressEntry {
        id,
        call: call("r-1"),
        received_bytes: 0,
        outcome: EgressOutcome::Running,
    };
    assert_eq!(store.lines(ALL).await, Ok(vec![running.clone()]));
    store.end(id, 99, EgressOutcome::Completed).await.unwrap();
    store.end(id, 0, EgressOutcome::Failed).await.unwrap();
    let completed = EgressEntry {
        received_bytes: 99,
        outcome: EgressOutcome::Completed,
        ..running
    };
    assert_eq!(store.lines(ALL).await, Ok(vec![completed]));
}

#[tokio::test]
async fn lines_come_newest_first_and_in_pages() {
    let (store, _dir) = store();
    for name in ["a", "b", "c"] {
        store.begin(call(name)).await.unwrap();
    }
    let page = store.lines(Page { offset: 1, limit: 1 }).await.unwrap();
    assert_eq!(page[0].call.request_id, "b");
}

#[tokio::test]
async fn a_call_that_the_process_did_not_survive_is_interrupted() {
    let (store, dir) = store();
    store.begin(call("r")).await.unwrap();
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(
        store.lines(ALL).await.unwrap()[0].outcome,
        EgressOutcome::Interrupted
    );
}
