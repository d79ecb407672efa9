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

/// Why there is no copy, or why one is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// The file is no database of Council that can be used.
    #[error("the file {0}")]
    Refused(String),
    /// Nothing waits for the next start.
    #[error("no backup waits for the next start")]
    NothingStaged,
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
}
