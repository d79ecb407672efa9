//! Conversations and messages that survive a restart. The messages of a conversation are a tree: a question that is asked
//! anew, or an answer that is made anew, stands beside the one before, and nothing is overwritten.

mod attachment;
mod import;
mod list;
#[cfg(any(test, feature = "naive"))]
pub mod naive;
mod store;

pub use attachment::Attachment;
pub use import::{Import, ImportedConversation, ImportedMessage};
pub use list::{
    ConversationFilter, ConversationHit, ConversationQuery, ConversationSettings, Folder, FoundMessage,
    ListPlace, NewConversation, Snippet,
};
pub use store::ConversationStore;

use crate::chat::Message;
use crate::clock::Timestamp;
use crate::generate::FinishReason;
use crate::memory::LOCAL_USER;
use std::borrow::Cow;

/// Identifies a conversation of a user: 1 to 128 characters, chosen by the client or made by the server. Two users may have
/// chosen the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationId {
    text: String,
    /// `None`: the owner of the machine.
    user: Option<String>,
}

/// Stands between user and text where both are kept as one; in neither can it be.
const BETWEEN: char = '\u{1f}';

impl ConversationId {
    /// Longest identifier, in characters.
    pub const MAX_CHARS: usize = 128;

    /// One of the owner of the machine. Accepts 1 to 128 characters without control characters.
    pub fn parse(text: &str) -> Option<Self> {
        let chars = text.chars().count();
        let fits = (1..=Self::MAX_CHARS).contains(&chars) && !text.chars().any(char::is_control);
        fits.then(|| Self {
            text: text.to_owned(),
            user: None,
        })
    }

    /// The same text as an identifier of this user's.
    pub fn of(self, user: &str) -> Self {
        Self {
            user: (user != LOCAL_USER).then(|| user.to_owned()),
            ..self
        }
    }

    /// Whose it is.
    pub fn user(&self) -> &str {
        self.user.as_deref().unwrap_or(LOCAL_USER)
    }

    /// The identifier as text, as its user knows it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// User and identifier as one text, which no other conversation has.
    pub fn kept(&self) -> Cow<'_, str> {
        match &self.user {
            None => Cow::Borrowed(&self.text),
            Some(user) => Cow::Owned(format!("{user}{BETWEEN}{}", self.text)),
        }
    }

    /// The identifier that is kept so.
    pub fn from_kept(kept: &str) -> Option<Self> {
        match kept.split_once(BETWEEN) {
            None => Self::parse(kept),
            Some((user, text)) => Self::parse(text).map(|id| id.of(user)),
        }
    }
}

/// Position of a message in the store; grows with time within a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(pub i64);

/// A conversation without its messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// Its identifier.
    pub id: ConversationId,
    /// What it is about; empty until named.
    pub title: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its last message came.
    pub updated_at: Timestamp,
    /// How many messages its active branch has.
    pub message_count: u64,
    /// The last message of its active branch; `None` while it has no message.
    pub leaf: Option<MessageId>,
    /// Whether it is kept at hand.
    pub pinned: bool,
    /// Whether it was put away.
    pub archived: bool,
    /// The folder that it is in; empty: in none.
    pub folder: String,
    /// How it is continued where a request does not say.
    pub settings: ConversationSettings,
}

/// What is changed of a conversation; `None` leaves a part as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConversationChange {
    /// Its title; empty removes it.
    pub title: Option<String>,
    /// A message whose newest descendant becomes the end of the active branch.
    pub through: Option<MessageId>,
    /// Whether it is kept at hand.
    pub pinned: Option<bool>,
    /// Whether it is put away.
    pub archived: Option<bool>,
    /// The folder that it is in; empty: in none.
    pub folder: Option<String>,
    /// All settings.
    pub settings: Option<ConversationSettings>,
}

/// Where a new message goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// After the last message of the active branch.
    #[default]
    Leaf,
    /// At the beginning, beside other first messages.
    Root,
    /// After this message, beside others that follow it.
    After(MessageId),
}

impl Place {
    /// After this message, or at the beginning without one.
    pub fn after(message: Option<MessageId>) -> Self {
        message.map_or(Self::Root, Self::After)
    }
}

/// Which branch of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Branch {
    /// The active one.
    #[default]
    Active,
    /// The one that ends with this message.
    EndingAt(MessageId),
    /// The one that goes through this message to its newest descendant.
    Through(MessageId),
}

/// From where a page of a branch is counted. Either way its messages come oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CountFrom {
    /// From the first message.
    #[default]
    Start,
    /// From the last one.
    End,
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerEnd {
    /// The model ended it.
    Stop,
    /// It became as long as it may be.
    Length,
    /// With calls of tools.
    ToolCalls,
    /// Somebody stopped it, or left; what was said until then is kept.
    Stopped,
    /// It failed; what was said until then is kept.
    Failed,
}

impl AnswerEnd {
    const ALL: [Self; 5] = [
        Self::Stop,
        Self::Length,
        Self::ToolCalls,
        Self::Stopped,
        Self::Failed,
    ];

    /// The end's name in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    /// The end with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.as_str() == name)
    }
}

impl From<FinishReason> for AnswerEnd {
    fn from(reason: FinishReason) -> Self {
        match reason {
            FinishReason::Stop => Self::Stop,
            FinishReason::Length => Self::Length,
            FinishReason::ToolCalls => Self::ToolCalls,
            FinishReason::Cancelled => Self::Stopped,
        }
    }
}

/// A message to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// The conversation it belongs to; made when it does not exist.
    pub conversation: ConversationId,
    /// Where in it; it becomes the end of the active branch.
    pub place: Place,
    /// What was said.
    pub message: Message,
    /// The model that said it, for assistant messages.
    pub model: Option<String>,
    /// The request it came with or answers.
    pub request_id: String,
    /// When it was said.
    pub created_at: Timestamp,
    /// How it ended, for the last message of an answer.
    pub finish: Option<AnswerEnd>,
}

/// A message in the store.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredMessage {
    /// Its position.
    pub id: MessageId,
    /// The message before it; `None`: it is a first one.
    pub parent: Option<MessageId>,
    /// Its place on its branch; the first has 1.
    pub depth: u64,
    /// All messages in its place, oldest first, with itself.
    pub siblings: Vec<MessageId>,
    /// What was said.
    pub message: Message,
    /// The model that said it, for assistant messages.
    pub model: Option<String>,
    /// The request it came with or answers.
    pub request_id: String,
    /// When it was said.
    pub created_at: Timestamp,
    /// How it ended, for the last message of an answer.
    pub finish: Option<AnswerEnd>,
}

/// Part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many entries to skip.
    pub offset: u64,
    /// Most entries to return, 1 to 1,000.
    pub limit: u64,
}

/// Why the store could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Nothing has this identifier.
    #[error("{what} `{id}` does not exist")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// The identifier.
        id: String,
    },
    /// What was asked cannot be done by anybody; the message names the field and the remedy.
    #[error("{0}")]
    Invalid(String),
    /// The database could not be read or written; the message says where and why.
    #[error("storage failed: {0}")]
    Failed(String),
    /// The database is on another machine, and the gate to the network lets no connection out; says why and the remedy.
    #[error("{0}")]
    NotAllowed(String),
    /// The disk is full; nothing of this change was stored.
    #[error(
        "the disk of `{place}` is full, so nothing was stored; free some space there and send it again: what was \
         stored before is kept, and reading works meanwhile"
    )]
    DiskFull {
        /// The directory, or the server, that holds the database.
        place: String,
    },
    /// The disk cannot be written to; nothing of this change was stored.
    #[error(
        "`{place}` cannot be written to ({reason}), so nothing was stored; mount its disk writable, or mend its \
         permissions, and send it again: reading works meanwhile"
    )]
    ReadOnly {
        /// The directory that holds the database.
        place: String,
        /// What SQLite said.
        reason: String,
    },
}
