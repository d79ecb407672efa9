//! The way to the collector, through the gate to the network. It is closed until that is there, and while local-only mode is on,
//! unless the collector is on this machine.

use crate::config::TelemetryConfig;
use async_trait::async_trait;
use council_agent::LiveSettings;
use council_core::Origin;
use council_core::egress::{Purpose, Standing};
use council_models::egress::{self, EgressGate, HttpClient as GateClient};
use council_models::remote;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request};
use opentelemetry_otlp::{Protocol, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use prometheus::{IntCounterVec, Opts, Registry};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::Handle;

/// Longest wait for the collector.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Largest answer of a collector that is read, in bytes.
const LARGEST_ANSWER: usize = 1 << 20;

/// Whether spans may go. Clones are the same way.
#[derive(Clone)]
pub(super) struct Way(Arc<Inner>);

struct Inner {
    /// Whether the collector is on this machine's loopback interface.
    loopback: bool,
    endpoint: String,
    rules: OnceLock<Rules>,
}

struct Rules {
    client: GateClient,
    settings: LiveSettings,
    spans: IntCounterVec,
}

impl Way {
    /// To this collector; closed.
    pub(super) fn to(endpoint: &str) -> Self {
        Self(Arc::new(Inner {
            loopback: remote::is_loopback(endpoint),
            endpoint: endpoint.to_owned(),
            rules: OnceLock::new(),
        }))
    }

    /// Opens it through this gate, as far as the settings let it.
    pub(super) fn open(
        &self,
        network: &EgressGate,
        settings: LiveSettings,
        registry: &Registry,
    ) -> Result<(), prometheus::Error> {
        let standing = if self.0.loopback {
            Standing::Local
        } else {
            Standing::Foreign
        };
        let bound = egress::bound_to(Purpose::Telemetry, &self.0.endpoint, standing);
        let client = network
            .client(bound, TIMEOUT)
            .map_err(|error| prometheus::Error::Msg(error.to_string()))?;
        let spans = IntCounterVec::new(
            Opts::new(
                "council_telemetry_spans_total",
                "Spans of traces, by what became of them: `sent`, `failed` (the collector did not take them), `refused` \
                 (local-only mode). There only where a collector is configured.",
            ),
            &["result"],
        )?;
        registry.register(Box::new(spans.clone()))?;
        for result in ["sent", "failed", "refused"] {
            let _ = spans.with_label_values(&[result]);
        }
        // A second time nothing changes: it is opened once, by who made the settings.
        let _ = self.0.rules.set(Rules {
            client,
            settings,
            spans,
        });
        Ok(())
    }

    fn is_open(&self) -> bool {
        let rules = self.0.rules.get();
        rules.is_some_and(|rules| self.0.loopback || !rules.settings.policy().local_only)
    }

    fn count(&self, result: &str, spans: usize) {
        if let Some(rules) = self.0.rules.get() {
            rules.spans.with_label_values(&[result]).inc_by(spans as u64);
        }
    }
}

/// Sends spans on that way.
#[derive(Debug)]
pub(super) struct Exporter {
    inner: opentelemetry_otlp::SpanExporter,
    way: Way,
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way")
            .field("loopback", &self.0.loopback)
            .finish_non_exhaustive()
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        if !self.way.is_open() {
            self.way.count("refused", spans);
            return Ok(());
        }
        let result = self.inner.export(batch).await;
        let outcome = if result.is_ok() { "sent" } else { "failed" };
        self.way.count(outcome, spans);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

/// An exporter to `endpoint` on this way.
pub(super) fn exporter(config: &TelemetryConfig, endpoint: &str, way: Way) -> Result<Exporter, String> {
    let path = "/v1/traces";
    let endpoint = endpoint.trim_end_matches('/');
    // What OTLP's specification does with an address that is not of traces alone.
    let url = if endpoint.ends_with(path) {
        endpoint.to_owned()
    } else {
        format!("{endpoint}{path}")
    };
    let inner = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(Carrier {
            way: way.clone(),
            runtime: Handle::current(),
        })
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(url)
        .with_timeout(TIMEOUT)
        .with_headers(config.headers.0.iter().cloned().collect())
        .build()
        .map_err(|error| format!("`telemetry.otlp_endpoint` cannot be used: {error}"))?;
    Ok(Exporter { inner, way })
}

/// Carries requests from the exporter's own thread, which has no runtime, over this one.
#[derive(Debug)]
struct Carrier {
    way: Way,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Carrier {
    async fn send_bytes(
        &self,
        request: Request<Bytes>,
    ) -> Result<opentelemetry_http::Response<Bytes>, HttpError> {
        let rules = self
            .way
            .0
            .rules
            .get()
            .ok_or("there is no way to the collector yet")?;
        let client = rules.client.clone();
        let sent = self.runtime.spawn(async move {
            tokio::time::timeout(TIMEOUT, send(&client, request))
                .await
                .map_err(|_| "the collector did not answer in time")?
        });
        sent.await?
    }
}

async fn send(
    client: &GateClient,
    request: Request<Bytes>,
) -> Result<opentelemetry_http::Response<Bytes>, HttpError> {
    let request = reqwest::Request::try_from(request)?;
    let mut answer = client.send(request, &Origin::default()).await?;
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        let piece = piece.as_ref();
        if body.len() + piece.len() > LARGEST_ANSWER {
            return Err("the collector's answer is too long".into());
        }
        body.extend_from_slice(piece);
    }
    let mut response = opentelemetry_http::Response::new(Bytes::from(body));
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}
