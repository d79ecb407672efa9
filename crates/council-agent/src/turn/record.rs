//! What a turn amounts to so far: the one place that the summary, the ledger and the metrics are made from.

use crate::confidence::Confidence;
use crate::{Skill, TurnMetrics, TurnSummary};
use council_core::{
    Content, FinishReason, Locality, Message, ModelInfo, Role, Timestamp, TokenLogprob, ToolCall, Usage,
};
use std::time::Duration;
use tokio::time::Instant;

/// What a turn has measured.
pub(super) struct Record {
    pub(super) accepted_at: Timestamp,
    /// Monotonic, unlike `accepted_at`.
    accepted: Instant,
    /// The model that answers, once that is settled.
    pub(super) model: Option<ModelInfo>,
    text: String,
    tool_calls: Vec<ToolCall>,
    usage: Option<Usage>,
    confidence: Confidence,
    first_token: Option<Duration>,
    last_token: Option<Instant>,
    latency: Option<Duration>,
}

impl Record {
    pub(super) fn begin(accepted_at: Timestamp) -> Self {
        Self {
            accepted_at,
            accepted: Instant::now(),
            model: None,
            text: String::new(),
            tool_calls: Vec::new(),
            usage: None,
            confidence: Confidence::default(),
            first_token: None,
            last_token: None,
            latency: None,
        }
    }

    /// Text came.
    pub(super) fn text(&mut self, metrics: &TurnMetrics, text: &str, logprobs: &[TokenLogprob]) {
        self.text.push_str(text);
        self.confidence.add(logprobs);
        // Models without log-probs do not say how many tokens a piece of text has; most send each by itself.
        self.tokens_came(
            metrics,
            if logprobs.is_empty() {
                usize::from(!text.is_empty())
            } else {
                logprobs.len()
            },
        );
    }

    /// A tool call came, whole.
    pub(super) fn tool_call(&mut self, metrics: &TurnMetrics, call: ToolCall) {
        self.tool_calls.push(call);
        // It took an unknown number of tokens, so that it says nothing about the time between two.
        let now = Instant::now();
        if self.first_token.is_none() {
            self.tokens_came(metrics, 1);
        }
        self.last_token = Some(now);
    }

    /// The model said what it used.
    pub(super) fn usage(&mut self, usage: Usage) {
        self.usage = Some(usage);
    }

    /// Tokens that came after the client had gone: generated, but said to nobody.
    pub(super) fn unsaid(&mut self, logprobs: &[TokenLogprob]) {
        self.confidence.add(logprobs);
    }

    /// The last token is here, or none will come.
    pub(super) fn end(&mut self) {
        self.latency = Some(self.accepted.elapsed());
    }

    fn tokens_came(&mut self, metrics: &TurnMetrics, tokens: usize) {
        let Some(model) = &self.model else { return };
        if tokens == 0 {
            return;
        }
        let now = Instant::now();
        match self.last_token {
            None => {
                let after = now - self.accepted;
                self.first_token = Some(after);
                metrics.first_token(&model.id, after);
            }
            Some(before) => metrics.more_tokens(&model.id, now - before, tokens),
        }
        self.last_token = Some(now);
    }

    /// From acceptance to the end.
    pub(super) fn latency(&self) -> Duration {
        self.latency.unwrap_or_else(|| self.accepted.elapsed())
    }

    /// From acceptance to the first token.
    pub(super) fn first_token(&self) -> Option<Duration> {
        self.first_token
    }

    /// What the model said that it used; when it was cut off before that, the tokens that were counted here.
    pub(super) fn used(&self) -> Usage {
        let counted = Usage {
            output_tokens: self.confidence.tokens(),
            ..Usage::default()
        };
        self.usage.unwrap_or(counted)
    }

    /// Usage times price.
    pub(super) fn cost_usd(&self) -> f64 {
        let (usage, price) = (
            self.used(),
            self.model.as_ref().map(|model| model.price).unwrap_or_default(),
        );
        let input = f64::from(usage.input_tokens) * price.input_usd;
        let output = f64::from(usage.output_tokens) * price.output_usd;
        (input + output) / 1e6
    }

    /// Where the model computes; a turn that reached none stayed here.
    pub(super) fn locality(&self) -> Locality {
        self.model
            .as_ref()
            .map_or(Locality::Local, |model| model.locality)
    }

    /// The model's id; empty when none was reached.
    pub(super) fn model_id(&self) -> String {
        self.model
            .as_ref()
            .map(|model| model.id.clone())
            .unwrap_or_default()
    }

    /// What the model said, as far as it came.
    pub(super) fn message(&self) -> Message {
        let text = (!self.text.is_empty()).then(|| Content::Text(self.text.clone()));
        Message {
            role: Role::Assistant,
            content: text.into_iter().collect(),
            tool_calls: self.tool_calls.clone(),
            tool_call_id: None,
            name: None,
        }
    }

    /// Everything, for the client.
    pub(super) fn summary(&self, finish: FinishReason) -> TurnSummary {
        TurnSummary {
            model: self.model_id(),
            locality: self.locality(),
            skill: Skill::Chat,
            finish,
            usage: self.used(),
            cost_usd: self.cost_usd(),
            latency: self.latency(),
            first_token: self.first_token,
            confidence: self.confidence.value(),
        }
    }
}
