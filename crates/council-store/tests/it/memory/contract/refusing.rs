//! What is refused, and in which words.

use super::*;
use council_core::{Claim, MemoryChange, Unembedded};

#[expect(clippy::needless_pass_by_value, reason = "the call itself is the argument")]
fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>, field: &str) {
    let Err(StoreError::Invalid(message)) = &result else {
        panic!("accepted, or refused for another reason than `{field}`: {result:?}");
    };
    assert!(message.contains(&format!("`{field}`")), "{message}");
}

fn waiting(memory: &Memory) -> Unembedded {
    Unembedded {
        memory: memory.clone(),
        previous_turn: None,
    }
}

pub(super) async fn vectors_that_are_no_unit_vectors_of_the_embedder_are_refused(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let id = subject.insert_one(note("ada", "one"), &[1.0]).await;
    let memory = store.memory("ada", &id).await.unwrap();
    let unit = toward(&[1.0]);
    let with = |number: f32| {
        let mut vector = unit.clone();
        vector.0[3] = number;
        vector
    };
    let short = Embedding(vec![1.0]);
    for wrong in [short, with(f32::NAN), with(f32::INFINITY), with(1.0)] {
        let own = MemoryVectors {
            own: wrong.clone(),
            context: unit.clone(),
        };
        let context = MemoryVectors {
            own: unit.clone(),
            context: wrong.clone(),
        };
        let item = |vectors: &MemoryVectors| vec![(note("ada", "two"), Some(vectors.clone()))];
        refusal(store.insert(item(&own)).await, "own");
        refusal(store.insert(item(&context)).await, "context");
        refusal(store.supersede("ada", Vec::new(), item(&own)).await, "own");
        refusal(
            store.embed(vec![(waiting(&memory), context.clone())]).await,
            "context",
        );
        let change = MemoryChange {
            text: Some(("three".to_owned(), Some(own))),
            ..MemoryChange::default()
        };
        refusal(store.change("ada", &id, change).await, "own");
        let asked = RecallQuery {
            vector: Some(wrong.clone()),
            ..query("one", &[1.0])
        };
        refusal(store.recall(asked).await, "vector");
        refusal(store.nearest(wrong, of("ada"), 0.0, 1).await, "vector");
    }
    assert_eq!(subject.texts(of("ada")).await, ["one"]);
}

pub(super) async fn what_says_nothing_or_belongs_to_nobody_is_refused(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let id = subject.insert_one(note("ada", "one"), &[1.0]).await;
    refusal(store.insert(vec![(note("ada", " \n"), None)]).await, "text");
    refusal(store.insert(vec![(note("", "one"), None)]).await, "user");
    let items = vec![(note("ada", "fine"), None), (note("ada", ""), None)];
    refusal(store.insert(items).await, "text");
    let change = MemoryChange {
        text: Some((String::new(), None)),
        ..MemoryChange::default()
    };
    refusal(store.change("ada", &id, change).await, "text");
    refusal(store.memories(of(""), PAGE).await, "user");
    refusal(store.speakers(&of("")).await, "user");
    let nobody = RecallQuery {
        filter: of(""),
        ..query("one", &[1.0])
    };
    refusal(store.recall(nobody).await, "user");
    let of_another = vec![(note("bob", "two"), None)];
    refusal(store.supersede("ada", vec![id], of_another).await, "user");
    assert_eq!(store.stats().await.unwrap().memories, 1);
}

pub(super) async fn ranges_that_go_back_and_limits_out_of_range_are_refused(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let back = MemoryFilter {
        since: Some(at(2)),
        until: Some(at(1)),
        ..of("ada")
    };
    refusal(store.memories(back.clone(), PAGE).await, "since");
    refusal(store.speakers(&back).await, "since");
    refusal(store.vectors(back.clone(), 1).await, "since");
    let asked = query("one", &[1.0]);
    let wrong = RecallQuery {
        filter: back.clone(),
        ..asked.clone()
    };
    refusal(store.recall(wrong).await, "since");
    refusal(store.nearest(toward(&[1.0]), back, 0.0, 1).await, "since");
    let wrong = RecallQuery {
        time: Some((at(2), at(1))),
        ..asked.clone()
    };
    refusal(store.recall(wrong).await, "time");
    for limit in [0, 1_001] {
        let wrong = RecallQuery {
            limit,
            ..asked.clone()
        };
        refusal(store.recall(wrong).await, "limit");
        refusal(
            store.nearest(toward(&[1.0]), of("ada"), 0.0, limit).await,
            "limit",
        );
    }
    let least = store.nearest(toward(&[1.0]), of("ada"), f32::NAN, 1).await;
    refusal(least, "least_cosine");
    let mut wrong = asked;
    wrong.weights.recency = f32::NAN;
    refusal(store.recall(wrong).await, "weights.recency");
    for limit in [0, 1_001] {
        assert!(
            store
                .memories(of("ada"), Page { offset: 0, limit })
                .await
                .is_err()
        );
    }
}

pub(super) async fn what_does_not_exist_is_named(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    for id in ["0000000000", "", "'; DROP TABLE memories; --"] {
        let id = MemoryId(id.to_owned());
        assert_eq!(store.memory("ada", &id).await, Err(missing(&id)));
        assert_eq!(store.history("ada", &id).await, Err(missing(&id)));
        assert_eq!(store.undo("ada", &id).await, Err(missing(&id)));
        let change = MemoryChange::default();
        assert_eq!(store.change("ada", &id, change).await, Err(missing(&id)));
        assert_eq!(store.forget("ada", vec![id]).await, Ok(vec![]));
    }
}

pub(super) async fn a_claim_of_impossible_confidence_is_refused(make: &Make) {
    let subject = make().await;
    for confidence in [-0.1, 1.1, f32::NAN] {
        let mut fact = note("ada", "one");
        fact.claim = Some(Claim {
            subject: "Ada".to_owned(),
            attribute: "home".to_owned(),
            confidence,
            extractor: None,
            evidence: Vec::new(),
        });
        refusal(subject.store.insert(vec![(fact, None)]).await, "claim.confidence");
    }
}
