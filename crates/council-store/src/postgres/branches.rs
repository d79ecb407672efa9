//! The tree of a conversation's messages, and its branches.

use super::count;
use crate::columns::{content_from_json, time_from_ns, tool_calls_from_json};
use crate::memory::postgres::server::PgFault;
use council_core::{AnswerEnd, Branch, CountFrom, Message, MessageId, Page, Role, StoreError, StoredMessage};
use deadpool_postgres::{Client, GenericClient, Transaction};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// A message and its place on its branch.
pub(super) type Leaf = (MessageId, i64);

/// Of `messages m`.
const COLUMNS: &str = "m.id, m.role, m.content, m.tool_calls, m.tool_call_id, m.name, m.model, m.request_id,
    m.created_at_ns, m.parent_id, m.depth, m.finish,
    (SELECT array_agg(s.id ORDER BY s.id) FROM messages s
     WHERE s.conversation_key = m.conversation_key AND s.parent_id = m.parent_id)";

/// A part of a branch, oldest first.
pub(super) async fn page(
    client: &Client,
    key: i64,
    branch: Branch,
    from: CountFrom,
    page: Page,
) -> Result<Vec<StoredMessage>, PgFault> {
    let end = match branch {
        Branch::Active => active(client, key).await?,
        Branch::EndingAt(message) => Some((message, depth(client, key, message).await?)),
        Branch::Through(message) => Some(newest_below(client, key, message).await?),
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
             SELECT id, parent_id, depth FROM messages WHERE id = $1
             UNION ALL
             SELECT before.id, before.parent_id, before.depth
             FROM branch JOIN messages before ON before.id = branch.parent_id
             WHERE branch.depth > $2
         )
         SELECT {COLUMNS} FROM branch JOIN messages m ON m.id = branch.id
         WHERE branch.depth BETWEEN $2 AND $3 ORDER BY branch.depth"
    );
    select(client, &sql, &[&end, &first, &last]).await
}

/// All messages, in the order in which they came.
pub(super) async fn tree(client: &Client, key: i64) -> Result<Vec<StoredMessage>, PgFault> {
    let sql = format!("SELECT {COLUMNS} FROM messages m WHERE m.conversation_key = $1 ORDER BY m.id");
    select(client, &sql, &[&key]).await
}

async fn select(
    client: &Client,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<StoredMessage>, PgFault> {
    let sql = client.prepare_cached(sql).await?;
    let rows = client.query(&sql, parameters).await?;
    rows.iter().map(from_row).collect()
}

/// A message's place on its branch.
pub(super) async fn depth<C: GenericClient>(
    client: &C,
    key: i64,
    message: MessageId,
) -> Result<i64, PgFault> {
    let sql = client
        .prepare_cached("SELECT depth FROM messages WHERE id = $1 AND conversation_key = $2")
        .await?;
    let found = client.query_opt(&sql, &[&message.0, &key]).await?;
    let missing = || {
        PgFault::Store(StoreError::NotFound {
            what: "message",
            id: message.0.to_string(),
        })
    };
    Ok(found.ok_or_else(missing)?.get(0))
}

/// The newest descendant of a message, which nothing follows; itself where nothing follows it.
pub(super) async fn newest_below<C: GenericClient>(
    client: &C,
    key: i64,
    message: MessageId,
) -> Result<Leaf, PgFault> {
    depth(client, key, message).await?;
    let sql = client
        .prepare_cached(
            "WITH RECURSIVE below(id, depth) AS (
                 SELECT id, depth FROM messages WHERE id = $1
                 UNION ALL
                 SELECT m.id, m.depth FROM below
                 JOIN messages m ON m.conversation_key = $2 AND m.parent_id = below.id
             )
             SELECT id, depth FROM below ORDER BY id DESC LIMIT 1",
        )
        .await?;
    let row = client.query_one(&sql, &[&message.0, &key]).await?;
    Ok((MessageId(row.get(0)), row.get(1)))
}

/// Makes a message the end of the active branch.
pub(super) async fn set_leaf(
    transaction: &Transaction<'_>,
    key: i64,
    (leaf, depth): Leaf,
) -> Result<(), PgFault> {
    let sql = transaction
        .prepare_cached("UPDATE conversations SET leaf_id = $2, message_count = $3 WHERE key = $1")
        .await?;
    transaction.execute(&sql, &[&key, &leaf.0, &depth]).await?;
    Ok(())
}

async fn active(client: &Client, key: i64) -> Result<Option<Leaf>, PgFault> {
    let sql = client
        .prepare_cached("SELECT leaf_id, message_count FROM conversations WHERE key = $1")
        .await?;
    // One that was removed meanwhile has no end.
    let Some(row) = client.query_opt(&sql, &[&key]).await? else {
        return Ok(None);
    };
    Ok(row
        .get::<_, Option<i64>>(0)
        .map(|leaf| (MessageId(leaf), row.get(1))))
}

fn from_row(row: &Row) -> Result<StoredMessage, PgFault> {
    let role: &str = row.get(1);
    let unknown = || PgFault::Value(format!("a message has an unknown role: `{role}`"));
    let message = Message {
        role: Role::parse(role).ok_or_else(unknown)?,
        content: content_from_json(row.get(2))?,
        tool_calls: tool_calls_from_json(row.get(3))?,
        tool_call_id: row.get(4),
        name: row.get(5),
    };
    let unknown = |finish: &str| PgFault::Value(format!("an answer has an unknown end: `{finish}`"));
    let finish: Option<&str> = row.get(11);
    let finish = finish
        .map(|finish| AnswerEnd::parse(finish).ok_or_else(|| unknown(finish)))
        .transpose()?;
    let parent: i64 = row.get(9);
    let siblings: Vec<i64> = row.get(12);
    Ok(StoredMessage {
        id: MessageId(row.get(0)),
        parent: (parent != 0).then_some(MessageId(parent)),
        depth: count(row.get(10)),
        siblings: siblings.into_iter().map(MessageId).collect(),
        message,
        model: row.get(6),
        request_id: row.get(7),
        created_at: time_from_ns(row.get(8)),
        finish,
    })
}
