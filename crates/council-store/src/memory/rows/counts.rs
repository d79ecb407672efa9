//! How many memories there are, by what they are.

use crate::conversations::select;
use crate::fault::Fault;
use council_core::{MemoryCounts, MemoryKind};
use rusqlite::Connection;

/// What a user's memory holds.
pub(in crate::memory) fn counts(connection: &Connection, user: &str) -> Result<MemoryCounts, Fault> {
    let sql = "SELECT retired_at_ns IS NOT NULL, quarantined, kind, area, project, count(*)
               FROM memories WHERE user = ?1 AND forgotten = 0 GROUP BY 1, 2, 3, 4, 5";
    type Group = (bool, bool, String, String, Option<String>, i64);
    let groups: Vec<Group> = select(connection, sql, [user], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
        ))
    })?;
    let mut counts = MemoryCounts::default();
    for (retired, quarantined, kind, area, project, count) in groups {
        let count = count.unsigned_abs();
        match (retired, quarantined, MemoryKind::parse(&kind)) {
            (true, _, _) => counts.retired += count,
            (false, true, _) => counts.quarantined += count,
            (false, false, Some(kind)) => counts.add_known(kind, &area, project.as_deref(), count),
            (false, false, None) => {
                return Err(Fault::Value(format!("a memory has the unknown kind `{kind}`")));
            }
        }
    }
    let sql = "SELECT count(DISTINCT session) FROM memories
               WHERE user = ?1 AND forgotten = 0 AND quarantined = 0 AND retired_at_ns IS NULL";
    let sessions: i64 = connection.query_row(sql, [user], |row| row.get(0))?;
    counts.sessions = sessions.unsigned_abs();
    Ok(counts)
}
