//! What is stored comes back, and stays with its owner.

use super::*;
use council_core::{Claim, Evidence, MemoryChange, MemoryCounts, MemoryStats, Trust};
use serde_json::json;
use std::collections::HashSet;

/// A memory with something in every field.
pub(super) fn full() -> NewMemory {
    NewMemory {
        text: "Grüße, 漢字 'quoted' \"twice\" \\ %s $1".to_owned(),
        kind: MemoryKind::Preference,
        speaker: Some("Zoë".to_owned()),
        scope: scope("ada", Some("p"), Some("s")),
        said_at: Timestamp::from_duration(std::time::Duration::new(1_700_000_000, 123_456_789)),
        valid_to: Some(at(1_800_000_000)),
        area: "solutions".to_owned(),
        tags: vec!["b".into(), "a".into(), String::new()],
        metadata: json!({ "x": [1, { "y": null }], "a": "\u{0}", "b": 0.1, "c": u64::MAX })
            .as_object()
            .unwrap()
            .clone(),
        trust: Trust::Web,
        claim: Some(Claim {
            subject: "Zoë".to_owned(),
            attribute: "likes".to_owned(),
            confidence: 0.1,
            extractor: Some("model".to_owned()),
            evidence: vec![Evidence {
                memory: MemoryId("0123456789".to_owned()),
                quote: "it's \"so\"".to_owned(),
            }],
        }),
        source: Some("/a/b.pdf".to_owned()),
        quarantined: true,
    }
}

pub(super) async fn a_memory_keeps_every_field_and_has_an_id_of_ten_letters_and_digits(make: &Make) {
    let subject = make().await;
    let store = subject.at(77);
    let mut item = full();
    // Which does not exist; what it says of itself is kept all the same.
    let ids = store.insert(vec![(item.clone(), None)]).await.unwrap();
    assert!(ids[0].0.len() == 10 && ids[0].0.chars().all(|letter| letter.is_ascii_alphanumeric()));
    let expected = Memory::created(ids[0].clone(), item.clone(), at(77));
    assert_eq!(store.memory("ada", &ids[0]).await.as_ref(), Ok(&expected));

    item.speaker = None;
    item.scope = scope("ada", None, None);
    item.claim = None;
    item.source = None;
    item.quarantined = false;
    let ids = store
        .insert(vec![(item.clone(), Some(both(toward(&[1.0]))))])
        .await
        .unwrap();
    let expected = Memory::created(ids[0].clone(), item, at(77));
    assert_eq!(store.memory("ada", &ids[0]).await, Ok(expected));
}

pub(super) async fn ids_are_all_different_and_in_the_order_of_what_was_given(make: &Make) {
    let subject = make().await;
    let mut seen = HashSet::new();
    for batch in [1, 200, 0, 3] {
        let items = (0..batch).map(|number| (note("ada", &format!("{batch} {number}")), None));
        let ids = subject.store.insert(items.collect()).await.unwrap();
        assert_eq!(ids.len(), batch);
        for (number, id) in ids.iter().enumerate() {
            let memory = subject.store.memory("ada", id).await.unwrap();
            assert_eq!(memory.content.text, format!("{batch} {number}"));
            assert!(seen.insert(id.clone()));
        }
    }
}

pub(super) async fn a_user_sees_changes_and_forgets_only_what_is_the_users_own(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let mine = subject.insert_one(note("ada", "the secret of ada"), &[1.0]).await;
    let other = subject.insert_one(note("bob", "the secret of bob"), &[1.0]).await;
    assert_eq!(store.memory("ada", &other).await, Err(missing(&other)));
    assert_eq!(store.history("ada", &other).await, Err(missing(&other)));
    assert_eq!(store.undo("ada", &other).await, Err(missing(&other)));
    let pin = MemoryChange {
        pinned: Some(true),
        ..MemoryChange::default()
    };
    assert_eq!(store.change("ada", &other, pin).await, Err(missing(&other)));
    let taken_over = store.supersede("ada", vec![other.clone()], Vec::new()).await;
    assert_eq!(taken_over, Err(missing(&other)));
    assert_eq!(store.forget("ada", vec![other.clone()]).await, Ok(vec![]));
    assert!(!store.memory("bob", &other).await.unwrap().pinned);
    let hits = store.recall(query("secret of bob", &[1.0])).await.unwrap();
    assert_eq!(texts(&hits), ["the secret of ada"]);
    let near = store.nearest(toward(&[1.0]), of("ada"), -1.0, 9).await.unwrap();
    assert_eq!(texts(&near), ["the secret of ada"]);
    let own = store.vectors(of("ada"), 9).await.unwrap();
    assert_eq!(own, [(mine.clone(), toward(&[1.0]))]);
    assert_eq!(subject.texts(of("ada")).await, ["the secret of ada"]);
    let exported = store.export("ada", None, 9).await.unwrap();
    assert_eq!(
        exported
            .iter()
            .map(|record| &record.memory.id)
            .collect::<Vec<_>>(),
        [&mine]
    );
    assert_eq!(subject.texts(of("nobody")).await, Vec::<String>::new());
    let nobody = RecallQuery {
        filter: of("nobody"),
        ..query("secret", &[1.0])
    };
    assert_eq!(store.recall(nobody).await, Ok(vec![]));
    assert_eq!(store.export("nobody", None, 9).await, Ok(vec![]));
}

pub(super) async fn the_latest_turn_is_the_last_said_of_exactly_that_session(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let in_session = scope("ada", None, Some("s"));
    assert_eq!(store.latest_turn(&in_session).await, Ok(None));
    let mut elsewhere = turn("Nate", "in a project", 90);
    elsewhere.scope.project = Some("p".into());
    let mut fact = turn("Nate", "a fact", 95);
    fact.kind = MemoryKind::Fact;
    let mut apart = turn("Nate", "apart", 96);
    apart.quarantined = true;
    let items = [
        turn("Nate", "late", 30),
        turn("Nate", "early", 10),
        turn("Nate", "late too", 30),
        elsewhere,
        fact,
        apart,
    ];
    let ids = store
        .insert(items.map(|item| (item, Some(both(toward(&[1.0]))))).to_vec())
        .await
        .unwrap();
    let latest = async |scope: Scope| {
        let turn = store.latest_turn(&scope).await.unwrap();
        turn.map(|memory| memory.content.text)
    };
    assert_eq!(latest(in_session.clone()).await.as_deref(), Some("late too"));
    let in_project = scope("ada", Some("p"), Some("s"));
    assert_eq!(latest(in_project).await.as_deref(), Some("in a project"));
    assert_eq!(latest(scope("ada", None, None)).await, None);
    assert_eq!(latest(scope("ada", Some("unknown"), Some("s"))).await, None);
    assert_eq!(latest(scope("bob", None, Some("s"))).await, None);
    store.forget("ada", vec![ids[2].clone()]).await.unwrap();
    assert_eq!(latest(in_session.clone()).await.as_deref(), Some("late"));
    store
        .supersede("ada", vec![ids[0].clone()], Vec::new())
        .await
        .unwrap();
    assert_eq!(latest(in_session).await.as_deref(), Some("early"));
}

pub(super) async fn a_memory_without_vectors_waits_for_them_with_the_turn_before_it(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let items = [
        turn("Nate", "an answer", 20),
        note("ada", "a note"),
        turn("Joanna", "a question", 10),
    ];
    let ids = store
        .insert(items.map(|item| (item, None)).to_vec())
        .await
        .unwrap();
    let (waiting, count) = store.without_vectors(2).await.unwrap();
    assert_eq!(count, 3);
    let found: Vec<_> = waiting
        .iter()
        .map(|one| (one.memory.content.text.as_str(), one.previous_turn.as_deref()))
        .collect();
    assert_eq!(found, [("an answer", Some("a question")), ("a note", None)]);
    assert_eq!(
        store.nearest(toward(&[1.0]), of("ada"), -1.0, 9).await,
        Ok(vec![])
    );
    assert_eq!(store.vectors(of("ada"), 9).await, Ok(vec![]));
    let items = waiting
        .into_iter()
        .map(|one| (one, both(toward(&[1.0]))))
        .collect();
    assert_eq!(store.embed(items).await, Ok(2));
    let (waiting, count) = store.without_vectors(9).await.unwrap();
    assert_eq!((waiting[0].memory.id.clone(), count), (ids[2].clone(), 1));
    let near = store.nearest(toward(&[1.0]), of("ada"), 0.9, 9).await.unwrap();
    assert_eq!(near.len(), 2);
    // Becoming searchable is no change of the memory.
    assert_eq!(store.history("ada", &ids[0]).await.unwrap().len(), 1);
}

pub(super) async fn vectors_of_a_text_that_has_changed_are_left_out(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let ids = store
        .insert(vec![(note("ada", "one"), None), (note("ada", "two"), None)])
        .await
        .unwrap();
    let (waiting, _) = store.without_vectors(9).await.unwrap();
    let change = MemoryChange {
        text: Some(("three".to_owned(), None)),
        ..MemoryChange::default()
    };
    store.change("ada", &ids[0], change).await.unwrap();
    store.forget("ada", vec![ids[1].clone()]).await.unwrap();
    let items = waiting
        .into_iter()
        .map(|one| (one, both(toward(&[1.0]))))
        .collect();
    assert_eq!(store.embed(items).await, Ok(0));
    let (waiting, count) = store.without_vectors(9).await.unwrap();
    assert_eq!((waiting[0].memory.content.text.as_str(), count), ("three", 1));
}

pub(super) async fn stats_count_what_is_there(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let counted = async || {
        let stats = store.stats().await.unwrap();
        MemoryStats {
            index_bytes: 0,
            ..stats
        }
    };
    assert_eq!(counted().await, MemoryStats::default());
    subject.insert_one(note("ada", "one"), &[1.0]).await;
    let second = subject.insert_one(note("ada", "two"), &[1.0]).await;
    let third = store
        .insert(vec![(note("bob", "three"), None)])
        .await
        .unwrap()
        .remove(0);
    store.supersede("ada", vec![second], Vec::new()).await.unwrap();
    let expected = MemoryStats {
        memories: 3,
        waiting: 1,
        users: 2,
        index_bytes: 0,
    };
    assert_eq!(counted().await, expected);
    store.forget("bob", vec![third]).await.unwrap();
    let expected = MemoryStats {
        memories: 2,
        waiting: 0,
        users: 1,
        index_bytes: 0,
    };
    assert_eq!(counted().await, expected);
}

pub(super) async fn counts_tell_what_there_is_of_whom(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    assert_eq!(store.counts("ada").await, Ok(MemoryCounts::default()));
    let mut in_project = note("ada", "two");
    in_project.scope.project = Some("p".to_owned());
    "solutions".clone_into(&mut in_project.area);
    let mut apart = note("ada", "three");
    apart.quarantined = true;
    let items = [
        note("ada", "one"),
        in_project,
        apart,
        note("bob", "four"),
        turn("Ada", "five", 2),
    ];
    let ids = store
        .insert(items.map(|item| (item, None)).to_vec())
        .await
        .unwrap();
    let gone = subject.insert_one(note("ada", "six"), &[1.0]).await;
    store.supersede("ada", vec![gone], Vec::new()).await.unwrap();
    let expected = MemoryCounts {
        known: 3,
        kinds: [(MemoryKind::Turn, 1), (MemoryKind::Note, 2)].into(),
        areas: [("main".to_owned(), 2), ("solutions".to_owned(), 1)].into(),
        projects: [("p".to_owned(), 1)].into(),
        sessions: 1,
        quarantined: 1,
        retired: 1,
    };
    assert_eq!(store.counts("ada").await, Ok(expected));
    store.forget("bob", vec![ids[3].clone()]).await.unwrap();
    assert_eq!(store.counts("bob").await, Ok(MemoryCounts::default()));
}
