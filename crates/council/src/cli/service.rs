//! `council service`: has systemd or launchd start the server, and keep it up.
//!
//! - [`plan`]: which files are written and which commands run, as a value
//! - [`system`]: does what a plan says

mod plan;
mod system;

use super::client::Client;
use super::{Common, Context};
use crate::exit::{CommandError, Exit};
use crate::output::Output;
use clap::{Args, Subcommand};
use plan::{Place, Plan, Scope};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A server on this machine answers in milliseconds, its checks in two seconds at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// Arguments of `council service`.
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(super) struct ServiceArgs {
    #[command(subcommand)]
    action: Action,
    /// For this user; the default
    #[arg(long, global = true, conflicts_with = "system")]
    user: bool,
    /// For the whole machine; needs root
    #[arg(long, global = true)]
    system: bool,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Action {
    /// Have the server started now and whenever the user logs in, or the machine starts
    Install {
        /// Print the files and the commands, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Stop the server and have it started no more; what it stores stays
    Uninstall {
        /// Print the files and the commands, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Whether it is installed, started, and answers
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Does it.
pub(super) async fn run(
    args: &ServiceArgs,
    common: &Common,
    context: &Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let scope = if args.system { Scope::System } else { Scope::User };
    let place = place(scope, context)?;
    match args.action {
        Action::Install { dry_run } => {
            let plan = Plan::install(&place, &arguments(scope, common)?).map_err(CommandError::usage)?;
            if dry_run {
                show(&plan, output)?;
            } else {
                if let Some(packaged) = place.packaged().filter(|path| path.exists()) {
                    return Err(CommandError::usage(format!(
                        "a package has put the service at {} already: `{} enable --now council` starts it",
                        packaged.display(),
                        place.manager_command().join(" ")
                    )));
                }
                system::carry_out(&plan, output).await?;
                let url = context.config.local_url();
                writeln!(
                    output,
                    "the server is started: {url}; `council service status` says how it is"
                )?;
            }
        }
        Action::Uninstall { dry_run } => {
            let plan = Plan::uninstall(&place);
            if dry_run {
                show(&plan, output)?;
            } else if place.unit().exists() {
                system::carry_out(&plan, output).await?;
                let data_dir = context.config.data_dir.display();
                writeln!(
                    output,
                    "the server is stopped; what it stored is still there, by default in {data_dir}"
                )?;
            } else {
                return Err(CommandError::usage(format!(
                    "there is no service to remove: {} does not exist",
                    place.unit().display()
                )));
            }
        }
        Action::Status { json } => return status(&place, context, json, output).await,
    }
    Ok(Exit::Success)
}

/// Where things are on this system.
fn place(scope: Scope, context: &Context) -> Result<Place, CommandError> {
    let program = std::env::current_exe()
        .map_err(|error| CommandError::failure(format!("cannot tell where this program is: {error}")))?;
    let home = context
        .environment
        .home()
        .ok_or_else(|| CommandError::usage("HOME is not set, so that there is no place for the service"))?;
    let config_home = context.environment.xdg("XDG_CONFIG_HOME", ".config");
    if cfg!(target_os = "macos") {
        return Ok(Place::launchd(scope, program, &home));
    }
    if cfg!(target_os = "linux") {
        return Ok(Place::systemd(scope, program, &config_home.unwrap_or(home)));
    }
    Err(CommandError::unavailable(
        "services are known for systemd (Linux) and launchd (macOS); on Windows, run Council in WSL2",
    ))
}

/// What was given before the command and holds for the server too.
fn arguments(scope: Scope, common: &Common) -> Result<Vec<String>, CommandError> {
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map(|path| path.display().to_string())
            .map_err(|error| CommandError::usage(format!("{} is no path: {error}", path.display())))
    };
    let mut arguments = Vec::new();
    let paths = [
        ("--config", common.config.clone()),
        ("--data-dir", common.data_dir.as_ref().map(PathBuf::from)),
        ("--models-dir", common.models_dir.as_ref().map(PathBuf::from)),
    ];
    for (flag, path) in paths {
        if let Some(path) = path {
            arguments.extend([flag.to_owned(), absolute(&path)?]);
        }
    }
    for assignment in &common.set {
        arguments.extend(["--set".to_owned(), assignment.clone()]);
    }
    if scope == Scope::System && !arguments.is_empty() {
        return Err(CommandError::usage(format!(
            "the service of the whole machine is configured in {}, not by `{}`",
            plan::SYSTEM_CONFIG,
            arguments.join(" ")
        )));
    }
    Ok(arguments)
}

/// Prints what would be done.
fn show(plan: &Plan, output: &mut Output) -> std::io::Result<()> {
    for dir in &plan.private_dirs {
        writeln!(output, "# would make {}, for its owner only", dir.display())?;
    }
    for (path, text) in &plan.files {
        writeln!(output, "# would write {}:\n{text}", path.display())?;
    }
    for step in &plan.commands {
        writeln!(output, "# would run: {}", step.words.join(" "))?;
    }
    for path in &plan.removed {
        writeln!(output, "# would remove {}", path.display())?;
    }
    for words in &plan.after {
        writeln!(output, "# would run: {}", words.join(" "))?;
    }
    Ok(())
}

async fn status(
    place: &Place,
    context: &Context,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let unit = place
        .packaged()
        .filter(|path| path.exists() && !place.unit().exists());
    let unit = unit.unwrap_or_else(|| place.unit().to_owned());
    let installed = unit.exists();
    let manager = system::ask(&place.state_query()).await;
    let url = context.config.local_url();
    let health = Client::new(&url, context).await?.health(PATIENCE).await;
    let answer = match &health {
        Ok((_, health)) => health["status"].as_str().unwrap_or("unknown").to_owned(),
        Err(reason) => format!("no: {reason}"),
    };
    let shown = unit.display().to_string();
    if as_json {
        output.json(&json!({
            "installed": installed, "unit": shown, "state": manager, "url": url,
            "answers": health.is_ok(), "health": answer,
        }))?;
    } else {
        let missing = if installed { "" } else { " (not there)" };
        writeln!(output, "installed  {shown}{missing}")?;
        writeln!(output, "state      {manager}")?;
        writeln!(output, "answers    {answer} ({url})")?;
    }
    Ok(if installed && health.is_ok_and(|(well, _)| well) {
        Exit::Success
    } else {
        Exit::Failure
    })
}

#[cfg(test)]
mod tests;
