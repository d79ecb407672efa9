//! States and versions survive a restart, and the index that is made anew answers as the one before.

use super::*;
use council_core::{MemoryEvent, MemoryVersion, SourceSummary};
use std::sync::atomic::{AtomicU64, Ordering};

/// A second later whenever it is asked.
struct SecondsClock(AtomicU64);

impl Clock for SecondsClock {
    fn now(&self) -> Timestamp {
        second(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

fn second(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

async fn open_at(dir: &Path, first: u64) -> Arc<MemoryIndex> {
    let store = Store::open(dir).unwrap();
    let clock = Arc::new(SecondsClock(AtomicU64::new(first)));
    store.memory(&embedder("test"), clock, |_| {}).await.unwrap()
}

fn fact(text: &str, said: u64) -> NewMemory {
    NewMemory {
        kind: MemoryKind::Fact,
        said_at: second(said),
        ..note("ada", text)
    }
}

/// Everything that can be asked about these memories.
#[derive(Debug, PartialEq)]
struct Answers {
    histories: Vec<Vec<MemoryVersion>>,
    lists: Vec<Vec<Memory>>,
    hits: Vec<Vec<MemoryHit>>,
    sources: Vec<SourceSummary>,
    waiting: u64,
}

async fn answers(memories: &MemoryIndex, ids: &[MemoryId]) -> Answers {
    let mut filters = vec![
        of("ada"),
        MemoryFilter {
            with_retired: true,
            ..of("ada")
        },
        MemoryFilter {
            quarantined: true,
            ..of("ada")
        },
    ];
    for moment in [15, 25, 100, 101, 102, 103, 104, 105, 106] {
        filters.push(MemoryFilter {
            as_of: Some(second(moment)),
            ..of("ada")
        });
        filters.push(MemoryFilter {
            valid_at: Some(second(moment)),
            ..of("ada")
        });
    }
    let mut answers = Answers {
        histories: Vec::new(),
        lists: Vec::new(),
        hits: Vec::new(),
        sources: memories.sources("ada").await.unwrap(),
        waiting: memories.stats().await.unwrap().waiting,
    };
    for id in ids {
        answers.histories.push(memories.history("ada", id).await.unwrap());
    }
    for filter in filters {
        let asked = RecallQuery {
            filter: filter.clone(),
            ..query("ada", "lives red fox", toward(&[1.0, 0.5]))
        };
        answers.hits.push(memories.recall(asked).await.unwrap());
        answers
            .lists
            .push(memories.memories(filter, PAGE).await.unwrap().0);
    }
    answers
}

#[tokio::test]
async fn a_restart_changes_no_answer_about_the_past_or_the_present() {
    let dir = tempfile::tempdir().unwrap();
    let memories = open_at(dir.path(), 100).await;
    let mut part = note("ada", "red fox");
    part.source = Some("/notes.md".to_owned());
    let mut apart = note("ada", "a page says so");
    apart.quarantined = true;
    let items = vec![
        (fact("lives in Rome", 10), both(toward(&[1.0]))),
        (part, both(toward(&[0.0, 1.0]))),
        (apart, both(toward(&[0.0, 0.0, 1.0]))),
        (fact("likes tea", 20), None),
    ];
    let mut ids = memories.insert(items).await.unwrap();
    let items = vec![(fact("lives in Oslo", 20), both(toward(&[0.9, 0.1])))];
    ids.extend(
        memories
            .supersede("ada", vec![ids[0].clone()], items)
            .await
            .unwrap(),
    );
    let text = Some(("blue whale".to_owned(), both(toward(&[0.0, 0.9, 0.1]))));
    let change = MemoryChange {
        text,
        pinned: Some(true),
        ..MemoryChange::default()
    };
    memories.change("ada", &ids[1], change).await.unwrap();
    memories
        .supersede("ada", vec![ids[3].clone()], Vec::new())
        .await
        .unwrap();
    memories.undo("ada", &ids[1]).await.unwrap();
    memories.undo("ada", &ids[0]).await.unwrap();
    let before = answers(&memories, &ids).await;
    use MemoryEvent::{Changed, Created, Retired, Undone};
    let events: Vec<Vec<MemoryEvent>> = before
        .histories
        .iter()
        .map(|history| history.iter().map(|version| version.event).collect())
        .collect();
    assert_eq!(
        events,
        [
            vec![Created, Retired, Undone],
            vec![Created, Changed, Undone],
            vec![Created],
            vec![Created, Retired],
            vec![Created, Retired],
        ]
    );
    let texts =
        |list: &[Memory]| -> Vec<String> { list.iter().map(|memory| memory.content.text.clone()).collect() };
    assert_eq!(texts(&before.lists[0]), ["lives in Rome", "red fox"]);
    assert_eq!(
        before.waiting, 2,
        "one never had vectors, of the other the text came back"
    );
    assert_eq!(before.sources[0].source, "/notes.md");
    drop(memories);
    let after = answers(&*open_at(dir.path(), 200).await, &ids).await;
    assert_eq!(after, before);
}

#[tokio::test]
async fn what_was_changed_before_histories_were_kept_has_the_version_that_is_known() {
    let (memories, dir) = memories().await;
    let id = memories
        .insert(vec![(note("ada", "red fox"), both(toward(&[1.0])))])
        .await
        .unwrap()
        .remove(0);
    let path = dir.path().join("council.db");
    drop(memories);
    let database = rusqlite::Connection::open(path).unwrap();
    database
        .execute("UPDATE memories SET created_at_ns = 5, updated_at_ns = 7", [])
        .unwrap();
    drop(database);
    let memories = open(dir.path()).await;
    let history = memories.history("ada", &id).await.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].event, MemoryEvent::Created);
    let as_of = |ns| MemoryFilter {
        as_of: Some(Timestamp::from_duration(std::time::Duration::from_nanos(ns))),
        ..of("ada")
    };
    let count = async |ns| memories.memories(as_of(ns), PAGE).await.unwrap().1;
    assert_eq!((count(6).await, count(7).await), (0, 1));
}

#[tokio::test]
async fn what_was_forgotten_can_be_imported_again_and_its_blank_stays_away() {
    let (memories, dir) = memories().await;
    let id = memories
        .insert(vec![(note("ada", "red fox"), both(toward(&[1.0])))])
        .await
        .unwrap()
        .remove(0);
    let records = memories.export("ada", None, 10).await.unwrap();
    memories.forget("ada", vec![id.clone()]).await.unwrap();
    assert_eq!(
        memories.export("ada", Some(&id), 10).await,
        Ok(vec![]),
        "its place is known"
    );
    assert_eq!(memories.import(records.clone()).await, Ok(1));
    assert_eq!(memories.import(records.clone()).await, Ok(0));
    for memories in [memories, { open_again(&dir).await }] {
        assert_eq!(memories.export("ada", None, 10).await.as_ref(), Ok(&records));
        assert_eq!(memories.stats().await.unwrap().memories, 1);
    }
}
