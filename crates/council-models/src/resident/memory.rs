//! Room for models: what fits, and who has to go.

use super::Installed;
use crate::hardware::Hardware;
use crate::llama::LlamaModel;
use crate::supervisor::{LoadPermit, MemoryGate};
use async_trait::async_trait;
use council_core::{LanguageModel, ModelError};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;

/// Left free for everything else, in bytes.
const RESERVE_BYTES: u64 = 256 << 20;

/// How often the machine's memory is looked at. Looking takes a millisecond.
const PRESSURE_INTERVAL: Duration = Duration::from_secs(5);

/// Lets one model load at a time, after making room for it.
pub(super) struct Gate {
    installed: Arc<RwLock<Vec<Installed>>>,
    turn: Arc<Mutex<()>>,
}

impl Gate {
    pub(super) fn new(installed: Arc<RwLock<Vec<Installed>>>) -> Arc<Self> {
        Arc::new(Self {
            installed,
            turn: Arc::new(Mutex::new(())),
        })
    }

    fn models(&self) -> Vec<Arc<LlamaModel>> {
        let installed = self.installed.read().unwrap_or_else(PoisonError::into_inner);
        installed.iter().map(|known| Arc::clone(&known.model)).collect()
    }

    /// Unloads the model that has been idle longest; false when all that are in memory are busy.
    async fn unload_idlest(&self, except: &str) -> bool {
        let mut resident: Vec<Arc<LlamaModel>> = self
            .models()
            .into_iter()
            .filter(|model| model.info().id != except && model.is_resident())
            .collect();
        resident.sort_by_key(|model| model.supervisor().status().last_used);
        for model in resident {
            if model.supervisor().unload(true).await {
                tracing::info!(
                    model = model.info().id,
                    "unloaded `{}` to make room for `{except}`",
                    model.info().id
                );
                return true;
            }
        }
        false
    }
}

/// Unloads the model that has been idle longest whenever the machine runs short of memory, for as long as the gate
/// lives.
pub(super) fn watch_pressure(gate: &Arc<Gate>) {
    let gate = Arc::downgrade(gate);
    #[expect(clippy::disallowed_methods, reason = "ends with the gate")]
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(PRESSURE_INTERVAL).await;
            let Some(gate) = gate.upgrade() else { return };
            if is_short(&Hardware::detect()) {
                gate.unload_idlest("other programs").await;
            }
        }
    });
}

/// Whether less than a twentieth of the memory can be had.
fn is_short(hardware: &Hardware) -> bool {
    hardware.memory_bytes > 0 && hardware.available_memory_bytes < hardware.memory_bytes / 20
}

#[async_trait]
impl MemoryGate for Gate {
    async fn admit(&self, id: &str) -> Result<LoadPermit, ModelError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let needed_bytes = self
            .models()
            .iter()
            .find(|model| model.info().id == id)
            .map_or(0, |model| model.needed_bytes());
        loop {
            let available = Hardware::detect().available_memory_bytes;
            let free_bytes = available.saturating_sub(RESERVE_BYTES);
            // Zero means that the machine does not tell; then only loading shows.
            if available == 0 || needed_bytes <= free_bytes {
                return Ok(LoadPermit(turn));
            }
            if !self.unload_idlest(id).await {
                return Err(ModelError::DoesNotFit {
                    model: id.to_owned(),
                    needed_bytes,
                    free_bytes,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_short_below_a_twentieth_and_never_where_it_is_unknown() {
        let machine = |memory_bytes, available_memory_bytes| Hardware {
            memory_bytes,
            available_memory_bytes,
            ..Hardware::default()
        };
        assert!(is_short(&machine(1000, 49)));
        assert!(!is_short(&machine(1000, 50)));
        assert!(!is_short(&machine(0, 0)));
    }
}
