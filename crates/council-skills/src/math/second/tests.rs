//! SymPy is asked with data, answers when it is sure, and its absence is told.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use crate::Math;
use council_core::sandbox::scripted::{ScriptedSandbox, Step, failure, report};
use council_core::sandbox::{RunStatus, SandboxError};
use council_core::{Attempt, Skill, SkillHelp};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const QUESTION: &str = "integrate x^2/(x^3 + x + 1)^2 * exp(x^2)";

fn help(sandbox: Option<Arc<ScriptedSandbox>>) -> SkillHelp {
    SkillHelp {
        model: None,
        sandbox: sandbox.map(|sandbox| sandbox as _),
        time_limit: Duration::from_secs(5),
        cancel: CancellationToken::new(),
    }
}

fn sandbox(steps: Vec<Step>) -> Arc<ScriptedSandbox> {
    let sandbox = Arc::new(ScriptedSandbox::default());
    sandbox.script(steps);
    sandbox
}

async fn ask(question: &str, sandbox: &Arc<ScriptedSandbox>) -> Attempt {
    Math.attempt(question, &help(Some(sandbox.clone()))).await.attempt
}

#[tokio::test]
async fn what_no_rule_solves_goes_to_sympy_as_data() {
    let sandbox = sandbox(vec![Step::end(report("{\"value\": \"0\"}\n"))]);
    let attempt = ask("limit of x * ln(x) as x approaches 0", &sandbox).await;
    let Attempt::Answered(answer) = attempt else {
        panic!("{attempt:?}")
    };
    assert_eq!(answer.value, "0");
    assert_eq!(answer.proofs[0].method.as_str(), "executed");
    let programs = sandbox.programs();
    assert_eq!(programs.len(), 1);
    assert!(programs[0].source.contains("import sympy") && !programs[0].source.contains("eval("));
    let data: Value = serde_json::from_slice(&programs[0].stdin).unwrap();
    let wanted = json!({
        "task": "limit",
        "expr": ["times", ["name", "x"], ["call", "ln", ["name", "x"]]],
        "variable": "x",
        "a": ["number", "0"],
    });
    assert_eq!(data, wanted);
}

#[tokio::test]
async fn what_is_solved_here_asks_no_sandbox() {
    let sandbox = sandbox(Vec::new());
    assert!(matches!(
        ask("integrate x^2", &sandbox).await,
        Attempt::Answered(_)
    ));
    assert!(matches!(
        ask("What happened in 1984?", &sandbox).await,
        Attempt::Unsure { .. }
    ));
    assert!(matches!(ask("sin(30)", &sandbox).await, Attempt::Unsure { .. }));
    assert!(matches!(ask("x = 5", &sandbox).await, Attempt::Unsure { .. }));
    assert!(sandbox.programs().is_empty());
}

#[tokio::test]
async fn what_sympy_does_not_find_is_unsure() {
    let sandbox = sandbox(vec![Step::end(report(
        "{\"unsure\": \"SymPy found no antiderivative\"}",
    ))]);
    let attempt = ask(QUESTION, &sandbox).await;
    assert!(
        matches!(&attempt, Attempt::Unsure { reason } if reason.contains("SymPy found no antiderivative")),
        "{attempt:?}"
    );
}

#[tokio::test]
async fn a_sandbox_without_sympy_names_the_remedy() {
    let sandbox = sandbox(vec![Step::end(report("{\"missing\": \"sympy\"}"))]);
    let attempt = ask(QUESTION, &sandbox).await;
    assert!(
        matches!(&attempt, Attempt::Failed { reason } if reason.contains("council sandbox setup")),
        "{attempt:?}"
    );
}

#[tokio::test]
async fn without_a_sandbox_it_is_unsure() {
    let attempt = Math.attempt(QUESTION, &help(None)).await.attempt;
    assert!(
        matches!(&attempt, Attempt::Unsure { reason } if reason.contains("sandbox is off")),
        "{attempt:?}"
    );
}

#[tokio::test]
async fn a_run_that_fails_or_is_refused_is_told() {
    for (step, words) in [
        (
            Step::end(failure("Traceback\nZeroDivisionError: x\n")),
            "ZeroDivisionError",
        ),
        (
            Step::Fail(SandboxError::Internal("no room".to_owned())),
            "no room",
        ),
        (Step::end(report("what?")), "cannot be read"),
        (
            Step::end({
                let mut report = report("");
                report.status = RunStatus::Timeout;
                report
            }),
            "in time",
        ),
    ] {
        let attempt = ask(QUESTION, &sandbox(vec![step])).await;
        assert!(
            matches!(&attempt, Attempt::Failed { reason } if reason.contains(words)),
            "{attempt:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_hangs_ends_in_time() {
    let sandbox = sandbox(vec![Step::Hang]);
    let attempt = ask(QUESTION, &sandbox).await;
    assert!(
        matches!(&attempt, Attempt::Failed { reason } if reason.contains("in time")),
        "{attempt:?}"
    );
}

#[tokio::test]
async fn a_cancelled_attempt_ends() {
    let sandbox = sandbox(vec![Step::Hang]);
    let help = help(Some(sandbox.clone()));
    help.cancel.cancel();
    assert!(matches!(
        Math.attempt(QUESTION, &help).await.attempt,
        Attempt::Failed { .. }
    ));
}
