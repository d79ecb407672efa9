//! The one gate that everything passes which leaves this machine: whether it may, without what is private, and written
//! down.
//!
//! - [`Gate`]: what all guarded models share
//! - [`GuardedModel`]: a remote model behind it
//! - `answer`: its answer, with placeholders undone
//! - `preview`: what would be sent, for whoever is asked

mod answer;
mod metrics;
mod preview;

pub use metrics::EgressMetrics;

use crate::privacy::Scanner;
use crate::privacy::redact::{self, Inspection};
use crate::privacy::restore::{Form, Placeholders, Restorer};
use crate::settings::{EgressPolicy, LiveSettings};
use answer::{Line, guarded};
use council_core::egress::{HostList, HostPattern, Place};
use council_core::privacy::Outgoing;
use council_core::{
    Clock, EgressId, EgressLog, EventStream, FinishReason, Found, GenerateEvent, GenerateRequest,
    LanguageModel, ModelError, ModelInfo, NewEgress, Origin, OutputFormat, PrivacyAction, PrivacyKind,
};
use futures::{StreamExt, stream};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The port of hosts that are named without one.
const HTTPS: u16 = 443;

/// What all guarded models share. Clones are the same gate.
#[derive(Clone)]
pub struct Gate {
    settings: LiveSettings,
    scanner: Arc<Scanner>,
    log: Arc<dyn EgressLog>,
    clock: Arc<dyn Clock>,
    metrics: EgressMetrics,
    /// Lines that are completed after their answer was dropped.
    tasks: TaskTracker,
}

/// Where a guarded model is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Host name or address, with its port where it is not the usual one.
    pub host: String,
    /// Whether it is this machine's loopback interface.
    pub loopback: bool,
    /// Whether the user counts it as part of this machine: it is sent everything, in local-only mode only on
    /// loopback.
    pub local: bool,
    /// Whether it is known what it charges.
    pub priced: bool,
}

/// A remote model behind the gate.
pub struct GuardedModel {
    inner: Arc<dyn LanguageModel>,
    destination: Destination,
    gate: Gate,
}

impl Gate {
    /// A gate that keeps what `settings` say and writes to `log`.
    pub fn new(
        settings: LiveSettings,
        scanner: Scanner,
        log: Arc<dyn EgressLog>,
        clock: Arc<dyn Clock>,
        metrics: EgressMetrics,
    ) -> Self {
        Self {
            settings,
            scanner: Arc::new(scanner),
            log,
            clock,
            metrics,
            tasks: TaskTracker::new(),
        }
    }

    /// Whether anything may go there as things are set, be it only the question whether it is there.
    pub fn allows(&self, to: &Destination) -> bool {
        allowed(&self.settings.policy(), to).is_ok()
    }

    /// Waits for lines that are still to be completed.
    pub async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl GuardedModel {
    /// `inner`, which is at `destination`, behind `gate`.
    pub fn new(inner: Arc<dyn LanguageModel>, destination: Destination, gate: Gate) -> Arc<Self> {
        gate.metrics.expect(&inner.info().id);
        Arc::new(Self {
            inner,
            destination,
            gate,
        })
    }
}

impl LanguageModel for GuardedModel {
    fn info(&self) -> &ModelInfo {
        self.inner.info()
    }

    fn generate(&self, request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        let call = Call {
            inner: Arc::clone(&self.inner),
            destination: self.destination.clone(),
            gate: self.gate.clone(),
        };
        stream::once(call.start(request, cancel)).flatten().boxed()
    }
}

/// One call of a guarded model.
struct Call {
    inner: Arc<dyn LanguageModel>,
    destination: Destination,
    gate: Gate,
}

/// What was found and replaced.
#[derive(Default)]
struct Checked {
    placeholders: Placeholders,
    redacted: Vec<Found>,
}

impl Call {
    async fn start(self, mut request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        if cancel.is_cancelled() {
            return stream::iter([Ok(GenerateEvent::Finish(FinishReason::Cancelled))]).boxed();
        }
        let refused = |error| stream::iter([Err(error)]).boxed();
        let origin = request.origin.clone();
        // A document of megabytes takes a while to look through.
        let call = Arc::new(self);
        let checking = Arc::clone(&call);
        let checked = tokio::task::spawn_blocking(move || {
            let checked = checking.check(&mut request);
            (checked, request)
        });
        let (checked, mut request) = match checked.await {
            Ok((Ok(checked), request)) => (checked, request),
            Ok((Err(error), _)) => {
                call.note(&error, &origin).await;
                return refused(error);
            }
            Err(error) => return refused(ModelError::Internal(format!("the privacy gate failed: {error}"))),
        };
        let (line, id) = match call.write(&request, checked.redacted).await {
            Ok(written) => written,
            Err(error) => return refused(error),
        };
        // What its requests carry is counted there too.
        request.origin.line = Some(id);
        let form = match request.format {
            OutputFormat::Text | OutputFormat::Grammar(_) => Form::Text,
            OutputFormat::JsonObject | OutputFormat::JsonSchema(_) => Form::Json,
        };
        let restorer = Restorer::new(checked.placeholders, form);
        guarded(call.inner.generate(request, cancel), restorer, line)
    }

    /// Whether it may go, and what it looks like then.
    fn check(&self, request: &mut GenerateRequest) -> Result<Checked, ModelError> {
        let policy = self.gate.settings.policy();
        let model = &self.inner.info().id;
        if let Err((label, reason)) = allowed(&policy, &self.destination) {
            let model = model.clone();
            return Err(ModelError::NotAllowed { model, label, reason });
        }
        if self.destination.local {
            return Ok(Checked::default());
        }
        let actions = &policy.privacy;
        let inspection = Inspection::of(request, &self.gate.scanner);
        for action in PrivacyAction::ALL {
            self.gate
                .metrics
                .found(&inspection.found(actions, action), action);
        }
        let private = |found, outgoing: Option<Outgoing>| {
            Err(ModelError::Private {
                model: model.clone(),
                found,
                outgoing: outgoing.map(Box::new),
            })
        };
        let blocked = inspection.found(actions, PrivacyAction::Block);
        if !blocked.is_empty() {
            return private(blocked, None);
        }
        let asked = inspection.found(actions, PrivacyAction::Ask);
        let agreed = request.origin.consent || self.is_trusted(&policy);
        let placeholders =
            inspection
                .redact(request, actions)
                .map_err(|error| ModelError::InvalidRequest {
                    field: "messages".to_owned(),
                    message: error.to_string(),
                })?;
        if !asked.is_empty() && !agreed {
            let outgoing = preview::of(request, &placeholders, &self.destination.host);
            return private(asked, Some(outgoing));
        }
        let mut redacted = inspection.found(actions, PrivacyAction::Redact);
        // Images go as they are.
        redacted.extend(asked.into_iter().filter(|found| found.kind != PrivacyKind::Image));
        redacted.sort_by_key(|found| found.kind);
        Ok(Checked {
            placeholders,
            redacted,
        })
    }

    /// Whether the user agreed once and for all to what goes there.
    fn is_trusted(&self, policy: &EgressPolicy) -> bool {
        let Some(HostPattern::Host { host, port }) = HostPattern::parse(&self.destination.host) else {
            return false;
        };
        let place = Place::new(&host, port.unwrap_or(HTTPS));
        let HostList(hosts) = &policy.consent_hosts;
        hosts.iter().any(|pattern| pattern.reach(&place).is_some())
    }

    /// Writes the line; where it cannot be written, nothing goes.
    async fn write(
        &self,
        request: &GenerateRequest,
        redacted: Vec<Found>,
    ) -> Result<(Line, EgressId), ModelError> {
        let model = self.inner.info().id.clone();
        let sent_bytes = redact::bytes(request);
        let call = NewEgress {
            sent_bytes,
            redacted,
            ..self.line(&request.origin)
        };
        let id = self.gate.log.begin(call).await.map_err(|error| {
            ModelError::Internal(format!(
                "`{model}` was not asked, because what is sent could not be written down: {error}"
            ))
        })?;
        self.gate.metrics.sent(&model, sent_bytes);
        Ok((Line::new(id, model, self.gate.clone()), id))
    }

    /// Counts and writes down that it was not let out. That it could not be written changes nothing.
    async fn note(&self, refused: &ModelError, origin: &Origin) {
        let label = match refused {
            ModelError::NotAllowed { label, .. } => label,
            ModelError::Private { outgoing: None, .. } => "private",
            ModelError::Private {
                outgoing: Some(_), ..
            } => "consent",
            // A fault of the request, not of where it was to go.
            _ => return,
        };
        let log = &self.gate.log;
        self.gate.metrics.refused(&self.inner.info().id, label);
        let written = match log.begin(self.line(origin)).await {
            Ok(id) => log.refuse(id, label).await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            let model = &self.inner.info().id;
            tracing::warn!(%error, "that `{model}` was not asked could not be written down: {error}");
        }
    }

    /// The line of a call with nothing in it.
    fn line(&self, origin: &Origin) -> NewEgress {
        NewEgress {
            started_at: self.gate.clock.now(),
            request_id: origin.request_id.clone(),
            model: self.inner.info().id.clone(),
            host: self.destination.host.clone(),
            purpose: origin.purpose.clone(),
            sent_bytes: 0,
            redacted: Vec::new(),
        }
    }
}

/// Why a model may not be asked, in a word and in full.
fn allowed(policy: &EgressPolicy, to: &Destination) -> Result<(), (&'static str, String)> {
    let host = &to.host;
    let refused = |label, reason| Err((label, reason));
    if policy.local_only && !(to.local && to.loopback) {
        let reason = format!(
            "it is at {host}, and local-only mode is on; choose a local model, or turn it off with \
             `POST /admin/local-only/false`"
        );
        return refused("local_only", reason);
    }
    if to.local || to.loopback {
        return Ok(());
    }
    if !policy.cloud_enabled {
        let reason = format!(
            "it is at {host}, and models on other machines are off; choose a local model, or turn them on with \
             `POST /admin/cloud/true` or `cloud.enabled = true`"
        );
        return refused("cloud_off", reason);
    }
    if !to.priced {
        let reason = "it is not known what it charges; set `input_usd_per_million` and `output_usd_per_million` in its \
                      [[remote]] section"
            .to_owned();
        return refused("no_price", reason);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
