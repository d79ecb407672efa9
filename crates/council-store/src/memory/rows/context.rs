//! The turn before another, whose meaning is in the context vector of that one.

use super::{Stored, delete_vectors};
use crate::columns::time_to_ns;
use crate::conversations::select;
use crate::fault::Fault;
use council_core::{MemoryKind, NewMemory, Scope};
use rusqlite::{Connection, params};

/// Turns that come after others of their session that were said later have another turn in their context than the one
/// before them, and come between others: both wait for new vectors.
pub(super) fn settle(connection: &Connection, stored: &mut [Stored]) -> Result<(), Fault> {
    let mut find = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM memories
                        WHERE user = ?1 AND project IS ?2 AND session = ?3 AND kind = 'turn' AND forgotten = 0
                          AND said_at_ns > ?4 AND key < ?5)",
    )?;
    for one in stored.iter_mut().filter(|one| is_in_session(&one.memory.content)) {
        let content = &one.memory.content;
        let Scope {
            user,
            project,
            session,
        } = &content.scope;
        let said_at = time_to_ns(content.said_at)?;
        let is_late: bool = find.query_row(params![user, project, session, said_at, one.key], |row| {
            row.get(0)
        })?;
        if is_late {
            delete_vectors(connection, one.key)?;
            one.waiting = leave_next_turn(connection, one.key, content)?;
            one.waiting.push(one.key);
        }
    }
    Ok(())
}

/// Whether it has a turn before it in its context.
fn is_in_session(content: &NewMemory) -> bool {
    content.kind == MemoryKind::Turn && content.scope.session.is_some()
}

/// A turn's context vector holds the meaning of the turn before it: when that changes or is forgotten, it waits for new
/// vectors. Turns that are retired or kept apart are passed over where the one before is looked for, and so they are
/// here. Returns the turns that follow, up to one that is neither.
pub(super) fn leave_next_turn(
    connection: &Connection,
    key: i64,
    before: &NewMemory,
) -> Result<Vec<i64>, Fault> {
    if !is_in_session(before) {
        return Ok(Vec::new());
    }
    let mut find = connection.prepare_cached(
        "SELECT key, quarantined = 1 OR retired_at_ns IS NOT NULL FROM memories
         WHERE user = ?1 AND project IS ?2 AND session = ?3 AND kind = 'turn' AND forgotten = 0
           AND (said_at_ns, key) > (?4, ?5)
         ORDER BY said_at_ns, key",
    )?;
    let scope = &before.scope;
    let said_at = time_to_ns(before.said_at)?;
    let mut rows = find.query(params![scope.user, scope.project, scope.session, said_at, key])?;
    let mut next = Vec::new();
    while let Some(row) = rows.next()? {
        next.push(row.get(0)?);
        if !row.get::<_, bool>(1)? {
            break;
        }
    }
    for key in &next {
        delete_vectors(connection, *key)?;
    }
    Ok(next)
}

/// The text of the turn before another in its session, of those that are neither retired nor kept apart.
pub(super) fn turn_before(
    connection: &Connection,
    key: i64,
    turn: &NewMemory,
) -> Result<Option<String>, Fault> {
    if !is_in_session(turn) {
        return Ok(None);
    }
    let sql = "SELECT text FROM memories
               WHERE user = ?1 AND project IS ?2 AND session = ?3 AND kind = 'turn' AND forgotten = 0
                 AND quarantined = 0 AND retired_at_ns IS NULL AND (said_at_ns, key) < (?4, ?5)
               ORDER BY said_at_ns DESC, key DESC LIMIT 1";
    let Scope {
        user,
        project,
        session,
    } = &turn.scope;
    let said_at = time_to_ns(turn.said_at)?;
    let parameters = params![user, project, session, said_at, key];
    Ok(select(connection, sql, parameters, |row| Ok(row.get(0)?))?.pop())
}
