//! Conversations and messages in SQL.

mod attachments;
mod branches;
mod import;
mod lists;
mod search;

use crate::Store;
use crate::columns::{
    content_to_json, limit_and_offset, settings_from_json, settings_to_json, time_from_ns, time_to_ns,
    tool_calls_to_json,
};
use crate::fault::Fault;
use async_trait::async_trait;
use council_core::{
    AnswerEnd, Attachment, Branch, Conversation, ConversationChange, ConversationFilter, ConversationHit,
    ConversationId, ConversationQuery, ConversationStore, CountFrom, Folder, FoundMessage, Import,
    ImportedConversation, MessageId, NewConversation, NewMessage, Page, Place, StoreError, StoredMessage,
};
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};

#[async_trait]
impl ConversationStore for Store {
    async fn append(&self, message: NewMessage) -> Result<MessageId, StoreError> {
        self.writer
            .write(move |connection| append(connection, &message))
            .await
    }

    async fn conversation(&self, id: &ConversationId) -> Result<Conversation, StoreError> {
        let id = id.clone();
        self.readers
            .read(move |connection| conversation(connection, &id))
            .await
    }

    async fn create(&self, new: NewConversation) -> Result<Conversation, StoreError> {
        self.writer
            .write(move |connection| {
                let sql =
                    "INSERT INTO conversations (id, title, folder, settings, created_at_ns, updated_at_ns, owner)
                           VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6) ON CONFLICT (id) DO NOTHING";
                let (settings, at) = (settings_to_json(&new.settings), time_to_ns(new.created_at)?);
                let (id, owner) = (new.id.kept(), new.id.user());
                let row = params![id, new.title, new.folder, settings, at, owner];
                connection.prepare_cached(sql)?.execute(row)?;
                conversation(connection, &new.id)
            })
            .await
    }

    async fn conversations(
        &self,
        filter: ConversationFilter,
        page: Page,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.readers
            .read(move |connection| lists::conversations(connection, &filter, page))
            .await
    }

    async fn folders(&self, user: &str) -> Result<Vec<Folder>, StoreError> {
        let user = user.to_owned();
        self.readers
            .read(move |connection| lists::folders(connection, &user))
            .await
    }

    async fn search(&self, query: ConversationQuery) -> Result<Vec<ConversationHit>, StoreError> {
        self.readers
            .read(move |connection| search::search(connection, &query))
            .await
    }

    async fn saying(&self, id: &ConversationId, text: &str) -> Result<Option<FoundMessage>, StoreError> {
        let (id, text) = (id.clone(), text.to_owned());
        self.readers
            .read(move |connection| match key(connection, &id)? {
                Some(key) => search::saying(connection, key, &text),
                None => Ok(None),
            })
            .await
    }

    async fn messages(
        &self,
        id: &ConversationId,
        branch: Branch,
        from: CountFrom,
        page: Page,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        let id = id.clone();
        self.readers
            .read(move |connection| {
                limit_and_offset(page)?;
                let key = key(connection, &id)?.ok_or_else(|| missing(&id))?;
                branches::page(connection, key, branch, from, page)
            })
            .await
    }

    async fn recent_messages(
        &self,
        id: &ConversationId,
        branch: Branch,
        limit: u64,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        let id = id.clone();
        self.readers
            .read(move |connection| {
                let Some(key) = key(connection, &id)? else {
                    return Ok(Vec::new());
                };
                let page = Page { offset: 0, limit };
                branches::page(connection, key, branch, CountFrom::End, page)
            })
            .await
    }

    async fn tree(&self, id: &ConversationId) -> Result<Vec<StoredMessage>, StoreError> {
        let id = id.clone();
        self.readers
            .read(move |connection| {
                let key = key(connection, &id)?.ok_or_else(|| missing(&id))?;
                branches::tree(connection, key)
            })
            .await
    }

    async fn change(
        &self,
        id: &ConversationId,
        change: ConversationChange,
    ) -> Result<Conversation, StoreError> {
        let id = id.clone();
        self.writer
            .write(move |connection| {
                let key = key(connection, &id)?.ok_or_else(|| missing(&id))?;
                if let Some(through) = change.through {
                    let leaf = branches::newest_below(connection, key, through)?;
                    branches::set_leaf(connection, key, leaf)?;
                }
                let sql = "UPDATE conversations SET
                               title = coalesce(?2, title), pinned = coalesce(?3, pinned),
                               archived = coalesce(?4, archived), folder = coalesce(?5, folder),
                               settings = coalesce(?6, settings)
                           WHERE key = ?1";
                let settings = change.settings.as_ref().map(settings_to_json);
                let parts = params![
                    key,
                    change.title,
                    change.pinned,
                    change.archived,
                    change.folder,
                    settings
                ];
                connection.prepare_cached(sql)?.execute(parts)?;
                conversation(connection, &id)
            })
            .await
    }

    async fn attach(&self, attachment: Attachment) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| attachments::insert(connection, &attachment))
            .await
    }

    async fn attachment(&self, conversation: &ConversationId, id: &str) -> Result<Attachment, StoreError> {
        let (conversation, id) = (conversation.clone(), id.to_owned());
        self.readers
            .read(move |connection| attachments::find(connection, &conversation, &id))
            .await
    }

    async fn import(&self, conversation: ImportedConversation) -> Result<Import, StoreError> {
        self.writer
            .write(move |connection| import::import(connection, &conversation))
            .await
    }

    async fn delete(&self, id: &ConversationId) -> Result<(), StoreError> {
        let id = id.clone();
        self.writer
            .write(move |connection| {
                // Its messages and attachments go with it, by the foreign keys.
                let sql = "DELETE FROM conversations WHERE id = ?1";
                let rows = connection.execute(sql, [id.kept()])?;
                if rows == 0 { Err(missing(&id)) } else { Ok(()) }
            })
            .await
    }
}

/// Adds a message to its conversation, which is made when it is new, as the end of the active branch.
pub(crate) fn append(connection: &Connection, new: &NewMessage) -> Result<MessageId, Fault> {
    let created_at = time_to_ns(new.created_at)?;
    // `max`: a clock that was set back does not make a conversation look older than it is.
    let mut touch = connection.prepare_cached(
        "INSERT INTO conversations (id, created_at_ns, updated_at_ns, owner) VALUES (?1, ?2, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET updated_at_ns = max(updated_at_ns, excluded.updated_at_ns)
         RETURNING key, leaf_id",
    )?;
    let conversation = params![new.conversation.kept(), created_at, new.conversation.user()];
    let (key, leaf): (i64, Option<i64>) =
        touch.query_row(conversation, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let parent = match new.place {
        Place::Leaf => leaf.map(MessageId),
        Place::Root => None,
        Place::After(message) => Some(message),
    };
    let parent = match parent {
        Some(parent) => Some((parent, branches::depth(connection, key, parent)?)),
        None => None,
    };
    let id = insert(connection, key, parent, new)?;
    branches::set_leaf(connection, key, (id, parent.map_or(1, |(_, depth)| depth + 1)))?;
    Ok(id)
}

/// Adds a message after a parent, which has a place on its branch.
fn insert(
    connection: &Connection,
    key: i64,
    parent: Option<branches::Leaf>,
    new: &NewMessage,
) -> Result<MessageId, Fault> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO messages
             (conversation_key, role, content, tool_calls, tool_call_id, name, model, request_id, created_at_ns,
              parent_id, depth, finish)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         RETURNING id",
    )?;
    let message = &new.message;
    let row = params![
        key,
        message.role.as_str(),
        content_to_json(&message.content),
        tool_calls_to_json(&message.tool_calls),
        message.tool_call_id,
        message.name,
        new.model,
        new.request_id,
        time_to_ns(new.created_at)?,
        parent.map(|(parent, _)| parent.0),
        parent.map_or(1, |(_, depth)| depth + 1),
        new.finish.map(AnswerEnd::as_str),
    ];
    Ok(MessageId(insert.query_row(row, |row| row.get(0))?))
}

const COLUMNS: &str = "id, title, created_at_ns, updated_at_ns, message_count, leaf_id, pinned, archived, folder, settings, key";

fn conversation(connection: &Connection, id: &ConversationId) -> Result<Conversation, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM conversations WHERE id = ?1");
    let found = select(connection, &sql, [id.kept()], conversation_from_row)?.pop();
    found.ok_or_else(|| missing(id))
}

fn key(connection: &Connection, id: &ConversationId) -> Result<Option<i64>, Fault> {
    let mut statement = connection.prepare_cached("SELECT key FROM conversations WHERE id = ?1")?;
    Ok(statement.query_row([id.kept()], |row| row.get(0)).optional()?)
}

/// All rows of a query.
pub(crate) fn select<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    from_row: impl Fn(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        values.push(from_row(row)?);
    }
    Ok(values)
}

fn conversation_from_row(row: &Row<'_>) -> Result<Conversation, Fault> {
    let id: String = row.get(0)?;
    let parsed = ConversationId::from_kept(&id);
    Ok(Conversation {
        id: parsed.ok_or_else(|| Fault::Value(format!("a conversation has an impossible id: {id:?}")))?,
        title: row.get(1)?,
        created_at: time_from_ns(row.get(2)?),
        updated_at: time_from_ns(row.get(3)?),
        message_count: row.get(4)?,
        leaf: row.get::<_, Option<i64>>(5)?.map(MessageId),
        pinned: row.get(6)?,
        archived: row.get(7)?,
        folder: row.get(8)?,
        settings: settings_from_json(row.get_ref(9)?.as_str().map_err(rusqlite::Error::from)?)?,
    })
}

fn missing(id: &ConversationId) -> Fault {
    Fault::Store(StoreError::NotFound {
        what: "conversation",
        id: id.as_str().to_owned(),
    })
}
