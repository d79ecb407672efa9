//! Puzzles and arguments, understood whole or not answered, and decided by an engine.
//!
//! - [`words`]: text to sentences and words
//! - [`read`]: common English forms, by rules
//! - [`language`], [`notation`], [`puzzle`]: what they are put in
//! - [`translate`]: other forms, by a language model whose every formula is checked
//! - [`engine`]: decides it
//! - [`decide`], [`answer`]: what is asked about it, and the words of the answer

mod answer;
mod decide;
mod engine;
mod language;
mod notation;
mod puzzle;
mod read;
#[cfg(test)]
mod tests;
mod translate;
mod words;

use async_trait::async_trait;
use council_core::{Attempt, Attempted, Skill, SkillHelp, SkillKind};
use decide::Undecided;
use engine::Limits;
use puzzle::Puzzle;
use std::time::{Duration, Instant};

/// Longest text that is taken for a puzzle, in bytes.
const LONGEST: usize = 4000;

/// A day: adding more to an instant could overflow it.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Answers puzzles and arguments, each with the premises that its answer rests on.
#[derive(Clone, Debug, Default)]
pub struct Logic;

#[async_trait]
impl Skill for Logic {
    fn kind(&self) -> SkillKind {
        SkillKind::Logic
    }

    async fn attempt(&self, question: &str, help: &SkillHelp) -> Attempted {
        if question.len() > LONGEST {
            let reason = format!("a text of {} bytes is longer than a puzzle", question.len());
            return Attempt::Unsure { reason }.into();
        }
        // The engine's work stops when this future is dropped, too.
        let cancel = help.cancel.child_token();
        let _stops = cancel.clone().drop_guard();
        let limits = Limits {
            cancel,
            deadline: Instant::now() + help.time_limit.min(LONGEST_WAIT),
        };
        let text = question.to_owned();
        let own = limits.clone();
        let by_rules = on_its_thread(move || by_rules(&text, &own)).await;
        let (Attempt::Unsure { .. }, Some(model)) = (&by_rules, &help.model) else {
            return by_rules.into();
        };
        let Some(worth) = translate::worth(question) else {
            return by_rules.into();
        };
        let (puzzle, usage) =
            translate::translate(&worth, model.as_ref(), limits.deadline, &limits.cancel).await;
        let attempt = match puzzle {
            Err(reason) => Attempt::Unsure { reason },
            Ok(puzzle) => {
                on_its_thread(move || settled(one_reader(vec![puzzle], &limits), answer::BY_MODEL)).await
            }
        };
        Attempted { attempt, usage }
    }
}

/// Runs work that computes off the threads that serve requests.
async fn on_its_thread(work: impl FnOnce() -> Attempt + Send + 'static) -> Attempt {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|stopped| Attempt::Failed {
            reason: format!("the logic engine stopped: {stopped}"),
        })
}

fn settled(decided: Result<answer::Backed, Undecided>, confidence: f64) -> Attempt {
    match decided {
        Ok(backed) => Attempt::Answered(backed.answer(confidence)),
        Err(Undecided::Doubtful(reason) | Undecided::Contradictory(reason)) => Attempt::Unsure { reason },
        Err(Undecided::Stopped(reason)) => Attempt::Failed { reason },
    }
}

/// What the rules make of a text. Readings of one reader must agree, and so must readers that are in no doubt.
fn by_rules(text: &str, limits: &Limits) -> Attempt {
    let mut agreed: Option<answer::Backed> = None;
    let mut doubt = "not every sentence is in a form that the rules know".to_owned();
    for readings in read::read(text) {
        match one_reader(readings, limits) {
            Ok(backed) => match &agreed {
                Some(known) if known.decision.value != backed.decision.value => return two_ways(),
                Some(_) => {}
                None => agreed = Some(backed),
            },
            Err(Undecided::Doubtful(reason)) => doubt = reason,
            Err(other) => return settled(Err(other), answer::BY_RULES),
        }
    }
    match agreed {
        Some(backed) => Attempt::Answered(backed.answer(answer::BY_RULES)),
        None => Attempt::Unsure { reason: doubt },
    }
}

fn two_ways() -> Attempt {
    Attempt::Unsure {
        reason: "the text can be read in two ways, with different answers".to_owned(),
    }
}

/// The answer that all readings of one reader give.
fn one_reader(readings: Vec<Puzzle>, limits: &Limits) -> Result<answer::Backed, Undecided> {
    let mut agreed: Option<answer::Backed> = None;
    for puzzle in readings {
        let decision = decide::decide(&puzzle, limits)?;
        match &agreed {
            Some(known) if known.decision.value != decision.value => {
                let reason = "the text can be read in two ways, with different answers".to_owned();
                return Err(Undecided::Doubtful(reason));
            }
            Some(_) => {}
            None => agreed = Some(answer::Backed { puzzle, decision }),
        }
    }
    agreed.ok_or_else(|| Undecided::Doubtful("nothing was understood".to_owned()))
}

/// For tests of this crate that need limits and none in particular.
#[cfg(test)]
fn generous() -> Limits {
    Limits {
        cancel: tokio_util::sync::CancellationToken::new(),
        deadline: Instant::now() + Duration::from_mins(1),
    }
}
