//! What is written down: the weights, and how well they do on queries that they never saw.

use crate::data::{LABELS, Query};
use crate::fit::OUTPUTS;
use crate::train::Trained;
use council_agent::classify::Classifier;
use council_agent::classify::features::SIGNS;
use council_core::Embedding;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::fmt::Write;

/// Weights smaller than this for all outputs are left out.
const NOTHING: f64 = 0.02;

/// The file of weights: a line for each word, so that they can be read.
pub(crate) fn weights(
    embedder: &str,
    queries: &[u8],
    with_embedding: &Trained,
    without_embedding: &Trained,
) -> Result<String, Box<dyn Error>> {
    let mut file = String::from("{\n");
    writeln!(file, "\"made_by\": \"cargo xtask train-router\",")?;
    writeln!(file, "\"outputs\": {},", serde_json::to_string(&LABELS)?)?;
    writeln!(file, "\"queries_sha256\": \"{}\",", hash(queries))?;
    writeln!(file, "\"embedder\": {},", serde_json::to_string(embedder)?)?;
    for (name, set, end) in [
        ("with_embedding", with_embedding, ","),
        ("without_embedding", without_embedding, ""),
    ] {
        writeln!(file, "\"{name}\": {{\n\"temperature\": {:.4},", set.temperature)?;
        writeln!(file, "\"bias\": {},", numbers(set.fit.weights[0]))?;
        let signs = SIGNS.iter().zip(&set.fit.weights[1..]);
        let signs = signs.map(|(sign, weights)| (sign.name, *weights));
        entries(&mut file, "signs", signs)?;
        let words = set.words.iter().map(String::as_str);
        let words = words.zip(
            set.fit.weights[1 + SIGNS.len() + set.dimensions..]
                .iter()
                .copied(),
        );
        let words = words.filter(|(_, weights)| weights.iter().any(|weight| weight.abs() >= NOTHING));
        entries(&mut file, "words", words)?;
        let embedding: Vec<String> = (0..set.dimensions)
            .map(|index| numbers(set.embedding(index)))
            .collect();
        writeln!(file, "\"embedding\": [\n{}\n]\n}}{end}", embedding.join(",\n"))?;
    }
    Ok(file + "}\n")
}

fn entries<'a>(
    file: &mut String,
    name: &str,
    entries: impl Iterator<Item = (&'a str, [f64; OUTPUTS])>,
) -> Result<(), Box<dyn Error>> {
    let mut lines = Vec::new();
    for (key, weights) in entries {
        lines.push(format!("{}: {}", serde_json::to_string(key)?, numbers(weights)));
    }
    writeln!(file, "\"{name}\": {{\n{}\n}},", lines.join(",\n"))?;
    Ok(())
}

fn numbers(weights: [f64; OUTPUTS]) -> String {
    // No minus before a zero.
    let numbers = weights.map(|weight| format!("{:.3}", (weight * 1e3).round() / 1e3 + 0.0));
    format!("[{}]", numbers.join(","))
}

/// SHA-256 as hexadecimal digits.
pub(crate) fn hash(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// How well both sets do, judged by the code that the product runs.
pub(crate) fn result(
    weights: &str,
    held_out: &[Query],
    vectors: &[Vec<f32>],
    with_embedding: &Trained,
    without_embedding: &Trained,
) -> Result<String, Box<dyn Error>> {
    let classifier = Classifier::parse(weights)?;
    let vectors: Vec<Embedding> = vectors.iter().cloned().map(Embedding).collect();
    let part = |set: &Trained, vectors: Option<&[Embedding]>| -> Result<Value, Box<dyn Error>> {
        let (confusion, wrong) = judge(&classifier, held_out, vectors)?;
        Ok(json!({
            "folds": {
                "accuracy": accuracy(&set.confusion),
                "log_loss": round(set.loss),
                "confusion": set.confusion,
            },
            "held_out": {"accuracy": accuracy(&confusion), "confusion": confusion, "wrong": wrong},
            "temperature": round(set.temperature),
            "words": set.words.len(),
        }))
    };
    let result = json!({
        "made_by": "cargo xtask train-router",
        "weights_sha256": hash(weights.as_bytes()),
        "labels": LABELS,
        "queries": with_embedding.sizes.0,
        "groups": with_embedding.sizes.1,
        "held_out": held_out.len(),
        "with_embedding": part(with_embedding, Some(&vectors))?,
        "without_embedding": part(without_embedding, None)?,
    });
    Ok(format!("{result:#}\n"))
}

type Confusion = [[u32; OUTPUTS]; OUTPUTS];

/// Judges held-out queries; what is not known counts in the last column.
fn judge(
    classifier: &Classifier,
    held_out: &[Query],
    vectors: Option<&[Embedding]>,
) -> Result<(Confusion, Vec<Value>), Box<dyn Error>> {
    let mut confusion = [[0; OUTPUTS]; OUTPUTS];
    let mut wrong = Vec::new();
    for (index, query) in held_out.iter().enumerate() {
        let found = classifier.classify(&query.text, vectors.map(|vectors| &vectors[index]));
        let said = if found.known {
            found.kind.as_str()
        } else {
            "unknown"
        };
        let column = LABELS
            .iter()
            .position(|label| *label == said)
            .unwrap_or(OUTPUTS - 1);
        confusion[query.label()?][column] += 1;
        // What is not known goes to chat, which is right for what is chat.
        if found.kind.as_str() != query.kind {
            let probability = round(f64::from(found.probability));
            wrong.push(
                json!({"text": query.text, "kind": query.kind, "said": said, "probability": probability}),
            );
        }
    }
    Ok((confusion, wrong))
}

/// The share of queries of the five kinds that are given to their kind; what is not known is given to chat.
fn accuracy(confusion: &Confusion) -> f64 {
    let kinds = &confusion[..OUTPUTS - 1];
    let right = (0..OUTPUTS - 1).map(|kind| confusion[kind][kind]).sum::<u32>() + confusion[0][OUTPUTS - 1];
    round(f64::from(right) / f64::from(kinds.as_flattened().iter().sum::<u32>()))
}

fn round(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}
