//! Traces of requests, for a collector that speaks OTLP over HTTP; off unless `telemetry.otlp_endpoint` is set.
//!
//! The spans are made where the stages are, with `tracing`, under a target of their own ([`council_core::TRACE`]); here they become
//! OpenTelemetry's. A request that brings a W3C `traceparent` goes on with that trace.
//!
//! - `export`: the way to the collector, and who may close it
//! - [`models`]: a span around each call of a model

mod export;
pub mod models;

use crate::config::TelemetryConfig;
use crate::log::SpanLayer;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use council_agent::LiveSettings;
use council_models::egress::EgressGate;
use export::Way;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{FutureExt as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;

/// Traces that are sent.
pub struct Telemetry {
    provider: SdkTracerProvider,
    way: Way,
}

impl Telemetry {
    /// Ready to send; `None` where no collector is named. Nothing is sent before [`obey`](Self::obey). Needs a tokio runtime.
    ///
    /// # Errors
    /// When the collector's address is none, or no client can be made.
    pub fn open(config: &TelemetryConfig) -> Result<Option<Self>, String> {
        let Some(endpoint) = &config.endpoint else {
            return Ok(None);
        };
        let way = Way::to(endpoint);
        let exporter = export::exporter(config, endpoint, way.clone())?;
        let resource = Resource::builder_empty()
            .with_service_name(config.service_name.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            // What began elsewhere is traced as it was decided there.
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(
                config.sample_ratio,
            ))))
            .with_resource(resource)
            .build();
        Ok(Some(Self { provider, way }))
    }

    /// Makes traces of spans.
    pub fn layer(&self) -> SpanLayer {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("council"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|about| {
                about.is_span() && about.target() == council_core::TRACE
            }))
            .boxed()
    }

    /// Sends from now on through this gate, as far as these settings let it, and counts what it sends.
    ///
    /// # Errors
    /// When the registry has a metric of that name.
    pub fn obey(
        &self,
        network: &EgressGate,
        settings: LiveSettings,
        registry: &prometheus::Registry,
    ) -> Result<(), prometheus::Error> {
        self.way.open(network, settings, registry)
    }

    /// Sends what has ended, and nothing after it.
    pub async fn close(self) {
        // It waits for its own thread, which waits for this runtime to carry what is sent.
        let closed = tokio::task::spawn_blocking(move || self.provider.shutdown()).await;
        match closed {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!("the last traces could not be sent: {error}"),
            Err(error) => tracing::warn!("the last traces could not be sent: {error}"),
        }
    }
}

/// Goes on with the trace that a request names in its `traceparent`.
pub async fn continue_trace(request: Request, next: Next) -> Response {
    let elsewhere = HeaderExtractor(request.headers());
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &elsewhere);
    next.run(request).with_context(context).await
}
