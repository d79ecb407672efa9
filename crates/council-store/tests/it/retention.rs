//! What is too old goes, and nothing else.

use crate::{id, said, store};
use council_core::memory::LOCAL_USER;
use council_core::retention::{Expired, Retention, RetentionRules};
use council_core::{
    AuditFilter, AuditLine, ConversationChange, ConversationFilter, ConversationStore, Ledger, LedgerEntry,
    Locality, Outcome, Page, SettingsStore, Timestamp, Usage,
};
use council_store::Store;
use std::sync::Arc;
use std::time::Duration;

const DAY_S: u64 = 86_400;

/// The hundredth day.
const NOW: Timestamp = Timestamp::from_millis(100 * DAY_S * 1_000);

/// A conversation, a line of the ledger, one of the audit and a measurement of this day.
async fn day(store: &Arc<Store>, day: u64) {
    let at = Timestamp::from_millis(day * DAY_S * 1_000);
    store
        .append(said(&format!("c{day}"), &format!("said-on-{day}"), day * DAY_S))
        .await
        .unwrap();
    let entry = LedgerEntry {
        user: LOCAL_USER.to_owned(),
        request_id: format!("r{day}"),
        started_at: at,
        route: "/hybrid".to_owned(),
        model: "tiny".to_owned(),
        locality: Locality::Local,
        usage: Usage::default(),
        cost_usd: 0.0,
        latency: Duration::ZERO,
        first_token: None,
        outcome: Outcome::Completed,
    };
    store.settle(entry, vec![]).await.unwrap();
    let line = AuditLine {
        at,
        by: "me".to_owned(),
        setting: "backup".to_owned(),
        before: String::new(),
        after: "made".to_owned(),
    };
    SettingsStore::note(&**store, line).await.unwrap();
}

async fn names(store: &Arc<Store>) -> Vec<String> {
    let all = Page { offset: 0, limit: 99 };
    let listed = store
        .conversations(ConversationFilter::default(), all)
        .await
        .unwrap();
    let mut names: Vec<String> = listed
        .iter()
        .map(|conversation| conversation.id.as_str().to_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_older_than_its_days_goes_and_what_has_none_stays() {
    let (store, dir) = store();
    for number in [10, 60, 69, 71, 99] {
        day(&store, number).await;
    }
    let pin = ConversationChange {
        pinned: Some(true),
        ..ConversationChange::default()
    };
    ConversationStore::change(&*store, &id("c10"), pin).await.unwrap();
    let nothing = RetentionRules::default();
    assert_eq!(store.expire(nothing, NOW).await, Ok(Expired::default()));
    let rules = RetentionRules {
        conversations_days: 30,
        ledger_days: 20,
        ..nothing
    };
    let expected = Expired {
        conversations: 2,
        ledger: 4,
        ..Expired::default()
    };
    assert_eq!(store.expired(rules, NOW).await, Ok(expected));
    assert_eq!(names(&store).await.len(), 5, "looking changes nothing");
    assert_eq!(store.expire(rules, NOW).await, Ok(expected));
    assert_eq!(names(&store).await, ["c10", "c71", "c99"]);
    let all = Page { offset: 0, limit: 99 };
    assert_eq!(store.entries(LOCAL_USER, all).await.unwrap().len(), 1);
    assert_eq!(store.audit(AuditFilter::default(), all).await.unwrap().len(), 5);
    assert_eq!(
        store.expire(rules, NOW).await,
        Ok(Expired::default()),
        "once is enough"
    );
    // What went is not in the log either.
    let wal = std::fs::read(dir.path().join("council.db-wal")).unwrap();
    assert_eq!(wal.len(), 0);
    let everything = RetentionRules::all(1);
    assert_eq!(store.expire(everything, NOW).await.unwrap().audit, 4);
}

#[tokio::test]
async fn thousands_of_lines_go_in_several_transactions() {
    let (store, _dir) = store();
    let line = AuditLine {
        at: Timestamp::from_millis(1),
        by: "me".to_owned(),
        setting: "backup".to_owned(),
        before: String::new(),
        after: "made".to_owned(),
    };
    let notes = (0..2_500).map(|_| SettingsStore::note(&*store, line.clone()));
    futures::future::try_join_all(notes).await.unwrap();
    let rules = RetentionRules {
        audit_days: 1,
        ..RetentionRules::default()
    };
    assert_eq!(store.expire(rules, NOW).await.unwrap().audit, 2_500);
}
