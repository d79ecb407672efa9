//! Where traces go: from checked values to settings.

use super::layers::Values;
use crate::environment::Environment;

/// Where traces go, and what is in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TelemetryConfig {
    /// The collector, which speaks OTLP over HTTP; `None`: nothing is traced.
    pub endpoint: Option<String>,
    /// Sent with each request to it.
    pub headers: Headers,
    /// Share of the requests that are traced, [0, 1].
    pub sample_ratio: f64,
    /// Whether traces have prompts and answers.
    pub content: bool,
    /// What this server is called in them.
    pub service_name: String,
}

/// Header lines whose values `Debug` does not show: a key of the collector is among them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

pub(super) fn settings(values: &Values, environment: &Environment) -> TelemetryConfig {
    let lines = environment.get(&values.text("telemetry.otlp_headers_env"));
    TelemetryConfig {
        endpoint: values.optional_text("telemetry.otlp_endpoint"),
        headers: headers(lines.unwrap_or_default()),
        sample_ratio: values.decimal("telemetry.sample_ratio"),
        content: values.boolean("telemetry.content"),
        service_name: values.text("telemetry.service_name"),
    }
}

/// `name=value,name=value`, as OpenTelemetry's own variable has it.
fn headers(text: &str) -> Headers {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    Headers(
        pairs
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .filter(|(name, _)| !name.is_empty())
            .collect(),
    )
}
