//! Settings and their audit in PostgreSQL. Changes come one after another, whichever Council makes them, so that the
//! audit's numbers are in the order in which changes are seen: see `revision`.

use super::{PostgresStore, SETTINGS_CHANNEL, SETTINGS_LOCK};
use crate::columns::{limit_and_offset, time_from_ns, time_to_ns};
use crate::memory::postgres::server::PgFault;
use async_trait::async_trait;
use council_core::{
    AuditEntry, AuditFilter, AuditLine, Page, SettingsStore, StoreError, StoredChange, StoredSetting,
    Timestamp,
};
use deadpool_postgres::{Client, Transaction};
use tokio_postgres::Row;

const LINE: &str = "SELECT key, at_ns, by, setting, before, after FROM audit";

#[async_trait]
impl SettingsStore for PostgresStore {
    async fn settings(&self) -> Result<Vec<StoredSetting>, StoreError> {
        let client = self.client().await?;
        self.told(settings(&client).await)
    }

    async fn change(&self, changes: Vec<StoredChange>, at: Timestamp, by: &str) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let changed = async {
            let transaction = in_order(&mut client).await?;
            for change in &changes {
                write(&transaction, change, at, by).await?;
            }
            Ok(transaction.commit().await?)
        };
        self.told(changed.await)
    }

    async fn note(&self, line: AuditLine) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let noted = async {
            let transaction = in_order(&mut client).await?;
            note(&transaction, &line).await?;
            Ok(transaction.commit().await?)
        };
        self.told(noted.await)
    }

    async fn audit(&self, filter: AuditFilter, page: Page) -> Result<Vec<AuditEntry>, StoreError> {
        let client = self.client().await?;
        self.told(audit(&client, &filter, page).await)
    }

    async fn audit_entry(&self, id: i64) -> Result<Option<AuditEntry>, StoreError> {
        let client = self.client().await?;
        let found = async {
            let sql = format!("{LINE} WHERE key = $1");
            Ok(client.query_opt(&sql, &[&id]).await?.as_ref().map(from_row))
        };
        self.told(found.await)
    }

    async fn revision(&self) -> Result<i64, StoreError> {
        let client = self.client().await?;
        let found = async {
            let sql = client
                .prepare_cached("SELECT coalesce(max(key), 0) FROM audit")
                .await?;
            Ok(client.query_one(&sql, &[]).await?.get(0))
        };
        self.told(found.await)
    }

    async fn told(&self) {
        self.server.told().await;
    }
}

/// A transaction beside which nobody else changes a setting.
pub(super) async fn in_order(client: &mut Client) -> Result<Transaction<'_>, PgFault> {
    let transaction = client.transaction().await?;
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&SETTINGS_LOCK])
        .await?;
    // Told when it is committed, and not before.
    transaction
        .execute("SELECT pg_notify($1, '')", &[&SETTINGS_CHANNEL])
        .await?;
    Ok(transaction)
}

async fn settings(client: &Client) -> Result<Vec<StoredSetting>, PgFault> {
    // Each has a line in the audit, written together with it.
    let sql = "SELECT name, value,
                      coalesce((SELECT at_ns FROM audit WHERE setting = name ORDER BY key DESC LIMIT 1), 0)
               FROM settings ORDER BY name";
    let rows = client.query(sql, &[]).await?;
    let setting = |row: &Row| StoredSetting {
        key: row.get(0),
        value: row.get(1),
        at: time_from_ns(row.get(2)),
    };
    Ok(rows.iter().map(setting).collect())
}

/// Keeps one change and its line.
async fn write(
    transaction: &Transaction<'_>,
    change: &StoredChange,
    at: Timestamp,
    by: &str,
) -> Result<(), PgFault> {
    let StoredChange { key, value } = change;
    let sql = "SELECT value FROM settings WHERE name = $1";
    let before = transaction.query_opt(sql, &[key]).await?;
    let line = AuditLine {
        at,
        by: by.to_owned(),
        setting: key.clone(),
        before: before.map(|row| row.get(0)).unwrap_or_default(),
        after: value.clone().unwrap_or_default(),
    };
    if let Some(value) = value {
        let sql = "INSERT INTO settings (name, value) VALUES ($1, $2)
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        transaction.execute(sql, &[key, value]).await?;
    } else {
        let sql = "DELETE FROM settings WHERE name = $1";
        transaction.execute(sql, &[key]).await?;
    }
    note(transaction, &line).await
}

pub(super) async fn note(transaction: &Transaction<'_>, line: &AuditLine) -> Result<(), PgFault> {
    let sql = "INSERT INTO audit (at_ns, by, setting, before, after) VALUES ($1, $2, $3, $4, $5)";
    let at = time_to_ns(line.at)?;
    transaction
        .execute(sql, &[&at, &line.by, &line.setting, &line.before, &line.after])
        .await?;
    Ok(())
}

async fn audit(client: &Client, filter: &AuditFilter, page: Page) -> Result<Vec<AuditEntry>, PgFault> {
    let (limit, offset) = limit_and_offset(page)?;
    let time = |time: Option<Timestamp>| time.map(time_to_ns).transpose();
    let sql = format!(
        "{LINE} WHERE ($1::text IS NULL OR starts_with(setting, $1)) AND ($2::text IS NULL OR by = $2)
            AND ($3::bigint IS NULL OR at_ns >= $3) AND ($4::bigint IS NULL OR at_ns < $4)
         ORDER BY key DESC LIMIT $5 OFFSET $6"
    );
    let (since, until) = (time(filter.since)?, time(filter.until)?);
    let rows = client
        .query(
            &sql,
            &[&filter.setting, &filter.by, &since, &until, &limit, &offset],
        )
        .await?;
    Ok(rows.iter().map(from_row).collect())
}

fn from_row(row: &Row) -> AuditEntry {
    AuditEntry {
        id: row.get(0),
        line: AuditLine {
            at: time_from_ns(row.get(1)),
            by: row.get(2),
            setting: row.get(3),
            before: row.get(4),
            after: row.get(5),
        },
    }
}
