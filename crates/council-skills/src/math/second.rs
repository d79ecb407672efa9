//! The second line: what no rule here solves, though it is mathematics, goes to SymPy in the sandbox.
//!
//! - [`task`](self::task): what SymPy is asked
//!
//! The program is always the same. What was asked goes to it as a tree of JSON, made from an expression that was parsed
//! here, and is put together again without `eval`.

mod task;

pub(super) use task::matrix;

use super::answer::READING;
use super::lex::Token;
use super::trouble::Trouble;
use council_core::sandbox::{Language, Program, RunEvent, RunReport, RunStatus, Sandbox};
use council_core::{Attempt, Proof, ProofMethod, SkillAnswer, SkillHelp};
use futures::StreamExt;
use serde::Deserialize;
use std::time::Duration;

/// What runs in the sandbox.
const PROGRAM: &str = include_str!("second/task.py");

/// Longest run. Importing SymPy alone takes about a second.
const LONGEST: Duration = Duration::from_secs(15);

/// What the program says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    /// The result, checked.
    Value(String),
    /// SymPy found none, or one that could not be checked.
    Unsure(String),
    /// SymPy is not there.
    Missing(String),
}

/// Asks SymPy; the trouble is that of the first line.
pub(super) async fn attempt(core: &[Token], whole: &[Token], trouble: Trouble, help: &SkillHelp) -> Attempt {
    let reason = trouble.reason().to_owned();
    let asked = match trouble {
        Trouble::Foreign(_) | Trouble::Beyond(_) => task::of(core).or_else(|| task::of(whole)),
        Trouble::Ambiguous(_) | Trouble::Undefined(_) | Trouble::TooBig(_) => None,
    };
    let Some(task) = asked else {
        return Attempt::Unsure { reason };
    };
    let Some(sandbox) = &help.sandbox else {
        let reason = format!("{reason}; SymPy could be asked where programs may run, but the sandbox is off");
        return Attempt::Unsure { reason };
    };
    let mut program = Program::new(Language::Python, PROGRAM);
    program.stdin = task.data.to_string().into_bytes();
    program.limits.wall = help.time_limit.min(LONGEST);
    program.limits.cpu = program.limits.wall;
    let report = match run(sandbox.as_ref(), program, help).await {
        Ok(report) => report,
        Err(reason) => return Attempt::Failed { reason },
    };
    let output = String::from_utf8_lossy(&report.stdout);
    if report.status != RunStatus::Ok {
        let reason = match report.status {
            RunStatus::Timeout | RunStatus::Cpu => "SymPy did not find it in time".to_owned(),
            RunStatus::Memory => "SymPy ran out of memory".to_owned(),
            RunStatus::Killed => "the run of SymPy was ended".to_owned(),
            RunStatus::Ok | RunStatus::Error | RunStatus::OutputLimit | RunStatus::Refused => {
                let stderr = String::from_utf8_lossy(&report.stderr);
                let last = stderr
                    .lines()
                    .rfind(|line| !line.trim().is_empty())
                    .unwrap_or("nothing was said");
                format!("SymPy failed: {last}")
            }
        };
        return Attempt::Failed { reason };
    }
    match serde_json::from_str(output.trim()) {
        Ok(Said::Value(value)) => Attempt::Answered(answer(&task, &value)),
        Ok(Said::Unsure(why)) => Attempt::Unsure {
            reason: format!("{reason}; {why}"),
        },
        Ok(Said::Missing(package)) => Attempt::Failed {
            reason: format!(
                "`{package}` is not installed for programs; run `council sandbox setup` and restart the server"
            ),
        },
        Err(error) => Attempt::Failed {
            reason: format!("SymPy's answer cannot be read: {error}"),
        },
    }
}

fn answer(task: &task::Task, value: &str) -> SkillAnswer {
    let equation = format!("{} = {value}", task.read);
    SkillAnswer {
        text: format!("**{value}**\n\n{equation}\n\nComputed by SymPy in the sandbox."),
        value: value.to_owned(),
        proofs: vec![Proof {
            method: ProofMethod::Executed,
            text: format!("read as: {}\nSymPy: {} -> {value}", task.read, task.data),
        }],
        confidence: READING,
    }
}

/// Runs it to its end, within the attempt's time.
async fn run(sandbox: &dyn Sandbox, program: Program, help: &SkillHelp) -> Result<RunReport, String> {
    let mut events = sandbox.run(program, help.cancel.child_token());
    let end = async {
        while let Some(event) = events.next().await {
            match event {
                Ok(RunEvent::Finished(report)) => return Ok(*report),
                Ok(RunEvent::Started { .. } | RunEvent::Stdout(_) | RunEvent::Stderr(_)) => {}
                Err(error) => return Err(format!("SymPy could not be asked: {error}")),
            }
        }
        Err("SymPy could not be asked: the run ended without a report".to_owned())
    };
    tokio::select! {
        ended = tokio::time::timeout(help.time_limit, end) => {
            ended.unwrap_or_else(|_| Err("SymPy did not find it in time".to_owned()))
        }
        () = help.cancel.cancelled() => Err("cancelled".to_owned()),
    }
}

#[cfg(test)]
mod tests;
