//! Everything about somebody or something, but memories: found, overwritten, and gone from the files. Nobody makes another user
//! forget.
//!
//! - `found`: what names it, whichever database it comes from
//! - `files`: what stands beside the database in the data directory

mod files;
mod found;

use crate::columns::content_to_json;
use crate::fault::Fault;
use crate::memory::scrub;
use crate::{Store, backup};
use async_trait::async_trait;
use council_core::forgetting::{FORGOTTEN, Forgetting, Named, NamedMessage, Naming, Removed, Traces, Wanted};
use council_core::{Content, ConversationId, Role, StoreError};
pub(crate) use found::{Found, Messages, Row, without_arguments, without_named};
use rusqlite::{Connection, params, params_from_iter};
use std::path::{Path, PathBuf};

#[async_trait]
impl Forgetting for Store {
    async fn named(&self, wanted: &Wanted) -> Result<Named, StoreError> {
        let wanted = wanted.clone();
        let found = self
            .readers
            .read(move |connection| find(connection, &wanted))
            .await?;
        Ok(found.named)
    }

    async fn forget_named(&self, wanted: &Wanted) -> Result<Named, StoreError> {
        let wanted = wanted.clone();
        let work = move |connection: &Connection| {
            let found = find(connection, &wanted)?;
            overwrite(connection, &found, &wanted)?;
            Ok(found.named)
        };
        self.writer
            .write_then(work, |connection, _| scrub::write_anew(connection))
            .await
    }

    async fn remove_all_of(&self, user: &str, keys: &[String]) -> Result<Removed, StoreError> {
        let (user, keys) = (user.to_owned(), keys.to_vec());
        let work = move |connection: &Connection| remove_all_of(connection, &user, &keys);
        let trace = |connection: &Connection, removed: &Removed| {
            if removed.is_nothing() {
                Ok(())
            } else {
                scrub::write_anew(connection)
            }
        };
        self.writer.write_then(work, trace).await
    }
}

#[async_trait]
impl Traces for Store {
    async fn lines(&self, naming: &Naming) -> Result<u64, StoreError> {
        let naming = naming.clone();
        blocking(self.dir(), move |dir| files::lines(dir, &naming)).await
    }

    async fn remove_lines(&self, naming: &Naming) -> Result<u64, StoreError> {
        let naming = naming.clone();
        blocking(self.dir(), move |dir| files::remove_lines(dir, &naming)).await
    }

    async fn older_copies(&self) -> Result<Vec<String>, StoreError> {
        blocking(self.dir(), move |dir| {
            Ok(backup::copies(dir)?.iter().map(|path| name(path)).collect())
        })
        .await
    }

    async fn remove_older_copies(&self) -> Result<Vec<String>, StoreError> {
        blocking(self.dir(), move |dir| {
            let copies = backup::copies(dir)?;
            for copy in &copies {
                backup::remove_copy(copy)?;
            }
            Ok(copies.iter().map(|path| name(path)).collect())
        })
        .await
    }

    async fn files_with(&self, naming: &Naming) -> Result<Vec<String>, StoreError> {
        let (there, words) = (naming.clone(), naming.words().as_bytes().to_owned());
        let database = self.path().to_owned();
        let mut found = blocking(self.dir(), move |dir| files::with(dir, &database, &there)).await?;
        let stands = move |connection: &Connection| files::in_pages(connection, &words);
        if self.readers.read(stands).await? {
            found.push(name(self.path()));
            found.sort();
        }
        Ok(found)
    }
}

impl Store {
    fn dir(&self) -> PathBuf {
        self.path().parent().unwrap_or(self.path()).to_owned()
    }
}

fn find(connection: &Connection, wanted: &Wanted) -> Result<Found, Fault> {
    let user = &wanted.user;
    let mut messages = Messages::new(wanted);
    each_message(connection, user, |row| messages.look(row))?;
    if messages.want_turns() {
        each_message(connection, user, |row| messages.look_at_turn(row))?;
    }
    let mut found = messages.found();
    let sql = "SELECT id, title, folder, settings FROM conversations WHERE owner = ?1 ORDER BY key";
    each(connection, sql, &[user], |columns| {
        found.conversation(wanted, columns);
    })?;
    let sql =
        "SELECT a.id, a.name, iif(a.kind = 'image', '', a.text) FROM attachments a JOIN conversations c ON c.key = a.conversation_key
                WHERE c.owner = ?1 ORDER BY a.key";
    each(connection, sql, &[user], |columns| {
        found.attachment(wanted, columns);
    })?;
    let sql = "SELECT request_id, receipt FROM receipts WHERE owner = ?1 ORDER BY key";
    each(connection, sql, &[user], |columns| found.receipt(wanted, columns))?;
    each(connection, &format!("SELECT note {NOTES}"), &[user], |columns| {
        found.note(wanted, columns);
    })?;
    if wanted.audit {
        each(connection, "SELECT before, after FROM audit", &[], |columns| {
            found.audit(wanted, columns);
        })?;
    }
    Ok(found)
}

/// A user's notes about answers.
const NOTES: &str =
    "FROM feedback WHERE note IS NOT NULL AND receipt_key IN (SELECT key FROM receipts WHERE owner = ?1)";

fn overwrite(connection: &Connection, found: &Found, wanted: &Wanted) -> Result<(), Fault> {
    for message in &found.named.messages {
        overwrite_message(connection, message)?;
    }
    for id in &found.named.conversations {
        overwrite_conversation(connection, id, &wanted.naming)?;
    }
    for id in &found.attachments {
        let sql = "UPDATE attachments SET name = ?2, text = ?2 WHERE id = ?1";
        connection.prepare_cached(sql)?.execute(params![id, FORGOTTEN])?;
    }
    let notes = format!("SELECT key, note {NOTES}");
    overwrite_where(
        connection,
        "feedback",
        "note",
        &notes,
        &[&wanted.user],
        &wanted.naming,
    )?;
    for request in &found.named.receipts {
        let sql = "DELETE FROM receipts WHERE request_id = ?1";
        connection.prepare_cached(sql)?.execute([request])?;
    }
    if wanted.audit {
        for column in ["before", "after"] {
            let sql = format!("SELECT key, {column} FROM audit");
            overwrite_where(connection, "audit", column, &sql, &[], &wanted.naming)?;
        }
    }
    Ok(())
}

/// Removes what is a user's. What was used and spent stays, so that no bound has room again; whose it was does not.
fn remove_all_of(connection: &Connection, user: &str, keys: &[String]) -> Result<Removed, Fault> {
    let of_user = "SELECT request_id FROM ledger WHERE owner = ?1";
    let sql = format!("UPDATE egress SET request_id = '' WHERE request_id IN ({of_user})");
    connection.execute(&sql, [user])?;
    // What is open is charged by its name, and closed when the process ends at the latest.
    let nobodys = "id = 'removed-' || key, request_id = 'removed-' || key, payer = ''";
    let sql = format!("UPDATE charges SET {nobodys} WHERE state <> 'open' AND request_id IN ({of_user})");
    connection.execute(&sql, [user])?;
    let sql = format!("UPDATE charges SET {nobodys} WHERE state <> 'open' AND payer = ?1");
    for key in keys {
        connection.execute(&sql, [key])?;
    }
    let sql = "UPDATE ledger SET owner = '', request_id = 'removed-' || key WHERE owner = ?1";
    let ledger = connection.execute(sql, [user])? as u64;
    let count = "SELECT count(*) FROM receipts WHERE owner = ?1";
    let receipts: i64 = connection.query_row(count, [user], |row| row.get(0))?;
    // Messages, files and receipts go with their conversation, what was thought of answers with their receipt.
    let conversations = connection.execute("DELETE FROM conversations WHERE owner = ?1", [user])? as u64;
    connection.execute("DELETE FROM receipts WHERE owner = ?1", [user])?;
    Ok(Removed {
        conversations,
        receipts: receipts.unsigned_abs(),
        ledger,
        ..Removed::default()
    })
}

fn each_message(connection: &Connection, user: &str, mut look: impl FnMut(Row)) -> Result<(), Fault> {
    let sql = "SELECT m.id, c.id, c.title, m.role, m.content, m.tool_calls, m.name, m.request_id, c.key
               FROM messages m JOIN conversations c ON c.key = m.conversation_key
               WHERE c.owner = ?1 ORDER BY m.id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([user])?;
    while let Some(row) = rows.next()? {
        let (conversation, role, content): (String, String, String) = (row.get(1)?, row.get(3)?, row.get(4)?);
        let (calls, name): (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
        let more = [calls.as_deref(), name.as_deref()];
        let turn = (row.get(8)?, row.get(7)?);
        let row = Row::new(
            row.get(0)?,
            (&conversation, row.get(2)?),
            &role,
            &content,
            more,
            turn,
        );
        row.map(&mut look);
    }
    Ok(())
}

/// The words leave the index before the text changes that it is made from.
fn overwrite_message(connection: &Connection, message: &NamedMessage) -> Result<(), Fault> {
    let id = message.id.0;
    let is_indexed = matches!(message.role, Role::User | Role::Assistant);
    if is_indexed {
        let sql = "INSERT INTO message_words (message_words, rowid, text)
                   SELECT 'delete', id, text FROM message_texts WHERE id = ?1";
        connection.prepare_cached(sql)?.execute([id])?;
    }
    let sql = "SELECT tool_calls FROM messages WHERE id = ?1";
    let calls: Option<String> = connection
        .prepare_cached(sql)?
        .query_row([id], |row| row.get(0))?;
    let calls = calls.as_deref().map(without_arguments);
    let sql = "UPDATE messages SET content = ?2, tool_calls = ?3 WHERE id = ?1";
    let content = content_to_json(&[Content::Text(FORGOTTEN.to_owned())]);
    connection
        .prepare_cached(sql)?
        .execute(params![id, content, calls])?;
    if message.role != Role::Tool {
        let sql = "UPDATE messages SET name = NULL WHERE id = ?1";
        connection.prepare_cached(sql)?.execute([id])?;
    }
    if is_indexed {
        let sql = "INSERT INTO message_words (rowid, text) SELECT id, text FROM message_texts WHERE id = ?1";
        connection.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}

/// What names it in a conversation itself: its title, its folder, its instructions.
fn overwrite_conversation(
    connection: &Connection,
    id: &ConversationId,
    naming: &Naming,
) -> Result<(), Fault> {
    let sql = "SELECT title, folder, settings FROM conversations WHERE id = ?1";
    let parts: (String, String, String) = connection
        .prepare_cached(sql)?
        .query_row([id.kept()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let (title, folder, settings) = without_named(parts, naming);
    let sql = "UPDATE conversations SET title = ?2, folder = ?3, settings = ?4 WHERE id = ?1";
    connection
        .prepare_cached(sql)?
        .execute(params![id.kept(), title, folder, settings])?;
    Ok(())
}

/// Overwrites a column of the rows, which a query names with it, in which it names it.
fn overwrite_where(
    connection: &Connection,
    table: &str,
    column: &str,
    rows: &str,
    of: &[&String],
    naming: &Naming,
) -> Result<(), Fault> {
    let mut statement = connection.prepare(rows)?;
    let mut rows = statement.query(params_from_iter(of))?;
    let mut keys: Vec<i64> = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        keys.extend(naming.is_in(&text).then_some(row.get::<_, i64>(0)?));
    }
    let sql = format!("UPDATE {table} SET {column} = ?2 WHERE key = ?1");
    let mut update = connection.prepare(&sql)?;
    for key in keys {
        update.execute(params![key, FORGOTTEN])?;
    }
    Ok(())
}

/// Every row of a query whose columns are texts.
fn each(
    connection: &Connection,
    sql: &str,
    of: &[&String],
    mut look: impl FnMut(&[String]),
) -> Result<(), Fault> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(params_from_iter(of))?;
    while let Some(row) = rows.next()? {
        let texts: Vec<String> = (0..columns)
            .map(|column| row.get(column))
            .collect::<Result<_, _>>()?;
        look(&texts);
    }
    Ok(())
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

async fn blocking<T: Send + 'static>(
    dir: PathBuf,
    work: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let place = dir.display().to_string();
    let done = tokio::task::spawn_blocking(move || work(&dir)).await;
    let done = done.map_err(std::io::Error::other).and_then(|done| done);
    done.map_err(|error| match error.kind() {
        std::io::ErrorKind::StorageFull => StoreError::DiskFull { place },
        _ => StoreError::Failed(format!("a file of {place}: {error}")),
    })
}
