//! From a database to one with our tables: checks and migrations.

use super::server::PgFault;
use council_core::{EmbedderInfo, StoreError};
use deadpool_postgres::{Client, Transaction};

/// Tables that belong together.
pub(crate) struct Schema {
    /// The table that holds the version.
    pub(crate) version: &'static str,
    /// In their order; a database at version N has the first N.
    pub(crate) migrations: &'static [&'static str],
    /// Whether they hold vectors.
    pub(crate) vectors: bool,
}

/// The tables of memories.
pub(super) const MEMORY: Schema = Schema {
    version: "schema_version",
    migrations: &[
        include_str!("../../../migrations/postgres/0001_memory.sql"),
        include_str!("../../../migrations/postgres/0002_memory_heard.sql"),
    ],
    vectors: true,
};

/// Held while migrations run, so that two processes that start together do not both run them: the letters "council" as
/// a number.
const LOCK: i64 = 0x0063_6f75_6e63_696c;

/// Makes the tables, or brings those of an older version up to date, in one transaction.
pub(crate) async fn migrate(client: &mut Client, schema: &Schema) -> Result<(), PgFault> {
    let encoding: String = client.query_one("SHOW server_encoding", &[]).await?.get(0);
    if encoding != "UTF8" {
        return invalid(format!(
            "the database has the encoding {encoding}, in which not every text can be kept; make one with \
             `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`"
        ));
    }
    let transaction = client.transaction().await?;
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])
        .await?;
    if schema.vectors {
        extension(&transaction).await?;
    }
    let (table, migrations) = (schema.version, schema.migrations);
    transaction
        .batch_execute(&format!(
            "CREATE TABLE IF NOT EXISTS {table} (version integer NOT NULL)"
        ))
        .await?;
    let known = transaction
        .query_opt(&format!("SELECT version FROM {table}"), &[])
        .await?;
    let version: i32 = known.as_ref().map_or(0, |row| row.get(0));
    let Some(missing) = usize::try_from(version)
        .ok()
        .and_then(|version| migrations.get(version..))
    else {
        return invalid(format!(
            "the database has schema version {version}, and this program knows versions up to {}: it was used by a \
             newer one; install that",
            migrations.len()
        ));
    };
    for migration in missing {
        transaction.batch_execute(migration).await?;
    }
    let latest = migrations.len() as i32;
    let sql = if known.is_some() {
        format!("UPDATE {table} SET version = $1")
    } else {
        format!("INSERT INTO {table} (version) VALUES ($1)")
    };
    transaction.execute(&sql, &[&latest]).await?;
    transaction.commit().await?;
    Ok(())
}

/// pgvector, which only some roles may add to a database.
async fn extension(transaction: &Transaction<'_>) -> Result<(), PgFault> {
    let sql = "SELECT 1 FROM pg_extension WHERE extname = 'vector'";
    if transaction.query_opt(sql, &[]).await?.is_some() {
        return Ok(());
    }
    let added = transaction.batch_execute("CREATE EXTENSION vector").await;
    added.map_err(|error| {
        let reason = error
            .as_db_error()
            .map_or_else(|| error.to_string(), |error| error.message().to_owned());
        let message = format!(
            "the database has no pgvector ({reason}); install pgvector on the server, then run \
             `CREATE EXTENSION vector` in this database as a superuser"
        );
        PgFault::Store(StoreError::Invalid(message))
    })
}

/// The key of an embedder, which is made known when it is new.
pub(super) async fn embedder(client: &Client, info: &EmbedderInfo) -> Result<i64, PgFault> {
    let dimensions = i32::try_from(info.dimensions).unwrap_or(i32::MAX);
    let sql = "INSERT INTO embedders (name, dimensions) VALUES ($1, $2)
               ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING key, dimensions";
    let row = client.query_one(sql, &[&info.id, &dimensions]).await?;
    let known: i32 = row.get(1);
    if known == dimensions {
        return Ok(row.get(0));
    }
    invalid(format!(
        "the vectors of embedder `{}` have {known} numbers in the database, and now {dimensions}: it is another \
         embedder and needs another name",
        info.id
    ))
}

fn invalid<T>(message: String) -> Result<T, PgFault> {
    Err(PgFault::Store(StoreError::Invalid(message)))
}
