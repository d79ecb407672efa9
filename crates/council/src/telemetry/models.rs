//! A span around each call of a model, with the attributes of OpenTelemetry's conventions for generative models
//! (<https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/>). Prompts and answers are in it only where the configuration
//! says so.

use async_trait::async_trait;
use council_core::{
    EventStream, FinishReason, GenerateEvent, GenerateRequest, Input, LanguageModel, Locality, ModelError,
    ModelEvent, ModelInfo, ModelStatus, Models, Role, TRACE,
};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _};
use opentelemetry::trace::{Status, TraceContextExt as _};
use opentelemetry::{Array, StringValue, Value};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio_util::sync::CancellationToken;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Models whose calls are traced.
pub struct TracedModels {
    inner: Arc<dyn Models>,
    content: bool,
}

impl TracedModels {
    /// `inner`, with prompts and answers where `content` says so.
    pub fn new(inner: Arc<dyn Models>, content: bool) -> Arc<Self> {
        Arc::new(Self { inner, content })
    }
}

#[async_trait]
impl Models for TracedModels {
    fn list(&self) -> Vec<ModelStatus> {
        self.inner.list()
    }

    fn get(&self, id: Option<&str>) -> Result<Arc<dyn LanguageModel>, ModelError> {
        let inner = self.inner.get(id)?;
        Ok(Arc::new(TracedModel {
            inner,
            content: self.content,
        }))
    }

    async fn load(&self, id: &str) -> Result<(), ModelError> {
        self.inner.load(id).await
    }

    async fn unload(&self, id: &str) -> Result<(), ModelError> {
        self.inner.unload(id).await
    }

    fn events(&self) -> BoxStream<'static, ModelEvent> {
        self.inner.events()
    }
}

/// A model whose calls are traced.
struct TracedModel {
    inner: Arc<dyn LanguageModel>,
    content: bool,
}

impl LanguageModel for TracedModel {
    fn info(&self) -> &ModelInfo {
        self.inner.info()
    }

    fn generate(&self, mut request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        let span = span(self.inner.info(), &request);
        if self.content {
            span.set_attribute("gen_ai.input.messages", input(&request.input));
        }
        request.origin.traceparent = traceparent(&span);
        let events = span.in_scope(|| self.inner.generate(request, cancel));
        Call {
            events,
            span,
            answer: self.content.then(String::new),
        }
        .boxed()
    }
}

/// The span of one call, as far as it is known before it.
fn span(model: &ModelInfo, request: &GenerateRequest) -> Span {
    let operation = match request.input {
        Input::Chat { .. } => "chat",
        Input::Text(_) => "text_completion",
    };
    let name = format!("{operation} {}", model.id);
    let span = tracing::info_span!(
        target: TRACE,
        "chat",
        otel.name = name,
        otel.kind = "client",
        gen_ai.operation.name = operation,
        gen_ai.provider.name = model.provider,
        gen_ai.request.model = model.id,
    );
    let sampling = &request.sampling;
    span.set_attribute("gen_ai.request.temperature", f64::from(sampling.temperature));
    span.set_attribute("gen_ai.request.top_p", f64::from(sampling.top_p));
    if let Some(most) = request.max_tokens {
        span.set_attribute("gen_ai.request.max_tokens", i64::from(most));
    }
    if let Some(seed) = sampling.seed {
        span.set_attribute("gen_ai.request.seed", seed as i64);
    }
    span.set_attribute("council.purpose", request.origin.purpose.clone());
    span.set_attribute("council.request_id", request.origin.request_id.clone());
    span.set_attribute("council.remote", model.locality == Locality::Remote);
    span
}

/// The span as the W3C's `traceparent` names it (<https://www.w3.org/TR/trace-context/>); empty where nothing is traced.
fn traceparent(span: &Span) -> String {
    let context = span.context();
    let span = context.span();
    let named = span.span_context();
    if !named.is_valid() {
        return String::new();
    }
    let flags = named.trace_flags().to_u8();
    format!("00-{}-{}-{flags:02x}", named.trace_id(), named.span_id())
}

/// Messages in the form of the conventions.
fn input(input: &Input) -> String {
    let message = |role: &str, text: String| serde_json::json!({"role": role, "parts": [{"type": "text", "content": text}]});
    let messages: Vec<serde_json::Value> = match input {
        Input::Text(text) => vec![message("user", text.clone())],
        Input::Chat { messages, .. } => messages
            .iter()
            .map(|one| message(role(one.role), one.joined_text()))
            .collect(),
    };
    serde_json::Value::Array(messages).to_string()
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}

/// One call. Its span ends with it, whether it is read to its end or dropped.
struct Call {
    events: EventStream,
    span: Span,
    /// What was said; `None` where that is nobody's business.
    answer: Option<String>,
}

impl Call {
    fn note(&mut self, event: &Result<GenerateEvent, ModelError>) {
        match event {
            Ok(GenerateEvent::Text { text, .. }) => {
                if let Some(answer) = &mut self.answer {
                    answer.push_str(text);
                }
            }
            Ok(GenerateEvent::ToolCall(_)) => {}
            Ok(GenerateEvent::Usage(usage)) => {
                let tokens = [
                    ("gen_ai.usage.input_tokens", usage.input_tokens),
                    ("gen_ai.usage.cache_read.input_tokens", usage.cached_tokens),
                    ("gen_ai.usage.output_tokens", usage.output_tokens),
                ];
                for (name, count) in tokens {
                    self.span.set_attribute(name, i64::from(count));
                }
            }
            Ok(GenerateEvent::Finish(reason)) => self.finished(*reason),
            Err(error) => {
                self.span.set_attribute("error.type", kind(error));
                // The words of an error may have those of a request.
                self.span.set_status(Status::error(kind(error)));
            }
        }
    }

    fn finished(&mut self, reason: FinishReason) {
        let reason = match reason {
            FinishReason::Stop => "stop",
            FinishReason::Length => "length",
            FinishReason::ToolCalls => "tool_calls",
            FinishReason::Cancelled => "cancelled",
        };
        let reasons = Value::Array(Array::String(vec![StringValue::from(reason)]));
        self.span.set_attribute("gen_ai.response.finish_reasons", reasons);
        if let Some(answer) = self.answer.take() {
            let said = serde_json::json!([{
                "role": "assistant",
                "parts": [{"type": "text", "content": answer}],
                "finish_reason": reason,
            }]);
            self.span
                .set_attribute("gen_ai.output.messages", said.to_string());
        }
    }
}

impl Stream for Call {
    type Item = Result<GenerateEvent, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let span = self.span.clone();
        let _entered = span.enter();
        let event = futures::ready!(self.events.poll_next_unpin(context));
        if let Some(event) = &event {
            self.note(event);
        }
        Poll::Ready(event)
    }
}

/// A failure in a word.
fn kind(error: &ModelError) -> &'static str {
    match error {
        ModelError::NotFound { .. } => "not_found",
        ModelError::InvalidRequest { .. } => "invalid_request",
        ModelError::ContextTooLong { .. } => "context_length_exceeded",
        ModelError::NotReady { .. } => "model_not_ready",
        ModelError::Busy { .. } => "busy",
        ModelError::DoesNotFit { .. } => "does_not_fit",
        ModelError::Upstream { .. } => "upstream_failed",
        ModelError::UpstreamTimeout { .. } => "upstream_timeout",
        ModelError::NotAllowed { .. } => "not_allowed",
        ModelError::Private { .. } => "private",
        ModelError::Internal(_) => "internal",
    }
}
