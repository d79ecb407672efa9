//! What the memory service makes of texts before the store sees them.

use async_trait::async_trait;
use council_agent::memory::{Memories, MemoryMetrics, Question};
use council_core::{
    EmbedKind, Embedded, Embedder, EmbedderInfo, Embedding, Memory, MemoryChange, MemoryFilter, MemoryHit,
    MemoryId, MemoryKind, MemoryStats, MemoryStore, MemoryVectors, ModelError, NewMemory, Page, RecallQuery,
    RecallWeights, Scope, StoreError, Timestamp, Trust,
};
use std::sync::{Arc, Mutex};

/// Notes the texts; the vector of a text is its number among them.
pub(crate) struct Lengths {
    info: EmbedderInfo,
    texts: Mutex<Vec<String>>,
}

impl Default for Lengths {
    fn default() -> Self {
        Self {
            info: EmbedderInfo {
                id: "numbers".to_owned(),
                dimensions: 1,
                max_tokens: 100,
            },
            texts: Mutex::default(),
        }
    }
}

#[async_trait]
impl Embedder for Lengths {
    fn info(&self) -> &EmbedderInfo {
        &self.info
    }

    async fn embed(&self, texts: Vec<String>, _: EmbedKind) -> Result<Embedded, ModelError> {
        let mut all = self.texts.lock().unwrap();
        let mut vectors = Vec::new();
        for text in texts {
            vectors.push(Embedding(vec![all.len() as f32]));
            all.push(text);
        }
        Ok(Embedded { vectors, tokens: 0 })
    }
}

/// Keeps what is inserted, and the last query.
#[derive(Default)]
pub(crate) struct Kept {
    items: Mutex<Vec<(NewMemory, MemoryVectors)>>,
    query: Mutex<Option<RecallQuery>>,
}

fn unasked() -> StoreError {
    StoreError::Failed("not in this test".to_owned())
}

#[async_trait]
impl MemoryStore for Kept {
    async fn insert(&self, items: Vec<(NewMemory, MemoryVectors)>) -> Result<Vec<MemoryId>, StoreError> {
        let ids = (0..items.len())
            .map(|index| MemoryId(index.to_string()))
            .collect();
        self.items.lock().unwrap().extend(items);
        Ok(ids)
    }
    async fn memory(&self, _: &str, _: &MemoryId) -> Result<Memory, StoreError> {
        Err(unasked())
    }
    async fn memories(&self, _: MemoryFilter, _: Page) -> Result<(Vec<Memory>, u64), StoreError> {
        Err(unasked())
    }
    async fn change(&self, _: &str, _: &MemoryId, _: MemoryChange) -> Result<Memory, StoreError> {
        Err(unasked())
    }
    async fn forget(&self, _: &str, _: Vec<MemoryId>) -> Result<Vec<MemoryId>, StoreError> {
        Err(unasked())
    }
    async fn recall(&self, query: RecallQuery) -> Result<Vec<MemoryHit>, StoreError> {
        *self.query.lock().unwrap() = Some(query);
        Ok(Vec::new())
    }
    async fn nearest(
        &self,
        _: Embedding,
        _: MemoryFilter,
        _: f32,
        _: usize,
    ) -> Result<Vec<MemoryHit>, StoreError> {
        Err(unasked())
    }
    async fn latest_turn(&self, scope: &Scope) -> Result<Option<Memory>, StoreError> {
        let items = self.items.lock().unwrap();
        let last = items.iter().rev().find(|(item, _)| item.scope == *scope);
        Ok(last.map(|(item, _)| Memory {
            id: MemoryId("last".to_owned()),
            content: item.clone(),
            pinned: false,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
        }))
    }
    async fn speakers(&self, filter: &MemoryFilter) -> Result<Vec<String>, StoreError> {
        let items = self.items.lock().unwrap();
        let of_user = items.iter().filter(|(item, _)| item.scope.user == filter.user);
        Ok(of_user.filter_map(|(item, _)| item.speaker.clone()).collect())
    }
    async fn stats(&self) -> Result<MemoryStats, StoreError> {
        Err(unasked())
    }
}

fn turn(speaker: &str, session: &str, text: &str) -> NewMemory {
    NewMemory {
        text: text.to_owned(),
        kind: MemoryKind::Turn,
        speaker: Some(speaker.to_owned()),
        scope: Scope {
            user: "ada".to_owned(),
            project: None,
            session: Some(session.to_owned()),
        },
        said_at: Timestamp::default(),
        area: "main".to_owned(),
        tags: Vec::new(),
        metadata: serde_json::Map::new(),
        trust: Trust::User,
    }
}

fn world() -> (Memories, Arc<Kept>, Arc<Lengths>) {
    let (store, embedder) = (Arc::new(Kept::default()), Arc::new(Lengths::default()));
    let metrics = MemoryMetrics::register(&prometheus::Registry::new()).unwrap();
    (
        Memories::new(store.clone(), embedder.clone(), metrics),
        store,
        embedder,
    )
}

#[tokio::test]
async fn vectors_are_made_without_names_and_with_the_turn_before() {
    let (memories, store, embedder) = world();
    let first = turn("Caroline", "s1", "Hey Melanie, I went hiking");
    let second = turn("Melanie", "s1", "Caroline, where?");
    let other = turn("Melanie", "s2", "Good morning");
    memories.remember(vec![first, second, other]).await.unwrap();
    memories
        .remember(vec![turn("Caroline", "s1", "In the Alps")])
        .await
        .unwrap();
    let texts = embedder.texts.lock().unwrap().clone();
    let stored = store.items.lock().unwrap();
    let text_of = |embedding: &Embedding| texts[embedding.0[0] as usize].clone();
    let seen: Vec<(String, String)> = stored
        .iter()
        .map(|(_, vectors)| (text_of(&vectors.own), text_of(&vectors.context)))
        .collect();
    for (own, context) in &seen {
        assert!(!own.contains("Melanie") && !own.contains("Caroline"), "{own}");
        assert!(context.ends_with(own.as_str()), "{context}");
    }
    assert_eq!(seen[0].0, seen[0].1, "the first turn has none before it");
    assert!(seen[1].1.contains("hiking"), "{:?}", seen[1]);
    assert_eq!(seen[2].0, seen[2].1, "another session");
    assert!(seen[3].1.contains("where"), "across requests: {:?}", seen[3]);
    assert_eq!(
        stored[0].0.text, "Hey Melanie, I went hiking",
        "the text itself stays whole"
    );
}

#[tokio::test]
async fn a_question_says_whom_it_names_and_is_embedded_without() {
    let (memories, store, embedder) = world();
    memories
        .remember(vec![turn("Caroline", "s1", "I went hiking")])
        .await
        .unwrap();
    let question = Question {
        text: "Where did Caroline go?".to_owned(),
        filter: MemoryFilter {
            user: "ada".to_owned(),
            ..MemoryFilter::default()
        },
        limit: 5,
        weights: RecallWeights::default(),
    };
    memories.recall(question).await.unwrap();
    let query = store.query.lock().unwrap().clone().unwrap();
    assert_eq!(query.speakers, ["Caroline"]);
    let embedded = embedder.texts.lock().unwrap()[query.vector.0[0] as usize].clone();
    assert!(
        !embedded.contains("Caroline") && embedded.contains("go"),
        "{embedded}"
    );
    assert_eq!(query.text, "Where did Caroline go?");
}
