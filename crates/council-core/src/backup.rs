//! Copies of everything that is kept, and back.

use crate::clock::Timestamp;
use async_trait::async_trait;
use std::path::PathBuf;

/// A copy that is checked and waits for the next start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// Its size in bytes.
    pub size_bytes: u64,
    /// The version of its schema; an older one is brought up to date at the start.
    pub schema_version: u64,
    /// Conversations in it.
    pub conversations: u64,
    /// Memories in it.
    pub memories: u64,
    /// When it was put there.
    pub at: Timestamp,
}

/// What became of the rows of a table that were put into another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The table.
    pub table: String,
    /// Rows that are new.
    pub added: u64,
    /// Rows that were there already, alone or with what they belong to.
    pub there: u64,
}

/// Why there is no copy, or why one is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// The file is no database of Council that can be used.
    #[error("the file {0}")]
    Refused(String),
    /// Nothing waits for the next start.
    #[error("no backup waits for the next start")]
    NothingStaged,
    /// There is no room.
    #[error("there is no room on the disk; nothing has changed. Free some space there and ask again")]
    DiskFull,
    /// A file could not be read or written.
    #[error("{0}")]
    Failed(String),
}

/// Copies everything that is kept on this machine, but models and keys of providers.
#[async_trait]
pub trait Backups: Send + Sync {
    /// A consistent copy in a file of its own, which whoever asked for it removes. Takes as long as copying does; what is
    /// written meanwhile is not in it.
    ///
    /// # Errors
    /// [`BackupError::Failed`].
    async fn back_up(&self) -> Result<PathBuf, BackupError>;

    /// Notes that a whole copy was made for somebody to keep, at this time, for who watches that there is one.
    ///
    /// # Errors
    /// [`BackupError::Failed`].
    async fn made(&self, at: Timestamp) -> Result<(), BackupError>;

    /// A path for a copy that comes from elsewhere, on the same disk; only the owner can read what is there.
    ///
    /// # Errors
    /// [`BackupError::Failed`].
    async fn place_for_upload(&self) -> Result<PathBuf, BackupError>;

    /// Checks a file and has it wait for the next start, which puts it in the place of the present database; that one is kept
    /// beside it. The file is gone afterwards, whatever came of it.
    ///
    /// # Errors
    /// [`BackupError::Refused`]; nothing has changed then.
    async fn stage(&self, file: PathBuf) -> Result<Staged, BackupError>;

    /// What waits for the next start.
    ///
    /// # Errors
    /// [`BackupError::Failed`].
    async fn staged(&self) -> Result<Option<Staged>, BackupError>;

    /// Takes back what waits for the next start.
    ///
    /// # Errors
    /// [`BackupError::NothingStaged`].
    async fn unstage(&self) -> Result<(), BackupError>;

    /// Adds what is in a copy and not here: what is there already stays as it is, and who may come in is not taken over. All
    /// of it or nothing; with `dry_run` nothing, and what would be added is counted. The file is gone afterwards, whatever
    /// came of it.
    ///
    /// # Errors
    /// [`BackupError::Refused`]; nothing has changed then.
    async fn merge(&self, file: PathBuf, dry_run: bool) -> Result<Vec<Merged>, BackupError>;
}
