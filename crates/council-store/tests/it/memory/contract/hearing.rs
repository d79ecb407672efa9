//! What was said to the assistant and is to be learnt from.

use super::*;
use council_core::{Heard, MemoryChange};

async fn heard(store: &dyn MemoryStore, user: &str, since: u64, limit: usize) -> Vec<(String, bool)> {
    let heard = store.heard(user, at(since), limit).await.unwrap();
    let told = |Heard { memory, learnt }: Heard| (memory.content.text, learnt);
    heard.into_iter().map(told).collect()
}

fn pair(text: &str, learnt: bool) -> (String, bool) {
    (text.to_owned(), learnt)
}

pub(super) async fn what_was_heard_and_learnt_from_is_known_and_no_part_of_the_memory(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    subject.insert_one(turn("Ada", "saved", 15), &[1.0]).await;
    let items = vec![
        (turn("Ada", "one", 10), Some(both(toward(&[1.0])))),
        (turn("Ada", "two", 20), None),
        (turn("Ada", "three", 30), None),
    ];
    let ids = store.hear(items).await.unwrap();
    let before = store.export("ada", None, 9).await.unwrap();
    store.learnt("ada", &ids[1]).await.unwrap();
    store.learnt("ada", &ids[1]).await.unwrap();
    store.learnt("bob", &ids[0]).await.unwrap();
    let saved = before[0].memory.id.clone();
    store.learnt("ada", &saved).await.unwrap();
    store
        .learnt("ada", &MemoryId("0000000000".to_owned()))
        .await
        .unwrap();
    let all = [pair("three", false), pair("two", true), pair("one", false)];
    assert_eq!(heard(store, "ada", 0, 9).await, all);
    assert_eq!(heard(store, "ada", 20, 9).await, all[..2]);
    assert_eq!(heard(store, "ada", 0, 1).await, all[..1]);
    assert_eq!(heard(store, "bob", 0, 9).await, []);
    assert_eq!(store.export("ada", None, 9).await.unwrap(), before);
    assert_eq!(store.history("ada", &ids[1]).await.unwrap().len(), 1);
    let undone = store.undo("ada", &ids[1]).await;
    assert!(matches!(undone, Err(StoreError::Invalid(_))), "{undone:?}");
    // It goes with the memory through its changes.
    let change = MemoryChange {
        text: Some(("deux".to_owned(), None)),
        ..MemoryChange::default()
    };
    store.change("ada", &ids[1], change).await.unwrap();
    assert_eq!(heard(store, "ada", 20, 9).await[1], pair("deux", true));
}

pub(super) async fn what_is_retired_kept_apart_or_forgotten_is_not_among_what_was_heard(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let items = ["one", "two", "three", "four"]
        .into_iter()
        .zip(1..)
        .map(|(text, second)| (turn("Ada", text, second), None));
    let ids = store.hear(items.collect()).await.unwrap();
    let apart = MemoryChange {
        quarantined: Some(true),
        ..MemoryChange::default()
    };
    store.change("ada", &ids[0], apart).await.unwrap();
    store
        .supersede("ada", vec![ids[1].clone()], Vec::new())
        .await
        .unwrap();
    let record = store.export("ada", Some(&ids[1]), 1).await.unwrap();
    store.forget("ada", vec![ids[2].clone()]).await.unwrap();
    assert_eq!(heard(store, "ada", 0, 9).await, [pair("four", false)]);
    // What comes back by an import was not said here.
    assert_eq!(store.import(record).await, Ok(1));
    store.learnt("ada", &ids[2]).await.unwrap();
    assert_eq!(heard(store, "ada", 0, 9).await, [pair("four", false)]);
    store.undo("ada", &ids[1]).await.unwrap();
    assert_eq!(
        heard(store, "ada", 0, 9).await,
        [pair("four", false), pair("two", false)]
    );
}
