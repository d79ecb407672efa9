//! What a turn is asked, and what it reports while it runs.

use crate::vote::{Deliberated, VoteError, VoteEvent};
use council_core::{
    Answerer, BudgetError, ConversationId, Decision, FinishReason, GenerateRequest, Locality, MemoryHit,
    MemoryId, Message, MessageId, ModelError, NanoUsd, Proof, Scope, SkillKind, StoreError, TokenLogprob,
    ToolCall, Usage,
};
use futures::stream::BoxStream;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// One request to the assistant, whatever API it came by.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnRequest {
    /// Unique; the ledger line and the response header carry it.
    pub request_id: String,
    /// The API route it came by, such as `/hybrid`; labels metrics and the ledger.
    pub route: &'static str,
    /// Who may answer.
    pub answerers: Answerers,
    /// Who votes when the council is asked: names of voices or ids of models; empty: as it is configured.
    pub voters: Vec<String>,
    /// Whether the client takes the answer only when it is whole, so that a better one may take its place until then.
    pub whole: bool,
    /// Whose it is.
    pub user: String,
    /// Who pays.
    pub payer: Payer,
    /// The conversation that this turn continues; its stored messages come before the new ones in the prompt, and
    /// question and answer are stored. `None`: nothing is stored but the ledger line.
    pub conversation: Option<ConversationId>,
    /// Where in the conversation.
    pub position: Position,
    /// Without a conversation: what was said before, as far as the client tells; it comes before the new messages, and the
    /// oldest of it is left out where it does not fit.
    pub history: Vec<Message>,
    /// What it takes from the memory and leaves there; `None`: nothing.
    pub memory: Option<MemoryUse>,
    /// Whose documents and memories may be looked into for an answer; `None`: nobody's.
    pub knowledge: Option<Scope>,
    /// Memories that are left out wherever memories are looked into for it.
    pub without_memories: Vec<MemoryId>,
    /// Which of Council's own tools the model may call; `None`: none. Not together with tools of the client's.
    pub tools: Option<ToolUse>,
    /// Whether nothing of it may be kept but its line in the ledger.
    pub incognito: bool,
    /// Whether a program that the request gives, or asks for, is run.
    pub programs: bool,
    /// What to generate.
    pub generate: GenerateRequest,
}

/// Who pays for a turn. The default: the owner of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payer {
    /// The API key; empty for the owner.
    pub key: String,
    /// What calls with it may cost in a day; `None`: as is set for every key.
    pub daily: Option<NanoUsd>,
}

/// Where in its conversation a turn goes. The history of its prompt is the branch up to there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Position {
    /// After the last message of the active branch.
    #[default]
    End,
    /// After this message; `None`: at the beginning.
    After(Option<MessageId>),
    /// A stored question is answered anew. It is not stored again, and the old answer is shown until the new one is there.
    Again {
        /// The question, which is also what the request asks.
        question: MessageId,
        /// The message before it.
        after: Option<MessageId>,
    },
}

/// Who may answer a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Answerers {
    /// The default model.
    Default,
    /// These, in order; the next is tried when one is not installed, not ready, or does not know.
    Named(Vec<Answerer>),
    /// Whoever Council finds best for the question.
    Auto {
        /// Whether nothing may leave this machine.
        local_only: bool,
    },
    /// As it was decided before.
    Decided(Box<Decision>),
}

impl Answerers {
    /// Models by id, in order; the default model where none is named.
    pub fn models(ids: impl IntoIterator<Item = String>) -> Self {
        let named: Vec<Answerer> = ids.into_iter().map(Answerer::Model).collect();
        if named.is_empty() {
            Self::Default
        } else {
            Self::Named(named)
        }
    }
}

/// What a turn takes from the memory and leaves there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryUse {
    /// Whose memory; recalled is what this user said in this project (in any, without one), stored is into all of it.
    pub scope: Scope,
    /// Whether what answers the question is recalled and put before it.
    pub recall: bool,
    /// Whether question and answer are remembered.
    pub store: bool,
}

/// Which of Council's own tools a turn may use, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolUse {
    /// Whose memory and files, in which project and session.
    pub scope: Scope,
    /// The tools.
    pub which: WhichTools,
}

/// Some of Council's own tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichTools {
    /// All that the configuration allows without being named.
    Allowed,
    /// These.
    Named(Vec<String>),
}

/// What happens during a turn, in order: `Decision`, `Recalled` when the memory was asked, the answer with the tools that
/// were run on the way to it, `Remembered` when it was stored, `Done`.
#[derive(Clone, Debug, PartialEq)]
pub enum TurnEvent {
    /// Who will answer, and why. First event.
    Decision {
        /// The model's id.
        model: String,
        /// The skill.
        skill: SkillKind,
        /// The reason in words.
        reason: String,
        /// Oldest stored messages of the conversation that were left out of the prompt.
        omitted_messages: u64,
        /// The stored question, where there is a conversation.
        question: Option<MessageId>,
    },
    /// What the memory was asked for this answer.
    Recalled {
        /// Memories that are quoted in the prompt, best first.
        hits: Vec<MemoryHit>,
        /// The text that quotes them; empty without any.
        quotes: String,
        /// How long that took.
        elapsed: Duration,
        /// Why nothing could be recalled.
        problem: Option<String>,
    },
    /// More of the answer.
    Text {
        /// Whole characters.
        text: String,
        /// The tokens behind them.
        logprobs: Vec<TokenLogprob>,
    },
    /// The model calls a tool of the client's.
    ToolCall(ToolCall),
    /// A tool of Council's own begins to run.
    ToolStarted(ToolCall),
    /// It has run, or could not.
    ToolFinished {
        /// The call's.
        id: String,
        /// The tool's.
        name: String,
        /// Whether it gave something.
        ok: bool,
        /// What the model reads of it.
        text: String,
        /// What programs read of it; null where there is nothing beside the text.
        data: Value,
        /// From the call to its end.
        latency: Duration,
    },
    /// What its voices say where the council is asked, and its verdict where that is the answer: right before the answer's
    /// text.
    Vote(Box<VoteEvent>),
    /// What was said is remembered.
    Remembered {
        /// The question, then the answer; a long one in several parts.
        ids: Vec<MemoryId>,
        /// Why nothing could be remembered.
        problem: Option<String>,
    },
    /// The end.
    Done(TurnSummary),
}

/// What a finished turn amounts to. Every number was measured in this process.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnSummary {
    /// The model that answered.
    pub model: String,
    /// Where it computes.
    pub locality: Locality,
    /// The skill that answered.
    pub skill: SkillKind,
    /// Why the answer ended.
    pub finish: FinishReason,
    /// Tokens used.
    pub usage: Usage,
    /// Cost in US dollars.
    pub cost_usd: f64,
    /// From acceptance to the last token.
    pub latency: Duration,
    /// From acceptance to the first token.
    pub first_token: Option<Duration>,
    /// How likely the answer is right, (0, 1]: a calibrated probability where `calibrated` says so, or else the geometric
    /// mean probability of its tokens; `None` where the model reports no log-probs.
    pub confidence: Option<f64>,
    /// Whether `confidence` was calibrated by questions with known answers.
    pub calibrated: bool,
    /// What backs the answer, where a skill gave it.
    pub proofs: Vec<Proof>,
    /// What the council decided, where it was asked.
    pub vote: Option<Arc<Deliberated>>,
    /// The stored question, where there is a conversation.
    pub question: Option<MessageId>,
    /// The stored answer; the last message of one in several steps.
    pub message: Option<MessageId>,
}

/// Why a turn failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TurnError {
    /// The model could not answer.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It would cost more than may be spent.
    #[error(transparent)]
    Budget(#[from] BudgetError),
    /// The council decided nothing.
    #[error(transparent)]
    Vote(#[from] VoteError),
    /// The skill that was named does not know the answer.
    #[error("the skill `{skill}` does not answer this: {reason}; name a model, or leave it out")]
    Declined {
        /// The skill.
        skill: &'static str,
        /// Why.
        reason: String,
    },
    /// The skill that was named failed.
    #[error("the skill `{skill}` failed: {reason}")]
    Skill {
        /// The skill.
        skill: &'static str,
        /// Why.
        reason: String,
    },
}

/// The events of one turn: ends with `Done` or one error. Dropping it cancels the turn, which is settled all the same.
pub type TurnStream = BoxStream<'static, Result<TurnEvent, TurnError>>;
