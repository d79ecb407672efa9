//! Notices models that another process installs or removes, such as `council pull` beside a running server.

use council_models::library::Library;
use council_models::resident::ResidentModels;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How often the directory's time of change is read. A file is renamed into it or removed from it, which changes that
/// time; one `stat` every two seconds costs nothing that could be measured.
const PERIOD: Duration = Duration::from_secs(2);

/// Refreshes the list of models whenever the models directory changes.
pub(super) async fn watch(library: Arc<Library>, resident: Arc<ResidentModels>) {
    let mut last = changed_at(library.dir());
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = changed_at(library.dir());
        if now != last {
            last = now;
            resident.refresh();
        }
    }
}

fn changed_at(dir: &Path) -> Option<SystemTime> {
    std::fs::metadata(dir)
        .and_then(|metadata| metadata.modified())
        .ok()
}
