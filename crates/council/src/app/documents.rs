//! Keeps the documents of watched directories up to date while the server runs.

use crate::config::KnowledgeConfig;
use council_agent::knowledge::watch::Changes;
use council_agent::knowledge::{Knowledge, Outcome, Watch};
use council_core::memory::LOCAL_USER;
use std::collections::HashSet;
use std::path::PathBuf;

/// Looks at the directories again and again. Being dropped ends it; what a document was when that happened is put in
/// order by the next start.
pub(super) async fn keep_up_to_date(knowledge: Knowledge, config: KnowledgeConfig) {
    let mut watch = Watch::new(knowledge, LOCAL_USER, config.watch);
    let mut complained = HashSet::new();
    loop {
        match watch.look().await {
            Ok(changes) => log(&changes, &mut complained),
            Err(error) => tracing::error!("watched directories could not be brought up to date: {error}"),
        }
        tokio::time::sleep(config.watch_interval).await;
    }
}

/// Says what changed; a directory that cannot be looked at is named once.
fn log(changes: &Changes, complained: &mut HashSet<PathBuf>) {
    for file in &changes.report.files {
        let (source, chunks) = (&file.source, file.chunks);
        match &file.outcome {
            Outcome::Added | Outcome::Replaced => {
                tracing::info!(source, chunks, "{source} is remembered in {chunks} parts");
            }
            Outcome::Failed(reason) => {
                tracing::warn!(source, reason, "{source} is not remembered: {reason}");
            }
            Outcome::Unchanged | Outcome::Skipped(_) => {}
        }
    }
    for source in &changes.removed {
        tracing::info!(source, "{source} is gone and forgotten");
    }
    for (directory, reason) in &changes.unreadable {
        if complained.insert(directory.clone()) {
            let shown = directory.display();
            tracing::warn!(
                reason,
                "`{shown}` of `knowledge.watch` cannot be looked at: {reason}"
            );
        }
    }
    complained.retain(|directory| changes.unreadable.iter().any(|(path, _)| path == directory));
}
