//! Agent Zero's tools and folder on a memory.

use crate::fakes::StoppedClock;
use async_trait::async_trait;
use council_agent::agent_zero::tools::{self, Hit, Query};
use council_agent::agent_zero::{Filter, faiss, folder, pickle};
use council_agent::memory::{Memories, MemoryConfig, MemoryMetrics};
use council_core::memory::naive::NaiveMemory;
use council_core::{
    EmbedKind, Embedded, Embedder, EmbedderInfo, Embedding, MemoryId, MemoryKind, ModelError, NewMemory,
    Scope, Timestamp, Trust,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A text that begins with a number has that cosine with every question that does not.
struct Angles(EmbedderInfo);

#[async_trait]
impl Embedder for Angles {
    fn info(&self) -> &EmbedderInfo {
        &self.0
    }

    async fn embed(&self, texts: Vec<String>, _: EmbedKind) -> Result<Embedded, ModelError> {
        let vector = |text: &String| {
            let cosine: f32 = text.split(' ').next().unwrap().parse().unwrap_or(1.0);
            Embedding(vec![cosine, (1.0 - cosine * cosine).sqrt()])
        };
        Ok(Embedded {
            vectors: texts.iter().map(vector).collect(),
            tokens: 0,
        })
    }
}

fn memories() -> Memories {
    let info = EmbedderInfo {
        id: "all-minilm-l6-v2".to_owned(),
        dimensions: 2,
        max_tokens: 256,
    };
    let store = NaiveMemory::new(&info, Arc::new(StoppedClock));
    let metrics = MemoryMetrics::register(&prometheus::Registry::new()).unwrap();
    Memories::new(
        Arc::new(store),
        Arc::new(Angles(info)),
        metrics,
        MemoryConfig::default(),
    )
}

async fn save(memories: &Memories, text: &str, area: &str, metadata: Value) -> String {
    let metadata = match metadata {
        Value::Object(metadata) => metadata,
        _ => Map::new(),
    };
    let now = Timestamp::from_millis(1_741_083_630_000);
    let saved = tools::save(memories, "ada", text.to_owned(), area.to_owned(), metadata, now).await;
    saved.unwrap().0
}

fn query(threshold: f64, filter: &str) -> Query {
    Query {
        text: "what?".to_owned(),
        threshold,
        filter: Filter::parse(filter).unwrap(),
    }
}

async fn load(memories: &Memories, threshold: f64, filter: &str, limit: usize) -> Vec<Hit> {
    tools::load(memories, "ada", &query(threshold, filter), limit)
        .await
        .unwrap()
}

fn texts(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.memory.content.text.as_str()).collect()
}

#[tokio::test]
async fn a_threshold_of_0_7_is_a_cosine_of_0_4() {
    let memories = memories();
    for text in ["0.39 below", "0.4 just", "0.41 above", "-1 opposite", "1 same"] {
        save(&memories, text, "main", Value::Null).await;
    }
    let found = load(&memories, 0.7, "", 10).await;
    assert_eq!(texts(&found), ["1 same", "0.41 above", "0.4 just"]);
    assert!((found[0].score - 1.0).abs() < 1e-6 && (found[2].score - 0.7).abs() < 1e-6);
    assert_eq!(
        texts(&load(&memories, 0.7, "", 2).await),
        ["1 same", "0.41 above"]
    );
    let all = load(&memories, 0.0, "", 10).await;
    assert_eq!((all.len(), all[4].score), (5, 0.0));
}

#[tokio::test]
async fn what_was_saved_is_loaded_in_agent_zeros_words() {
    let memories = memories();
    let id = save(
        &memories,
        "1 The kettle is blue.",
        "solutions",
        json!({"tries": 3, "ok": true}),
    )
    .await;
    let found = load(&memories, 0.7, "area == 'solutions' and tries >= 3", 10).await;
    assert_eq!(
        tools::text(&found, "what?"),
        format!(
            "area: solutions\ntries: 3\nok: True\nid: {id}\ntimestamp: 2025-03-04 10:20:30\n\
             Content: 1 The kettle is blue."
        )
    );
    assert_eq!(found[0].memory.content.trust, Trust::Assistant);
    assert_eq!(found[0].memory.content.kind, MemoryKind::Note);
    let second = save(&memories, "0.9 Another", "main", Value::Null).await;
    let both = tools::text(&load(&memories, 0.7, "", 10).await, "what?");
    assert!(
        both.contains(&format!(
            "Content: 1 The kettle is blue.\n\narea: main\nid: {second}\n"
        )),
        "{both}"
    );
    assert_eq!(tools::text(&[], "what?"), "No memory is about: what?");
}

#[tokio::test]
async fn deleting_names_what_existed() {
    let memories = memories();
    let id = save(&memories, "1 a", "main", Value::Null).await;
    let ids = vec![MemoryId(id.clone()), MemoryId("nothing000".to_owned())];
    let gone = tools::delete(&memories, "ada", ids.clone()).await.unwrap();
    assert_eq!(gone, [MemoryId(id)]);
    assert_eq!(tools::delete(&memories, "ada", ids).await.unwrap(), []);
}

#[tokio::test]
async fn forgetting_takes_all_above_the_threshold_that_pass_the_filter_and_nothing_else() {
    let memories = memories();
    let mut notes: Vec<NewMemory> = Vec::new();
    for number in 0..2_300 {
        let scope = Scope {
            user: "ada".to_owned(),
            ..Scope::default()
        };
        let text = format!("0.{} note {number}", if number % 2 == 0 { 9 } else { 3 });
        let mut note = NewMemory::new(MemoryKind::Note, scope, text, Timestamp::default());
        note.area = if number % 500 == 0 { "fragments" } else { "main" }.to_owned();
        notes.push(note);
    }
    memories.remember(notes).await.unwrap();
    let filter = query(0.7, "area == 'fragments'");
    assert_eq!(
        load(&memories, 0.7, "area == 'fragments'", 10).await.len(),
        5,
        "beyond the first thousand"
    );
    assert_eq!(tools::forget(&memories, "ada", &filter).await.unwrap().len(), 5);
    assert_eq!(
        tools::forget(&memories, "eve", &query(0.7, ""))
            .await
            .unwrap()
            .len(),
        0,
        "another's"
    );
    assert_eq!(
        tools::forget(&memories, "ada", &query(0.7, ""))
            .await
            .unwrap()
            .len(),
        1_145
    );
    assert_eq!(
        memories.store().stats().await.unwrap().memories,
        1_150,
        "those below stay"
    );
}

#[tokio::test]
async fn a_memory_becomes_a_folder_and_that_the_same_memory() {
    let memories = memories();
    save(&memories, "0.5 first", "main", json!({"a": [1, null]})).await;
    let retired = save(&memories, "0.6 no longer so", "main", Value::Null).await;
    save(&memories, "0.7 second", "fragments", Value::Null).await;
    let store = memories.store();
    store
        .supersede("ada", vec![MemoryId(retired)], Vec::new())
        .await
        .unwrap();
    let files = folder::write(&memories, "ada").await.unwrap();
    let documents = pickle::read(&files.index_pkl).unwrap().documents;
    let texts: Vec<&str> = documents.iter().map(|document| document.text.as_str()).collect();
    assert_eq!(
        texts,
        ["0.5 first", "0.7 second"],
        "oldest first, what is retired left out"
    );
    let index = faiss::read(files.index_faiss.as_ref().unwrap()).unwrap();
    assert_eq!((index.dimensions, index.vectors.len()), (2, 2));
    assert!((index.vectors[1].0[0] - 0.7).abs() < 1e-6);
    let model: Value = serde_json::from_slice(files.embedding_json.as_ref().unwrap()).unwrap();
    assert_eq!(
        model,
        json!({"model_provider": "huggingface", "model_name": "sentence-transformers/all-MiniLM-L6-v2"})
    );
    let read = folder::read(&files, "ada", Timestamp::default()).unwrap();
    assert_eq!(read.notes, Vec::<String>::new());
    let other = self::memories();
    assert_eq!(other.store().import(read.records.clone()).await.unwrap(), 2);
    assert_eq!(
        other.store().import(read.records).await.unwrap(),
        0,
        "again changes nothing"
    );
}
