//! `council ask`: one question, one answer.

use super::Context;
use super::backend::{Answer, Backend, Piece, Pieces, Question};
use crate::exit::{CommandError, Exit};
use crate::output::Output;
use crate::signals::Interrupts;
use clap::Args;
use council_core::{Message, Role};
use futures::StreamExt;
use serde_json::json;
use std::io::{IsTerminal, Read, Write};

const EXAMPLES: &str = "\
Examples:
  council ask \"why is the sky blue?\"
  git diff | council ask \"write a commit message\" --max-tokens 80
  council ask --json \"name three rivers\" | jq -r .text";

/// Arguments of `council ask`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct AskArgs {
    /// The question; what is piped in follows it
    question: Vec<String>,
    /// Model to ask [default: the default model]
    #[arg(long, short, value_name = "ID")]
    model: Option<String>,
    /// Instructions that come before the question
    #[arg(long, short, value_name = "TEXT")]
    system: Option<String>,
    /// How freely tokens are chosen, 0 to 2; 0 always takes the likeliest
    #[arg(long, short, value_name = "NUMBER", value_parser = temperature, allow_negative_numbers = true)]
    temperature: Option<f32>,
    /// Most tokens to generate
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_tokens: Option<u32>,
    /// Print one JSON object when the answer is complete
    #[arg(long)]
    json: bool,
    /// Print the answer when it is complete, not as it is made
    #[arg(long)]
    no_stream: bool,
    /// Server to ask [env: COUNCIL_URL] [default: one on the configured port, if it answers]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// A temperature in its range; `NaN` is in none.
pub(super) fn temperature(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(number) if (0.0..=2.0).contains(&number) => Ok(number),
        _ => Err("must be a number from 0 to 2".to_owned()),
    }
}

/// Asks and prints the answer.
pub(super) async fn run(args: AskArgs, context: Context, output: &mut Output) -> Result<Exit, CommandError> {
    let mut messages = Vec::new();
    messages.extend(
        args.system
            .as_deref()
            .map(|text| Message::text(Role::System, text)),
    );
    messages.push(Message::text(Role::User, prompt(&args.question.join(" "))?));
    let question = Question {
        messages,
        model: args.model.clone(),
        temperature: args.temperature,
        max_tokens: args.max_tokens,
    };
    let backend = Backend::open(args.url.as_deref(), context).await?;
    let mut interrupts = Interrupts::listen()?;
    let pieces = backend.ask(question);
    let result = tokio::select! {
        result = print(pieces, &args, backend.kind(), output) => result,
        () = interrupts.next() => Err(CommandError::interrupted()),
    };
    backend.close().await;
    result
}

async fn print(
    mut pieces: Pieces,
    args: &AskArgs,
    answered_by: &str,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let stream = !args.json && !args.no_stream;
    let mut text = String::new();
    let mut answer = Answer::default();
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(Piece::Text(more)) => {
                if stream {
                    output.write_all(more.as_bytes())?;
                    output.flush()?;
                }
                text.push_str(&more);
            }
            Ok(Piece::Done(end)) => answer = end,
            Err(error) => {
                // The message must not continue the half line of an answer.
                if stream && !text.is_empty() {
                    writeln!(output)?;
                }
                return Err(error);
            }
        }
    }
    if args.json {
        output.json_line(&json!({
            "text": text,
            "model": answer.model,
            "finish_reason": answer.finish_reason,
            "usage": answer.usage.map(|usage| json!({
                "input_tokens": usage.input_tokens,
                "cached_tokens": usage.cached_tokens,
                "output_tokens": usage.output_tokens,
            })),
            "latency_ms": millis(answer.latency),
            "first_token_ms": answer.first_token.map(millis),
            "answered_by": answered_by,
        }))?;
        return Ok(Exit::Success);
    }
    if !stream {
        output.write_all(text.as_bytes())?;
    }
    if !text.ends_with('\n') {
        writeln!(output)?;
    }
    Ok(Exit::Success)
}

/// The question, with what is piped in below it.
fn prompt(question: &str) -> Result<String, CommandError> {
    let mut stdin = std::io::stdin();
    let mut piped = String::new();
    if !stdin.is_terminal() {
        stdin
            .read_to_string(&mut piped)
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::InvalidData => CommandError::usage("what is piped in is not UTF-8 text"),
                _ => CommandError::io(format!("cannot read standard input: {error}")),
            })?;
    }
    let prompt = join(question, &piped);
    if prompt.is_empty() {
        return Err(CommandError::usage(
            "nothing is asked; try `council ask \"why is the sky blue?\"`",
        ));
    }
    Ok(prompt)
}

fn join(question: &str, piped: &str) -> String {
    match (question.trim(), piped.trim_end()) {
        (question, "") => question.to_owned(),
        ("", piped) => piped.to_owned(),
        (question, piped) => format!("{question}\n\n{piped}"),
    }
}

fn millis(duration: std::time::Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests;
