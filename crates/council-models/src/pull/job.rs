//! What all kinds of sources share during one pull: paths, expectations, progress, cancelling.

use super::error::{PullError, SourceError};
use super::part::{Part, PartState};
use super::{PullEvent, PullOptions, VerifiedBy};
use crate::gguf::{GgufError, GgufSummary, check_projector};
use crate::hardware::Disk;
use crate::library::Library;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Between two progress events.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// What a source delivered: the part file is complete and has this hash.
#[derive(Clone, Debug)]
pub(super) struct Fetched {
    pub(super) sha256: String,
    pub(super) size_bytes: u64,
    pub(super) verified_by: VerifiedBy,
}

/// Where a pull keeps what.
pub(super) struct Paths {
    /// Where the file will be.
    pub(super) dir: PathBuf,
    pub(super) part: PathBuf,
    pub(super) part_state: PathBuf,
    /// A directory for packages, made by their source.
    pub(super) scratch: PathBuf,
    /// Whether packages stay there for another file out of them; their source removes them otherwise.
    pub(super) keep_packages: bool,
}

impl Paths {
    /// Those of a model in the library.
    pub(super) fn of(library: &Library, id: &str) -> Self {
        Self {
            dir: library.dir().to_owned(),
            part: library.part_path(id),
            part_state: library.part_state_path(id),
            scratch: library.scratch_path(id),
            keep_packages: false,
        }
    }
}

/// One pull.
pub(super) struct Job<'a> {
    pub(super) id: String,
    pub(super) dir: PathBuf,
    pub(super) part_path: PathBuf,
    pub(super) state_path: PathBuf,
    pub(super) scratch_path: PathBuf,
    pub(super) keep_packages: bool,
    pub(super) options: &'a PullOptions,
    /// The hash from the catalog.
    pub(super) sha256: Option<String>,
    /// The size from the catalog.
    pub(super) size_bytes: Option<u64>,
    pub(super) cancel: CancellationToken,
    on_event: &'a mut (dyn FnMut(PullEvent) + Send),
    shown: Option<(Instant, u64)>,
}

impl<'a> Job<'a> {
    /// `expected` is the hash and the size from the catalog.
    pub(super) fn new(
        id: &str,
        paths: Paths,
        expected: (Option<String>, Option<u64>),
        options: &'a PullOptions,
        on_event: &'a mut (dyn FnMut(PullEvent) + Send),
        cancel: CancellationToken,
    ) -> Self {
        let (sha256, size_bytes) = expected;
        Self {
            id: id.to_owned(),
            dir: paths.dir,
            part_path: paths.part,
            state_path: paths.part_state,
            scratch_path: paths.scratch,
            keep_packages: paths.keep_packages,
            options,
            sha256,
            size_bytes,
            cancel,
            on_event,
            shown: None,
        }
    }

    pub(super) fn emit(&mut self, event: PullEvent) {
        if matches!(event, PullEvent::SourceTried { .. }) {
            self.shown = None;
        }
        (self.on_event)(event);
    }

    /// Tells how far it is, not too often and never backwards.
    pub(super) fn progress(&mut self, done: u64, total: Option<u64>) {
        let done = total.map_or(done, |total| done.min(total));
        let finished = total == Some(done);
        let due = self
            .shown
            .is_none_or(|(at, shown)| done > shown && (finished || at.elapsed() >= PROGRESS_EVERY));
        if due {
            self.shown = Some((Instant::now(), done));
            self.emit(PullEvent::Progress { done, total });
        }
    }

    /// Waits for `work` and meanwhile tells how far it is.
    pub(super) async fn watch<T>(
        &mut self,
        work: impl Future<Output = T>,
        total: Option<u64>,
        measure: impl Fn() -> u64,
    ) -> T {
        let mut work = pin!(work);
        let mut ticks = tokio::time::interval(PROGRESS_EVERY);
        loop {
            tokio::select! {
                biased;
                result = &mut work => {
                    self.progress(measure(), total);
                    return result;
                }
                _ = ticks.tick() => self.progress(measure(), total),
            }
        }
    }

    /// Runs work that blocks on another thread. A panic there is an error here.
    pub(super) async fn blocking<T: Send + 'static>(
        &mut self,
        total: Option<u64>,
        shown: &Arc<AtomicU64>,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let measure = || shown.load(Ordering::Relaxed);
        self.watch(tokio::task::spawn_blocking(work), total, measure)
            .await
            .unwrap_or_else(|error| Err(error.into()))
    }

    /// Opens the part file with its first `keep` bytes.
    pub(super) async fn open_part(&mut self, keep: u64, shown: &Arc<AtomicU64>) -> Result<Part, SourceError> {
        let (path, counter, cancel) = (self.part_path.clone(), Arc::clone(shown), self.cancel.clone());
        let opened = tokio::task::spawn_blocking(move || Part::open(&path, keep, counter, &cancel)).await;
        let part = opened
            .unwrap_or_else(|error| Err(error.into()))
            .map_err(|error| self.local(error))?;
        if keep > 0 {
            self.emit(PullEvent::Resumed { bytes: keep });
        }
        Ok(part)
    }

    /// Writes down what the part file is a part of.
    pub(super) fn write_state(&self, state: &PartState) -> Result<(), SourceError> {
        state.write(&self.state_path).map_err(|error| self.local(error))
    }

    /// What the part file is a part of, and its length.
    pub(super) fn unfinished(&self, origin: &str) -> Option<(PartState, u64)> {
        let state = PartState::read(&self.state_path).filter(|state| state.origin == origin)?;
        let length = std::fs::metadata(&self.part_path).ok()?.len();
        Some((state, length))
    }

    /// Throws away what was downloaded.
    pub(super) fn discard(&self) {
        for path in [&self.part_path, &self.state_path] {
            if let Err(error) = std::fs::remove_file(path)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(path = %path.display(), %error, "an unusable download cannot be removed");
            }
        }
    }

    /// Fails unless `bytes` more fit on the disk and leave the reserve free.
    pub(super) fn check_room(&self, bytes: u64) -> Result<(), PullError> {
        let needed = bytes.saturating_add(self.options.reserve_bytes);
        match Disk::of(&self.dir).map(|disk| disk.free_bytes) {
            Some(free) if free < needed => Err(PullError::DiskFull {
                dir: self.dir.clone(),
                needed_bytes: Some(needed),
                free_bytes: Some(free),
            }),
            _ => Ok(()),
        }
    }

    /// An error of this machine's files, which no other source would cure.
    pub(super) fn local(&self, error: io::Error) -> SourceError {
        SourceError::Fatal(self.local_error(error))
    }

    pub(super) fn local_error(&self, source: io::Error) -> PullError {
        if self.cancel.is_cancelled() {
            return self.cancelled();
        }
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => PullError::DiskFull {
                dir: self.dir.clone(),
                needed_bytes: None,
                free_bytes: Disk::of(&self.dir).map(|disk| disk.free_bytes),
            },
            _ => PullError::Io {
                path: self.part_path.clone(),
                source,
            },
        }
    }

    pub(super) fn cancelled(&self) -> PullError {
        let kept_bytes = std::fs::metadata(&self.part_path).map_or(0, |metadata| metadata.len());
        PullError::Cancelled {
            id: self.id.clone(),
            kept_bytes,
        }
    }

    /// Compares the part file's hash with the one that it has to have; a wrong file is thrown away.
    pub(super) fn check_hash(&self, sha256: &str, from_hub: Option<&str>) -> Result<VerifiedBy, SourceError> {
        let (expected, by) = match (&self.sha256, from_hub) {
            (Some(expected), _) => (expected.as_str(), VerifiedBy::Catalog),
            (None, Some(expected)) => (expected, VerifiedBy::Hub),
            (None, None) => return Ok(VerifiedBy::Nobody),
        };
        if expected == sha256 {
            return Ok(by);
        }
        self.discard();
        Err(SourceError::Failed(format!(
            "the file has the hash {sha256}, and by the {} it should have {expected}; it was thrown away",
            by.as_str()
        )))
    }

    /// Reads the part file's header; a file that is no model is thrown away.
    pub(super) fn check_header(&mut self) -> Result<(), SourceError> {
        self.emit(PullEvent::Verifying);
        let read = GgufSummary::read(&self.part_path);
        self.kept_if(read.map(|_| ()), "the file is no usable model")
    }

    /// The same for the projector of a model that sees images.
    pub(super) fn check_projector(&mut self) -> Result<(), SourceError> {
        self.emit(PullEvent::Verifying);
        let read = check_projector(&self.part_path);
        self.kept_if(read, "the file is no usable projector")
    }

    fn kept_if(&self, read: Result<(), GgufError>, otherwise: &str) -> Result<(), SourceError> {
        read.map_err(|error| {
            self.discard();
            SourceError::Failed(format!("{otherwise}: {error}"))
        })
    }
}
