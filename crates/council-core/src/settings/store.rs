//! What is kept of settings, and who changed what.

use crate::clock::Timestamp;
use crate::conversation::{Page, StoreError};
use async_trait::async_trait;

/// A setting as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSetting {
    /// Its key.
    pub key: String,
    /// Its value as text.
    pub value: String,
    /// When it was set.
    pub at: Timestamp,
}

/// A change that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChange {
    /// The setting's key.
    pub key: String,
    /// Its new value as text; `None`: it is kept no longer.
    pub value: Option<String>,
}

/// One change that was made, or that something happened which is kept elsewhere, such as a key, which is never told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// Who: the peer's address, or `terminal`.
    pub by: String,
    /// The setting.
    pub setting: String,
    /// Its value before; empty: as configured.
    pub before: String,
    /// Its value after; empty: as configured.
    pub after: String,
}

/// A line of the audit with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Later lines have higher ones.
    pub id: i64,
    /// The line.
    pub line: AuditLine,
}

/// Which lines are looked for; all where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of settings whose keys begin so.
    pub setting: Option<String>,
    /// By whom.
    pub by: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// Keeps the settings. A returned `Ok` is on disk.
#[async_trait]
pub trait SettingsStore: Send + Sync {
    /// All that was set.
    async fn settings(&self) -> Result<Vec<StoredSetting>, StoreError>;

    /// Makes changes and writes a line for each to the audit, all or nothing.
    async fn change(&self, changes: Vec<StoredChange>, at: Timestamp, by: &str) -> Result<(), StoreError>;

    /// Writes a line to the audit about something that is kept elsewhere.
    async fn note(&self, line: AuditLine) -> Result<(), StoreError>;

    /// The latest lines of the audit, newest first.
    async fn audit(&self, filter: AuditFilter, page: Page) -> Result<Vec<AuditEntry>, StoreError>;

    /// The line with this number, where there is one.
    async fn audit_entry(&self, id: i64) -> Result<Option<AuditEntry>, StoreError>;

    /// A number that grows with every change, whichever process makes it.
    async fn revision(&self) -> Result<i64, StoreError>;

    /// Returns when a process may have changed something since the last time. Never returns where the store is not told
    /// of changes, and may miss some where it is: look at the [`revision`](Self::revision) now and then all the same.
    async fn told(&self) {
        std::future::pending::<()>().await;
    }
}
