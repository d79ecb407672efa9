//! All memories, as the index reads them: without copies of what it does not keep.

use crate::columns::time_from_ns;
use crate::fault::Fault;
use crate::memory::index::Entry;
use council_core::{MemoryKind, Timestamp, Trust};
use rusqlite::{Connection, Row};
use std::borrow::Cow;

/// Hands the key and the user of every memory over, in the order of keys.
pub(in crate::memory) fn each_key(
    connection: &Connection,
    mut take: impl FnMut(i64, &str),
) -> Result<(), Fault> {
    let mut statement =
        connection.prepare("SELECT key, user FROM memories WHERE forgotten = 0 ORDER BY key")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(row.get(0)?, text_at(row, 1)?);
    }
    Ok(())
}

/// Hands every memory over with its text, in the order of keys.
pub(in crate::memory) fn each_entry(
    connection: &Connection,
    mut take: impl FnMut(&Entry, &str),
) -> Result<(), Fault> {
    let mut statement = connection.prepare(
        "SELECT key, project, session, kind, text, speaker, said_at_ns, area, tags, trust, pinned, created_at_ns,
                updated_at_ns, source, quarantined, valid_to_ns, retired_at_ns IS NOT NULL
         FROM memories WHERE forgotten = 0 ORDER BY key",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = row.get(0)?;
        let broken = |what: &str| Fault::Value(format!("the memory of key {key} has an unreadable {what}"));
        let time_at = |column| Ok::<Timestamp, Fault>(time_from_ns(row.get(column)?));
        let tags = match text_at(row, 8)? {
            "[]" => Vec::new(),
            json => serde_json::from_str(json).map_err(|_| broken("list of tags"))?,
        };
        let entry = Entry {
            key,
            project: optional_text_at(row, 1)?,
            session: optional_text_at(row, 2)?,
            kind: MemoryKind::parse(text_at(row, 3)?).ok_or_else(|| broken("kind"))?,
            speaker: optional_text_at(row, 5)?,
            said_at: time_at(6)?,
            area: text_at(row, 7)?,
            tags: Cow::Owned(tags),
            trust: Trust::parse(text_at(row, 9)?).ok_or_else(|| broken("trust"))?,
            pinned: row.get(10)?,
            created_at: time_at(11)?,
            updated_at: time_at(12)?,
            source: optional_text_at(row, 13)?,
            quarantined: row.get(14)?,
            valid_to: row.get::<_, Option<i64>>(15)?.map(time_from_ns),
            is_retired: row.get(16)?,
        };
        take(&entry, text_at(row, 4)?);
    }
    Ok(())
}

/// Hands the vectors by this embedder over, with the keys of their memories and in the order of these: the own one and
/// that of the context, f32, little endian.
pub(in crate::memory) fn each_vector(
    connection: &Connection,
    embedder: i64,
    mut take: impl FnMut(i64, &[u8], &[u8]),
) -> Result<(), Fault> {
    let mut statement = connection.prepare(
        "SELECT memory_key, own, context FROM memory_vectors WHERE embedder_key = ?1 ORDER BY memory_key",
    )?;
    let mut rows = statement.query([embedder])?;
    while let Some(row) = rows.next()? {
        let bytes_at = |column| row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from);
        take(row.get(0)?, bytes_at(1)?, bytes_at(2)?);
    }
    Ok(())
}

fn text_at<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a str, rusqlite::Error> {
    Ok(row.get_ref(column)?.as_str()?)
}

fn optional_text_at<'a>(row: &'a Row<'_>, column: usize) -> Result<Option<&'a str>, rusqlite::Error> {
    Ok(row.get_ref(column)?.as_str_or_null()?)
}
