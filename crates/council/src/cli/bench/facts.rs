//! `council bench facts`: what would be learnt from messages, and what the gate refuses. Nothing is stored.

use crate::app::build_models;
use crate::cli::Context;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice};
use clap::Args;
use council_agent::memory::extract::Source;
use council_agent::memory::{Examination, examine};
use council_core::Models;
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

/// Facts that rules and a model find in messages, and why proposals are refused
#[derive(Debug, Args)]
pub(super) struct FactsArgs {
    /// A JSON list of messages: `{"text": "…", "speaker": "…", "facts": ["…"]}`; `facts` is what should be found, as
    /// words that occur in it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The model [default: the one that answers requests]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Deserialize)]
struct Message {
    text: String,
    speaker: Option<String>,
    #[serde(default)]
    facts: Vec<String>,
}

/// Sums over all messages.
#[derive(Default)]
struct Sums {
    asked: usize,
    accepted: usize,
    refused: usize,
    expected: usize,
    found: usize,
    model_time: Duration,
}

pub(super) async fn run(
    args: &FactsArgs,
    context: &Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let path = args.file.display();
    let text = std::fs::read_to_string(&args.file)
        .map_err(|error| CommandError::io(format!("`{path}` cannot be read: {error}")))?;
    let messages: Vec<Message> = serde_json::from_str(&text)
        .map_err(|error| CommandError::usage(format!("`{path}` is no list of messages: {error}")))?;
    let registry = prometheus::Registry::new();
    let (models, _) = build_models(
        &context.config,
        &context.environment,
        context.scripted,
        Vec::new(),
        &registry,
    )?;
    let result = bench(args, &messages, &*models, output).await;
    models.shutdown(Duration::ZERO).await;
    result
}

async fn bench(
    args: &FactsArgs,
    messages: &[Message],
    models: &dyn Models,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let unavailable = |error: council_core::ModelError| CommandError::unavailable(error.to_string());
    let model = models.get(args.model.as_deref()).map_err(unavailable)?;
    let id = model.info().id.clone();
    notice(&format!("loading `{id}` …"));
    models.load(&id).await.map_err(unavailable)?;
    let mut sums = Sums::default();
    let mut listed = Vec::new();
    for message in messages {
        let source = Source {
            text: &message.text,
            speaker: message.speaker.as_deref(),
        };
        let examined = examine(&*model, source).await.map_err(unavailable)?;
        sums.add(message, &examined);
        if args.json {
            listed.push(as_json(message, &examined));
        } else {
            print(message, &examined, output)?;
        }
    }
    if args.json {
        output.json(&json!({"model": id, "messages": listed, "sums": sums.json(messages.len())}))?;
    } else {
        writeln!(output, "\n{id}: {}", sums.line(messages.len()))?;
    }
    Ok(Exit::Success)
}

impl Sums {
    fn add(&mut self, message: &Message, examined: &Examination) {
        let facts: Vec<_> = examined
            .verdicts
            .iter()
            .filter_map(|verdict| verdict.judged.as_ref().ok())
            .collect();
        self.accepted += facts.len();
        self.refused += examined.verdicts.len() - facts.len();
        self.asked += usize::from(examined.model_time.is_some());
        self.model_time += examined.model_time.unwrap_or_default();
        self.expected += message.facts.len();
        let is_found = |wanted: &&String| {
            let wanted = wanted.to_lowercase();
            facts
                .iter()
                .any(|fact| fact.text.to_lowercase().contains(&wanted))
        };
        self.found += message.facts.iter().filter(is_found).count();
    }

    fn line(&self, messages: usize) -> String {
        format!(
            "{messages} messages, {} put to the model ({:.2} s each), {} facts accepted, {} refused, {} of {} expected found",
            self.asked,
            self.seconds_each(),
            self.accepted,
            self.refused,
            self.found,
            self.expected
        )
    }

    fn json(&self, messages: usize) -> Value {
        json!({
            "messages": messages,
            "asked": self.asked,
            "seconds_each": self.seconds_each(),
            "accepted": self.accepted,
            "refused": self.refused,
            "expected": self.expected,
            "found": self.found,
        })
    }

    /// Of the model, for each message that was put to it.
    fn seconds_each(&self) -> f64 {
        self.model_time.as_secs_f64() / self.asked.max(1) as f64
    }
}

fn as_json(message: &Message, examined: &Examination) -> Value {
    let verdicts = examined.verdicts.iter().map(|verdict| match &verdict.judged {
        Ok(fact) => json!({
            "extractor": verdict.extractor,
            "attribute": fact.attribute.as_str(),
            "subject": fact.subject,
            "text": fact.text,
            "quote": fact.quote,
            "confidence": fact.confidence,
        }),
        Err(reason) => json!({
            "extractor": verdict.extractor,
            "statement": verdict.statement,
            "refused": reason,
        }),
    });
    json!({
        "text": message.text,
        "verdicts": verdicts.collect::<Vec<_>>(),
        "model_seconds": examined.model_time.map(|time| time.as_secs_f64()),
    })
}

fn print(message: &Message, examined: &Examination, output: &mut Output) -> Result<(), CommandError> {
    writeln!(output, "{}", message.text.replace('\n', " "))?;
    for verdict in &examined.verdicts {
        let by = &verdict.extractor;
        match &verdict.judged {
            Ok(fact) => {
                let (attribute, confidence) = (fact.attribute.as_str(), fact.confidence);
                writeln!(output, "  {attribute}: {} [{by}, {confidence:.2}]", fact.text)?;
            }
            Err(reason) => writeln!(output, "  refused, {reason}: {} [{by}]", verdict.statement)?,
        }
    }
    Ok(())
}
