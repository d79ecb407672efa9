//! One document into the memory, in place of what was remembered of it.
//!
//! New parts are stored first, in one transaction with the new places of those that stay, and those that are gone are
//! forgotten then. Between the two all are there: every part says how many parts its document has, so that the next time
//! finds the difference and exchanges them again.

use super::chunk::{At, Chunk, chunks};
use super::read::{self, Format, ReadError, is_binary_name};
use super::report::{FileReport, IngestEvent, Outcome, Progress};
use super::{Asked, Knowledge, Material, of_source};
use crate::memory::MemoryError;
use council_core::{Embedding, Memory, MemoryId, MemoryKind, NewMemory, Page, Scope, Timestamp, Trust};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use tokio::sync::mpsc;

/// The name of a document.
pub(super) fn source_of(material: &Material) -> String {
    match material {
        Material::File(path) => path.display().to_string(),
        Material::Bytes { name, .. } => name.clone(),
    }
}

/// One document of an order.
pub(super) struct Job<'a> {
    pub(super) knowledge: &'a Knowledge,
    pub(super) user: &'a str,
    pub(super) project: Option<&'a str>,
    pub(super) source: &'a str,
    pub(super) events: &'a mpsc::Sender<IngestEvent>,
}

/// What a document holds, before it is read.
struct Raw {
    bytes: Vec<u8>,
    format: Format,
    hash: String,
    changed_at: Timestamp,
}

/// Why a document is not remembered.
enum Trouble {
    Read(ReadError),
    Memory(MemoryError),
}

impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<MemoryError> for Trouble {
    fn from(error: MemoryError) -> Self {
        Self::Memory(error)
    }
}

impl Job<'_> {
    /// Remembers it, unless it is remembered as it is.
    pub(super) async fn run(&self, material: Material, asked: Asked) -> FileReport {
        let mut report = FileReport {
            source: self.source.to_owned(),
            outcome: Outcome::Unchanged,
            chunks: 0,
            embedded: 0,
            waiting: 0,
            bytes: 0,
        };
        if let Err(trouble) = self.remember(material, asked, &mut report).await {
            report.outcome = match (trouble, asked) {
                (Trouble::Read(error @ (ReadError::Binary | ReadError::NoText)), Asked::WithDirectory) => {
                    Outcome::Skipped(error.to_string())
                }
                (Trouble::Read(error), _) => Outcome::Failed(error.to_string()),
                (Trouble::Memory(error), _) => Outcome::Failed(error.to_string()),
            };
        }
        report
    }

    async fn remember(
        &self,
        material: Material,
        asked: Asked,
        report: &mut FileReport,
    ) -> Result<(), Trouble> {
        if let (Material::File(path), Asked::WithDirectory) = (&material, asked)
            && is_binary_name(path)
        {
            return Err(ReadError::Binary.into());
        }
        let raw = self.raw(material).await?;
        report.bytes = raw.bytes.len() as u64;
        if let Some(chunks) = self.unchanged(&raw.hash).await? {
            report.chunks = chunks;
            return Ok(());
        }
        let (hash, format, changed_at) = (raw.hash, raw.format, raw.changed_at);
        let fallback = self.title_of_name(format);
        let (title, parts) = self
            .knowledge
            .isolation
            .run(move |deadline| {
                let document = read::read(&raw.bytes, &raw.format, deadline)?;
                let title = document.title.clone().unwrap_or(fallback);
                let parts = chunks(&document, &title);
                Ok((title, parts))
            })
            .await?;
        if parts.is_empty() {
            self.knowledge.remove(self.user, self.source).await?;
            return Err(ReadError::NoText.into());
        }
        let items = self.items(&parts, &title, &hash, format, changed_at);
        self.exchange(items, report).await
    }

    /// Reads the file, or takes what was sent.
    async fn raw(&self, material: Material) -> Result<Raw, ReadError> {
        let most = self.knowledge.limits.file_bytes;
        let now = self.knowledge.clock.now();
        let source = self.source.to_owned();
        // On a thread for blocking work: disks can be slow, and hashing takes its time.
        self.knowledge
            .isolation
            .run(move |_| {
                let (bytes, media_type, changed_at) = match material {
                    Material::File(path) => {
                        let (bytes, changed_at) = read_file(&path, most)?;
                        (bytes, None, changed_at.map_or(now, |at| at.min(now)))
                    }
                    Material::Bytes {
                        media_type, bytes, ..
                    } => (bytes, media_type, now),
                };
                if bytes.len() as u64 > most {
                    let bytes = bytes.len() as u64;
                    return Err(ReadError::TooLarge { bytes, most });
                }
                let format = match media_type {
                    Some(media_type) => Format::of_media_type(&media_type)?,
                    None => Format::of(&source, &bytes),
                };
                let hash = hexadecimal(&Sha256::digest(&bytes));
                Ok(Raw {
                    bytes,
                    format,
                    hash,
                    changed_at,
                })
            })
            .await
    }

    /// How many parts are remembered, when they are all of this very document.
    async fn unchanged(&self, hash: &str) -> Result<Option<usize>, MemoryError> {
        let one = Page { offset: 0, limit: 1 };
        let filter = of_source(self.user, self.source);
        let (parts, total) = self.knowledge.memories.store().memories(filter, one).await?;
        let same = parts.first().is_some_and(|Memory { content, .. }| {
            content.metadata.get("hash").and_then(Value::as_str) == Some(hash)
                && content.metadata.get("chunks").and_then(Value::as_u64) == Some(total)
                && content.scope.project.as_deref() == self.project
        });
        Ok(same.then_some(total as usize))
    }

    /// What a document without a title is called: by its file, source code with the directory, since many files are
    /// called `mod.rs` or `index.ts`.
    fn title_of_name(&self, format: Format) -> String {
        let names: Vec<&str> = self
            .source
            .split(['/', '\\'])
            .filter(|name| !name.is_empty())
            .collect();
        let wanted = if matches!(format, Format::Code(_)) { 2 } else { 1 };
        names[names.len().saturating_sub(wanted)..].join("/")
    }

    fn items(
        &self,
        parts: &[Chunk],
        title: &str,
        hash: &str,
        format: Format,
        changed_at: Timestamp,
    ) -> Vec<NewMemory> {
        let scope = Scope {
            user: self.user.to_owned(),
            project: self.project.map(str::to_owned),
            session: None,
        };
        let item = |(index, part): (usize, &Chunk)| {
            let mut metadata = Map::new();
            let mut set = |key: &str, value: Value| metadata.insert(key.to_owned(), value);
            set("title", json!(title));
            set("headings", json!(part.headings));
            match part.at {
                At::Page(page) => {
                    set("page", json!(page));
                }
                At::Lines(first, last) => {
                    set("line_start", json!(first));
                    set("line_end", json!(last));
                }
            }
            set("hash", json!(hash));
            set("chunk", json!(index));
            set("chunks", json!(parts.len()));
            set("media_type", json!(format.media_type()));
            NewMemory {
                trust: Trust::Tool,
                source: Some(self.source.to_owned()),
                metadata,
                ..NewMemory::new(MemoryKind::Document, scope.clone(), part.text.clone(), changed_at)
            }
        };
        parts.iter().enumerate().map(item).collect()
    }

    /// Stores new parts and forgets those that are gone. A part that says what an old one said is that one, with its
    /// identifier, its pin and what else was made of it; only where it stands is noted anew.
    async fn exchange(&self, items: Vec<NewMemory>, report: &mut FileReport) -> Result<(), Trouble> {
        let knowledge = self.knowledge;
        let _exchange = knowledge.exchange.lock().await;
        let old = knowledge.parts(self.user, self.source).await?;
        report.outcome = if old.is_empty() {
            Outcome::Added
        } else {
            Outcome::Replaced
        };
        let known = self.vectors_of(&old).await?;
        let chunks = items.len();
        let Exchange { kept, new, gone } = Exchange::of(items, old);
        let progress = Progress {
            source: self.source,
            events: self.events,
        };
        let stored = knowledge
            .memories
            .remember_document(self.user, kept, new, &known, progress)
            .await?;
        (report.chunks, report.embedded, report.waiting) = (chunks, stored.embedded, stored.waiting);
        if !gone.is_empty() {
            let store = knowledge.memories.store();
            store.forget(self.user, gone).await.map_err(MemoryError::from)?;
        }
        Ok(())
    }

    /// The vectors of parts, by their text.
    async fn vectors_of(&self, parts: &[Memory]) -> Result<HashMap<String, Embedding>, MemoryError> {
        if parts.is_empty() {
            return Ok(HashMap::new());
        }
        let filter = of_source(self.user, self.source);
        let vectors = self
            .knowledge
            .memories
            .store()
            .vectors(filter, parts.len())
            .await?;
        let mut vectors: HashMap<_, _> = vectors.into_iter().collect();
        let known = parts
            .iter()
            .filter_map(|part| Some((part.content.text.clone(), vectors.remove(&part.id)?)));
        Ok(known.collect())
    }
}

/// What becomes of the parts of a document.
struct Exchange {
    /// Those that stay, and what is noted of them.
    kept: Vec<(MemoryId, Map<String, Value>)>,
    new: Vec<NewMemory>,
    gone: Vec<MemoryId>,
}

impl Exchange {
    fn of(items: Vec<NewMemory>, mut old: Vec<Memory>) -> Self {
        // Of parts with the same text, the first stays the first.
        old.sort_by_key(|part| part.content.metadata.get("chunk").and_then(Value::as_u64));
        let mut exchange = Self {
            kept: Vec::new(),
            new: Vec::new(),
            gone: Vec::new(),
        };
        for item in items {
            let stays = |part: &Memory| {
                part.retired_at.is_none()
                    && part.content.text == item.text
                    && part.content.scope == item.scope
            };
            match old.iter().position(stays) {
                Some(at) => exchange.kept.push((old.remove(at).id, item.metadata)),
                None => exchange.new.push(item),
            }
        }
        exchange.gone = old.into_iter().map(|part| part.id).collect();
        exchange
    }
}

/// What a file holds and when it was changed.
fn read_file(path: &PathBuf, most: u64) -> Result<(Vec<u8>, Option<Timestamp>), ReadError> {
    use std::io::Read as _;
    let io = |error: std::io::Error| ReadError::Io(error.to_string());
    let metadata = std::fs::metadata(path).map_err(io)?;
    // A pipe or a device would never end.
    if !metadata.is_file() {
        return Err(ReadError::Io("it is no regular file".to_owned()));
    }
    let bytes = metadata.len();
    if bytes > most {
        return Err(ReadError::TooLarge { bytes, most });
    }
    let mut content = Vec::with_capacity(bytes as usize);
    // It may grow while it is read.
    let file = std::fs::File::open(Path::new(path)).map_err(io)?;
    file.take(most + 1).read_to_end(&mut content).map_err(io)?;
    let changed = metadata.modified().ok();
    let changed = changed.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    Ok((content, changed.map(Timestamp::from_duration)))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
