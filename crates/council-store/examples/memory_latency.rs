//! Measures the memory with made-up rows: `memory_latency ROWS [DIR]` inserts, opens again and searches, and prints how
//! long each took, the process's memory and the size of the file.
//!
//! Vectors are random and texts are words drawn by Zipf's law, about 25 to a text from 30,000, so that lists of words
//! have the lengths that they have in a language. Embedding is not part of it.
#![expect(clippy::print_stdout, reason = "its output is the purpose of a bench")]

use council_core::{
    Clock, EmbedderInfo, Embedding, MemoryFilter, MemoryKind, MemoryStore, MemoryVectors, NewMemory,
    RecallQuery, RecallTimes, RecallWeights, Scope, Timestamp,
};
use council_store::Store;
use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const DIMENSIONS: usize = 384;
const VOCABULARY: f64 = 30_000.0;
const QUERIES: usize = 300;

struct NoClock;

impl Clock for NoClock {
    fn now(&self) -> Timestamp {
        Timestamp::default()
    }
}

/// Numbers that are the same in every run (xorshift64*, <https://doi.org/10.1145/2845077>).
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn vector(&mut self) -> Embedding {
        // A sum of three is near enough to a normal distribution.
        let mut numbers: Vec<f32> = (0..DIMENSIONS)
            .map(|_| (self.unit() + self.unit() + self.unit() - 1.5) as f32)
            .collect();
        let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
        for number in &mut numbers {
            *number /= length;
        }
        Embedding(numbers)
    }

    /// The rank of a word is distributed as 1 over itself.
    fn text(&mut self, words: usize) -> String {
        let words = (0..words).map(|_| format!("w{}", VOCABULARY.powf(self.unit()) as u64));
        words.collect::<Vec<_>>().join(" ")
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rows: usize = arguments
        .next()
        .ok_or("usage: memory_latency ROWS [DIR]")?
        .parse()?;
    let own_dir = tempfile::tempdir()?;
    let dir = arguments
        .next()
        .map_or_else(|| own_dir.path().to_owned(), Into::into);
    let embedder = EmbedderInfo {
        id: "random".to_owned(),
        dimensions: DIMENSIONS,
        max_tokens: 256,
    };
    let mut random = Random(42);

    let store = Store::open(&dir)?;
    let memories = store.memory(&embedder, Arc::new(NoClock), |_| {}).await?;
    let started = Instant::now();
    for batch in 0..rows.div_ceil(100) {
        let items = (batch * 100..rows.min(batch * 100 + 100)).map(|row| {
            let vectors = MemoryVectors {
                own: random.vector(),
                context: random.vector(),
            };
            let words = 10 + (random.unit() * 30.0) as usize;
            (memory(row, random.text(words)), Some(vectors))
        });
        memories.insert(items.collect()).await?;
    }
    let per_second = rows as f64 / started.elapsed().as_secs_f64();
    println!("inserted {rows} in batches of 100: {per_second:.0} a second");
    let mut single = Vec::new();
    for row in 0..200 {
        let vectors = MemoryVectors {
            own: random.vector(),
            context: random.vector(),
        };
        let item = vec![(memory(rows + row, random.text(25)), Some(vectors))];
        let started = Instant::now();
        memories.insert(item).await?;
        single.push(started.elapsed());
    }
    print("insert of one", single);
    drop((memories, store));

    let times: Arc<Mutex<Vec<RecallTimes>>> = Arc::default();
    let heard = Arc::clone(&times);
    let started = Instant::now();
    let store = Store::open(&dir)?;
    let on_recall =
        move |times: &RecallTimes| heard.lock().unwrap_or_else(PoisonError::into_inner).push(*times);
    let memories = store.memory(&embedder, Arc::new(NoClock), on_recall).await?;
    println!("opened in {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    let stats = memories.stats().await?;
    println!(
        "index {:.1} MB, {}, database {:.1} MB",
        megabytes(stats.index_bytes),
        resident(),
        size(store.path())
    );

    let mut recalls = Vec::new();
    let mut nearests = Vec::new();
    for _ in 0..QUERIES {
        let filter = MemoryFilter {
            user: "ada".to_owned(),
            ..MemoryFilter::default()
        };
        let query = RecallQuery {
            text: random.text(8),
            vector: Some(random.vector()),
            speakers: vec!["Nate".to_owned()],
            time: None,
            now: Timestamp::default(),
            filter: filter.clone(),
            weights: RecallWeights::default(),
            limit: 10,
        };
        let vector = query.vector.clone().ok_or("a query without a vector")?;
        let started = Instant::now();
        memories.recall(query).await?;
        recalls.push(started.elapsed());
        let started = Instant::now();
        memories.nearest(vector, filter, 0.0, 10).await?;
        nearests.push(started.elapsed());
    }
    print("recall", recalls);
    let times = times.lock().unwrap_or_else(PoisonError::into_inner).clone();
    print("  dense", times.iter().map(|times| times.dense).collect());
    print("  lexical", times.iter().map(|times| times.lexical).collect());
    print("  rank", times.iter().map(|times| times.rank).collect());
    print("nearest", nearests);
    println!("{}", resident());
    let (gone, _) = memories
        .memories(
            MemoryFilter {
                user: "ada".to_owned(),
                ..MemoryFilter::default()
            },
            council_core::Page { offset: 5, limit: 10 },
        )
        .await?;
    let started = Instant::now();
    memories
        .forget("ada", gone.into_iter().map(|memory| memory.id).collect())
        .await?;
    println!("forget of 10: {:.2} ms", started.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

fn memory(row: usize, text: String) -> NewMemory {
    let scope = Scope {
        user: "ada".to_owned(),
        project: None,
        session: Some(format!("s{}", row / 30)),
    };
    NewMemory {
        speaker: Some(if row.is_multiple_of(2) { "Nate" } else { "Joanna" }.to_owned()),
        ..NewMemory::new(MemoryKind::Turn, scope, text, Timestamp::from_millis(row as u64))
    }
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{what:<14} p50 {:.3} ms, p95 {:.3} ms, p99 {:.3} ms",
        at(0.5),
        at(0.95),
        at(0.99)
    );
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn size(file: &Path) -> f64 {
    std::fs::metadata(file).map_or(0.0, |metadata| megabytes(metadata.len()))
}

/// What Linux says about the memory of this process.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines = status
        .lines()
        .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(", ")
}
