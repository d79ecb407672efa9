//! Texts of attached files.

use super::{key, missing, select};
use crate::columns::{time_from_ns, time_to_ns};
use crate::fault::Fault;
use council_core::{Attachment, ConversationId, StoreError};
use rusqlite::{Connection, params};

/// Keeps one.
pub(super) fn insert(connection: &Connection, new: &Attachment) -> Result<(), Fault> {
    let key = key(connection, &new.conversation)?.ok_or_else(|| missing(&new.conversation))?;
    let sql = "INSERT INTO attachments (id, conversation_key, name, kind, bytes, pages, text, created_at_ns)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let at = time_to_ns(new.created_at)?;
    let row = params![
        new.id, key, new.name, new.kind, new.bytes, new.pages, new.text, at
    ];
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

/// One of a conversation.
pub(super) fn find(
    connection: &Connection,
    conversation: &ConversationId,
    id: &str,
) -> Result<Attachment, Fault> {
    let sql = "SELECT a.id, a.name, a.kind, a.bytes, a.pages, a.text, a.created_at_ns
               FROM attachments a JOIN conversations c ON c.key = a.conversation_key
               WHERE a.id = ?1 AND c.id = ?2";
    let found = select(connection, sql, params![id, conversation.kept()], |row| {
        Ok(Attachment {
            id: row.get(0)?,
            conversation: conversation.clone(),
            name: row.get(1)?,
            kind: row.get(2)?,
            bytes: row.get(3)?,
            pages: row.get(4)?,
            text: row.get(5)?,
            created_at: time_from_ns(row.get(6)?),
        })
    })?
    .pop();
    found.ok_or_else(|| {
        Fault::Store(StoreError::NotFound {
            what: "attachment",
            id: id.to_owned(),
        })
    })
}
