//! The tests that every store passes, with files of SQLite's.

#[path = "every_store.rs"]
mod every_store;

use council_store::Store as Kept;
use std::sync::Arc;
use tempfile::TempDir;

/// Whether other processes may have it open.
const SHARED: bool = false;

/// Reservations at once in the test that makes many.
const AT_ONCE: usize = 10_000;

/// Where a store is.
struct Home(TempDir);

impl Home {
    /// The store, once nobody else has it open.
    #[expect(clippy::unused_async, reason = "the same for every store")]
    async fn open(&self) -> Arc<Kept> {
        Kept::open(self.0.path()).unwrap()
    }
}

/// An empty store.
async fn store() -> (Arc<Kept>, Home) {
    let home = Home(tempfile::tempdir().unwrap());
    (home.open().await, home)
}

/// Files in which a text stands, in upper or lower case.
async fn traces(home: &Home, text: &str) -> Vec<String> {
    crate::forgetting::files_with(home.0.path(), text)
}
