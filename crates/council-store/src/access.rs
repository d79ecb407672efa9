//! Users, keys and sessions in SQL.
//!
//! - `row`: a key as its columns

mod row;

use crate::Store;
use crate::columns::{time_from_ns, time_to_ns};
use crate::conversations::select;
use crate::fault::Fault;
use crate::settings::note;
use async_trait::async_trait;
use council_core::memory::LOCAL_USER;
use council_core::{AccessStore, AuditLine, KeptKey, KeptSession, Scopes, StoreError, Timestamp, User};
pub(crate) use row::KeyRow;
use rusqlite::{Connection, Row, params};

#[async_trait]
impl AccessStore for Store {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(User {
                name: row.get(0)?,
                created_at: time_from_ns(row.get(1)?),
            })
        };
        let sql = "SELECT name, created_at_ns FROM users ORDER BY name";
        self.readers
            .read(move |connection| select(connection, sql, [], read))
            .await
    }

    async fn add_user(&self, user: User, by: &str) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.writer
            .write(move |connection| {
                let sql = "INSERT INTO users (name, created_at_ns) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
                let added = connection.execute(sql, params![user.name, time_to_ns(user.created_at)?])?;
                if added == 0 {
                    return Err(there_already(&user.name));
                }
                let setting = format!("user.{}", user.name);
                audit(connection, user.created_at, &by, setting, "added".to_owned())
            })
            .await
    }

    async fn remove_user(&self, name: &str, at: Timestamp, by: &str) -> Result<(), StoreError> {
        let (name, by) = (name.to_owned(), by.to_owned());
        self.writer
            .write(move |connection| {
                let removed = connection.execute("DELETE FROM users WHERE name = ?1", [&name])?;
                if removed == 0 {
                    return Err(missing("user", &name));
                }
                revoke(connection, "user", &name, at)?;
                audit(connection, at, &by, format!("user.{name}"), "removed".to_owned())
            })
            .await
    }

    async fn keys(&self) -> Result<Vec<KeptKey>, StoreError> {
        let sql =
            "SELECT id, name, user, scopes, created_at_ns, expires_at_ns, revoked_at_ns, last_used_at_ns,
                          daily_nano, per_minute, hash
                     FROM api_keys ORDER BY key";
        self.readers
            .read(move |connection| select(connection, sql, [], key_from_row))
            .await
    }

    async fn delete_keys(&self, user: &str) -> Result<u64, StoreError> {
        let user = user.to_owned();
        self.writer
            .write(move |connection| {
                // Their sessions go with them.
                Ok(connection.execute("DELETE FROM api_keys WHERE user = ?1", [&user])? as u64)
            })
            .await
    }

    async fn add_key(&self, kept: KeptKey, by: &str) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.writer
            .write(move |connection| {
                insert(connection, &kept)?;
                let key = &kept.key;
                let after = format!("added for {} with {}", key.user, named(key.scopes));
                audit(connection, key.created_at, &by, format!("key.{}", key.id), after)
            })
            .await
    }

    async fn revoke_key(&self, id: &str, at: Timestamp, by: &str) -> Result<(), StoreError> {
        let (id, by) = (id.to_owned(), by.to_owned());
        self.writer
            .write(move |connection| {
                let sql = "SELECT count(*) FROM api_keys WHERE id = ?1";
                let known: i64 = connection.query_row(sql, [&id], |row| row.get(0))?;
                if known == 0 {
                    return Err(missing("key", &id));
                }
                if revoke(connection, "id", &id, at)? == 0 {
                    return Ok(());
                }
                audit(connection, at, &by, format!("key.{id}"), "revoked".to_owned())
            })
            .await
    }

    async fn key_used(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                let sql = "UPDATE api_keys SET last_used_at_ns = ?2 WHERE id = ?1";
                connection.execute(sql, params![id, time_to_ns(at)?])?;
                Ok(())
            })
            .await
    }

    async fn sessions(&self, now: Timestamp) -> Result<Vec<KeptSession>, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(KeptSession {
                digest: row.get(0)?,
                key: row.get(1)?,
                created_at: time_from_ns(row.get(2)?),
                expires_at: time_from_ns(row.get(3)?),
            })
        };
        let sql = "SELECT digest, key_id, created_at_ns, expires_at_ns FROM sessions
                    WHERE expires_at_ns > ?1 ORDER BY created_at_ns";
        self.readers
            .read(move |connection| select(connection, sql, [time_to_ns(now)?], read))
            .await
    }

    async fn add_session(&self, session: KeptSession) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                let at = time_to_ns(session.created_at)?;
                connection.execute("DELETE FROM sessions WHERE expires_at_ns <= ?1", [at])?;
                let sql = "INSERT INTO sessions (digest, key_id, created_at_ns, expires_at_ns)
                           VALUES (?1, ?2, ?3, ?4)";
                let end = time_to_ns(session.expires_at)?;
                connection.execute(sql, params![session.digest, session.key, at, end])?;
                Ok(())
            })
            .await
    }

    async fn remove_session(&self, digest: &str) -> Result<(), StoreError> {
        let digest = digest.to_owned();
        self.writer
            .write(move |connection| {
                connection.execute("DELETE FROM sessions WHERE digest = ?1", [&digest])?;
                Ok(())
            })
            .await
    }
}

/// Revokes the keys whose column has this value, and ends their sessions; returns how many there were that were not revoked.
fn revoke(connection: &Connection, column: &'static str, value: &str, at: Timestamp) -> Result<usize, Fault> {
    let ended = format!("DELETE FROM sessions WHERE key_id IN (SELECT id FROM api_keys WHERE {column} = ?1)");
    connection.execute(&ended, [value])?;
    let sql = format!("UPDATE api_keys SET revoked_at_ns = ?2 WHERE {column} = ?1 AND revoked_at_ns IS NULL");
    Ok(connection.execute(&sql, params![value, time_to_ns(at)?])?)
}

fn insert(connection: &Connection, kept: &KeptKey) -> Result<(), Fault> {
    let row = KeyRow::of(kept)?;
    let sql = "SELECT count(*) FROM users WHERE name = ?1";
    let known: i64 = connection.query_row(sql, [&row.user], |row| row.get(0))?;
    if known == 0 && row.user != LOCAL_USER {
        return Err(missing("user", &row.user));
    }
    let sql =
        "INSERT INTO api_keys (id, name, user, hash, scopes, created_at_ns, expires_at_ns, revoked_at_ns,
                                     last_used_at_ns, daily_nano, per_minute)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    connection.execute(
        sql,
        params![
            row.id,
            row.name,
            row.user,
            row.hash,
            row.scopes,
            row.created,
            row.expires,
            row.revoked,
            row.last_used,
            row.daily,
            row.per_minute,
        ],
    )?;
    Ok(())
}

fn key_from_row(row: &Row<'_>) -> Result<KeptKey, Fault> {
    let row = KeyRow {
        id: row.get(0)?,
        name: row.get(1)?,
        user: row.get(2)?,
        hash: row.get(10)?,
        scopes: row.get(3)?,
        created: row.get(4)?,
        expires: row.get(5)?,
        revoked: row.get(6)?,
        last_used: row.get(7)?,
        daily: row.get(8)?,
        per_minute: row.get(9)?,
    };
    row.kept()
}

fn audit(
    connection: &Connection,
    at: Timestamp,
    by: &str,
    setting: String,
    after: String,
) -> Result<(), Fault> {
    note(connection, &line(at, by, setting, after))
}

/// A line of the audit about something that has no value before.
pub(crate) fn line(at: Timestamp, by: &str, setting: String, after: String) -> AuditLine {
    AuditLine {
        at,
        by: by.to_owned(),
        setting,
        before: String::new(),
        after,
    }
}

pub(crate) fn named(scopes: Scopes) -> String {
    if scopes == Scopes::default() {
        "no scope".to_owned()
    } else {
        scopes.to_string()
    }
}

pub(crate) fn missing(what: &'static str, id: &str) -> Fault {
    Fault::Store(StoreError::NotFound {
        what,
        id: id.to_owned(),
    })
}

pub(crate) fn there_already(name: &str) -> Fault {
    let message = format!("there is a user `{name}` already; choose another name");
    Fault::Store(StoreError::Invalid(message))
}
