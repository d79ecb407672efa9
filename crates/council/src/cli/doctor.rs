//! `council doctor`: what this machine can do, what is missing, and what to do about it.
//!
//! - [`machine`]: processor, memory, directories, disk, port, Python
//! - [`intelligence`]: the engine in this binary, installed models, remote models

mod intelligence;
mod machine;

use super::Context;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, Style};
use clap::Args;
use council_models::hardware::Hardware;
use serde_json::{Value, json};
use std::io::Write;

/// Arguments of `council doctor`.
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// As it should be.
    Ok,
    /// Council works, and something could be better.
    Warn,
    /// Council does not work like this.
    Fail,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Ok => Style::Good,
            Self::Warn => Style::Warning,
            Self::Fail => Style::Bad,
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
struct Check {
    /// What was looked at, one word or two.
    name: String,
    status: Status,
    /// What is the case.
    finding: String,
    /// What to do; empty when all is well.
    remedy: String,
    /// Measured values, for programs.
    values: Value,
}

impl Check {
    fn new(name: &str, status: Status, finding: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            status,
            finding: finding.into(),
            remedy: remedy.into(),
            values: Value::Null,
        }
    }

    fn ok(name: &str, finding: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, finding, "")
    }

    fn with(mut self, values: Value) -> Self {
        self.values = values;
        self
    }
}

/// Looks at everything; fails when something is in the way.
pub(super) async fn run(
    args: DoctorArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let hardware = Hardware::detect();
    let mut checks = machine::hardware(&hardware);
    checks.push(machine::instruction_sets(&hardware, &machine::compiled_for()));
    checks.push(intelligence::engine());
    // Before anything opens the database in this process.
    checks.push(machine::encryption(&context.config));
    checks.push(machine::directory(
        "data directory",
        &context.config.data_dir,
        1 << 30,
    ));
    // The default model and half as much again.
    checks.push(machine::directory(
        "models directory",
        &context.config.models_dir,
        2 << 30,
    ));
    checks.extend(intelligence::models(&context, &hardware));
    checks.push(intelligence::embedder(&context.config));
    checks.extend(machine::secrets(&context.config));
    checks.push(machine::port(&context).await);
    checks.push(machine::python(&context.environment));
    checks.extend(intelligence::remotes(&context).await);

    if args.json {
        let list: Vec<Value> = checks.iter().map(to_json).collect();
        output.json(&json!({ "status": worst(&checks).as_str(), "checks": list }))?;
    } else {
        write_text(&checks, output)?;
    }
    Ok(if worst(&checks) == Status::Fail {
        Exit::Failure
    } else {
        Exit::Success
    })
}

fn worst(checks: &[Check]) -> Status {
    let has = |status| checks.iter().any(|check| check.status == status);
    if has(Status::Fail) {
        Status::Fail
    } else if has(Status::Warn) {
        Status::Warn
    } else {
        Status::Ok
    }
}

fn to_json(check: &Check) -> Value {
    json!({
        "name": check.name,
        "status": check.status.as_str(),
        "finding": check.finding,
        "remedy": if check.remedy.is_empty() { Value::Null } else { json!(check.remedy) },
        "values": check.values,
    })
}

fn write_text(checks: &[Check], output: &mut Output) -> std::io::Result<()> {
    let width = checks
        .iter()
        .map(|check| check.name.chars().count())
        .max()
        .unwrap_or(0);
    for check in checks {
        let status = output.styled(check.status.style(), &format!("{:4}", check.status.as_str()));
        writeln!(output, "{status}  {:width$}  {}", check.name, check.finding)?;
        if !check.remedy.is_empty() {
            writeln!(output, "      {:width$}  -> {}", "", check.remedy)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
