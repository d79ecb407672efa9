//! The spans of a turn, for whoever traces; the attributes are those of OpenTelemetry's conventions for generative models
//! (<https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-agent-spans/>). What was asked and answered is in none of them.

use super::Turn;
use super::settle::outcome;
use crate::{TurnError, TurnRequest};
use council_core::{ConversationId, FinishReason, Outcome, TRACE};
use tracing::Span;
use tracing::field::Empty;

/// The span of a turn, from its acceptance to its settlement.
pub(super) fn of_turn(request: &TurnRequest) -> Span {
    let conversation = request.conversation.as_ref().map(ConversationId::as_str);
    tracing::info_span!(
        target: TRACE,
        "turn",
        otel.name = "invoke_agent council",
        otel.status_code = Empty,
        gen_ai.operation.name = "invoke_agent",
        gen_ai.agent.name = "council",
        gen_ai.conversation.id = conversation,
        gen_ai.response.model = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        council.request_id = request.request_id,
        council.route = request.route,
        council.outcome = Empty,
        council.cost_usd = Empty,
    )
}

/// The span of one of its stages.
pub(super) fn stage(name: &'static str) -> Span {
    tracing::info_span!(target: TRACE, "stage", otel.name = name)
}

/// The span of a call of one of Council's own tools.
pub(super) fn tool(name: &str) -> Span {
    tracing::info_span!(
        target: TRACE,
        "tool",
        otel.name = format!("execute_tool {name}"),
        gen_ai.operation.name = "execute_tool",
        gen_ai.tool.name = name,
    )
}

impl Turn {
    /// The span of this turn.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Gives the log lines of this turn its ids.
    pub(crate) fn log_span(&self) -> Span {
        let conversation = self.request.conversation.as_ref().map(ConversationId::as_str);
        tracing::error_span!(
            "turn",
            turn_id = self.request.request_id,
            conversation_id = conversation
        )
    }

    /// Notes in the span how the turn ended and what it took.
    pub(super) fn trace_end(&self, end: &Result<FinishReason, TurnError>) {
        let outcome = outcome(end);
        let used = self.record.used();
        self.span.record("gen_ai.response.model", self.record.model_id());
        self.span.record("gen_ai.usage.input_tokens", used.input_tokens);
        self.span.record("gen_ai.usage.output_tokens", used.output_tokens);
        self.span.record("council.outcome", outcome.as_str());
        self.span.record("council.cost_usd", self.record.cost().as_usd());
        let latency_ms = self.record.latency().as_millis() as u64;
        tracing::debug!(
            model = self.record.model_id(),
            latency_ms,
            "the turn is {} after {latency_ms} ms",
            outcome.as_str()
        );
        match outcome {
            Outcome::Failed => {
                self.span.record("otel.status_code", "ERROR");
            }
            Outcome::Completed | Outcome::Cancelled => {}
        }
    }
}
