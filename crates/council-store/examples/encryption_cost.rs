//! What a key costs: `cargo run --release -p council-store --example encryption_cost [--features encryption] [memories
//! [rounds]]`. Prints one JSON object: for a store without a key, with a raw one, and with one from a passphrase, which take
//! turns, medians of processor time of all threads, because other programs run beside, and of the clock.
#![expect(clippy::print_stdout, reason = "prints its measurements")]

use council_core::{
    ConversationId, ConversationStore, EmbedderInfo, Embedding, MemoryKind, MemoryStore, MemoryVectors,
    Message, NewMemory, NewMessage, Place, Role, Scope, Timestamp,
};
use council_store::{Key, Store, encryption};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const DIMENSIONS: usize = 384;
const BATCH: usize = 500;
const WRITES: usize = 200;

struct Stopped;

impl council_core::Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1)
    }
}

/// Milliseconds of processor time that all threads of this process have had (`man 5 proc`, `schedstat`). Where the kernel
/// does not say, 0.
fn processor_ms() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let spent = tasks.filter_map(|task| {
        let line = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        line.split(' ').next()?.parse::<f64>().ok()
    });
    spent.sum::<f64>() / 1e6
}

/// Measured values by name.
#[derive(Default)]
struct Measures(BTreeMap<&'static str, Vec<[f64; 2]>>);

impl Measures {
    /// What `work` gives back, and its time.
    async fn take<T>(&mut self, name: &'static str, work: impl AsyncFnOnce() -> T) -> T {
        let (begun, spent) = (Instant::now(), processor_ms());
        let done = work().await;
        let times = [processor_ms() - spent, begun.elapsed().as_secs_f64() * 1e3];
        self.0.entry(name).or_default().push(times);
        done
    }

    fn medians(&self) -> Value {
        let median = |column: usize, times: &[[f64; 2]]| {
            let mut sorted: Vec<f64> = times.iter().map(|times| times[column]).collect();
            sorted.sort_by(f64::total_cmp);
            (sorted[sorted.len() / 2] * 1e3).round() / 1e3
        };
        let of = |times: &Vec<[f64; 2]>| json!({"processor_ms": median(0, times), "wall_ms": median(1, times), "n": times.len()});
        let all: Map<String, Value> = self
            .0
            .iter()
            .map(|(name, times)| ((*name).to_owned(), of(times)))
            .collect();
        Value::Object(all)
    }
}

fn memory(number: usize) -> (NewMemory, Option<MemoryVectors>) {
    let scope = Scope {
        user: "ada".to_owned(),
        project: None,
        session: None,
    };
    let text = format!("memory {number} ").repeat(10);
    let mut state = number as u64 + 1;
    let mut vector: Vec<f32> = (0..DIMENSIONS)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u32 << 24) as f32 - 0.5
        })
        .collect();
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    for number in &mut vector {
        *number /= length;
    }
    let vectors = MemoryVectors {
        own: Embedding(vector.clone()),
        context: Embedding(vector),
    };
    let at = Timestamp::from_millis(number as u64 + 1);
    (NewMemory::new(MemoryKind::Note, scope, text, at), Some(vectors))
}

async fn round(
    dir: &Path,
    key: Option<&Key>,
    memories: usize,
    measures: &mut Measures,
) -> Result<(), Box<dyn Error>> {
    let embedder = EmbedderInfo {
        id: "bench".to_owned(),
        dimensions: DIMENSIONS,
        max_tokens: 256,
    };
    let store = measures
        .take("open_new", async || Store::open_with(dir, key))
        .await?;
    let conversation = ConversationId::parse("bench").ok_or("no id")?;
    measures
        .take("write_200_messages_durably", async || {
            for number in 0..WRITES {
                let message = NewMessage {
                    conversation: conversation.clone(),
                    place: Place::Leaf,
                    finish: None,
                    message: Message::text(Role::User, "some words ".repeat(100)),
                    model: None,
                    request_id: format!("r{number}"),
                    created_at: Timestamp::from_millis(number as u64),
                };
                store.append(message).await?;
            }
            Ok::<_, council_core::StoreError>(())
        })
        .await?;
    let index = store.memory(&embedder, Arc::new(Stopped), |_| {}).await?;
    measures
        .take("write_memories", async || {
            for first in (0..memories).step_by(BATCH) {
                let items = (first..memories.min(first + BATCH)).map(memory).collect();
                index.insert(items).await?;
            }
            Ok::<_, council_core::StoreError>(())
        })
        .await?;
    let tree = measures
        .take("read_200_messages", async || {
            store
                .recent_messages(&conversation, council_core::Branch::Active, WRITES as u64)
                .await
        })
        .await?;
    if tree.len() != WRITES {
        return Err("messages are missing".into());
    }
    drop((index, store));
    let store = measures.take("open", async || Store::open_with(dir, key)).await?;
    let index = measures
        .take("load_memories", async || {
            store.memory(&embedder, Arc::new(Stopped), |_| {}).await
        })
        .await?;
    if index.stats().await?.memories != memories as u64 {
        return Err("memories are missing".into());
    }
    drop((index, store));
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let memories = numbers.next().transpose()?.unwrap_or(5_000);
    let rounds = numbers.next().transpose()?.unwrap_or(5);
    let mut kinds: Vec<(&str, Option<Key>, Measures)> = vec![("plain", None, Measures::default())];
    if cfg!(feature = "encryption") {
        let raw = Key::from_hex(Key::random_hex()?.expose())?;
        kinds.push(("key", Some(raw), Measures::default()));
        kinds.push(("passphrase", None, Measures::default()));
    }
    let mut convert = Measures::default();
    for _ in 0..rounds {
        for (name, key, measures) in &mut kinds {
            let dir = tempfile::tempdir()?;
            // A process that starts has derived nothing yet.
            let key = match *name {
                "passphrase" => Some(Key::from_passphrase("a passphrase of words")?),
                _ => key.clone(),
            };
            round(dir.path(), key.as_ref(), memories, measures).await?;
            if *name == "key" {
                for (what, from, to) in [("decrypt", key.as_ref(), None), ("encrypt", None, key.as_ref())] {
                    convert
                        .take(what, async || encryption::convert(dir.path(), from, to))
                        .await?;
                }
                let bytes = std::fs::metadata(dir.path().join("council.db"))?.len();
                convert.0.insert("database_mb", vec![[bytes as f64 / 1e6; 2]]);
            }
        }
    }
    let of: Map<String, Value> = kinds
        .iter()
        .map(|(name, _, measures)| ((*name).to_owned(), measures.medians()))
        .collect();
    println!(
        "{}",
        json!({"memories": memories, "rounds": rounds, "sqlcipher": cfg!(feature = "encryption"), "stores": of, "convert": convert.medians()})
    );
    Ok(())
}
