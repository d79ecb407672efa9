//! Checks of answers: recompute, run, validate. What can be checked need not be voted on.

use super::answer::{Answer, Form};
use super::outcome::ModelUsage;
use crate::code::Programs;
use crate::tools::schema;
use async_trait::async_trait;
use council_core::memory::LOCAL_USER;
use council_core::sandbox::RunStatus;
use council_core::{Attempt, Locality, Skill, SkillHelp, Usage};
use futures::future::join_all;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What a check says of one answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Checked {
    /// It holds.
    Passed {
        /// What was done, in words.
        evidence: String,
        /// What the answer comes to, where answers that look different can be equal: the output of a program.
        comes_to: Option<String>,
    },
    /// It is wrong.
    Failed {
        /// Why, in words.
        evidence: String,
    },
    /// This check cannot tell.
    Unknown,
}

/// What a checker found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// One for each answer, in their order; those that are missing count as [`Checked::Unknown`].
    pub checked: Vec<Checked>,
    /// What models were made to read and write for it.
    pub used: Vec<ModelUsage>,
}

/// Checks answers.
#[async_trait]
pub trait Checker: Send + Sync {
    /// Checks the different answers to one question, of which none is equal to another. Ends soon after `cancel`.
    async fn check(&self, question: &str, answers: &[Answer], cancel: &CancellationToken) -> Findings;
}

/// Recomputes the answer with a skill, and compares.
pub struct Recompute {
    skill: Arc<dyn Skill>,
    help: SkillHelp,
}

/// A skill refutes what it does not agree with only from this confidence; below it may have misread the question.
const REFUTES_FROM: f64 = 0.95;

impl Recompute {
    /// With what the skill may use; its `cancel` is replaced by the vote's. A remote model is not used: nobody would have
    /// set its cost aside.
    pub fn new(skill: Arc<dyn Skill>, mut help: SkillHelp) -> Self {
        help.model = help
            .model
            .filter(|model| model.info().locality == Locality::Local);
        Self { skill, help }
    }
}

#[async_trait]
impl Checker for Recompute {
    async fn check(&self, question: &str, answers: &[Answer], cancel: &CancellationToken) -> Findings {
        let help = SkillHelp {
            cancel: cancel.clone(),
            ..self.help.clone()
        };
        let attempted = self.skill.attempt(question, &help).await;
        let used = help.model.iter().map(|model| ModelUsage {
            model: model.info().id.clone(),
            locality: model.info().locality,
            calls: 1,
            usage: attempted.usage,
            cost_usd: 0.0,
        });
        let used = used.filter(|used| used.usage != Usage::default()).collect();
        let Attempt::Answered(found) = attempted.attempt else {
            return Findings {
                checked: Vec::new(),
                used,
            };
        };
        let Some(truth) = Answer::read(&found.value) else {
            return Findings {
                checked: Vec::new(),
                used,
            };
        };
        let proof = found.proofs.first();
        let method = proof.map_or("computed", |proof| proof.method.as_str());
        let check = |answer: &Answer| match answer.agrees(&truth) {
            Some(true) => Checked::Passed {
                evidence: format!("{method}: {}", found.value),
                comes_to: None,
            },
            Some(false) if found.confidence >= REFUTES_FROM => Checked::Failed {
                evidence: format!("{method}: {}", found.value),
            },
            Some(false) | None => Checked::Unknown,
        };
        Findings {
            checked: answers.iter().map(check).collect(),
            used,
        }
    }
}

/// Runs programs in the sandbox. One that fails is wrong; those that write the same are equal. That it ends well shows
/// only that it runs.
pub struct Execute {
    programs: Programs,
}

impl Execute {
    /// In this sandbox.
    pub fn new(programs: Programs) -> Self {
        Self { programs }
    }

    async fn run(&self, answer: &Answer) -> Checked {
        let Form::Code { language, source } = &answer.form else {
            return Checked::Unknown;
        };
        let program = self.programs.program(*language, source, LOCAL_USER, None);
        let Ok(report) = self.programs.run(program).await else {
            return Checked::Unknown;
        };
        let output = String::from_utf8_lossy(&report.stdout).trim().to_owned();
        let output = match &report.value {
            Some(value) => format!("{output}\n{value}").trim().to_owned(),
            None => output,
        };
        match report.status {
            RunStatus::Ok if output.is_empty() => Checked::Unknown,
            RunStatus::Ok => Checked::Passed {
                evidence: format!("executed: it ran and wrote `{}`", beginning(&output)),
                comes_to: Some(output),
            },
            RunStatus::Error
            | RunStatus::Timeout
            | RunStatus::Cpu
            | RunStatus::Memory
            | RunStatus::OutputLimit => {
                let stderr = String::from_utf8_lossy(&report.stderr);
                let last = stderr.lines().rev().find(|line| !line.trim().is_empty());
                Checked::Failed {
                    evidence: format!(
                        "executed: it ended with status `{}`: {}",
                        report.status.name(),
                        last.map_or("it wrote no error", beginning)
                    ),
                }
            }
            RunStatus::Killed | RunStatus::Refused => Checked::Unknown,
        }
    }
}

#[async_trait]
impl Checker for Execute {
    async fn check(&self, _question: &str, answers: &[Answer], cancel: &CancellationToken) -> Findings {
        let runs = join_all(answers.iter().map(|answer| self.run(answer)));
        tokio::select! {
            // Dropping a run kills its program.
            () = cancel.cancelled() => Findings::default(),
            checked = runs => Findings { checked, used: Vec::new() },
        }
    }
}

/// Holds JSON against the schema of the request.
pub struct Validate {
    schema: Value,
}

impl Validate {
    /// Against this JSON Schema.
    pub fn new(schema: Value) -> Self {
        Self { schema }
    }
}

#[async_trait]
impl Checker for Validate {
    async fn check(&self, _question: &str, answers: &[Answer], _cancel: &CancellationToken) -> Findings {
        let check = |answer: &Answer| match &answer.form {
            Form::Json(value) => match schema::value("", &self.schema, value) {
                Ok(()) => Checked::Unknown,
                Err(error) => Checked::Failed {
                    evidence: format!("validated: {error}"),
                },
            },
            Form::Numbers(_) | Form::YesNo(_) | Form::Letter(_) | Form::Words(_) | Form::Code { .. } => {
                Checked::Unknown
            }
        };
        Findings {
            checked: answers.iter().map(check).collect(),
            used: Vec::new(),
        }
    }
}

/// What all checkers together say of each answer: the first that can tell counts. What is not there in time is unknown.
pub(super) async fn examine(
    checkers: &[Arc<dyn Checker>],
    question: &str,
    answers: &[Answer],
    limit: Duration,
    cancel: &CancellationToken,
) -> (Findings, Option<String>) {
    let token = cancel.child_token();
    let mut findings = Findings {
        checked: vec![Checked::Unknown; answers.len()],
        used: Vec::new(),
    };
    let all = async {
        for checker in checkers {
            let open: Vec<usize> = (0..answers.len())
                .filter(|&index| findings.checked[index] == Checked::Unknown)
                .collect();
            if open.is_empty() {
                break;
            }
            let asked: Vec<Answer> = open.iter().map(|&index| answers[index].clone()).collect();
            let found = checker.check(question, &asked, &token).await;
            for used in &found.used {
                super::outcome::add(&mut findings.used, used);
            }
            for (index, checked) in open.into_iter().zip(found.checked) {
                findings.checked[index] = checked;
            }
        }
    };
    let late = tokio::time::timeout(limit, all).await.is_err();
    token.cancel();
    let note = late.then(|| format!("checks had not ended after {:.1} s", limit.as_secs_f64()));
    (findings, note)
}

fn beginning(text: &str) -> &str {
    const SHOWN: usize = 200;
    let line = text.lines().next().unwrap_or_default();
    let end = line.char_indices().nth(SHOWN).map_or(line.len(), |(at, _)| at);
    &line[..end]
}
