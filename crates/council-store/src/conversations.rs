//! Conversations and messages in SQL.

use crate::Store;
use crate::columns::{
    content_from_json, content_to_json, limit_and_offset, time_from_ns, time_to_ns, tool_calls_from_json,
    tool_calls_to_json,
};
use crate::fault::Fault;
use async_trait::async_trait;
use council_core::{
    Conversation, ConversationId, ConversationStore, Message, MessageId, NewMessage, Page, Role, StoreError,
    StoredMessage,
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

    async fn conversations(&self, page: Page) -> Result<Vec<Conversation>, StoreError> {
        self.readers
            .read(move |connection| conversations(connection, page))
            .await
    }

    async fn messages(&self, id: &ConversationId, page: Page) -> Result<Vec<StoredMessage>, StoreError> {
        let id = id.clone();
        self.readers
            .read(move |connection| messages(connection, &id, page))
            .await
    }

    async fn recent_messages(
        &self,
        id: &ConversationId,
        limit: u64,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        let id = id.clone();
        self.readers
            .read(move |connection| recent_messages(connection, &id, limit))
            .await
    }

    async fn rename(&self, id: &ConversationId, title: &str) -> Result<(), StoreError> {
        let (id, title) = (id.clone(), title.to_owned());
        self.writer
            .write(move |connection| {
                let sql = "UPDATE conversations SET title = ?2 WHERE id = ?1";
                changed(connection.execute(sql, params![id.as_str(), title])?, &id)
            })
            .await
    }

    async fn delete(&self, id: &ConversationId) -> Result<(), StoreError> {
        let id = id.clone();
        self.writer
            .write(move |connection| {
                // Its messages go with it, by the foreign key.
                let sql = "DELETE FROM conversations WHERE id = ?1";
                changed(connection.execute(sql, [id.as_str()])?, &id)
            })
            .await
    }
}

/// Adds a message at the end of its conversation, which is made when it is new.
pub(crate) fn append(connection: &Connection, new: &NewMessage) -> Result<MessageId, Fault> {
    let created_at = time_to_ns(new.created_at)?;
    // `max`: a clock that was set back does not make a conversation look older than it is.
    let mut touch = connection.prepare_cached(
        "INSERT INTO conversations (id, created_at_ns, updated_at_ns, message_count) VALUES (?1, ?2, ?2, 1)
         ON CONFLICT (id) DO UPDATE SET
             updated_at_ns = max(updated_at_ns, excluded.updated_at_ns),
             message_count = message_count + 1
         RETURNING key",
    )?;
    let key: i64 = touch.query_row(params![new.conversation.as_str(), created_at], |row| row.get(0))?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO messages
             (conversation_key, role, content, tool_calls, tool_call_id, name, model, request_id, created_at_ns)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let message = &new.message;
    insert.execute(params![
        key,
        message.role.as_str(),
        content_to_json(&message.content),
        tool_calls_to_json(&message.tool_calls),
        message.tool_call_id,
        message.name,
        new.model,
        new.request_id,
        created_at,
    ])?;
    Ok(MessageId(connection.last_insert_rowid()))
}

fn conversation(connection: &Connection, id: &ConversationId) -> Result<Conversation, Fault> {
    let sql =
        "SELECT id, title, created_at_ns, updated_at_ns, message_count FROM conversations WHERE id = ?1";
    let found = select(connection, sql, [id.as_str()], conversation_from_row)?.pop();
    found.ok_or_else(|| missing(id))
}

fn conversations(connection: &Connection, page: Page) -> Result<Vec<Conversation>, Fault> {
    let (limit, offset) = limit_and_offset(page)?;
    let sql = "SELECT id, title, created_at_ns, updated_at_ns, message_count FROM conversations
               ORDER BY updated_at_ns DESC, key DESC LIMIT ?1 OFFSET ?2";
    select(connection, sql, [limit, offset], conversation_from_row)
}

fn messages(connection: &Connection, id: &ConversationId, page: Page) -> Result<Vec<StoredMessage>, Fault> {
    let (limit, offset) = limit_and_offset(page)?;
    let key = key(connection, id)?.ok_or_else(|| missing(id))?;
    let sql = "SELECT id, role, content, tool_calls, tool_call_id, name, model, request_id, created_at_ns
               FROM messages WHERE conversation_key = ?1 ORDER BY id LIMIT ?2 OFFSET ?3";
    select(connection, sql, [key, limit, offset], message_from_row)
}

fn recent_messages(
    connection: &Connection,
    id: &ConversationId,
    limit: u64,
) -> Result<Vec<StoredMessage>, Fault> {
    let Some(key) = key(connection, id)? else {
        return Ok(Vec::new());
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "SELECT id, role, content, tool_calls, tool_call_id, name, model, request_id, created_at_ns
               FROM messages WHERE conversation_key = ?1 ORDER BY id DESC LIMIT ?2";
    let mut newest_first = select(connection, sql, [key, limit], message_from_row)?;
    newest_first.reverse();
    Ok(newest_first)
}

fn key(connection: &Connection, id: &ConversationId) -> Result<Option<i64>, Fault> {
    let mut statement = connection.prepare_cached("SELECT key FROM conversations WHERE id = ?1")?;
    Ok(statement.query_row([id.as_str()], |row| row.get(0)).optional()?)
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
    let parsed = ConversationId::parse(&id);
    Ok(Conversation {
        id: parsed.ok_or_else(|| Fault::Value(format!("a conversation has an impossible id: {id:?}")))?,
        title: row.get(1)?,
        created_at: time_from_ns(row.get(2)?),
        updated_at: time_from_ns(row.get(3)?),
        message_count: row.get(4)?,
    })
}

fn message_from_row(row: &Row<'_>) -> Result<StoredMessage, Fault> {
    let role: String = row.get(1)?;
    let unknown = || Fault::Value(format!("a message has an unknown role: `{role}`"));
    let message = Message {
        role: Role::parse(&role).ok_or_else(unknown)?,
        content: content_from_json(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?,
        tool_calls: tool_calls_from_json(row.get_ref(3)?.as_str_or_null().map_err(rusqlite::Error::from)?)?,
        tool_call_id: row.get(4)?,
        name: row.get(5)?,
    };
    Ok(StoredMessage {
        id: MessageId(row.get(0)?),
        message,
        model: row.get(6)?,
        request_id: row.get(7)?,
        created_at: time_from_ns(row.get(8)?),
    })
}

fn changed(rows: usize, id: &ConversationId) -> Result<(), Fault> {
    if rows == 0 { Err(missing(id)) } else { Ok(()) }
}

fn missing(id: &ConversationId) -> Fault {
    Fault::Store(StoreError::NotFound {
        what: "conversation",
        id: id.as_str().to_owned(),
    })
}
