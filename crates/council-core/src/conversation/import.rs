//! Conversations from elsewhere.

use super::{AnswerEnd, ConversationId, ConversationSettings};
use crate::chat::Message;
use crate::clock::Timestamp;

/// A conversation from elsewhere, with all its messages.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedConversation {
    /// The identifier that it gets.
    pub id: ConversationId,
    /// What it is known by where it comes from, with the name of that; not given twice. `None`: by its identifier.
    pub source: Option<String>,
    /// Its title; may be empty.
    pub title: String,
    /// Its folder; empty: in none.
    pub folder: String,
    /// Whether it is kept at hand.
    pub pinned: bool,
    /// Whether it is put away.
    pub archived: bool,
    /// Its settings.
    pub settings: ConversationSettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub updated_at: Timestamp,
    /// Its messages, each after the one that it follows.
    pub messages: Vec<ImportedMessage>,
    /// The place in `messages` of the end of the active branch; `None`: the last one.
    pub leaf: Option<usize>,
}

/// A message from elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedMessage {
    /// The place in the list of the message before it; `None`: it is a first one.
    pub parent: Option<usize>,
    /// What was said.
    pub message: Message,
    /// The model that said it.
    pub model: Option<String>,
    /// The request that it came with; empty where that is not known.
    pub request_id: String,
    /// When it was said.
    pub created_at: Timestamp,
    /// How it ended.
    pub finish: Option<AnswerEnd>,
}

/// What became of a conversation from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Import {
    /// It was added.
    Added(ConversationId),
    /// It is here already, as this one, and stays as it is.
    Existing(ConversationId),
}
