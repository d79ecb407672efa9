//! Settings and their audit in SQL.

use crate::Store;
use crate::columns::{limit_and_offset, time_from_ns, time_to_ns};
use crate::conversations::select;
use crate::fault::Fault;
use async_trait::async_trait;
use council_core::{
    AuditEntry, AuditFilter, AuditLine, Page, SettingsStore, StoreError, StoredChange, StoredSetting,
    Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

const LINE: &str = "SELECT key, at_ns, by, setting, before, after FROM audit";

#[async_trait]
impl SettingsStore for Store {
    async fn settings(&self) -> Result<Vec<StoredSetting>, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(StoredSetting {
                key: row.get(0)?,
                value: row.get(1)?,
                at: time_from_ns(row.get(2)?),
            })
        };
        // Each has a line in the audit, written together with it.
        let sql = "SELECT name, value,
                          coalesce((SELECT at_ns FROM audit WHERE setting = name ORDER BY key DESC LIMIT 1), 0)
                     FROM settings ORDER BY name";
        self.readers
            .read(move |connection| select(connection, sql, [], read))
            .await
    }

    async fn change(&self, changes: Vec<StoredChange>, at: Timestamp, by: &str) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.writer
            .write(move |connection| {
                for change in &changes {
                    write(connection, change, at, &by)?;
                }
                Ok(())
            })
            .await
    }

    async fn note(&self, line: AuditLine) -> Result<(), StoreError> {
        self.writer.write(move |connection| note(connection, &line)).await
    }

    async fn audit(&self, filter: AuditFilter, page: Page) -> Result<Vec<AuditEntry>, StoreError> {
        self.readers
            .read(move |connection| {
                let (limit, offset) = limit_and_offset(page)?;
                let time = |time: Option<Timestamp>| time.map(time_to_ns).transpose();
                let sql = format!(
                    "{LINE} WHERE (?1 IS NULL OR substr(setting, 1, length(?1)) = ?1) AND (?2 IS NULL OR by = ?2)
                        AND (?3 IS NULL OR at_ns >= ?3) AND (?4 IS NULL OR at_ns < ?4)
                     ORDER BY key DESC LIMIT ?5 OFFSET ?6"
                );
                let wanted = params![
                    filter.setting,
                    filter.by,
                    time(filter.since)?,
                    time(filter.until)?,
                    limit,
                    offset
                ];
                select(connection, &sql, wanted, entry_from_row)
            })
            .await
    }

    async fn revision(&self) -> Result<i64, StoreError> {
        self.readers
            .read(|connection| {
                let sql = "SELECT coalesce(max(key), 0) FROM audit";
                Ok(connection.query_row(sql, [], |row| row.get(0))?)
            })
            .await
    }

    async fn audit_entry(&self, id: i64) -> Result<Option<AuditEntry>, StoreError> {
        self.readers
            .read(move |connection| {
                let sql = format!("{LINE} WHERE key = ?1");
                Ok(select(connection, &sql, [id], entry_from_row)?.pop())
            })
            .await
    }
}

/// Keeps one change and its line.
fn write(connection: &Connection, change: &StoredChange, at: Timestamp, by: &str) -> Result<(), Fault> {
    let StoredChange { key, value } = change;
    let before = connection.query_row("SELECT value FROM settings WHERE name = ?1", [key], |row| {
        row.get(0)
    });
    let line = AuditLine {
        at,
        by: by.to_owned(),
        setting: key.clone(),
        before: before.optional()?.unwrap_or_default(),
        after: value.clone().unwrap_or_default(),
    };
    match value {
        Some(value) => connection.execute(
            "INSERT INTO settings (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![key, value],
        )?,
        None => connection.execute("DELETE FROM settings WHERE name = ?1", [key])?,
    };
    note(connection, &line)
}

pub(crate) fn note(connection: &Connection, line: &AuditLine) -> Result<(), Fault> {
    connection.execute(
        "INSERT INTO audit (at_ns, by, setting, before, after) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            time_to_ns(line.at)?,
            line.by,
            line.setting,
            line.before,
            line.after
        ],
    )?;
    Ok(())
}

fn entry_from_row(row: &Row<'_>) -> Result<AuditEntry, Fault> {
    Ok(AuditEntry {
        id: row.get(0)?,
        line: AuditLine {
            at: time_from_ns(row.get(1)?),
            by: row.get(2)?,
            setting: row.get(3)?,
            before: row.get(4)?,
            after: row.get(5)?,
        },
    })
}
