//! `ReceiptStore`, method by method.

use super::{Kept, store};
use crate::{id, said};
use council_core::memory::LOCAL_USER;
use council_core::{
    Answerer, ConversationStore, Decision, Feedback, Page, Rating, Receipt, ReceiptFilter, ReceiptStore,
    SkillKind, StepOutcome, StepTaken, StoreError, TimeSplit, Timestamp, Verdicts,
};

const ALL: Page = Page {
    offset: 0,
    limit: 100,
};

fn step(outcome: StepOutcome) -> StepTaken {
    StepTaken {
        answerer: Answerer::Model("small".to_owned()),
        outcome,
        reason: "the usual model".to_owned(),
        confidence: Some(0.25),
        calibrated: true,
        elapsed_ms: 12.5,
        input_tokens: 100,
        output_tokens: 7,
        cost_usd: 0.0,
    }
}

pub(super) fn receipt(request_id: &str, second: u64) -> Receipt {
    Receipt {
        user: LOCAL_USER.to_owned(),
        request_id: request_id.to_owned(),
        started_at_ms: second * 1_000,
        route: "/hybrid".to_owned(),
        conversation: None,
        policy: "cascade".to_owned(),
        features: None,
        state: None,
        rules: None,
        decision: None,
        steps: vec![step(StepOutcome::Accepted)],
        answered_by: "small".to_owned(),
        skill: SkillKind::Chat,
        confidence: Some(0.25),
        calibrated: true,
        verified: false,
        cache: None,
        degraded: vec!["it was late".to_owned()],
        sent_to: vec![],
        times: TimeSplit::default(),
        input_tokens: 100,
        output_tokens: 7,
        cost_usd: 0.000_1,
        outcome: "completed".to_owned(),
    }
}

async fn listed(store: &Kept, filter: ReceiptFilter) -> Vec<String> {
    let (receipts, total) = store.receipts(filter, ALL).await.unwrap();
    assert_eq!(receipts.len() as u64, total);
    receipts.into_iter().map(|receipt| receipt.request_id).collect()
}

#[tokio::test]
async fn a_receipt_comes_back_as_it_was_kept() {
    let (store, _dir) = store().await;
    store.keep_receipt(receipt("a", 1)).await.unwrap();
    // What is kept twice stays as it was.
    store.keep_receipt(receipt("a", 2)).await.unwrap();
    assert_eq!(store.receipt("a").await, Ok((receipt("a", 1), vec![])));
    assert_eq!(
        store.receipt("b").await,
        Err(StoreError::NotFound {
            what: "receipt",
            id: "b".to_owned()
        })
    );
}

#[tokio::test]
async fn lists_are_filtered_and_paged_newest_first() {
    let (store, _dir) = store().await;
    let math = Receipt {
        skill: SkillKind::Math,
        answered_by: "math".to_owned(),
        ..receipt("b", 2)
    };
    let escalated = Receipt {
        steps: vec![step(StepOutcome::Unsure), step(StepOutcome::Accepted)],
        conversation: Some("c".to_owned()),
        ..receipt("c", 3)
    };
    let declined = Receipt {
        steps: vec![step(StepOutcome::Declined), step(StepOutcome::Accepted)],
        outcome: "failed".to_owned(),
        ..receipt("d", 4)
    };
    for one in [receipt("a", 1), math, escalated, declined] {
        store.keep_receipt(one).await.unwrap();
    }
    let usual = ReceiptFilter::default();
    assert_eq!(listed(&store, usual.clone()).await, ["d", "c", "b", "a"]);
    for (filter, expected) in [
        (
            ReceiptFilter {
                skill: Some(SkillKind::Math),
                ..usual.clone()
            },
            vec!["b"],
        ),
        (
            ReceiptFilter {
                answered_by: Some("small".to_owned()),
                outcome: Some("completed".to_owned()),
                ..usual.clone()
            },
            vec!["c", "a"],
        ),
        (
            ReceiptFilter {
                escalated: Some(true),
                ..usual.clone()
            },
            vec!["c"],
        ),
        (
            ReceiptFilter {
                conversation: Some(id("c")),
                ..usual.clone()
            },
            vec!["c"],
        ),
        (
            ReceiptFilter {
                since: Some(Timestamp::from_millis(2_000)),
                until: Some(Timestamp::from_millis(4_000)),
                ..usual.clone()
            },
            vec!["c", "b"],
        ),
    ] {
        assert_eq!(listed(&store, filter.clone()).await, expected, "{filter:?}");
    }
    let (page, total) = store.receipts(usual, Page { offset: 1, limit: 2 }).await.unwrap();
    let ids: Vec<_> = page.iter().map(|receipt| receipt.request_id.as_str()).collect();
    assert_eq!((ids, total), (vec!["c", "b"], 4));
}

#[tokio::test]
async fn what_became_of_an_answer_is_kept_with_its_receipt() {
    let (store, _dir) = store().await;
    store.keep_receipt(receipt("a", 1)).await.unwrap();
    let rating = |request: &str, rating, second: u64| Feedback {
        request_id: request.to_owned(),
        rating,
        at: Timestamp::from_millis(second),
        note: Some("too long".to_owned()),
    };
    let down = rating("a", Rating::Down, 5);
    let edited = Feedback {
        note: None,
        ..rating("a", Rating::Edited, 6)
    };
    store.note(down.clone()).await.unwrap();
    store.note(edited.clone()).await.unwrap();
    assert_eq!(store.receipt("a").await.unwrap().1, [down, edited]);
    assert!(matches!(
        store.note(rating("b", Rating::Up, 7)).await,
        Err(StoreError::NotFound { .. })
    ));
}

#[tokio::test]
async fn answers_count_as_they_were_judged_last_by_kind_of_question() {
    let (store, _dir) = store().await;
    let decided = |request: &str, kind| Receipt {
        decision: Some(Decision {
            kind,
            probability: 1.0,
            steps: vec![],
            considered: vec![],
            degraded: vec![],
            max_tokens: None,
        }),
        ..receipt(request, 1)
    };
    for one in [
        decided("a", SkillKind::Math),
        decided("b", SkillKind::Math),
        decided("c", SkillKind::Math),
        decided("d", SkillKind::Code),
        receipt("e", 1),
        receipt("f", 1),
    ] {
        store.keep_receipt(one).await.unwrap();
    }
    for (request, rating) in [
        ("a", Rating::Up),
        ("a", Rating::Down),
        ("a", Rating::Regenerated),
        ("b", Rating::Right),
        ("c", Rating::Edited),
        ("d", Rating::Wrong),
        ("e", Rating::Up),
    ] {
        let feedback = Feedback {
            request_id: request.to_owned(),
            rating,
            at: Timestamp::from_millis(5),
            note: None,
        };
        store.note(feedback).await.unwrap();
    }
    let verdicts = |kind, right, wrong| Verdicts {
        answered_by: "small".to_owned(),
        kind,
        right,
        wrong,
    };
    assert_eq!(
        store.verdicts().await.unwrap(),
        [
            verdicts(SkillKind::Chat, 1, 0),
            verdicts(SkillKind::Code, 0, 1),
            verdicts(SkillKind::Math, 1, 1),
        ]
    );
}

#[tokio::test]
async fn receipts_go_with_their_conversation() {
    let (store, _dir) = store().await;
    store.append(said("c", "hello", 1)).await.unwrap();
    let of_c = Receipt {
        conversation: Some("c".to_owned()),
        ..receipt("a", 1)
    };
    store.keep_receipt(of_c).await.unwrap();
    store.keep_receipt(receipt("b", 2)).await.unwrap();
    let up = Feedback {
        request_id: "a".to_owned(),
        rating: Rating::Up,
        at: Timestamp::default(),
        note: None,
    };
    store.note(up).await.unwrap();
    store.delete(&id("c")).await.unwrap();
    assert_eq!(listed(&store, ReceiptFilter::default()).await, ["b"]);
}
