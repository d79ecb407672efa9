//! Which questions are asked, and in which order.

use council_agent::grade::{Question, question};
use council_core::SkillKind;
use std::collections::{BTreeMap, VecDeque};

/// At most `most` of each kind, chosen by `seed`: a larger sample holds the smaller ones. One of each kind follows the
/// other, so that a bench that is stopped early has asked all kinds.
pub(super) fn sample(questions: Vec<Question>, most: Option<usize>, seed: u64) -> Vec<Question> {
    let mut by_kind: BTreeMap<SkillKind, Vec<Question>> = BTreeMap::new();
    for question in questions {
        by_kind.entry(question.kind).or_default().push(question);
    }
    let chosen = |mut questions: Vec<Question>| {
        questions.sort_by_cached_key(|one| question::hash(&[seed.to_string(), one.id.clone()]));
        questions.truncate(most.unwrap_or(usize::MAX));
        VecDeque::from(questions)
    };
    let mut queues: Vec<VecDeque<Question>> = by_kind.into_values().map(chosen).collect();
    let mut sample = Vec::new();
    while queues.iter().any(|queue| !queue.is_empty()) {
        sample.extend(queues.iter_mut().filter_map(VecDeque::pop_front));
    }
    sample
}

#[cfg(test)]
mod tests;
