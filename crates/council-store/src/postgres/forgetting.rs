//! Everything about somebody or something in PostgreSQL, but memories: found, overwritten, and the place that it took given free.
//! What the server's own files keep of it (pages until they are used again, its log, its backups) is for who runs the server.

use super::search::words_to_keep;
use super::{PgFault, PostgresStore};
use crate::columns::content_to_json;
use crate::forgetting::{Found, Messages, Row, without_arguments, without_named};
use async_trait::async_trait;
use council_core::forgetting::{FORGOTTEN, Forgetting, Named, NamedMessage, Naming, Removed, Wanted};
use council_core::{Content, ConversationId, Role, StoreError};
use deadpool_postgres::{Client, GenericClient, Transaction};
use futures::TryStreamExt as _;
use std::pin::pin;

/// A user's notes about answers.
const NOTES: &str =
    "FROM feedback WHERE note IS NOT NULL AND receipt_key IN (SELECT key FROM receipts WHERE owner = $1)";

#[async_trait]
impl Forgetting for PostgresStore {
    async fn named(&self, wanted: &Wanted) -> Result<Named, StoreError> {
        let client = self.client().await?;
        let found = self.told(find(&client, wanted).await)?;
        Ok(found.named)
    }

    async fn forget_named(&self, wanted: &Wanted) -> Result<Named, StoreError> {
        let mut client = self.client().await?;
        let named = async {
            let transaction = client.transaction().await?;
            let found = find(&transaction, wanted).await?;
            overwrite(&transaction, &found, wanted).await?;
            transaction.commit().await?;
            vacuum(&client).await?;
            Ok(found.named)
        };
        self.told(named.await)
    }

    async fn remove_all_of(&self, user: &str, keys: &[String]) -> Result<Removed, StoreError> {
        let mut client = self.client().await?;
        let removed = async {
            let transaction = client.transaction().await?;
            let removed = remove_all_of(&transaction, user, keys).await?;
            transaction.commit().await?;
            if !removed.is_nothing() {
                vacuum(&client).await?;
            }
            Ok(removed)
        };
        self.told(removed.await)
    }
}

async fn find(client: &impl GenericClient, wanted: &Wanted) -> Result<Found, PgFault> {
    let user = &wanted.user;
    let mut messages = Messages::new(wanted);
    each_message(client, user, |row| messages.look(row)).await?;
    if messages.want_turns() {
        each_message(client, user, |row| messages.look_at_turn(row)).await?;
    }
    let mut found = messages.found();
    let sql = "SELECT id, title, folder, settings FROM conversations WHERE owner = $1 ORDER BY key";
    each(client, sql, &[user], |columns| {
        found.conversation(wanted, columns);
    })
    .await?;
    let sql =
        "SELECT a.id, a.name, CASE WHEN a.kind = 'image' THEN '' ELSE a.text END FROM attachments a JOIN conversations c ON c.key = a.conversation_key
                WHERE c.owner = $1 ORDER BY a.key";
    each(client, sql, &[user], |columns| found.attachment(wanted, columns)).await?;
    let sql = "SELECT request_id, receipt FROM receipts WHERE owner = $1 ORDER BY key";
    each(client, sql, &[user], |columns| found.receipt(wanted, columns)).await?;
    let sql = format!("SELECT note {NOTES}");
    each(client, &sql, &[user], |columns| found.note(wanted, columns)).await?;
    if wanted.audit {
        let sql = "SELECT before, after FROM audit";
        each(client, sql, &[], |columns| found.audit(wanted, columns)).await?;
    }
    Ok(found)
}

async fn each_message(
    client: &impl GenericClient,
    user: &String,
    mut look: impl FnMut(Row),
) -> Result<(), PgFault> {
    let sql = "SELECT m.id, c.id, c.title, m.role, m.content, m.tool_calls, m.name, m.request_id, c.key
               FROM messages m JOIN conversations c ON c.key = m.conversation_key
               WHERE c.owner = $1 ORDER BY m.id";
    let mut rows = pin!(client.query_raw(sql, [user]).await?);
    while let Some(row) = rows.try_next().await? {
        let (more, turn) = ([row.get(5), row.get(6)], (row.get(8), row.get(7)));
        let conversation = (row.get(1), row.get(2));
        Row::new(row.get(0), conversation, row.get(3), row.get(4), more, turn).map(&mut look);
    }
    Ok(())
}

/// Every row of a query whose columns are texts.
async fn each(
    client: &impl GenericClient,
    sql: &str,
    of: &[&String],
    mut look: impl FnMut(&[String]),
) -> Result<(), PgFault> {
    let mut rows = pin!(client.query_raw(sql, of.iter().copied()).await?);
    while let Some(row) = rows.try_next().await? {
        let columns: Vec<String> = (0..row.len()).map(|column| row.get(column)).collect();
        look(&columns);
    }
    Ok(())
}

async fn overwrite(transaction: &Transaction<'_>, found: &Found, wanted: &Wanted) -> Result<(), PgFault> {
    for message in &found.named.messages {
        overwrite_message(transaction, message).await?;
    }
    for id in &found.named.conversations {
        overwrite_conversation(transaction, id, &wanted.naming).await?;
    }
    let sql = "UPDATE attachments SET name = $2, text = $2 WHERE id = ANY ($1)";
    transaction
        .execute(sql, &[&found.attachments, &FORGOTTEN])
        .await?;
    let notes = format!("SELECT key::text, note {NOTES}");
    overwrite_where(
        transaction,
        "feedback",
        "note",
        (&notes, &[&wanted.user]),
        &wanted.naming,
    )
    .await?;
    let sql = "DELETE FROM receipts WHERE request_id = ANY ($1)";
    transaction.execute(sql, &[&found.named.receipts]).await?;
    if wanted.audit {
        for column in ["before", "after"] {
            let lines = format!("SELECT key::text, {column} FROM audit");
            overwrite_where(transaction, "audit", column, (&lines, &[]), &wanted.naming).await?;
        }
    }
    Ok(())
}

async fn overwrite_message(transaction: &Transaction<'_>, message: &NamedMessage) -> Result<(), PgFault> {
    let sql = transaction
        .prepare_cached("SELECT tool_calls FROM messages WHERE id = $1 FOR UPDATE")
        .await?;
    let Some(row) = transaction.query_opt(&sql, &[&message.id.0]).await? else {
        return Ok(());
    };
    let calls: Option<String> = row.get(0);
    let calls = calls.as_deref().map(without_arguments);
    let content = content_to_json(&[Content::Text(FORGOTTEN.to_owned())]);
    let is_found = matches!(message.role, Role::User | Role::Assistant);
    let words = if is_found {
        words_to_keep(FORGOTTEN)
    } else {
        String::new()
    };
    // The name of a tool stays beside its result.
    let keeps_name = message.role == Role::Tool;
    let sql = transaction
        .prepare_cached(
            "UPDATE messages SET content = $2, tool_calls = $3, words = $4, name = CASE WHEN $5 THEN name END WHERE id = $1",
        )
        .await?;
    transaction
        .execute(&sql, &[&message.id.0, &content, &calls, &words, &keeps_name])
        .await?;
    Ok(())
}

async fn overwrite_conversation(
    transaction: &Transaction<'_>,
    id: &ConversationId,
    naming: &Naming,
) -> Result<(), PgFault> {
    let sql = "SELECT title, folder, settings FROM conversations WHERE id = $1 FOR UPDATE";
    let Some(row) = transaction.query_opt(sql, &[&id.kept()]).await? else {
        return Ok(());
    };
    let (title, folder, settings) = without_named((row.get(0), row.get(1), row.get(2)), naming);
    let sql = "UPDATE conversations SET title = $2, folder = $3, settings = $4, words = $5 WHERE id = $1";
    let words = words_to_keep(&title);
    transaction
        .execute(sql, &[&id.kept(), &title, &folder, &settings, &words])
        .await?;
    Ok(())
}

/// Overwrites a column of the rows, which a query names with it, in which it names it.
async fn overwrite_where(
    transaction: &Transaction<'_>,
    table: &str,
    column: &str,
    (rows, of): (&str, &[&String]),
    naming: &Naming,
) -> Result<(), PgFault> {
    let mut keys: Vec<String> = Vec::new();
    each(transaction, rows, of, |columns| {
        if let [key, text] = columns
            && naming.is_in(text)
        {
            keys.push(key.clone());
        }
    })
    .await?;
    let sql = format!("UPDATE {table} SET {column} = $2 WHERE key::text = ANY ($1)");
    transaction.execute(&sql, &[&keys, &FORGOTTEN]).await?;
    Ok(())
}

/// Removes what is a user's. What was used and spent stays, so that no bound has room again; whose it was does not.
async fn remove_all_of(
    transaction: &Transaction<'_>,
    user: &str,
    keys: &[String],
) -> Result<Removed, PgFault> {
    // What is open is charged by its name.
    let sql = "UPDATE charges SET id = 'removed-' || key, request_id = 'removed-' || key, payer = ''
                WHERE state <> 'open'
                  AND (payer = ANY ($2) OR request_id IN (SELECT request_id FROM ledger WHERE owner = $1))";
    transaction.execute(sql, &[&user, &keys]).await?;
    let sql = "UPDATE ledger SET owner = '', request_id = 'removed-' || key WHERE owner = $1";
    let ledger = transaction.execute(sql, &[&user]).await?;
    // Messages and files go with their conversation, what was thought of answers with their receipt.
    let receipts = transaction
        .execute("DELETE FROM receipts WHERE owner = $1", &[&user])
        .await?;
    let conversations = transaction
        .execute("DELETE FROM conversations WHERE owner = $1", &[&user])
        .await?;
    Ok(Removed {
        conversations,
        receipts,
        ledger,
        ..Removed::default()
    })
}

/// Frees the place of what was overwritten for other rows, and takes it out of the indexes of words; not possible within a
/// transaction.
async fn vacuum(client: &Client) -> Result<(), PgFault> {
    let sql = "VACUUM conversations, messages, attachments, receipts, feedback, ledger, charges, audit";
    Ok(client.batch_execute(sql).await?)
}
