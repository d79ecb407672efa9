//! The story of one turn, top to bottom.

mod cached;
mod client;
mod code;
mod draft;
mod history;
mod knowledge;
mod listen;
mod looping;
mod paid;
mod panics;
mod plan;
mod quote;
mod record;
mod remember;
mod route;
mod settle;
mod sight;
mod skills;
mod tools;
mod trace;
mod trail;
mod vote;
mod way;

pub(crate) use client::Client;

use crate::agent::AgentParts;
use crate::code::CodeRequest;
use crate::context::{History, Prompt, Recollection};
use crate::lines::{Lines, Place};
use crate::metrics::TurnTimer;
use crate::running::Entry;
use crate::{TurnError, TurnEvent, TurnRequest};
use client::Gone;
use council_core::sandbox::Language;
use council_core::{
    Answerer, Embedding, FinishReason, GenerateRequest, LanguageModel, Locality, ModelError, ModelInfo,
    StepOutcome,
};
use draft::{Best, Draft, Gate, Hold};
use listen::Call;
use looping::Looping;
use panics::unless_it_panics;
use plan::{Candidate, Plan, Who, gives_way};
use quote::Documents;
use record::Record;
use remember::Recalled;
use settle::outcome;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span};
use trail::Trail;
use way::Way;

/// The model that will answer, and what there is to tell then.
struct Decided {
    model: ModelInfo,
    events: Vec<TurnEvent>,
}

/// Alternatives to each token that are looked at to judge an answer: how far the first was ahead of the second.
const JUDGED_ALTERNATIVES: u8 = 2;

/// What came of asking a model.
enum Asked {
    Done(FinishReason),
    /// It answered, and was not sure enough.
    Unsure(Box<Draft>),
}

/// Whether the answer is there.
enum Progress {
    Done(FinishReason),
    /// The model is asked once more.
    Again,
}

/// One request on its way.
pub(crate) struct Turn {
    parts: AgentParts,
    place: Place,
    request: TurnRequest,
    client: Client,
    cancel: CancellationToken,
    record: Record,
    /// What the receipt is made from.
    trail: Trail,
    /// Calls of models so far.
    calls: u32,
    /// What Council says before the answer.
    preface: Option<&'static str>,
    /// Texts of memories that stand in the prompt.
    quoted: Vec<String>,
    /// What documents say about the question, once somebody looked.
    documents: Option<Documents>,
    timer: TurnTimer,
    /// Of the whole turn.
    span: Span,
}

impl Turn {
    /// The turn's clock starts here.
    pub(crate) fn accept(
        parts: AgentParts,
        lines: &Lines,
        request: TurnRequest,
        client: Client,
        cancel: CancellationToken,
    ) -> Self {
        let record = Record::begin(parts.clock.now());
        let timer = parts.metrics.begin(request.route);
        let conversation = request.conversation.as_ref();
        let span = trace::of_turn(&request);
        Self {
            place: conversation.map_or_else(Place::nowhere, |conversation| lines.enter(conversation)),
            parts,
            request,
            client,
            cancel,
            record,
            trail: Trail::default(),
            calls: 0,
            preface: None,
            quoted: Vec::new(),
            documents: None,
            timer,
            span,
        }
    }

    /// Answers, settles, and tells the client the end. Neither a failure nor a panic leaves it unsettled. It is `running`
    /// until it is settled.
    pub(crate) async fn run(mut self, running: Entry) {
        let first = self.wait_in_line().instrument(trace::stage("wait")).await;
        let answered = if self.is_deleted() {
            Ok(FinishReason::Cancelled)
        } else {
            unless_it_panics(self.answer()).await
        };
        self.record.end();
        self.judge_answer();
        if self.request.tools.is_some() {
            // Of a step that did not end: nobody will answer them.
            self.record.drop_calls();
        }
        self.measure_quotes();
        let settling = unless_it_panics(self.settle(&answered));
        let settled = settling.instrument(trace::stage("settle")).await;
        let _ = unless_it_panics(async {
            self.keep_receipt(&answered).await;
            Ok(())
        })
        .await;
        if settled.is_ok() && !self.is_deleted() {
            // A failure is told, and a panic logged with the thread: the answer stands all the same.
            let remembering = unless_it_panics(async {
                self.remember(&answered).await;
                Ok(())
            });
            let _ = remembering.instrument(trace::stage("remember")).await;
        }
        if let Err(error) = &settled
            && (answered.is_err() || self.client.is_gone())
        {
            // Nobody else will say so: the client hears of the first failure, or of none.
            let request_id = &self.request.request_id;
            tracing::error!(request_id, "turn {request_id} could not be settled: {error}");
        }
        let end = answered.and_then(|finish| settled.map(|()| finish));
        self.timer.ended(outcome(&end), self.record.latency());
        self.trace_end(&end);
        let last = end.map(|finish| TurnEvent::Done(self.record.summary(finish)));
        // The metrics count the turn before the client can ask for them.
        let Self {
            mut client, timer, ..
        } = self;
        drop(timer);
        drop(running);
        // The next question of this conversation is read when this answer is stored.
        drop(first);
        client.end(last);
    }

    /// Waits until no other turn runs in the conversation. A client that leaves, a shutdown or the end of the
    /// conversation ends the wait; the turn then ends at its first event, or at once.
    async fn wait_in_line(&self) -> Option<OwnedMutexGuard<()>> {
        tokio::select! {
            biased;
            () = self.place.deleted.cancelled() => None,
            first = self.place.first() => first,
            () = self.client.gone() => None,
            () = self.cancel.cancelled() => None,
        }
    }

    /// Whether the conversation was deleted since the turn came: nothing of it is stored there any more.
    fn is_deleted(&self) -> bool {
        self.place.deleted.is_cancelled()
    }

    /// From the request to the last token.
    async fn answer(&mut self) -> Result<FinishReason, TurnError> {
        let wish = match self.code_request() {
            CodeRequest::Given { language, source } => return self.run_given(language, &source, true).await,
            CodeRequest::Output { language, source } if self.parts.programs.has_sandbox() => {
                return self.run_given(language, &source, false).await;
            }
            CodeRequest::Write { language } => Some(language.unwrap_or(Language::Python)),
            CodeRequest::Output { .. } | CodeRequest::None => None,
        };
        let history = self.history().await?;
        let embedding = self.embed_question().await;
        let asked = self.cacheable(&history, embedding.clone());
        if let Some(asked) = asked {
            if let Some(finish) = self.answer_as_before(&asked).await? {
                return Ok(finish);
            }
            let answered = self.answer_anew(wish, history, embedding.as_ref()).await;
            self.judge_answer();
            self.keep_for_next_time(asked, &answered);
            return answered;
        }
        self.answer_anew(wish, history, embedding.as_ref()).await
    }

    /// Decides who answers, and asks one after another.
    async fn answer_anew(
        &mut self,
        wish: Option<Language>,
        history: History,
        embedding: Option<&Embedding>,
    ) -> Result<FinishReason, TurnError> {
        let planning = self.plan(&history, embedding, wish.is_some());
        let mut plan = planning.instrument(trace::stage("route")).await?;
        let mut candidate = plan.next(&*self.parts.models)?;
        let begun = Instant::now();
        let recalled = self.recall(&history).instrument(trace::stage("recall")).await;
        self.trail.memory = begun.elapsed();
        // On disk before the first event: what the client has seen acknowledged survives a kill.
        self.keep_question().await?;
        let mut drafts = Vec::new();
        loop {
            let quoted = self.say_quote(&candidate, &history, embedding).await;
            let asked = match (&candidate.answerer, &candidate.who) {
                _ if let Some(finish) = quoted => Ok(Asked::Done(finish)),
                (_, Who::Model(model)) => {
                    let (model, rivals) = (Arc::clone(model), !drafts.is_empty());
                    self.ask(&model, &candidate, rivals, wish, &history, recalled.as_ref())
                        .await
                }
                (Answerer::Skill(kind), Who::Other) => {
                    let skill = self.try_skill(*kind, &candidate);
                    skill.instrument(trace::stage("skill")).await.map(Asked::Done)
                }
                (Answerer::Council, Who::Other) => {
                    let nothing = Recollection::default();
                    let recollection = recalled
                        .as_ref()
                        .map_or(&nothing, |recalled| &recalled.recollection);
                    let surest = drafts.iter().map(Draft::surety).fold(0.0, f64::max);
                    let vote = self.ask_council(&candidate, surest, &history, recollection);
                    vote.instrument(trace::stage("vote")).await.map(Asked::Done)
                }
                (Answerer::Model(_), Who::Other) => {
                    Err(ModelError::Internal("a plan named somebody who cannot be asked".to_owned()).into())
                }
            };
            match asked {
                Ok(Asked::Done(finish)) => return Ok(finish),
                Ok(Asked::Unsure(draft)) => drafts.push(*draft),
                Err(error) if self.record.model.is_none() && (gives_way(&error) || !drafts.is_empty()) => {
                    plan.pass_over(&candidate.answerer, error);
                }
                Err(error) => return Err(error),
            }
            let patience = Duration::from_millis(self.parts.router.rules.patience_ms);
            let next = if !drafts.is_empty() && self.record.elapsed() > patience {
                let (skill, reason) = ("cascade", "there was no time to ask anybody else".to_owned());
                Err(TurnError::Skill { skill, reason })
            } else {
                plan.next(&*self.parts.models)
            };
            candidate = match next {
                Ok(candidate) => candidate,
                Err(error) => match self.best_of(&mut drafts).await {
                    Some(Best::Said(finish)) => return Ok(finish),
                    Some(Best::AskAgain(answerer)) => Plan::again(answerer, &*self.parts.models)?,
                    None => return Err(error),
                },
            };
        }
    }

    /// Lets one model answer, and runs the tools that it calls, or the program that it writes, until it has. With others
    /// left, the decision for this one is only made (and told) when its first event shows that it does answer, or, where
    /// it must be sure, when it is. `rivals` says whether others have answered, and were not sure.
    async fn ask(
        &mut self,
        model: &Arc<dyn LanguageModel>,
        candidate: &Candidate,
        rivals: bool,
        wish: Option<Language>,
        history: &History,
        recalled: Option<&Recalled>,
    ) -> Result<Asked, TurnError> {
        let info = model.info();
        self.step_begins(&candidate.answerer, &candidate.reason);
        self.can_see(&format!("`{}`", info.id), info.vision)
            .inspect_err(|error| {
                self.step_ends(StepOutcome::Failed, Some(error.to_string()), None);
            })?;
        let nothing = Recollection::default();
        let mut way = self.way(candidate, wish, info).await?;
        // Passages stand in the place of what was recalled.
        let recalled = recalled.filter(|_| !matches!(way, Way::Cited(_)));
        let recollection = recalled.map_or(&nothing, |recalled| &recalled.recollection);
        let Prompt {
            request,
            omitted_messages,
            recalled: hits,
            quotes,
        } = self.prompt(history, recollection, &way, info.context_length);
        let decision = TurnEvent::Decision {
            model: info.id.clone(),
            skill: self.record.skill,
            reason: candidate.reason.clone(),
            omitted_messages,
            question: self.record.question,
        };
        let mut request = self.shown(request, info).await?;
        self.quoted = hits.iter().map(|hit| hit.memory.content.text.clone()).collect();
        let recalled = recalled.map(|recalled| recalled.event(hits, quotes));
        let decided = Decided {
            model: info.clone(),
            events: [decision].into_iter().chain(recalled).collect(),
        };
        let hold = self
            .hold(candidate.accept_at)
            // The last one is shown as it speaks, unless it is compared with others.
            .filter(|hold| !candidate.last || (rivals && *hold == Hold::Whole))
            .filter(|_| matches!(way, Way::Words));
        let mut gate = match hold {
            Some(hold) => Gate::held(decided, candidate.answerer.clone(), hold, candidate.accept_at),
            None if candidate.last && !rivals && info.price.is_free() => {
                if self.decide(decided).await.is_err() {
                    return Ok(Asked::Done(FinishReason::Cancelled));
                }
                Gate::Open
            }
            None => Gate::Undecided(Box::new(decided)),
        };
        loop {
            let finish = self
                .generate(model, request, &mut gate, matches!(way, Way::Tools(_)))
                .await;
            let finish = finish.inspect_err(|error| {
                self.step_ends(StepOutcome::Failed, Some(error.to_string()), None);
            })?;
            if let Gate::Rejected(draft) = gate {
                let why = format!("it was not sure enough: {:.2} is asked for", candidate.accept_at);
                self.step_ends(StepOutcome::Unsure, Some(why), draft.judgement);
                self.record.drop_step();
                return Ok(Asked::Unsure(draft));
            }
            let progress = match &mut way {
                Way::Words => Progress::Done(finish),
                Way::Tools(offer) => self.tools_called(offer, finish).await,
                Way::Program(task) => self.run_written(task, finish).await,
                Way::Cited(sources) => match self.cite(sources).await {
                    Ok(()) => Progress::Done(finish),
                    Err(Gone) => Progress::Done(FinishReason::Cancelled),
                },
            };
            match progress {
                Progress::Done(finish) => return Ok(Asked::Done(finish)),
                Progress::Again => {}
            }
            let prompt = self.prompt(history, recollection, &way, info.context_length);
            request = self.shown(prompt.request, info).await?;
        }
    }

    /// One call of a model, paid for.
    async fn generate(
        &mut self,
        model: &Arc<dyn LanguageModel>,
        mut request: GenerateRequest,
        gate: &mut Gate,
        own_tools: bool,
    ) -> Result<FinishReason, TurnError> {
        let info = model.info();
        if let Some(most) = self.trail.max_tokens() {
            request.max_tokens = Some(request.max_tokens.map_or(most, |asked| asked.min(most)));
        }
        if info.locality == Locality::Local {
            request.top_logprobs = request.top_logprobs.max(JUDGED_ALTERNATIVES);
        }
        let held = self.hold_money(info, &mut request).await?;
        self.trail.asked = Some(self.record.elapsed());
        let stop = self.cancel.child_token();
        let unbounded = self.request.generate.max_tokens.is_none();
        let looping = unbounded.then(Looping::default);
        let events = model.generate(request, stop.clone());
        let mut call = Call {
            own_tools,
            stop,
            looping,
            reached: false,
        };
        let heard = self.listen(events, gate, &info.id, &mut call).await;
        let reached = call.reached;
        self.pay(held, info, reached).await;
        let finish = heard?;
        if let Gate::Held { draft, .. } = gate {
            draft.finish = finish;
            if finish != FinishReason::Cancelled && self.judge_gate(gate).await.is_err() {
                return Ok(FinishReason::Cancelled);
            }
        }
        Ok(finish)
    }
}
