//! Conversations in memory, the simplest that are right: for tests, and to hold the real ones against.

use super::{
    Attachment, Branch, Conversation, ConversationChange, ConversationFilter, ConversationHit,
    ConversationId, ConversationQuery, ConversationSettings, ConversationStore, CountFrom, Folder,
    FoundMessage, Import, ImportedConversation, ImportedMessage, MessageId, NewConversation, NewMessage,
    Page, Place, Snippet, StoreError, StoredMessage,
};
use crate::chat::Role;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Lists.
#[derive(Default)]
pub struct NaiveConversations {
    kept: Mutex<Kept>,
    /// While set, everything fails with it.
    pub broken: Mutex<Option<StoreError>>,
}

#[derive(Default)]
struct Kept {
    conversations: Vec<Conversation>,
    messages: Vec<(ConversationId, StoredMessage)>,
    attachments: Vec<Attachment>,
    sources: Vec<(String, ConversationId)>,
    last_id: i64,
}

impl NaiveConversations {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What everything fails with, while that is set.
    ///
    /// # Errors
    /// That.
    pub fn check(&self) -> Result<(), StoreError> {
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        broken.clone().map_or(Ok(()), Err)
    }

    /// The conversations, for one operation.
    fn open(&self) -> Result<MutexGuard<'_, Kept>, StoreError> {
        self.check()?;
        Ok(self.kept())
    }

    /// Adds messages, up to the first that cannot be.
    ///
    /// # Errors
    /// As [`ConversationStore::append`].
    pub fn add(&self, messages: Vec<NewMessage>) -> Result<Vec<MessageId>, StoreError> {
        let mut kept = self.open()?;
        messages.into_iter().map(|message| kept.append(message)).collect()
    }

    /// Every message, in the order in which they came.
    pub fn all_messages(&self) -> Vec<StoredMessage> {
        let kept = self.kept();
        kept.messages.iter().map(|(_, message)| message.clone()).collect()
    }
}

fn missing(what: &'static str, id: impl Into<String>) -> StoreError {
    StoreError::NotFound { what, id: id.into() }
}

impl Kept {
    fn find(&mut self, id: &ConversationId) -> Result<&mut Conversation, StoreError> {
        let found = self.conversations.iter_mut().find(|one| one.id == *id);
        found.ok_or_else(|| missing("conversation", id.as_str()))
    }

    fn append(&mut self, new: NewMessage) -> Result<MessageId, StoreError> {
        let known = self.conversations.iter().any(|one| one.id == new.conversation);
        let parent = match new.place {
            Place::Leaf if known => self.find(&new.conversation)?.leaf,
            Place::Root | Place::Leaf => None,
            Place::After(message) => Some(self.message(&new.conversation, message)?.id),
        };
        let depth = match parent {
            Some(parent) => self.message(&new.conversation, parent)?.depth + 1,
            None => 1,
        };
        if !known {
            self.create(NewConversation {
                id: new.conversation.clone(),
                title: String::new(),
                folder: String::new(),
                settings: ConversationSettings::default(),
                created_at: new.created_at,
            });
        }
        self.last_id += 1;
        let id = MessageId(self.last_id);
        let conversation = self.find(&new.conversation)?;
        conversation.updated_at = conversation.updated_at.max(new.created_at);
        (conversation.leaf, conversation.message_count) = (Some(id), depth);
        let stored = StoredMessage {
            id,
            parent,
            depth,
            siblings: vec![],
            message: new.message,
            model: new.model,
            request_id: new.request_id,
            created_at: new.created_at,
            finish: new.finish,
        };
        self.messages.push((new.conversation, stored));
        Ok(id)
    }

    fn create(&mut self, new: NewConversation) {
        self.conversations.push(Conversation {
            id: new.id,
            title: new.title,
            created_at: new.created_at,
            updated_at: new.created_at,
            message_count: 0,
            leaf: None,
            pinned: false,
            archived: false,
            folder: new.folder,
            settings: new.settings,
        });
    }

    /// The latest message that has all of these words.
    fn having(&self, id: &ConversationId, words: &[String]) -> Option<FoundMessage> {
        let said = |stored: &StoredMessage| matches!(stored.message.role, Role::User | Role::Assistant);
        let tree = self.tree(id);
        let found = tree.iter().filter(|stored| said(stored));
        let found = found
            .rev()
            .find(|stored| marks(&stored.message.said_text(), words).is_some())?;
        let text = found.message.said_text();
        Some(FoundMessage {
            id: found.id,
            role: found.message.role,
            depth: found.depth,
            created_at: found.created_at,
            snippet: Snippet {
                marks: marks(&text, words)?,
                text,
            },
        })
    }

    /// All messages of a conversation, in the order in which they came.
    fn tree(&self, id: &ConversationId) -> Vec<StoredMessage> {
        let mut tree: Vec<StoredMessage> = self
            .messages
            .iter()
            .filter(|(of, _)| of == id)
            .map(|(_, message)| message.clone())
            .collect();
        let places: Vec<_> = tree.iter().map(|message| (message.id, message.parent)).collect();
        for message in &mut tree {
            let beside = places.iter().filter(|(_, parent)| *parent == message.parent);
            message.siblings = beside.map(|(id, _)| *id).collect();
        }
        tree
    }

    fn message(&self, id: &ConversationId, message: MessageId) -> Result<StoredMessage, StoreError> {
        let found = self.tree(id).into_iter().find(|stored| stored.id == message);
        found.ok_or_else(|| missing("message", message.0.to_string()))
    }

    /// The newest descendant of a message; itself where nothing follows it.
    fn newest_below(&self, id: &ConversationId, message: MessageId) -> Result<MessageId, StoreError> {
        let mut below = vec![self.message(id, message)?.id];
        for stored in self.tree(id) {
            if stored.parent.is_some_and(|parent| below.contains(&parent)) {
                below.push(stored.id);
            }
        }
        Ok(below.into_iter().max().unwrap_or(message))
    }

    fn branch(&mut self, id: &ConversationId, branch: Branch) -> Result<Vec<StoredMessage>, StoreError> {
        let end = match branch {
            Branch::Active => self.find(id)?.leaf,
            Branch::EndingAt(message) => Some(self.message(id, message)?.id),
            Branch::Through(message) => Some(self.newest_below(id, message)?),
        };
        let mut next = end;
        let mut found = Vec::new();
        for stored in self.tree(id).into_iter().rev() {
            if Some(stored.id) == next {
                next = stored.parent;
                found.push(stored);
            }
        }
        found.reverse();
        Ok(found)
    }
}

/// Where a text has the words, without regard to case; `None` where it has not all of them.
fn marks(text: &str, words: &[String]) -> Option<Vec<Range<usize>>> {
    let lower = text.to_lowercase();
    let place = |word: &String| lower.find(word.as_str()).map(|at| at..at + word.len());
    let mut places = words.iter().map(place).collect::<Option<Vec<_>>>()?;
    places.sort_by_key(|place| place.start);
    Some(places)
}

fn cut<T>(all: Vec<T>, page: Page) -> Vec<T> {
    let skip = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let take = usize::try_from(page.limit).unwrap_or(usize::MAX);
    all.into_iter().skip(skip).take(take).collect()
}

#[async_trait]
impl ConversationStore for NaiveConversations {
    async fn append(&self, message: NewMessage) -> Result<MessageId, StoreError> {
        self.open()?.append(message)
    }

    async fn conversation(&self, id: &ConversationId) -> Result<Conversation, StoreError> {
        self.open()?.find(id).cloned()
    }

    async fn create(&self, conversation: NewConversation) -> Result<Conversation, StoreError> {
        let mut kept = self.open()?;
        let id = conversation.id.clone();
        if kept.find(&id).is_err() {
            kept.create(conversation);
        }
        kept.find(&id).cloned()
    }

    async fn conversations(
        &self,
        filter: ConversationFilter,
        page: Page,
    ) -> Result<Vec<Conversation>, StoreError> {
        let mut all = self.open()?.conversations.clone();
        all.reverse();
        all.sort_by_key(|one| std::cmp::Reverse(one.updated_at));
        if let Some(after) = &filter.after {
            let at = all.iter().position(|one| one.id == after.id);
            all = all.split_off(at.map_or(0, |at| at + 1));
        }
        all.retain(|one| {
            one.id.user() == filter.user
                && filter.pinned.is_none_or(|pinned| one.pinned == pinned)
                && filter.folder.as_ref().is_none_or(|folder| one.folder == *folder)
                && one.archived == filter.archived
        });
        Ok(cut(all, page))
    }

    async fn folders(&self, user: &str) -> Result<Vec<Folder>, StoreError> {
        let kept = self.open()?;
        let mut names = BTreeMap::new();
        let theirs = |one: &&Conversation| !one.archived && one.id.user() == user;
        for one in kept.conversations.iter().filter(theirs) {
            *names.entry(one.folder.clone()).or_insert(0) += 1;
        }
        names.remove("");
        let folder = |(name, conversations)| Folder { name, conversations };
        Ok(names.into_iter().map(folder).collect())
    }

    async fn search(&self, query: ConversationQuery) -> Result<Vec<ConversationHit>, StoreError> {
        let kept = self.open()?;
        let words: Vec<String> = query.text.split_whitespace().map(str::to_lowercase).collect();
        let mut hits = Vec::new();
        let theirs = |one: &&Conversation| !words.is_empty() && one.id.user() == query.user;
        for one in kept.conversations.iter().filter(theirs) {
            let message = kept.having(&one.id, &words);
            let in_title = marks(&one.title, &words).is_some();
            let wanted = query.folder.as_ref().is_none_or(|folder| one.folder == *folder);
            if (message.is_some() || in_title) && wanted && one.archived == query.archived {
                hits.push(ConversationHit {
                    conversation: one.clone(),
                    message,
                    in_title,
                    score: 1.0,
                });
            }
        }
        hits.sort_by_key(|hit| !hit.in_title);
        hits.truncate(query.limit);
        Ok(hits)
    }

    async fn saying(&self, id: &ConversationId, text: &str) -> Result<Option<FoundMessage>, StoreError> {
        let kept = self.open()?;
        let tree = kept.tree(id);
        let found = tree
            .iter()
            .rfind(|stored| stored.message.said_text().contains(text));
        Ok(found.map(|stored| FoundMessage {
            id: stored.id,
            role: stored.message.role,
            depth: stored.depth,
            created_at: stored.created_at,
            snippet: Snippet {
                text: text.to_owned(),
                marks: vec![],
            },
        }))
    }

    async fn messages(
        &self,
        id: &ConversationId,
        branch: Branch,
        from: CountFrom,
        page: Page,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        let mut kept = self.open()?;
        kept.find(id)?;
        let mut found = kept.branch(id, branch)?;
        Ok(match from {
            CountFrom::Start => cut(found, page),
            CountFrom::End => {
                found.reverse();
                let mut last = cut(found, page);
                last.reverse();
                last
            }
        })
    }

    async fn recent_messages(
        &self,
        id: &ConversationId,
        branch: Branch,
        limit: u64,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        match self
            .messages(id, branch, CountFrom::End, Page { offset: 0, limit })
            .await
        {
            Err(StoreError::NotFound {
                what: "conversation", ..
            }) => Ok(vec![]),
            found => found,
        }
    }

    async fn tree(&self, id: &ConversationId) -> Result<Vec<StoredMessage>, StoreError> {
        let mut kept = self.open()?;
        kept.find(id)?;
        Ok(kept.tree(id))
    }

    async fn change(
        &self,
        id: &ConversationId,
        change: ConversationChange,
    ) -> Result<Conversation, StoreError> {
        let mut kept = self.open()?;
        kept.find(id)?;
        if let Some(through) = change.through {
            let leaf = kept.newest_below(id, through)?;
            let depth = kept.message(id, leaf)?.depth;
            let conversation = kept.find(id)?;
            (conversation.leaf, conversation.message_count) = (Some(leaf), depth);
        }
        let conversation = kept.find(id)?;
        let Conversation {
            title,
            pinned,
            archived,
            folder,
            settings,
            ..
        } = conversation;
        *title = change.title.unwrap_or_else(|| title.clone());
        *pinned = change.pinned.unwrap_or(*pinned);
        *archived = change.archived.unwrap_or(*archived);
        *folder = change.folder.unwrap_or_else(|| folder.clone());
        *settings = change.settings.unwrap_or_else(|| settings.clone());
        Ok(conversation.clone())
    }

    async fn attach(&self, attachment: Attachment) -> Result<(), StoreError> {
        let mut kept = self.open()?;
        kept.find(&attachment.conversation)?;
        kept.attachments.push(attachment);
        Ok(())
    }

    async fn attachment(&self, conversation: &ConversationId, id: &str) -> Result<Attachment, StoreError> {
        let kept = self.open()?;
        let mut of = kept
            .attachments
            .iter()
            .filter(|one| one.conversation == *conversation);
        of.find(|one| one.id == id)
            .cloned()
            .ok_or_else(|| missing("attachment", id))
    }

    async fn import(&self, imported: ImportedConversation) -> Result<Import, StoreError> {
        let mut kept = self.open()?;
        let theirs = |id: &ConversationId| id.user() == imported.id.user();
        let known = |source: &String| {
            let mut sources = kept.sources.iter();
            sources.find(|(known, id)| known == source && theirs(id))
        };
        if let Some((_, id)) = imported.source.as_ref().and_then(known) {
            return Ok(Import::Existing(id.clone()));
        }
        if kept.find(&imported.id).is_ok() {
            return Ok(Import::Existing(imported.id));
        }
        let before =
            |(at, message): (usize, &ImportedMessage)| message.parent.is_none_or(|parent| parent < at);
        if !imported.messages.iter().enumerate().all(before) {
            return Err(StoreError::Invalid(
                "a message comes before the one that it follows".to_owned(),
            ));
        }
        let id = imported.id;
        kept.sources
            .extend(imported.source.map(|source| (source, id.clone())));
        kept.create(NewConversation {
            id: id.clone(),
            title: imported.title,
            folder: imported.folder,
            settings: imported.settings,
            created_at: imported.created_at,
        });
        let mut ids = Vec::new();
        for message in imported.messages {
            ids.push(kept.append(NewMessage {
                conversation: id.clone(),
                place: Place::after(message.parent.map(|parent| ids[parent])),
                message: message.message,
                model: message.model,
                request_id: message.request_id,
                created_at: message.created_at,
                finish: message.finish,
            })?);
        }
        let leaf = imported.leaf.map_or(ids.last(), |leaf| ids.get(leaf)).copied();
        let depth = match leaf {
            Some(leaf) => kept.message(&id, leaf)?.depth,
            None => 0,
        };
        let conversation = kept.find(&id)?;
        (conversation.leaf, conversation.message_count) = (leaf, depth);
        (conversation.pinned, conversation.archived) = (imported.pinned, imported.archived);
        conversation.updated_at = imported.updated_at;
        Ok(Import::Added(id))
    }

    async fn delete(&self, id: &ConversationId) -> Result<(), StoreError> {
        let mut kept = self.open()?;
        kept.find(id)?;
        kept.conversations.retain(|one| one.id != *id);
        kept.messages.retain(|(of, _)| of != id);
        kept.attachments.retain(|one| one.conversation != *id);
        kept.sources.retain(|(_, of)| of != id);
        Ok(())
    }
}
