//! Conversations in lists, folders and searches.

use super::{Conversation, ConversationId, MessageId};
use crate::chat::Role;
use crate::clock::Timestamp;
use crate::memory::{LOCAL_USER, MemoryId};
use std::ops::Range;

/// How a conversation is continued where a request does not say; `None`: as usual.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConversationSettings {
    /// Who answers.
    pub model: Option<String>,
    /// Instructions that come before the messages.
    pub system: Option<String>,
    /// As in a request, [0, 2].
    pub temperature: Option<f64>,
    /// As in a request, [0, 1].
    pub top_p: Option<f64>,
    /// Most tokens of an answer.
    pub max_tokens: Option<u32>,
    /// As in a request.
    pub seed: Option<i64>,
    /// The user agrees to all that would be asked about before it leaves this machine.
    pub consent: bool,
    /// Memories that are not recalled here.
    pub without_memories: Vec<MemoryId>,
}

/// A conversation that has no messages yet.
#[derive(Clone, Debug, PartialEq)]
pub struct NewConversation {
    /// Its identifier.
    pub id: ConversationId,
    /// Its title; may be empty.
    pub title: String,
    /// Its folder; empty: in none.
    pub folder: String,
    /// Its settings.
    pub settings: ConversationSettings,
    /// When it is made.
    pub created_at: Timestamp,
}

/// Which conversations; the default: all of the owner of the machine that were not put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationFilter {
    /// Whose.
    pub user: String,
    /// Only pinned ones, or only others.
    pub pinned: Option<bool>,
    /// Only those in this folder; empty: in none.
    pub folder: Option<String>,
    /// Those that were put away, instead of those that were not.
    pub archived: bool,
    /// Only those that come after this one in the list.
    pub after: Option<ListPlace>,
}

impl Default for ConversationFilter {
    fn default() -> Self {
        Self {
            user: LOCAL_USER.to_owned(),
            pinned: None,
            folder: None,
            archived: false,
            after: None,
        }
    }
}

/// A place in the list of conversations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPlace {
    /// When the conversation was last used.
    pub updated_at: Timestamp,
    /// The conversation.
    pub id: ConversationId,
}

/// A folder and how many conversations it has that were not put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its name.
    pub name: String,
    /// How many.
    pub conversations: u64,
}

/// What is looked for in conversations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationQuery {
    /// In whose.
    pub user: String,
    /// Words; the last may be the beginning of one.
    pub text: String,
    /// Only in this folder; empty: in none.
    pub folder: Option<String>,
    /// In those that were put away, instead of those that were not.
    pub archived: bool,
    /// Most conversations, 1 to 1,000.
    pub limit: usize,
}

/// A conversation in which something was found.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationHit {
    /// The conversation.
    pub conversation: Conversation,
    /// The message that has the words best; `None`: only the title has them.
    pub message: Option<FoundMessage>,
    /// Whether its title has the words.
    pub in_title: bool,
    /// How well it fits; comparable within one search, more is better.
    pub score: f64,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundMessage {
    /// The message.
    pub id: MessageId,
    /// Who said it.
    pub role: Role,
    /// Its place on its branch.
    pub depth: u64,
    /// When it was said.
    pub created_at: Timestamp,
    /// The part of it that has the words.
    pub snippet: Snippet,
}

/// A part of a text, with words that are marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The part.
    pub text: String,
    /// Bytes of it that are marked, in order.
    pub marks: Vec<Range<usize>>,
}
