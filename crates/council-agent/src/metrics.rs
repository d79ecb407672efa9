//! Turn metrics.

/// Counters and histograms of turns.
#[derive(Clone)]
pub struct TurnMetrics {}

impl TurnMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub fn register(_registry: &prometheus::Registry) -> Result<Self, prometheus::Error> {
        todo!()
    }
}
