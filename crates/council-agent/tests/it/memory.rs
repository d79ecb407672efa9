//! What the memory service makes of texts, and what turns take from it and leave there.

mod turns;

use crate::fakes::StoppedClock;
use async_trait::async_trait;
use council_agent::memory::{Memories, MemoryConfig, MemoryMetrics, Question};
use council_core::memory::naive::NaiveMemory;
use council_core::{
    AnswerEnd, EmbedKind, Embedded, Embedder, EmbedderInfo, Embedding, ImportedMessage, MemoryFilter,
    MemoryHit, MemoryKind, MemoryStore, Message, ModelError, NewMemory, Role, Scope, Timestamp,
};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Texts with words in common are near each other. Notes the texts; can be away.
pub(crate) struct WordVectors {
    info: EmbedderInfo,
    texts: Mutex<Vec<String>>,
    away: AtomicBool,
}

const DIMENSIONS: usize = 64;

impl Default for WordVectors {
    fn default() -> Self {
        Self {
            info: EmbedderInfo {
                id: "words".to_owned(),
                dimensions: DIMENSIONS,
                max_tokens: 100,
            },
            texts: Mutex::default(),
            away: AtomicBool::new(false),
        }
    }
}

impl WordVectors {
    /// What was embedded so far.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.texts.lock().unwrap().clone()
    }

    /// Is not ready any more, or again.
    pub(crate) fn go_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }
}

fn vector(text: &str) -> Embedding {
    let mut numbers = vec![0.01_f32; DIMENSIONS];
    for word in text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2)
    {
        let mut hasher = DefaultHasher::new();
        word.hash(&mut hasher);
        numbers[hasher.finish() as usize % DIMENSIONS] += 1.0;
    }
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    Embedding(numbers.into_iter().map(|number| number / length).collect())
}

#[async_trait]
impl Embedder for WordVectors {
    fn info(&self) -> &EmbedderInfo {
        &self.info
    }

    async fn embed(&self, texts: Vec<String>, _: EmbedKind) -> Result<Embedded, ModelError> {
        if self.away.load(Ordering::SeqCst) {
            return Err(ModelError::NotReady {
                message: "loading".to_owned(),
                retry_after: Duration::from_secs(1),
            });
        }
        let vectors = texts.iter().map(|text| vector(text)).collect();
        self.texts.lock().unwrap().extend(texts);
        Ok(Embedded { vectors, tokens: 0 })
    }
}

/// A memory on the naive store.
pub(crate) struct Memory {
    pub(crate) memories: Memories,
    pub(crate) store: Arc<NaiveMemory>,
    pub(crate) embedder: Arc<WordVectors>,
}

pub(crate) fn memory(registry: &prometheus::Registry) -> Memory {
    let embedder = Arc::new(WordVectors::default());
    let store = Arc::new(NaiveMemory::new(embedder.info(), Arc::new(StoppedClock)));
    let metrics = MemoryMetrics::register(registry).unwrap();
    let memories = Memories::new(store.clone(), embedder.clone(), metrics, MemoryConfig::default());
    Memory {
        memories,
        store,
        embedder,
    }
}

fn fresh() -> Memory {
    memory(&prometheus::Registry::new())
}

pub(crate) fn scope(session: &str) -> Scope {
    Scope {
        user: "ada".to_owned(),
        project: None,
        session: Some(session.to_owned()),
    }
}

pub(crate) fn of_ada() -> MemoryFilter {
    MemoryFilter {
        user: "ada".to_owned(),
        ..MemoryFilter::default()
    }
}

pub(crate) fn turn(speaker: &str, session: &str, text: &str) -> NewMemory {
    NewMemory {
        speaker: Some(speaker.to_owned()),
        ..NewMemory::new(MemoryKind::Turn, scope(session), text, Timestamp::default())
    }
}

fn question(text: &str) -> Question {
    Question {
        text: text.to_owned(),
        filter: of_ada(),
        limit: 5,
        now: Timestamp::default(),
        without: Vec::new(),
        token_budget: None,
    }
}

#[tokio::test]
async fn vectors_are_made_without_names_and_with_the_turn_before() {
    let Memory {
        memories,
        embedder,
        store,
    } = fresh();
    let first = turn("Caroline", "s1", "Hey Melanie, I went hiking");
    let second = turn("Melanie", "s1", "Caroline, where?");
    let other = turn("Melanie", "s2", "Good morning");
    let ids = memories.remember(vec![first, second, other]).await.unwrap();
    memories
        .remember(vec![turn("Caroline", "s1", "In the Alps")])
        .await
        .unwrap();
    let texts = embedder.texts.lock().unwrap().clone();
    for text in &texts {
        assert!(!text.contains("Melanie") && !text.contains("Caroline"), "{text}");
    }
    // The first turns of both sessions have nothing before them, the others are embedded with and without it.
    assert_eq!(texts.len(), 6, "{texts:?}");
    assert!(
        texts
            .iter()
            .any(|text| text.contains("hiking") && text.contains("where")),
        "{texts:?}"
    );
    assert!(
        texts
            .iter()
            .any(|text| text.contains("where") && text.contains("Alps")),
        "across requests: {texts:?}"
    );
    let kept = store.memory("ada", &ids[0]).await.unwrap();
    assert_eq!(
        kept.content.text, "Hey Melanie, I went hiking",
        "the text itself stays whole"
    );
}

#[tokio::test]
async fn a_question_finds_what_the_person_said_whom_it_names() {
    let Memory {
        memories, embedder, ..
    } = fresh();
    let said = ["I went hiking in the Alps", "I went swimming in the lake"];
    let turns = [turn("Caroline", "s1", said[0]), turn("Melanie", "s2", said[1])];
    memories.remember(turns.to_vec()).await.unwrap();
    for (name, text) in [("Caroline", said[0]), ("Melanie", said[1])] {
        let hits = memories
            .recall(question(&format!("Where did {name} go?")))
            .await
            .unwrap();
        assert_eq!(hits[0].memory.content.text, text);
        assert!(hits[0].parts.speaker > 0.0);
        let embedded = embedder.texts.lock().unwrap().last().cloned().unwrap();
        assert!(!embedded.contains(name) && embedded.contains("go"), "{embedded}");
    }
}

#[tokio::test]
async fn a_question_of_a_time_lifts_what_was_said_then_and_hides_nothing() {
    let memories = fresh().memories;
    let day = |days: u64| Timestamp::from_millis((20_000 + days) * 86_400_000);
    let said = |text: &str, days: u64| {
        let scope = scope(&format!("s{days}"));
        NewMemory::new(MemoryKind::Turn, scope, text, day(days))
    };
    let items = [
        "a walk by the lake",
        "a walk in the hills",
        "a walk through the town",
    ];
    let items = items.iter().zip([1, 8, 22]).map(|(text, days)| said(text, days));
    memories.remember(items.collect()).await.unwrap();
    for (text, then) in [
        ("What walk was there two weeks ago?", "a walk in the hills"),
        ("What walk was there today?", "a walk through the town"),
    ] {
        let asked = Question {
            now: day(22),
            ..question(text)
        };
        let hits = memories.recall(asked).await.unwrap();
        assert_eq!(hits.len(), 3);
        for hit in hits {
            let is_of_then = hit.memory.content.text == then;
            assert_eq!(hit.parts.time > 0.0, is_of_then, "{text} {hit:?}");
        }
    }
}

#[tokio::test]
async fn answers_end_before_they_exceed_the_budget_of_tokens() {
    let memories = fresh().memories;
    let words = ["tea green", "tea black and strong", "tea"];
    let items = words.map(|text| turn("Ada", text, text));
    memories.remember(items.to_vec()).await.unwrap();
    let ask = async |budget| {
        let asked = Question {
            token_budget: budget,
            ..question("tea?")
        };
        memories.recall(asked).await.unwrap()
    };
    let all = ask(None).await;
    assert_eq!(all.len(), 3);
    let tokens = |hits: &[MemoryHit]| -> u64 {
        hits.iter()
            .map(|hit| (hit.memory.content.text.len() as u64).div_ceil(3))
            .sum()
    };
    for most in 0..=3 {
        let budget = tokens(&all[..most]);
        assert_eq!(ask(Some(budget)).await, all[..most], "{budget}");
        if most > 0 {
            assert_eq!(ask(Some(budget - 1)).await, all[..most - 1], "{budget} less one");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn while_the_embedder_is_away_words_find_and_vectors_come_later() {
    let Memory {
        memories,
        embedder,
        store,
    } = fresh();
    embedder.away.store(true, Ordering::SeqCst);
    let turns = [
        turn("Ada", "s1", "The violin is at the luthier"),
        turn("Ada", "s1", "It rained"),
    ];
    memories.remember(turns.to_vec()).await.unwrap();
    let hits = memories.recall(question("where is the violin?")).await.unwrap();
    assert!(hits[0].memory.content.text.contains("violin"));
    assert_eq!(store.without_vectors(10).await.unwrap().1, 2);

    let stop = CancellationToken::new();
    let background = TaskTracker::new();
    background.spawn({
        let (memories, stop) = (memories.clone(), stop.clone());
        async move { memories.catch_up(stop).await }
    });
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(
        store.without_vectors(10).await.unwrap().1,
        2,
        "it waits for the embedder"
    );
    embedder.away.store(false, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(store.without_vectors(10).await.unwrap().1, 0);
    let texts = embedder.texts.lock().unwrap().clone();
    assert!(
        texts
            .iter()
            .any(|text| text.contains("luthier") && text.contains("rained")),
        "{texts:?}"
    );

    embedder.away.store(true, Ordering::SeqCst);
    memories
        .remember(vec![turn("Ada", "s1", "The sun came out")])
        .await
        .unwrap();
    embedder.away.store(false, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        store.without_vectors(10).await.unwrap().1,
        0,
        "it is told of new ones"
    );
    stop.cancel();
    background.close();
    background.wait().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_said_elsewhere_gets_its_vectors_in_the_background_with_the_turn_before_it() {
    let Memory {
        memories,
        embedder,
        store,
    } = fresh();
    let said = |role, text: &str, second: u64, finish| ImportedMessage {
        parent: None,
        message: Message::text(role, text),
        model: None,
        request_id: String::new(),
        created_at: Timestamp::from_millis(second * 1_000),
        finish,
    };
    let messages = [
        said(Role::System, "Be brief.", 1, None),
        said(Role::User, "Where is the violin?", 2, None),
        said(Role::Assistant, "At the luthier", 3, None),
        said(Role::Assistant, "half an ans", 4, Some(AnswerEnd::Failed)),
        said(Role::User, "  ", 5, None),
    ];
    let scope = Scope {
        user: "local".to_owned(),
        session: Some("far".to_owned()),
        ..Scope::default()
    };
    assert_eq!(memories.take_over(&scope, &messages).await.unwrap(), 2);
    assert_eq!(
        store.without_vectors(10).await.unwrap().1,
        2,
        "nobody waits for the embedder"
    );
    assert!(embedder.texts.lock().unwrap().is_empty());

    let stop = CancellationToken::new();
    let background = TaskTracker::new();
    background.spawn({
        let (memories, stop) = (memories.clone(), stop.clone());
        async move { memories.catch_up(stop).await }
    });
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(store.without_vectors(10).await.unwrap().1, 0);
    let texts = embedder.texts.lock().unwrap().clone();
    assert!(
        texts.contains(&"Where is the violin?\nAt the luthier".to_owned()),
        "{texts:?}"
    );
    stop.cancel();
    background.close();
    background.wait().await;
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_comes_late_and_what_follows_a_forgotten_one_get_new_vectors() {
    let Memory {
        memories,
        embedder,
        store,
    } = fresh();
    let said = |text: &str, second: u64| NewMemory {
        said_at: Timestamp::from_millis(second * 1_000),
        ..turn("Ada", "s", text)
    };
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let (working, until) = (memories.clone(), stop.clone());
    tasks.spawn(async move { working.catch_up(until).await });
    let items = vec![
        said("apples", 10),
        said("cherries", 30),
        said("bananas", 20),
        said("damsons", 40),
    ];
    let ids = memories.remember(items).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(store.stats().await.unwrap().waiting, 0);
    let texts = embedder.texts();
    for context in ["apples\nbananas", "bananas\ncherries", "cherries\ndamsons"] {
        assert!(texts.iter().any(|text| text == context), "{texts:?}");
    }
    assert!(!texts.iter().any(|text| text == "bananas\ndamsons"), "{texts:?}");
    let before = texts.len();
    memories.forget("ada", vec![ids[2].clone()]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(store.stats().await.unwrap().waiting, 0);
    assert_eq!(embedder.texts()[before..], ["cherries", "apples\ncherries"]);
    stop.cancel();
    tasks.close();
    tasks.wait().await;
}
