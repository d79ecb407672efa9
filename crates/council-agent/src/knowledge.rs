//! Knowledge: documents that are remembered in parts, and found again with the place where they say it.
//!
//! - [`report`]: what happens to documents
//! - `read`: files as text with headings, pages and lines
//! - `chunk`: text in parts that an embedder reads whole
//! - `files`: the files below a path
//! - `ingest`: one document into the memory, in place of what was remembered of it
//! - [`quote`]: the sentence that answers a question by itself
//! - [`citation`]: where a part stands, in words
//! - [`watch`]: directories whose documents are kept up to date

mod attach;
mod chunk;
mod citation;
mod files;
mod ingest;
pub mod quote;
mod read;
pub mod report;
pub mod watch;

pub use attach::FileRead;
pub use citation::citation;
pub use files::{Below, FileError, files, resolve_below};
pub(crate) use ingest::hexadecimal;
pub use read::ReadError;
pub use read::is_binary_name;
pub use report::{FileReport, IngestEvent, IngestReport, Outcome};
pub use watch::Watch;

use crate::memory::{Memories, MemoryError};
use council_core::{Clock, MemoryFilter, MemoryKind, Page, SourceSummary};
use read::Isolation;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};

/// Whether documents of this media type are read.
pub fn understands(media_type: &str) -> bool {
    read::Format::of_media_type(media_type).is_ok()
}

/// Bounds on documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnowledgeLimits {
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Longest time that reading a file may take.
    pub read_time: Duration,
}

impl Default for KnowledgeLimits {
    /// 64 MiB and a minute.
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            read_time: Duration::from_mins(1),
        }
    }
}

/// A document to be remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Material {
    /// A file; its name is its absolute path.
    File(PathBuf),
    /// What a client sent.
    Bytes {
        /// Its name, such as a path or an address.
        name: String,
        /// What it is; `None`: as its name and its beginning say.
        media_type: Option<String>,
        /// What it holds.
        bytes: Vec<u8>,
    },
}

/// What to remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestOrder {
    /// For whom.
    pub user: String,
    /// For which project.
    pub project: Option<String>,
    /// The documents, in order.
    pub materials: Vec<(Material, Asked)>,
}

/// How a document came into an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// By name: when it cannot be read, that is a failure.
    ByName,
    /// With the directory that it is in: what is no text there is passed over.
    WithDirectory,
}

/// Remembers documents. Clones share everything.
#[derive(Clone)]
pub struct Knowledge {
    memories: Memories,
    clock: Arc<dyn Clock>,
    limits: KnowledgeLimits,
    isolation: Isolation,
    /// Held while the parts of a document are exchanged, so that two orders for one document do not mix.
    exchange: Arc<Mutex<()>>,
}

impl Knowledge {
    /// In this memory.
    pub fn new(memories: Memories, clock: Arc<dyn Clock>, limits: KnowledgeLimits) -> Self {
        Self {
            memories,
            clock,
            limits,
            isolation: Isolation::new(limits.read_time),
            exchange: Arc::default(),
        }
    }

    /// Its bounds.
    pub fn limits(&self) -> KnowledgeLimits {
        self.limits
    }

    /// Remembers documents, one after the other, and tells `events` how far it is, as long as somebody listens. What
    /// cannot be read is in the report and does not stop the rest. Dropping the future stops after the document that
    /// is being stored.
    pub async fn ingest(&self, order: IngestOrder, events: mpsc::Sender<IngestEvent>) -> IngestReport {
        let count = order.materials.len();
        let mut report = IngestReport::default();
        for (index, (material, asked)) in order.materials.into_iter().enumerate() {
            let source = ingest::source_of(&material);
            let started = IngestEvent::Started {
                index,
                count,
                source: source.clone(),
            };
            let _ = events.send(started).await;
            let job = ingest::Job {
                knowledge: self,
                user: &order.user,
                project: order.project.as_deref(),
                source: &source,
                events: &events,
            };
            let file = job.run(material, asked).await;
            let finished = IngestEvent::Finished {
                index,
                count,
                file: file.clone(),
            };
            let _ = events.send(finished).await;
            report.files.push(file);
        }
        report
    }

    /// Remembers documents without telling anybody how far it is.
    pub async fn ingest_quietly(&self, order: IngestOrder) -> IngestReport {
        let (events, _) = mpsc::channel(1);
        self.ingest(order, events).await
    }

    /// Forgets all parts of a document; returns how many there were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove(&self, user: &str, source: &str) -> Result<u64, MemoryError> {
        let _exchange = self.exchange.lock().await;
        let ids = self.parts(user, source).await?;
        let ids = ids.into_iter().map(|part| part.id).collect();
        let gone = self.memories.store().forget(user, ids).await?;
        Ok(gone.len() as u64)
    }

    /// The documents of a user, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sources(&self, user: &str) -> Result<Vec<SourceSummary>, MemoryError> {
        Ok(self.memories.store().sources(user).await?)
    }

    async fn parts(&self, user: &str, source: &str) -> Result<Vec<council_core::Memory>, MemoryError> {
        let mut parts = Vec::new();
        loop {
            let page = Page {
                offset: parts.len() as u64,
                limit: PAGE,
            };
            let filter = of_source(user, source);
            let (found, total) = self.memories.store().memories(filter, page).await?;
            let none = found.is_empty();
            parts.extend(found);
            if none || parts.len() as u64 >= total {
                return Ok(parts);
            }
        }
    }
}

/// Most memories that a store lists at once.
const PAGE: u64 = 1000;

/// The parts of a document.
fn of_source(user: &str, source: &str) -> MemoryFilter {
    MemoryFilter {
        user: user.to_owned(),
        kinds: vec![MemoryKind::Document],
        source: Some(source.to_owned()),
        with_retired: true,
        ..MemoryFilter::default()
    }
}
