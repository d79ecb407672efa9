//! A file on this machine as a source: it is copied, so that the library keeps it when the original goes.

use super::error::{PullError, SourceError};
use super::job::{Fetched, Job};
use super::part::PartState;
use crate::gguf::GgufSummary;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

pub(super) async fn fetch(path: &Path, job: &mut Job<'_>) -> Result<Fetched, SourceError> {
    GgufSummary::read(path).map_err(|error| SourceError::Failed(error.to_string()))?;
    let unreadable = |source| PullError::Io {
        path: path.to_owned(),
        source,
    };
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let size_bytes = file.metadata().map_err(unreadable)?.len();
    job.check_room(size_bytes)?;
    let shown = Arc::new(AtomicU64::new(0));
    let mut part = job.open_part(0, &shown).await?;
    job.write_state(&PartState {
        origin: path.display().to_string(),
        ..PartState::default()
    })?;
    let cancel = job.cancel.clone();
    let copy = move || {
        part.append_all(&mut file, u64::MAX, &cancel)?;
        part.finish()
    };
    let sha256 = job
        .blocking(Some(size_bytes), &shown, copy)
        .await
        .map_err(|error| job.local(error))?;
    let verified_by = job.check_hash(&sha256, None)?;
    Ok(Fetched {
        sha256,
        size_bytes,
        verified_by,
    })
}
