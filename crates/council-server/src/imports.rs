//! Memories from elsewhere, in batches: read, stored, given vectors. A step at a time, so that a client can be told
//! how far it is; a client that goes away stops it between two batches.

mod lines;

use crate::api::memory::{HeaderObject, ImportObject, RecordObject};
use crate::error::ApiError;
use crate::extract::FromBody;
use axum::body::Body;
use council_agent::memory::{Memories, MemoryError};
use council_core::{MemoryRecord, StoreError, Timestamp};
use lines::Lines;
use std::sync::Arc;
use std::time::Duration;

/// Most memories of one transaction, and most bytes of lines that are held for it.
const BATCH: usize = 200;
const BATCH_BYTES: u64 = 4 << 20;

/// An import that is under way.
pub(crate) struct Import {
    memories: Memories,
    /// Whose lines become; records have theirs.
    user: Arc<str>,
    now: Timestamp,
    source: Source,
    progress: ImportObject,
    phase: Phase,
}

enum Source {
    Lines(Lines),
    Records(std::vec::IntoIter<MemoryRecord>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The first line is not read yet.
    Header,
    Reading,
    Embedding,
    Done,
}

/// Records with their places.
type Batch = Vec<(u64, MemoryRecord)>;

impl Import {
    /// Of an export, line by line; the client may take `patience` for each piece of it.
    pub(crate) fn of_lines(
        memories: Memories,
        user: Arc<str>,
        now: Timestamp,
        body: Body,
        patience: Duration,
    ) -> Self {
        Self {
            memories,
            user,
            now,
            source: Source::Lines(Lines::new(body, patience)),
            progress: ImportObject::default(),
            phase: Phase::Header,
        }
    }

    /// Of these records, which were read from so many bytes.
    pub(crate) fn of_records(
        memories: Memories,
        now: Timestamp,
        records: Vec<MemoryRecord>,
        bytes: u64,
        notes: Vec<String>,
    ) -> Self {
        Self {
            memories,
            user: Arc::default(),
            now,
            source: Source::Records(records.into_iter()),
            progress: ImportObject {
                bytes,
                notes,
                ..ImportObject::default()
            },
            phase: Phase::Reading,
        }
    }

    /// One batch further; `None` after the end. What was stored before an error stays, and the error says so.
    pub(crate) async fn step(&mut self) -> Option<Result<ImportObject, ApiError>> {
        let stepped = match self.phase {
            Phase::Header => self.header().await,
            Phase::Reading => self.batch().await,
            Phase::Embedding => self.embed().await,
            Phase::Done => return None,
        };
        Some(match stepped {
            Ok(()) => Ok(self.progress.clone()),
            Err(error) => {
                self.phase = Phase::Done;
                Err(error)
            }
        })
    }

    /// All of it.
    pub(crate) async fn run(mut self) -> Result<ImportObject, ApiError> {
        while let Some(progress) = self.step().await {
            progress?;
        }
        Ok(self.progress)
    }

    async fn header(&mut self) -> Result<(), ApiError> {
        let Some((number, line)) = self.line().await? else {
            let message = "the body is empty; send the lines of an export";
            return Err(ApiError::invalid("format", message));
        };
        HeaderObject::read(&line).map_err(|error| self.at_line(number, error))?;
        self.phase = Phase::Reading;
        Ok(())
    }

    /// The next line that is not blank, and its number.
    async fn line(&mut self) -> Result<Option<(u64, bytes::Bytes)>, ApiError> {
        let Source::Lines(lines) = &mut self.source else {
            return Ok(None);
        };
        loop {
            let next = lines.next().await;
            let number = lines.number;
            (self.progress.lines, self.progress.bytes) = (number, lines.bytes);
            match next {
                Ok(None) => return Ok(None),
                Ok(Some(line)) if line.trim_ascii().is_empty() => {}
                Ok(Some(line)) => return Ok(Some((number, line))),
                Err(error) => return Err(self.at_line(number + 1, error)),
            }
        }
    }

    /// Reads and stores a batch.
    async fn batch(&mut self) -> Result<(), ApiError> {
        let mut batch = Batch::new();
        let from = self.progress.bytes;
        let mut failed = None;
        let mut ended = false;
        while batch.len() < BATCH && self.progress.bytes - from < BATCH_BYTES {
            match self.record().await {
                Ok(Some(record)) => batch.push(record),
                Ok(None) => {
                    ended = true;
                    break;
                }
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        self.store(batch).await?;
        if ended {
            self.phase = Phase::Embedding;
        }
        failed.map_or(Ok(()), Err)
    }

    async fn record(&mut self) -> Result<Option<(u64, MemoryRecord)>, ApiError> {
        if let Source::Records(records) = &mut self.source {
            let Some(record) = records.next() else {
                return Ok(None);
            };
            self.progress.lines += 1;
            return Ok(Some((self.progress.lines, record)));
        }
        let Some((number, line)) = self.line().await? else {
            return Ok(None);
        };
        let record = RecordObject::from_body(&line).and_then(|record| record.read(&self.user, self.now));
        let record = record.map_err(|error| self.at_line(number, error))?;
        Ok(Some((number, record)))
    }

    async fn store(&mut self, batch: Batch) -> Result<(), ApiError> {
        if batch.is_empty() {
            return Ok(());
        }
        let records: Vec<MemoryRecord> = batch.iter().map(|(_, record)| record.clone()).collect();
        match self.memories.import(records).await {
            Ok(imported) => self.stored(batch.len(), imported),
            // One of them; the store does not say which.
            Err(StoreError::Invalid(_)) => {
                for (number, record) in batch {
                    let imported = self.memories.import(vec![record]).await;
                    let imported = imported.map_err(|error| self.at_line(number, error.into()))?;
                    self.stored(1, imported);
                }
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn stored(&mut self, sent: usize, imported: u64) {
        self.progress.imported += imported;
        self.progress.skipped += (sent as u64).saturating_sub(imported);
    }

    async fn embed(&mut self) -> Result<(), ApiError> {
        let waiting = match self.memories.embed_some().await {
            Ok(Some(waiting)) => waiting,
            // They get their vectors when the embedder is there again.
            Ok(None) => {
                self.phase = Phase::Done;
                self.memories.store().stats().await?.waiting
            }
            Err(MemoryError::Embedder(error)) => {
                tracing::warn!("what was imported waits for its vectors: {error}");
                self.phase = Phase::Done;
                self.memories.store().stats().await?.waiting
            }
            Err(error) => return Err(error.into()),
        };
        self.progress.waiting = Some(waiting);
        if waiting == 0 {
            self.phase = Phase::Done;
        }
        self.progress.done = self.phase == Phase::Done;
        Ok(())
    }

    /// The error of one line, which says what became of those before.
    fn at_line(&self, number: u64, mut error: ApiError) -> ApiError {
        let what = match self.source {
            Source::Lines(_) => "line",
            Source::Records(_) => "document",
        };
        let kept = if number > 1 {
            format!("; every {what} before it is stored, and is skipped when all are sent again")
        } else {
            "; nothing was stored".to_owned()
        };
        error.message = format!("{what} {number}: {}{kept}", error.message);
        error
    }
}
