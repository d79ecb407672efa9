//! `council sandbox`: what keeps programs apart from this machine.
//!
//! - `show`: its status for people
//! - `science`: the Python environment with numpy, pandas, matplotlib and sympy

mod science;
mod show;

use super::Context;
use super::place::{Place, path};
use crate::exit::{CommandError, Exit};
use crate::output::{Output, size, table};
use crate::signals::Interrupts;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::Write;

/// Arguments of `council sandbox`.
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(super) struct SandboxArgs {
    #[command(subcommand)]
    action: Action,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    /// Server to ask [env: COUNCIL_URL] [default: one on the configured port, if it answers]
    #[arg(long, value_name = "URL", global = true)]
    url: Option<String>,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// What protects this machine, layer by layer, and what to do about what is missing
    Doctor {
        /// Attack this machine from within the sandbox, in over 250 ways, and tell what came of each; takes minutes
        #[arg(long)]
        attacks: bool,
    },
    /// Backend, languages, and what is kept ready
    Status,
    /// List the sessions that are kept
    Sessions,
    /// End a session; its next run begins it anew
    Reset { id: String },
    /// End what runs in a session, and keep its variables
    Interrupt { id: String },
    /// Put numpy, pandas, matplotlib and sympy where programs find them
    Setup(science::SetupArgs),
}

/// Does it.
pub(super) async fn run(
    args: SandboxArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    if let Action::Setup(setup) = &args.action {
        return science::run(setup, &context, args.json, output).await;
    }
    let place = Place::open(args.url.as_deref(), context).await?;
    let mut interrupts = Interrupts::listen()?;
    let result = tokio::select! {
        result = act(&args, &place, output) => result,
        () = interrupts.next() => Err(CommandError::interrupted()),
    };
    place.close().await;
    result
}

async fn act(args: &SandboxArgs, place: &Place, output: &mut Output) -> Result<Exit, CommandError> {
    match &args.action {
        Action::Doctor { attacks: true } => {
            // All of them at the end: whether one got through is known when those have ended that need quiet.
            let tested = place.post("/v1/sandbox/selftest", &json!({})).await?;
            show::attacks(&tested, args.json, output)?;
            let all_held = tested["breached"] == 0 && tested["failed"] == 0;
            Ok(if all_held { Exit::Success } else { Exit::Failure })
        }
        Action::Doctor { attacks: false } => {
            let status = place.get("/v1/sandbox/status").await?;
            show::doctor(&status, args.json, output)?;
            let available = status["available"] == true;
            Ok(if available {
                Exit::Success
            } else {
                Exit::Unavailable
            })
        }
        Action::Status => {
            let status = place.get("/v1/sandbox/status").await?;
            show::status(&status, args.json, output)?;
            Ok(Exit::Success)
        }
        Action::Sessions => {
            let sessions = place.get("/v1/sandbox/sessions?limit=500").await?;
            list(&sessions["data"], args.json, output)?;
            Ok(Exit::Success)
        }
        Action::Reset { id } => change(place, id, "reset", args.json, output).await,
        Action::Interrupt { id } => change(place, id, "interrupt", args.json, output).await,
        Action::Setup(_) => Ok(Exit::Success),
    }
}

async fn change(
    place: &Place,
    id: &str,
    action: &str,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let route = path(&["v1", "sandbox", "sessions", id, action], &[]);
    let changed = place.post(&route, &json!({})).await?;
    if as_json {
        output.json_line(&changed)?;
    }
    Ok(Exit::Success)
}

fn list(sessions: &Value, as_json: bool, output: &mut Output) -> Result<(), CommandError> {
    if as_json {
        output.json_line(sessions)?;
        return Ok(());
    }
    let cell = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let sessions = sessions.as_array().map(Vec::as_slice).unwrap_or_default();
    let rows = sessions.iter().map(|session| {
        vec![
            cell(&session["id"]),
            cell(&session["language"]),
            cell(&session["runs"]),
            if session["busy"] == true { "busy" } else { "idle" }.to_owned(),
            format!("{:.0} s", session["idle_seconds"].as_f64().unwrap_or_default()),
            size(session["memory_bytes"].as_u64().unwrap_or_default()),
        ]
    });
    let heading = ["ID", "LANGUAGE", "RUNS", "STATE", "IDLE", "MEMORY"]
        .map(str::to_owned)
        .to_vec();
    if !sessions.is_empty() {
        let rows: Vec<_> = [heading].into_iter().chain(rows).collect();
        write!(output, "{}", table(&rows))?;
    }
    Ok(())
}
