//! Claims as JSON, and which memories they rest on.

use crate::fault::Fault;
use council_core::{Claim, Evidence, MemoryId};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

/// The column `claim`.
pub(in crate::memory) fn to_json(claim: &Claim) -> String {
    let evidence: Vec<Value> = claim
        .evidence
        .iter()
        .map(|evidence| json!({ "memory": evidence.memory.0, "quote": evidence.quote }))
        .collect();
    let json = json!({
        "subject": claim.subject,
        "attribute": claim.attribute,
        "confidence": claim.confidence,
        "extractor": claim.extractor,
        "evidence": evidence,
    });
    json.to_string()
}

/// The claim that [`to_json`] made.
pub(in crate::memory) fn from_json(json: &str) -> Option<Claim> {
    let value: Value = serde_json::from_str(json).ok()?;
    let text = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let evidence = value.get("evidence")?.as_array()?.iter().map(|one| {
        Some(Evidence {
            memory: MemoryId(text(one, "memory")?),
            quote: text(one, "quote")?,
        })
    });
    Some(Claim {
        subject: text(&value, "subject")?,
        attribute: text(&value, "attribute")?,
        confidence: value.get("confidence")?.as_f64()? as f32,
        extractor: text(&value, "extractor"),
        evidence: evidence.collect::<Option<_>>()?,
    })
}

/// Notes what a claim rests on.
pub(super) fn note_evidence(connection: &Connection, key: i64, claim: &Claim) -> Result<(), Fault> {
    let mut insert = connection
        .prepare_cached("INSERT OR IGNORE INTO memory_evidence (evidence, memory_key) VALUES (?1, ?2)")?;
    for evidence in &claim.evidence {
        insert.execute(params![evidence.memory.0, key])?;
    }
    Ok(())
}

/// The memories whose claims rest on this one.
pub(super) fn resting_on(connection: &Connection, evidence: &MemoryId) -> Result<Vec<i64>, Fault> {
    let mut statement =
        connection.prepare_cached("SELECT memory_key FROM memory_evidence WHERE evidence = ?1")?;
    let keys = statement.query_map([&evidence.0], |row| row.get(0))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

/// Writes a claim with less evidence in place of the former: as many bytes, so that the row stays where it is.
pub(super) fn shrink(connection: &Connection, key: i64, claim: &Claim) -> Result<(), Fault> {
    let sql = "SELECT octet_length(claim) FROM memories WHERE key = ?1";
    let bytes: usize = connection
        .prepare_cached(sql)?
        .query_row([key], |row| row.get(0))?;
    let mut json = to_json(claim);
    // JSON ends where its value ends; blanks after that are not part of it.
    json.extend(std::iter::repeat_n(' ', bytes.saturating_sub(json.len())));
    connection
        .prepare_cached("UPDATE memories SET claim = ?2 WHERE key = ?1")?
        .execute(params![key, json])?;
    Ok(())
}

/// Nothing rests on this memory any more, and it rests on nothing.
pub(super) fn forget(connection: &Connection, key: i64, id: &MemoryId) -> Result<(), Fault> {
    connection
        .prepare_cached("DELETE FROM memory_evidence WHERE memory_key = ?1 OR evidence = ?2")?
        .execute(params![key, id.0])?;
    Ok(())
}
