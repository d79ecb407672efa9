//! The sandbox as everybody uses it: programs are checked before they reach it, and what it does is measured.
//!
//! - `checked`: refuses programs that cannot be run, and cleans the source of those that can
//! - `metered`: run time, waiting, failures, pools and sessions as metrics

mod checked;
mod metered;

pub use metered::SandboxMetrics;

use crate::LiveSettings;
use checked::Checked;
use council_core::sandbox::{Limits, Sandbox};
use metered::Metered;
use std::sync::Arc;

/// The sandbox behind its checks and its meter. Programs may ask for `maximum` at most, and `settings` say whether they are
/// run at all.
pub fn guarded(
    sandbox: Arc<dyn Sandbox>,
    maximum: Limits,
    metrics: SandboxMetrics,
    settings: Option<LiveSettings>,
) -> Arc<dyn Sandbox> {
    Arc::new(Metered::new(Checked::new(sandbox, maximum, settings), metrics))
}

#[cfg(test)]
mod tests;
