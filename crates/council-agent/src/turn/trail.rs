//! What a turn's receipt is made from: the decision, and who was asked with what result.

use super::Turn;
use crate::TurnError;
use crate::routing::Judgement;
use crate::routing::cache::Found;
use council_core::{
    Answerer, ConversationId, Decision, FinishReason, NanoUsd, Outcome, Receipt, RoutingState, SkillKind,
    StepOutcome, StepTaken, TimeSplit, TurnFeatures, Usage,
};
use std::time::Duration;
use tokio::time::Instant;

/// Why an answer ended though nobody bounded it.
const LOOPED: &str = "the answer only repeated itself and was ended";

/// What was decided, from what.
pub(super) struct Decided {
    pub(super) features: TurnFeatures,
    pub(super) state: RoutingState,
    pub(super) decision: Decision,
}

/// What happened so far.
#[derive(Default)]
pub(super) struct Trail {
    decided: Option<Decided>,
    steps: Vec<StepTaken>,
    running: Option<Running>,
    pub(super) sent_to: Vec<String>,
    pub(super) verified: bool,
    /// Whether the answer only repeated itself, and was ended.
    pub(super) looped: bool,
    /// How the answer was found in the cache.
    pub(super) cache: Option<Found>,
    pub(super) routing: Duration,
    pub(super) memory: Duration,
    pub(super) tools: Duration,
    /// When the model that answers was asked, after acceptance.
    pub(super) asked: Option<Duration>,
}

/// One that is being asked.
struct Running {
    answerer: Answerer,
    reason: String,
    since: Instant,
    usage: Usage,
    cost: NanoUsd,
}

impl Trail {
    pub(super) fn decided(&mut self, decided: Decided) {
        self.decided = Some(decided);
    }

    /// The kind of question that was decided on.
    pub(super) fn kind(&self) -> Option<SkillKind> {
        self.decided.as_ref().map(|decided| decided.decision.kind)
    }

    /// What was decided, and from what.
    pub(super) fn plan(&self) -> Option<(&Decision, &RoutingState)> {
        let decided = self.decided.as_ref()?;
        Some((&decided.decision, &decided.state))
    }

    /// Most tokens of the answer, where the load bounds it.
    pub(super) fn max_tokens(&self) -> Option<u32> {
        self.decided.as_ref()?.decision.max_tokens
    }

    /// Somebody is asked. `usage` and `cost` are the turn's so far.
    pub(super) fn begin(&mut self, answerer: Answerer, reason: String, usage: Usage, cost: NanoUsd) {
        self.looped = false;
        self.running = Some(Running {
            answerer,
            reason,
            since: Instant::now(),
            usage,
            cost,
        });
    }

    /// It answered, or did not. `usage` and `cost` are the turn's so far.
    pub(super) fn end(
        &mut self,
        outcome: StepOutcome,
        why: Option<String>,
        judgement: Option<Judgement>,
        usage: Usage,
        cost: NanoUsd,
    ) {
        let Some(running) = self.running.take() else {
            return;
        };
        self.steps.push(StepTaken {
            answerer: running.answerer,
            outcome,
            reason: why.unwrap_or(running.reason),
            confidence: judgement.map(|said| said.probability),
            calibrated: judgement.is_some_and(|said| said.calibrated),
            elapsed_ms: millis(running.since.elapsed()),
            input_tokens: usage.input_tokens.saturating_sub(running.usage.input_tokens),
            output_tokens: usage.output_tokens.saturating_sub(running.usage.output_tokens),
            cost_usd: cost.less(running.cost).as_usd(),
        });
    }

    /// What was said by one whose draft was put aside is the answer after all.
    pub(super) fn accept(&mut self, answerer: &Answerer) {
        if let Some(step) = self.steps.iter_mut().rfind(|step| step.answerer == *answerer) {
            step.outcome = StepOutcome::Accepted;
            step.reason.push_str("; nobody was surer");
        }
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

impl Turn {
    /// Begins a step of the trail.
    pub(super) fn step_begins(&mut self, answerer: &Answerer, reason: &str) {
        let (usage, cost) = (self.record.used(), self.record.cost());
        self.trail.begin(answerer.clone(), reason.to_owned(), usage, cost);
    }

    /// Ends it.
    pub(super) fn step_ends(
        &mut self,
        outcome: StepOutcome,
        why: Option<String>,
        judgement: Option<Judgement>,
    ) {
        let (usage, cost) = (self.record.used(), self.record.cost());
        self.trail.end(outcome, why, judgement, usage, cost);
    }

    /// Keeps the receipt. Of an incognito turn, and of one in a conversation that was deleted, nothing is kept; a receipt
    /// that cannot be written is logged, and the answer stands.
    pub(super) async fn keep_receipt(&mut self, answered: &Result<FinishReason, TurnError>) {
        if self.request.incognito || self.is_deleted() {
            return;
        }
        // Of a step that ended with the turn.
        let (outcome, why) = match answered {
            Ok(FinishReason::Cancelled) => (StepOutcome::Cancelled, None),
            Ok(_) => (StepOutcome::Accepted, None),
            Err(error) => (StepOutcome::Failed, Some(error.to_string())),
        };
        self.step_ends(outcome, why, self.record.judgement);
        let receipt = self.receipt(super::outcome(answered));
        let metrics = &self.parts.metrics;
        metrics.routed(&receipt);
        if let Err(error) = self.parts.receipts.keep_receipt(receipt).await {
            let request_id = &self.request.request_id;
            tracing::error!(
                request_id,
                "the receipt of {request_id} could not be kept: {error}"
            );
        }
    }

    fn receipt(&mut self, outcome: Outcome) -> Receipt {
        let (record, trail) = (&self.record, &mut self.trail);
        let (usage, summary) = (record.used(), record.summary(FinishReason::Stop));
        let total = record.latency();
        let first = record.first_token().unwrap_or(total);
        let policy = trail.decided.as_ref().map(|_| self.parts.router.policy.name());
        let (features, state, decision) = match trail.decided.take() {
            Some(decided) => (
                Some(decided.features),
                Some(decided.state),
                Some(decided.decision),
            ),
            None => (None, None, None),
        };
        Receipt {
            request_id: self.request.request_id.clone(),
            started_at_ms: record.accepted_at.as_millis(),
            route: self.request.route.to_owned(),
            user: self.request.user.clone(),
            conversation: self
                .request
                .conversation
                .as_ref()
                .map(ConversationId::as_str)
                .map(str::to_owned),
            policy: policy.unwrap_or_default().to_owned(),
            rules: features.is_some().then(|| (*self.parts.router.rules).clone()),
            degraded: decision
                .iter()
                .flat_map(|one| one.degraded.clone())
                .chain(trail.looped.then(|| LOOPED.to_owned()))
                .collect(),
            features,
            state,
            decision,
            steps: std::mem::take(&mut trail.steps),
            answered_by: record.model_id(),
            skill: record.skill,
            confidence: summary.confidence,
            calibrated: summary.calibrated,
            verified: trail.verified,
            cache: trail.cache.map(|found| found.as_str().to_owned()),
            sent_to: std::mem::take(&mut trail.sent_to),
            times: TimeSplit {
                route: millis(trail.routing),
                memory: millis(trail.memory),
                prefill: millis(
                    trail
                        .asked
                        .map_or(Duration::ZERO, |asked| first.saturating_sub(asked)),
                ),
                decode: millis(
                    trail
                        .asked
                        .map_or(Duration::ZERO, |asked| total.saturating_sub(first.max(asked))),
                ),
                tools: millis(trail.tools),
                total: millis(total),
            },
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            cost_usd: record.cost().as_usd(),
            outcome: outcome.as_str().to_owned(),
        }
    }
}
