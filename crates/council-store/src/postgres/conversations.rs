//! Conversations in PostgreSQL.

use super::{PostgresStore, branches, import, lists, number, search};
use crate::columns::{
    content_to_json, limit_and_offset, settings_from_json, settings_to_json, time_from_ns, time_to_ns,
    tool_calls_to_json,
};
use crate::memory::postgres::server::PgFault;
use async_trait::async_trait;
use council_core::{
    AnswerEnd, Attachment, Branch, Conversation, ConversationChange, ConversationFilter, ConversationHit,
    ConversationId, ConversationQuery, ConversationStore, CountFrom, Folder, FoundMessage, Import,
    ImportedConversation, Message, MessageId, NewConversation, NewMessage, Page, Place, Role, StoreError,
    StoredMessage,
};
use deadpool_postgres::{Client, GenericClient, Transaction};
use tokio_postgres::Row;

#[async_trait]
impl ConversationStore for PostgresStore {
    async fn append(&self, message: NewMessage) -> Result<MessageId, StoreError> {
        let mut client = self.client().await?;
        self.told(append_alone(&mut client, &message).await)
    }

    async fn conversation(&self, id: &ConversationId) -> Result<Conversation, StoreError> {
        let client = self.client().await?;
        self.told(conversation(&client, id).await)
    }

    async fn create(&self, new: NewConversation) -> Result<Conversation, StoreError> {
        let client = self.client().await?;
        self.told(create(&client, &new).await)
    }

    async fn conversations(
        &self,
        filter: ConversationFilter,
        page: Page,
    ) -> Result<Vec<Conversation>, StoreError> {
        let client = self.client().await?;
        self.told(lists::conversations(&client, &filter, page).await)
    }

    async fn folders(&self, user: &str) -> Result<Vec<Folder>, StoreError> {
        let client = self.client().await?;
        self.told(lists::folders(&client, user).await)
    }

    async fn search(&self, query: ConversationQuery) -> Result<Vec<ConversationHit>, StoreError> {
        let client = self.client().await?;
        self.told(search::search(&client, &query).await)
    }

    async fn saying(&self, id: &ConversationId, text: &str) -> Result<Option<FoundMessage>, StoreError> {
        let client = self.client().await?;
        self.told(search::saying(&client, id, text).await)
    }

    async fn messages(
        &self,
        id: &ConversationId,
        branch: Branch,
        from: CountFrom,
        page: Page,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        let client = self.client().await?;
        let found = async {
            limit_and_offset(page)?;
            let key = key(&client, id).await?.ok_or_else(|| missing(id))?;
            branches::page(&client, key, branch, from, page).await
        };
        self.told(found.await)
    }

    async fn recent_messages(
        &self,
        id: &ConversationId,
        branch: Branch,
        limit: u64,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        let client = self.client().await?;
        let found = async {
            let Some(key) = key(&client, id).await? else {
                return Ok(Vec::new());
            };
            let page = Page { offset: 0, limit };
            branches::page(&client, key, branch, CountFrom::End, page).await
        };
        self.told(found.await)
    }

    async fn tree(&self, id: &ConversationId) -> Result<Vec<StoredMessage>, StoreError> {
        let client = self.client().await?;
        let found = async {
            let key = key(&client, id).await?.ok_or_else(|| missing(id))?;
            branches::tree(&client, key).await
        };
        self.told(found.await)
    }

    async fn change(
        &self,
        id: &ConversationId,
        change: ConversationChange,
    ) -> Result<Conversation, StoreError> {
        let mut client = self.client().await?;
        self.told(self::change(&mut client, id, &change).await)
    }

    async fn attach(&self, attachment: Attachment) -> Result<(), StoreError> {
        let client = self.client().await?;
        self.told(attach(&client, &attachment).await)
    }

    async fn attachment(&self, conversation: &ConversationId, id: &str) -> Result<Attachment, StoreError> {
        let client = self.client().await?;
        self.told(attachment(&client, conversation, id).await)
    }

    async fn import(&self, conversation: ImportedConversation) -> Result<Import, StoreError> {
        let mut client = self.client().await?;
        self.told(import::import(&mut client, &conversation).await)
    }

    async fn delete(&self, id: &ConversationId) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        self.told(delete(&mut client, id).await)
    }
}

async fn append_alone(client: &mut Client, new: &NewMessage) -> Result<MessageId, PgFault> {
    let transaction = client.transaction().await?;
    let id = append(&transaction, new).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Adds a message to its conversation, which is made when it is new, as the end of the active branch. The
/// conversation's row is held until the end of the transaction: who appends at the same time comes after.
pub(super) async fn append(transaction: &Transaction<'_>, new: &NewMessage) -> Result<MessageId, PgFault> {
    let created_at = time_to_ns(new.created_at)?;
    let touch = transaction
        .prepare_cached(
            "INSERT INTO conversations AS c (id, created_at_ns, updated_at_ns, owner) VALUES ($1, $2, $2, $3)
             ON CONFLICT (id) DO UPDATE SET updated_at_ns = greatest(c.updated_at_ns, excluded.updated_at_ns)
             RETURNING key, leaf_id",
        )
        .await?;
    let row = transaction
        .query_one(
            &touch,
            &[&new.conversation.kept(), &created_at, &new.conversation.user()],
        )
        .await?;
    let (key, leaf): (i64, Option<i64>) = (row.get(0), row.get(1));
    let parent = match new.place {
        Place::Leaf => leaf.map(MessageId),
        Place::Root => None,
        Place::After(message) => Some(message),
    };
    let parent = match parent {
        Some(parent) => Some((parent, branches::depth(transaction, key, parent).await?)),
        None => None,
    };
    let id = insert(transaction, key, parent, new).await?;
    let depth = parent.map_or(1, |(_, depth)| depth + 1);
    branches::set_leaf(transaction, key, (id, depth)).await?;
    Ok(id)
}

/// Adds a message after a parent, which has a place on its branch.
pub(super) async fn insert(
    transaction: &Transaction<'_>,
    key: i64,
    parent: Option<branches::Leaf>,
    new: &NewMessage,
) -> Result<MessageId, PgFault> {
    let sql = transaction
        .prepare_cached(
            "INSERT INTO messages
                 (conversation_key, role, content, tool_calls, tool_call_id, name, model, request_id, created_at_ns,
                  parent_id, depth, finish, words)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             RETURNING id",
        )
        .await?;
    let message = &new.message;
    let row = transaction
        .query_one(
            &sql,
            &[
                &key,
                &message.role.as_str(),
                &content_to_json(&message.content),
                &tool_calls_to_json(&message.tool_calls),
                &message.tool_call_id,
                &message.name,
                &new.model,
                &new.request_id,
                &time_to_ns(new.created_at)?,
                &parent.map_or(0, |(parent, _)| parent.0),
                &parent.map_or(1, |(_, depth)| depth + 1),
                &new.finish.map(AnswerEnd::as_str),
                &words_of(message),
            ],
        )
        .await?;
    Ok(MessageId(row.get(0)))
}

/// What is found of a message: what a person or the assistant said.
fn words_of(message: &Message) -> String {
    match message.role {
        Role::User | Role::Assistant => search::words_to_keep(&search::said(&message.content)),
        Role::System | Role::Tool => String::new(),
    }
}

async fn create(client: &Client, new: &NewConversation) -> Result<Conversation, PgFault> {
    let sql =
        "INSERT INTO conversations (id, title, words, folder, settings, created_at_ns, updated_at_ns, owner)
               VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ON CONFLICT (id) DO NOTHING";
    let (settings, at) = (settings_to_json(&new.settings), time_to_ns(new.created_at)?);
    let words = search::words_to_keep(&new.title);
    client
        .execute(
            sql,
            &[
                &new.id.kept(),
                &new.title,
                &words,
                &new.folder,
                &settings,
                &at,
                &new.id.user(),
            ],
        )
        .await?;
    conversation(client, &new.id).await
}

async fn change(
    client: &mut Client,
    id: &ConversationId,
    change: &ConversationChange,
) -> Result<Conversation, PgFault> {
    let transaction = client.transaction().await?;
    let sql = "SELECT key FROM conversations WHERE id = $1 FOR UPDATE";
    let row = transaction.query_opt(sql, &[&id.kept()]).await?;
    let key: i64 = row.ok_or_else(|| missing(id))?.get(0);
    if let Some(through) = change.through {
        let leaf = branches::newest_below(&transaction, key, through).await?;
        branches::set_leaf(&transaction, key, leaf).await?;
    }
    let sql = "UPDATE conversations SET
                   title = coalesce($2, title), words = coalesce($3, words), pinned = coalesce($4, pinned),
                   archived = coalesce($5, archived), folder = coalesce($6, folder),
                   settings = coalesce($7, settings)
               WHERE key = $1";
    let settings = change.settings.as_ref().map(settings_to_json);
    let words = change.title.as_deref().map(search::words_to_keep);
    transaction
        .execute(
            sql,
            &[
                &key,
                &change.title,
                &words,
                &change.pinned,
                &change.archived,
                &change.folder,
                &settings,
            ],
        )
        .await?;
    let changed = conversation(&transaction, id).await?;
    transaction.commit().await?;
    Ok(changed)
}

async fn attach(client: &Client, new: &Attachment) -> Result<(), PgFault> {
    let key = key(client, &new.conversation)
        .await?
        .ok_or_else(|| missing(&new.conversation))?;
    let sql = "INSERT INTO attachments (id, conversation_key, name, kind, bytes, pages, text, created_at_ns)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let (bytes, pages) = (number(new.bytes)?, new.pages.map(i64::from));
    let at = time_to_ns(new.created_at)?;
    client
        .execute(
            sql,
            &[
                &new.id, &key, &new.name, &new.kind, &bytes, &pages, &new.text, &at,
            ],
        )
        .await?;
    Ok(())
}

async fn attachment(client: &Client, conversation: &ConversationId, id: &str) -> Result<Attachment, PgFault> {
    let sql = "SELECT a.id, a.name, a.kind, a.bytes, a.pages, a.text, a.created_at_ns
               FROM attachments a JOIN conversations c ON c.key = a.conversation_key
               WHERE a.id = $1 AND c.id = $2";
    let found = client.query_opt(sql, &[&id, &conversation.kept()]).await?;
    let row = found.ok_or_else(|| StoreError::NotFound {
        what: "attachment",
        id: id.to_owned(),
    })?;
    Ok(Attachment {
        id: row.get(0),
        conversation: conversation.clone(),
        name: row.get(1),
        kind: row.get(2),
        bytes: super::count(row.get(3)),
        pages: row
            .get::<_, Option<i64>>(4)
            .and_then(|pages| u32::try_from(pages).ok()),
        text: row.get(5),
        created_at: time_from_ns(row.get(6)),
    })
}

/// Removes a conversation; messages and attachments go with it by the foreign keys.
async fn delete(client: &mut Client, id: &ConversationId) -> Result<(), PgFault> {
    let transaction = client.transaction().await?;
    let sql = "DELETE FROM conversations WHERE id = $1";
    if transaction.execute(sql, &[&id.kept()]).await? == 0 {
        return Err(missing(id));
    }
    let sql = "DELETE FROM receipts WHERE conversation = $1";
    transaction.execute(sql, &[&id.kept()]).await?;
    transaction.commit().await?;
    Ok(())
}

pub(super) const COLUMNS: &str = "id, title, created_at_ns, updated_at_ns, message_count, leaf_id, pinned, archived, folder, settings, key";

async fn conversation<C: GenericClient>(client: &C, id: &ConversationId) -> Result<Conversation, PgFault> {
    let sql = format!("SELECT {COLUMNS} FROM conversations WHERE id = $1");
    let sql = client.prepare_cached(&sql).await?;
    let row = client.query_opt(&sql, &[&id.kept()]).await?;
    from_row(&row.ok_or_else(|| missing(id))?)
}

pub(super) async fn key<C: GenericClient>(client: &C, id: &ConversationId) -> Result<Option<i64>, PgFault> {
    let sql = client
        .prepare_cached("SELECT key FROM conversations WHERE id = $1")
        .await?;
    let row = client.query_opt(&sql, &[&id.kept()]).await?;
    Ok(row.map(|row| row.get(0)))
}

pub(super) fn from_row(row: &Row) -> Result<Conversation, PgFault> {
    let id: String = row.get(0);
    let parsed = ConversationId::from_kept(&id);
    Ok(Conversation {
        id: parsed.ok_or_else(|| PgFault::Value(format!("a conversation has an impossible id: {id:?}")))?,
        title: row.get(1),
        created_at: time_from_ns(row.get(2)),
        updated_at: time_from_ns(row.get(3)),
        message_count: super::count(row.get(4)),
        leaf: row.get::<_, Option<i64>>(5).map(MessageId),
        pinned: row.get(6),
        archived: row.get(7),
        folder: row.get(8),
        settings: settings_from_json(row.get(9))?,
    })
}

pub(super) fn missing(id: &ConversationId) -> PgFault {
    PgFault::Store(StoreError::NotFound {
        what: "conversation",
        id: id.as_str().to_owned(),
    })
}
