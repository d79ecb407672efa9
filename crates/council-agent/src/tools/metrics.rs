//! Tool metrics.

use crate::metrics::{appear, histogram, registered};
use council_core::{ToolError, ToolOutput};
use prometheus::{HistogramVec, IntCounterVec, Opts, Registry};
use tokio::time::Instant;

/// Label of calls of tools that are not there: a model can invent any number of names.
const UNKNOWN: &str = "unknown";

/// Counters and histograms of tool calls. Clones count together.
#[derive(Clone)]
pub struct ToolMetrics {
    calls: IntCounterVec,
    seconds: HistogramVec,
}

impl ToolMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let calls = Opts::new(
            "council_tool_calls_total",
            "Calls of Council's own tools, whether a model or a client made them, by tool and outcome: `ok`, `invalid` \
             (arguments), `failed`, `cancelled` (nobody waited), or `unknown`: then the tool is `unknown` too.",
        );
        Ok(Self {
            calls: registered(registry, IntCounterVec::new(calls, &["tool", "outcome"])?)?,
            seconds: histogram(
                registry,
                "council_tool_seconds",
                "Time from the call of a tool to its end, whatever the outcome.",
                "tool",
                &[
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
                ],
            )?,
        })
    }

    /// Makes the series of a tool, so that each is there before its first call.
    pub(super) fn expect(&self, tool: &str) {
        appear(&self.calls, &[&[tool], &["ok", "invalid", "failed", "cancelled"]]);
        appear(&self.calls, &[&[UNKNOWN], &[UNKNOWN]]);
        appear(&self.seconds, &[&[tool]]);
    }

    /// Counts a call from now until the timer is dropped.
    pub(super) fn begin(&self, tool: &str) -> CallTimer {
        CallTimer {
            metrics: self.clone(),
            tool: tool.to_owned(),
            began: Instant::now(),
            outcome: "cancelled",
        }
    }

    /// Somebody called a tool that is not there.
    pub(super) fn unknown(&self) {
        self.calls.with_label_values(&[UNKNOWN, UNKNOWN]).inc();
    }
}

/// Counts one call when it is dropped, so that one that nobody waited for counts too.
pub(super) struct CallTimer {
    metrics: ToolMetrics,
    tool: String,
    began: Instant,
    outcome: &'static str,
}

impl CallTimer {
    /// Notes how the call ended.
    pub(super) fn ended(&mut self, called: &Result<ToolOutput, ToolError>) {
        self.outcome = match called {
            Ok(_) => "ok",
            Err(ToolError::InvalidArgument { .. }) => "invalid",
            Err(ToolError::Cancelled) => "cancelled",
            Err(ToolError::Unknown { .. }) => UNKNOWN,
            Err(ToolError::Model(_) | ToolError::Store(_) | ToolError::Failed(_)) => "failed",
        };
    }
}

impl Drop for CallTimer {
    fn drop(&mut self) {
        let Self { metrics, tool, .. } = self;
        metrics.calls.with_label_values(&[tool, self.outcome]).inc();
        let seconds = self.began.elapsed().as_secs_f64();
        metrics.seconds.with_label_values(&[tool]).observe(seconds);
    }
}
