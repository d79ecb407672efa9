//! From a complete part to an installed model, and whether it was installed all along.

use super::error::PullError;
use super::job::{Fetched, Job};
use super::part::hash_file;
use super::plan::{Origin, Plan};
use super::{PullEvent, PulledModel, VerifiedBy};
use crate::library::{InstalledModel, Library, LibraryError, Record};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Installs the part as the planned model.
pub(super) fn install(
    library: &Library,
    plan: &Plan,
    origin: &Origin,
    fetched: Fetched,
    job: &mut Job<'_>,
) -> Result<PulledModel, PullError> {
    let verified_by = fetched.verified_by;
    let record = keep(library, origin, fetched, job)?;
    let path = library.model_path(&plan.id);
    let model = library.find(&plan.id).ok_or_else(|| PullError::Io {
        path,
        source: std::io::Error::other("it was removed right after it was installed"),
    })?;
    job.emit(PullEvent::Installed {
        id: plan.id.clone(),
        verified_by,
    });
    Ok(PulledModel {
        model,
        record,
        already_installed: false,
        requantise: plan.requantise,
    })
}

/// Renames the part to its final name and writes down where it came from.
pub(super) fn keep(
    library: &Library,
    origin: &Origin,
    fetched: Fetched,
    job: &Job<'_>,
) -> Result<Record, PullError> {
    let path = library.model_path(&job.id);
    std::fs::rename(&job.part_path, &path).map_err(|source| PullError::Io { path, source })?;
    sync_dir(library.dir())?;
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
    write_record(library, &job.id, &record)?;
    Ok(record)
}

/// The installed model, where its record says that it is the one that is asked for. Reads no model data.
pub(super) fn present_by_record(library: &Library, plan: &Plan) -> Result<Option<PulledModel>, PullError> {
    let Some(model) = library.find(&plan.id) else {
        return Ok(None);
    };
    let Some(record) = library.record(&plan.id).filter(|record| is_of(record, &model)) else {
        return Ok(None);
    };
    match &plan.sha256 {
        Some(expected) if *expected == record.sha256 => Ok(Some(present(plan, model, record))),
        // Imported by a link: its hash is not known yet.
        Some(_) if record.sha256.is_empty() => Ok(None),
        Some(expected) => Err(occupied(
            plan,
            format!(
                "it has the hash {}, and the catalog's has {expected}",
                record.sha256
            ),
        )),
        None if plan
            .origins
            .iter()
            .any(|origin| origin.to_string() == record.source) =>
        {
            Ok(Some(present(plan, model, record)))
        }
        None => Err(occupied(plan, format!("it comes from {}", record.source))),
    }
}

/// The installed model, where it has no record and its content is what is asked for.
pub(super) async fn present_by_hash(
    library: &Library,
    plan: &Plan,
    job: &mut Job<'_>,
) -> Result<Option<PulledModel>, PullError> {
    // Another pull may have finished while this one waited for the lock.
    if let Some(present) = present_by_record(library, plan)? {
        return Ok(Some(present));
    }
    let Some(model) = library.find(&plan.id) else {
        return Ok(None);
    };
    let Some(expected) = &plan.sha256 else {
        return Err(occupied(
            plan,
            format!("nothing is known about where {} came from", model.path.display()),
        ));
    };
    job.emit(PullEvent::Verifying);
    let shown = Arc::new(AtomicU64::new(0));
    let (path, counter, cancel) = (model.path.clone(), Arc::clone(&shown), job.cancel.clone());
    let sha256 = job
        .blocking(Some(model.size_bytes), &shown, move || {
            hash_file(&path, &counter, &cancel)
        })
        .await
        .map_err(|error| job.local_error(error))?;
    if sha256 != *expected {
        return Err(occupied(
            plan,
            format!("it has the hash {sha256}, and the catalog's has {expected}"),
        ));
    }
    let record = Record {
        source: "found in the models directory".into(),
        original_name: model
            .path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        sha256,
        verified_by: VerifiedBy::Catalog.as_str().to_owned(),
        size_bytes: model.size_bytes,
        pulled_at: None,
        requantised: None,
    };
    write_record(library, &plan.id, &record)?;
    Ok(Some(present(plan, model, record)))
}

/// Whether a record still describes the file beside it.
fn is_of(record: &Record, model: &InstalledModel) -> bool {
    record.requantised.is_some() || record.size_bytes == model.size_bytes
}

fn present(plan: &Plan, model: InstalledModel, record: Record) -> PulledModel {
    let requantise = plan.requantise.filter(|_| record.requantised.is_none());
    PulledModel {
        model,
        record,
        already_installed: true,
        requantise,
    }
}

fn occupied(plan: &Plan, reason: String) -> PullError {
    PullError::Occupied {
        id: plan.id.clone(),
        reason,
    }
}

fn write_record(library: &Library, id: &str, record: &Record) -> Result<(), PullError> {
    library.write_record(id, record).map_err(|error| match error {
        LibraryError::Io { path, source } => PullError::Io { path, source },
        other @ (LibraryError::BadId { .. } | LibraryError::NotInstalled { .. }) => PullError::Io {
            path: library.dir().to_owned(),
            source: std::io::Error::other(other.to_string()),
        },
    })
}

/// Makes a rename survive a power cut.
pub(super) fn sync_dir(dir: &Path) -> Result<(), PullError> {
    #[cfg(unix)]
    std::fs::File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(|source| PullError::Io {
            path: dir.to_owned(),
            source,
        })?;
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}
