//! The egress ledger in SQL.

use crate::Store;
use crate::columns::{limit_and_offset, time_from_ns, time_to_ns};
use crate::conversations::select;
use crate::fault::Fault;
use async_trait::async_trait;
use council_core::{
    Carried, EgressEntry, EgressFilter, EgressId, EgressLog, EgressOutcome, EgressTotal, Found, NewEgress,
    Page, PrivacyKind, StoreError,
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

    async fn add(&self, id: EgressId, more: Carried) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                connection.execute(
                    "UPDATE egress SET requests = requests + ?2, carried_out = carried_out + ?3,
                            carried_in = carried_in + ?4 WHERE key = ?1",
                    params![
                        id.0,
                        bytes(more.requests)?,
                        bytes(more.sent_bytes)?,
                        bytes(more.received_bytes)?
                    ],
                )?;
                Ok(())
            })
            .await
    }

    async fn end(&self, id: EgressId, received_bytes: u64, outcome: EgressOutcome) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                let received = bytes(received_bytes)?;
                // A line of a command is taken for interrupted by a server that starts meanwhile.
                connection.execute(
                    "UPDATE egress SET received_bytes = ?2, outcome = ?3
                      WHERE key = ?1 AND outcome IN ('running', 'interrupted')",
                    params![id.0, received, outcome.as_str()],
                )?;
                Ok(())
            })
            .await
    }

    async fn refuse(&self, id: EgressId, reason: &'static str) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                connection.execute(
                    "UPDATE egress SET outcome = 'refused', reason = ?2
                      WHERE key = ?1 AND outcome IN ('running', 'interrupted')",
                    params![id.0, reason],
                )?;
                Ok(())
            })
            .await
    }

    async fn lines(&self, filter: EgressFilter, page: Page) -> Result<Vec<EgressEntry>, StoreError> {
        self.readers
            .read(move |connection| lines(connection, &filter, page))
            .await
    }

    async fn totals(&self, filter: EgressFilter) -> Result<Vec<EgressTotal>, StoreError> {
        self.readers
            .read(move |connection| totals(connection, &filter))
            .await
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

/// The condition of a filter, whose parameters are `?1` to `?6`.
const WANTED: &str = "(?1 IS NULL OR substr(host, 1, length(?1)) = ?1) AND (?2 IS NULL OR purpose = ?2)
                  AND (?3 IS NULL OR request_id = ?3) AND (?4 IS NULL OR outcome = ?4)
                  AND (?5 IS NULL OR started_at_ns >= ?5) AND (?6 IS NULL OR started_at_ns < ?6)";

fn lines(connection: &Connection, filter: &EgressFilter, page: Page) -> Result<Vec<EgressEntry>, Fault> {
    let (limit, offset) = limit_and_offset(page)?;
    let sql = format!(
        "SELECT key, started_at_ns, request_id, model, host, purpose, sent_bytes, received_bytes, redacted, outcome,
                requests, carried_out, carried_in, reason
           FROM egress WHERE {WANTED} ORDER BY key DESC LIMIT ?7 OFFSET ?8"
    );
    let parameters = params![
        filter.host,
        filter.purpose,
        filter.request_id,
        filter.outcome.map(EgressOutcome::as_str),
        filter.since.map(time_to_ns).transpose()?,
        filter.until.map(time_to_ns).transpose()?,
        limit,
        offset
    ];
    select(connection, &sql, parameters, entry_from_row)
}

fn totals(connection: &Connection, filter: &EgressFilter) -> Result<Vec<EgressTotal>, Fault> {
    // Lines of before requests were counted have the text alone.
    let sql = format!(
        "SELECT host, purpose, count(*), sum(outcome = 'refused'), sum(requests),
                sum(iif(requests > 0, carried_out, sent_bytes)), sum(iif(requests > 0, carried_in, received_bytes)),
                max(started_at_ns)
           FROM egress WHERE {WANTED} GROUP BY host, purpose ORDER BY sum(iif(requests > 0, carried_out + carried_in, sent_bytes + received_bytes)) DESC, host, purpose"
    );
    let parameters = params![
        filter.host,
        filter.purpose,
        filter.request_id,
        filter.outcome.map(EgressOutcome::as_str),
        filter.since.map(time_to_ns).transpose()?,
        filter.until.map(time_to_ns).transpose()?,
    ];
    select(connection, &sql, parameters, |row| {
        let number = |column| Ok::<_, Fault>(row.get::<_, i64>(column)?.unsigned_abs());
        Ok(EgressTotal {
            host: row.get(0)?,
            purpose: row.get(1)?,
            lines: number(2)?,
            refused: number(3)?,
            carried: Carried {
                requests: number(4)?,
                sent_bytes: number(5)?,
                received_bytes: number(6)?,
            },
            last_at: time_from_ns(row.get(7)?),
        })
    })
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
        carried: Carried {
            requests: row.get::<_, i64>(10)?.unsigned_abs(),
            sent_bytes: row.get::<_, i64>(11)?.unsigned_abs(),
            received_bytes: row.get::<_, i64>(12)?.unsigned_abs(),
        },
        outcome: EgressOutcome::parse(&outcome).ok_or_else(|| {
            Fault::Value(format!("the egress ledger holds an unknown outcome: `{outcome}`"))
        })?,
        reason: row.get(13)?,
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
