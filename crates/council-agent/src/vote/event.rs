//! What happens during a vote, and why one fails.

use super::outcome::{Deliberated, ModelUsage, VoiceReport};
use futures::stream::BoxStream;

/// What happens during a vote. Voices speak at the same time, so that their events come mixed; each voice's own come in
/// order.
#[derive(Clone, Debug, PartialEq)]
pub enum VoteEvent {
    /// A voice was asked.
    VoiceStarted {
        /// Its name.
        voice: String,
        /// Its model's id.
        model: String,
    },
    /// More of its reply.
    VoiceText {
        /// Its name.
        voice: String,
        /// Whole characters.
        text: String,
    },
    /// It has answered, failed or been late.
    VoiceEnded(Box<VoiceReport>),
    /// A member has ranked the replies of the others.
    Ranked {
        /// The member.
        voice: String,
        /// Voices with their points, 0 to 10, the best first; or why they cannot be used.
        points: Result<Vec<(String, u8)>, String>,
    },
    /// The chair was asked to write the answer.
    ChairStarted {
        /// Its model's id.
        model: String,
    },
    /// More of the chair's answer.
    ChairText {
        /// Whole characters.
        text: String,
    },
    /// The end.
    Verdict(Box<Deliberated>),
}

/// The events of one vote: ends with [`VoteEvent::Verdict`] or one error. Dropping it stops all voices; what they had
/// reserved then stays unsettled, so cancel instead where money is spent.
pub type VoteStream = BoxStream<'static, Result<VoteEvent, VoteError>>;

/// Why nothing was decided.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VoteError {
    /// A field of the request or of the configuration is wrong; the message names it.
    #[error("{message}")]
    Invalid {
        /// The field.
        field: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// Too few voices answered.
    #[error("{}", no_quorum(unanswered, *quorum))]
    NoQuorum {
        /// Fewest that had to.
        quorum: usize,
        /// What became of them.
        unanswered: Unanswered,
    },
    /// A check refuted every answer.
    #[error("{}", refuted(unanswered))]
    Refuted {
        /// What became of the voices.
        unanswered: Unanswered,
    },
    /// The caller cancelled.
    #[error("the vote was cancelled")]
    Cancelled {
        /// What became of the voices.
        unanswered: Unanswered,
    },
}

/// What was done before a vote failed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unanswered {
    /// Every voice, in order of their seats.
    pub voices: Vec<VoiceReport>,
    /// What each model was made to read and write.
    pub used: Vec<ModelUsage>,
}

impl VoteError {
    /// A field that is wrong.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.to_owned(),
            message: message.into(),
        }
    }

    /// What was used all the same.
    pub fn used(&self) -> &[ModelUsage] {
        match self {
            Self::Invalid { .. } => &[],
            Self::NoQuorum { unanswered, .. }
            | Self::Refuted { unanswered }
            | Self::Cancelled { unanswered } => &unanswered.used,
        }
    }
}

fn no_quorum(unanswered: &Unanswered, quorum: usize) -> String {
    let voices = &unanswered.voices;
    let answered = voices.iter().filter(|voice| voice.failure.is_none()).count();
    let failures: Vec<String> = voices
        .iter()
        .filter_map(|voice| Some(format!("{}: {}", voice.voice, voice.failure.as_ref()?.reason)))
        .collect();
    format!(
        "{answered} of {} voices answered, and {quorum} must ({}); ask again, name other `candidates`, or lower vote.quorum",
        voices.len(),
        failures.join("; ")
    )
}

fn refuted(unanswered: &Unanswered) -> String {
    let answers: Vec<String> = unanswered
        .voices
        .iter()
        .filter(|voice| voice.verified == Some(false))
        .map(|voice| {
            let answer = voice.answer.as_deref().unwrap_or("its answer");
            let evidence = voice.evidence.as_deref().unwrap_or("a check failed");
            format!("{}: {answer} ({evidence})", voice.voice)
        })
        .collect();
    format!("every answer failed its check: {}", answers.join("; "))
}
