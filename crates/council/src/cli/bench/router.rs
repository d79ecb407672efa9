//! `council bench router`: how well kinds of question are told apart, and who answers best at what cost. Everything
//! runs in this process, with a memory of its own that is gone afterwards.
//!
//! - [`sample`]: which questions are asked, and in which order
//! - [`classifier`]: kinds of question, and how long deciding takes
//! - [`ask`]: puts questions to policies; [`bare`] is what their answers say
//! - [`answer`]: what came of it, and the file that a later run goes on with
//! - [`measures`]: numbers of answers
//! - [`report`]: JSON and tables

mod answer;
mod ask;
mod bare;
mod classifier;
mod measures;
mod report;
mod sample;

use crate::app::App;
use crate::cli::Context;
use crate::cli::calibrate::questions::Questions;
use crate::config::Config;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice};
use answer::Settings;
use ask::{Asker, How, Policy};
use clap::{Args, ValueEnum};
use classifier::classify;
use council_agent::grade::question;
use council_agent::knowledge::{Asked, IngestOrder, Material, Outcome};
use council_agent::routing::Matching;
use council_core::{Calibration, CalibrationStore as _, Locality, ModelInfo};
use council_store::Store;
use measures::Weights;
use report::Report;
use sample::sample;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Who answers best at what cost: single models, the cascade, the council, skills
#[derive(Debug, Args)]
pub(super) struct RouterArgs {
    /// Files *.jsonl with questions, and their documents/ [default: those that come with this program]
    #[arg(long, value_name = "DIR")]
    questions: Option<PathBuf>,
    /// Ask at most this many of each kind of question [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// The models: the first one is asked first, and the largest is held against it. The cascade chooses among all that
    /// are installed [default: the local ones, the usual one first]
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    models: Vec<String>,
    /// Who is measured
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', value_enum, default_values_t = PolicyName::value_variants().iter().copied())]
    policies: Vec<PolicyName>,
    /// Most tokens of an answer
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(16..=4096))]
    max_tokens: u32,
    /// Chooses the questions, and makes sampling repeatable
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Begin no question after this many minutes; with --out, a later run goes on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    minutes: Option<u32>,
    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,
    /// Write the JSON to this file after every answer; what it holds already is not asked again
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

/// Who can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PolicyName {
    /// The first model alone
    Small,
    /// The largest model alone
    Large,
    /// Each of the other models alone, by its id
    Others,
    /// As requests are routed
    Cascade,
    /// The council as it is configured
    Council,
    /// Five samples of the first model, and the majority
    Samples,
    /// What computes, without any model
    Skills,
}

pub(super) async fn run(
    args: &RouterArgs,
    context: &Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let questions = Questions::read(args.questions.as_deref())?;
    let calibrations = calibrations(&context.config.data_dir).await?;
    let folder = tempfile::tempdir()
        .map_err(|error| CommandError::io(format!("no temporary directory can be made: {error}")))?;
    keep(&calibrations, folder.path()).await?;
    let config = config(&context.config, folder.path(), &args.models);
    let app = App::build(config, &context.environment, context.scripted).await?;
    let result = bench(args, &questions, calibrations, &app, output).await;
    app.close(Duration::ZERO).await;
    result
}

/// As configured, but with an empty memory, without the cache, and with the first of `models` as the usual one.
fn config(config: &Config, folder: &Path, models: &[String]) -> Config {
    let mut config = config.clone();
    folder.clone_into(&mut config.data_dir);
    config.memory.postgres_url = None;
    config.routing.cache = Matching::Off;
    if let Some(first) = models.first() {
        config.models.default = Some(first.clone());
    }
    config
}

/// What was measured of models before, so that they are as sure of their answers as they are in use.
async fn calibrations(data_dir: &Path) -> Result<Vec<Calibration>, CommandError> {
    if !data_dir.join("council.db").exists() {
        return Ok(Vec::new());
    }
    let store = open(data_dir).await?;
    let read = store.calibrations().await;
    read.map_err(|error| CommandError::io(error.to_string()))
}

async fn keep(calibrations: &[Calibration], folder: &Path) -> Result<(), CommandError> {
    let mut by_model: BTreeMap<&str, Vec<Calibration>> = BTreeMap::new();
    for calibration in calibrations {
        let of_model = by_model.entry(&calibration.model).or_default();
        of_model.push(calibration.clone());
    }
    let store = open(folder).await?;
    for (model, calibrations) in by_model {
        let kept = store.keep_calibrations(model, calibrations).await;
        kept.map_err(|error| CommandError::io(error.to_string()))?;
    }
    Ok(())
}

async fn open(folder: &Path) -> Result<Arc<Store>, CommandError> {
    let folder = folder.to_owned();
    let opened = tokio::task::spawn_blocking(move || Store::open(&folder)).await;
    let opened = opened.map_err(|error| CommandError::failure(error.to_string()))?;
    opened.map_err(|error| crate::app::StartError::from(error).into())
}

async fn bench(
    args: &RouterArgs,
    questions: &Questions,
    calibrations: Vec<Calibration>,
    app: &App,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let models = chosen(&args.models, app)?;
    let policies = policies(&args.policies, &models);
    if models.is_empty() && policies.iter().any(|policy| policy.how != How::Skills) {
        return Err(CommandError::unavailable(
            "there is no model to measure; run `council pull` to get one, or measure what needs none with \
             `--policies skills`",
        ));
    }
    let settings = Settings {
        questions_sha256: question::hash(&questions.texts),
        seed: args.seed,
        max_tokens: args.max_tokens,
        models: models.iter().map(|model| model.id.clone()).collect(),
    };
    let answers = match &args.out {
        Some(path) => answer::read(path, &settings)?,
        None => Vec::new(),
    };
    notice("telling kinds of question apart …");
    let mut report = Report {
        classified: classify(app.agent().router(), app.models()).await?,
        weights: Weights::of(models.iter().map(|model| (model.id.as_str(), model.size_bytes))),
        council: council_in_words(app),
        settings,
        models,
        calibrations,
        answers,
    };
    ask_all(args, questions, &policies, app, &mut report).await?;
    if let Some(path) = &args.out {
        answer::write(path, &report.json())?;
    }
    if args.json {
        output.json(&report.json())?;
    } else {
        report.tables(output)?;
    }
    Ok(Exit::Success)
}

/// Asks what was not asked before, question by question, so that all policies have answered about the same ones when the
/// time is up.
async fn ask_all(
    args: &RouterArgs,
    questions: &Questions,
    policies: &[Policy],
    app: &App,
    report: &mut Report,
) -> Result<(), CommandError> {
    let sample = sample(
        questions.list.clone(),
        args.limit.map(|limit| limit as usize),
        args.seed,
    );
    prepare(questions, policies, app, report).await;
    let usual = report
        .models
        .first()
        .map(|model| model.id.clone())
        .unwrap_or_default();
    let asker = Asker::new(app, questions, usual, args.max_tokens, args.seed)?;
    let count = sample.len() * policies.len();
    let begun = Instant::now();
    let mut done = 0;
    for question in &sample {
        if args
            .minutes
            .is_some_and(|minutes| begun.elapsed() >= Duration::from_mins(minutes.into()))
        {
            notice(&format!(
                "time is up: {done} of {count} answers; the same command goes on with the rest"
            ));
            break;
        }
        for policy in policies {
            done += 1;
            if report.has(policy, question) {
                continue;
            }
            let answer = asker.put(policy, question).await;
            notice(&format!(
                "{done} of {count}: {} {}: {}, {:.1} s",
                policy.name,
                question.id,
                answer.verdict.as_str(),
                answer.latency_ms / 1e3
            ));
            report.answers.push(answer);
            if let Some(path) = &args.out {
                answer::write(path, &report.json())?;
            }
        }
    }
    Ok(())
}

/// Loads the models, so that no answer waits for that, and remembers the documents. What fails there shows in the answers.
async fn prepare(questions: &Questions, policies: &[Policy], app: &App, report: &Report) {
    let need = |how: &dyn Fn(&How) -> bool| policies.iter().any(|policy| how(&policy.how));
    for model in &report.models {
        let alone = How::Alone(model.id.clone());
        if need(&|how| *how == alone || matches!(how, How::Cascade | How::Council | How::Samples)) {
            notice(&format!("loading `{}` …", model.id));
            if let Err(error) = app.models().load(&model.id).await {
                notice(&format!("`{}` cannot be loaded: {error}", model.id));
            }
        }
    }
    if !need(&|how| *how == How::Cascade) {
        return;
    }
    let material = |(name, text): (&String, &String)| Material::Bytes {
        name: name.clone(),
        media_type: None,
        bytes: text.clone().into_bytes(),
    };
    let documents = questions.documents.iter().map(material);
    let order = IngestOrder {
        user: ask::USER.to_owned(),
        project: None,
        materials: documents.map(|material| (material, Asked::ByName)).collect(),
    };
    for file in app.knowledge().ingest_quietly(order).await.files {
        match file.outcome {
            Outcome::Skipped(reason) | Outcome::Failed(reason) => {
                notice(&format!("`{}` is not remembered: {reason}", file.source));
            }
            Outcome::Added | Outcome::Replaced | Outcome::Unchanged if file.waiting > 0 => notice(&format!(
                "`{}` is found by its words alone: the embedding model is not there",
                file.source
            )),
            Outcome::Added | Outcome::Replaced | Outcome::Unchanged => {}
        }
    }
}

/// The models by id, or else the local ones that chat, the usual one first.
fn chosen(ids: &[String], app: &App) -> Result<Vec<ModelInfo>, CommandError> {
    if ids.is_empty() {
        let mut listed = app.models().list();
        listed.retain(|model| model.info.chat && model.info.locality == Locality::Local);
        listed.sort_by_key(|model| !model.default);
        return Ok(listed.into_iter().map(|model| model.info).collect());
    }
    let found = ids.iter().map(|id| {
        let model = app.models().get(Some(id));
        model.map(|model| model.info().clone())
    });
    found
        .collect::<Result<_, _>>()
        .map_err(|error| CommandError::unavailable(error.to_string()))
}

/// Those that there are with these models.
fn policies(names: &[PolicyName], models: &[ModelInfo]) -> Vec<Policy> {
    let alone = |name: &str, model: &ModelInfo| Policy {
        name: name.to_owned(),
        how: How::Alone(model.id.clone()),
    };
    let fixed = |name: &str, how: How| Policy {
        name: name.to_owned(),
        how,
    };
    let (small, large) = (models.first(), largest(models));
    let others = || {
        let taken = [small, large].into_iter().flatten().map(|model| &model.id);
        let taken: Vec<&String> = taken.collect();
        models.iter().filter(move |model| !taken.contains(&&model.id))
    };
    let of = |name: &PolicyName| -> Vec<Policy> {
        match name {
            // Without any model they stay, so that somebody says what is missing.
            PolicyName::Small => vec![small.map_or_else(
                || fixed("small", How::Alone(String::new())),
                |model| alone("small", model),
            )],
            PolicyName::Large => large.map(|model| alone("large", model)).into_iter().collect(),
            PolicyName::Others => others().map(|model| alone(&model.id, model)).collect(),
            PolicyName::Cascade => vec![fixed("cascade", How::Cascade)],
            PolicyName::Council => vec![fixed("council", How::Council)],
            PolicyName::Samples => vec![fixed("samples", How::Samples)],
            PolicyName::Skills => vec![fixed("skills", How::Skills)],
        }
    };
    let mut policies: Vec<Policy> = Vec::new();
    for policy in names.iter().flat_map(of) {
        if !policies.contains(&policy) {
            policies.push(policy);
        }
    }
    policies
}

/// The largest model, where it is another than the first.
fn largest(models: &[ModelInfo]) -> Option<&ModelInfo> {
    let largest = models
        .iter()
        .skip(1)
        .max_by_key(|model| model.size_bytes.unwrap_or(0));
    let first = models.first().and_then(|model| model.size_bytes);
    largest.filter(|model| model.size_bytes >= first)
}

/// Who sits in the council.
fn council_in_words(app: &App) -> String {
    let voices = app
        .agent()
        .council()
        .map(|council| council.config().voices.clone());
    let voices = voices.unwrap_or_default();
    let seats: Vec<String> = voices
        .iter()
        .map(|voice| match &voice.model {
            Some(model) => format!("{} on {model}", voice.name),
            None => format!("{} on the first model", voice.name),
        })
        .collect();
    format!(
        "the council, answers checked where they can be: {}",
        seats.join(", ")
    )
}

#[cfg(test)]
mod tests;
