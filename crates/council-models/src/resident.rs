//! Which models are in memory: loads on demand, unloads the idle, refuses what does not fit.

mod memory;

use crate::config::ResidentConfig;
use crate::hardware::Hardware;
use crate::library::{BrokenModel, InstalledModel, Library, Projector};
use crate::llama::{LlamaModel, resolve};
use crate::metrics::ModelMetrics;
use crate::supervisor::SupervisorConfig;
use async_trait::async_trait;
use council_core::{LanguageModel, ModelActivity, ModelError, ModelEvent, ModelState, ModelStatus, Models};
use futures::StreamExt;
use futures::stream::BoxStream;
use memory::Gate;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// State changes that a slow listener may miss before the oldest are dropped for it.
const EVENTS_KEPT: usize = 256;
/// Requests that wait for one model unless configured.
const DEFAULT_QUEUE: u32 = 64;

/// The models of this process: installed ones, run by workers, and others (remote, scripted) as they are given.
pub struct ResidentModels {
    config: ResidentConfig,
    library: Arc<Library>,
    others: Vec<Arc<dyn LanguageModel>>,
    metrics: ModelMetrics,
    hardware: Hardware,
    installed: Arc<RwLock<Vec<Installed>>>,
    /// Files that cannot be used, as the last look at the library found them.
    broken: Mutex<Vec<BrokenModel>>,
    gate: Arc<Gate>,
    events: broadcast::Sender<ModelEvent>,
    /// What was chosen since, in place of the configured default.
    chosen: OnceLock<Chosen>,
}

/// The model that is to answer requests that name none, now.
type Chosen = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// An installed model and the file that it was started from.
#[derive(Clone)]
struct Installed {
    model: Arc<LlamaModel>,
    path: PathBuf,
    size_bytes: u64,
    projector: Option<Projector>,
}

impl ResidentModels {
    /// Takes the library's models and `others`. Starts no worker. Needs a tokio runtime.
    pub fn new(
        config: ResidentConfig,
        library: Arc<Library>,
        others: Vec<Arc<dyn LanguageModel>>,
        metrics: ModelMetrics,
    ) -> Arc<Self> {
        let installed = Arc::new(RwLock::new(Vec::new()));
        let models = Arc::new(Self {
            gate: Gate::new(Arc::clone(&installed)),
            config,
            library,
            others,
            metrics,
            hardware: Hardware::detect(),
            installed,
            broken: Mutex::default(),
            events: broadcast::channel(EVENTS_KEPT).0,
            chosen: OnceLock::new(),
        });
        models.refresh();
        memory::watch_pressure(&models.gate);
        models
    }

    /// Reads the library again, after a pull or a removal. Models whose file or projector is gone or new give up their worker.
    /// Files that cannot be used are named in the log when they are first seen.
    pub fn refresh(&self) {
        self.note_broken();
        let listed = self.library.list();
        let mut installed = self.installed.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::take(&mut *installed);
        *installed = listed
            .iter()
            .map(|file| {
                let same = |known: &&Installed| {
                    known.model.info().id == file.id
                        && known.path == file.path
                        && known.size_bytes == file.size_bytes
                        && known.projector == file.projector
                };
                old.iter()
                    .find(same)
                    .cloned()
                    .unwrap_or_else(|| self.install(file))
            })
            .collect();
    }

    fn note_broken(&self) {
        let found = self.library.broken();
        let mut known = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        for file in found.iter().filter(|file| !known.contains(file)) {
            tracing::warn!("{} cannot be used: {}", file.path.display(), file.reason);
        }
        *known = found;
    }

    fn install(&self, file: &InstalledModel) -> Installed {
        let id = file.id.clone();
        let own = |list: &[(String, crate::config::EngineConfig)]| {
            list.iter()
                .find(|(name, _)| *name == id)
                .map(|(_, engine)| engine.clone())
        };
        let engine = own(&self.config.engine_by_model).unwrap_or_else(|| self.config.engine.clone());
        let keep_alive = self
            .config
            .keep_alive_by_model
            .iter()
            .find(|(name, _)| *name == id)
            .map_or(self.config.keep_alive, |(_, keep_alive)| *keep_alive);
        let events = self.events.clone();
        let name = id.clone();
        let supervisor = SupervisorConfig {
            path: file.path.clone(),
            projector: file.projector.as_ref().map(|projector| projector.path.clone()),
            queue_limit: engine.queue_limit.unwrap_or(DEFAULT_QUEUE) as usize,
            engine: resolve(&engine, file, &self.hardware),
            worker: self.config.worker.clone(),
            keep_alive,
            memory: Arc::clone(&self.gate) as _,
            metrics: self.metrics.worker(&id),
            on_state: Box::new(move |state| {
                // Nobody listening is fine.
                let _ = events.send(ModelEvent {
                    id: name.clone(),
                    state: state.clone(),
                });
            }),
            id,
        };
        let model = Arc::new(LlamaModel::start(file, supervisor));
        Installed {
            model,
            path: file.path.clone(),
            size_bytes: file.size_bytes,
            projector: file.projector.clone(),
        }
    }

    /// From now on whoever `chosen` names answers requests that name none; the first call counts.
    pub fn follow_default(&self, chosen: impl Fn() -> Option<String> + Send + Sync + 'static) {
        // Whoever follows a second time would take the default out of the hands of the first.
        let _ = self.chosen.set(Box::new(chosen));
    }

    /// Ends all workers, each after its running requests or `grace`, whichever is first.
    pub async fn shutdown(&self, grace: Duration) {
        let models = self.installed();
        let ends = models.iter().map(|model| model.supervisor().shutdown(grace));
        futures::future::join_all(ends).await;
    }

    /// The process id of each worker that runs, by model id.
    pub fn worker_processes(&self) -> Vec<(String, u32)> {
        let running = |model: Arc<LlamaModel>| {
            let process_id = model.supervisor().status().process_id?;
            Some((model.info().id.clone(), process_id))
        };
        self.installed().into_iter().filter_map(running).collect()
    }

    fn installed(&self) -> Vec<Arc<LlamaModel>> {
        let installed = self.installed.read().unwrap_or_else(PoisonError::into_inner);
        installed.iter().map(|known| Arc::clone(&known.model)).collect()
    }

    fn find(&self, id: &str) -> Option<Arc<LlamaModel>> {
        self.installed().into_iter().find(|model| model.info().id == id)
    }

    /// The model that answers requests that name none: the one that was chosen, else the configured one, else the first that there is.
    fn default_id(&self) -> Option<String> {
        let chosen = self.chosen.get().and_then(|chosen| chosen());
        if let Some(id) = chosen.or_else(|| self.config.default_model.clone()) {
            return Some(id);
        }
        let installed = self.installed();
        let chat = installed
            .iter()
            .find(|model| model.info().chat)
            .or(installed.first());
        let local = chat.map(|model| model.info().id.clone());
        local.or_else(|| self.others.first().map(|model| model.info().id.clone()))
    }

    fn not_found(&self, id: &str) -> ModelError {
        let mut known: Vec<String> = self.list().into_iter().map(|status| status.info.id).collect();
        known.sort();
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        let hint = if let Some(file) = broken.iter().find(|file| file.id == id) {
            format!("{} cannot be used: {}", file.path.display(), file.reason)
        } else if known.is_empty() {
            format!("install it with `council pull {id}`")
        } else {
            format!(
                "choose one of {}, or install it with `council pull {id}`",
                known.join(", ")
            )
        };
        ModelError::NotFound {
            id: id.to_owned(),
            hint,
        }
    }
}

#[async_trait]
impl Models for ResidentModels {
    fn list(&self) -> Vec<ModelStatus> {
        let default = self.default_id();
        let is_default = |id: &str| default.as_deref() == Some(id);
        let local = self
            .installed()
            .into_iter()
            .map(|model| model.status(is_default(&model.info().id)));
        let others = self.others.iter().map(|model| ModelStatus {
            info: model.info().clone(),
            state: ModelState::Ready,
            activity: ModelActivity::default(),
            default: is_default(&model.info().id),
        });
        local.chain(others).collect()
    }

    fn get(&self, id: Option<&str>) -> Result<Arc<dyn LanguageModel>, ModelError> {
        let default = self.default_id();
        let Some(id) = id.or(default.as_deref()) else {
            return Err(ModelError::NotReady {
                message: "no model is installed; run `council pull` to get the default one".to_owned(),
                retry_after: Duration::from_mins(1),
            });
        };
        if let Some(model) = self.find(id) {
            return Ok(model);
        }
        let other = self.others.iter().find(|model| model.info().id == id);
        other.cloned().ok_or_else(|| self.not_found(id))
    }

    async fn load(&self, id: &str) -> Result<(), ModelError> {
        match self.find(id) {
            Some(model) => model.supervisor().load().await,
            None => self.get(Some(id)).map(|_| ()),
        }
    }

    async fn unload(&self, id: &str) -> Result<(), ModelError> {
        match self.find(id) {
            Some(model) => {
                model.supervisor().unload(false).await;
                Ok(())
            }
            None => self.get(Some(id)).map(|_| ()),
        }
    }

    fn events(&self) -> BoxStream<'static, ModelEvent> {
        // A listener that is too slow misses the oldest changes; the next one tells it where things stand.
        BroadcastStream::new(self.events.subscribe())
            .filter_map(|event| async { event.ok() })
            .boxed()
    }
}
