//! The projector of a model that sees images: a second file, pulled after the model.

use super::error::{PullError, SourceError, SourceFailure};
use super::job::{Job, Paths};
use super::plan::Origin;
use super::{PullEvent, PullOptions, fetch, install, lock};
use crate::catalog::ProjectorFile;
use crate::gguf::check_projector;
use crate::library::{Library, Record, projector_id};
use tokio_util::sync::CancellationToken;

/// Installs a model's projector from the first source that delivers one.
pub(super) async fn pull(
    library: &Library,
    model: &str,
    file: &ProjectorFile,
    options: &PullOptions,
    on_event: &mut (dyn FnMut(PullEvent) + Send),
    cancel: CancellationToken,
) -> Result<(), PullError> {
    let id = projector_id(model);
    let _lock = lock::lock(&library.lock_path(&id), &id)?;
    let expected = (file.sha256.clone(), file.size_bytes);
    let mut job = Job::new(&id, Paths::of(library, &id), expected, options, on_event, cancel);
    let mut failures = Vec::new();
    for (index, source) in file.sources.iter().enumerate() {
        let origin = Origin::Catalog(source.clone());
        let source = origin.to_string();
        job.emit(PullEvent::SourceTried {
            source: source.clone(),
            index: index + 1,
            count: file.sources.len(),
        });
        match try_source(library, &origin, &mut job).await {
            Ok(()) => return Ok(()),
            Err(SourceError::Fatal(error)) => return Err(error),
            Err(SourceError::Failed(error)) => {
                job.emit(PullEvent::SourceFailed {
                    source: source.clone(),
                    error: error.clone(),
                });
                failures.push(SourceFailure { source, error });
            }
        }
    }
    Err(PullError::AllFailed { id, failures })
}

async fn try_source(library: &Library, origin: &Origin, job: &mut Job<'_>) -> Result<(), SourceError> {
    let fetched = fetch(origin, job).await?;
    if let Err(error) = check_projector(&job.part_path) {
        job.discard();
        return Err(SourceError::Failed(error.to_string()));
    }
    let path = library.model_path(&job.id);
    std::fs::rename(&job.part_path, &path)
        .map_err(|source| SourceError::Fatal(PullError::Io { path, source }))?;
    install::sync_dir(library.dir()).map_err(SourceError::Fatal)?;
    job.discard();
    let record = Record {
        source: origin.to_string(),
        original_name: origin.file_name(),
        sha256: fetched.sha256,
        verified_by: fetched.verified_by.as_str().to_owned(),
        size_bytes: fetched.size_bytes,
        pulled_at: Some(job.options.clock.now().as_secs()),
        requantised: None,
    };
    install::write_record(library, &job.id, &record).map_err(SourceError::Fatal)?;
    job.emit(PullEvent::Installed {
        id: job.id.clone(),
        verified_by: fetched.verified_by,
    });
    Ok(())
}
