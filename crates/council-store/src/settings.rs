//! Settings and their audit in SQL.

use crate::Store;
use crate::columns::{limit_and_offset, time_from_ns, time_to_ns};
use crate::conversations::select;
use crate::fault::Fault;
use async_trait::async_trait;
use council_core::{AuditLine, Page, SettingChange, Settings, SettingsStore, StoreError, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

#[async_trait]
impl SettingsStore for Store {
    async fn settings(&self) -> Result<Settings, StoreError> {
        self.readers.read(settings).await
    }

    async fn change(&self, change: SettingChange, at: Timestamp, by: &str) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.writer
            .write(move |connection| {
                let line = AuditLine {
                    at,
                    by: by.clone(),
                    setting: change.name(),
                    before: value(connection, &change.name())?.unwrap_or_default(),
                    after: change.value(),
                };
                connection.execute(
                    "INSERT INTO settings (name, value) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    params![line.setting, line.after],
                )?;
                note(connection, &line)
            })
            .await
    }

    async fn note(&self, line: AuditLine) -> Result<(), StoreError> {
        self.writer.write(move |connection| note(connection, &line)).await
    }

    async fn audit(&self, page: Page) -> Result<Vec<AuditLine>, StoreError> {
        self.readers
            .read(move |connection| {
                let (limit, offset) = limit_and_offset(page)?;
                let sql =
                    "SELECT at_ns, by, setting, before, after FROM audit ORDER BY key DESC LIMIT ?1 OFFSET ?2";
                select(connection, sql, [limit, offset], line_from_row)
            })
            .await
    }
}

fn settings(connection: &Connection) -> Result<Settings, Fault> {
    let read = |row: &Row<'_>| {
        let (name, value): (String, String) = (row.get(0)?, row.get(1)?);
        SettingChange::parse(&name, &value)
            .ok_or_else(|| Fault::Value(format!("the setting `{name}` cannot be `{value}`")))
    };
    let mut settings = Settings::default();
    for change in select(connection, "SELECT name, value FROM settings", [], read)? {
        settings.apply(change);
    }
    Ok(settings)
}

fn value(connection: &Connection, name: &str) -> Result<Option<String>, Fault> {
    let found = connection.query_row("SELECT value FROM settings WHERE name = ?1", [name], |row| {
        row.get(0)
    });
    Ok(found.optional()?)
}

fn note(connection: &Connection, line: &AuditLine) -> Result<(), Fault> {
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

fn line_from_row(row: &Row<'_>) -> Result<AuditLine, Fault> {
    Ok(AuditLine {
        at: time_from_ns(row.get(0)?),
        by: row.get(1)?,
        setting: row.get(2)?,
        before: row.get(3)?,
        after: row.get(4)?,
    })
}
