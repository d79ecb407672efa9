//! What memories were before.
//!
//! The row of a memory is its latest version. Whoever changes a memory first copies what can change of it here.

use super::{COLUMN_COUNT, COLUMNS, Changed, Words, by_id, delete_vectors, leave_next_turn};
use crate::columns::{time_from_ns, time_to_ns};
use crate::conversations::select;
use crate::fault::Fault;
use council_core::memory::before_last_change;
use council_core::{Memory, MemoryEvent, MemoryId, MemoryVersion, StoreError, Timestamp, Trust};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::{Map, Value};

/// What can change of a memory, in the order of [`from_row`].
const STATE: &str = "event, text, tags, metadata, trust, pinned, quarantined, valid_to_ns, retired_at_ns, \
                     superseded_by, updated_at_ns";

/// Writes the next version of a memory over the former, which is kept.
pub(super) fn advance(
    connection: &Connection,
    key: i64,
    memory: &Memory,
    event: MemoryEvent,
) -> Result<(), Fault> {
    let keep = format!(
        "INSERT INTO memory_versions (memory_key, {STATE}) SELECT key, {STATE} FROM memories WHERE key = ?1"
    );
    connection.prepare_cached(&keep)?.execute([key])?;
    let mut update = connection.prepare_cached(
        "UPDATE memories SET event = ?2, text = ?3, tags = ?4, metadata = ?5, trust = ?6, pinned = ?7, quarantined = ?8,
                             valid_to_ns = ?9, retired_at_ns = ?10, superseded_by = ?11, updated_at_ns = ?12
         WHERE key = ?1",
    )?;
    write_state(&mut update, key, memory, event)
}

/// Stores a version that came before the one in the row of the memory.
pub(super) fn insert(
    connection: &Connection,
    key: i64,
    memory: &Memory,
    event: MemoryEvent,
) -> Result<(), Fault> {
    let sql = format!(
        "INSERT INTO memory_versions (memory_key, {STATE}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    );
    write_state(&mut *connection.prepare_cached(&sql)?, key, memory, event)
}

fn write_state(
    statement: &mut rusqlite::Statement<'_>,
    key: i64,
    memory: &Memory,
    event: MemoryEvent,
) -> Result<(), Fault> {
    let content = &memory.content;
    statement.execute(params![
        key,
        event.as_str(),
        content.text,
        super::tags_to_json(&content.tags),
        super::metadata_to_json(&content.metadata),
        content.trust.as_str(),
        memory.pinned,
        content.quarantined,
        memory.content.valid_to.map(time_to_ns).transpose()?,
        memory.retired_at.map(time_to_ns).transpose()?,
        memory.superseded_by.as_ref().map(|id| &id.0),
        time_to_ns(memory.updated_at)?,
    ])?;
    Ok(())
}

/// The versions of a memory, oldest first.
pub(in crate::memory) fn versions(connection: &Connection, key: i64) -> Result<Vec<MemoryVersion>, Fault> {
    let latest = latest(connection, key)?;
    let sql = format!("SELECT {STATE} FROM memory_versions WHERE memory_key = ?1 ORDER BY key");
    let mut versions = select(connection, &sql, [key], |row| from_row(row, &latest.memory))?;
    versions.push(latest);
    Ok(versions)
}

/// A memory as it was at a moment; `None` where that is not known.
pub(in crate::memory) fn at(
    connection: &Connection,
    key: i64,
    moment: Timestamp,
) -> Result<Option<Memory>, Fault> {
    let latest = latest(connection, key)?;
    if latest.memory.updated_at <= moment {
        return Ok(Some(latest.memory));
    }
    let sql = format!(
        "SELECT {STATE} FROM memory_versions WHERE memory_key = ?1 AND updated_at_ns <= ?2 ORDER BY key DESC LIMIT 1"
    );
    let found = select(connection, &sql, params![key, time_to_ns(moment)?], |row| {
        from_row(row, &latest.memory)
    });
    Ok(found?.pop().map(|version| version.memory))
}

fn latest(connection: &Connection, key: i64) -> Result<MemoryVersion, Fault> {
    let sql = format!("SELECT {COLUMNS}, event FROM memories WHERE key = ?1");
    let read = |row: &Row<'_>| {
        let (_, memory) = super::from_row(row)?;
        let event = event(
            row.get_ref(COLUMN_COUNT)?
                .as_str()
                .map_err(rusqlite::Error::from)?,
        )?;
        Ok(MemoryVersion { event, memory })
    };
    let found = select(connection, &sql, [key], read)?.pop();
    found.ok_or_else(|| Fault::Value(format!("the memory with key {key} is gone")))
}

/// A version: what can change from the row, the rest from the memory as it is.
fn from_row(row: &Row<'_>, latest: &Memory) -> Result<MemoryVersion, Fault> {
    let broken = |what: &str| {
        Fault::Value(format!(
            "a version of memory `{}` has an unreadable {what}",
            latest.id.0
        ))
    };
    let text_at = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    let time_at = |column| Ok::<_, Fault>(row.get::<_, Option<i64>>(column)?.map(time_from_ns));
    let mut memory = latest.clone();
    let content = &mut memory.content;
    content.text = row.get(1)?;
    content.tags = serde_json::from_str(text_at(2)?).map_err(|_| broken("list of tags"))?;
    content.metadata = serde_json::from_str(text_at(3)?).map_err(|_| broken("set of metadata"))?;
    content.trust = Trust::parse(text_at(4)?).ok_or_else(|| broken("trust"))?;
    content.quarantined = row.get(6)?;
    memory.pinned = row.get(5)?;
    memory.content.valid_to = time_at(7)?;
    memory.retired_at = time_at(8)?;
    memory.superseded_by = row.get::<_, Option<String>>(9)?.map(MemoryId);
    memory.updated_at = time_from_ns(row.get(10)?);
    let event = event(text_at(0)?)?;
    Ok(MemoryVersion { event, memory })
}

fn event(name: &str) -> Result<MemoryEvent, Fault> {
    MemoryEvent::parse(name).ok_or_else(|| Fault::Value(format!("a memory has an unknown event: `{name}`")))
}

/// Undoes the latest change that stands. Returns the memory, and what had taken its place, as they are now.
pub(in crate::memory) fn undo(
    connection: &Connection,
    user: &str,
    id: &MemoryId,
    now: Timestamp,
) -> Result<Vec<Changed>, Fault> {
    let (key, mut memory) = by_id(connection, user, id)?;
    let versions = versions(connection, key)?;
    let before = before_last_change(&versions).ok_or_else(|| {
        let message = format!("memory `{}` has no change that could be undone", id.0);
        Fault::Store(StoreError::Invalid(message))
    })?;
    let was = memory.clone();
    memory.restore(before, now);
    advance(connection, key, &memory, MemoryEvent::Undone)?;
    let mut undone = Changed {
        key,
        words: Words::Same,
        next: Vec::new(),
        memory,
    };
    let is_another = undone.memory.content.text != was.content.text;
    if is_another {
        delete_vectors(connection, key)?;
        undone.words = Words::New(None);
    }
    if is_another || (was.is_hidden() && !undone.memory.is_hidden()) {
        undone.next = leave_next_turn(connection, key, &was.content)?;
    }
    let mut changed = vec![undone];
    if was.superseded_by != before.superseded_by
        && let Some(successor) = &was.superseded_by
    {
        changed.extend(take_back(connection, user, successor, now)?);
    }
    Ok(changed)
}

fn take_back(
    connection: &Connection,
    user: &str,
    id: &MemoryId,
    now: Timestamp,
) -> Result<Option<Changed>, Fault> {
    let Some((key, mut memory)) = super::find(connection, user, id)? else {
        return Ok(None);
    };
    if !memory.take_back(now) {
        return Ok(None);
    }
    advance(connection, key, &memory, MemoryEvent::Retired)?;
    Ok(Some(Changed {
        key,
        memory,
        words: Words::Same,
        next: Vec::new(),
    }))
}

/// Sets keys in the metadata of a memory of a user, in all versions alike.
pub(in crate::memory) fn note(
    connection: &Connection,
    user: &str,
    id: &MemoryId,
    noted: &Map<String, Value>,
) -> Result<(), Fault> {
    let (key, mut memory) = by_id(connection, user, id)?;
    let before: Vec<(i64, String)> = select(
        connection,
        "SELECT key, metadata FROM memory_versions WHERE memory_key = ?1",
        [key],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (version, metadata) in before {
        let broken = |_| {
            Fault::Value(format!(
                "a version of memory `{}` has an unreadable set of metadata",
                id.0
            ))
        };
        let mut metadata: Map<String, Value> = serde_json::from_str(&metadata).map_err(broken)?;
        metadata.extend(noted.clone());
        connection
            .prepare_cached("UPDATE memory_versions SET metadata = ?2 WHERE key = ?1")?
            .execute(params![version, super::metadata_to_json(&metadata)])?;
    }
    memory.content.metadata.extend(noted.clone());
    connection
        .prepare_cached("UPDATE memories SET metadata = ?2 WHERE key = ?1")?
        .execute(params![key, super::metadata_to_json(&memory.content.metadata)])?;
    Ok(())
}

/// Nothing says any more that this memory took the place of others.
pub(super) fn forget_successor(connection: &Connection, id: &MemoryId) -> Result<Vec<i64>, Fault> {
    let mut versions = connection
        .prepare_cached("UPDATE memory_versions SET superseded_by = NULL WHERE superseded_by = ?1")?;
    versions.execute([&id.0])?;
    let mut memories = connection
        .prepare_cached("UPDATE memories SET superseded_by = NULL WHERE superseded_by = ?1 RETURNING key")?;
    let keys = memories.query_map([&id.0], |row| row.get(0))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

/// Whether anything has this identifier, and whether that is only the blank of something forgotten.
pub(super) fn is_taken(connection: &Connection, id: &MemoryId) -> Result<Option<bool>, Fault> {
    let sql = "SELECT forgotten FROM memories WHERE id = ?1";
    Ok(connection
        .prepare_cached(sql)?
        .query_row([&id.0], |row| row.get(0))
        .optional()?)
}
