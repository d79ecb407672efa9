//! `MemoryStore`, method by method.

mod contract;
mod durability;
mod embedder;
mod model;
mod purge;

use council_core::{
    Claim, Clock, EmbedderInfo, Embedding, Evidence, Memory, MemoryChange, MemoryFilter, MemoryHit, MemoryId,
    MemoryKind, MemoryStore, MemoryVectors, NewMemory, Page, RecallQuery, RecallTimes, RecallWeights, Scope,
    StoreError, Timestamp, Trust,
};
use council_store::{MemoryIndex, Store};
use serde_json::json;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Numbers in the vectors of these tests.
const DIMENSIONS: usize = 8;

/// When everything in these tests happens.
const NOW: Timestamp = Timestamp::from_millis(1_000_000);

struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        NOW
    }
}

fn embedder(id: &str) -> EmbedderInfo {
    EmbedderInfo {
        id: id.to_owned(),
        dimensions: DIMENSIONS,
        max_tokens: 256,
    }
}

async fn open(dir: &Path) -> Arc<MemoryIndex> {
    let store = Store::open(dir).unwrap();
    store
        .memory(&embedder("test"), Arc::new(StoppedClock), |_| {})
        .await
        .unwrap()
}

async fn memories() -> (Arc<MemoryIndex>, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (open(dir.path()).await, dir)
}

/// A vector in the direction of these numbers; the missing ones are 0.
fn toward(numbers: &[f32]) -> Embedding {
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    let mut vector = vec![0.0; DIMENSIONS];
    for (unit, number) in vector.iter_mut().zip(numbers) {
        *unit = number / length;
    }
    Embedding(vector)
}

fn pair(vector: Embedding) -> MemoryVectors {
    MemoryVectors {
        own: vector.clone(),
        context: vector,
    }
}

fn both(vector: Embedding) -> Option<MemoryVectors> {
    Some(pair(vector))
}

fn note(user: &str, text: &str) -> NewMemory {
    let scope = Scope {
        user: user.to_owned(),
        ..Scope::default()
    };
    NewMemory::new(MemoryKind::Note, scope, text, Timestamp::from_millis(1))
}

/// Something said in session `s`.
fn turn(speaker: &str, text: &str, second: u64) -> NewMemory {
    let mut turn = note("ada", text);
    turn.kind = MemoryKind::Turn;
    turn.speaker = Some(speaker.to_owned());
    turn.scope.session = Some("s".to_owned());
    turn.said_at = Timestamp::from_millis(second * 1_000);
    turn
}

fn of(user: &str) -> MemoryFilter {
    MemoryFilter {
        user: user.to_owned(),
        ..MemoryFilter::default()
    }
}

fn query(user: &str, text: &str, vector: Embedding) -> RecallQuery {
    RecallQuery {
        text: text.to_owned(),
        vector: Some(vector),
        speakers: Vec::new(),
        time: None,
        now: NOW,
        filter: of(user),
        weights: RecallWeights::default(),
        limit: 10,
    }
}

fn texts(hits: &[MemoryHit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.memory.content.text.as_str()).collect()
}

fn missing(id: &MemoryId) -> StoreError {
    StoreError::NotFound {
        what: "memory",
        id: id.0.clone(),
    }
}

const PAGE: Page = Page {
    offset: 0,
    limit: 1_000,
};

#[tokio::test]
async fn a_memory_keeps_every_field_and_has_an_id_of_ten_letters_and_digits() {
    let (memories, dir) = memories().await;
    let new = NewMemory {
        text: "Grüße, 漢字".to_owned(),
        kind: MemoryKind::Preference,
        speaker: Some("Zoë".to_owned()),
        scope: Scope {
            user: "ada".into(),
            project: Some("p".into()),
            session: Some("s".into()),
        },
        said_at: Timestamp::from_duration(std::time::Duration::new(1_700_000_000, 123_456_789)),
        area: "solutions".to_owned(),
        tags: vec!["b".into(), "a".into()],
        metadata: json!({ "x": [1, { "y": null }] }).as_object().unwrap().clone(),
        trust: Trust::Web,
        claim: Some(Claim {
            subject: "Zoë".to_owned(),
            attribute: "likes".to_owned(),
            confidence: 0.9,
            extractor: Some("model".to_owned()),
            evidence: vec![Evidence {
                memory: MemoryId("0123456789".to_owned()),
                quote: "Grüße, \"漢字\"".to_owned(),
            }],
        }),
        source: Some("/home/zoë/notes.md".to_owned()),
        quarantined: true,
    };
    let ids = memories
        .insert(vec![(new.clone(), both(toward(&[1.0])))])
        .await
        .unwrap();
    assert!(ids[0].0.len() == 10 && ids[0].0.chars().all(|letter| letter.is_ascii_alphanumeric()));
    let expected = Memory::created(ids[0].clone(), new, NOW);
    assert_eq!(memories.memory("ada", &ids[0]).await.as_ref(), Ok(&expected));
    drop(memories);
    assert_eq!(open(dir.path()).await.memory("ada", &ids[0]).await, Ok(expected));
}

#[tokio::test]
async fn what_changes_is_found_by_its_new_words_meaning_and_labels_only() {
    let (memories, dir) = memories().await;
    let id = memories
        .insert(vec![(note("ada", "red fox"), both(toward(&[1.0])))])
        .await
        .unwrap()
        .remove(0);
    let change = MemoryChange {
        text: Some(("blue whale".into(), both(toward(&[0.0, 1.0])))),
        pinned: Some(true),
        tags: Some(vec!["sea".into()]),
        metadata: Some(json!({ "a": 1 }).as_object().unwrap().clone()),
        quarantined: None,
    };
    let changed = memories.change("ada", &id, change).await.unwrap();
    assert_eq!(
        (changed.content.text.as_str(), changed.pinned),
        ("blue whale", true)
    );
    drop(
        memories
            .change("ada", &id, MemoryChange::default())
            .await
            .unwrap(),
    );
    for memories in [memories, { open_again(&dir).await }] {
        assert_eq!(memories.memory("ada", &id).await.as_ref(), Ok(&changed));
        let tagged = MemoryFilter {
            tags: vec!["sea".into()],
            ..of("ada")
        };
        assert_eq!(
            memories.memories(tagged, PAGE).await,
            Ok((vec![changed.clone()], 1))
        );
        let near = |vector| memories.nearest(vector, of("ada"), 0.9, 5);
        assert_eq!(near(toward(&[1.0])).await, Ok(vec![]));
        assert_eq!(texts(&near(toward(&[0.0, 1.0])).await.unwrap()), ["blue whale"]);
        let hits = memories
            .recall(query("ada", "whale", toward(&[1.0])))
            .await
            .unwrap();
        assert!(hits[0].parts.bm25 > 0.0);
        let hits = memories
            .recall(query("ada", "fox", toward(&[1.0])))
            .await
            .unwrap();
        assert_eq!(hits[0].parts.bm25.to_bits(), 0);
    }
}

/// Another index on a copy of the directory, as the first one still holds that.
async fn open_again(dir: &TempDir) -> Arc<MemoryIndex> {
    let copy = tempfile::tempdir().unwrap().keep();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "council.lock" {
            std::fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
        }
    }
    open(&copy).await
}

#[tokio::test]
async fn a_user_sees_changes_and_forgets_only_what_is_the_users_own() {
    let (memories, _dir) = memories().await;
    let ids = memories
        .insert(vec![
            (note("ada", "the secret of ada"), both(toward(&[1.0]))),
            (note("bob", "the secret of bob"), both(toward(&[1.0]))),
        ])
        .await
        .unwrap();
    let [adas, bobs] = [&ids[0], &ids[1]];
    assert_eq!(memories.memory("ada", bobs).await, Err(missing(bobs)));
    let pin = MemoryChange {
        pinned: Some(true),
        ..MemoryChange::default()
    };
    assert_eq!(memories.change("ada", bobs, pin).await, Err(missing(bobs)));
    assert_eq!(memories.forget("ada", vec![bobs.clone()]).await, Ok(vec![]));
    assert!(!memories.memory("bob", bobs).await.unwrap().pinned);
    let hits = memories
        .recall(query("ada", "secret of bob", toward(&[1.0])))
        .await
        .unwrap();
    assert_eq!(texts(&hits), ["the secret of ada"]);
    assert_eq!(
        texts(
            &memories
                .nearest(toward(&[1.0]), of("ada"), -1.0, 9)
                .await
                .unwrap()
        ),
        ["the secret of ada"]
    );
    let (listed, count) = memories.memories(of("ada"), PAGE).await.unwrap();
    assert_eq!((listed[0].id.clone(), count), (adas.clone(), 1));
    assert_eq!(
        memories.recall(query("nobody", "secret", toward(&[1.0]))).await,
        Ok(vec![])
    );
    assert_eq!(memories.memories(of("nobody"), PAGE).await, Ok((vec![], 0)));
}

#[tokio::test]
async fn another_users_words_do_not_change_a_score() {
    let (memories, _dir) = memories().await;
    let mine = [
        note("ada", "red fox"),
        note("ada", "green whale"),
        note("ada", "grey mouse"),
    ];
    memories
        .insert(mine.map(|memory| (memory, both(toward(&[1.0])))).to_vec())
        .await
        .unwrap();
    let before = memories
        .recall(query("ada", "fox", toward(&[1.0])))
        .await
        .unwrap();
    let others = (0..50)
        .map(|_| (note("bob", "fox fox fox"), both(toward(&[1.0]))))
        .collect();
    memories.insert(others).await.unwrap();
    assert_eq!(
        memories
            .recall(query("ada", "fox", toward(&[1.0])))
            .await
            .unwrap(),
        before
    );
}

#[tokio::test]
async fn evidence_beside_the_words_of_the_query_comes_before_strangers() {
    let (memories, _dir) = memories().await;
    let far = || both(toward(&[0.0, 0.0, 1.0]));
    memories
        .insert(vec![
            (turn("Nate", "nothing of interest", 10), far()),
            (turn("Joanna", "which tournament was it", 20), far()),
            (turn("Nate", "the one on friday", 30), far()),
            (note("ada", "a stranger"), far()),
            (turn("Joanna", "let us have lunch", 50), far()),
            (turn("Nate", "fine", 60), far()),
            (turn("Joanna", "bye", 70), far()),
        ])
        .await
        .unwrap();
    let mut query = query("ada", "tournament", toward(&[1.0]));
    query.speakers = vec!["nate".to_owned()];
    query.limit = 3;
    let hits = memories.recall(query).await.unwrap();
    // Equal vectors are near-duplicates, so that only the best of them stays.
    assert_eq!(texts(&hits), ["which tournament was it"]);
}

#[tokio::test]
async fn the_parts_of_a_score_are_its_sum_and_the_named_speaker_counts() {
    let (memories, _dir) = memories().await;
    memories
        .insert(vec![
            (turn("Nate", "red fox", 10), both(toward(&[1.0, 0.2]))),
            (turn("Joanna", "red whale", 20), both(toward(&[0.2, 1.0]))),
            (turn("Nate", "grey mouse", 30), both(toward(&[0.0, 0.0, 1.0]))),
        ])
        .await
        .unwrap();
    let mut query = query("ada", "red", toward(&[1.0]));
    query.speakers = vec!["NATE".to_owned()];
    let hits = memories.recall(query).await.unwrap();
    assert_eq!(texts(&hits), ["red fox", "red whale", "grey mouse"]);
    for hit in &hits {
        let parts = hit.parts;
        assert_eq!(parts.score().to_bits(), hit.score.to_bits());
        assert_eq!(
            parts.speaker > 0.0,
            hit.memory.content.speaker.as_deref() == Some("Nate")
        );
        assert!(parts.neighbours != 0.0);
    }
    assert!((hits[0].parts.cosine - 1.0 / 1.04_f32.sqrt()).abs() < 1e-5);
}

#[tokio::test]
async fn what_repeats_a_better_hit_is_left_out_of_recall_but_not_of_nearest() {
    let (memories, _dir) = memories().await;
    let items = [
        ("I like tea.", &[1.0, 0.0][..]),
        ("i like TEA", &[0.0, 1.0]),
        ("tea is what I like", &[1.0, 0.05]),
        ("coffee", &[0.5, 0.5]),
    ];
    let items = items.map(|(text, vector)| (note("ada", text), both(toward(vector))));
    memories.insert(items.to_vec()).await.unwrap();
    let hits = memories
        .recall(query("ada", "tea", toward(&[1.0, 0.0])))
        .await
        .unwrap();
    assert_eq!(hits.len(), 2);
    assert!(texts(&hits).contains(&"coffee"));
    let hits = memories
        .nearest(toward(&[1.0, 0.0]), of("ada"), 0.5, 10)
        .await
        .unwrap();
    assert_eq!(texts(&hits), ["I like tea.", "tea is what I like", "coffee"]);
}

#[tokio::test]
async fn the_latest_turn_is_the_last_said_of_exactly_that_session() {
    let (memories, _dir) = memories().await;
    let scope = |project: Option<&str>, session: Option<&str>| Scope {
        user: "ada".into(),
        project: project.map(str::to_owned),
        session: session.map(str::to_owned),
    };
    let in_session = scope(None, Some("s"));
    assert_eq!(memories.latest_turn(&in_session).await, Ok(None));
    let mut elsewhere = turn("Nate", "in a project", 90);
    elsewhere.scope.project = Some("p".into());
    let mut fact = turn("Nate", "a fact", 95);
    fact.kind = MemoryKind::Fact;
    let items = [
        turn("Nate", "late", 30),
        turn("Nate", "early", 10),
        turn("Nate", "late too", 30),
        elsewhere,
        fact,
    ];
    let ids = memories
        .insert(items.map(|item| (item, both(toward(&[1.0])))).to_vec())
        .await
        .unwrap();
    let latest = async |scope: Scope| {
        memories
            .latest_turn(&scope)
            .await
            .unwrap()
            .map(|memory| memory.content.text)
    };
    assert_eq!(latest(in_session.clone()).await.as_deref(), Some("late too"));
    assert_eq!(
        latest(scope(Some("p"), Some("s"))).await.as_deref(),
        Some("in a project")
    );
    assert_eq!(latest(scope(None, None)).await, None);
    assert_eq!(latest(scope(Some("unknown"), Some("s"))).await, None);
    memories
        .forget("ada", vec![ids[2].clone(), ids[0].clone()])
        .await
        .unwrap();
    assert_eq!(latest(in_session).await.as_deref(), Some("early"));
}

#[tokio::test]
async fn stats_count_what_is_there_and_recall_tells_its_times() {
    let dir = tempfile::tempdir().unwrap();
    let heard: Arc<Mutex<Vec<RecallTimes>>> = Arc::default();
    let hears = heard.clone();
    let store = Store::open(dir.path()).unwrap();
    let on_recall = move |times: &RecallTimes| hears.lock().unwrap().push(*times);
    let memories = store
        .memory(&embedder("test"), Arc::new(StoppedClock), on_recall)
        .await
        .unwrap();
    let items = [note("ada", "a"), note("ada", "b"), note("bob", "c")];
    let ids = memories
        .insert(items.map(|item| (item, both(toward(&[1.0])))).to_vec())
        .await
        .unwrap();
    let stats = memories.stats().await.unwrap();
    assert_eq!((stats.memories, stats.users), (3, 2));
    assert!(stats.index_bytes > 3 * 2 * DIMENSIONS as u64);
    memories.forget("bob", vec![ids[2].clone()]).await.unwrap();
    let stats = memories.stats().await.unwrap();
    assert_eq!((stats.memories, stats.users), (2, 1));
    memories.recall(query("ada", "a", toward(&[1.0]))).await.unwrap();
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].rank > std::time::Duration::ZERO);
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_field() {
    let (memories, _dir) = memories().await;
    let refused = |result: Result<(), StoreError>| match result {
        Err(StoreError::Invalid(message)) => message,
        other => panic!("{other:?}"),
    };
    let insert =
        async |memory, vectors| refused(memories.insert(vec![(memory, Some(vectors))]).await.map(drop));
    let good = || pair(toward(&[1.0]));
    assert!(
        insert(note("ada", " \n"), good())
            .await
            .starts_with("`text` is empty")
    );
    assert!(insert(note("", "x"), good()).await.starts_with("`user` is empty"));
    let short = MemoryVectors {
        context: Embedding(vec![1.0; 3]),
        ..good()
    };
    let message = insert(note("ada", "x"), short).await;
    assert!(
        message.starts_with("`context` has 3 numbers, and vectors of embedder `test` have 8"),
        "{message}"
    );
    let mut not_a_number = good();
    not_a_number.own.0[1] = f32::NAN;
    assert!(
        insert(note("ada", "x"), not_a_number)
            .await
            .starts_with("`own` has length NaN")
    );
    let long = MemoryVectors {
        own: Embedding(vec![1.0; DIMENSIONS]),
        ..good()
    };
    assert!(
        insert(note("ada", "x"), long)
            .await
            .contains("must have length 1")
    );
    for limit in [0, 1_001] {
        let asked = RecallQuery {
            limit,
            ..query("ada", "x", toward(&[1.0]))
        };
        let message = refused(memories.recall(asked).await.map(drop));
        assert_eq!(message, format!("`limit` is {limit}: it must be 1 to 1000"));
        let near = memories.nearest(toward(&[1.0]), of("ada"), 0.0, limit).await;
        assert!(refused(near.map(drop)).starts_with("`limit`"));
    }
    let backwards = MemoryFilter {
        since: Some(Timestamp::from_millis(2)),
        until: Some(Timestamp::from_millis(1)),
        ..of("ada")
    };
    let listed = memories.memories(backwards, PAGE).await;
    assert!(refused(listed.map(drop)).starts_with("`since` (2 ms) is after `until` (1 ms)"));
    let near = memories.nearest(toward(&[1.0]), of("ada"), f32::NAN, 5).await;
    assert!(refused(near.map(drop)).starts_with("`least_cosine` is NaN"));
    assert_eq!(memories.stats().await.unwrap().memories, 0);
}

#[tokio::test]
async fn a_batch_is_stored_whole_or_not_at_all() {
    let (memories, dir) = memories().await;
    let mut late = note("ada", "second");
    late.said_at = Timestamp::from_duration(std::time::Duration::MAX);
    let items = vec![
        (note("ada", "first"), both(toward(&[1.0]))),
        (late, both(toward(&[1.0]))),
    ];
    assert!(matches!(memories.insert(items).await, Err(StoreError::Failed(_))));
    assert_eq!(memories.stats().await.unwrap().memories, 0);
    drop(memories);
    assert_eq!(open(dir.path()).await.stats().await.unwrap().memories, 0);
}

#[tokio::test]
async fn a_text_of_a_megabyte_is_kept_and_found() {
    let (memories, _dir) = memories().await;
    let text = "word ".repeat(200_000) + "needle";
    memories
        .insert(vec![(note("ada", &text), both(toward(&[1.0])))])
        .await
        .unwrap();
    let hits = memories
        .recall(query("ada", "needle", toward(&[1.0])))
        .await
        .unwrap();
    assert_eq!(hits[0].memory.content.text.len(), text.len());
    assert!(hits[0].parts.bm25 >= 0.0);
}
