//! Which models are in memory: loads on demand, unloads the idle, refuses what does not fit.

use crate::config::ResidentConfig;
use crate::library::Library;
use crate::metrics::ModelMetrics;
use council_core::LanguageModel;
use std::sync::Arc;

/// The models of this process: installed ones, run by workers, and others (remote, scripted) as they are given.
pub struct ResidentModels {}

impl ResidentModels {
    /// Takes the library's models and `others`. Starts no worker. Needs a tokio runtime.
    pub fn new(
        _config: ResidentConfig,
        _library: Arc<Library>,
        _others: Vec<Arc<dyn LanguageModel>>,
        _metrics: ModelMetrics,
    ) -> Arc<Self> {
        todo!()
    }

    /// Reads the library again, after a pull or a removal.
    pub fn refresh(&self) {
        todo!()
    }

    /// Ends all workers, each after its running requests or `grace`, whichever is first.
    pub async fn shutdown(&self, _grace: std::time::Duration) {
        todo!()
    }
}
