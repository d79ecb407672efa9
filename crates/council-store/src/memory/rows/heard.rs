//! What was said to the assistant, and whether facts were looked for in it.

use super::{COLUMN_COUNT, COLUMNS, Stored};
use crate::columns::time_to_ns;
use crate::conversations::select;
use crate::fault::Fault;
use council_core::{Heard, MemoryId, Timestamp};
use rusqlite::{Connection, params};

/// Notes that these were said to the assistant.
pub(in crate::memory) fn note(connection: &Connection, stored: &[Stored]) -> Result<(), Fault> {
    let mut insert = connection.prepare_cached("INSERT INTO memory_heard (memory_key) VALUES (?1)")?;
    for Stored { key, .. } in stored {
        insert.execute([key])?;
    }
    Ok(())
}

/// What was heard of a user since then, the latest first.
pub(in crate::memory) fn since(
    connection: &Connection,
    user: &str,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<Heard>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS}, learnt FROM memory_heard JOIN memories ON key = memory_key
         WHERE user = ?1 AND forgotten = 0 AND quarantined = 0 AND retired_at_ns IS NULL AND said_at_ns >= ?2
         ORDER BY said_at_ns DESC, key DESC LIMIT ?3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    select(
        connection,
        &sql,
        params![user, time_to_ns(since)?, limit],
        |row| {
            let (_, memory) = super::from_row(row)?;
            let learnt = row.get(COLUMN_COUNT)?;
            Ok(Heard { memory, learnt })
        },
    )
}

/// Notes that facts were looked for in it.
pub(in crate::memory) fn learnt(connection: &Connection, user: &str, id: &MemoryId) -> Result<(), Fault> {
    let sql = "UPDATE memory_heard SET learnt = 1
               WHERE memory_key = (SELECT key FROM memories WHERE id = ?1 AND user = ?2 AND forgotten = 0)";
    connection.prepare_cached(sql)?.execute(params![id.0, user])?;
    Ok(())
}

/// Nothing says any more that it was said to the assistant.
pub(in crate::memory) fn forget(connection: &Connection, key: i64) -> Result<(), Fault> {
    connection
        .prepare_cached("DELETE FROM memory_heard WHERE memory_key = ?1")?
        .execute([key])?;
    Ok(())
}
