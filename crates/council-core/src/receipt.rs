//! Receipts: why each request was answered by whom, what that took, and how it turned out. They hold numbers and
//! reasons, and nothing of what was said.

use crate::clock::Timestamp;
use crate::conversation::{ConversationId, Page, StoreError};
use crate::memory::LOCAL_USER;
use crate::routing::{Answerer, Decision, RoutingRules, RoutingState, TurnFeatures};
use crate::skill::SkillKind;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// How one that was asked did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// Its answer is the answer.
    Accepted,
    /// It answered, and was not sure enough.
    Unsure,
    /// It said that it does not know.
    Declined,
    /// It could not answer.
    Failed,
    /// The client left, or the server stopped.
    Cancelled,
}

impl StepOutcome {
    /// The outcome's name in JSON and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Unsure => "unsure",
            Self::Declined => "declined",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One that was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepTaken {
    /// Who.
    pub answerer: Answerer,
    /// How it did.
    pub outcome: StepOutcome,
    /// Why, in words.
    pub reason: String,
    /// How likely its answer was thought to be right, [0, 1]; `None` where nothing was measured.
    pub confidence: Option<f64>,
    /// Whether that is a calibrated probability, or what a model thought of its own words.
    pub calibrated: bool,
    /// Milliseconds that it took.
    pub elapsed_ms: f64,
    /// Tokens that it read.
    pub input_tokens: u32,
    /// Tokens that it wrote.
    pub output_tokens: u32,
    /// What it cost, in US dollars.
    pub cost_usd: f64,
}

/// Where the time went, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimeSplit {
    /// Finding the kind of question and deciding.
    pub route: f64,
    /// Recalling memories.
    pub memory: f64,
    /// From asking the model that answered to its first token: waiting, loading and reading the prompt.
    pub prefill: f64,
    /// From its first token to its last.
    pub decode: f64,
    /// Tools, programs and skills.
    pub tools: f64,
    /// From acceptance to the last token.
    pub total: f64,
}

/// Why a request was answered by whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The request.
    pub request_id: String,
    /// When it began, in milliseconds since the Unix epoch.
    pub started_at_ms: u64,
    /// The API route that it came by.
    pub route: String,
    /// Whose it is.
    #[serde(default = "local_user")]
    pub user: String,
    /// The conversation that it belongs to.
    pub conversation: Option<String>,
    /// The policy that decided; empty where the request named who answers.
    pub policy: String,
    /// What was known about the request.
    pub features: Option<TurnFeatures>,
    /// What was the case.
    pub state: Option<RoutingState>,
    /// How routing was set.
    pub rules: Option<RoutingRules>,
    /// Who was to be asked, and why.
    pub decision: Option<Decision>,
    /// Who was asked.
    pub steps: Vec<StepTaken>,
    /// Who answered: a model's id, a skill's name, `council`, `cache`; empty when nobody did.
    pub answered_by: String,
    /// The part of Council that answered.
    pub skill: SkillKind,
    /// How likely the answer is right, [0, 1].
    pub confidence: Option<f64>,
    /// Whether that is a calibrated probability.
    pub calibrated: bool,
    /// Whether the answer was checked: computed, decided, run or cited.
    pub verified: bool,
    /// Where the answer came from a cache: `exact` or `semantic`.
    pub cache: Option<String>,
    /// What was done less well than it could be, and why.
    pub degraded: Vec<String>,
    /// Remote models that something was sent to.
    pub sent_to: Vec<String>,
    /// Where the time went.
    pub times: TimeSplit,
    /// Tokens read, over all steps.
    pub input_tokens: u32,
    /// Tokens written, over all steps.
    pub output_tokens: u32,
    /// What it cost, in US dollars.
    pub cost_usd: f64,
    /// How it ended: `completed`, `cancelled` or `failed`.
    pub outcome: String,
}

/// Whose a receipt is from before there were others.
fn local_user() -> String {
    LOCAL_USER.to_owned()
}

impl Receipt {
    /// The kind of question, as it was decided; the part of Council that answered where nothing was to be decided.
    pub fn kind(&self) -> SkillKind {
        self.decision
            .as_ref()
            .map_or(self.skill, |decision| decision.kind)
    }

    /// Whether more than one was asked; skills that say that a question is none of theirs do not count.
    pub fn escalated(&self) -> bool {
        let asked = self
            .steps
            .iter()
            .filter(|step| step.outcome != StepOutcome::Declined);
        asked.count() > 1
    }
}

/// What became of an answer, as somebody says who has seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// A person liked it.
    Up,
    /// A person did not.
    Down,
    /// It was asked for again.
    Regenerated,
    /// A person changed it.
    Edited,
    /// A check found it right.
    Right,
    /// A check found it wrong.
    Wrong,
}

impl Rating {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Up,
        Self::Down,
        Self::Regenerated,
        Self::Edited,
        Self::Right,
        Self::Wrong,
    ];

    /// The rating's name in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Regenerated => "regenerated",
            Self::Edited => "edited",
            Self::Right => "right",
            Self::Wrong => "wrong",
        }
    }

    /// Whether it says that the answer is right; `None` of what may be said of right and wrong ones.
    pub fn verdict(self) -> Option<bool> {
        match self {
            Self::Up | Self::Right => Some(true),
            Self::Down | Self::Wrong => Some(false),
            Self::Regenerated | Self::Edited => None,
        }
    }

    /// The rating of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rating| rating.as_str() == name)
    }
}

/// A rating on an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Feedback {
    /// The request that was answered.
    pub request_id: String,
    /// What became of it.
    pub rating: Rating,
    /// When it was said.
    pub at: Timestamp,
    /// In the words of who said it.
    pub note: Option<String>,
}

/// How the answers of one to one kind of question were judged by those who saw them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdicts {
    /// Who answered.
    pub answered_by: String,
    /// The kind of question.
    pub kind: SkillKind,
    /// Answers that are right.
    pub right: u32,
    /// Answers that are wrong.
    pub wrong: u32,
}

/// Which receipts are wanted; what is `None` is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptFilter {
    /// Whose.
    pub user: Option<String>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// The part of Council that answered.
    pub skill: Option<SkillKind>,
    /// The conversation.
    pub conversation: Option<ConversationId>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Whether more than one was asked before there was an answer.
    pub escalated: Option<bool>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// Keeps receipts and what became of the answers. Those of a conversation go with it.
#[async_trait]
pub trait ReceiptStore: Send + Sync {
    /// Keeps one. A receipt that was kept survives the end of the process, and perhaps not a power cut: nobody was
    /// promised it.
    async fn keep_receipt(&self, receipt: Receipt) -> Result<(), StoreError>;

    /// The receipt of a request and what was said about its answer, oldest first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn receipt(&self, request_id: &str) -> Result<(Receipt, Vec<Feedback>), StoreError>;

    /// Receipts, the newest first, and how many there are in all.
    async fn receipts(&self, filter: ReceiptFilter, page: Page) -> Result<(Vec<Receipt>, u64), StoreError>;

    /// Notes what became of an answer.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no receipt has this id.
    async fn note(&self, feedback: Feedback) -> Result<(), StoreError>;

    /// How answers were judged, by who gave them and by kind of question, in that order. An answer that was judged more
    /// than once counts as it was judged last; who was named and not chosen counts for the part of Council that answered.
    async fn verdicts(&self) -> Result<Vec<Verdicts>, StoreError>;
}
