//! `council forget`: everything about somebody or something, shown first.

use super::Context;
use super::place::Place;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice};
use clap::Args;
use serde_json::{Value, json};
use std::io::{self, BufRead as _, IsTerminal, Write as _};

/// Characters of a text that are shown.
const SHOWN: usize = 90;

/// Arguments of `council forget`.
#[derive(Debug, Args)]
pub(super) struct ForgetArgs {
    /// Who or what, in the words by which it is named: "Ada Lovelace", "Elm Street 3"
    #[arg(required = true)]
    about: Vec<String>,
    /// Forget without asking
    #[arg(long, short)]
    yes: bool,
    /// Only look
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Memories whose meaning is at least this near go too, as a cosine
    #[arg(
        long,
        value_name = "COSINE",
        default_value_t = 0.6,
        allow_negative_numbers = true
    )]
    least_cosine: f64,
    /// Only what has the words, whatever its meaning
    #[arg(long, conflicts_with = "least_cosine")]
    words_only: bool,
    /// The words also count as parts of longer ones, such as Ann in annual
    #[arg(long)]
    within_words: bool,
    /// Also remove the older copies of the database in the data directory
    #[arg(long)]
    with_copies: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Server to ask [env: COUNCIL_URL] [default: one on the configured port, if it answers]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Shows what would go, and forgets it when that is wanted.
pub(super) async fn run(
    args: ForgetArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let place = Place::open(args.url.as_deref(), context).await?;
    let done = forget(&args, &place, output).await;
    place.close().await;
    done
}

async fn forget(args: &ForgetArgs, place: &Place, output: &mut Output) -> Result<Exit, CommandError> {
    let about = args.about.join(" ");
    let mut order = json!({
        "about": about,
        "dry_run": true,
        "least_cosine": (!args.words_only).then_some(args.least_cosine),
        "within_words": args.within_words,
        "with_copies": args.with_copies,
    });
    let found = place.post("/v1/forget", &order).await?;
    if !args.json {
        show(&found, output)?;
    }
    let is_empty = ["messages", "conversations", "memories", "attachments", "receipts"]
        .iter()
        .all(|kind| count(&found, kind) == 0)
        && ["notes", "audit", "lines"].iter().all(|kind| found[kind] == 0);
    if args.dry_run || (is_empty && !(args.with_copies && count(&found, "copies") > 0)) {
        if args.json {
            output.json(&found)?;
        } else if is_empty {
            writeln!(output, "nothing names `{about}`")?;
        }
        return Ok(Exit::Success);
    }
    if !args.yes {
        if args.json {
            output.json(&found)?;
        }
        if args.json || !io::stdin().is_terminal() {
            return Err(CommandError::usage(
                "nothing was forgotten; add --yes to forget all of this for good",
            ));
        }
        output.flush()?;
        if !is_sure()? {
            notice("nothing was forgotten");
            return Ok(Exit::Success);
        }
    }
    order["dry_run"] = json!(false);
    let gone = place.post("/v1/forget", &order).await?;
    if args.json {
        output.json(&gone)?;
        return Ok(Exit::Success);
    }
    writeln!(
        output,
        "forgotten for good: {} messages, {} memories, {} attached files, {} receipts, {} lines",
        count(&gone, "messages"),
        count(&gone, "memories"),
        count(&gone, "attachments"),
        count(&gone, "receipts"),
        gone["lines"]
    )?;
    for file in gone["files"].as_array().into_iter().flatten() {
        notice(&format!(
            "the letters still stand in {}: in an older copy, or within longer words (--within-words forgets these too)",
            plain(file)
        ));
    }
    if gone["copies_removed"] != true && count(&gone, "copies") > 0 {
        notice(
            "older copies of the database hold what they held: --with-copies removes them. Archives elsewhere are yours to remove",
        );
    }
    Ok(Exit::Success)
}

fn show(found: &Value, output: &mut Output) -> io::Result<()> {
    let lines = |kind: &str| found[kind].as_array().cloned().unwrap_or_default();
    for message in lines("messages") {
        let title = plain(&message["title"]);
        let conversation = if title.is_empty() {
            plain(&message["conversation"])
        } else {
            title
        };
        writeln!(
            output,
            "message  {:<8} {} ({}): {}",
            plain(&message["because"]),
            plain(&message["role"]),
            conversation,
            short(&message["text"])
        )?;
    }
    for memory in lines("memories") {
        let near = memory["cosine"]
            .as_f64()
            .map_or_else(String::new, |cosine| format!(" {cosine:.2}"));
        writeln!(
            output,
            "memory   {:<8} {}{near}: {}",
            plain(&memory["because"]),
            plain(&memory["kind"]),
            short(&memory["text"])
        )?;
    }
    for (kind, label) in [
        ("conversations", "title of conversation"),
        ("attachments", "file"),
        ("receipts", "receipt of"),
    ] {
        for item in lines(kind) {
            writeln!(output, "{label} {}", plain(&item))?;
        }
    }
    for (kind, label) in [
        ("notes", "notes about answers"),
        ("audit", "lines of the audit"),
        ("lines", "lines of history and logs"),
    ] {
        if found[kind] != 0 {
            writeln!(output, "{} {label}", found[kind])?;
        }
    }
    match found["least_cosine"].as_f64() {
        Some(least) => writeln!(
            output,
            "near in meaning is what has a cosine of at least {least:.2}"
        )?,
        None => writeln!(output, "only words were compared")?,
    }
    for copy in lines("copies") {
        writeln!(output, "older copy of the database: {}", plain(&copy))?;
    }
    Ok(())
}

fn count(found: &Value, kind: &str) -> usize {
    found[kind].as_array().map_or(0, Vec::len)
}

/// As one line, without control characters.
fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}

fn short(value: &Value) -> String {
    let text = plain(value);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Whether the person at the terminal says yes.
fn is_sure() -> io::Result<bool> {
    let mut stderr = io::stderr();
    write!(stderr, "forget all of this for good? [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
