//! `council user`: who has conversations and memories of their own, on a running server or in the data directory itself.

use super::Context;
use super::key::day;
use super::place::{Place, path};
use crate::exit::{CommandError, Exit};
use crate::output::{self, Output};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::{self, BufRead as _, IsTerminal as _, Write};

const EXAMPLES: &str = "\
Examples:
  council user add anna
  council key add anna-laptop --user anna
  council user remove anna --delete-data

Each user has conversations and memories that no other user sees. Whoever calls without a key from this machine is its
owner, `local`. Without a server on the configured port, the data directory is opened directly.";

/// Arguments of `council user`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct UserArgs {
    #[command(subcommand)]
    action: Action,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    /// Server to ask [env: COUNCIL_URL] [default: one on the configured port, if it answers]
    #[arg(long, value_name = "URL", global = true)]
    url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add a user
    Add {
        /// 1 to 32 of a to z, 0 to 9, `.`, `_` and `-`
        name: String,
    },
    /// List the users
    List,
    /// Remove a user and revoke the user's keys
    Remove(RemoveArgs),
}

#[derive(Debug, Args)]
struct RemoveArgs {
    /// The user's name
    name: String,
    /// Keep conversations and memories, for a user of the same name
    #[arg(long)]
    keep_data: bool,
    /// Delete all that is the user's for good; what was spent stays as amounts that are nobody's
    #[arg(long, conflicts_with = "keep_data")]
    delete_data: bool,
}

impl RemoveArgs {
    /// What becomes of what the user had, as the API says it; asks the person at the terminal who did not say.
    fn data(&self) -> Result<&'static str, CommandError> {
        if self.keep_data {
            return Ok("keep");
        }
        if self.delete_data {
            return Ok("delete");
        }
        let undecided = || {
            CommandError::usage(format!(
                "nothing was removed; add --keep-data or --delete-data to say what becomes of what {} had",
                self.name
            ))
        };
        if !io::stdin().is_terminal() {
            return Err(undecided());
        }
        let mut stderr = io::stderr();
        write!(
            stderr,
            "delete conversations, memories and documents of {} for good, or keep them? [delete/keep] ",
            self.name
        )?;
        stderr.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        match answer.trim().to_lowercase().as_str() {
            "delete" => Ok("delete"),
            "keep" => Ok("keep"),
            _ => Err(undecided()),
        }
    }
}

/// Does it.
pub(super) async fn run(args: UserArgs, context: Context, output: &mut Output) -> Result<Exit, CommandError> {
    // What cannot be done is said before anything is opened.
    let data = match &args.action {
        Action::Remove(remove) => remove.data()?,
        Action::Add { .. } | Action::List => "",
    };
    let place = Place::open(args.url.as_deref(), context).await?;
    let done = act(&place, args.action, data, args.json, output).await;
    place.close().await;
    done.map(|()| Exit::Success)
}

async fn act(
    place: &Place,
    action: Action,
    data: &str,
    as_json: bool,
    output: &mut Output,
) -> Result<(), CommandError> {
    let told = match &action {
        Action::Add { name } => place.post("/v1/users", &json!({ "name": name })).await?,
        Action::List => place.get("/v1/users").await?,
        Action::Remove(RemoveArgs { name, .. }) => {
            place
                .delete(&path(&["v1", "users", name], &[("data", data.to_owned())]))
                .await?
        }
    };
    if as_json {
        output.json(if matches!(action, Action::List) {
            &told["data"]
        } else {
            &told
        })?;
        return Ok(());
    }
    match action {
        Action::Add { name } => writeln!(
            output,
            "added {name}; `council key add NAME --user {name}` lets them in"
        )?,
        Action::Remove(RemoveArgs { name, .. }) => {
            let deleted = &told["deleted"];
            if deleted.is_null() {
                writeln!(output, "removed {name}; what {name} had is kept")?;
            } else {
                writeln!(
                    output,
                    "removed {name} for good: {} conversations, {} memories, {} receipts, {} keys",
                    deleted["conversations"], deleted["memories"], deleted["receipts"], deleted["keys"]
                )?;
            }
        }
        Action::List => {
            let headings = ["NAME", "SINCE", "KEYS"];
            let mut rows = vec![headings.map(str::to_owned).to_vec()];
            rows.extend(told["data"].as_array().into_iter().flatten().map(|user: &Value| {
                vec![
                    user["name"].as_str().unwrap_or_default().to_owned(),
                    day(&user["created_at"]).unwrap_or_else(|| "owner".to_owned()),
                    user["active_keys"].to_string(),
                ]
            }));
            write!(output, "{}", output::table(&rows))?;
        }
    }
    Ok(())
}
