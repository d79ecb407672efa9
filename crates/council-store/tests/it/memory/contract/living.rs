//! Changes, versions, undoing, superseding, forgetting.

use super::*;
use council_core::{Claim, Evidence, MemoryChange, MemoryEvent, Trust};

fn retext(text: &str, vector: &[f32]) -> MemoryChange {
    MemoryChange {
        text: Some((text.to_owned(), Some(both(toward(vector))))),
        ..MemoryChange::default()
    }
}

fn tagged(tag: &str) -> MemoryChange {
    MemoryChange {
        tags: Some(vec![tag.to_owned()]),
        ..MemoryChange::default()
    }
}

fn fact(text: &str, second: u64) -> NewMemory {
    NewMemory::new(MemoryKind::Fact, scope("ada", None, None), text, at(second))
}

async fn events(store: &dyn MemoryStore, id: &MemoryId) -> Vec<MemoryEvent> {
    let history = store.history("ada", id).await.unwrap();
    assert_eq!(
        history.last().map(|version| &version.memory),
        Some(&store.memory("ada", id).await.unwrap())
    );
    history.into_iter().map(|version| version.event).collect()
}

pub(super) async fn every_change_makes_a_version_and_a_change_of_nothing_makes_none(make: &Make) {
    let subject = make().await;
    let created = subject.at(10);
    let id = subject.insert_one(note("ada", "red fox"), &[1.0]).await;
    let first = created.memory("ada", &id).await.unwrap();
    let change = MemoryChange {
        pinned: Some(true),
        metadata: Some([("a".to_owned(), 1.into())].into_iter().collect()),
        ..retext("blue whale", &[0.0, 1.0])
    };
    let second = subject.at(20).change("ada", &id, change).await.unwrap();
    let third = subject.at(30).change("ada", &id, tagged("sea")).await.unwrap();
    let same = subject
        .at(40)
        .change("ada", &id, MemoryChange::default())
        .await
        .unwrap();
    assert_eq!(same, third);
    let same = subject.at(40).change("ada", &id, tagged("sea")).await.unwrap();
    assert_eq!(same, third);
    let history = created.history("ada", &id).await.unwrap();
    let versions: Vec<_> = history
        .iter()
        .map(|version| (version.event, &version.memory))
        .collect();
    assert_eq!(
        versions,
        [
            (MemoryEvent::Created, &first),
            (MemoryEvent::Changed, &second),
            (MemoryEvent::Changed, &third)
        ]
    );
    assert_eq!(second.content.text, "blue whale");
    assert_eq!((second.created_at, second.updated_at), (at(10), at(20)));
    assert_eq!((third.pinned, third.updated_at), (true, at(30)));
    assert_eq!(third.content.tags, ["sea"]);
    let by_tag = MemoryFilter {
        tags: vec!["sea".to_owned()],
        ..of("ada")
    };
    assert_eq!(subject.texts(by_tag).await, ["blue whale"]);
    let near = async |vector: &[f32]| {
        let near = created.nearest(toward(vector), of("ada"), 0.9, 5).await.unwrap();
        near.len()
    };
    assert_eq!((near(&[1.0]).await, near(&[0.0, 1.0]).await), (0, 1));
    let bm25 = async |word: &str| {
        let hits = created.recall(query(word, &[1.0])).await.unwrap();
        hits[0].parts.bm25
    };
    assert!(bm25("whale").await > 0.0);
    assert!(bm25("fox").await.abs() < f32::EPSILON);
}

pub(super) async fn what_the_program_notes_of_a_memory_is_in_every_version_and_makes_none(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let mut part = note("ada", "red fox");
    part.metadata = [("line".to_owned(), 1.into()), ("own".to_owned(), "kept".into())]
        .into_iter()
        .collect();
    let id = subject.insert_one(part, &[1.0]).await;
    store.change("ada", &id, tagged("one")).await.unwrap();
    let before = store.history("ada", &id).await.unwrap();
    let noted: serde_json::Map<_, _> = [("line".to_owned(), 7.into())].into_iter().collect();
    let unknown = MemoryId("0000000000".to_owned());
    let both_notes = vec![(id.clone(), noted.clone()), (unknown.clone(), noted.clone())];
    let failed = store
        .insert_and_note("ada", both_notes, vec![(note("ada", "two"), None)])
        .await;
    assert_eq!(failed, Err(missing(&unknown)));
    let others = store
        .insert_and_note("bob", vec![(id.clone(), noted.clone())], Vec::new())
        .await;
    assert_eq!(others, Err(missing(&id)));
    assert_eq!(store.history("ada", &id).await.unwrap(), before);
    assert_eq!(store.stats().await.unwrap().memories, 1);
    let new = store
        .insert_and_note("ada", vec![(id.clone(), noted)], vec![(note("ada", "two"), None)])
        .await
        .unwrap();
    assert_eq!(store.memory("ada", &new[0]).await.unwrap().content.text, "two");
    let mut expected = before;
    for version in &mut expected {
        version
            .memory
            .content
            .metadata
            .insert("line".to_owned(), 7.into());
    }
    assert_eq!(store.history("ada", &id).await.unwrap(), expected);
    let undone = store.undo("ada", &id).await.unwrap();
    assert_eq!(undone.content.metadata, expected[0].memory.content.metadata);
}

pub(super) async fn undoing_goes_back_one_change_at_a_time_until_nothing_is_left(make: &Make) {
    let subject = make().await;
    let id = subject.insert_one(note("ada", "zero"), &[1.0]).await;
    let store = subject.at(1_010);
    store.change("ada", &id, tagged("one")).await.unwrap();
    store.change("ada", &id, tagged("two")).await.unwrap();
    let tags = |memory: Memory| memory.content.tags;
    let undone = subject.at(1_020).undo("ada", &id).await.unwrap();
    assert_eq!(undone.updated_at, at(1_020));
    assert_eq!(tags(undone), ["one"]);
    store.change("ada", &id, tagged("three")).await.unwrap();
    assert_eq!(tags(store.undo("ada", &id).await.unwrap()), ["one"]);
    assert_eq!(tags(store.undo("ada", &id).await.unwrap()), Vec::<String>::new());
    let Err(StoreError::Invalid(message)) = store.undo("ada", &id).await else {
        panic!("a creation cannot be undone");
    };
    assert!(message.contains(&id.0), "{message}");
    use MemoryEvent::{Changed, Created, Undone};
    assert_eq!(
        events(store, &id).await,
        [Created, Changed, Changed, Undone, Changed, Undone, Undone]
    );
}

pub(super) async fn a_text_that_comes_back_waits_for_vectors(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let id = subject.insert_one(note("ada", "red fox"), &[1.0]).await;
    store
        .change("ada", &id, retext("blue whale", &[0.0, 1.0]))
        .await
        .unwrap();
    store.change("ada", &id, tagged("sea")).await.unwrap();
    store.undo("ada", &id).await.unwrap();
    assert_eq!(
        store.without_vectors(9).await.unwrap().1,
        0,
        "the text is the same"
    );
    assert_eq!(store.undo("ada", &id).await.unwrap().content.text, "red fox");
    let (waiting, count) = store.without_vectors(9).await.unwrap();
    assert_eq!((waiting[0].memory.id.clone(), count), (id.clone(), 1));
    let hits = store.recall(query("fox", &[1.0])).await.unwrap();
    assert!(hits[0].parts.bm25 > 0.0);
    let hits = store.recall(query("whale", &[1.0])).await.unwrap();
    assert!(hits[0].parts.bm25.abs() < f32::EPSILON);
}

pub(super) async fn what_takes_the_place_of_another_retires_it(make: &Make) {
    let subject = make().await;
    let old = subject.insert_one(fact("lives in Rome", 100), &[1.0]).await;
    let bystander = subject.insert_one(fact("likes tea", 100), &[0.0, 1.0]).await;
    let items = vec![
        (fact("lives in Oslo", 500), Some(both(toward(&[0.9, 0.1])))),
        (fact("moved to Oslo", 500), None),
    ];
    let store = subject.at(2_000);
    let new = store.supersede("ada", vec![old.clone()], items).await.unwrap();
    let retired = store.memory("ada", &old).await.unwrap();
    assert_eq!(
        (retired.content.valid_to, retired.retired_at, retired.updated_at),
        (Some(at(500)), Some(at(2_000)), at(2_000))
    );
    assert_eq!(retired.superseded_by.as_ref(), Some(&new[0]));
    assert_eq!(
        events(store, &old).await,
        [MemoryEvent::Created, MemoryEvent::Retired]
    );
    assert_eq!(events(store, &bystander).await, [MemoryEvent::Created]);
    assert_eq!(
        subject.texts(of("ada")).await,
        ["moved to Oslo", "lives in Oslo", "likes tea"]
    );
    let hits = store.recall(query("Rome", &[1.0])).await.unwrap();
    assert!(!texts(&hits).contains(&"lives in Rome"));
    let with_retired = MemoryFilter {
        with_retired: true,
        ..of("ada")
    };
    assert_eq!(subject.texts(with_retired).await.len(), 4);
    let then = |second| MemoryFilter {
        valid_at: Some(at(second)),
        ..of("ada")
    };
    assert_eq!(subject.texts(then(499)).await, ["likes tea", "lives in Rome"]);
    assert_eq!(
        subject.texts(then(500)).await,
        ["moved to Oslo", "lives in Oslo", "likes tea"]
    );
    assert_eq!(subject.texts(then(99)).await, Vec::<String>::new());
    // What is retired stays as it is.
    store
        .supersede("ada", vec![old.clone()], Vec::new())
        .await
        .unwrap();
    assert_eq!(store.memory("ada", &old).await, Ok(retired));
}

pub(super) async fn undoing_a_retirement_takes_the_successor_back(make: &Make) {
    let subject = make().await;
    let old = subject.insert_one(fact("lives in Rome", 100), &[1.0]).await;
    let store = subject.at(2_000);
    let before = store.memory("ada", &old).await.unwrap();
    let items = vec![(fact("lives in Oslo", 500), Some(both(toward(&[0.0, 1.0]))))];
    let new = store.supersede("ada", vec![old.clone()], items).await.unwrap();
    let undone = subject.at(3_000).undo("ada", &old).await.unwrap();
    let expected = Memory {
        updated_at: at(3_000),
        ..before
    };
    assert_eq!(undone, expected);
    let successor = store.memory("ada", &new[0]).await.unwrap();
    assert_eq!(
        (successor.retired_at, successor.content.valid_to),
        (Some(at(3_000)), None)
    );
    use MemoryEvent::{Created, Retired, Undone};
    assert_eq!(events(store, &old).await, [Created, Retired, Undone]);
    assert_eq!(events(store, &new[0]).await, [Created, Retired]);
    assert_eq!(subject.texts(of("ada")).await, ["lives in Rome"]);
    let near = store.nearest(toward(&[1.0]), of("ada"), 0.9, 5).await.unwrap();
    assert_eq!(texts(&near), ["lives in Rome"]);
    // What was taken back never was so.
    let then = MemoryFilter {
        valid_at: Some(at(600)),
        ..of("ada")
    };
    assert_eq!(subject.texts(then).await, ["lives in Rome"]);
}

pub(super) async fn what_is_taken_back_was_never_so(make: &Make) {
    let subject = make().await;
    let id = subject.insert_one(fact("is a pilot", 100), &[1.0]).await;
    let store = subject.at(2_000);
    assert_eq!(
        store.supersede("ada", vec![id.clone()], Vec::new()).await,
        Ok(vec![])
    );
    let retired = store.memory("ada", &id).await.unwrap();
    assert_eq!(
        (
            retired.content.valid_to,
            retired.retired_at,
            retired.superseded_by
        ),
        (Some(at(2_000)), Some(at(2_000)), None)
    );
    assert_eq!(subject.texts(of("ada")).await, Vec::<String>::new());
    assert_eq!(subject.at(2_010).undo("ada", &id).await.unwrap().retired_at, None);
    assert_eq!(subject.texts(of("ada")).await, ["is a pilot"]);
}

pub(super) async fn a_failed_replacement_stores_nothing(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let old = subject.insert_one(fact("lives in Rome", 100), &[1.0]).await;
    let unknown = MemoryId("0000000000".to_owned());
    let items = vec![(fact("lives in Oslo", 500), None)];
    let failed = store
        .supersede("ada", vec![old.clone(), unknown.clone()], items)
        .await;
    assert_eq!(failed, Err(missing(&unknown)));
    assert_eq!(subject.texts(of("ada")).await, ["lives in Rome"]);
    assert_eq!(store.stats().await.unwrap().memories, 1);
    assert_eq!(events(store, &old).await, [MemoryEvent::Created]);
}

pub(super) async fn a_question_about_the_past_sees_what_was_known_then(make: &Make) {
    let subject = make().await;
    subject.at(1_000);
    let changed = subject.insert_one(note("ada", "one"), &[1.0]).await;
    let replaced = subject.insert_one(fact("lives in Rome", 100), &[0.0, 1.0]).await;
    let store = subject.at(2_000);
    store
        .change("ada", &changed, retext("two", &[0.0, 0.0, 1.0]))
        .await
        .unwrap();
    subject.at(3_000);
    let items = vec![(fact("lives in Oslo", 500), None)];
    store.supersede("ada", vec![replaced], items).await.unwrap();
    let as_of = |second| MemoryFilter {
        as_of: Some(at(second)),
        ..of("ada")
    };
    assert_eq!(subject.texts(as_of(999)).await, Vec::<String>::new());
    assert_eq!(subject.texts(as_of(1_000)).await, ["lives in Rome", "one"]);
    assert_eq!(subject.texts(as_of(2_999)).await, ["lives in Rome", "two"]);
    assert_eq!(subject.texts(as_of(3_000)).await, ["lives in Oslo", "two"]);
    let (then, _) = store.memories(as_of(1_500), PAGE).await.unwrap();
    assert_eq!(then[1].updated_at, at(1_000));
    assert_eq!(then[0].retired_at, None);
    // Both at once: what was thought at 2,500 to be so at 600.
    let both = MemoryFilter {
        valid_at: Some(at(600)),
        ..as_of(2_500)
    };
    assert_eq!(subject.texts(both).await, ["lives in Rome", "two"]);
}

pub(super) async fn lifting_the_quarantine_vouches_and_undoing_it_does_not(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let mut apart = note("ada", "from a page");
    apart.quarantined = true;
    apart.trust = Trust::Web;
    let id = subject.insert_one(apart, &[1.0]).await;
    let quarantine = |quarantined| MemoryChange {
        quarantined: Some(quarantined),
        ..MemoryChange::default()
    };
    let lifted = store.change("ada", &id, quarantine(false)).await.unwrap();
    assert_eq!(
        (lifted.content.trust, lifted.content.quarantined),
        (Trust::User, false)
    );
    assert_eq!(subject.texts(of("ada")).await, ["from a page"]);
    let back = store.undo("ada", &id).await.unwrap();
    assert_eq!((back.content.trust, back.content.quarantined), (Trust::Web, true));
    assert_eq!(subject.texts(of("ada")).await, Vec::<String>::new());
}

pub(super) async fn what_was_forgotten_is_not_learnt_from(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let first = subject
        .insert_one(turn("Ada", "I live in Rome", 10), &[1.0])
        .await;
    let second = subject
        .insert_one(turn("Ada", "Rome it is", 20), &[0.0, 1.0])
        .await;
    let old = subject.insert_one(fact("lives in Oslo", 5), &[0.5, 0.5]).await;
    let evidence = [&first, &second].map(|memory| Evidence {
        memory: memory.clone(),
        quote: String::new(),
    });
    let learnt = |extractor: Option<&str>| NewMemory {
        claim: Some(Claim {
            subject: "Ada".to_owned(),
            attribute: "home".to_owned(),
            confidence: 0.9,
            extractor: extractor.map(str::to_owned),
            evidence: evidence.to_vec(),
        }),
        ..fact("lives in Rome", 30)
    };
    let put = |user: &'static str, extractor| {
        let item = vec![(learnt(extractor), None)];
        store.supersede(user, vec![old.clone()], item)
    };
    store.forget("ada", vec![second.clone()]).await.unwrap();
    assert_eq!(put("ada", Some("model")).await, Err(missing(&second)));
    assert_eq!(subject.texts(of("ada")).await.len(), 2, "nothing was stored");
    assert_eq!(store.memory("ada", &old).await.unwrap().retired_at, None);
    assert!(put("ada", None).await.is_ok(), "somebody wrote it");
    store.forget("ada", vec![first.clone()]).await.unwrap();
    let one = subject
        .insert_one(turn("Ada", "I live in Rome", 40), &[1.0])
        .await;
    let two = subject.insert_one(turn("Ada", "and like it", 50), &[1.0]).await;
    let mut summary = learnt(Some("model"));
    for (evidence, id) in summary
        .claim
        .iter_mut()
        .flat_map(|claim| &mut claim.evidence)
        .zip([&one, &two])
    {
        evidence.memory = id.clone();
    }
    let summary = store
        .supersede("ada", Vec::new(), vec![(summary, None)])
        .await
        .unwrap();
    store.forget("ada", vec![one]).await.unwrap();
    let gone = &summary[0];
    assert_eq!(
        store.memory("ada", gone).await,
        Err(missing(gone)),
        "it rested on the whole"
    );
    assert!(store.memory("ada", &two).await.is_ok());
}

pub(super) async fn forgetting_takes_histories_quotes_and_baseless_claims_along(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let first = subject
        .insert_one(turn("Ada", "I live in Rome", 10), &[1.0])
        .await;
    let second = subject
        .insert_one(turn("Ada", "Rome it is", 20), &[0.0, 1.0])
        .await;
    let claimed = |text: &str, evidence: &[&MemoryId], extractor: Option<&str>| {
        let quote = |memory: &&MemoryId| Evidence {
            memory: (*memory).clone(),
            quote: "Rome".to_owned(),
        };
        NewMemory {
            claim: Some(Claim {
                subject: "Ada".to_owned(),
                attribute: "home".to_owned(),
                confidence: 0.9,
                extractor: extractor.map(str::to_owned),
                evidence: evidence.iter().map(quote).collect(),
            }),
            ..fact(text, 30)
        }
    };
    let items = [
        claimed("rests on both", &[&first, &second], Some("model")),
        claimed("rests on the first", &[&first], Some("model")),
        claimed("written by hand", &[&first], None),
        claimed("rests on nothing", &[], Some("model")),
    ];
    let facts = store
        .insert(items.map(|item| (item, None)).to_vec())
        .await
        .unwrap();
    store.change("ada", &facts[0], tagged("x")).await.unwrap();
    let old = subject.insert_one(fact("lives in Oslo", 5), &[0.5, 0.5]).await;
    let new = store
        .supersede("ada", vec![old.clone()], vec![(fact("lives in Bari", 6), None)])
        .await
        .unwrap();
    let unknown = MemoryId("0000000000".to_owned());
    let forgotten = store
        .forget("ada", vec![first.clone(), unknown, new[0].clone(), first.clone()])
        .await;
    assert_eq!(forgotten, Ok(vec![first.clone(), new[0].clone()]));
    for gone in [&first, &facts[1], &new[0]] {
        assert_eq!(store.memory("ada", gone).await, Err(missing(gone)));
        assert_eq!(store.history("ada", gone).await, Err(missing(gone)));
    }
    let quoted = |memory: &Memory| -> Vec<MemoryId> {
        let evidence = &memory.content.claim.as_ref().unwrap().evidence;
        evidence.iter().map(|evidence| evidence.memory.clone()).collect()
    };
    for version in store.history("ada", &facts[0]).await.unwrap() {
        assert_eq!(quoted(&version.memory), std::slice::from_ref(&second));
    }
    let by_hand = store.memory("ada", &facts[2]).await.unwrap();
    assert_eq!(quoted(&by_hand), []);
    assert!(store.memory("ada", &facts[3]).await.is_ok());
    let retired = store.memory("ada", &old).await.unwrap();
    assert_eq!(
        (retired.superseded_by, retired.content.valid_to),
        (None, Some(at(6)))
    );
    for version in store.history("ada", &old).await.unwrap() {
        assert_eq!(version.memory.superseded_by, None);
    }
    assert_eq!(store.nearest(toward(&[1.0]), of("ada"), 0.9, 9).await, Ok(vec![]));
    let hits = store.recall(query("live", &[0.0, 0.0, 1.0])).await.unwrap();
    assert!(!texts(&hits).contains(&"I live in Rome"));
}

pub(super) async fn the_context_of_a_forgotten_turn_is_gone_from_the_next(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    let with_context = |text: &str, second, own: &[f32], context: &[f32]| {
        let vectors = MemoryVectors {
            own: toward(own),
            context: toward(context),
        };
        (turn("Ada", text, second), Some(vectors))
    };
    let ids = store
        .insert(vec![
            with_context("one", 10, &[1.0], &[1.0]),
            with_context("two", 20, &[0.0, 1.0], &[1.0, 1.0]),
            with_context("three", 30, &[0.0, 0.0, 1.0], &[0.0, 1.0, 1.0]),
        ])
        .await
        .unwrap();
    let waiting = async || -> Vec<(String, Option<String>)> {
        let (waiting, _) = store.without_vectors(9).await.unwrap();
        let told = waiting
            .into_iter()
            .map(|one| (one.memory.content.text, one.previous_turn));
        told.collect()
    };
    let wait = |text: &str, before: Option<&str>| (text.to_owned(), before.map(str::to_owned));
    store.forget("ada", vec![ids[0].clone()]).await.unwrap();
    assert_eq!(waiting().await, [wait("two", None)]);
    let change = retext("changed", &[0.0, 0.0, 0.0, 1.0]);
    store.change("ada", &ids[1], change).await.unwrap();
    assert_eq!(waiting().await, [wait("three", Some("changed"))]);
    // Vectors that were made with another turn before it are not taken.
    let (unembedded, _) = store.without_vectors(9).await.unwrap();
    store
        .change("ada", &ids[1], retext("again", &[1.0]))
        .await
        .unwrap();
    let items = vec![(unembedded[0].clone(), both(toward(&[1.0])))];
    assert_eq!(store.embed(items).await, Ok(0));
    let (unembedded, _) = store.without_vectors(9).await.unwrap();
    let items = vec![(unembedded[0].clone(), both(toward(&[1.0])))];
    assert_eq!(store.embed(items).await, Ok(1));
    assert_eq!(waiting().await, []);
}

pub(super) async fn a_turn_that_comes_late_waits_with_the_one_that_it_comes_before(make: &Make) {
    let subject = make().await;
    let store = &*subject.store;
    for (text, second) in [("one", 10), ("five", 50), ("nine", 90)] {
        subject.insert_one(turn("Ada", text, second), &[1.0]).await;
    }
    let mut elsewhere = turn("Ada", "elsewhere", 20);
    elsewhere.scope.project = Some("novel".to_owned());
    subject.insert_one(elsewhere, &[1.0]).await;
    let waiting = async || -> Vec<String> {
        let (waiting, _) = store.without_vectors(9).await.unwrap();
        waiting.into_iter().map(|one| one.memory.content.text).collect()
    };
    assert_eq!(waiting().await, Vec::<String>::new());
    subject.insert_one(turn("Ada", "three", 30), &[1.0]).await;
    assert_eq!(waiting().await, ["five", "three"]);
    let (unembedded, _) = store.without_vectors(9).await.unwrap();
    let before: Vec<_> = unembedded
        .iter()
        .map(|one| one.previous_turn.as_deref())
        .collect();
    assert_eq!(before, [Some("three"), Some("one")]);
    let items = unembedded.into_iter().map(|one| (one, both(toward(&[1.0]))));
    assert_eq!(store.embed(items.collect()).await, Ok(2));
    // Kept apart, "three" is passed over; shown again, it is the context of "five" again.
    let apart = |quarantined| MemoryChange {
        quarantined: Some(quarantined),
        ..MemoryChange::default()
    };
    let three = store.memories(of("ada"), PAGE).await.unwrap().0;
    let three = three
        .into_iter()
        .find(|memory| memory.content.text == "three")
        .unwrap()
        .id;
    store.change("ada", &three, apart(true)).await.unwrap();
    assert_eq!(waiting().await, Vec::<String>::new());
    store.change("ada", &three, apart(false)).await.unwrap();
    assert_eq!(waiting().await, ["five"]);
    // Several at once, one of which comes late, and an import.
    let items = [("eleven", 110), ("ten", 100), ("twelve", 120)];
    let items = items.map(|(text, second)| (turn("Ada", text, second), Some(both(toward(&[1.0])))));
    store.insert(items.to_vec()).await.unwrap();
    assert_eq!(waiting().await, ["five", "eleven", "ten"]);
    let mut record = store.export("ada", None, 1).await.unwrap().remove(0);
    record.memory.id = MemoryId("imported00".to_owned());
    record.memory.content.said_at = at(115);
    record.history.clear();
    store.import(vec![record]).await.unwrap();
    let (unembedded, _) = store.without_vectors(9).await.unwrap();
    let told: Vec<_> = unembedded
        .iter()
        .map(|one| (one.memory.content.text.as_str(), one.previous_turn.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("five", Some("three")),
            ("eleven", Some("ten")),
            ("ten", Some("nine")),
            ("twelve", Some("one")),
            ("one", Some("eleven")),
        ]
    );
}
