//! `council bench embed`: how fast texts become vectors on this machine.

use crate::cli::Context;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, table};
use clap::Args;
use council_core::{EmbedKind, Embedder, ModelError};
use council_models::embed::MiniLm;
use council_models::hardware::Hardware;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Texts at once where throughput is measured.
const BATCH: usize = 64;
/// Made into texts of a known number of tokens: each is one.
const WORDS: [&str; 16] = [
    "river", "stone", "window", "paper", "garden", "winter", "engine", "letter", "market", "silver",
    "copper", "bridge", "forest", "meadow", "signal", "thunder",
];

#[derive(Debug, Args)]
pub(super) struct EmbedArgs {
    /// Threads that compute
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: u8,
    /// How often each measurement is made
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(3..=100_000))]
    runs: u32,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Write the JSON to this file as well
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

/// What one kind of request took, sorted.
struct Series {
    name: String,
    texts: usize,
    /// As the model counts them, of all texts.
    tokens: u32,
    times: Vec<Duration>,
}

impl Series {
    fn percentile_ms(&self, percent: usize) -> f64 {
        let index = (self.times.len() - 1) * percent / 100;
        self.times[index].as_secs_f64() * 1e3
    }

    fn tokens_per_second(&self) -> f64 {
        f64::from(self.tokens) / self.times[self.times.len() / 2].as_secs_f64()
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "texts": self.texts,
            "tokens": self.tokens,
            "runs": self.times.len(),
            "p50_ms": self.percentile_ms(50),
            "p95_ms": self.percentile_ms(95),
            "min_ms": self.percentile_ms(0),
            "max_ms": self.percentile_ms(100),
            "tokens_per_second": self.tokens_per_second(),
        })
    }
}

pub(super) async fn run(
    args: &EmbedArgs,
    context: &Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let unavailable = |error: ModelError| CommandError::unavailable(error.to_string());
    let begun = Instant::now();
    let embedder = MiniLm::with_threads(&context.config.models_dir, usize::from(args.threads));
    embedder.loaded().await.map_err(unavailable)?;
    let load = begun.elapsed();
    let mut all = Vec::new();
    for (tokens, texts, runs) in [
        (13, 1, args.runs),
        (200, 1, args.runs),
        (13, BATCH, (args.runs / 10).max(3)),
        (200, BATCH, (args.runs / 40).max(3)),
    ] {
        all.push(
            measure(&embedder, tokens, texts, runs)
                .await
                .map_err(unavailable)?,
        );
    }
    let hardware = Hardware::detect();
    let json = json!({
        "model": embedder.info().id,
        "threads": args.threads,
        "load_ms": load.as_secs_f64() * 1e3,
        "machine": {
            "cpu": hardware.cpu_model,
            "logical_cores": hardware.logical_cores,
            "instruction_sets": hardware.instruction_sets,
        },
        "measured": all.iter().map(Series::json).collect::<Vec<_>>(),
    });
    if let Some(path) = &args.out {
        std::fs::write(path, format!("{json:#}\n"))
            .map_err(|error| CommandError::io(format!("`{}` cannot be written: {error}", path.display())))?;
    }
    if args.json {
        output.json(&json)?;
        return Ok(Exit::Success);
    }
    writeln!(
        output,
        "{} on {}, threads: {}, loaded in {:.0} ms",
        embedder.info().id,
        hardware.cpu_model.as_deref().unwrap_or("an unknown processor"),
        args.threads,
        load.as_secs_f64() * 1e3
    )?;
    let mut rows = vec![
        ["", "P50 MS", "P95 MS", "MIN MS", "TOKENS/S", "RUNS"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(all.iter().map(|series| {
        vec![
            series.name.clone(),
            format!("{:.2}", series.percentile_ms(50)),
            format!("{:.2}", series.percentile_ms(95)),
            format!("{:.2}", series.percentile_ms(0)),
            format!("{:.0}", series.tokens_per_second()),
            series.times.len().to_string(),
        ]
    }));
    output.write_all(table(&rows).as_bytes())?;
    Ok(Exit::Success)
}

/// Embeds `texts` texts of `tokens` tokens each, over and over. Whole requests are timed, with the queue and the
/// tokenizer.
async fn measure(embedder: &MiniLm, tokens: usize, texts: usize, runs: u32) -> Result<Series, ModelError> {
    let mut series = Series {
        name: match texts {
            1 => format!("one text of {tokens} tokens"),
            _ => format!("{texts} texts of {tokens} tokens"),
        },
        texts,
        tokens: 0,
        times: Vec::new(),
    };
    // Two tokens are the marks around the words.
    let text = |from: usize| {
        let words = WORDS.iter().cycle().skip(from % WORDS.len()).take(tokens - 2);
        words.copied().collect::<Vec<_>>().join(" ")
    };
    let warm = runs / 10 + 2;
    for run in 0..runs + warm {
        let batch: Vec<String> = (0..texts).map(|index| text(index + run as usize)).collect();
        let begun = Instant::now();
        let embedded = embedder.embed(batch, EmbedKind::Query).await?;
        if run >= warm {
            series.times.push(begun.elapsed());
        }
        series.tokens = embedded.tokens;
    }
    series.times.sort_unstable();
    Ok(series)
}
