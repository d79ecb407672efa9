//! What is kept in open form and back, and one database put into another. All of it walks the schema that the database itself
//! describes, so that a table that a migration adds is moved like the others.
//!
//! - `tables`: what a schema says about its tables
//! - `lines`: a table as a file, a row as a line of JSON, and back
//! - `merge`: what is in one database and not in another

mod lines;
mod merge;
mod tables;

pub use lines::{Lines, from_lines, to_lines};
pub(crate) use merge::{merge, merge_and_take_back};

use crate::open::OpenError;
use std::path::{Path, PathBuf};

/// Why something was not moved.
#[derive(Debug, thiserror::Error)]
pub enum PortableError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The database could not be opened or made.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database could not be read or written.
    #[error("{}: {message}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// A file holds what cannot be.
    #[error("{}{}: {why}", path.display(), line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where, counted from 1.
        line: Option<u64>,
        /// What is wrong.
        why: String,
    },
}

impl PortableError {
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    fn sqlite(path: &Path) -> impl Fn(rusqlite::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Sqlite {
            path: path.clone(),
            message: error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
