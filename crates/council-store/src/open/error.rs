//! Why a data directory could not be opened.

use super::DATABASE;
use std::path::PathBuf;

/// Why the data directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file or directory could not be made, read or written.
    #[error(
        "`{}` cannot be used: {source}; see that its directory exists and can be written to, or choose another one \
         with --data-dir",
        path.display()
    )]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Another process uses the directory.
    #[error(
        "the data directory `{}` is in use by {}; stop it, or choose another directory with --data-dir",
        dir.display(),
        pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
    )]
    Locked {
        /// The directory.
        dir: PathBuf,
        /// The process, where the lock file names it.
        pid: Option<u32>,
    },
    /// The file is not an SQLite database, or is damaged at its beginning.
    #[error(
        "`{}` is not a database; move it away, or put back a backup of it (`{DATABASE}.backup-v<N>` beside it)",
        path.display()
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is the database of another program.
    #[error(
        "`{}` is an SQLite database, but not of Council; move it away, or choose another directory with --data-dir",
        path.display()
    )]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of Council has written the file.
    #[error(
        "`{}` has schema version {found}, and this version of council understands up to {supported}; use the newer \
         version, or put back the backup that it made before it changed the file (`{DATABASE}.backup-v<N>` beside it)",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The file's schema version.
        found: usize,
        /// This binary's schema version.
        supported: usize,
    },
    /// There is no room for a copy.
    #[error("there is no room for the copy `{}`: {message}; nothing has changed. Free some space there and ask again", path.display())]
    NoRoom {
        /// The copy.
        path: PathBuf,
        /// How much is needed, or what the system said.
        message: String,
    },
    /// The copy before a migration could not be made; the database is unchanged.
    #[error("the backup `{}` could not be made, so the database was not migrated: {message}", path.display())]
    Backup {
        /// The backup's file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// A migration failed; the database is as it was before.
    #[error(
        "`{}` could not be migrated from schema version {from} to {to}, and is as it was: {message}; \
         the version of council that wrote it still opens it",
        path.display()
    )]
    Migration {
        /// The file.
        path: PathBuf,
        /// The file's schema version.
        from: usize,
        /// This binary's schema version.
        to: usize,
        /// Why.
        message: String,
    },
    /// The file is encrypted, and there is no key.
    #[error(
        "`{}` is encrypted, or no database, and no key is configured; set `encryption.mode` to \"key_file\" or \
         \"passphrase\", as it was when the file was encrypted",
        path.display()
    )]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// There is a key, and the file is not encrypted.
    #[error(
        "`{}` is not encrypted, and `encryption.mode` is set; encrypt it with `council data encrypt` while no server \
         uses it, or set `encryption.mode` to \"off\"",
        path.display()
    )]
    NotEncrypted {
        /// The file.
        path: PathBuf,
    },
    /// The key is not the file's.
    #[error(
        "`{}` cannot be opened with this key: it was encrypted with another key or passphrase, or its beginning is \
         damaged; see `encryption.mode`, and that the key file or passphrase is the file's own",
        path.display()
    )]
    WrongKey {
        /// The file.
        path: PathBuf,
    },
    /// There is a key, and this program has no cipher.
    #[error(
        "`encryption.mode` is set, and this program was built without encryption; build it with the feature \
         `encryption`, or set `encryption.mode` to \"off\""
    )]
    NoCipher,
    /// SQLite could not open or configure the file.
    #[error(
        "`{}` could not be opened: {message}; see that its directory can be written to and its disk is not full, or \
         choose another one with --data-dir",
        path.display()
    )]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
}
