//! Which models suit a machine.

use super::{Catalog, CatalogEntry, Role};
use crate::hardware::Hardware;

/// Weights that a processor alone reads fast enough for conversation. Generating one token reads all of them once;
/// one core was measured to stream 24 to 31 GB/s, so 3 GB leave about eight tokens per second.
const INTERACTIVE_CPU_BYTES: u64 = 3_000_000_000;

/// What to install on a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// The model that answers first: small, and to be had without the hub.
    pub default: String,
    /// The second step of the cascade, where memory allows it.
    pub larger: Option<String>,
    /// The strongest model that suits this machine, if the hub can be reached.
    pub with_hub: Option<Fit>,
    /// Every chat model that fits, strongest first.
    pub fits: Vec<Fit>,
}

/// A model and why it fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The catalog name.
    pub name: String,
    /// Why, in words.
    pub reason: String,
}

impl Catalog {
    /// What to install on this machine. `None` for a catalog without chat models.
    pub fn recommend(&self, hardware: &Hardware) -> Option<Recommendation> {
        let free = hardware.available_memory_bytes;
        let chat = || self.entries().iter().filter(|entry| entry.has_role(Role::Chat));
        let everyday = |entry: &&CatalogEntry| !entry.has_role(Role::Larger) && !entry.has_role(Role::Test);
        let default = chat()
            .filter(everyday)
            .find(|entry| entry.min_ram_bytes <= free)
            .or_else(|| chat().min_by_key(|entry| entry.min_ram_bytes))?;
        let larger = chat().find(|entry| entry.has_role(Role::Larger) && entry.min_ram_bytes <= free);

        let mut fitting: Vec<_> = chat().filter(|entry| entry.min_ram_bytes <= free).collect();
        fitting.sort_by_key(|entry| std::cmp::Reverse(entry.parameters));
        let strongest = fitting
            .iter()
            .filter(|entry| !entry.has_role(Role::Test))
            .find(|entry| {
                !hardware.gpus.is_empty()
                    || entry
                        .expected_bytes()
                        .is_some_and(|bytes| bytes <= INTERACTIVE_CPU_BYTES)
            });
        let reason = |entry: &CatalogEntry| {
            format!(
                "asks for {} of free memory, and {} are free",
                gigabytes(entry.min_ram_bytes),
                gigabytes(free)
            )
        };
        let with_hub = strongest.map(|entry| Fit {
            name: entry.name.clone(),
            reason: match hardware.gpus.first() {
                Some(gpu) => format!("{}; {} can speed it up", reason(entry), gpu.name),
                None => format!(
                    "{}; without a graphics processor, models over {} answer slowly",
                    reason(entry),
                    gigabytes(INTERACTIVE_CPU_BYTES)
                ),
            },
        });
        Some(Recommendation {
            default: default.name.clone(),
            larger: larger.map(|entry| entry.name.clone()),
            with_hub,
            fits: fitting
                .into_iter()
                .map(|entry| Fit {
                    name: entry.name.clone(),
                    reason: reason(entry),
                })
                .collect(),
        })
    }
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}
