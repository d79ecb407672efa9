//! Conversations, ledger, books, receipts, settings, users and keys in PostgreSQL, for several Councils that are one to their users.
//!
//! The same meaning as in SQLite's store, by the same tests. What several processes could do at once is kept apart by
//! the rows that they change, or by a lock of the database where a sum is what must not change in between.
//!
//! - `conversations`, `branches`, `lists`, `import`: conversations and their trees
//! - `search`, `snippet`: words in them
//! - `ledger`, `budget`: what was used, what may be spent
//! - `receipts`, `settings`: why, and how it is set
//! - `access`: who may call what
//! - `forgetting`, `retention`: what somebody named, or what is too old, gone

mod access;
mod branches;
mod budget;
mod conversations;
mod forgetting;
mod import;
mod ledger;
mod lists;
mod receipts;
mod retention;
mod search;
mod settings;
mod snippet;

use crate::memory::postgres::schema::{self, Schema};
use crate::memory::postgres::server::{PgFault, Server};
use crate::memory::postgres::tls::DatabaseAddress;
use council_core::{Egress, StoreError};
use deadpool_postgres::Client;
use std::sync::Arc;

/// The tables of this store.
const SCHEMA: Schema = Schema {
    version: "store_version",
    migrations: &[
        include_str!("../migrations/postgres_store/0001_store.sql"),
        include_str!("../migrations/postgres_store/0002_access.sql"),
    ],
    vectors: false,
};

/// Locks of the database, taken for one transaction: the letters "budget" and "settin" as numbers.
const BUDGET_LOCK: i64 = 0x6275_6467_6574;
const SETTINGS_LOCK: i64 = 0x7365_7474_696e;

/// Where the Councils of a database tell one another that a setting has changed.
const SETTINGS_CHANNEL: &str = "settings_of_council";

/// What several Councils share. Implements `ConversationStore`, `Ledger`, `Budget`, `ReceiptStore`, `SettingsStore` and
/// `AccessStore`.
pub struct PostgresStore {
    server: Server,
}

impl PostgresStore {
    /// Connects to a database (`postgres://USER:PASSWORD@HOST:PORT/DATABASE`), and makes its tables or brings them up
    /// to date. `key` is the configuration's name for the address, for errors; connections pass `egress`.
    ///
    /// # Errors
    /// When the server cannot be reached, or the database belongs to a newer version of this program.
    pub async fn open(
        address: impl Into<DatabaseAddress>,
        key: &'static str,
        egress: Arc<dyn Egress>,
    ) -> Result<Arc<Self>, StoreError> {
        let server = Server::new(&address.into(), key, egress, Some(SETTINGS_CHANNEL))?;
        let mut client = server.client().await?;
        let migrated = schema::migrate(&mut client, &SCHEMA).await;
        migrated.map_err(|fault| server.fault(fault))?;
        drop(client);
        Ok(Arc::new(Self { server }))
    }

    async fn client(&self) -> Result<Client, StoreError> {
        self.server.client().await
    }

    /// What was done, or the fault as the caller sees it.
    fn told<T>(&self, done: Result<T, PgFault>) -> Result<T, StoreError> {
        done.map_err(|fault| self.server.fault(fault))
    }
}

/// A number that a column cannot hold.
fn number(value: u64) -> Result<i64, PgFault> {
    i64::try_from(value).map_err(|_| PgFault::Value(format!("{value} is too large to store")))
}

/// A count from a column.
fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
