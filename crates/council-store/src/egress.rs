//! The egress ledger in SQL.

use crate::Store;
use crate::columns::{limit_and_offset, time_from_ns, time_to_ns};
use crate::conversations::select;
use crate::fault::Fault;
use async_trait::async_trait;
use council_core::{
    EgressEntry, EgressId, EgressLog, EgressOutcome, Found, NewEgress, Page, PrivacyKind, StoreError,
};
use rusqlite::{Connection, Row, params};
use serde_json::{Map, Value, json};

#[async_trait]
impl EgressLog for Store {
    async fn begin(&self, call: NewEgress) -> Result<EgressId, StoreError> {
        self.writer
            .write(move |connection| begin(connection, &call))
            .await
    }

    async fn end(&self, id: EgressId, received_bytes: u64, outcome: EgressOutcome) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                let received = bytes(received_bytes)?;
                connection.execute(
                    "UPDATE egress SET received_bytes = ?2, outcome = ?3 WHERE key = ?1 AND outcome = 'running'",
                    params![id.0, received, outcome.as_str()],
                )?;
                Ok(())
            })
            .await
    }

    async fn lines(&self, page: Page) -> Result<Vec<EgressEntry>, StoreError> {
        self.readers.read(move |connection| lines(connection, page)).await
    }
}

/// Lines of calls that a former process did not end.
pub(crate) fn interrupt(connection: &Connection) -> rusqlite::Result<usize> {
    connection.execute(
        "UPDATE egress SET outcome = 'interrupted' WHERE outcome = 'running'",
        [],
    )
}

fn begin(connection: &Connection, call: &NewEgress) -> Result<EgressId, Fault> {
    let redacted: Map<String, Value> = call
        .redacted
        .iter()
        .map(|found| (found.kind.as_str().to_owned(), json!(found.count)))
        .collect();
    connection.execute(
        "INSERT INTO egress (started_at_ns, request_id, model, host, purpose, sent_bytes, redacted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            time_to_ns(call.started_at)?,
            call.request_id,
            call.model,
            call.host,
            call.purpose,
            bytes(call.sent_bytes)?,
            Value::Object(redacted).to_string(),
        ],
    )?;
    Ok(EgressId(connection.last_insert_rowid()))
}

fn bytes(number: u64) -> Result<i64, Fault> {
    i64::try_from(number).map_err(|_| Fault::Value(format!("{number} bytes are too many to store")))
}

fn lines(connection: &Connection, page: Page) -> Result<Vec<EgressEntry>, Fault> {
    let (limit, offset) = limit_and_offset(page)?;
    let sql =
        "SELECT key, started_at_ns, request_id, model, host, purpose, sent_bytes, received_bytes, redacted,
                      outcome
               FROM egress ORDER BY key DESC LIMIT ?1 OFFSET ?2";
    select(connection, sql, [limit, offset], entry_from_row)
}

fn entry_from_row(row: &Row<'_>) -> Result<EgressEntry, Fault> {
    let (redacted, outcome): (String, String) = (row.get(8)?, row.get(9)?);
    let (sent, received): (i64, i64) = (row.get(6)?, row.get(7)?);
    Ok(EgressEntry {
        id: EgressId(row.get(0)?),
        call: NewEgress {
            started_at: time_from_ns(row.get(1)?),
            request_id: row.get(2)?,
            model: row.get(3)?,
            host: row.get(4)?,
            purpose: row.get(5)?,
            sent_bytes: sent.unsigned_abs(),
            redacted: found_from_json(&redacted)?,
        },
        received_bytes: received.unsigned_abs(),
        outcome: EgressOutcome::parse(&outcome).ok_or_else(|| {
            Fault::Value(format!("the egress ledger holds an unknown outcome: `{outcome}`"))
        })?,
    })
}

fn found_from_json(text: &str) -> Result<Vec<Found>, Fault> {
    let unreadable = || Fault::Value(format!("the egress ledger holds what cannot be read: `{text}`"));
    let kinds: Map<String, Value> = serde_json::from_str(text).map_err(|_| unreadable())?;
    let found = kinds.iter().map(|(kind, count)| {
        Some(Found {
            kind: PrivacyKind::parse(kind)?,
            count: u32::try_from(count.as_u64()?).ok()?,
        })
    });
    found.collect::<Option<Vec<_>>>().ok_or_else(unreadable)
}
