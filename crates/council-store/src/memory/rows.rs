//! Memories and their vectors in SQL.

use crate::columns::{time_from_ns, time_to_ns};
use crate::conversations::select;
use crate::fault::Fault;
use council_core::{
    EmbedderInfo, Embedding, Memory, MemoryChange, MemoryId, MemoryKind, MemoryVectors, NewMemory, Scope,
    StoreError, Timestamp, Trust,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::{Map, Value};

/// The columns of a memory, as [`from_row`] reads them.
const COLUMNS: &str = "key, id, user, project, session, kind, text, speaker, said_at_ns, area, tags, metadata, trust, \
                       pinned, created_at_ns, updated_at_ns";

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

/// Stores memories with their vectors.
pub(super) fn insert(
    connection: &Connection,
    items: &[(NewMemory, MemoryVectors)],
    now: Timestamp,
    embedder: i64,
) -> Result<Vec<(i64, MemoryId)>, Fault> {
    let now = time_to_ns(now)?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO memories (id, user, project, session, kind, text, speaker, said_at_ns, area, tags, metadata, trust,
                               created_at_ns, updated_at_ns)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)",
    )?;
    let mut stored = Vec::with_capacity(items.len());
    for (memory, vectors) in items {
        let id = new_id(connection)?;
        insert.execute(params![
            id.0,
            memory.scope.user,
            memory.scope.project,
            memory.scope.session,
            memory.kind.as_str(),
            memory.text,
            memory.speaker,
            time_to_ns(memory.said_at)?,
            memory.area,
            tags_to_json(&memory.tags),
            metadata_to_json(&memory.metadata),
            memory.trust.as_str(),
            now,
        ])?;
        let key = connection.last_insert_rowid();
        set_vectors(connection, key, vectors, embedder)?;
        stored.push((key, id));
    }
    Ok(stored)
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

/// Gives memories new vectors, as far as their texts are still the same; returns which of them.
pub(super) fn embed(
    connection: &Connection,
    items: &[(Memory, MemoryVectors)],
    embedder: i64,
) -> Result<Vec<Option<i64>>, Fault> {
    let mut find = connection.prepare_cached(
        "SELECT key FROM memories WHERE id = ?1 AND user = ?2 AND text = ?3 AND forgotten = 0",
    )?;
    let mut keys = Vec::with_capacity(items.len());
    for (memory, vectors) in items {
        let content = &memory.content;
        let key: Option<i64> = find
            .query_row(params![memory.id.0, content.scope.user, content.text], |row| {
                row.get(0)
            })
            .optional()?;
        if let Some(key) = key {
            set_vectors(connection, key, vectors, embedder)?;
        }
        keys.push(key);
    }
    Ok(keys)
}

/// A memory of a user and its key.
pub(super) fn by_id(connection: &Connection, user: &str, id: &MemoryId) -> Result<(i64, Memory), Fault> {
    let sql = format!("SELECT {COLUMNS} FROM memories WHERE id = ?1 AND user = ?2 AND forgotten = 0");
    let found = select(connection, &sql, [&id.0, user], from_row)?.pop();
    found.ok_or_else(|| {
        Fault::Store(StoreError::NotFound {
            what: "memory",
            id: id.0.clone(),
        })
    })
}

/// A memory, unless it was forgotten.
pub(super) fn by_key(connection: &Connection, key: i64) -> Result<Option<Memory>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM memories WHERE key = ?1 AND forgotten = 0");
    Ok(select(connection, &sql, [key], from_row)?
        .pop()
        .map(|(_, memory)| memory))
}

/// A changed memory.
pub(super) struct Changed {
    pub(super) key: i64,
    pub(super) memory: Memory,
    /// The turn whose context it was, and no longer is.
    pub(super) next: Option<i64>,
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
    let mut next = None;
    if let Some((text, vectors)) = &change.text {
        memory.content.text.clone_from(text);
        set_vectors(connection, key, vectors, embedder)?;
        next = leave_next_turn(connection, key, &memory.content)?;
    }
    if let Some(pinned) = change.pinned {
        memory.pinned = pinned;
    }
    if let Some(tags) = &change.tags {
        memory.content.tags.clone_from(tags);
    }
    if let Some(metadata) = &change.metadata {
        memory.content.metadata.clone_from(metadata);
    }
    memory.updated_at = memory.updated_at.max(now);
    let content = &memory.content;
    let mut update = connection.prepare_cached(
        "UPDATE memories SET text = ?2, pinned = ?3, tags = ?4, metadata = ?5, updated_at_ns = ?6 WHERE key = ?1",
    )?;
    update.execute(params![
        key,
        content.text,
        memory.pinned,
        tags_to_json(&content.tags),
        metadata_to_json(&content.metadata),
        time_to_ns(memory.updated_at)?,
    ])?;
    Ok(Changed { key, memory, next })
}

/// What was forgotten.
#[derive(Default)]
pub(super) struct Forgotten {
    pub(super) keys: Vec<i64>,
    pub(super) ids: Vec<MemoryId>,
    /// The turns whose context they were.
    pub(super) next: Vec<i64>,
}

/// Overwrites memories of a user, and deletes their vectors.
pub(super) fn forget(connection: &Connection, user: &str, ids: &[MemoryId]) -> Result<Forgotten, Fault> {
    let mut forgotten = Forgotten::default();
    let mut contents = Vec::new();
    for id in ids {
        let (key, memory) = match by_id(connection, user, id) {
            Err(Fault::Store(StoreError::NotFound { .. })) => continue,
            found => found?,
        };
        blank(connection, key)?;
        forgotten.keys.push(key);
        forgotten.ids.push(id.clone());
        contents.push((key, memory.content));
    }
    for (key, content) in contents {
        forgotten.next.extend(leave_next_turn(connection, key, &content)?);
    }
    Ok(forgotten)
}

/// Overwrites what was said, and who, with as many zeros, so that the row is written in its place.
fn blank(connection: &Connection, key: i64) -> Result<(), Fault> {
    let zeros = |column| {
        format!("{column} = substr(hex(zeroblob(octet_length({column}))), 1, octet_length({column}))")
    };
    let columns = [
        "user", "project", "session", "text", "speaker", "area", "tags", "metadata",
    ]
    .map(zeros);
    let sql = format!(
        "UPDATE memories SET forgotten = 1, {} WHERE key = ?1",
        columns.join(", ")
    );
    connection.prepare_cached(&sql)?.execute([key])?;
    connection
        .prepare_cached("DELETE FROM memory_vectors WHERE memory_key = ?1")?
        .execute([key])?;
    Ok(())
}

/// A turn's context vector holds the meaning of the turn before it: when that changes or is forgotten, only its own is
/// left. Returns the turn that follows.
fn leave_next_turn(connection: &Connection, key: i64, before: &NewMemory) -> Result<Option<i64>, Fault> {
    if before.kind != MemoryKind::Turn || before.scope.session.is_none() {
        return Ok(None);
    }
    let mut find = connection.prepare_cached(
        "SELECT key FROM memories
         WHERE user = ?1 AND project IS ?2 AND session = ?3 AND kind = 'turn' AND forgotten = 0
           AND (said_at_ns, key) > (?4, ?5)
         ORDER BY said_at_ns, key LIMIT 1",
    )?;
    let scope = &before.scope;
    let said_at = time_to_ns(before.said_at)?;
    let next: Option<i64> = find
        .query_row(
            params![scope.user, scope.project, scope.session, said_at, key],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(next) = next {
        let sql = "UPDATE memory_vectors SET context = own WHERE memory_key = ?1";
        connection.prepare_cached(sql)?.execute([next])?;
    }
    Ok(next)
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

/// How many memories every user has.
pub(super) fn counts(connection: &Connection) -> Result<Vec<(String, usize)>, Fault> {
    select(
        connection,
        "SELECT user, count(*) FROM memories WHERE forgotten = 0 GROUP BY user",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Hands every memory over, in the order of keys, with its vectors by this embedder.
pub(super) fn each(
    connection: &Connection,
    embedder: i64,
    mut take: impl FnMut(i64, &Memory, Option<&MemoryVectors>),
) -> Result<(), Fault> {
    let sql = format!(
        "SELECT {COLUMNS}, own, context FROM memories
         LEFT JOIN memory_vectors ON memory_key = key AND embedder_key = ?1
         WHERE forgotten = 0 ORDER BY key"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([embedder])?;
    while let Some(row) = rows.next()? {
        let (key, memory) = from_row(row)?;
        take(key, &memory, vectors_at(row, 16)?.as_ref());
    }
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<(i64, Memory), Fault> {
    let id: String = row.get(1)?;
    let broken = |what: &str| Fault::Value(format!("memory `{id}` has an unreadable {what}"));
    let text_at = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
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
        area: row.get(9)?,
        tags: serde_json::from_str(text_at(10)?).map_err(|_| broken("list of tags"))?,
        metadata: serde_json::from_str(text_at(11)?).map_err(|_| broken("set of metadata"))?,
        trust: Trust::parse(text_at(12)?).ok_or_else(|| broken("trust"))?,
    };
    let memory = Memory {
        content,
        pinned: row.get(13)?,
        created_at: time_from_ns(row.get(14)?),
        updated_at: time_from_ns(row.get(15)?),
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
