//! Whole records in and out.

use super::{COLUMNS, Stored, history, insert_row, new_id, settle};
use crate::conversations::select;
use crate::fault::Fault;
use council_core::memory::check;
use council_core::{Memory, MemoryEvent, MemoryId, MemoryRecord};
use rusqlite::{Connection, params};

/// Stores records whose identifiers are new.
pub(in crate::memory) fn import(
    connection: &Connection,
    records: &[MemoryRecord],
) -> Result<Vec<Stored>, Fault> {
    let mut stored = Vec::new();
    for record in records {
        let memory = &record.memory;
        match history::is_taken(connection, &memory.id)? {
            None => {}
            Some(false) => continue,
            // What was forgotten may come back, by somebody's own hand; its blank keeps its place under another name.
            Some(true) => {
                let sql = "UPDATE memories SET id = ?2 WHERE id = ?1";
                let other = new_id(connection)?;
                connection
                    .prepare_cached(sql)?
                    .execute(params![memory.id.0, other.0])?;
            }
        }
        let event = record
            .history
            .last()
            .map_or(MemoryEvent::Created, |last| last.event);
        let key = insert_row(connection, memory, event)?;
        let before = record.history.len().saturating_sub(1);
        for version in &record.history[..before] {
            history::insert(connection, key, &version.memory, version.event)?;
        }
        stored.push(Stored {
            key,
            memory: memory.clone(),
            waiting: Vec::new(),
        });
    }
    settle(connection, &mut stored)?;
    Ok(stored)
}

/// Records of a user in the order of their keys.
pub(in crate::memory) fn export(
    connection: &Connection,
    user: &str,
    after: Option<&MemoryId>,
    limit: usize,
) -> Result<Vec<MemoryRecord>, Fault> {
    let after = after.map(|id| key_of(connection, id)).transpose()?.unwrap_or(0);
    let sql = format!(
        "SELECT {COLUMNS} FROM memories WHERE user = ?1 AND forgotten = 0 AND key > ?2 ORDER BY key LIMIT ?3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found: Vec<(i64, Memory)> = select(connection, &sql, params![user, after, limit], super::from_row)?;
    let records = found.into_iter().map(|(key, memory)| {
        let history = history::versions(connection, key)?;
        Ok(MemoryRecord { memory, history })
    });
    records.collect()
}

/// The blank of what was forgotten meanwhile still has its place.
fn key_of(connection: &Connection, id: &MemoryId) -> Result<i64, Fault> {
    let sql = "SELECT key FROM memories WHERE id = ?1";
    let found = select(connection, sql, [&id.0], |row| Ok(row.get(0)?))?.pop();
    found.ok_or_else(|| Fault::Store(check::unknown_after(id)))
}
