//! Forgetting: by id, and by question with a look first.

use super::show;
use crate::cli::place::Place;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice};
use clap::Args;
use serde_json::{Value, json};
use std::io::{self, BufRead, IsTerminal, Write};

/// Arguments of `council memory forget`.
#[derive(Debug, Args)]
pub(super) struct ForgetArgs {
    /// What it is about
    #[arg(required = true)]
    query: Vec<String>,
    /// Only what is at least this near, as a cosine
    #[arg(
        long,
        value_name = "COSINE",
        default_value_t = 0.4,
        allow_negative_numbers = true
    )]
    least_cosine: f64,
    /// Most memories
    #[arg(long, short = 'n', default_value_t = 100)]
    limit: u32,
    /// Forget without asking
    #[arg(long, short)]
    yes: bool,
}

/// Forgets these; that one does not exist is an error after the others are gone.
pub(super) async fn by_id(
    place: &Place,
    ids: &[String],
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let gone = place.post("/v1/memory/forget", &json!({"ids": ids})).await?;
    let forgotten = gone["forgotten"].as_array().cloned().unwrap_or_default();
    report(&forgotten, as_json, output)?;
    let missing = ids
        .iter()
        .find(|id| !forgotten.iter().any(|gone| gone == id.as_str()));
    match missing {
        None => Ok(Exit::Success),
        Some(id) => Err(CommandError::unavailable(format!("memory `{id}` does not exist"))),
    }
}

/// Shows what would be forgotten, and forgets it when that is wanted.
pub(super) async fn by_question(
    place: &Place,
    args: ForgetArgs,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let question = json!({
        "query": args.query.join(" "), "least_cosine": args.least_cosine, "limit": args.limit,
    });
    let answer = place.post("/v1/memory/forget", &question).await?;
    let preview = &answer["preview"];
    let ids: Vec<&Value> = preview
        .as_array()
        .into_iter()
        .flatten()
        .map(|hit| &hit["id"])
        .collect();
    if !as_json {
        show::hits(preview, false, output)?;
    }
    if ids.is_empty() {
        if as_json {
            report(&[], true, output)?;
        }
        return Ok(Exit::Success);
    }
    if !args.yes {
        if as_json {
            output.json(&json!({"preview": preview}))?;
        }
        if as_json || !io::stdin().is_terminal() {
            return Err(CommandError::usage(
                "nothing was forgotten; add --yes to forget these for good",
            ));
        }
        output.flush()?;
        if !asks(ids.len())? {
            notice("nothing was forgotten");
            return Ok(Exit::Success);
        }
    }
    let gone = place.post("/v1/memory/forget", &json!({"ids": ids})).await?;
    let forgotten = gone["forgotten"].as_array().cloned().unwrap_or_default();
    report(&forgotten, as_json, output)?;
    Ok(Exit::Success)
}

fn report(forgotten: &[Value], as_json: bool, output: &mut Output) -> io::Result<()> {
    if as_json {
        return output.json(&json!({"forgotten": forgotten}));
    }
    writeln!(output, "{} forgotten for good", forgotten.len())
}

/// Whether the person at the terminal says yes.
fn asks(count: usize) -> io::Result<bool> {
    let mut stderr = io::stderr();
    write!(stderr, "forget these {count} for good? [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
