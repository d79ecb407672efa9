//! `council run`: a program in isolation, on a running server or in this process.
//!
//! - `source`: what is to be run, and in which language
//! - `ending`: what a result means for the shell
//! - `files`: uploads, and what a program left

mod ending;
mod files;
mod source;

use super::Context;
use super::client::{Lines, error_message};
use super::place::{Pieces, Place, broken};
use crate::config::parse_duration;
use crate::exit::{CommandError, Exit};
use crate::output::Output;
use crate::signals::Interrupts;
use axum::body::Bytes;
use axum::http::Method;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::Args;
use futures::StreamExt;
use serde_json::{Value, json};
use source::Source;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  council run fibonacci.py                     by the end of its name: Python, bash or JavaScript
  council run -c 'print(2 + 2)'
  curl -s https://example.org/x.sh | council run - --language bash
  council run plot.py --file data.csv --out .  data.csv stands beside it; what it writes comes back
  council run -c 'x = 20' --session s; council run -c 'x + 1' --session s

It ends with the program's exit code; 124 when it ran out of time, 137 when it ran out of memory or was killed,
125 when it was refused or wrote too much.";

/// Arguments of `council run`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RunArgs {
    /// The program; `-` reads it from standard input
    #[arg(value_name = "FILE", required_unless_present = "code")]
    file: Option<PathBuf>,
    /// The program itself
    #[arg(short = 'c', value_name = "CODE", conflicts_with = "file")]
    code: Option<String>,
    /// python, bash or javascript [default: by the file's name or first line, else python]
    #[arg(long, short)]
    language: Option<String>,
    /// What it reads from standard input; `-` passes that of this command on
    #[arg(long, value_name = "FILE")]
    stdin: Option<PathBuf>,
    /// A file that stands in its working directory; may be repeated
    #[arg(long = "file", value_name = "PATH")]
    files: Vec<PathBuf>,
    /// Where files go that it leaves
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// End it after this long, such as 10s [default: the configured limit]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
    /// Continue or begin this session: variables and files stay; needs a running server
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Print everything that it did as JSON, at the end
    #[arg(long)]
    json: bool,
    /// Server to use [env: COUNCIL_URL] [default: one on the configured port, if it answers]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "a duration has its unit: 500ms, 10s, 1m".to_owned())
}

/// Runs it.
pub(super) async fn run(args: RunArgs, context: Context, output: &mut Output) -> Result<Exit, CommandError> {
    // What cannot be read is said before anything is opened.
    let body = body(&args)?;
    let place = Place::open(args.url.as_deref(), context).await?;
    let mut interrupts = Interrupts::listen()?;
    // Dropping the request ends the program.
    let result = tokio::select! {
        result = follow(&place, &body, &args, output) => result,
        () = interrupts.next() => Err(CommandError::interrupted()),
    };
    place.close().await;
    result
}

/// The request.
fn body(args: &RunArgs) -> Result<Value, CommandError> {
    let Source { language, code } = source::read(
        args.file.as_deref(),
        args.code.as_deref(),
        args.language.as_deref(),
    )?;
    let mut body = json!({"language": language.name(), "code": code, "stream": true});
    if let Some(path) = &args.stdin {
        if path.as_os_str() == "-" && args.file.as_deref().is_some_and(|file| file.as_os_str() == "-") {
            return Err(CommandError::usage(
                "standard input is the program already; give the program as FILE or with -c, or --stdin a file",
            ));
        }
        body["stdin_base64"] = json!(BASE64_STANDARD.encode(source::bytes_of(path)?));
    }
    if !args.files.is_empty() {
        body["files"] = args
            .files
            .iter()
            .map(|path| files::upload(path))
            .collect::<Result<_, _>>()?;
    }
    if let Some(timeout) = args.timeout {
        let ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        body["limits"] = json!({"wall_ms": ms, "cpu_ms": ms});
    }
    if let Some(session) = &args.session {
        body["session_id"] = json!(session);
    }
    Ok(body)
}

/// Passes on what the program writes, to its end.
async fn follow(
    place: &Place,
    body: &Value,
    args: &RunArgs,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let sent: Pieces = futures::stream::iter([Ok(Bytes::from(body.to_string()))]).boxed();
    let content = ("application/json", sent);
    let mut frames = place
        .stream(Method::POST, "/v1/sandbox/run", Some(content))
        .await?;
    let mut lines = Lines::default();
    while let Some(piece) = frames.next().await {
        lines.push(&piece.map_err(|error| broken(&error))?);
        while let Some(line) = lines.next() {
            let Some(data) = line.strip_prefix("data:").map(str::trim) else {
                continue;
            };
            let event: Value = serde_json::from_str(data).map_err(|_| {
                CommandError::failure(format!("the server sent a frame that is not JSON: {data}"))
            })?;
            let text = event["text"].as_str().unwrap_or_default();
            match event["event"].as_str() {
                Some("stdout") if !args.json => {
                    output.write_all(text.as_bytes())?;
                    output.flush()?;
                }
                // As with any program whose standard error nobody reads, failing to write it ends nothing.
                Some("stderr") if !args.json => drop(std::io::stderr().write_all(text.as_bytes())),
                Some("finished") => return finish(&event["result"], args, output),
                Some("failed") => {
                    let message = error_message(&event["error"]);
                    return Err(CommandError::failure(
                        message.unwrap_or_else(|| "the run failed".to_owned()),
                    ));
                }
                _ => {}
            }
        }
    }
    Err(CommandError::unavailable("the run broke off: its end never came"))
}

/// What is left to do and to say when it has ended.
fn finish(result: &Value, args: &RunArgs, output: &mut Output) -> Result<Exit, CommandError> {
    if args.json {
        output.json_line(result)?;
    } else if let Some(value) = result["value"].as_str()
        && args.code.is_some()
    {
        // As an interpreter's prompt does.
        writeln!(output, "{value}")?;
    }
    output.flush()?;
    files::keep(&result["artifacts"], args.out.as_deref(), args.json)?;
    if !args.json {
        ending::tell(result);
    }
    Ok(ending::exit(result))
}

#[cfg(test)]
mod tests;
