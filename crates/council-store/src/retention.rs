//! What is older than it may be, counted and removed.

use crate::Store;
use crate::columns::time_to_ns;
use crate::fault::Fault;
use crate::memory::scrub;
use async_trait::async_trait;
use council_core::retention::{Expired, Retention, RetentionRules, cutoff};
use council_core::{StoreError, Timestamp};
use rusqlite::Connection;

/// Most rows of a table that go in one transaction, so that others write in between.
const BATCH: u64 = 1_000;

/// The rows of each table that are too old: its name, what they are found by, and what they are before, which is `?1`.
const TABLES: [(&str, &str, &str); 6] = [
    ("conversations", "key", "pinned = 0 AND updated_at_ns < ?1"),
    ("receipts", "key", "started_at_ns < ?1"),
    ("ledger", "key", "started_at_ns < ?1"),
    ("egress", "key", "started_at_ns < ?1 AND outcome <> 'running'"),
    ("audit", "key", "at_ns < ?1"),
    ("metric_rollups", "start_s", "start_s < ?1 / 1000000000"),
];

#[async_trait]
impl Retention for Store {
    async fn expired(&self, rules: RetentionRules, now: Timestamp) -> Result<Expired, StoreError> {
        self.readers
            .read(move |connection| {
                let mut expired = Expired::default();
                for (table, column, condition) in TABLES {
                    let (days, count) = of(&mut expired, rules, table);
                    if let Some(before) = cutoff(days, now) {
                        let sql = format!("SELECT count({column}) FROM {table} WHERE {condition}");
                        *count = connection.query_row(&sql, [time_to_ns(before)?], |row| row.get(0))?;
                    }
                }
                Ok(expired)
            })
            .await
    }

    async fn expire(&self, rules: RetentionRules, now: Timestamp) -> Result<Expired, StoreError> {
        let mut expired = Expired::default();
        for (table, column, condition) in TABLES {
            let (days, count) = of(&mut expired, rules, table);
            let Some(before) = cutoff(days, now) else {
                continue;
            };
            loop {
                let work = move |connection: &Connection| -> Result<u64, Fault> {
                    let sql = format!(
                        "DELETE FROM {table} WHERE {column} IN
                             (SELECT {column} FROM {table} WHERE {condition} LIMIT {BATCH}) AND {condition}"
                    );
                    Ok(connection.execute(&sql, [time_to_ns(before)?])? as u64)
                };
                let gone = self.writer.write(work).await?;
                *count += gone;
                if gone == 0 {
                    break;
                }
            }
        }
        if expired.total() > 0 {
            // What was removed leaves the log too, now or, where somebody reads, with the next checkpoint.
            let trace = |connection: &Connection, (): &()| match scrub::checkpoint(connection) {
                Err(Fault::Value(_)) | Ok(()) => Ok(()),
                Err(fault) => Err(fault),
            };
            self.writer.write_then(|_| Ok(()), trace).await?;
        }
        Ok(expired)
    }
}

/// After how many days rows of a table go, and where they are counted.
pub(crate) fn of<'a>(expired: &'a mut Expired, rules: RetentionRules, table: &str) -> (u64, &'a mut u64) {
    match table {
        "conversations" => (rules.conversations_days, &mut expired.conversations),
        "receipts" => (rules.receipts_days, &mut expired.receipts),
        "ledger" => (rules.ledger_days, &mut expired.ledger),
        "egress" => (rules.egress_days, &mut expired.egress),
        "audit" => (rules.audit_days, &mut expired.audit),
        _ => (rules.metrics_days, &mut expired.metrics),
    }
}
