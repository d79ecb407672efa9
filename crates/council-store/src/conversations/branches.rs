//! The tree of a conversation's messages, and its branches.

use super::select;
use crate::columns::{content_from_json, time_from_ns, tool_calls_from_json};
use crate::fault::Fault;
use council_core::{AnswerEnd, Branch, CountFrom, Message, MessageId, Page, Role, StoreError, StoredMessage};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A message and its place on its branch.
pub(super) type Leaf = (MessageId, i64);

/// Of `messages m`. A message's siblings are found by the index of parents; ids grow with time.
const COLUMNS: &str = "m.id, m.role, m.content, m.tool_calls, m.tool_call_id, m.name, m.model, m.request_id,
    m.created_at_ns, m.parent_id, m.depth, m.finish,
    (SELECT group_concat(s.id) FROM messages s
     WHERE s.conversation_key = m.conversation_key AND s.parent_id IS m.parent_id)";

/// A part of a branch, oldest first.
pub(super) fn page(
    connection: &Connection,
    key: i64,
    branch: Branch,
    from: CountFrom,
    page: Page,
) -> Result<Vec<StoredMessage>, Fault> {
    let end = match branch {
        Branch::Active => active(connection, key)?,
        Branch::EndingAt(message) => Some((message, depth(connection, key, message)?)),
        Branch::Through(message) => Some(newest_below(connection, key, message)?),
    };
    let Some((MessageId(end), length)) = end else {
        return Ok(Vec::new());
    };
    let offset = i64::try_from(page.offset).unwrap_or(i64::MAX);
    let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
    let (first, last) = match from {
        CountFrom::Start => (offset.saturating_add(1), offset.saturating_add(limit).min(length)),
        CountFrom::End => {
            let last = length.saturating_sub(offset);
            (last.saturating_sub(limit).saturating_add(1), last)
        }
    };
    // From the end towards the beginning, and no further than is asked for.
    let sql = format!(
        "WITH RECURSIVE branch(id, parent_id, depth) AS (
             SELECT id, parent_id, depth FROM messages WHERE id = ?1
             UNION ALL
             SELECT before.id, before.parent_id, before.depth
             FROM branch JOIN messages before ON before.id = branch.parent_id
             WHERE branch.depth > ?2
         )
         SELECT {COLUMNS} FROM branch JOIN messages m ON m.id = branch.id
         WHERE branch.depth BETWEEN ?2 AND ?3 ORDER BY branch.depth"
    );
    select(connection, &sql, [end, first, last], from_row)
}

/// All messages, in the order in which they came.
pub(super) fn tree(connection: &Connection, key: i64) -> Result<Vec<StoredMessage>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM messages m WHERE m.conversation_key = ?1 ORDER BY m.id");
    select(connection, &sql, [key], from_row)
}

/// A message's place on its branch.
pub(super) fn depth(connection: &Connection, key: i64, message: MessageId) -> Result<i64, Fault> {
    let sql = "SELECT depth FROM messages WHERE id = ?1 AND conversation_key = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement
        .query_row([message.0, key], |row| row.get(0))
        .optional()?;
    found.ok_or_else(|| missing(message))
}

/// The newest descendant of a message, which nothing follows; itself where nothing follows it.
pub(super) fn newest_below(connection: &Connection, key: i64, message: MessageId) -> Result<Leaf, Fault> {
    depth(connection, key, message)?;
    let sql = "WITH RECURSIVE below(id, depth) AS (
                   SELECT id, depth FROM messages WHERE id = ?1
                   UNION ALL
                   SELECT m.id, m.depth FROM below
                   JOIN messages m ON m.conversation_key = ?2 AND m.parent_id = below.id
               )
               SELECT id, depth FROM below ORDER BY id DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([message.0, key], |row| Ok((MessageId(row.get(0)?), row.get(1)?)))?)
}

/// Makes a message the end of the active branch.
pub(super) fn set_leaf(connection: &Connection, key: i64, (leaf, depth): Leaf) -> Result<(), Fault> {
    let sql = "UPDATE conversations SET leaf_id = ?2, message_count = ?3 WHERE key = ?1";
    connection
        .prepare_cached(sql)?
        .execute(params![key, leaf.0, depth])?;
    Ok(())
}

fn active(connection: &Connection, key: i64) -> Result<Option<Leaf>, Fault> {
    let sql = "SELECT leaf_id, message_count FROM conversations WHERE key = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let (leaf, length): (Option<i64>, i64) =
        statement.query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(leaf.map(|leaf| (MessageId(leaf), length)))
}

fn from_row(row: &Row<'_>) -> Result<StoredMessage, Fault> {
    let role: String = row.get(1)?;
    let unknown = || Fault::Value(format!("a message has an unknown role: `{role}`"));
    let message = Message {
        role: Role::parse(&role).ok_or_else(unknown)?,
        content: content_from_json(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?,
        tool_calls: tool_calls_from_json(row.get_ref(3)?.as_str_or_null().map_err(rusqlite::Error::from)?)?,
        tool_call_id: row.get(4)?,
        name: row.get(5)?,
    };
    let finish: Option<String> = row.get(11)?;
    let unknown = |finish: &str| Fault::Value(format!("an answer has an unknown end: `{finish}`"));
    let finish = finish
        .map(|finish| AnswerEnd::parse(&finish).ok_or_else(|| unknown(&finish)))
        .transpose()?;
    let siblings: String = row.get(12)?;
    let mut siblings: Vec<MessageId> = siblings
        .split(',')
        .filter_map(|id| id.parse().ok())
        .map(MessageId)
        .collect();
    siblings.sort_unstable();
    Ok(StoredMessage {
        id: MessageId(row.get(0)?),
        parent: row.get::<_, Option<i64>>(9)?.map(MessageId),
        depth: row.get(10)?,
        siblings,
        message,
        model: row.get(6)?,
        request_id: row.get(7)?,
        created_at: time_from_ns(row.get(8)?),
        finish,
    })
}

fn missing(message: MessageId) -> Fault {
    Fault::Store(StoreError::NotFound {
        what: "message",
        id: message.0.to_string(),
    })
}
