//! What would be learnt from a text, without learning it: for measuring.

use super::ask::ask;
use super::facts::{RULES, UNREADABLE, left_over};
use crate::memory::extract::{Fact, Source, by_rules, judge, proposals, request};
use council_core::{LanguageModel, ModelError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What rules and a model make of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Examination {
    /// Each proposal.
    pub verdicts: Vec<Verdict>,
    /// How long the model took; `None` when it was not asked.
    pub model_time: Option<Duration>,
}

/// What the gate made of a proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// `rules` or the model's id.
    pub extractor: String,
    /// The statement that was proposed.
    pub statement: String,
    /// The fact, or why it is refused.
    pub judged: Result<Fact, &'static str>,
}

/// What would be learnt from a text.
///
/// # Errors
/// When the model fails.
pub async fn examine(model: &dyn LanguageModel, source: Source<'_>) -> Result<Examination, ModelError> {
    let verdict = |extractor: &str, proposal: &crate::memory::extract::Proposal| Verdict {
        extractor: extractor.to_owned(),
        statement: proposal.statement.clone(),
        judged: judge(proposal, source).map_err(crate::memory::extract::Refusal::as_str),
    };
    let mut verdicts: Vec<Verdict> = by_rules(source.text)
        .iter()
        .map(|proposal| verdict(RULES, proposal))
        .collect();
    let facts: Vec<Fact> = verdicts
        .iter()
        .filter_map(|verdict| verdict.judged.clone().ok())
        .collect();
    let left = left_over(source.text, &facts);
    if left.is_empty() {
        return Ok(Examination {
            verdicts,
            model_time: None,
        });
    }
    let begun = Instant::now();
    let answer = ask(model, request(&left), &CancellationToken::new()).await?;
    let model_time = Some(begun.elapsed());
    let id = &model.info().id;
    match proposals(&answer.text, answer.probability) {
        Some(proposals) => verdicts.extend(proposals.iter().map(|proposal| verdict(id, proposal))),
        None => verdicts.push(Verdict {
            extractor: id.clone(),
            statement: answer.text,
            judged: Err(UNREADABLE),
        }),
    }
    Ok(Examination { verdicts, model_time })
}
