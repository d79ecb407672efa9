//! `council calibrate`: asks a model questions whose answers are known, and keeps how far its confidence can be relied
//! on.

pub(super) mod questions;
mod report;

use super::Context;
use crate::app::App;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice};
use clap::Args;
use council_agent::calibration::ask::{ask, prompt};
use council_agent::calibration::{Graded, calibrate};
use council_agent::grade::{Known, Question, grade, program, question};
use council_core::sandbox::{Language, Program, RunEvent, RunStatus};
use council_core::{Calibration, Clock as _, LanguageModel, SkillKind};
use futures::StreamExt as _;
use questions::Questions;
use report::Verdict;
use std::path::PathBuf;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Arguments of `council calibrate`.
#[derive(Debug, Args)]
pub(super) struct CalibrateArgs {
    /// The model [default: the one that answers requests]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Files *.jsonl with questions, and their documents/ [default: those that come with this program]
    #[arg(long, value_name = "DIR")]
    questions: Option<PathBuf>,
    /// Ask at most this many, as many of each kind as can be [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(20..))]
    limit: Option<u32>,
    /// Print JSON instead of a table, with every answer
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    args: CalibrateArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let mut questions = Questions::read(args.questions.as_deref())?;
    if let Some(limit) = args.limit {
        questions.limit(limit as usize);
    }
    let app = App::build(*context.config, &context.environment, context.scripted).await?;
    let result = measure(&args, &questions, &app, output).await;
    app.close(Duration::ZERO).await;
    result
}

async fn measure(
    args: &CalibrateArgs,
    questions: &Questions,
    app: &App,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let unavailable = |error: council_core::ModelError| CommandError::unavailable(error.to_string());
    let model = app.models().get(args.model.as_deref()).map_err(unavailable)?;
    let id = model.info().id.clone();
    notice(&format!("loading `{id}` …"));
    app.models().load(&id).await.map_err(unavailable)?;
    let count = questions.list.len();
    let mut verdicts: Vec<Verdict<'_>> = Vec::new();
    for (index, question) in questions.list.iter().enumerate() {
        if index > 0 && index % 25 == 0 {
            let right = verdicts.iter().filter(|verdict| verdict.right).count();
            notice(&format!(
                "{index} of {count} questions, {right} answered rightly …"
            ));
        }
        verdicts.extend(put(question, questions, &*model, app).await?);
    }
    let kept = fits(&id, &verdicts, &questions.texts)?;
    let stored = app.calibrations().keep_calibrations(&id, kept.clone()).await;
    stored.map_err(|error| CommandError::io(error.to_string()))?;
    if args.json {
        output.json(&report::json(&id, &kept, &verdicts))?;
    } else {
        report::table(&id, &kept, output)?;
    }
    Ok(Exit::Success)
}

/// Asks one question. `None` where its answer would be a program and none can be run here.
async fn put<'a>(
    question: &'a Question,
    questions: &Questions,
    model: &dyn LanguageModel,
    app: &App,
) -> Result<Option<Verdict<'a>>, CommandError> {
    if matches!(question.expected.known, Known::Program { .. }) && app.sandbox().is_none() {
        notice(&format!(
            "`{}` is left out: its answer is a program, and the sandbox is off",
            question.id
        ));
        return Ok(None);
    }
    let answered = ask(model, prompt(question, questions.document(question)))
        .await
        .map_err(|error| CommandError::unavailable(error.to_string()))?;
    let Some(evidence) = answered.evidence else {
        return Err(CommandError::unavailable(format!(
            "`{}` reports no log-probabilities, of which a calibration is made; calibrate a local model, or a server \
             that has them",
            model.info().id
        )));
    };
    let right = is_right(question, &answered.text, app).await?;
    Ok(Some(Verdict {
        question,
        answer: answered.text,
        evidence,
        right,
    }))
}

/// Whether an answer is the right one; a program is run to see.
pub(super) async fn is_right(question: &Question, answer: &str, app: &App) -> Result<bool, CommandError> {
    if let Some(right) = grade(answer, &question.expected) {
        return Ok(right);
    }
    let (Some(source), Some(sandbox)) = (program(answer, &question.expected), app.sandbox()) else {
        return Ok(false);
    };
    let mut events = sandbox.run(Program::new(Language::Python, &source), CancellationToken::new());
    while let Some(event) = events.next().await {
        let event = event.map_err(|error| CommandError::unavailable(error.to_string()))?;
        if let RunEvent::Finished(report) = event {
            return Ok(report.status == RunStatus::Ok);
        }
    }
    Ok(false)
}

/// One calibration for all questions, and one for each kind of which there are enough.
fn fits(model: &str, verdicts: &[Verdict<'_>], texts: &[String]) -> Result<Vec<Calibration>, CommandError> {
    let at = crate::app::clock::SystemClock.now();
    let questions_sha256 = question::hash(texts);
    let mut kept = Vec::new();
    for kind in std::iter::once(None).chain(SkillKind::ALL.map(Some)) {
        let of_kind = verdicts
            .iter()
            .filter(|verdict| kind.is_none_or(|kind| verdict.question.kind == kind));
        let graded = of_kind.map(|verdict| Graded {
            evidence: verdict.evidence,
            right: verdict.right,
        });
        let Some(measured) = calibrate(&graded.collect::<Vec<_>>()) else {
            continue;
        };
        kept.push(Calibration {
            model: model.to_owned(),
            kind,
            fit: measured.fit.to_json(),
            asked: measured.asked,
            right: measured.right,
            auroc: measured.auroc,
            ece: measured.ece,
            brier: measured.brier,
            table: measured.table,
            at,
            questions_sha256: questions_sha256.clone(),
        });
    }
    if kept.is_empty() {
        return Err(CommandError::usage(format!(
            "{} questions are too few for a calibration: give at least 20",
            verdicts.len()
        )));
    }
    Ok(kept)
}
