//! What keeps conversations.

use super::{
    Branch, Conversation, ConversationChange, ConversationId, CountFrom, MessageId, NewMessage, Page,
    StoreError, StoredMessage,
};
use async_trait::async_trait;

/// Keeps conversations. A returned `Ok` is on disk.
#[async_trait]
pub trait ConversationStore: Send + Sync {
    /// Adds a message, which becomes the end of the active branch, and makes its conversation when that is new.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is to follow a message that is not in this conversation.
    async fn append(&self, message: NewMessage) -> Result<MessageId, StoreError>;

    /// The conversation without its messages.
    async fn conversation(&self, id: &ConversationId) -> Result<Conversation, StoreError>;

    /// Conversations, the last used first.
    async fn conversations(&self, page: Page) -> Result<Vec<Conversation>, StoreError>;

    /// A part of a branch, oldest first. Costs as much as the branch is long.
    async fn messages(
        &self,
        id: &ConversationId,
        branch: Branch,
        from: CountFrom,
        page: Page,
    ) -> Result<Vec<StoredMessage>, StoreError>;

    /// The last `limit` messages of a branch, oldest first; empty when the conversation does not exist.
    async fn recent_messages(
        &self,
        id: &ConversationId,
        branch: Branch,
        limit: u64,
    ) -> Result<Vec<StoredMessage>, StoreError>;

    /// All messages of all branches, in the order in which they came.
    async fn tree(&self, id: &ConversationId) -> Result<Vec<StoredMessage>, StoreError>;

    /// Changes a conversation, which does not make it look used; returns it as it is now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it does not exist, or the message of the change is not in it.
    async fn change(
        &self,
        id: &ConversationId,
        change: ConversationChange,
    ) -> Result<Conversation, StoreError>;

    /// Removes a conversation and its messages.
    async fn delete(&self, id: &ConversationId) -> Result<(), StoreError>;
}
