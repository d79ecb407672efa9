//! What a vote comes to.

use council_core::{Locality, Usage};
use std::time::Duration;

/// Everything about a vote that was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Deliberated {
    /// The answer.
    pub text: String,
    /// The bare answer where the question has a short one, such as `36 km`.
    pub answer: Option<String>,
    /// The model whose words `text` is.
    pub model: String,
    /// The voice whose words `text` is; `None`: the chair's.
    pub voice: Option<String>,
    /// How it was decided.
    pub method: Method,
    /// Geometric mean probability of the tokens of `text`, (0, 1]; not calibrated. `None` where the model reports none.
    pub confidence: Option<f64>,
    /// The share of the vote behind the winner, [0, 1]; `None` where only one voice answered.
    pub agreement: Option<f64>,
    /// Whether a check of the answer passed.
    pub verified: bool,
    /// Who agreed with whom, in a sentence.
    pub consensus: String,
    /// What the others said, the strongest first.
    pub dissent: Vec<Dissent>,
    /// Every voice, in order of their seats.
    pub voices: Vec<VoiceReport>,
    /// Names of the voices that answered, the best first.
    pub ranking: Vec<String>,
    /// The chair, where one was asked.
    pub chair: Option<ChairReport>,
    /// Numbers of the count.
    pub stats: VoteStats,
    /// What each model was made to read and write, over all its calls.
    pub used: Vec<ModelUsage>,
    /// From the question to the verdict.
    pub latency: Duration,
}

impl Deliberated {
    /// What it cost, in US dollars.
    pub fn cost_usd(&self) -> f64 {
        self.used.iter().map(|used| used.cost_usd).sum()
    }

    /// All tokens.
    pub fn usage(&self) -> Usage {
        total(self.used.iter().map(|used| used.usage))
    }
}

/// How a vote was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// One voice answered, and no more were needed.
    Single,
    /// Equal answers were grouped, and their votes counted.
    Majority,
    /// The members ranked each other's replies.
    Ranking,
    /// The replies could not be told apart by votes: the heaviest and surest voice goes first.
    Weight,
}

impl Method {
    /// Its name in JSON and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Majority => "majority",
            Self::Ranking => "ranking",
            Self::Weight => "weight",
        }
    }
}

/// What one voice did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoiceReport {
    /// Its name.
    pub voice: String,
    /// The model that spoke; empty when none was reached.
    pub model: String,
    /// What it said, as far as it came.
    pub reply: String,
    /// The short answer in it.
    pub answer: Option<String>,
    /// Geometric mean probability of its tokens, (0, 1].
    pub confidence: Option<f64>,
    /// What its vote counts, at least 0; 0 without one, or when a check refuted it.
    pub weight: f64,
    /// Tokens of its reply; of its ranking, see [`Deliberated::used`].
    pub usage: Usage,
    /// Cost of its reply in US dollars.
    pub cost_usd: f64,
    /// From the start of the vote to the end of its reply.
    pub latency: Duration,
    /// What a check of its answer said; `None`: nothing could check it.
    pub verified: Option<bool>,
    /// What the check did, in words.
    pub evidence: Option<String>,
    /// Why it has no vote.
    pub failure: Option<VoiceFailure>,
}

/// Why a voice has no vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceFailure {
    /// The kind.
    pub kind: FailureKind,
    /// In words.
    pub reason: String,
}

/// Kinds of [`VoiceFailure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// Its model failed or is not there.
    Failed,
    /// It took too long.
    Late,
    /// It said nothing.
    Empty,
    /// Its cost was not granted, and it was not asked.
    Refused,
    /// The vote was cancelled.
    Cancelled,
}

impl FailureKind {
    /// Its name in JSON and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Late => "late",
            Self::Empty => "empty",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }
}

/// An answer that did not win.
#[derive(Clone, Debug, PartialEq)]
pub struct Dissent {
    /// Who gave it.
    pub voices: Vec<String>,
    /// The short answer, where it has one.
    pub answer: Option<String>,
    /// Its share of the vote, [0, 1]; 0 when a check refuted it.
    pub share: f64,
    /// Whether a check refuted it.
    pub refuted: bool,
    /// The reply of the strongest voice behind it.
    pub reply: String,
}

/// What the chair did.
#[derive(Clone, Debug, PartialEq)]
pub struct ChairReport {
    /// Its model.
    pub model: String,
    /// Tokens.
    pub usage: Usage,
    /// Cost in US dollars.
    pub cost_usd: f64,
    /// How long it took.
    pub latency: Duration,
    /// Why the best reply stands in its place.
    pub failure: Option<VoiceFailure>,
}

/// Numbers of a count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoteStats {
    /// Voices that sat.
    pub seated: usize,
    /// Of these, that answered.
    pub answered: usize,
    /// Fewest that had to.
    pub quorum: usize,
    /// Votes that counted.
    pub counted: usize,
    /// Of these, whose answer a check passed.
    pub verified: usize,
    /// Voices whose answer a check refuted.
    pub refuted: usize,
    /// Rankings that could be used.
    pub rankings: usize,
    /// Rankings that could not.
    pub invalid_rankings: usize,
    /// What else there is to know, in sentences: assumed reliabilities, rankings that could not be used, checks that did
    /// not finish.
    pub notes: Vec<String>,
}

/// What one model was made to do.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelUsage {
    /// Its id.
    pub model: String,
    /// Where it computes.
    pub locality: Locality,
    /// Requests to it.
    pub calls: u32,
    /// Tokens.
    pub usage: Usage,
    /// Cost in US dollars.
    pub cost_usd: f64,
}

/// Adds one call to the sums.
pub(super) fn add(used: &mut Vec<ModelUsage>, more: &ModelUsage) {
    if let Some(sum) = used.iter_mut().find(|sum| sum.model == more.model) {
        sum.calls += more.calls;
        sum.usage = total([sum.usage, more.usage]);
        sum.cost_usd += more.cost_usd;
    } else {
        used.push(more.clone());
    }
}

fn total(usages: impl IntoIterator<Item = Usage>) -> Usage {
    let sum = |sum: Usage, more: Usage| Usage {
        input_tokens: sum.input_tokens.saturating_add(more.input_tokens),
        cached_tokens: sum.cached_tokens.saturating_add(more.cached_tokens),
        output_tokens: sum.output_tokens.saturating_add(more.output_tokens),
    };
    usages.into_iter().fold(Usage::default(), sum)
}
