//! The council in a turn: its voices are heard as they speak, and what they decide is the answer.

use super::Turn;
use super::client::Gone;
use super::plan::Candidate;
use crate::context::{History, Recollection};
use crate::routing::purse::Held;
use crate::routing::{Judgement, Purse};
use crate::vote::{
    Council, Deliberated, PaidCall, Reliability, Reservation, Spend, VoteError, VoteEvent, VoteQuestion,
};
use crate::{Payer, TurnError, TurnEvent, context};
use async_trait::async_trait;
use council_core::{Answerer, FinishReason, Locality, ModelInfo, NanoUsd, SkillKind, StepOutcome, Usage};
use futures::StreamExt as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a cancelled vote may take to settle what its calls cost.
const WIND_DOWN: Duration = Duration::from_secs(5);

/// How likely an answer is right that a check confirmed. Checks rest on how the question was read, which can be wrong.
const VERIFIED: f64 = 0.97;

/// Voices of the usual council that sit beside the models, where there are several of these.
const BESIDE_MODELS: usize = 3;

impl Turn {
    /// Puts the question to the council. What it decides is the answer, unless a single model was surer (`surest`) than its
    /// voices agree.
    ///
    /// # Errors
    /// When it decides nothing.
    pub(super) async fn ask_council(
        &mut self,
        candidate: &Candidate,
        surest: f64,
        history: &History,
        recollection: &Recollection,
    ) -> Result<FinishReason, TurnError> {
        self.step_begins(&candidate.answerer, &candidate.reason);
        let Some(council) = self.parts.council.clone() else {
            let (skill, reason) = ("council", "this Council has no voices".to_owned());
            self.step_ends(StepOutcome::Failed, Some(reason.clone()), None);
            return Err(TurnError::Skill { skill, reason });
        };
        self.can_see("the council", false).inspect_err(|error| {
            self.step_ends(StepOutcome::Failed, Some(error.to_string()), None);
        })?;
        let kind = self.kind_of_vote().await;
        let context_tokens = self.parts.models.get(None)?.info().context_length;
        let generate =
            context::assemble(&self.request.generate, history, recollection, context_tokens).request;
        let question = VoteQuestion {
            seed: generate.sampling.seed,
            generate,
            kind,
            candidates: self.voters(&council),
            reliability: self.reliability(kind),
        };
        let money = Arc::new(Money {
            purse: self.parts.purse.clone(),
            request_id: self.request.request_id.clone(),
            payer: self.request.payer.clone(),
            calls: AtomicU32::new(self.calls),
            paid: Mutex::default(),
        });
        let decided = self.hear_voices(&council, question, Arc::clone(&money)).await;
        self.calls = money.calls.load(Ordering::Relaxed);
        self.record.paid(money.paid());
        let used = match &decided {
            Ok(Some(decided)) => decided.used.as_slice(),
            Ok(None) => &[],
            Err(error) => error.used(),
        };
        for used in used {
            self.record.helped(used.usage);
            self.parts.metrics.spent(&used.model, used.usage, used.cost_usd);
            if used.locality == Locality::Remote {
                self.record.left_machine = true;
                self.trail.sent_to.push(used.model.clone());
            }
        }
        match decided {
            Ok(Some(decided))
                if !decided.verified && decided.agreement.is_some_and(|share| share < surest) =>
            {
                let share = decided.agreement.unwrap_or_default();
                let (skill, reason) = ("council", format!("its voices agree to {share:.2} only"));
                self.step_ends(StepOutcome::Unsure, Some(reason.clone()), None);
                Err(TurnError::Skill { skill, reason })
            }
            Ok(Some(decided)) => {
                let told = self.say_verdict(kind, &candidate.reason, *decided).await;
                Ok(told.map_or(FinishReason::Cancelled, |()| FinishReason::Stop))
            }
            Ok(None) | Err(VoteError::Cancelled { .. }) => Ok(FinishReason::Cancelled),
            Err(error) => {
                self.step_ends(StepOutcome::Failed, Some(error.to_string()), None);
                Err(error.into())
            }
        }
    }

    /// Passes on what voices say; `Ok(None)` when the client left.
    async fn hear_voices(
        &mut self,
        council: &Council,
        question: VoteQuestion,
        money: Arc<Money>,
    ) -> Result<Option<Box<Deliberated>>, VoteError> {
        let cancel = self.cancel.child_token();
        let council = council.paid_by(Arc::new(TurnMoney(money)));
        let mut events = council.deliberate(question, cancel.clone());
        loop {
            let event = tokio::select! {
                biased;
                () = self.client.gone() => break,
                () = self.cancel.cancelled() => break,
                () = self.place.deleted.cancelled() => break,
                event = events.next() => event,
            };
            match event {
                Some(Ok(VoteEvent::Verdict(decided))) => return Ok(Some(decided)),
                Some(Ok(event)) => {
                    if self.tell(TurnEvent::Vote(Box::new(event))).await.is_err() {
                        break;
                    }
                }
                Some(Err(error)) => return Err(error),
                None => break,
            }
        }
        cancel.cancel();
        let rest = async {
            let mut end = Ok(None);
            while let Some(event) = events.next().await {
                if let Err(error) = event {
                    end = Err(error);
                }
            }
            end
        };
        tokio::time::timeout(WIND_DOWN, rest).await.unwrap_or(Ok(None))
    }

    /// Says what was decided.
    async fn say_verdict(&mut self, kind: SkillKind, reason: &str, decided: Deliberated) -> Result<(), Gone> {
        self.record.skill = kind;
        self.record.answered_by = Some("council".into());
        self.trail.verified = decided.verified;
        // The share of voices that agree says more of an answer than what each thinks of its words.
        let words = decided.agreement.or(decided.confidence);
        let judgement = if decided.verified { Some(VERIFIED) } else { words };
        self.record.judgement = judgement.map(|probability| Judgement {
            probability,
            calibrated: false,
        });
        let decision = TurnEvent::Decision {
            model: "council".to_owned(),
            skill: kind,
            reason: reason.to_owned(),
            omitted_messages: 0,
            question: self.record.question,
        };
        let text = decided.text.clone();
        let verdict = VoteEvent::Verdict(Box::new(decided.clone()));
        self.record.vote = Some(Arc::new(decided));
        self.tell(decision).await?;
        self.tell(TurnEvent::Vote(Box::new(verdict))).await?;
        self.say(text).await
    }

    /// The kind of question, where nobody looked yet.
    async fn kind_of_vote(&self) -> SkillKind {
        if let Some(kind) = self.trail.kind() {
            return kind;
        }
        let router = &self.parts.router;
        let question = context::question(&self.request.generate.input).unwrap_or_default();
        let embedding = router.embed(&question).await;
        router.kinds.kinds(&question, embedding.as_ref()).likeliest()
    }

    /// Who votes: whoever the request names; where a vote is the way up from single models, these with some of the usual
    /// voices beside them, because what different models agree on says more.
    fn voters(&self, council: &Council) -> Vec<String> {
        if !self.request.voters.is_empty() {
            return self.request.voters.clone();
        }
        let voices = &council.config().voices;
        let models: Vec<String> = self.trail.local_models();
        if models.len() < 2 || voices.iter().any(|voice| voice.model.is_some()) {
            return Vec::new();
        }
        let beside = voices.iter().take(BESIDE_MODELS).map(|voice| voice.name.clone());
        models.into_iter().chain(beside).collect()
    }

    fn reliability(&self, kind: SkillKind) -> Reliability {
        let mut reliability = Reliability::default();
        for model in self.parts.models.list() {
            if let Some(right) = self.parts.router.judge.reliability(&model.info.id, kind) {
                reliability.insert(&model.info.id, kind, right);
            }
        }
        reliability
    }
}

impl super::trail::Trail {
    /// Local models of the plan, the usual one first.
    fn local_models(&self) -> Vec<String> {
        let Some((decision, state)) = self.plan() else {
            return Vec::new();
        };
        let local = |id: &String| state.models.iter().any(|model| &model.id == id && !model.remote);
        let models = decision.steps.iter().filter_map(|step| match &step.answerer {
            Answerer::Model(id) => Some(id.clone()),
            Answerer::Skill(_) | Answerer::Council => None,
        });
        models.filter(local).collect()
    }
}

/// The turn's money, for calls of voices.
struct Money {
    purse: Purse,
    request_id: String,
    payer: Payer,
    calls: AtomicU32,
    paid: Mutex<NanoUsd>,
}

impl Money {
    fn paid(&self) -> NanoUsd {
        *self.paid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same, shared with what it has set aside.
struct TurnMoney(Arc<Money>);

/// What is set aside for one call of a voice; nothing where the model is free.
struct HeldForVoice {
    money: Arc<Money>,
    held: Option<Held>,
    model: ModelInfo,
}

#[async_trait]
impl Spend for TurnMoney {
    async fn reserve(&self, call: PaidCall<'_>) -> Result<Box<dyn Reservation>, String> {
        let Self(money) = self;
        let number = money.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let mut request = call.request.clone();
        let held = money
            .purse
            .hold(call.model, &mut request, &money.request_id, &money.payer, number);
        Ok(Box::new(HeldForVoice {
            held: held.await.map_err(|error| error.to_string())?,
            model: call.model.clone(),
            money: Arc::clone(money),
        }))
    }
}

#[async_trait]
impl Reservation for HeldForVoice {
    async fn settle(self: Box<Self>, used: Option<Usage>) {
        let Self { money, held, model } = *self;
        let Some(held) = held else { return };
        match money.purse.pay(held, &model, used).await {
            Ok(cost) => {
                let mut paid = money.paid.lock().unwrap_or_else(PoisonError::into_inner);
                *paid = paid.plus(cost);
            }
            Err(error) => tracing::error!(
                request_id = money.request_id,
                "a call of `{}` could not be charged and counts for the most that it could cost: {error}",
                model.id
            ),
        }
    }
}
