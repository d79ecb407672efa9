//! `EgressLog`, method by method.

use crate::store;
use council_core::{
    Carried, EgressEntry, EgressFilter, EgressLog, EgressOutcome, EgressTotal, Found, NewEgress, Page,
    PrivacyKind, Timestamp,
};
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
        carried: Carried::default(),
        outcome: EgressOutcome::Running,
        reason: String::new(),
    };
    assert_eq!(
        store.lines(EgressFilter::default(), ALL).await,
        Ok(vec![running.clone()])
    );
    store.end(id, 99, EgressOutcome::Completed).await.unwrap();
    store.end(id, 0, EgressOutcome::Failed).await.unwrap();
    let completed = EgressEntry {
        received_bytes: 99,
        outcome: EgressOutcome::Completed,
        ..running
    };
    assert_eq!(
        store.lines(EgressFilter::default(), ALL).await,
        Ok(vec![completed])
    );
}

#[tokio::test]
async fn what_was_refused_says_why_and_what_had_ended_is_not_refused_any_more() {
    let (store, _dir) = store();
    let stopped = store.begin(call("r-1")).await.unwrap();
    store.refuse(stopped, "not_listed").await.unwrap();
    let ended = store.begin(call("r-2")).await.unwrap();
    store.end(ended, 9, EgressOutcome::Completed).await.unwrap();
    store.refuse(ended, "local_only").await.unwrap();
    let lines = store.lines(EgressFilter::default(), ALL).await.unwrap();
    let said: Vec<_> = lines
        .iter()
        .map(|line| (line.outcome, line.reason.as_str()))
        .collect();
    let refused = (EgressOutcome::Refused, "not_listed");
    assert_eq!(said, [(EgressOutcome::Completed, ""), refused]);
}

#[tokio::test]
async fn lines_come_newest_first_and_in_pages() {
    let (store, _dir) = store();
    for name in ["a", "b", "c"] {
        store.begin(call(name)).await.unwrap();
    }
    let page = store
        .lines(EgressFilter::default(), Page { offset: 1, limit: 1 })
        .await
        .unwrap();
    assert_eq!(page[0].call.request_id, "b");
}

#[tokio::test]
async fn a_call_that_the_process_did_not_survive_is_interrupted() {
    let (store, dir) = store();
    store.begin(call("r")).await.unwrap();
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(
        store.lines(EgressFilter::default(), ALL).await.unwrap()[0].outcome,
        EgressOutcome::Interrupted
    );
}

/// A line of something that is no call of a model.
fn fetched(host: &str, purpose: &str, seconds: u64) -> NewEgress {
    NewEgress {
        started_at: Timestamp::from_millis(seconds * 1_000),
        request_id: String::new(),
        model: String::new(),
        host: host.to_owned(),
        purpose: purpose.to_owned(),
        sent_bytes: 0,
        redacted: Vec::new(),
    }
}

#[tokio::test]
async fn what_was_carried_adds_up_by_host_and_purpose() {
    let (store, _dir) = store();
    let carried = |sent_bytes, received_bytes| Carried {
        requests: 1,
        sent_bytes,
        received_bytes,
    };
    for (seconds, received) in [(1, 100), (2_u64, 50)] {
        let id = store
            .begin(fetched("hub.example", "pull", seconds))
            .await
            .unwrap();
        store.add(id, carried(0, received)).await.unwrap();
        store
            .add(
                id,
                Carried {
                    received_bytes: 1,
                    ..Carried::default()
                },
            )
            .await
            .unwrap();
        store.end(id, received, EgressOutcome::Completed).await.unwrap();
    }
    let refused = store.begin(fetched("other.example", "pull", 3)).await.unwrap();
    store.end(refused, 0, EgressOutcome::Refused).await.unwrap();
    // A line of a version that counted the text alone.
    let old = store.begin(call("r")).await.unwrap();
    store.end(old, 30, EgressOutcome::Completed).await.unwrap();
    let total = |host: &str, purpose: &str, lines, refused, carried, seconds: u64| EgressTotal {
        host: host.to_owned(),
        purpose: purpose.to_owned(),
        lines,
        refused,
        carried,
        last_at: Timestamp::from_millis(seconds * 1_000),
    };
    let hub = Carried {
        requests: 2,
        sent_bytes: 0,
        received_bytes: 152,
    };
    let text = Carried {
        requests: 0,
        sent_bytes: 12,
        received_bytes: 30,
    };
    assert_eq!(
        store.totals(EgressFilter::default()).await.unwrap(),
        [
            total("hub.example", "pull", 2, 0, hub, 2),
            total("api.example.org", "turn", 1, 0, text, 1),
            total("other.example", "pull", 1, 1, Carried::default(), 3),
        ]
    );
    let of_hub = EgressFilter {
        host: Some("hub.".to_owned()),
        since: Some(Timestamp::from_millis(2_000)),
        ..EgressFilter::default()
    };
    let lines = store.lines(of_hub, ALL).await.unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].carried, carried(0, 51));
    let refused = EgressFilter {
        outcome: Some(EgressOutcome::Refused),
        ..EgressFilter::default()
    };
    assert_eq!(
        store.lines(refused, ALL).await.unwrap()[0].call.host,
        "other.example"
    );
}

#[tokio::test]
async fn a_command_writes_its_lines_beside_the_server_and_its_end_counts_after_a_restart_too() {
    let (store, dir) = store();
    let beside = Store::beside(dir.path(), None).unwrap();
    let id = beside.begin(fetched("hub.example", "pull", 1)).await.unwrap();
    let lines = |store: std::sync::Arc<Store>| async move {
        store.lines(EgressFilter::default(), ALL).await.unwrap()
    };
    assert_eq!(lines(std::sync::Arc::clone(&store)).await[0].id, id);
    drop(store);
    // The server that starts now cannot know that the command still runs.
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(
        lines(std::sync::Arc::clone(&store)).await[0].outcome,
        EgressOutcome::Interrupted
    );
    beside.end(id, 7, EgressOutcome::Completed).await.unwrap();
    assert_eq!(lines(store).await[0].outcome, EgressOutcome::Completed);
}

#[tokio::test]
async fn a_command_without_a_server_makes_the_database_and_leaves_the_directory_free() {
    let dir = tempfile::TempDir::new().unwrap();
    let beside = Store::beside(dir.path(), None).unwrap();
    beside.begin(fetched("hub.example", "pull", 1)).await.unwrap();
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(store.lines(EgressFilter::default(), ALL).await.unwrap().len(), 1);
}
