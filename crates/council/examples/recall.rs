//! Measures recall on files in the format of LoCoMo: how much of the evidence of each question is found, with the
//! weights as they are, with each sign off, with one sign alone, and by the design of the prototype.
//!
//!     cargo run --release -p council --no-default-features --example recall -- FILE…
//!
//! Prints JSON, and a table as it goes. The embedder is read from `COUNCIL_MODELS_DIR`. LoCoMo's published data is for
//! non-commercial use: bring your own copy. R@k: mean share of a question's evidence turns among the first k. MRR: mean of
//! 1 over the place of the first one among the first 100. With `--captions` what pictures show is part of a turn's text.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the purpose of a bench"
)]

#[path = "../tests/engine/recall/conversations.rs"]
mod conversations;
#[path = "../tests/engine/recall/measure.rs"]
mod measure;

use conversations::Conversation;
use council_core::RecallWeights;
use measure::{Rig, Tallies, questions, tallies};
use serde_json::{Map, Value, json};
use std::error::Error;
use std::path::{Path, PathBuf};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    if files.is_empty() || flags.iter().any(|flag| flag != "--captions") {
        return Err("usage: recall [--captions] FILE…".into());
    }
    let models_dir = models_dir()?;
    let mut results = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        let conversations =
            conversations::read(&text, !flags.is_empty()).map_err(|error| format!("{file}: {error}"))?;
        results.push(measure_file(file, &conversations, &models_dir).await?);
    }
    println!("{}", serde_json::to_string_pretty(&results)?);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench has no configuration")]
fn models_dir() -> Result<PathBuf, Box<dyn Error>> {
    let dir = std::env::var_os("COUNCIL_MODELS_DIR");
    Ok(dir
        .ok_or("COUNCIL_MODELS_DIR is not set: say where `council pull all-minilm-l6-v2` put the embedder")?
        .into())
}

async fn measure_file(
    file: &str,
    conversations: &[Conversation],
    models_dir: &Path,
) -> Result<Value, Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let rig = Rig::new(dir.path(), models_dir, conversations).await?;
    let turns: usize = conversations
        .iter()
        .map(|conversation| conversation.turns.len())
        .sum();
    let asked = questions(conversations).count();
    let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
    eprintln!(
        "{name}: {} conversations, {turns} turns, {asked} questions",
        conversations.len()
    );
    eprintln!("{:<34}   R@1   R@5  R@10   MRR", "");
    let mut rows = Vec::new();
    for (name, weights) in variants() {
        let answers = rig.ask(conversations, weights.clone()).await?;
        let weights: Map<String, Value> = weights
            .named()
            .into_iter()
            .map(|(name, weight)| (name.to_owned(), rounded(f64::from(weight))))
            .collect();
        rows.push(row(&name, Some(&weights), &tallies(conversations, &answers)));
    }
    let answers = rig.ask_the_original(conversations).await?;
    rows.push(row(
        "the original design",
        None,
        &tallies(conversations, &answers),
    ));
    Ok(json!({
        "file": name,
        "conversations": conversations.len(),
        "turns": turns,
        "questions": asked,
        "rows": rows,
    }))
}

/// The weights as they are, each sign off, and signs alone.
fn variants() -> Vec<(String, RecallWeights)> {
    type Change = fn(&mut RecallWeights);
    let off: [(&str, Change); 10] = [
        ("meaning", |weights| weights.own = 0.0),
        ("the turn before", |weights| weights.context = 0.0),
        ("words", |weights| weights.lexical = 0.0),
        ("neighbours", |weights| weights.neighbours = [0.0; 3]),
        ("neighbours three away", |weights| weights.neighbours[2] = 0.0),
        ("speaker", |weights| weights.speaker = 0.0),
        ("told", |weights| weights.told = 0.0),
        ("time", |weights| weights.time = 0.0),
        ("recency", |weights| weights.recency = 0.0),
        ("every sign but meaning and words", |weights| {
            *weights = RecallWeights {
                own: weights.own,
                context: weights.context,
                lexical: weights.lexical,
                ..nothing()
            };
        }),
    ];
    let usual = RecallWeights::default();
    let alone = |name: &str, weights: RecallWeights| (format!("{name} alone"), weights);
    let mut variants = vec![("as they are".to_owned(), usual.clone())];
    variants.extend(off.map(|(name, change)| {
        let mut weights = usual.clone();
        change(&mut weights);
        (format!("without {name}"), weights)
    }));
    variants.extend([
        alone(
            "meaning",
            RecallWeights {
                own: 1.0,
                ..nothing()
            },
        ),
        alone(
            "the turn before",
            RecallWeights {
                context: 1.0,
                ..nothing()
            },
        ),
        alone(
            "words",
            RecallWeights {
                lexical: 1.0,
                ..nothing()
            },
        ),
    ]);
    let first = RecallWeights {
        own: 0.2,
        context: 0.4,
        lexical: 0.4,
        neighbours: [0.3, 0.1, 0.0],
        speaker: 0.3,
        ..nothing()
    };
    variants.push(("as decision 8 had them".to_owned(), first));
    variants
}

fn nothing() -> RecallWeights {
    RecallWeights {
        own: 0.0,
        context: 0.0,
        lexical: 0.0,
        neighbours: [0.0; 3],
        speaker: 0.0,
        told: 0.0,
        time: 0.0,
        recency: 0.0,
        pinned: 0.0,
    }
}

fn row(name: &str, weights: Option<&Map<String, Value>>, tallies: &Tallies) -> Value {
    if let Some(all) = tallies.get("all") {
        let [one, five, ten] = all.recall();
        eprintln!(
            "{name:<34} {one:>5.3} {five:>5.3} {ten:>5.3} {:>5.3}",
            all.reciprocal_rank()
        );
    }
    let of = |(category, tally): (&String, &measure::Tally)| {
        let [one, five, ten] = tally.recall().map(rounded);
        let mrr = rounded(tally.reciprocal_rank());
        let numbers = json!({"n": tally.questions, "r1": one, "r5": five, "r10": ten, "mrr": mrr});
        (category.clone(), numbers)
    };
    let measured: Map<String, Value> = tallies.iter().map(of).collect();
    json!({"name": name, "weights": weights, "measured": measured})
}

/// To a thousandth: more digits would be noise.
fn rounded(value: f64) -> Value {
    json!((value * 1000.0).round() / 1000.0)
}
