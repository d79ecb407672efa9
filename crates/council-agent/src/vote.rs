//! The council: several voices answer, what can be checked is checked, and the rest is voted on.
//!
//! - `config`: who sits, and what a vote may take
//! - `event`: what happens during a vote, and why one fails
//! - `outcome`: what it comes to
//! - `deliberate`: the story of one vote, top to bottom; `hear` the voices' part, `chair` the chair's
//! - `prompt`: what voices, ranking members and the chair are asked
//! - `speak`: one call of a model, paid for and within its time
//! - `spend`: money, reserved before a paid call and settled after it
//! - [`answer`]: the short answer in a reply
//! - [`check`]: recompute, run, validate
//! - `reliability`: what a member's vote counts
//! - `seat`, `count`, `rank`: replies in groups, their count, and the members' rankings
//! - `metrics`: votes in numbers

pub mod answer;
mod chair;
pub mod check;
mod config;
mod count;
mod deliberate;
mod event;
mod hear;
mod metrics;
mod outcome;
mod prompt;
mod rank;
mod reliability;
mod seat;
mod speak;
mod spend;

pub use config::{Chair, MAX_VOICES, Voice, VoteConfig};
pub use event::{Unanswered, VoteError, VoteEvent, VoteStream};
pub use metrics::VoteMetrics;
pub use outcome::{
    ChairReport, Deliberated, Dissent, FailureKind, Method, ModelUsage, VoiceFailure, VoiceReport, VoteStats,
};
pub use reliability::{ASSUMED, Reliability};
pub use spend::{PaidCall, Reservation, Spend};

use crate::LiveSettings;
use check::Checker;
use council_core::{GenerateRequest, Models, SkillKind};
use futures::StreamExt as _;
use futures::stream;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Events that wait for whoever listens; then voices wait too.
const WAITING: usize = 256;

/// Everything that votes work with.
pub struct CouncilParts {
    /// The models that voices speak with.
    pub models: Arc<dyn Models>,
    /// Who sits, and what a vote may take.
    pub config: VoteConfig,
    /// Checks of short answers, the surest first; the schema of a request is checked without being named here.
    pub checkers: Vec<Arc<dyn Checker>>,
    /// Grants calls of remote models; without it none is made.
    pub spend: Option<Arc<dyn Spend>>,
    /// Where votes are counted.
    pub metrics: VoteMetrics,
}

/// Several voices that answer together. Clones are the same council.
#[derive(Clone)]
pub struct Council {
    parts: Arc<CouncilParts>,
    /// As set, where it was; otherwise as configured.
    config: Arc<VoteConfig>,
    settings: Option<LiveSettings>,
    spend: Option<Arc<dyn Spend>>,
}

/// One question to the council.
#[derive(Clone, Debug, PartialEq)]
pub struct VoteQuestion {
    /// The conversation, and from whom and how urgent it is. Sampling is each voice's own; `max_tokens` bounds theirs;
    /// tools are not offered.
    pub generate: GenerateRequest,
    /// The kind of question, which decides what counts as a short answer and which reliability counts.
    pub kind: SkillKind,
    /// Names of voices or ids of models; empty: all voices.
    pub candidates: Vec<String>,
    /// How often each model is right.
    pub reliability: Reliability,
    /// Makes the vote repeatable as far as the models are.
    pub seed: Option<u64>,
}

impl Council {
    /// With these parts.
    ///
    /// # Errors
    /// [`VoteError::Invalid`] when the configuration contradicts itself.
    pub fn new(parts: CouncilParts) -> Result<Self, VoteError> {
        parts.config.check()?;
        Ok(Self {
            spend: parts.spend.clone(),
            config: Arc::new(parts.config.clone()),
            settings: None,
            parts: Arc::new(parts),
        })
    }

    /// The same council, whose rules can be changed at run time.
    pub fn with_settings(self, settings: LiveSettings) -> Self {
        Self {
            settings: Some(settings),
            ..self
        }
    }

    /// The same council by the rules that are in force now.
    pub fn as_set(&self) -> Self {
        let mut council = self.clone();
        if let Some(settings) = &self.settings {
            council.config = Arc::new(self.parts.config.with(&settings.current().vote));
        }
        council
    }

    /// The same council, with another purse.
    pub fn paid_by(&self, spend: Arc<dyn Spend>) -> Self {
        Self {
            spend: Some(spend),
            ..self.clone()
        }
    }

    /// Who sits, and what a vote may take.
    pub fn config(&self) -> &VoteConfig {
        &self.config
    }

    /// The voices that these candidates mean, so that a request can be refused before anything runs.
    ///
    /// # Errors
    /// [`VoteError::Invalid`] for a name that is neither a voice nor a model.
    pub fn seated(&self, candidates: &[String]) -> Result<Vec<Voice>, VoteError> {
        self.config.seated(candidates, &*self.parts.models)
    }

    /// Puts a question to all voices at the same time. Nothing runs before the stream is polled. After `cancel` it ends
    /// within seconds, with everything settled.
    pub fn deliberate(&self, question: VoteQuestion, cancel: CancellationToken) -> VoteStream {
        let (events, heard) = mpsc::channel(WAITING);
        let council = self.clone();
        let vote = async move {
            let began = Instant::now();
            let result = deliberate::deliberate(&council, &question, &events, &cancel).await;
            council.parts.metrics.ended(&result, began.elapsed());
            result.map(|decided| VoteEvent::Verdict(Box::new(decided)))
        };
        // The vote holds the only sender: what was told before its end is passed on before it.
        let state = (heard, Some(Box::pin(vote)), None);
        stream::unfold(state, |(mut heard, mut vote, mut end)| async move {
            loop {
                let Some(running) = &mut vote else {
                    if let Some(event) = heard.recv().await {
                        return Some((Ok(event), (heard, None, end)));
                    }
                    return end.take().map(|last| (last, (heard, None, None)));
                };
                tokio::select! {
                    biased;
                    Some(event) = heard.recv() => return Some((Ok(event), (heard, vote, end))),
                    last = running => {
                        end = Some(last);
                        vote = None;
                    }
                }
            }
        })
        .boxed()
    }
}
