//! What is overwritten when memories are forgotten.

use super::{claims, delete_vectors, find, heard, history, leave_next_turn};
use crate::fault::Fault;
use council_core::{Memory, MemoryId};
use rusqlite::Connection;
use std::collections::{BTreeMap, HashSet};

/// What was forgotten.
#[derive(Default)]
pub(in crate::memory) struct Forgotten {
    pub(in crate::memory) keys: Vec<i64>,
    /// Those of them that were asked for.
    pub(in crate::memory) ids: Vec<MemoryId>,
    /// The turns whose context they were.
    pub(in crate::memory) next: Vec<i64>,
}

/// Overwrites memories of a user with what was extracted from them alone, and deletes their vectors.
pub(in crate::memory) fn forget(
    connection: &Connection,
    user: &str,
    ids: &[MemoryId],
) -> Result<Forgotten, Fault> {
    let mut forgotten = Forgotten::default();
    let mut gone: BTreeMap<i64, Memory> = BTreeMap::new();
    for id in ids {
        if let Some((key, memory)) = find(connection, user, id)?
            && gone.insert(key, memory).is_none()
        {
            forgotten.ids.push(id.clone());
        }
    }
    let mut waiting: Vec<MemoryId> = forgotten.ids.clone();
    while let Some(id) = waiting.pop() {
        for (key, memory) in let_go(connection, user, &id, &gone)? {
            waiting.push(memory.id.clone());
            gone.insert(key, memory);
        }
        history::forget_successor(connection, &id)?;
    }
    for (&key, memory) in &gone {
        blank(connection, key)?;
        claims::forget(connection, key, &memory.id)?;
        heard::forget(connection, key)?;
        forgotten.keys.push(key);
    }
    let mut next = HashSet::new();
    for (&key, memory) in &gone {
        next.extend(leave_next_turn(connection, key, &memory.content)?);
    }
    forgotten.next.extend(next);
    Ok(forgotten)
}

/// Takes the quotes of a memory out of the claims that rest on it; returns those that rest on nothing any more.
fn let_go(
    connection: &Connection,
    user: &str,
    id: &MemoryId,
    gone: &BTreeMap<i64, Memory>,
) -> Result<Vec<(i64, Memory)>, Fault> {
    let mut orphans = Vec::new();
    for key in claims::resting_on(connection, id)? {
        if gone.contains_key(&key) {
            continue;
        }
        let Some(mut memory) = super::by_key(connection, key)? else {
            continue;
        };
        let Some(claim) = &mut memory.content.claim else {
            continue;
        };
        let is_baseless = claim.let_go(std::slice::from_ref(id));
        // Nobody makes another user forget.
        if is_baseless && memory.content.scope.user == user {
            orphans.push((key, memory));
        } else {
            claims::shrink(connection, key, claim)?;
        }
    }
    Ok(orphans)
}

/// Overwrites what was said, and who, with as many zeros, so that the row is written in its place.
fn blank(connection: &Connection, key: i64) -> Result<(), Fault> {
    let zeros = |column: &&str| {
        format!("{column} = substr(hex(zeroblob(octet_length({column}))), 1, octet_length({column}))")
    };
    let columns = [
        "user", "project", "session", "text", "speaker", "area", "tags", "metadata", "claim", "source",
    ];
    let sql = format!(
        "UPDATE memories SET forgotten = 1, {} WHERE key = ?1",
        columns.iter().map(zeros).collect::<Vec<_>>().join(", ")
    );
    connection.prepare_cached(&sql)?.execute([key])?;
    let columns = ["text", "tags", "metadata"];
    let sql = format!(
        "UPDATE memory_versions SET {} WHERE memory_key = ?1",
        columns.iter().map(zeros).collect::<Vec<_>>().join(", ")
    );
    connection.prepare_cached(&sql)?.execute([key])?;
    delete_vectors(connection, key)
}
