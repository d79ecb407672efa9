//! Export and import.

use super::*;
use council_core::{MemoryChange, MemoryEvent, MemoryRecord};

/// A store with a memory of every state, and everything that it holds.
async fn filled(make: &Make) -> (Subject, Vec<MemoryRecord>) {
    let subject = make().await;
    let store = &*subject.store;
    let mut full = super::keeping::full();
    full.quarantined = false;
    let first = store.insert(vec![(full, None)]).await.unwrap().remove(0);
    let second = subject.insert_one(turn("Nate", "one", 10), &[1.0]).await;
    subject.insert_one(turn("Nate", "two", 20), &[1.0]).await;
    subject.insert_one(note("bob", "not of ada"), &[1.0]).await;
    let change = MemoryChange {
        text: Some(("changed".to_owned(), None)),
        pinned: Some(true),
        ..MemoryChange::default()
    };
    subject.at(1_010).change("ada", &first, change).await.unwrap();
    subject.at(1_020).undo("ada", &first).await.unwrap();
    let items = vec![(turn("Nate", "three", 5), None)];
    store.supersede("ada", vec![second], items).await.unwrap();
    let records = store.export("ada", None, 100).await.unwrap();
    assert_eq!(records.len(), 4);
    (subject, records)
}

pub(super) async fn an_export_into_another_store_is_lossless(make: &Make) {
    let (_from, records) = filled(make).await;
    // Into a store of its own kind, and through the reference.
    for into in [make().await, naive().await, make().await] {
        assert_eq!(into.store.import(records.clone()).await, Ok(4));
        let exported = into.store.export("ada", None, 100).await.unwrap();
        assert_eq!(exported, records);
        for record in &records {
            let memory = into.store.memory("ada", &record.memory.id).await;
            assert_eq!(memory.as_ref(), Ok(&record.memory));
            let history = into.store.history("ada", &record.memory.id).await;
            assert_eq!(history.as_ref(), Ok(&record.history));
        }
        let (waiting, count) = into.store.without_vectors(10).await.unwrap();
        assert_eq!((waiting.len(), count), (4, 4));
        // It lives on: what was there can be undone, and new ones get identifiers of their own.
        let id = into.insert_one(note("ada", "new"), &[1.0]).await;
        assert!(records.iter().all(|record| record.memory.id != id));
        let undone = into.store.undo("ada", &records[1].memory.id).await.unwrap();
        assert_eq!(undone.retired_at, None);
        assert!(into.store.undo("ada", &records[0].memory.id).await.is_err());
    }
    let (reference, into) = (naive().await, make().await);
    reference.store.import(records).await.unwrap();
    let records = reference.store.export("ada", None, 100).await.unwrap();
    into.store.import(records.clone()).await.unwrap();
    assert_eq!(into.store.export("ada", None, 100).await, Ok(records));
}

pub(super) async fn an_export_comes_in_parts_in_the_order_of_storage(make: &Make) {
    let (subject, records) = filled(make).await;
    let mut after: Option<MemoryId> = None;
    let mut parts = Vec::new();
    loop {
        let part = subject.store.export("ada", after.as_ref(), 3).await.unwrap();
        let Some(last) = part.last() else { break };
        after = Some(last.memory.id.clone());
        parts.extend(part);
    }
    assert_eq!(parts, records);
    let unknown = MemoryId("0000000000".to_owned());
    let refused = subject.store.export("ada", Some(&unknown), 3).await;
    let Err(StoreError::Invalid(message)) = refused else {
        panic!("there is nothing to go on after: {refused:?}");
    };
    assert!(
        message.contains("`after`") && message.contains("0000000000"),
        "{message}"
    );
}

pub(super) async fn importing_twice_changes_nothing(make: &Make) {
    let (subject, records) = filled(make).await;
    let change = MemoryChange {
        tags: Some(vec!["since".to_owned()]),
        ..MemoryChange::default()
    };
    let id = &records[2].memory.id;
    let changed = subject.store.change("ada", id, change).await.unwrap();
    assert_eq!(subject.store.import(records.clone()).await, Ok(0));
    assert_eq!(subject.store.memory("ada", id).await, Ok(changed));
    let twice = vec![records[0].clone(), records[0].clone()];
    assert_eq!(make().await.store.import(twice).await, Ok(1));
}

pub(super) async fn an_imported_memory_without_history_was_created_once(make: &Make) {
    let (_from, mut records) = filled(make).await;
    let mut record = records.remove(2);
    record.history.clear();
    let into = make().await;
    assert_eq!(into.store.import(vec![record.clone()]).await, Ok(1));
    let history = into.store.history("ada", &record.memory.id).await.unwrap();
    let versions: Vec<_> = history
        .iter()
        .map(|version| (version.event, &version.memory))
        .collect();
    assert_eq!(versions, [(MemoryEvent::Created, &record.memory)]);
    let words = RecallQuery {
        vector: None,
        ..query("two", &[1.0])
    };
    let hits = into.store.recall(words).await.unwrap();
    assert_eq!(texts(&hits), ["two"]);
}
