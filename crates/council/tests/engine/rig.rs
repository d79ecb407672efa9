//! Starts models the way the product does, with this product's own binary as the worker.

use council_core::{LanguageModel, Models};
use council_models::catalog::Catalog;
use council_models::config::{EngineConfig, ResidentConfig, WorkerCommand};
use council_models::gguf::writer::{TinyArchitecture, TinyModel, write_tiny_model};
use council_models::library::Library;
use council_models::metrics::ModelMetrics;
use council_models::resident::ResidentModels;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// The small model that every test machine has (`make test` pulls it).
pub(crate) const SMOLLM: &str = "smollm2-135m-instruct";

/// A models directory of its own and the models in it.
pub(crate) struct Rig {
    pub(crate) models: Arc<ResidentModels>,
    pub(crate) dir: TempDir,
    pub(crate) metrics: prometheus::Registry,
    id: String,
}

impl Rig {
    /// The model under test.
    pub(crate) fn model(&self) -> Arc<dyn LanguageModel> {
        self.models.get(Some(&self.id)).unwrap()
    }

    /// The process id of the running worker.
    pub(crate) fn worker(&self) -> u32 {
        self.worker_if_any().expect("a worker runs")
    }

    /// The process id of the worker, if one runs.
    pub(crate) fn worker_if_any(&self) -> Option<u32> {
        self.models
            .worker_processes()
            .into_iter()
            .find(|(id, _)| *id == self.id)
            .map(|(_, pid)| pid)
    }
}

/// Whether a process with this id exists.
pub(crate) fn exists(process_id: u32) -> bool {
    Path::new(&format!("/proc/{process_id}")).exists()
}

/// The real small model with default settings.
pub(crate) fn smollm() -> Rig {
    smollm_with(EngineConfig::default())
}

/// The real small model with these settings.
pub(crate) fn smollm_with(engine: EngineConfig) -> Rig {
    let source = super::models_dir().join(format!("{SMOLLM}.gguf"));
    assert!(
        source.exists(),
        "`{}` is missing; `council pull {SMOLLM}` gets it",
        source.display()
    );
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(source, dir.path().join(format!("{SMOLLM}.gguf"))).unwrap();
    rig(dir, SMOLLM, engine, |_| {})
}

/// A tiny model with random weights.
pub(crate) fn tiny(architecture: TinyArchitecture) -> Rig {
    let dir = tempfile::tempdir().unwrap();
    let model = TinyModel {
        architecture,
        ..TinyModel::default()
    };
    write_tiny_model(&dir.path().join("tiny.gguf"), &model).unwrap();
    rig(dir, "tiny", EngineConfig::default(), |_| {})
}

/// A models directory with what `fill` puts there.
pub(crate) fn directory(id: &str, fill: impl FnOnce(&Path)) -> Rig {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    rig(dir, id, EngineConfig::default(), |_| {})
}

/// Models in `dir`, with last changes to the configuration.
pub(crate) fn rig(
    dir: TempDir,
    id: &str,
    engine: EngineConfig,
    change: impl FnOnce(&mut ResidentConfig),
) -> Rig {
    let library = Arc::new(Library::open(dir.path().to_owned(), Catalog::builtin().unwrap()).unwrap());
    let mut config = ResidentConfig {
        default_model: Some(id.to_owned()),
        keep_alive: None,
        keep_alive_by_model: Vec::new(),
        engine,
        engine_by_model: Vec::new(),
        worker: WorkerCommand {
            program: PathBuf::from(env!("CARGO_BIN_EXE_council")),
            args: vec!["engine".to_owned()],
            environment: Vec::new(),
        },
    };
    change(&mut config);
    let metrics = prometheus::Registry::new();
    let registered = ModelMetrics::register(&metrics).unwrap();
    let models = ResidentModels::new(config, library, Vec::new(), registered);
    Rig {
        models,
        dir,
        metrics,
        id: id.to_owned(),
    }
}
