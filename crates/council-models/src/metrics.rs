//! Model metrics.

/// Counters, gauges and histograms of models and workers.
#[derive(Clone)]
pub struct ModelMetrics {}

impl ModelMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub fn register(_registry: &prometheus::Registry) -> Result<Self, prometheus::Error> {
        todo!()
    }
}
