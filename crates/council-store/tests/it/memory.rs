//! Memories in SQLite: what every store does is in `contract`; here is what survives a restart, and what is SQLite's own.

pub(crate) mod contract;
mod durability;
mod embedder;
mod history;
mod model;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
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

#[expect(
    clippy::unnecessary_wraps,
    reason = "as stores take them: a memory may wait for its vectors"
)]
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
async fn a_memory_keeps_every_field_over_a_restart() {
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
        valid_to: None,
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
    let expected = Memory::created(ids[0].clone(), new, NOW);
    assert_eq!(memories.memory("ada", &ids[0]).await.as_ref(), Ok(&expected));
    drop(memories);
    assert_eq!(open(dir.path()).await.memory("ada", &ids[0]).await, Ok(expected));
}

#[tokio::test]
async fn what_changes_is_found_by_its_new_words_meaning_and_labels_only_also_after_a_restart() {
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
async fn a_batch_is_stored_whole_or_not_at_all() {
    let (memories, dir) = memories().await;
    let mut late = note("ada", "second");
    late.said_at = Timestamp::from_duration(std::time::Duration::MAX);
    let items = vec![
        (note("ada", "first"), both(toward(&[1.0]))),
        (late, both(toward(&[1.0]))),
    ];
    assert!(matches!(
        memories.insert(items).await,
        Err(StoreError::Invalid(_))
    ));
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
