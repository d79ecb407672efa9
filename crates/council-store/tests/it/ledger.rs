//! `Ledger`, method by method.

use super::store;
use crate::{id, said};
use council_core::memory::LOCAL_USER;
use council_core::{
    Branch, ConversationStore, Ledger, LedgerEntry, LedgerSummary, Locality, ModelSpend, NewMessage, Outcome,
    Page, StoreError, Timestamp, Usage,
};
use std::time::Duration;

const ALL: Page = Page {
    offset: 0,
    limit: 1_000,
};

pub(crate) fn entry(request_id: &str, second: u64) -> LedgerEntry {
    LedgerEntry {
        user: LOCAL_USER.to_owned(),
        request_id: request_id.to_owned(),
        started_at: Timestamp::from_millis(second * 1_000),
        route: "/hybrid".to_owned(),
        model: "tiny".to_owned(),
        locality: Locality::Local,
        usage: Usage {
            input_tokens: 100,
            cached_tokens: 60,
            output_tokens: 7,
        },
        cost_usd: 0.0,
        latency: Duration::from_nanos(1_234_567_891),
        first_token: Some(Duration::from_nanos(234_567_891)),
        outcome: Outcome::Completed,
    }
}

#[tokio::test]
async fn a_line_comes_back_as_it_was_settled() {
    let (store, _dir) = store().await;
    let remote = LedgerEntry {
        locality: Locality::Remote,
        cost_usd: 0.000_123_456,
        outcome: Outcome::Cancelled,
        usage: Usage {
            input_tokens: u32::MAX,
            cached_tokens: 0,
            output_tokens: u32::MAX,
        },
        ..entry("remote", 2)
    };
    let unreached = LedgerEntry {
        model: String::new(),
        first_token: None,
        outcome: Outcome::Failed,
        usage: Usage::default(),
        ..entry("unreached", 3)
    };
    for line in [entry("local", 1), remote.clone(), unreached.clone()] {
        store.settle(line, vec![]).await.unwrap();
    }
    assert_eq!(
        store.entries(LOCAL_USER, ALL).await,
        Ok(vec![unreached, remote.clone(), entry("local", 1)])
    );
    assert_eq!(
        store.entries(LOCAL_USER, Page { offset: 1, limit: 1 }).await,
        Ok(vec![remote])
    );
}

#[tokio::test]
async fn the_messages_are_stored_with_the_line() {
    let (store, _dir) = store().await;
    store
        .settle(entry("r", 1), vec![said("a", "one", 1), said("a", "two", 2)])
        .await
        .unwrap();
    let stored = store.recent_messages(&id("a"), Branch::Active, 10).await.unwrap();
    let texts: Vec<String> = stored.iter().map(|stored| stored.message.joined_text()).collect();
    assert_eq!(texts, ["one", "two"]);
}

#[tokio::test]
async fn a_request_is_settled_once_and_the_second_attempt_stores_nothing() {
    let (store, _dir) = store().await;
    store.settle(entry("r", 1), vec![]).await.unwrap();
    let error = store
        .settle(entry("r", 9), vec![said("a", "again", 9)])
        .await
        .unwrap_err();
    assert!(
        error.to_string().ends_with("request `r` is settled already"),
        "{error}"
    );
    assert_eq!(store.entries(LOCAL_USER, ALL).await, Ok(vec![entry("r", 1)]));
    assert_eq!(
        store.recent_messages(&id("a"), Branch::Active, 10).await,
        Ok(vec![])
    );
}

#[tokio::test]
async fn a_message_that_cannot_be_stored_takes_the_line_back_too() {
    let (store, _dir) = store().await;
    let impossible = NewMessage {
        created_at: Timestamp::from_duration(Duration::MAX),
        ..said("a", "x", 1)
    };
    let settled = store
        .settle(entry("r", 1), vec![said("a", "fine", 1), impossible])
        .await;
    assert!(matches!(settled, Err(StoreError::Invalid(_))));
    assert_eq!(store.entries(LOCAL_USER, ALL).await, Ok(vec![]));
    assert_eq!(
        store.recent_messages(&id("a"), Branch::Active, 10).await,
        Ok(vec![])
    );
}

#[tokio::test]
async fn a_cost_that_is_no_amount_of_money_is_refused() {
    let (store, _dir) = store().await;
    for cost_usd in [-0.01, f64::NAN, f64::INFINITY, 1e7] {
        let settled = store
            .settle(
                LedgerEntry {
                    cost_usd,
                    ..entry("r", 1)
                },
                vec![],
            )
            .await;
        assert!(matches!(settled, Err(StoreError::Failed(_))), "{cost_usd}");
    }
    assert_eq!(store.entries(LOCAL_USER, ALL).await, Ok(vec![]));
}

#[tokio::test]
async fn the_summary_adds_up_what_began_since_then() {
    let (store, _dir) = store().await;
    assert_eq!(
        store.summary(None, Timestamp::default()).await,
        Ok(LedgerSummary::default())
    );

    let big = |request_id: &str, outcome| LedgerEntry {
        model: "big".to_owned(),
        locality: Locality::Remote,
        cost_usd: 0.1,
        outcome,
        ..entry(request_id, 20)
    };
    let unreached = LedgerEntry {
        model: String::new(),
        usage: Usage::default(),
        outcome: Outcome::Failed,
        ..entry("unreached", 30)
    };
    for line in [
        LedgerEntry {
            cost_usd: 5.0,
            ..entry("before", 9)
        },
        entry("local", 10),
        big("big-1", Outcome::Completed),
        big("big-2", Outcome::Failed),
        big("big-3", Outcome::Cancelled),
        unreached,
    ] {
        store.settle(line, vec![]).await.unwrap();
    }
    let spend = |model: &str, requests, cost_usd| ModelSpend {
        model: model.to_owned(),
        requests,
        cost_usd,
    };
    let expected = LedgerSummary {
        requests: 5,
        failed: 2,
        remote: 3,
        input_tokens: 400,
        cached_tokens: 240,
        output_tokens: 28,
        // Three times 0.1, which is 0.30000000000000004 in floating point.
        cost_usd: 0.3,
        by_model: vec![spend("big", 3, 0.3), spend("tiny", 1, 0.0)],
    };
    assert_eq!(
        store.summary(None, Timestamp::from_millis(10_000)).await,
        Ok(expected)
    );
}

#[tokio::test]
async fn the_ledger_outlives_its_conversation() {
    let (store, _dir) = store().await;
    store
        .settle(entry("r", 1), vec![said("a", "x", 1)])
        .await
        .unwrap();
    store.delete(&id("a")).await.unwrap();
    assert_eq!(store.entries(LOCAL_USER, ALL).await, Ok(vec![entry("r", 1)]));
}
