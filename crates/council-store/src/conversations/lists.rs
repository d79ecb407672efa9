//! Lists of conversations, and their folders.

use super::{COLUMNS, conversation_from_row, select};
use crate::columns::{limit_and_offset, time_to_ns};
use crate::fault::Fault;
use council_core::memory::LOCAL_USER;
use council_core::{Conversation, ConversationFilter, Folder, Page};
use rusqlite::{Connection, params};

/// Conversations, the last used first.
pub(super) fn conversations(
    connection: &Connection,
    filter: &ConversationFilter,
    page: Page,
) -> Result<Vec<Conversation>, Fault> {
    let (limit, offset) = limit_and_offset(page)?;
    // Conditions that are not asked for are left out, so that each list has its index.
    let mut conditions = vec!["archived = ?3"];
    // Written out for the owner of the machine, as in the indices of the others.
    conditions.push(if filter.user == LOCAL_USER {
        "owner = 'local'"
    } else {
        "owner = ?7 AND owner <> 'local'"
    });
    match filter.pinned {
        Some(true) => conditions.push("pinned = 1"),
        Some(false) => conditions.push("pinned = 0"),
        None => {}
    }
    match filter.folder.as_deref() {
        Some("") => conditions.push("folder = ''"),
        Some(_) => conditions.push("folder = ?4 AND folder <> ''"),
        None => {}
    }
    if filter.after.is_some() {
        // One that is gone had its place before all others of its time.
        conditions.push(
            "(updated_at_ns, key) < (?5, coalesce((SELECT key FROM conversations WHERE id = ?6), 1 << 62))",
        );
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM conversations WHERE {} AND (?4 IS NULL OR true) AND (?5 IS NULL OR ?6 IS NOT NULL) AND ?7 <> ''
         ORDER BY updated_at_ns DESC, key DESC LIMIT ?1 OFFSET ?2",
        conditions.join(" AND ")
    );
    let after = filter.after.as_ref();
    let parameters = params![
        limit,
        offset,
        filter.archived,
        filter.folder,
        after.map(|after| time_to_ns(after.updated_at)).transpose()?,
        after.map(|after| after.id.kept()),
        filter.user,
    ];
    select(connection, &sql, parameters, conversation_from_row)
}

/// A user's folders, by name.
pub(super) fn folders(connection: &Connection, user: &str) -> Result<Vec<Folder>, Fault> {
    let sql = "SELECT folder, count(*) FROM conversations WHERE folder <> '' AND archived = 0 AND owner = ?1
               GROUP BY folder ORDER BY folder";
    select(connection, sql, [user], |row| {
        Ok(Folder {
            name: row.get(0)?,
            conversations: row.get(1)?,
        })
    })
}
