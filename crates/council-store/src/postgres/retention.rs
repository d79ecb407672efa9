//! What is older than it may be in PostgreSQL, counted and removed. What left a machine and what was measured there is with each
//! Council, which removes it itself.

use super::{PgFault, PostgresStore, count};
use crate::columns::time_to_ns;
use crate::retention::of;
use async_trait::async_trait;
use council_core::retention::{Expired, Retention, RetentionRules, cutoff};
use council_core::{StoreError, Timestamp};
use deadpool_postgres::{Client, Transaction};

/// Most rows of a table that go in one transaction, so that others write in between.
const BATCH: i64 = 1_000;

/// The letters "retent" as a number: one Council at a time removes.
const LOCK: i64 = 0x7265_7465_6e74;

/// The rows of each table that are too old: its name, and what they are then.
const TABLES: [(&str, &str); 4] = [
    ("conversations", "NOT pinned AND updated_at_ns < $1"),
    ("receipts", "started_at_ns < $1"),
    ("ledger", "started_at_ns < $1"),
    ("audit", "at_ns < $1"),
];

#[async_trait]
impl Retention for PostgresStore {
    async fn expired(&self, rules: RetentionRules, now: Timestamp) -> Result<Expired, StoreError> {
        let client = self.client().await?;
        let counted = async {
            let mut expired = Expired::default();
            for (table, condition) in TABLES {
                let (days, found) = of(&mut expired, rules, table);
                if let Some(before) = cutoff(days, now) {
                    let sql = format!("SELECT count(*) FROM {table} WHERE {condition}");
                    *found = count(client.query_one(&sql, &[&time_to_ns(before)?]).await?.get(0));
                }
            }
            Ok(expired)
        };
        self.told(counted.await)
    }

    async fn expire(&self, rules: RetentionRules, now: Timestamp) -> Result<Expired, StoreError> {
        let mut client = self.client().await?;
        let removed = async {
            let mut expired = Expired::default();
            for (table, condition) in TABLES {
                let (days, gone) = of(&mut expired, rules, table);
                let Some(before) = cutoff(days, now) else {
                    continue;
                };
                loop {
                    let removed = remove(&mut client, table, condition, time_to_ns(before)?).await?;
                    *gone += removed;
                    if removed == 0 {
                        break;
                    }
                }
            }
            if expired.total() > 0 {
                // Their place is free for other rows, and their words leave the indexes.
                let sql = "VACUUM conversations, messages, attachments, receipts, feedback, ledger, audit";
                client.batch_execute(sql).await?;
            }
            Ok(expired)
        };
        self.told(removed.await)
    }
}

/// Removes some rows; 0 where none are left, or another Council removes them now.
async fn remove(client: &mut Client, table: &str, condition: &str, before: i64) -> Result<u64, PgFault> {
    let transaction = client.transaction().await?;
    let locked = transaction
        .query_one("SELECT pg_try_advisory_xact_lock($1)", &[&LOCK])
        .await?;
    if !locked.get::<_, bool>(0) {
        return Ok(0);
    }
    if table == "conversations" {
        receipts_of_old_conversations(&transaction, condition, before).await?;
    }
    let sql = format!(
        "DELETE FROM {table} WHERE key IN (SELECT key FROM {table} WHERE {condition} ORDER BY key LIMIT {BATCH}) AND {condition}"
    );
    let removed = transaction.execute(&sql, &[&before]).await?;
    transaction.commit().await?;
    Ok(removed)
}

/// A conversation's receipts go with it.
async fn receipts_of_old_conversations(
    transaction: &Transaction<'_>,
    condition: &str,
    before: i64,
) -> Result<(), PgFault> {
    // The rows stay locked, so that what is used meanwhile keeps its receipts.
    let sql = format!(
        "WITH old AS (SELECT id FROM conversations WHERE {condition} ORDER BY key LIMIT {BATCH} FOR UPDATE)
         DELETE FROM receipts WHERE conversation IN (SELECT id FROM old)"
    );
    transaction.execute(&sql, &[&before]).await?;
    Ok(())
}
