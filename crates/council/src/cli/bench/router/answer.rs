//! What came of putting a question to a policy, as it stands in the file of results.

use crate::exit::CommandError;
use council_core::SkillKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// How an answer was graded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// It says what is right.
    Right,
    /// It does not.
    Wrong,
    /// Nobody answered, and said so.
    Declined,
    /// Something broke or took too long.
    Failed,
}

impl Verdict {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Declined => "declined",
            Self::Failed => "failed",
        }
    }
}

/// One question, put to one policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Answer {
    /// The policy's name.
    pub(super) policy: String,
    /// The question's id.
    pub(super) question: String,
    /// The question's kind.
    pub(super) kind: SkillKind,
    pub(super) verdict: Verdict,
    /// What was said; the beginning of what is long.
    pub(super) text: String,
    /// Why there is no answer, or it could not be graded.
    pub(super) problem: Option<String>,
    /// A model's id, a skill's name or `council`; empty when nobody did.
    pub(super) answered_by: String,
    /// How likely it was said to be right, [0, 1].
    pub(super) confidence: Option<f64>,
    /// Whether that is a calibrated probability.
    pub(super) calibrated: bool,
    /// Whether it was computed, decided, run or cited.
    pub(super) verified: bool,
    /// Whether it names passages of documents.
    pub(super) cited: bool,
    /// Whether more than one was asked.
    pub(super) escalated: bool,
    /// From the question to the last token.
    pub(super) latency_ms: f64,
    /// Tokens read.
    pub(super) input_tokens: u32,
    /// Tokens written, by model.
    pub(super) output_tokens: BTreeMap<String, u32>,
    pub(super) cost_usd: f64,
}

/// What must be the same for answers to be counted together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Settings {
    /// Of all questions and documents, not only of those that were chosen.
    pub(super) questions_sha256: String,
    /// Chose the questions, and is the seed of whoever samples.
    pub(super) seed: u64,
    /// Most tokens of an answer.
    pub(super) max_tokens: u32,
    /// The models, the usual one first.
    pub(super) models: Vec<String>,
}

/// What is read again from a file of results.
#[derive(Deserialize)]
struct Kept {
    settings: Settings,
    answers: Vec<Answer>,
}

/// The answers that a file of results has; none where there is no such file.
///
/// # Errors
/// When it is no such file, or was made with other settings.
pub(super) fn read(path: &Path, settings: &Settings) -> Result<Vec<Answer>, CommandError> {
    let name = path.display();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CommandError::io(format!("`{name}` cannot be read: {error}"))),
    };
    let kept: Kept = serde_json::from_str(&text).map_err(|error| {
        CommandError::usage(format!(
            "`{name}` is no file of results to go on with: {error}; give another --out"
        ))
    })?;
    if kept.settings != *settings {
        let json = |settings: &Settings| serde_json::to_string(settings).unwrap_or_default();
        return Err(CommandError::usage(format!(
            "`{name}` was made with {}, and this is {}: give another --out",
            json(&kept.settings),
            json(settings)
        )));
    }
    Ok(kept.answers)
}

/// Writes results, in place of the older ones at once, so that an interrupted bench leaves a whole file.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(path: &Path, json: &serde_json::Value) -> Result<(), CommandError> {
    let part = path.with_extension("part");
    std::fs::write(&part, format!("{json:#}\n"))
        .and_then(|()| std::fs::rename(&part, path))
        .map_err(|error| CommandError::io(format!("`{}` cannot be written: {error}", path.display())))
}

#[cfg(test)]
pub(super) mod tests;
