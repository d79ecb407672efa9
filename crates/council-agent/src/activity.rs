//! Whether turns run: what nobody waits for is done when none does.

use std::sync::Arc;
use tokio::sync::watch;

/// Counts running turns. Clones count together.
#[derive(Clone)]
pub(crate) struct Activity(Arc<watch::Sender<usize>>);

/// A turn that runs until this is dropped.
pub(crate) struct Running(Activity);

impl Default for Activity {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Activity {
    /// A turn begins.
    pub(crate) fn begin(&self) -> Running {
        self.0.send_modify(|running| *running += 1);
        Running(self.clone())
    }

    /// Returns when no turn runs.
    pub(crate) async fn idle(&self) {
        // The sender is ours: it cannot have gone.
        let _ = self.0.subscribe().wait_for(|running| *running == 0).await;
    }

    /// Returns when a turn runs.
    pub(crate) async fn busy(&self) {
        let _ = self.0.subscribe().wait_for(|running| *running > 0).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.send_modify(|running| *running -= 1);
    }
}
