//! What happens to documents while they are remembered, and in the end.

use tokio::sync::mpsc;

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is remembered, and was not before.
    Added,
    /// It has changed, and its new parts took the place of the old ones.
    Replaced,
    /// It is remembered already, as it is.
    Unchanged,
    /// It is no text; nobody asked for it by name.
    Skipped(String),
    /// It could not be read or stored; what was remembered of it stays.
    Failed(String),
}

impl Outcome {
    /// Its name on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
            Self::Skipped(_) => "skipped",
            Self::Failed(_) => "failed",
        }
    }

    /// Why it was skipped or failed.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Skipped(reason) | Self::Failed(reason) => Some(reason),
            Self::Added | Self::Replaced | Self::Unchanged => None,
        }
    }
}

/// What became of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// Its name.
    pub source: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Its parts that are remembered now; 0 when it was skipped or failed.
    pub chunks: usize,
    /// Of them, those whose vectors were made now.
    pub embedded: usize,
    /// Of them, those that wait for vectors, because the embedder is not ready.
    pub waiting: usize,
    /// Its size in bytes, as far as that is known.
    pub bytes: u64,
}

/// What became of all documents of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestReport {
    /// One by one, in order.
    pub files: Vec<FileReport>,
}

impl IngestReport {
    /// How many have an outcome of this name.
    pub fn count(&self, outcome: &str) -> usize {
        let outcomes = self.files.iter().map(|file| file.outcome.as_str());
        outcomes.filter(|name| *name == outcome).count()
    }

    /// Parts that were stored now.
    pub fn chunks_stored(&self) -> usize {
        let stored = |file: &&FileReport| matches!(file.outcome, Outcome::Added | Outcome::Replaced);
        self.files.iter().filter(stored).map(|file| file.chunks).sum()
    }

    /// Parts that wait for vectors.
    pub fn waiting(&self) -> usize {
        self.files.iter().map(|file| file.waiting).sum()
    }
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IngestEvent {
    /// A document is being read.
    Started {
        /// Its place in the order, from 0.
        index: usize,
        /// Documents in the order.
        count: usize,
        /// Its name.
        source: String,
    },
    /// Some of its parts have vectors.
    Embedded {
        /// Its name.
        source: String,
        /// Parts with vectors.
        done: usize,
        /// Its parts.
        chunks: usize,
    },
    /// It is done with.
    Finished {
        /// Its place in the order, from 0.
        index: usize,
        /// Documents in the order.
        count: usize,
        /// What became of it.
        file: FileReport,
    },
}

/// Who hears how far a document is.
#[derive(Clone, Copy)]
pub(crate) struct Progress<'a> {
    pub(crate) source: &'a str,
    pub(crate) events: &'a mpsc::Sender<IngestEvent>,
}

impl Progress<'_> {
    /// So many of its parts have vectors. Waits for a slow listener, not for one that went away.
    pub(crate) async fn embedded(self, done: usize, chunks: usize) {
        let event = IngestEvent::Embedded {
            source: self.source.to_owned(),
            done,
            chunks,
        };
        let _ = self.events.send(event).await;
    }
}
