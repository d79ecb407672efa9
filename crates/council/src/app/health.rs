//! Health checks that only the composition root can make: room for the database and for models.

use async_trait::async_trait;
use council_models::hardware::Disk;
use council_server::{CheckStatus, HealthCheck, HealthChecks};
use serde_json::{Map, json};
use std::path::PathBuf;

/// Below this the database may soon be refused a write.
const FEW_BYTES: u64 = 1 << 30;
/// Below this nothing can be stored.
const NO_BYTES: u64 = 16 << 20;

/// Watches the disk under the data directory.
#[derive(Debug)]
pub struct DiskHealth {
    /// The data directory.
    pub data_dir: PathBuf,
}

#[async_trait]
impl HealthChecks for DiskHealth {
    async fn check(&self) -> Vec<HealthCheck> {
        // One system call; cheaper than a hop to another thread.
        vec![disk(
            &self.data_dir.display().to_string(),
            Disk::of(&self.data_dir).map(|disk| disk.free_bytes),
        )]
    }
}

fn disk(dir: &str, free_bytes: Option<u64>) -> HealthCheck {
    let mut values = Map::new();
    values.insert("free_bytes".to_owned(), json!(free_bytes));
    let (status, message) = match free_bytes {
        None => (
            CheckStatus::Warning,
            format!("cannot tell how much room `{dir}` has"),
        ),
        Some(free) if free < NO_BYTES => (
            CheckStatus::Failed,
            format!(
                "the disk of `{dir}` is full: {} MiB are free; free some",
                free >> 20
            ),
        ),
        Some(free) if free < FEW_BYTES => (
            CheckStatus::Warning,
            format!("the disk of `{dir}` is nearly full: {} MiB are free", free >> 20),
        ),
        Some(free) => (
            CheckStatus::Ok,
            format!("{} MiB are free for `{dir}`", free >> 20),
        ),
    };
    HealthCheck {
        name: "disk",
        status,
        message,
        values,
    }
}

#[cfg(test)]
mod tests;
