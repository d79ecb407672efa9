//! What a turn amounts to so far: the one place that the summary, the ledger and the metrics are made from.

use crate::confidence::Confidence;
use crate::routing::Judgement;
use crate::vote::Deliberated;
use crate::{TurnMetrics, TurnSummary};
use council_core::{
    Content, FinishReason, Locality, Message, MessageId, ModelInfo, NanoUsd, Proof, ProofMethod, Role,
    SkillKind, Timestamp, TokenLogprob, ToolCall, Usage,
};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Stands between the texts of two steps.
pub(super) const BETWEEN_STEPS: &str = "\n\n";

/// What a turn has measured.
pub(super) struct Record {
    pub(super) accepted_at: Timestamp,
    /// Monotonic, unlike `accepted_at`.
    accepted: Instant,
    /// The model that answers, once that is settled.
    pub(super) model: Option<ModelInfo>,
    /// The stored question.
    pub(super) question: Option<MessageId>,
    /// The stored answer.
    pub(super) answer: Option<MessageId>,
    /// Which part of Council answers.
    pub(super) skill: SkillKind,
    /// What answers in the place of a model.
    pub(super) answered_by: Option<Cow<'static, str>>,
    /// What backs the answer.
    pub(super) proofs: Vec<Proof>,
    /// How likely the answer is right, where somebody said so.
    pub(super) judgement: Option<Judgement>,
    /// What the council decided.
    pub(super) vote: Option<Arc<Deliberated>>,
    /// Whether a remote model was asked.
    pub(super) left_machine: bool,
    /// What was charged for all calls.
    cost: NanoUsd,
    /// Programs that were run.
    pub(super) programs: u32,
    /// What was said and done before the present step: calls of Council's own tools, and their results.
    steps: Vec<Message>,
    text: String,
    /// Where in it the present attempt at a program begins.
    attempt: usize,
    tool_calls: Vec<ToolCall>,
    /// Of the steps before.
    spent: Usage,
    /// Tokens that were counted in the steps before.
    counted: u32,
    /// Tokens of the present step that were held back.
    withheld: u32,
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
            question: None,
            answer: None,
            skill: SkillKind::Chat,
            answered_by: None,
            proofs: Vec::new(),
            judgement: None,
            vote: None,
            left_machine: false,
            cost: NanoUsd::ZERO,
            programs: 0,
            steps: Vec::new(),
            text: String::new(),
            attempt: 0,
            tool_calls: Vec::new(),
            spent: Usage::default(),
            counted: 0,
            withheld: 0,
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

    /// Council itself said something, which no model has used tokens for.
    pub(super) fn own_text(&mut self, text: &str) {
        self.text.push_str(text);
        // The time that a program took says nothing about the time between two tokens.
        self.last_token = None;
    }

    /// What was said since the present attempt at a program began.
    pub(super) fn since_attempt(&self) -> &str {
        &self.text[self.attempt..]
    }

    /// The model is asked again, and what it said so far stays.
    pub(super) fn next_attempt(&mut self) {
        self.settle_step();
        self.attempt = self.text.len();
    }

    /// Books what the present step used.
    fn settle_step(&mut self) {
        self.spent = self.used();
        self.counted = self.confidence.tokens();
        self.withheld = 0;
        self.usage = None;
        self.last_token = None;
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

    /// Ends a step: what the model said and called, and the results of the calls, in their order.
    pub(super) fn end_step(&mut self, results: Vec<Message>) {
        // The time in which tools ran says nothing about the time between two tokens.
        self.settle_step();
        let message = self.message();
        self.steps.push(message);
        self.steps.extend(results);
        self.text.clear();
        self.attempt = 0;
        self.tool_calls.clear();
    }

    /// Calls that the present step made.
    pub(super) fn calls(&self) -> &[ToolCall] {
        &self.tool_calls
    }

    /// Forgets them: nobody answers them.
    pub(super) fn drop_calls(&mut self) {
        self.tool_calls.clear();
    }

    /// The steps before the present one, as messages.
    pub(super) fn steps(&self) -> &[Message] {
        &self.steps
    }

    /// Whether text of an earlier step stands before the text of this one.
    pub(super) fn follows_text(&self) -> bool {
        self.text.is_empty() && !self.answer_text().is_empty()
    }

    /// All that the model said, step by step.
    pub(super) fn answer_text(&self) -> String {
        let steps = self
            .steps
            .iter()
            .filter(|message| message.role == Role::Assistant);
        let texts = steps.map(Message::joined_text).chain([self.text.clone()]);
        let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
        texts.join(BETWEEN_STEPS)
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
            None if self.first_token.is_some() => {}
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

    /// What the model said that it used, over all steps; where one was cut off before that, the tokens that were counted
    /// here.
    pub(super) fn used(&self) -> Usage {
        let step = self.step_usage();
        Usage {
            input_tokens: self.spent.input_tokens.saturating_add(step.input_tokens),
            cached_tokens: self.spent.cached_tokens.saturating_add(step.cached_tokens),
            output_tokens: self.spent.output_tokens.saturating_add(step.output_tokens),
        }
    }

    /// A call was charged.
    pub(super) fn paid(&mut self, amount: NanoUsd) {
        self.cost = self.cost.plus(amount);
    }

    /// What was charged for all calls.
    pub(super) fn cost(&self) -> NanoUsd {
        self.cost
    }

    /// Whether anything was asked of a remote model.
    pub(super) fn locality(&self) -> Locality {
        if self.left_machine {
            Locality::Remote
        } else {
            Locality::Local
        }
    }

    /// The id of the model, or what answers in its place; empty when none was reached.
    pub(super) fn model_id(&self) -> String {
        self.model
            .as_ref()
            .map(|model| model.id.clone())
            .or_else(|| self.answered_by.clone().map(Cow::into_owned))
            .unwrap_or_default()
    }

    /// What the conversation keeps: the steps, and what was said last, which is an answer even when it is empty: without
    /// one, the next question would follow a result.
    pub(super) fn messages(&self) -> Vec<Message> {
        let last = self.message();
        self.steps.iter().cloned().chain([last]).collect()
    }

    /// Whether there is anything to keep.
    pub(super) fn said_something(&self) -> bool {
        !self.steps.is_empty() || !self.text.is_empty() || !self.tool_calls.is_empty()
    }

    /// What the model said in the present step, as far as it came.
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
            skill: self.skill,
            finish,
            usage: self.used(),
            cost_usd: self.cost.as_usd(),
            latency: self.latency(),
            first_token: self.first_token,
            confidence: self
                .judgement
                .map_or_else(|| self.confidence.value(), |said| Some(said.probability)),
            calibrated: self.judgement.is_some_and(|said| said.calibrated),
            proofs: self.proofs.clone(),
            vote: self.vote.clone(),
            question: self.question,
            message: self.answer,
        }
    }

    /// Text that was held back until now.
    pub(super) fn released(&mut self, text: &str, logprobs: &[TokenLogprob]) {
        self.text.push_str(text);
        self.confidence.add(logprobs);
        self.counted = self.confidence.tokens();
        if self.first_token.is_none() {
            self.first_token = Some(self.accepted.elapsed());
        }
        self.last_token = None;
    }

    /// A skill has had a model read and write for it.
    pub(super) fn helped(&mut self, usage: Usage) {
        self.spent = Usage {
            input_tokens: self.spent.input_tokens.saturating_add(usage.input_tokens),
            cached_tokens: self.spent.cached_tokens.saturating_add(usage.cached_tokens),
            output_tokens: self.spent.output_tokens.saturating_add(usage.output_tokens),
        };
    }

    /// Whether the answer rests on passages.
    pub(super) fn cites(&self) -> bool {
        self.proofs.iter().any(|proof| proof.method == ProofMethod::Cited)
    }

    /// What the tokens of the answer say about it.
    pub(super) fn confidence(&self) -> &Confidence {
        &self.confidence
    }

    /// Time since acceptance.
    pub(super) fn elapsed(&self) -> Duration {
        self.accepted.elapsed()
    }

    /// Tokens that were held back and are told to nobody.
    pub(super) fn withheld(&mut self, tokens: u32) {
        self.withheld = self.withheld.saturating_add(tokens);
    }

    /// What the present step has used so far.
    pub(super) fn step_usage(&self) -> Usage {
        let counted = Usage {
            output_tokens: self
                .confidence
                .tokens()
                .saturating_sub(self.counted)
                .saturating_add(self.withheld),
            ..Usage::default()
        };
        self.usage.unwrap_or(counted)
    }

    /// Whether the model said what the present step used.
    pub(super) fn usage_is_known(&self) -> bool {
        self.usage.is_some()
    }

    /// Another model is asked instead: what this one used is booked, and nothing of what it said stays.
    pub(super) fn drop_step(&mut self) {
        self.settle_step();
    }
}
