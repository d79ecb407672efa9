//! Why a pull failed.

use super::target::TargetError;
use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

/// One source's failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFailure {
    /// The source, in words.
    pub source: String,
    /// What happened and what could be done.
    pub error: String,
}

/// Why a model was not installed.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// What was asked for cannot be understood.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// No catalog entry has this name.
    #[error("no model is called `{name}`{}; the catalog has: {known}", suggestion(similar.as_deref()))]
    UnknownName {
        /// The name.
        name: String,
        /// The name that comes closest, where one does.
        similar: Option<String>,
        /// All names.
        known: String,
    },
    /// Parts of a split model cannot be pulled one by one.
    #[error(
        "`{file}` is one of {count} parts of a model; download all parts into one directory and import that"
    )]
    Split {
        /// The file.
        file: String,
        /// How many parts there are.
        count: u32,
    },
    /// Another pull of the same model is running.
    #[error("`{id}` is being pulled by {holder}; wait for it, or stop it and try again")]
    Busy {
        /// The model.
        id: String,
        /// Who does it.
        holder: String,
    },
    /// Something else has the id.
    #[error(
        "`{id}` is installed already and is another file: {reason}; `council rm {id}` makes room for this one"
    )]
    Occupied {
        /// The id.
        id: String,
        /// What differs.
        reason: String,
    },
    /// The disk has too little room.
    #[error("disk full: {}{}; free some room or choose another models directory; what is there so far is kept", dir.display(), room(*needed_bytes, *free_bytes))]
    DiskFull {
        /// The models directory.
        dir: PathBuf,
        /// Bytes that are still needed, with the reserve, where that is known.
        needed_bytes: Option<u64>,
        /// Bytes that are free, where that is known.
        free_bytes: Option<u64>,
    },
    /// No source could deliver it.
    #[error("`{id}` could not be pulled:{}", list(failures))]
    AllFailed {
        /// The model.
        id: String,
        /// What each source said, in order.
        failures: Vec<SourceFailure>,
    },
    /// The caller cancelled.
    #[error("cancelled; {kept_bytes} bytes are kept, and the next pull of `{id}` continues from there")]
    Cancelled {
        /// The model.
        id: String,
        /// Bytes that are there.
        kept_bytes: u64,
    },
    /// A file on this machine cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn suggestion(similar: Option<&str>) -> String {
    similar.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

fn room(needed: Option<u64>, free: Option<u64>) -> String {
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    let mut text = String::new();
    if let Some(needed) = needed {
        let _ = write!(text, " needs {} MiB", mib(needed));
    }
    if let Some(free) = free {
        let _ = write!(
            text,
            "{} has {} MiB free",
            if needed.is_some() { " and" } else { "" },
            mib(free)
        );
    }
    text
}

fn list(failures: &[SourceFailure]) -> String {
    failures.iter().fold(String::new(), |mut text, failure| {
        let _ = write!(text, "\n- {}: {}", failure.source, failure.error);
        text
    })
}

/// Why one source did not deliver.
#[derive(Debug)]
pub(super) enum SourceError {
    /// The next source may do better.
    Failed(String),
    /// No source could do better.
    Fatal(PullError),
}

impl From<PullError> for SourceError {
    fn from(error: PullError) -> Self {
        Self::Fatal(error)
    }
}
