//! Memories and their vectors in SQL.
//!
//! - `claims`: claims as JSON, and what they rest on
//! - `context`: the turn before another
//! - `counts`: how many there are
//! - `history`: what memories were before
//! - `forget`: what is overwritten
//! - `heard`: what was said to the assistant
//! - `scan`: all of them, as the index reads them
//! - `transfer`: whole records in and out

pub(super) mod claims;
mod context;
pub(super) mod counts;
pub(super) mod forget;
pub(super) mod heard;
pub(super) mod history;
pub(super) mod scan;
pub(super) mod transfer;

use crate::columns::{time_from_ns, time_to_ns};
use crate::conversations::select;
use crate::fault::Fault;
use context::{leave_next_turn, settle, turn_before};
use council_core::{
    EmbedderInfo, Embedding, Memory, MemoryChange, MemoryEvent, MemoryId, MemoryKind, MemoryVectors,
    NewMemory, Scope, StoreError, Timestamp, Trust, Unembedded,
};
use rusqlite::{Connection, Row, params};
use serde_json::{Map, Value};

/// The columns of a memory, as [`from_row`] reads them.
const COLUMNS: &str = "key, id, user, project, session, kind, text, speaker, said_at_ns, area, tags, metadata, trust, \
                       pinned, created_at_ns, updated_at_ns, claim, source, quarantined, valid_to_ns, \
                       retired_at_ns, superseded_by";

/// How many they are.
const COLUMN_COUNT: usize = 22;

/// The key of an embedder, which is made known when it is new.
pub(super) fn embedder(connection: &Connection, info: &EmbedderInfo) -> Result<i64, Fault> {
    let dimensions = i64::try_from(info.dimensions).unwrap_or(i64::MAX);
    let sql = "INSERT INTO embedders (name, dimensions) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET name = name RETURNING key, dimensions";
    let (key, known): (i64, i64) = connection.query_row(sql, params![info.id, dimensions], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    if known == dimensions {
        return Ok(key);
    }
    let message = format!(
        "the vectors of embedder `{}` have {known} numbers in the database, and now {dimensions}: it is another \
         embedder and needs another name",
        info.id
    );
    Err(Fault::Store(StoreError::Invalid(message)))
}

/// A memory that was stored.
pub(super) struct Stored {
    pub(super) key: i64,
    pub(super) memory: Memory,
    /// The turns that wait for vectors because it came between others, itself among them.
    pub(super) waiting: Vec<i64>,
}

/// Stores memories with their vectors, as far as they have any.
pub(super) fn insert(
    connection: &Connection,
    items: &[(NewMemory, Option<MemoryVectors>)],
    now: Timestamp,
    embedder: i64,
) -> Result<Vec<Stored>, Fault> {
    let mut stored = Vec::with_capacity(items.len());
    for (content, vectors) in items {
        let memory = Memory::created(new_id(connection)?, content.clone(), now);
        let key = insert_row(connection, &memory, MemoryEvent::Created)?;
        if let Some(vectors) = vectors {
            set_vectors(connection, key, vectors, embedder)?;
        }
        stored.push(Stored {
            key,
            memory,
            waiting: Vec::new(),
        });
    }
    settle(connection, &mut stored)?;
    Ok(stored)
}

/// Stores a memory as it is; returns its key.
fn insert_row(connection: &Connection, memory: &Memory, event: MemoryEvent) -> Result<i64, Fault> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO memories (id, user, project, session, kind, text, speaker, said_at_ns, area, tags, metadata, trust,
                               pinned, created_at_ns, updated_at_ns, claim, source, quarantined, valid_to_ns,
                               retired_at_ns, superseded_by, event)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
    )?;
    let content = &memory.content;
    insert.execute(params![
        memory.id.0,
        content.scope.user,
        content.scope.project,
        content.scope.session,
        content.kind.as_str(),
        content.text,
        content.speaker,
        time_to_ns(content.said_at)?,
        content.area,
        tags_to_json(&content.tags),
        metadata_to_json(&content.metadata),
        content.trust.as_str(),
        memory.pinned,
        time_to_ns(memory.created_at)?,
        time_to_ns(memory.updated_at)?,
        content.claim.as_ref().map(claims::to_json),
        content.source,
        content.quarantined,
        memory.content.valid_to.map(time_to_ns).transpose()?,
        memory.retired_at.map(time_to_ns).transpose()?,
        memory.superseded_by.as_ref().map(|id| &id.0),
        event.as_str(),
    ])?;
    let key = connection.last_insert_rowid();
    if let Some(claim) = &content.claim {
        claims::note_evidence(connection, key, claim)?;
    }
    Ok(key)
}

/// Gives a memory the vectors of an embedder, in place of those that it has.
fn set_vectors(
    connection: &Connection,
    key: i64,
    vectors: &MemoryVectors,
    embedder: i64,
) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO memory_vectors (memory_key, embedder_key, own, context) VALUES (?1, ?2, ?3, ?4)",
    )?;
    statement.execute(params![
        key,
        embedder,
        to_bytes(&vectors.own),
        to_bytes(&vectors.context)
    ])?;
    Ok(())
}

fn delete_vectors(connection: &Connection, key: i64) -> Result<(), Fault> {
    connection
        .prepare_cached("DELETE FROM memory_vectors WHERE memory_key = ?1")?
        .execute([key])?;
    Ok(())
}

/// Gives memories new vectors, as far as their texts and those before them are still the same; returns which of them.
pub(super) fn embed(
    connection: &Connection,
    items: &[(Unembedded, MemoryVectors)],
    embedder: i64,
) -> Result<Vec<Option<i64>>, Fault> {
    let mut keys = Vec::with_capacity(items.len());
    for (waiting, vectors) in items {
        let Memory { id, content, .. } = &waiting.memory;
        let found = find(connection, &content.scope.user, id)?;
        let same = found.filter(|(_, found)| found.content.text == content.text);
        let key = match same {
            Some((key, found)) if turn_before(connection, key, &found.content)? == waiting.previous_turn => {
                Some(key)
            }
            Some(_) | None => None,
        };
        if let Some(key) = key {
            set_vectors(connection, key, vectors, embedder)?;
        }
        keys.push(key);
    }
    Ok(keys)
}

/// A memory of a user and its key.
pub(super) fn by_id(connection: &Connection, user: &str, id: &MemoryId) -> Result<(i64, Memory), Fault> {
    find(connection, user, id)?.ok_or_else(|| missing(id))
}

/// The same, where it exists.
fn find(connection: &Connection, user: &str, id: &MemoryId) -> Result<Option<(i64, Memory)>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM memories WHERE id = ?1 AND user = ?2 AND forgotten = 0");
    Ok(select(connection, &sql, [&id.0, user], from_row)?.pop())
}

fn missing(id: &MemoryId) -> Fault {
    Fault::Store(StoreError::NotFound {
        what: "memory",
        id: id.0.clone(),
    })
}

/// A memory, unless it was forgotten.
pub(super) fn by_key(connection: &Connection, key: i64) -> Result<Option<Memory>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM memories WHERE key = ?1 AND forgotten = 0");
    Ok(select(connection, &sql, [key], from_row)?
        .pop()
        .map(|(_, memory)| memory))
}

/// A memory that is another than before.
pub(super) struct Changed {
    pub(super) key: i64,
    pub(super) memory: Memory,
    pub(super) words: Words,
    /// The turns whose context it was: they wait for new vectors.
    pub(super) next: Vec<i64>,
}

/// What became of its text.
pub(super) enum Words {
    /// It is the same.
    Same,
    /// It is another one, with these vectors; without any it waits for them.
    New(Option<MemoryVectors>),
}

/// Changes a memory of a user.
pub(super) fn change(
    connection: &Connection,
    user: &str,
    id: &MemoryId,
    change: &MemoryChange,
    now: Timestamp,
    embedder: i64,
) -> Result<Changed, Fault> {
    let (key, mut memory) = by_id(connection, user, id)?;
    let before = memory.clone();
    if memory.change(change, now) {
        history::advance(connection, key, &memory, MemoryEvent::Changed)?;
    }
    let mut changed = Changed {
        key,
        words: Words::Same,
        next: Vec::new(),
        memory,
    };
    if change.text.is_some() || (before.is_hidden() && !changed.memory.is_hidden()) {
        changed.next = leave_next_turn(connection, key, &before.content)?;
    }
    if let Some((_, vectors)) = &change.text {
        match vectors {
            Some(vectors) => set_vectors(connection, key, vectors, embedder)?,
            None => delete_vectors(connection, key)?,
        }
        changed.words = Words::New(vectors.clone());
    }
    Ok(changed)
}

/// Refuses what was extracted from memories that the user does not have.
pub(super) fn check_sources(
    connection: &Connection,
    user: &str,
    items: &[(NewMemory, Option<MemoryVectors>)],
) -> Result<(), Fault> {
    for source in items.iter().flat_map(|(content, _)| content.sources()) {
        by_id(connection, user, source)?;
    }
    Ok(())
}

/// Stores what takes the place of others, and retires those.
pub(super) fn supersede(
    connection: &Connection,
    user: &str,
    old: &[MemoryId],
    items: &[(NewMemory, Option<MemoryVectors>)],
    now: Timestamp,
    embedder: i64,
) -> Result<(Vec<Stored>, Vec<Changed>), Fault> {
    let stored = insert(connection, items, now, embedder)?;
    let first = stored.first().map(|stored| &stored.memory);
    let since = first.map_or(now, |memory| memory.content.said_at);
    let by = first.map(|memory| memory.id.clone());
    let mut retired = Vec::with_capacity(old.len());
    for id in old {
        let (key, mut memory) = by_id(connection, user, id)?;
        if memory.supersede(by.clone(), since, now) {
            history::advance(connection, key, &memory, MemoryEvent::Retired)?;
            retired.push(Changed {
                key,
                memory,
                words: Words::Same,
                next: Vec::new(),
            });
        }
    }
    Ok((stored, retired))
}

/// The vectors of a memory by this embedder.
pub(super) fn vectors(
    connection: &Connection,
    key: i64,
    embedder: i64,
) -> Result<Option<MemoryVectors>, Fault> {
    let sql = "SELECT own, context FROM memory_vectors WHERE memory_key = ?1 AND embedder_key = ?2";
    let mut found = select(connection, sql, [key, embedder], |row| vectors_at(row, 0))?;
    Ok(found.pop().flatten())
}

fn from_row(row: &Row<'_>) -> Result<(i64, Memory), Fault> {
    let id: String = row.get(1)?;
    let broken = |what: &str| Fault::Value(format!("memory `{id}` has an unreadable {what}"));
    let text_at = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    let time_at = |column| Ok::<_, Fault>(row.get::<_, Option<i64>>(column)?.map(time_from_ns));
    let claim = row.get_ref(16)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    let content = NewMemory {
        text: row.get(6)?,
        kind: MemoryKind::parse(text_at(5)?).ok_or_else(|| broken("kind"))?,
        speaker: row.get(7)?,
        scope: Scope {
            user: row.get(2)?,
            project: row.get(3)?,
            session: row.get(4)?,
        },
        said_at: time_from_ns(row.get(8)?),
        valid_to: time_at(19)?,
        area: row.get(9)?,
        tags: serde_json::from_str(text_at(10)?).map_err(|_| broken("list of tags"))?,
        metadata: match text_at(11)? {
            "{}" => Map::new(),
            json => serde_json::from_str(json).map_err(|_| broken("set of metadata"))?,
        },
        trust: Trust::parse(text_at(12)?).ok_or_else(|| broken("trust"))?,
        claim: claim
            .map(|json| claims::from_json(json).ok_or_else(|| broken("claim")))
            .transpose()?,
        source: row.get(17)?,
        quarantined: row.get(18)?,
    };
    let memory = Memory {
        content,
        pinned: row.get(13)?,
        created_at: time_from_ns(row.get(14)?),
        updated_at: time_from_ns(row.get(15)?),
        retired_at: time_at(20)?,
        superseded_by: row.get::<_, Option<String>>(21)?.map(MemoryId),
        id: MemoryId(id),
    };
    Ok((row.get(0)?, memory))
}

fn tags_to_json(tags: &[String]) -> String {
    Value::from(tags).to_string()
}

fn metadata_to_json(metadata: &Map<String, Value>) -> String {
    Value::Object(metadata.clone()).to_string()
}

fn to_bytes(vector: &Embedding) -> Vec<u8> {
    vector.0.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The two vectors from this column on; `None` where there is no row of them.
fn vectors_at(row: &Row<'_>, column: usize) -> Result<Option<MemoryVectors>, Fault> {
    let vector_at = |column| -> Result<Option<Embedding>, rusqlite::Error> {
        let bytes = row.get_ref(column)?.as_blob_or_null()?;
        let numbers = |bytes: &[u8]| {
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|number| f32::from_le_bytes(*number))
                .collect()
        };
        Ok(bytes.map(|bytes| Embedding(numbers(bytes))))
    };
    let both = vector_at(column)?.zip(vector_at(column + 1)?);
    Ok(both.map(|(own, context)| MemoryVectors { own, context }))
}

/// Ten random letters and digits: 60 bits, from SQLite's generator, which the operating system seeds.
fn new_id(connection: &Connection) -> Result<MemoryId, Fault> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut statement = connection.prepare_cached("SELECT randomblob(10)")?;
    let bytes: Vec<u8> = statement.query_row([], |row| row.get(0))?;
    Ok(MemoryId(
        bytes
            .iter()
            .map(|byte| char::from(LETTERS[usize::from(*byte) % 62]))
            .collect(),
    ))
}
