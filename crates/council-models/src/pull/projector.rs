//! The projector of a model that sees images: a second file, pulled after the model.

use super::error::PullError;
use super::job::{Job, Paths};
use super::plan::Origin;
use super::{PullEvent, PullOptions, fetch_first, install, lock};
use crate::catalog::ProjectorFile;
use crate::library::{Library, projector_id};
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
    let origins: Vec<Origin> = file.sources.iter().cloned().map(Origin::Catalog).collect();
    let (origin, fetched) = fetch_first(&origins, Job::check_projector, &mut job).await?;
    let verified_by = fetched.verified_by;
    install::keep(library, origin, fetched, &job)?;
    job.emit(PullEvent::Installed { id, verified_by });
    Ok(())
}
