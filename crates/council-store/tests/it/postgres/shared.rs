//! Several Councils with one database.

use super::{Kept, store};
use crate::{id, said};
use council_core::egress::naive::OpenGate;
use council_core::{
    AuditLine, Branch, Budget, Caps, ConversationStore, CountFrom, MessageId, NanoUsd, Page, Reservation,
    SettingsStore, StoreError, StoredChange, Timestamp,
};
use futures::FutureExt as _;
use futures::future::join_all;
use std::sync::Arc;
use std::time::Duration;

/// 2026-11-22, noon, UTC.
const NOON: Timestamp = Timestamp::from_millis(1_795_348_800_000);

fn call(id: String, nano: u64) -> Reservation {
    Reservation {
        id,
        request_id: "r".to_owned(),
        key: String::new(),
        model: "gpt".to_owned(),
        amount: NanoUsd(nano),
        at: NOON,
        expires_at: NOON.after(Duration::from_mins(5)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_reservations_of_two_councils_never_exceed_the_bound() {
    let (first, home) = store().await;
    let councils = [first, home.open().await];
    let cap = Caps {
        daily: Some(NanoUsd(7_777)),
        ..Caps::default()
    };
    // Each asks from fifty places at once.
    let place = |number: usize| {
        let council = Arc::clone(&councils[number % 2]);
        async move {
            let mut granted = 0;
            for round in 0..100 {
                let id = format!("{number}-{round}");
                let reserved = council.reserve(call(id.clone(), 10), cap).await.is_ok();
                granted += u64::from(reserved);
                // Some end at once, for half of what they reserved, and make room.
                if reserved && round % 4 == 0 {
                    council.charge(&id, NanoUsd(5)).await.unwrap();
                }
            }
            granted
        }
    };
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..100 {
        tasks.spawn(place(number));
    }
    let granted: u64 = tasks.join_all().await.into_iter().sum();
    for council in &councils {
        let spending = council.spending(NOON).await.unwrap();
        assert!(spending.today <= NanoUsd(7_777), "{spending:?}");
        // What was left did not suffice for one more.
        assert!(
            spending.today > NanoUsd(7_777 - 10),
            "{spending:?} after {granted} were granted"
        );
    }
}

#[tokio::test]
async fn what_one_council_was_told_another_knows_at_once() {
    let (first, home) = store().await;
    let second = home.open().await;
    first.append(said("a", "one", 1)).await.unwrap();
    let answer = second.append(said("a", "two", 2)).await.unwrap();
    let page = Page { offset: 0, limit: 10 };
    let a = id("a");
    let messages = first.messages(&a, Branch::Active, CountFrom::Start, page);
    let texts: Vec<String> = messages
        .await
        .unwrap()
        .iter()
        .map(|stored| stored.message.joined_text())
        .collect();
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(first.conversation(&id("a")).await.unwrap().leaf, Some(answer));
}

#[tokio::test]
async fn messages_that_come_at_the_same_time_are_one_branch() {
    let (first, home) = store().await;
    let councils = [first, home.open().await];
    let appended = (0..40).map(|number| councils[number % 2].append(said("a", &number.to_string(), 1)));
    let mut ids: Vec<MessageId> = join_all(appended).await.into_iter().map(Result::unwrap).collect();
    ids.sort_unstable();
    let tree = councils[0].tree(&id("a")).await.unwrap();
    assert_eq!(tree.iter().map(|stored| stored.id).collect::<Vec<_>>(), ids);
    for (before, after) in tree.iter().zip(&tree[1..]) {
        assert_eq!((after.parent, after.depth), (Some(before.id), before.depth + 1));
    }
    assert_eq!(
        councils[1].conversation(&id("a")).await.unwrap().message_count,
        40
    );
}

#[tokio::test]
async fn councils_that_start_together_make_the_tables_once() {
    let url = crate::memory::postgres::empty().await;
    let started = join_all((0..6).map(|_| Kept::open(&url, "database.url", Arc::new(OpenGate)))).await;
    assert!(started.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_change_of_a_setting_is_a_new_revision_and_none_is_passed_over() {
    let (first, home) = store().await;
    let second = home.open().await;
    let change = |value: &str| StoredChange {
        key: "cloud.enabled".to_owned(),
        value: Some(value.to_owned()),
    };
    let mut seen = second.revision().await.unwrap();
    for value in ["true", "false"] {
        let changes = vec![change(value)];
        SettingsStore::change(&*first, changes, NOON, "me").await.unwrap();
        let now = second.revision().await.unwrap();
        assert!(now > seen);
        seen = now;
        assert_eq!(second.settings().await.unwrap()[0].value, value);
    }
    // Of changes at the same time, the highest number is seen last.
    let councils = [first, second];
    join_all((0..20).map(|number| {
        let councils = &councils;
        async move {
            let council = &councils[number % 2];
            let changes = vec![change("true")];
            SettingsStore::change(&**council, changes, NOON, "me")
                .await
                .unwrap();
            let revision = council.revision().await.unwrap();
            let known = council.settings().await.unwrap();
            assert!(!known.is_empty() && revision > seen);
        }
    }))
    .await;
}

#[tokio::test]
async fn a_council_is_told_when_another_one_changes_a_setting() {
    let (first, home) = store().await;
    let second = home.open().await;
    // What others did that share the server with this test.
    while let Some(()) = second.told().now_or_never() {}
    for value in ["true", "false"] {
        let change = StoredChange {
            key: "cloud.enabled".to_owned(),
            value: Some(value.to_owned()),
        };
        let told = async {
            // Others may change things of theirs in the meantime.
            while second
                .settings()
                .await
                .unwrap()
                .first()
                .map(|set| set.value.clone())
                .as_deref()
                != Some(value)
            {
                second.told().await;
            }
        };
        let changed = SettingsStore::change(&*first, vec![change], NOON, "me");
        let (changed, ()) = tokio::join!(changed, told);
        changed.unwrap();
    }
    // A line that is no setting's is told too: the audit grows.
    while let Some(()) = second.told().now_or_never() {}
    let revision = second.revision().await.unwrap();
    let line = AuditLine {
        at: NOON,
        by: "me".to_owned(),
        setting: "import".to_owned(),
        before: String::new(),
        after: "3".to_owned(),
    };
    first.note(line).await.unwrap();
    while second.revision().await.unwrap() == revision {
        second.told().await;
    }
}

#[tokio::test]
async fn a_newer_database_and_a_wrong_address_are_refused_by_the_name_of_the_key() {
    let (store, home) = store().await;
    drop(store);
    let wrong = Kept::open("mysql://x", "database.url", Arc::new(OpenGate)).await;
    let Err(StoreError::Invalid(message)) = wrong.map(drop) else {
        panic!("it is no address");
    };
    assert!(message.contains("`database.url`"), "{message}");
    let client = crate::memory::postgres::connect(&home.0).await;
    client
        .batch_execute("UPDATE store_version SET version = 99")
        .await
        .unwrap();
    let newer = Kept::open(&home.0, "database.url", Arc::new(OpenGate)).await;
    assert!(
        matches!(newer.map(drop), Err(StoreError::Invalid(message)) if message.contains("schema version 99"))
    );
}
