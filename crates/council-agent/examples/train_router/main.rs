//! Trains the classifier of queries on `data/router`. `cargo xtask train-router` runs it, in two steps, because it does
//! not know the embedder:
//!
//!     train_router expand DIR                   writes train.jsonl, and texts to be embedded to standard output
//!     train_router fit DIR EMBEDDER VECTORS     writes weights.json and result.json
//!
//!     train_router measure DIR                  prints how long one decision takes on the held-out queries
//!
//! The same vectors give the same bytes.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the purpose of a script"
)]

mod data;
mod fit;
mod report;
mod train;

use council_agent::classify::Classifier;
use council_core::Embedding;
use data::{Query, expand, read_lines};
use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

/// Numbers of a vector.
const DIMENSIONS: usize = 384;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["expand", folder] => write_texts(Path::new(folder)),
        ["fit", folder, embedder, vectors] => train(Path::new(folder), embedder, Path::new(vectors)),
        ["measure", folder] => measure(Path::new(folder)),
        _ => Err("usage: train_router expand DIR | fit DIR EMBEDDER VECTORS | measure DIR".into()),
    }
}

fn write_texts(folder: &Path) -> Result<(), Box<dyn Error>> {
    let held_out = read_lines(&folder.join("heldout.jsonl"))?;
    let queries = expand(folder, &held_out)?;
    std::fs::write(folder.join("train.jsonl"), lines(&queries)?)?;
    for query in queries.iter().chain(&held_out) {
        println!("{}", serde_json::to_string(&query.text)?);
    }
    Ok(())
}

/// A query as JSON on each line.
fn lines(queries: &[Query]) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    for query in queries {
        writeln!(text, "{}", serde_json::to_string(query)?)?;
    }
    Ok(text)
}

fn train(folder: &Path, embedder: &str, vectors: &Path) -> Result<(), Box<dyn Error>> {
    let queries = read_lines(&folder.join("train.jsonl"))?;
    let held_out = read_lines(&folder.join("heldout.jsonl"))?;
    let vectors = read_vectors(vectors)?;
    let texts = queries.len() + held_out.len();
    if vectors.len() != texts {
        return Err(format!("there are {} vectors for {texts} texts", vectors.len()).into());
    }
    let (known, unseen) = vectors.split_at(queries.len());
    let with_embedding = train::train(&queries, Some(known))?;
    let without_embedding = train::train(&queries, None)?;
    let weights = report::weights(
        embedder,
        &std::fs::read(folder.join("train.jsonl"))?,
        &with_embedding,
        &without_embedding,
    )?;
    let result = report::result(&weights, &held_out, unseen, &with_embedding, &without_embedding)?;
    std::fs::write(folder.join("weights.json"), weights)?;
    eprintln!("{result}");
    std::fs::write(folder.join("result.json"), result)?;
    Ok(())
}

/// The time of a decision, without and with an embedding, each query many times.
fn measure(folder: &Path) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let classifier = Classifier::bundled()?;
    println!("weights read in {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    let mut queries = read_lines(&folder.join("heldout.jsonl"))?;
    let long: Vec<&str> = queries.iter().map(|query| query.text.as_str()).collect();
    let long = long.join(" ");
    let vector = Embedding(vec![0.05; DIMENSIONS]);
    let all = |name: &str, queries: &[Query]| {
        for (with, embedding) in [("without", None), ("with", Some(&vector))] {
            let mut times = Vec::new();
            for query in (0..20).flat_map(|_| queries) {
                let begun = Instant::now();
                std::hint::black_box(classifier.classify(&query.text, embedding));
                times.push(begun.elapsed().as_secs_f64() * 1e3);
            }
            times.sort_unstable_by(f64::total_cmp);
            let [half, most] = [50, 99].map(|percent| times[(times.len() - 1) * percent / 100]);
            println!("{name} {with} embedding: p50 {half:.4} ms, p99 {most:.4} ms");
        }
    };
    all("held-out queries,", &queries);
    queries.truncate(20);
    for query in &mut queries {
        query.text.clone_from(&long);
    }
    all(
        &format!("texts of {} characters,", long.chars().count()),
        &queries,
    );
    Ok(())
}

fn read_vectors(path: &Path) -> Result<Vec<Vec<f32>>, Box<dyn Error>> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let numbers: Vec<f32> = bytes
        .as_chunks()
        .0
        .iter()
        .map(|four| f32::from_le_bytes(*four))
        .collect();
    Ok(numbers.chunks(DIMENSIONS).map(<[f32]>::to_vec).collect())
}
