//! Models that can be installed, and pulls in the background, for whoever shows them to people.
//!
//! - `fit`: how a model suits a machine
//! - `progress`: what is known of one pull

mod fit;
mod progress;

use crate::catalog::{CatalogEntry, Role};
use crate::embed::install as embedder;
use crate::hardware::{Disk, Hardware};
use crate::library::{InstalledModel, Library, LibraryError};
use crate::pull::{PullError, PullEvent, PullOptions, PullTarget, VerifiedBy, pull};
use async_trait::async_trait;
use council_core::install::{CatalogModel, InstallError, Installer, Machine, PullState};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use progress::Tracked;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;
use tokio::time::Instant;
use tokio_stream::wrappers::BroadcastStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Pulls that are remembered after their end.
const REMEMBERED: usize = 32;

/// Changes that a slow listener may miss before the oldest are dropped for it.
const EVENTS_KEPT: usize = 256;

/// Memory of the embedding model beside its file, in bytes.
const EMBEDDER_BYTES: u64 = 64 << 20;

/// Brings models into a library in the background. Clones are the same.
#[derive(Clone)]
pub struct LibraryInstaller(Arc<Shared>);

struct Shared {
    library: Arc<Library>,
    options: PullOptions,
    /// Called when the library has changed.
    changed: Box<dyn Fn() + Send + Sync>,
    pulls: Mutex<Vec<Tracked>>,
    events: broadcast::Sender<PullState>,
    tasks: TaskTracker,
}

impl LibraryInstaller {
    /// For this library; `changed` is called whenever something was installed or removed.
    pub fn new(
        library: Arc<Library>,
        options: PullOptions,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Shared {
            library,
            options,
            changed: Box::new(changed),
            pulls: Mutex::default(),
            events: broadcast::channel(EVENTS_KEPT).0,
            tasks: TaskTracker::new(),
        }))
    }

    /// Ends all pulls and returns when they have ended.
    pub async fn close(&self) {
        self.cancel_all();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    fn pulls_now(&self) -> MutexGuard<'_, Vec<Tracked>> {
        self.0.pulls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known of a pull and tells it.
    fn update(&self, id: u64, change: impl FnOnce(&mut Tracked)) {
        let mut pulls = self.pulls_now();
        if let Some(tracked) = pulls.iter_mut().find(|tracked| tracked.state.id == id) {
            change(tracked);
            // Nobody may be listening.
            let _ = self.0.events.send(tracked.state.clone());
        }
    }

    async fn run(self, id: u64, target: PullTarget, cancel: CancellationToken) {
        let (library, options) = (&*self.0.library, &self.0.options);
        let mut on_event = |event: PullEvent| {
            self.update(id, |tracked| tracked.happened(event, Instant::now()));
        };
        let result = if matches!(&target, PullTarget::Name(name) if name == embedder::NAME) {
            let pulled = embedder::pull(library.dir(), options, &mut on_event, cancel).await;
            pulled.map(|pulled| (pulled.size_bytes, VerifiedBy::Catalog.as_str().to_owned()))
        } else {
            let pulled = pull(library, &target, options, &mut on_event, cancel).await;
            pulled.map(|pulled| (pulled.model.size_bytes, pulled.record.verified_by))
        };
        match &result {
            Ok(_) => (self.0.changed)(),
            Err(PullError::Cancelled { .. }) => {}
            Err(error) => tracing::warn!("a model could not be pulled: {error}"),
        }
        let now = options.clock.now();
        self.update(id, |tracked| tracked.ended(result, now));
    }
}

#[async_trait]
impl Installer for LibraryInstaller {
    fn machine(&self) -> Machine {
        let hardware = Hardware::detect();
        let known = |bytes: u64| (bytes > 0).then_some(bytes);
        Machine {
            memory_bytes: known(hardware.memory_bytes),
            available_memory_bytes: known(hardware.available_memory_bytes),
            disk_free_bytes: Disk::of(self.0.library.dir()).map(|disk| disk.free_bytes),
            cpu_model: hardware.cpu_model,
            physical_cores: hardware.physical_cores,
            gpus: hardware
                .gpus
                .into_iter()
                .map(|gpu| (gpu.name, gpu.memory_bytes))
                .collect(),
        }
    }

    fn catalog(&self) -> Vec<CatalogModel> {
        let library = &self.0.library;
        let (hardware, installed) = (Hardware::detect(), library.list());
        let advice = library.catalog().recommend(&hardware);
        let recommended: Vec<&String> = advice
            .iter()
            .flat_map(|advice| {
                let hub = advice.with_hub.as_ref().map(|fit| &fit.name);
                std::iter::once(&advice.default)
                    .chain(advice.larger.as_ref())
                    .chain(hub)
            })
            .collect();
        let entries = library.catalog().entries();
        let known = entries.iter().map(|entry| CatalogModel {
            installed: installed.iter().any(|model| model.id == entry.name),
            verified_by: library.record(&entry.name).map(|record| record.verified_by),
            recommended: recommended.contains(&&entry.name),
            ..of_entry(entry, &hardware)
        });
        let others = installed
            .iter()
            .filter(|model| entries.iter().all(|entry| entry.name != model.id))
            .map(|model| CatalogModel {
                verified_by: library.record(&model.id).map(|record| record.verified_by),
                ..of_file(model, &hardware)
            });
        let mut all: Vec<CatalogModel> = known.chain(others).collect();
        all.push(of_embedder(library, &hardware));
        all
    }

    fn pull(&self, what: &str) -> Result<PullState, InstallError> {
        let target = PullTarget::parse(what).map_err(|error| InstallError::Invalid(error.to_string()))?;
        match &target {
            PullTarget::File(path) => {
                let message = format!(
                    "`{}` is a file of the server's machine; `council pull` there copies it into the library",
                    path.display()
                );
                return Err(InstallError::Invalid(message));
            }
            PullTarget::Name(name) => self.check_name(name)?,
            PullTarget::Hub { .. } | PullTarget::Url(_) => {}
        }
        let mut pulls = self.pulls_now();
        let runs = |tracked: &&Tracked| tracked.state.model == what && !tracked.state.phase.is_over();
        if let Some(running) = pulls.iter().find(runs) {
            return Ok(running.state.clone());
        }
        let id = pulls.iter().map(|tracked| tracked.state.id).max().unwrap_or(0) + 1;
        let tracked = Tracked::new(id, what, self.0.options.clock.now());
        let (state, cancel) = (tracked.state.clone(), tracked.cancel.clone());
        pulls.push(tracked);
        while pulls.len() > REMEMBERED
            && let Some(oldest) = pulls.iter().position(|tracked| tracked.state.phase.is_over())
        {
            pulls.remove(oldest);
        }
        drop(pulls);
        let _ = self.0.events.send(state.clone());
        self.0.tasks.spawn(self.clone().run(id, target, cancel));
        Ok(state)
    }

    fn pulls(&self) -> Vec<PullState> {
        let pulls = self.pulls_now();
        pulls.iter().rev().map(|tracked| tracked.state.clone()).collect()
    }

    fn events(&self) -> BoxStream<'static, PullState> {
        // Who was too slow goes on with what comes next: each state tells everything.
        let events = BroadcastStream::new(self.0.events.subscribe());
        events.filter_map(async |state| state.ok()).boxed()
    }

    fn cancel(&self, id: u64) -> Result<PullState, InstallError> {
        let pulls = self.pulls_now();
        let found = pulls.iter().find(|tracked| tracked.state.id == id);
        let found = found.ok_or(InstallError::NoPull(id))?;
        found.cancel.cancel();
        Ok(found.state.clone())
    }

    fn cancel_all(&self) {
        for tracked in self.pulls_now().iter() {
            tracked.cancel.cancel();
        }
    }

    async fn remove(&self, id: &str) -> Result<u64, InstallError> {
        let pulled = |tracked: &Tracked| tracked.state.model == id && !tracked.state.phase.is_over();
        if self.pulls_now().iter().any(pulled) {
            return Err(InstallError::Busy(id.to_owned()));
        }
        let (library, id) = (Arc::clone(&self.0.library), id.to_owned());
        let removed = tokio::task::spawn_blocking(move || remove(&library, &id)).await;
        let freed = removed.map_err(|error| InstallError::Failed(error.to_string()))??;
        (self.0.changed)();
        Ok(freed)
    }
}

impl LibraryInstaller {
    /// Whether the catalog has it, so that a wrong name is refused at once.
    fn check_name(&self, name: &str) -> Result<(), InstallError> {
        let catalog = self.0.library.catalog();
        if name == embedder::NAME || catalog.entries().iter().any(|entry| entry.name == name) {
            return Ok(());
        }
        let known: Vec<&str> = catalog
            .entries()
            .iter()
            .map(|entry| entry.name.as_str())
            .collect();
        let message = format!(
            "no model of the catalog is called `{name}`; it has {}, and takes `hf:owner/repo/file.gguf` and URLs",
            known.join(", ")
        );
        Err(InstallError::Invalid(message))
    }
}

fn remove(library: &Library, id: &str) -> Result<u64, InstallError> {
    if id == embedder::NAME {
        let removed =
            embedder::remove(library.dir()).map_err(|error| InstallError::Failed(error.to_string()))?;
        return removed.ok_or_else(|| InstallError::NotInstalled(id.to_owned()));
    }
    match library.remove(id) {
        Ok(removed) => Ok(removed.freed_bytes),
        Err(LibraryError::NotInstalled { id }) => Err(InstallError::NotInstalled(id)),
        Err(error @ LibraryError::BadId { .. }) => Err(InstallError::Invalid(error.to_string())),
        Err(error @ LibraryError::Io { .. }) => Err(InstallError::Failed(error.to_string())),
    }
}

fn of_entry(entry: &CatalogEntry, hardware: &Hardware) -> CatalogModel {
    let (fit, reason) = fit::of(Some(entry.min_ram_bytes), hardware);
    CatalogModel {
        id: entry.name.clone(),
        family: entry.family.clone(),
        parameters: entry.parameters,
        quantisation: entry.quantisation.clone(),
        licence: entry.licence.clone(),
        context_tokens: entry.context_tokens,
        size_bytes: entry.expected_bytes(),
        needs_bytes: Some(entry.min_ram_bytes),
        fit,
        reason,
        roles: entry.roles.iter().copied().map(role).collect(),
        note: entry.note.clone(),
        sources: entry.sources.iter().map(ToString::to_string).collect(),
        sha256: entry.sha256.clone(),
        installed: false,
        verified_by: None,
        recommended: false,
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Chat => "chat",
        Role::Test => "test",
        Role::Larger => "larger",
        Role::Base => "base",
    }
}

/// An installed file that the catalog does not have.
fn of_file(model: &InstalledModel, hardware: &Hardware) -> CatalogModel {
    let needs = model.size_bytes.saturating_add(fit::BESIDE_THE_FILE);
    let (fit, reason) = fit::of(Some(needs), hardware);
    CatalogModel {
        id: model.id.clone(),
        family: String::new(),
        parameters: model.gguf.parameters,
        quantisation: model.gguf.quantisation.clone(),
        licence: String::new(),
        context_tokens: model.gguf.context_length,
        size_bytes: Some(model.size_bytes),
        needs_bytes: Some(needs),
        fit,
        reason,
        roles: if model.gguf.chat_template.is_some() {
            vec!["chat"]
        } else {
            vec!["base"]
        },
        note: None,
        sources: Vec::new(),
        sha256: None,
        installed: true,
        verified_by: None,
        recommended: false,
    }
}

fn of_embedder(library: &Library, hardware: &Hardware) -> CatalogModel {
    let installed = embedder::installed_bytes(library.dir());
    let needs = embedder::SIZE_BYTES + EMBEDDER_BYTES;
    let (fit, reason) = fit::of(Some(needs), hardware);
    CatalogModel {
        id: embedder::NAME.to_owned(),
        family: "minilm".to_owned(),
        parameters: 22_700_000,
        quantisation: "F32".to_owned(),
        licence: "Apache-2.0".to_owned(),
        context_tokens: 256,
        size_bytes: Some(embedder::SIZE_BYTES),
        needs_bytes: Some(needs),
        fit,
        reason,
        roles: vec!["embedding"],
        note: Some(
            "finds memories and documents by meaning; without it they are found by their words only"
                .to_owned(),
        ),
        sources: Vec::new(),
        sha256: None,
        verified_by: installed.map(|_| VerifiedBy::Catalog.as_str().to_owned()),
        installed: installed.is_some(),
        recommended: true,
    }
}

#[cfg(test)]
mod tests;
