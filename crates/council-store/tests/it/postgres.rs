//! The tests that every store passes, with PostgreSQL; and what only a store on a server has: several Councils.

#[expect(clippy::duplicate_mod, reason = "the same tests for another store")]
#[path = "every_store.rs"]
mod every_store;
mod shared;
mod tls;

use crate::memory::postgres::empty;
use council_core::egress::naive::OpenGate;
use council_store::PostgresStore as Kept;
use std::sync::Arc;

/// Whether other processes may have it open.
const SHARED: bool = true;

/// Reservations at once in the test that makes many: more than the connections.
const AT_ONCE: usize = 100;

/// Where a store is.
struct Home(String);

impl Home {
    /// The store, as another Council opens it.
    async fn open(&self) -> Arc<Kept> {
        Kept::open(&self.0, "database.url", Arc::new(OpenGate))
            .await
            .unwrap()
    }
}

/// An empty store.
async fn store() -> (Arc<Kept>, Home) {
    let home = Home(empty().await);
    (home.open().await, home)
}

/// Tables in which a text stands, in upper or lower case, in any column of any row: what a dump of them would have.
async fn traces(home: &Home, text: &str) -> Vec<String> {
    let client = crate::memory::postgres::connect(&home.0).await;
    let tables =
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
    let mut found = Vec::new();
    for table in client.query(tables, &[]).await.unwrap() {
        let table: String = table.get(0);
        let sql = format!(
            "SELECT count(*) FROM {table} AS all_of_it WHERE strpos(lower(all_of_it::text), lower($1)) > 0"
        );
        let rows: i64 = client.query_one(&sql, &[&text]).await.unwrap().get(0);
        found.extend((rows > 0).then_some(table));
    }
    found
}
