//! Conversations and messages that survive a restart.

use crate::chat::Message;
use crate::clock::Timestamp;
use async_trait::async_trait;

/// Identifies a conversation: 1 to 128 characters, chosen by the client or made by the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationId(String);

impl ConversationId {
    /// Longest identifier, in characters.
    pub const MAX_CHARS: usize = 128;

    /// Accepts 1 to 128 characters without control characters.
    pub fn parse(text: &str) -> Option<Self> {
        let chars = text.chars().count();
        let fits = (1..=Self::MAX_CHARS).contains(&chars) && !text.chars().any(char::is_control);
        fits.then(|| Self(text.to_owned()))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Position of a message in the store; grows with time within a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(pub i64);

/// A conversation without its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its identifier.
    pub id: ConversationId,
    /// What it is about; empty until named.
    pub title: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its last message came.
    pub updated_at: Timestamp,
    /// How many messages it has.
    pub message_count: u64,
}

/// A message to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// The conversation it belongs to; made when it does not exist.
    pub conversation: ConversationId,
    /// What was said.
    pub message: Message,
    /// The model that said it, for assistant messages.
    pub model: Option<String>,
    /// The request it came with or answers.
    pub request_id: String,
    /// When it was said.
    pub created_at: Timestamp,
}

/// A message in the store.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredMessage {
    /// Its position.
    pub id: MessageId,
    /// What was said.
    pub message: Message,
    /// The model that said it, for assistant messages.
    pub model: Option<String>,
    /// The request it came with or answers.
    pub request_id: String,
    /// When it was said.
    pub created_at: Timestamp,
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
    /// The disk is full; nothing of this change was stored.
    #[error("the disk that holds the database is full; free some space and try again")]
    DiskFull,
}

/// Keeps conversations. A returned `Ok` is on disk.
#[async_trait]
pub trait ConversationStore: Send + Sync {
    /// Appends a message, and makes its conversation when that is new.
    async fn append(&self, message: NewMessage) -> Result<MessageId, StoreError>;

    /// The conversation without its messages.
    async fn conversation(&self, id: &ConversationId) -> Result<Conversation, StoreError>;

    /// Conversations, the last used first.
    async fn conversations(&self, page: Page) -> Result<Vec<Conversation>, StoreError>;

    /// A conversation's messages, oldest first.
    async fn messages(&self, id: &ConversationId, page: Page) -> Result<Vec<StoredMessage>, StoreError>;

    /// The last `limit` messages of a conversation, oldest first; empty when it does not exist.
    async fn recent_messages(
        &self,
        id: &ConversationId,
        limit: u64,
    ) -> Result<Vec<StoredMessage>, StoreError>;

    /// Gives a conversation a title.
    async fn rename(&self, id: &ConversationId, title: &str) -> Result<(), StoreError>;

    /// Removes a conversation and its messages.
    async fn delete(&self, id: &ConversationId) -> Result<(), StoreError>;
}
