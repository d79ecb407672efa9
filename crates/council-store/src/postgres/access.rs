//! Users, keys and sessions in PostgreSQL. Every Council keeps them in its memory; whoever changes them counts that in one row,
//! in the same transaction, which tells the others: see `revision`.

use super::settings::{in_order, note};
use super::{PgFault, PostgresStore};
use crate::access::{KeyRow, line, missing, named, there_already};
use crate::columns::{time_from_ns, time_to_ns};
use async_trait::async_trait;
use council_core::memory::LOCAL_USER;
use council_core::{AccessStore, KeptKey, KeptSession, StoreError, Timestamp, User};
use deadpool_postgres::Transaction;
use tokio_postgres::Row;

#[async_trait]
impl AccessStore for PostgresStore {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        let client = self.client().await?;
        let users = async {
            let sql = "SELECT name, created_at_ns FROM users ORDER BY name";
            let user = |row: &Row| User {
                name: row.get(0),
                created_at: time_from_ns(row.get(1)),
            };
            Ok(client.query(sql, &[]).await?.iter().map(user).collect())
        };
        self.told(users.await)
    }

    async fn add_user(&self, user: User, by: &str) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let added = async {
            let transaction = counted(in_order(&mut client).await?).await?;
            let sql = "INSERT INTO users (name, created_at_ns) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            let at = time_to_ns(user.created_at)?;
            if transaction.execute(sql, &[&user.name, &at]).await? == 0 {
                return Err(there_already(&user.name).into());
            }
            let what = format!("user.{}", user.name);
            note(&transaction, &line(user.created_at, by, what, "added".to_owned())).await?;
            Ok(transaction.commit().await?)
        };
        self.told(added.await)
    }

    async fn remove_user(&self, name: &str, at: Timestamp, by: &str) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let removed = async {
            let transaction = counted(in_order(&mut client).await?).await?;
            if transaction
                .execute("DELETE FROM users WHERE name = $1", &[&name])
                .await?
                == 0
            {
                return Err(missing("user", name).into());
            }
            revoke(&transaction, "user_name", name, at).await?;
            let what = format!("user.{name}");
            note(&transaction, &line(at, by, what, "removed".to_owned())).await?;
            Ok(transaction.commit().await?)
        };
        self.told(removed.await)
    }

    async fn keys(&self) -> Result<Vec<KeptKey>, StoreError> {
        let client = self.client().await?;
        let keys = async {
            let sql = "SELECT id, name, user_name, hash, scopes, created_at_ns, expires_at_ns, revoked_at_ns, last_used_at_ns,
                              daily_nano, per_minute
                         FROM api_keys ORDER BY key";
            let rows = client.query(sql, &[]).await?;
            rows.iter().map(key_from_row).collect::<Result<_, _>>()
        };
        self.told(keys.await)
    }

    async fn delete_keys(&self, user: &str) -> Result<u64, StoreError> {
        let mut client = self.client().await?;
        let deleted = async {
            let transaction = counted(client.transaction().await?).await?;
            // Their sessions go with them.
            let sql = "DELETE FROM api_keys WHERE user_name = $1";
            let deleted = transaction.execute(sql, &[&user]).await?;
            transaction.commit().await?;
            Ok(deleted)
        };
        self.told(deleted.await)
    }

    async fn add_key(&self, kept: KeptKey, by: &str) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let added = async {
            let transaction = counted(in_order(&mut client).await?).await?;
            insert(&transaction, &kept).await?;
            let key = &kept.key;
            let after = format!("added for {} with {}", key.user, named(key.scopes));
            note(
                &transaction,
                &line(key.created_at, by, format!("key.{}", key.id), after),
            )
            .await?;
            Ok(transaction.commit().await?)
        };
        self.told(added.await)
    }

    async fn revoke_key(&self, id: &str, at: Timestamp, by: &str) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let revoked = async {
            let transaction = counted(in_order(&mut client).await?).await?;
            let known = transaction
                .query_opt("SELECT 1 FROM api_keys WHERE id = $1", &[&id])
                .await?;
            if known.is_none() {
                return Err(missing("key", id).into());
            }
            if revoke(&transaction, "id", id, at).await? > 0 {
                note(
                    &transaction,
                    &line(at, by, format!("key.{id}"), "revoked".to_owned()),
                )
                .await?;
            }
            Ok(transaction.commit().await?)
        };
        self.told(revoked.await)
    }

    async fn key_used(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        let client = self.client().await?;
        let used = async {
            let sql = "UPDATE api_keys SET last_used_at_ns = $2 WHERE id = $1";
            client.execute(sql, &[&id, &time_to_ns(at)?]).await?;
            Ok(())
        };
        self.told(used.await)
    }

    async fn sessions(&self, now: Timestamp) -> Result<Vec<KeptSession>, StoreError> {
        let client = self.client().await?;
        let sessions = async {
            let sql = "SELECT digest, key_id, created_at_ns, expires_at_ns FROM sessions
                        WHERE expires_at_ns > $1 ORDER BY created_at_ns";
            let session = |row: &Row| KeptSession {
                digest: row.get(0),
                key: row.get(1),
                created_at: time_from_ns(row.get(2)),
                expires_at: time_from_ns(row.get(3)),
            };
            let rows = client.query(sql, &[&time_to_ns(now)?]).await?;
            Ok(rows.iter().map(session).collect())
        };
        self.told(sessions.await)
    }

    async fn add_session(&self, session: KeptSession) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let added = async {
            let transaction = counted(client.transaction().await?).await?;
            let (at, end) = (time_to_ns(session.created_at)?, time_to_ns(session.expires_at)?);
            transaction
                .execute("DELETE FROM sessions WHERE expires_at_ns <= $1", &[&at])
                .await?;
            let sql =
                "INSERT INTO sessions (digest, key_id, created_at_ns, expires_at_ns) VALUES ($1, $2, $3, $4)";
            transaction
                .execute(sql, &[&session.digest, &session.key, &at, &end])
                .await?;
            Ok(transaction.commit().await?)
        };
        self.told(added.await)
    }

    async fn remove_session(&self, digest: &str) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let removed = async {
            let transaction = counted(client.transaction().await?).await?;
            let sql = "DELETE FROM sessions WHERE digest = $1";
            transaction.execute(sql, &[&digest]).await?;
            Ok(transaction.commit().await?)
        };
        self.told(removed.await)
    }

    async fn revision(&self) -> Result<Option<i64>, StoreError> {
        let client = self.client().await?;
        let found = async {
            let sql = client
                .prepare_cached("SELECT revision FROM access_revision")
                .await?;
            Ok(Some(client.query_one(&sql, &[]).await?.get(0)))
        };
        self.told(found.await)
    }
}

/// Counts a change. The row is locked until the end of the transaction, so that numbers are in the order in which changes are seen.
async fn counted(transaction: Transaction<'_>) -> Result<Transaction<'_>, PgFault> {
    transaction
        .execute("UPDATE access_revision SET revision = revision + 1", &[])
        .await?;
    Ok(transaction)
}

/// Revokes the keys whose column has this value, and ends their sessions; returns how many there were that were not revoked.
async fn revoke(
    transaction: &Transaction<'_>,
    column: &'static str,
    value: &str,
    at: Timestamp,
) -> Result<u64, PgFault> {
    let ended = format!("DELETE FROM sessions WHERE key_id IN (SELECT id FROM api_keys WHERE {column} = $1)");
    transaction.execute(&ended, &[&value]).await?;
    let sql = format!("UPDATE api_keys SET revoked_at_ns = $2 WHERE {column} = $1 AND revoked_at_ns IS NULL");
    Ok(transaction.execute(&sql, &[&value, &time_to_ns(at)?]).await?)
}

async fn insert(transaction: &Transaction<'_>, kept: &KeptKey) -> Result<(), PgFault> {
    let row = KeyRow::of(kept)?;
    let sql = "SELECT 1 FROM users WHERE name = $1";
    if row.user != LOCAL_USER && transaction.query_opt(sql, &[&row.user]).await?.is_none() {
        return Err(missing("user", &row.user).into());
    }
    let sql = "INSERT INTO api_keys (id, name, user_name, hash, scopes, created_at_ns, expires_at_ns, revoked_at_ns,
                                     last_used_at_ns, daily_nano, per_minute)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    transaction
        .execute(
            sql,
            &[
                &row.id,
                &row.name,
                &row.user,
                &row.hash,
                &row.scopes,
                &row.created,
                &row.expires,
                &row.revoked,
                &row.last_used,
                &row.daily,
                &row.per_minute,
            ],
        )
        .await?;
    Ok(())
}

fn key_from_row(row: &Row) -> Result<KeptKey, PgFault> {
    let row = KeyRow {
        id: row.get(0),
        name: row.get(1),
        user: row.get(2),
        hash: row.get(3),
        scopes: row.get(4),
        created: row.get(5),
        expires: row.get(6),
        revoked: row.get(7),
        last_used: row.get(8),
        daily: row.get(9),
        per_minute: row.get(10),
    };
    Ok(row.kept()?)
}
