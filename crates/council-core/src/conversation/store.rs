//! What keeps conversations.

use super::{
    Attachment, Branch, Conversation, ConversationChange, ConversationFilter, ConversationHit,
    ConversationId, ConversationQuery, CountFrom, Folder, FoundMessage, Import, ImportedConversation,
    MessageId, NewConversation, NewMessage, Page, StoreError, StoredMessage,
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

    /// Makes a conversation without messages; one that is there already stays as it is, and is returned.
    async fn create(&self, conversation: NewConversation) -> Result<Conversation, StoreError>;

    /// Conversations, the last used first.
    async fn conversations(
        &self,
        filter: ConversationFilter,
        page: Page,
    ) -> Result<Vec<Conversation>, StoreError>;

    /// A user's folders, by name.
    async fn folders(&self, user: &str) -> Result<Vec<Folder>, StoreError>;

    /// Conversations in which words were said, or that are named so: those with the words in their title first, then by
    /// how well their best message fits. All words, or, where nothing has all of them, any.
    async fn search(&self, query: ConversationQuery) -> Result<Vec<ConversationHit>, StoreError>;

    /// The latest message of a conversation that has this text in it.
    async fn saying(&self, id: &ConversationId, text: &str) -> Result<Option<FoundMessage>, StoreError>;

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

    /// Keeps a file's text with its conversation, which must exist.
    async fn attach(&self, attachment: Attachment) -> Result<(), StoreError>;

    /// A file's text.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when this conversation has no such attachment.
    async fn attachment(&self, conversation: &ConversationId, id: &str) -> Result<Attachment, StoreError>;

    /// Adds a conversation from elsewhere, whole or not at all; one that is here already stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when a message comes before the one that it follows.
    async fn import(&self, conversation: ImportedConversation) -> Result<Import, StoreError>;

    /// Removes a conversation, its messages and its attachments.
    async fn delete(&self, id: &ConversationId) -> Result<(), StoreError>;
}
