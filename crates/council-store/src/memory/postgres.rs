//! Memories in PostgreSQL with pgvector: for several processes, or where a server is kept anyway.
//!
//! The same meaning, rules and order of answers as in SQLite, by the same code wherever it is not SQL. There is no index
//! in this process: words and vectors are looked up in the database, which compares every vector that passes the filter.
//!
//! - `server`: connections, and what can go wrong with them; `connect`: how they are made; `tls`: whom they are made with
//! - `schema`: the tables
//! - `rows`: memories in SQL; `context`: the turn before another; `filter`: filters in SQL
//! - `read`, `write`: what is asked and done, each in one transaction
//! - `search`: how the signs of a search are gathered and become an order
//! - `store`: the trait of `council-core` on top of the rest

mod connect;
mod context;
mod filter;
mod read;
mod rows;
pub(crate) mod schema;
mod search;
pub(crate) mod server;
mod store;
pub(crate) mod tls;
mod write;

use council_core::{Clock, Egress, EmbedderInfo, RecallTimes, StoreError};
use server::Server;
use std::sync::Arc;
use tls::DatabaseAddress;

/// The memories of a PostgreSQL database, searchable by the vectors of one embedder. Implements `MemoryStore`.
///
/// Several of them, in several processes, may share a database. What is forgotten is deleted and vacuumed, so that its
/// place is used again; unlike SQLite's store it is not overwritten at once, and the server's write-ahead log and
/// backups keep it for as long as its operator keeps those.
pub struct PostgresMemory {
    server: Server,
    embedder: EmbedderInfo,
    embedder_key: i64,
    clock: Arc<dyn Clock>,
    on_recall: Arc<dyn Fn(&RecallTimes) + Send + Sync>,
}

impl PostgresMemory {
    /// Connects to a database (`postgres://USER:PASSWORD@HOST:PORT/DATABASE`), and makes its tables or brings them up
    /// to date. Each connection passes the gate `egress`. `on_recall` hears how long the parts of each search took.
    ///
    /// # Errors
    /// When the server cannot be reached, has no pgvector, or the database belongs to a newer version of this program
    /// or knows an embedder of this name with other dimensions.
    pub async fn open(
        address: impl Into<DatabaseAddress>,
        embedder: &EmbedderInfo,
        clock: Arc<dyn Clock>,
        egress: Arc<dyn Egress>,
        on_recall: impl Fn(&RecallTimes) + Send + Sync + 'static,
    ) -> Result<Arc<Self>, StoreError> {
        let server = Server::new(&address.into(), "memory.postgres_url", egress, None)?;
        let mut client = server.client().await?;
        let migrated = schema::migrate(&mut client, &schema::MEMORY).await;
        migrated.map_err(|fault| server.fault(fault))?;
        let key = schema::embedder(&client, embedder).await;
        let embedder_key = key.map_err(|fault| server.fault(fault))?;
        drop(client);
        Ok(Arc::new(Self {
            server,
            embedder: embedder.clone(),
            embedder_key,
            clock,
            on_recall: Arc::new(on_recall),
        }))
    }

    /// The embedder whose vectors it compares.
    pub fn embedder(&self) -> &EmbedderInfo {
        &self.embedder
    }
}
