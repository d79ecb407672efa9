//! Measures recall on a file in the format of LoCoMo: how much of the evidence of each question is found.
//!
//! `locomo texts FILE` prints the texts to embed as a JSON array; `locomo measure FILE VECTORS` takes their vectors, f32
//! in little endian one after the other, and prints R@1, R@5, R@10 and MRR by category for the original design (cosine
//! of at least 0.35, names left in) and for ours. The published data is for non-commercial use: bring your own copy.
//!
//! R@k: mean share of a question's evidence turns among the first k. MRR: mean of 1 over the place of the first one
//! among the first 100.
#![expect(clippy::print_stdout, reason = "its output is the purpose of a bench")]

use council_core::names::{named_speakers, with_previous_turn, without_names};
use council_core::{
    Clock, EmbedderInfo, Embedding, MemoryFilter, MemoryHit, MemoryKind, MemoryStore, MemoryVectors,
    NewMemory, RecallQuery, RecallWeights, Scope, Timestamp,
};
use council_store::{MemoryIndex, Store};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

/// Hits that are looked at.
const DEPTH: usize = 100;

/// Named in the output: evidence that takes several turns, times, what must be inferred, one turn, and what was said by
/// the other speaker.
const CATEGORIES: [&str; 5] = [
    "multi-hop",
    "temporal",
    "open-domain",
    "single-hop",
    "adversarial",
];

struct Turn {
    id: String,
    said_at: Timestamp,
    session: String,
    speaker: String,
    text: String,
    previous: Option<String>,
}

struct Question {
    text: String,
    evidence: Vec<String>,
    category: usize,
}

struct Conversation {
    speakers: Vec<String>,
    turns: Vec<Turn>,
    questions: Vec<Question>,
}

struct NoClock;

impl Clock for NoClock {
    fn now(&self) -> Timestamp {
        Timestamp::default()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["texts", file] => {
            let texts: Vec<String> = read(file)?.iter().flat_map(texts).collect();
            println!("{}", serde_json::to_string(&texts)?);
            Ok(())
        }
        ["measure", file, vectors] => measure(&read(file)?, vectors).await,
        _ => Err("usage: locomo texts FILE | locomo measure FILE VECTORS".into()),
    }
}

fn read(file: &str) -> Result<Vec<Conversation>, Box<dyn Error>> {
    let json: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    json.iter()
        .map(|one| conversation(one).ok_or_else(|| format!("{file} is not in LoCoMo's format").into()))
        .collect()
}

fn conversation(json: &Value) -> Option<Conversation> {
    let said = json.get("conversation")?;
    let text_of = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let mut turns: Vec<Turn> = Vec::new();
    for session in (1..).map(|number| format!("session_{number}")) {
        let Some(list) = said.get(&session) else {
            // Some sessions have a date and no turns.
            if said.get(format!("{session}_date_time")).is_some() {
                continue;
            }
            break;
        };
        let date = said.get(format!("{session}_date_time")).and_then(Value::as_str);
        let mut said_at = date.and_then(day)?;
        let mut previous = None;
        for turn in list.as_array()? {
            let text = text_of(turn, "text")?;
            let (id, speaker) = (text_of(turn, "dia_id")?, text_of(turn, "speaker")?);
            let before = previous.replace(text.clone());
            said_at = Timestamp::from_millis(said_at.as_millis() + 1_000);
            turns.push(Turn {
                id,
                said_at,
                session: session.clone(),
                speaker,
                text,
                previous: before,
            });
        }
    }
    let mut questions = Vec::new();
    for question in json.get("qa")?.as_array()? {
        let evidence: Vec<&str> = question
            .get("evidence")?
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let evidence = evidence.iter().flat_map(|ids| evidence_ids(ids)).collect();
        let category = question.get("category")?.as_u64()? as usize;
        questions.push(Question {
            text: text_of(question, "question")?,
            evidence,
            category,
        });
    }
    let speakers = vec![text_of(said, "speaker_a")?, text_of(said, "speaker_b")?];
    Some(Conversation {
        speakers,
        turns,
        questions,
    })
}

/// The day of "7:31 pm on 21 January, 2022". The time of day decides nothing: sessions come in their order.
fn day(text: &str) -> Option<Timestamp> {
    const MONTHS: [(&str, u64); 12] = [
        ("January", 0),
        ("February", 31),
        ("March", 59),
        ("April", 90),
        ("May", 120),
        ("June", 151),
        ("July", 181),
        ("August", 212),
        ("September", 243),
        ("October", 273),
        ("November", 304),
        ("December", 334),
    ];
    let (_, date) = text.split_once(" on ")?;
    let words: Vec<&str> = date.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let &[day, month, year] = words.as_slice() else {
        return None;
    };
    let (day, year): (u64, u64) = (day.parse().ok()?, year.parse().ok()?);
    let (_, before_month) = MONTHS.iter().find(|(name, _)| *name == month)?;
    let is_leap = year.is_multiple_of(4) && *before_month > 31;
    // Years from 1970 to 2099, in which every fourth is a leap year.
    let days = (year - 1970) * 365 + (year - 1969) / 4 + before_month + u64::from(is_leap) + day - 1;
    Some(Timestamp::from_millis(days * 86_400_000))
}

/// Evidence as it is written: "D8:6; D9:17", "D:11:26" and "D30:05" occur.
fn evidence_ids(text: &str) -> Vec<String> {
    let is_separator = |character: char| character == ';' || character == ',' || character.is_whitespace();
    let id = |part: &str| {
        let numbers: Vec<u64> = part
            .split(|character: char| !character.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .collect();
        <[u64; 2]>::try_from(numbers)
            .ok()
            .map(|[session, turn]| format!("D{session}:{turn}"))
    };
    text.split(is_separator).filter_map(id).collect()
}

/// Of every turn: as it is, without names, and with the turn before it; of every question: as it is and without names.
fn texts(conversation: &Conversation) -> Vec<String> {
    let plain = |text: &str| without_names(text, &conversation.speakers);
    let turns = conversation.turns.iter().flat_map(|turn| {
        let previous = turn.previous.as_deref().map(plain);
        let own = plain(&turn.text);
        let context = with_previous_turn(previous.as_deref(), &own);
        // An empty text has no meaning, and still needs a vector.
        [turn.text.clone(), own, context].map(|text| if text.is_empty() { ".".to_owned() } else { text })
    });
    let questions = conversation.questions.iter();
    turns
        .chain(questions.flat_map(|question| [question.text.clone(), plain(&question.text)]))
        .collect()
}

/// What was found for the questions of one category.
#[derive(Clone, Copy, Default)]
struct Tally {
    questions: f64,
    at: [f64; 3],
    reciprocal: f64,
}

impl Tally {
    fn add(&mut self, evidence: &[String], found: &[String]) {
        self.questions += 1.0;
        for (sum, k) in self.at.iter_mut().zip([1, 5, 10]) {
            let hits = evidence
                .iter()
                .filter(|id| found.iter().take(k).any(|found| found == *id))
                .count();
            *sum += hits as f64 / evidence.len() as f64;
        }
        let first = found.iter().position(|id| evidence.contains(id));
        self.reciprocal += first.map_or(0.0, |place| 1.0 / (place + 1) as f64);
    }
}

async fn measure(conversations: &[Conversation], vectors: &str) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(vectors)?;
    let count: usize = conversations
        .iter()
        .map(|conversation| texts(conversation).len())
        .sum();
    let dimensions = bytes.len() / 4 / count;
    if dimensions == 0 || bytes.len() != count * dimensions * 4 {
        return Err(format!("{vectors} does not hold {count} vectors of the same length").into());
    }
    let numbers: Vec<f32> = bytes
        .as_chunks()
        .0
        .iter()
        .map(|number| f32::from_le_bytes(*number))
        .collect();
    let mut vectors = numbers
        .chunks(dimensions)
        .map(|numbers| Embedding(numbers.to_vec()));
    let mut next = || vectors.next().ok_or("too few vectors");

    let dir = tempfile::tempdir()?;
    let store = Store::open(dir.path())?;
    let embedder = EmbedderInfo {
        id: "given".to_owned(),
        dimensions,
        max_tokens: 256,
    };
    let memories = store.memory(&embedder, Arc::new(NoClock), |_| {}).await?;
    let mut tallies: [BTreeMap<usize, Tally>; 2] = Default::default();
    for (number, conversation) in conversations.iter().enumerate() {
        // Two users, because their vectors are different ones.
        let users = [format!("original {number}"), format!("ours {number}")];
        for turn in &conversation.turns {
            let [plain, own, context] = [next()?, next()?, next()?];
            let original = MemoryVectors {
                own: plain.clone(),
                context: plain,
            };
            let items = vec![
                (memory(&users[0], turn), Some(original)),
                (memory(&users[1], turn), Some(MemoryVectors { own, context })),
            ];
            memories.insert(items).await?;
        }
        for question in &conversation.questions {
            let [plain, own] = [next()?, next()?];
            if question.evidence.is_empty() {
                continue;
            }
            let filter = |user: &String| MemoryFilter {
                user: user.clone(),
                ..MemoryFilter::default()
            };
            let original = memories.nearest(plain, filter(&users[0]), 0.35, DEPTH).await?;
            let query = RecallQuery {
                text: question.text.clone(),
                vector: Some(own),
                time: None,
                now: Timestamp::default(),
                speakers: named_speakers(&question.text, &conversation.speakers),
                filter: filter(&users[1]),
                weights: RecallWeights::default(),
                limit: DEPTH,
            };
            let ours = recall(&memories, query).await?;
            for (tallies, hits) in tallies.iter_mut().zip([original, ours]) {
                let found: Vec<String> = hits.iter().map(turn_of).collect();
                tallies
                    .entry(question.category)
                    .or_default()
                    .add(&question.evidence, &found);
            }
        }
    }
    for (name, tallies) in ["the original design", "ours"].iter().zip(tallies) {
        println!("{name:<22} questions    R@1    R@5   R@10    MRR");
        let mut all = Tally::default();
        for (category, tally) in tallies {
            all.questions += tally.questions;
            all.reciprocal += tally.reciprocal;
            for (sum, part) in all.at.iter_mut().zip(tally.at) {
                *sum += part;
            }
            line(CATEGORIES.get(category - 1).copied().unwrap_or("other"), tally);
        }
        line("all", all);
    }
    Ok(())
}

async fn recall(memories: &MemoryIndex, query: RecallQuery) -> Result<Vec<MemoryHit>, Box<dyn Error>> {
    Ok(memories.recall(query).await?)
}

fn memory(user: &str, turn: &Turn) -> NewMemory {
    let text = if turn.text.trim().is_empty() {
        ".".to_owned()
    } else {
        turn.text.clone()
    };
    let mut metadata = Map::new();
    metadata.insert("turn".to_owned(), Value::from(turn.id.as_str()));
    let scope = Scope {
        user: user.to_owned(),
        project: None,
        session: Some(turn.session.clone()),
    };
    NewMemory {
        speaker: Some(turn.speaker.clone()),
        metadata,
        ..NewMemory::new(MemoryKind::Turn, scope, text, turn.said_at)
    }
}

fn turn_of(hit: &MemoryHit) -> String {
    let turn = hit.memory.content.metadata.get("turn");
    turn.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn line(name: &str, tally: Tally) {
    let part = |sum: f64| sum / tally.questions;
    let [one, five, ten] = tally.at.map(part);
    let mrr = part(tally.reciprocal);
    println!(
        "  {name:<20} {:>9} {one:>6.3} {five:>6.3} {ten:>6.3} {mrr:>6.3}",
        tally.questions
    );
}
