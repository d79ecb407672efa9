//! `council bench`: how fast models are on this machine, and how well requests are routed. Every number is measured by this command.

mod embed;
mod facts;
mod measure;
mod report;
mod router;

use super::Context;
use crate::app::build_models;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice};
use clap::{Args, Subcommand};
use council_core::{LanguageModel, Models};
use council_models::resident::ResidentModels;
use measure::{Sizes, measure};
use report::Report;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Measure models on this machine
#[derive(Debug, Args)]
pub(super) struct BenchArgs {
    #[command(subcommand)]
    what: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Prompt and generation speed, time to first token, parallel throughput, cold and warm prefix, memory
    Inference(InferenceArgs),
    /// Time from text to vector, for short and long texts and for many at once
    Embed(embed::EmbedArgs),
    /// Facts that rules and a model find in messages, and why proposals are refused
    Facts(facts::FactsArgs),
    /// Who answers best at what cost: single models, the cascade, the council, skills
    Router(router::RouterArgs),
}

#[derive(Debug, Args)]
struct InferenceArgs {
    /// The model [default: the one that answers requests]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Tokens of the prompt, roughly: the text is made of short words
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(16..=65536))]
    prompt_tokens: u32,
    /// Tokens to generate
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(2..=65536))]
    generate_tokens: u32,
    /// Requests at once in the parallel measurement
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=64))]
    parallel: u32,
    /// How often each measurement is made; the median counts
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Write the JSON to this file as well
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

pub(super) async fn run(
    args: BenchArgs,
    context: &Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let args = match args.what {
        Bench::Inference(args) => args,
        Bench::Facts(args) => return facts::run(&args, context, output).await,
        Bench::Router(args) => return router::run(&args, context, output).await,
        Bench::Embed(args) => return embed::run(&args, context, output).await,
    };
    let registry = prometheus::Registry::new();
    let (models, _) = build_models(
        &context.config,
        &context.environment,
        context.scripted,
        Vec::new(),
        &registry,
    )?;
    let result = bench(&args, &models, output).await;
    models.shutdown(Duration::ZERO).await;
    result
}

async fn bench(
    args: &InferenceArgs,
    models: &Arc<ResidentModels>,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let unavailable = |error: council_core::ModelError| CommandError::unavailable(error.to_string());
    let model: Arc<dyn LanguageModel> = models.get(args.model.as_deref()).map_err(unavailable)?;
    let id = model.info().id.clone();
    notice(&format!("loading `{id}` …"));
    let begun = Instant::now();
    models.load(&id).await.map_err(unavailable)?;
    let load = begun.elapsed();
    let idle_bytes = memory_bytes(models, &id);
    let sizes = Sizes {
        prompt_tokens: args.prompt_tokens,
        generate_tokens: args.generate_tokens,
        parallel: args.parallel,
        runs: args.runs,
    };
    let figures = measure(&model, sizes, &mut |what| notice(what))
        .await
        .map_err(unavailable)?;
    let report = Report {
        model: model.info().clone(),
        sizes,
        load,
        idle_bytes,
        busy_bytes: memory_bytes(models, &id),
        figures,
    };
    let json = report.json();
    if let Some(path) = &args.out {
        std::fs::write(path, format!("{json:#}\n"))
            .map_err(|error| CommandError::io(format!("`{}` cannot be written: {error}", path.display())))?;
    }
    if args.json {
        output.json(&json)?;
    } else {
        report.table(output)?;
    }
    Ok(Exit::Success)
}

/// Resident memory of the model's process; 0 for one that is not ours.
fn memory_bytes(models: &ResidentModels, id: &str) -> u64 {
    let status = models.list().into_iter().find(|status| status.info.id == id);
    status.map_or(0, |status| status.activity.memory_bytes)
}
