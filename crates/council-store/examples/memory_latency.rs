//! Measures the memory with made-up rows: `memory_latency ROWS [DIR]` inserts, opens again and searches, and prints how
//! long each took, the process's memory and the size of the file. Processor times are those of this process alone, so
//! that they hold on a busy machine too.
//!
//! `memory_latency fill DIR EMBEDDER` stores a note for every line of its input for the user of a server without users, with
//! made-up vectors under the name of this embedder: `bench/memory.py` has a server search them.
//!
//! Vectors lie around topics, of which there is one for a hundred rows: a tenth of their variance is common to all, and
//! half to a topic. Texts are words drawn by Zipf's law, about 25 to a text from 30,000, so that lists of words have the
//! lengths that they have in a language. Embedding is not part of it.
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

/// Rows of one insert, hits of a search, and questions whose nearest rows are looked for by comparing all.
const BATCH: usize = 500;
const HITS: usize = 10;
const COMPARED: usize = 20;

/// When the lines of a filled store were said: 2026-01-01.
const SAID_AT_MS: u64 = 1_767_225_600_000;

struct NoClock;

impl Clock for NoClock {
    fn now(&self) -> Timestamp {
        Timestamp::default()
    }
}

/// Numbers that are the same in every run (splitmix64, <https://doi.org/10.1145/2714064.2660195>).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A sum of uniform numbers is near enough to a normal distribution.
    fn direction(&mut self) -> impl Iterator<Item = f32> {
        (0..DIMENSIONS).map(|_| {
            let bits = self.next();
            (0..4)
                .map(|part| f32::from((bits >> (16 * part)) as u16) - 32_767.5)
                .sum()
        })
    }

    /// The rank of a word is distributed as 1 over itself.
    fn text(&mut self, words: usize) -> String {
        let words = (0..words).map(|_| format!("w{}", VOCABULARY.powf(self.unit()) as u64));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// The vector with this number, around one of so many topics.
fn vector(number: u64, topics: u64) -> Embedding {
    let mut random = Random(number);
    let topic = random.next() % topics;
    let mut common = Random(u64::MAX);
    let mut topic = Random(u64::MAX - 1 - topic);
    let parts = common.direction().zip(topic.direction()).zip(random.direction());
    let mut numbers: Vec<f32> = parts
        .map(|((common, topic), own)| 0.5 * common + 1.1 * topic + own)
        .collect();
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    for number in &mut numbers {
        *number /= length;
    }
    Embedding(numbers)
}

/// What is remembered: own vectors have even numbers, those of contexts odd ones.
fn item(row: usize, topics: u64) -> (NewMemory, Option<MemoryVectors>) {
    let vectors = MemoryVectors {
        own: vector(2 * row as u64, topics),
        context: vector(2 * row as u64 + 1, topics),
    };
    let mut random = Random(!(row as u64));
    let words = 10 + (random.unit() * 30.0) as usize;
    (memory(row, random.text(words)), Some(vectors))
}

/// The vector of a question, which is none of a row.
fn question(number: usize, topics: u64) -> Embedding {
    vector(u64::MAX / 2 + number as u64, topics)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: memory_latency ROWS [DIR], or memory_latency fill DIR EMBEDDER";
    let rows = arguments.next().ok_or(usage)?;
    if rows == "fill" {
        let dir = arguments.next().ok_or(usage)?;
        return fill(Path::new(&dir), arguments.next().ok_or(usage)?).await;
    }
    let rows: usize = rows.parse().map_err(|_| usage)?;
    let own_dir = tempfile::tempdir()?;
    let dir = arguments
        .next()
        .map_or_else(|| own_dir.path().to_owned(), Into::into);
    let embedder = EmbedderInfo {
        id: "random".to_owned(),
        dimensions: DIMENSIONS,
        max_tokens: 256,
    };
    let topics = (rows as u64 / 100).max(1);

    let store = Store::open(&dir)?;
    let memories = store.memory(&embedder, Arc::new(NoClock), |_| {}).await?;
    // A directory that holds them already is measured as it is.
    let known = memories.stats().await?.memories as usize;
    let started = Instant::now();
    for batch in known.div_ceil(BATCH)..rows.div_ceil(BATCH) {
        let items = (batch * BATCH..rows.min((batch + 1) * BATCH)).map(|row| item(row, topics));
        memories.insert(items.collect()).await?;
    }
    let inserted = rows.saturating_sub(known);
    let per_second = inserted as f64 / started.elapsed().as_secs_f64();
    println!("inserted {inserted} in batches of {BATCH}: {per_second:.0} a second");
    let mut single = Vec::new();
    let rows = memories.stats().await?.memories as usize;
    for row in rows..rows + 200 {
        let item = vec![item(row, topics)];
        let started = Instant::now();
        memories.insert(item).await?;
        single.push(started.elapsed());
    }
    print("insert of one", single);
    drop((memories, store));

    let times: Arc<Mutex<Vec<RecallTimes>>> = Arc::default();
    let heard = Arc::clone(&times);
    let (started, before) = (Instant::now(), processor_time());
    let store = Store::open(&dir)?;
    let on_recall =
        move |times: &RecallTimes| heard.lock().unwrap_or_else(PoisonError::into_inner).push(*times);
    let memories = store.memory(&embedder, Arc::new(NoClock), on_recall).await?;
    println!(
        "opened in {:.0} ms, {:.0} ms of processors",
        milliseconds(started.elapsed()),
        milliseconds(processor_time().saturating_sub(before))
    );
    let stats = memories.stats().await?;
    println!(
        "index {:.1} MB, {}, database {:.1} MB",
        megabytes(stats.index_bytes),
        resident(),
        size(store.path())
    );

    let filter = || MemoryFilter {
        user: "ada".to_owned(),
        ..MemoryFilter::default()
    };
    let mut random = Random(42);
    let mut recalls = Vec::new();
    let before = processor_time();
    for number in 0..QUERIES {
        let query = RecallQuery {
            text: random.text(8),
            vector: Some(question(number, topics)),
            speakers: vec!["Nate".to_owned()],
            time: None,
            now: Timestamp::from_millis(rows as u64),
            filter: filter(),
            weights: RecallWeights::default(),
            limit: 10,
        };
        let started = Instant::now();
        memories.recall(query).await?;
        recalls.push(started.elapsed());
    }
    let each = milliseconds(processor_time().saturating_sub(before)) / QUERIES as f64;
    println!("recall: {each:.2} ms of processors");
    let mut nearests = Vec::new();
    let mut found = Vec::new();
    let before = processor_time();
    for number in 0..QUERIES {
        let vector = question(number, topics);
        let started = Instant::now();
        let hits = memories.nearest(vector, filter(), -1.0, HITS).await?;
        nearests.push(started.elapsed());
        found.push(
            hits.into_iter()
                .map(|hit| hit.memory.content.said_at.as_millis())
                .collect(),
        );
    }
    let each = milliseconds(processor_time().saturating_sub(before)) / QUERIES as f64;
    println!("nearest: {each:.2} ms of processors");
    print("recall", recalls);
    let times = times.lock().unwrap_or_else(PoisonError::into_inner).clone();
    print("  dense", times.iter().map(|times| times.dense).collect());
    print("  lexical", times.iter().map(|times| times.lexical).collect());
    print("  rank", times.iter().map(|times| times.rank).collect());
    print("nearest", nearests);
    println!(
        "nearest, recall@{HITS}: {:.4}",
        recall_of(&found, rows + 200, topics)
    );
    println!("{}", resident());
    let page = council_core::Page { offset: 5, limit: 10 };
    let (gone, _) = memories.memories(filter(), page).await?;
    let started = Instant::now();
    memories
        .forget("ada", gone.into_iter().map(|memory| memory.id).collect())
        .await?;
    println!("forget of 10: {:.2} ms", started.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

/// Stores the lines of standard input.
async fn fill(dir: &Path, embedder: String) -> Result<(), Box<dyn Error>> {
    let embedder = EmbedderInfo {
        id: embedder,
        dimensions: DIMENSIONS,
        max_tokens: 256,
    };
    let texts: Vec<String> = std::io::stdin().lines().collect::<Result<_, _>>()?;
    let topics = (texts.len() as u64 / 100).max(1);
    let store = Store::open(dir)?;
    let memories = store.memory(&embedder, Arc::new(NoClock), |_| {}).await?;
    let started = Instant::now();
    let mut rows = texts.iter().enumerate().peekable();
    while rows.peek().is_some() {
        let items = rows.by_ref().take(BATCH).map(|(row, text)| {
            let scope = Scope {
                user: council_core::memory::LOCAL_USER.to_owned(),
                ..Scope::default()
            };
            let note = NewMemory::new(MemoryKind::Note, scope, text, Timestamp::from_millis(SAID_AT_MS));
            (note, item(row, topics).1)
        });
        memories.insert(items.collect()).await?;
    }
    println!("{:.0}", texts.len() as f64 / started.elapsed().as_secs_f64());
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

/// The share of the truly nearest rows of the first questions that were found; rows are told by their time.
fn recall_of(found: &[Vec<u64>], rows: usize, topics: u64) -> f64 {
    let questions: Vec<Embedding> = (0..COMPARED).map(|number| question(number, topics)).collect();
    let mut nearest: Vec<Vec<(f32, u64)>> = vec![Vec::new(); COMPARED];
    for row in 0..rows as u64 {
        let own = vector(2 * row, topics);
        for (question, nearest) in questions.iter().zip(&mut nearest) {
            let cosine: f32 = question
                .0
                .iter()
                .zip(&own.0)
                .map(|(left, right)| left * right)
                .sum();
            if nearest.len() == HITS && nearest[HITS - 1].0 >= cosine {
                continue;
            }
            let place = nearest.partition_point(|(other, _)| *other >= cosine);
            nearest.insert(place, (cosine, row));
            nearest.truncate(HITS);
        }
    }
    let hits = nearest.iter().zip(found).map(|(nearest, found)| {
        let is_found = |(_, row): &&(f32, u64)| found.contains(row);
        nearest.iter().filter(is_found).count()
    });
    hits.sum::<usize>() as f64 / (HITS * COMPARED) as f64
}

/// What all threads of this process have had of processors so far, in steps of 10 ms (proc_pid_stat(5): `utime` and
/// `stime` in hundredths of a second).
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields = after_name.split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
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
