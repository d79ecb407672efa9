//! The story of one turn, top to bottom.

mod choice;
mod client;
mod code;
mod panics;
mod record;
mod remember;
mod tools;

pub(crate) use client::Client;

use crate::agent::AgentParts;
use crate::code::CodeRequest;
use crate::context::{self, History, Prompt, Recollection};
use crate::lines::{Lines, Place};
use crate::metrics::TurnTimer;
use crate::{TurnError, TurnEvent, TurnRequest};
use choice::{Candidate, Choice, gives_way};
use client::Gone;
use code::Task;
use council_core::sandbox::Language;
use council_core::{
    ConversationId, EventStream, FinishReason, GenerateEvent, Input, LedgerEntry, Message, ModelError,
    ModelInfo, NewMessage, Outcome, Role, SkillKind, StoreError,
};
use futures::StreamExt as _;
use panics::unless_it_panics;
use record::{BETWEEN_STEPS, Record};
use remember::Recalled;
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;
use tools::Offer;

/// How long a cancelled model may take to say what it used, before it is dropped. Engines stop within one step.
const WIND_DOWN: Duration = Duration::from_secs(5);

/// The model that will answer, and what there is to tell then.
struct Decided {
    model: ModelInfo,
    events: Vec<TurnEvent>,
}

/// How a model is to answer.
enum Way {
    /// In words, and with calls of the client's tools.
    Words,
    /// With calls of Council's own tools on the way.
    Tools(Offer),
    /// With a program that is run.
    Program(Task),
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
    /// Texts of memories that stand in the prompt.
    quoted: Vec<String>,
    timer: TurnTimer,
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
        Self {
            place: conversation.map_or_else(Place::nowhere, |conversation| lines.enter(conversation)),
            parts,
            request,
            client,
            cancel,
            record,
            quoted: Vec::new(),
            timer,
        }
    }

    /// Answers, settles, and tells the client the end. Neither a failure nor a panic leaves it unsettled.
    pub(crate) async fn run(mut self) {
        let first = self.wait_in_line().await;
        let answered = if self.is_deleted() {
            Ok(FinishReason::Cancelled)
        } else {
            unless_it_panics(self.answer()).await
        };
        self.record.end();
        if self.request.tools.is_some() {
            // Of a step that did not end: nobody will answer them.
            self.record.drop_calls();
        }
        self.measure_quotes();
        let settled = unless_it_panics(self.settle(&answered)).await;
        if settled.is_ok() && !self.is_deleted() {
            // A failure is told, and a panic logged with the thread: the answer stands all the same.
            let _ = unless_it_panics(async {
                self.remember(&answered).await;
                Ok(())
            })
            .await;
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
        let last = end.map(|finish| TurnEvent::Done(self.record.summary(finish)));
        // The metrics count the turn before the client can ask for them.
        let Self {
            mut client, timer, ..
        } = self;
        drop(timer);
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
        let names = self.request.models.clone();
        let mut choice = Choice::among(&names);
        let wish = match self.code_request() {
            CodeRequest::Given { language, source } => return self.run_given(language, &source).await,
            CodeRequest::Write { language } => Some(language.unwrap_or(Language::Python)),
            CodeRequest::None => None,
        };
        let mut candidate = choice.next(&*self.parts.models)?;
        let history = self.history().await?;
        let recalled = self.recall().await;
        // On disk before the first event: what the client has seen acknowledged survives a kill.
        self.keep_question().await?;
        loop {
            let last = candidate.last;
            match self.ask(candidate, wish, &history, recalled.as_ref()).await {
                Err(error) if !last && self.record.model.is_none() && gives_way(&error) => {
                    choice.pass_over(error);
                    candidate = choice.next(&*self.parts.models)?;
                }
                ended => return Ok(ended?),
            }
        }
    }

    /// What the conversation holds so far.
    async fn history(&self) -> Result<History, StoreError> {
        let Some(id) = &self.request.conversation else {
            return Ok(History::default());
        };
        let total = match self.parts.conversations.conversation(id).await {
            Ok(conversation) => conversation.message_count,
            Err(StoreError::NotFound { .. }) => return Ok(History::default()),
            Err(error) => return Err(error),
        };
        let recent = self
            .parts
            .conversations
            .recent_messages(id, context::HISTORY_LIMIT)
            .await?;
        let recent: Vec<_> = recent.into_iter().map(|stored| stored.message).collect();
        // Another turn may have added a message between the two questions.
        Ok(History {
            total: total.max(recent.len() as u64),
            recent,
        })
    }

    /// Stores what the client says.
    async fn keep_question(&self) -> Result<(), StoreError> {
        let Some(conversation) = &self.request.conversation else {
            return Ok(());
        };
        for message in context::said(&self.request.generate.input) {
            let message = NewMessage {
                conversation: conversation.clone(),
                message,
                model: None,
                request_id: self.request.request_id.clone(),
                created_at: self.record.accepted_at,
            };
            self.parts.conversations.append(message).await?;
        }
        Ok(())
    }

    /// Lets one model answer, and runs the tools that it calls, or the program that it writes, until it has. With other models left, the decision for
    /// this one is only made (and told) when its first event shows that it does answer.
    async fn ask(
        &mut self,
        candidate: Candidate,
        wish: Option<Language>,
        history: &History,
        recalled: Option<&Recalled>,
    ) -> Result<FinishReason, ModelError> {
        let Candidate { model, reason, last } = candidate;
        let info = model.info();
        let nothing = Recollection::default();
        let recollection = recalled.map_or(&nothing, |recalled| &recalled.recollection);
        let mut way = self.way(wish, info)?;
        let Prompt {
            mut request,
            omitted_messages,
            recalled: hits,
            quotes,
        } = self.prompt(history, recollection, &way, info.context_length);
        let decision = TurnEvent::Decision {
            model: info.id.clone(),
            skill: self.record.skill,
            reason,
            omitted_messages,
        };
        self.quoted = hits.iter().map(|hit| hit.memory.content.text.clone()).collect();
        let recalled = recalled.map(|recalled| recalled.event(hits, quotes));
        let mut undecided = Some(Decided {
            model: info.clone(),
            events: [decision].into_iter().chain(recalled).collect(),
        });
        if last && self.decide(undecided.take()).await.is_err() {
            return Ok(FinishReason::Cancelled);
        }
        loop {
            let events = model.generate(request, self.cancel.clone());
            let finish = self
                .listen(events, &mut undecided, &info.id, matches!(way, Way::Tools(_)))
                .await?;
            let progress = match &mut way {
                Way::Words => Progress::Done(finish),
                Way::Tools(offer) => self.tools_called(offer, finish).await,
                Way::Program(task) => self.run_written(task, finish).await,
            };
            match progress {
                Progress::Done(finish) => return Ok(finish),
                Progress::Again => {}
            }
            request = self
                .prompt(history, recollection, &way, info.context_length)
                .request;
        }
    }

    /// How this model is to answer.
    fn way(&mut self, wish: Option<Language>, model: &ModelInfo) -> Result<Way, ModelError> {
        if let Some(language) = wish {
            self.record.skill = SkillKind::Code;
            return Ok(Way::Program(Task::new(language)));
        }
        Ok(self.offer(model)?.map_or(Way::Words, Way::Tools))
    }

    /// Runs the tools that the model called, if it did and may.
    async fn tools_called(&mut self, offer: &mut Offer, finish: FinishReason) -> Progress {
        match finish {
            FinishReason::Cancelled => return Progress::Done(finish),
            // It was told to answer in words, and what it said so far is the answer.
            FinishReason::ToolCalls if offer.is_used_up() => return Progress::Done(FinishReason::Stop),
            _ if offer.is_used_up() || self.record.calls().is_empty() => return Progress::Done(finish),
            FinishReason::Stop | FinishReason::Length | FinishReason::ToolCalls => {}
        }
        match self.run_tools(offer).await {
            Ok(()) => Progress::Again,
            Err(Gone) => Progress::Done(FinishReason::Cancelled),
        }
    }

    /// What the model is asked: history, memories, the request, and what was done for it already.
    fn prompt(
        &self,
        history: &History,
        recollection: &Recollection,
        way: &Way,
        context_tokens: u32,
    ) -> Prompt {
        let mut generate = self.request.generate.clone();
        match (way, &mut generate.input) {
            (
                Way::Tools(offer),
                Input::Chat {
                    messages,
                    tools,
                    tool_choice,
                },
            ) => {
                messages.extend_from_slice(self.record.steps());
                (*tools, *tool_choice) = offer.choice();
            }
            (Way::Program(task), _) => task.put_into(&mut generate),
            (Way::Words | Way::Tools(_), _) => {}
        }
        context::assemble(&generate, history, recollection, context_tokens)
    }

    /// Passes on what a model says, to its end. Calls are the client's to answer, unless `own_tools` were offered.
    async fn listen(
        &mut self,
        mut events: EventStream,
        undecided: &mut Option<Decided>,
        model: &str,
        own_tools: bool,
    ) -> Result<FinishReason, ModelError> {
        loop {
            let event = tokio::select! {
                biased;
                () = self.client.gone() => return Ok(self.wind_down(events).await),
                () = self.cancel.cancelled() => return Ok(self.wind_down(events).await),
                () = self.place.deleted.cancelled() => return Ok(self.wind_down(events).await),
                event = events.next() => event,
            };
            let event = event.unwrap_or_else(|| {
                Err(ModelError::Internal(format!(
                    "`{model}` ended its answer without a reason"
                )))
            })?;
            if self.decide(undecided.take()).await.is_err() {
                return Ok(self.wind_down(events).await);
            }
            let told = match event {
                GenerateEvent::Text { text, logprobs } => {
                    if !text.is_empty() && self.record.follows_text() {
                        let (text, logprobs) = (BETWEEN_STEPS.to_owned(), Vec::new());
                        // Who is gone is noticed at the text itself.
                        let _ = self.tell(TurnEvent::Text { text, logprobs }).await;
                    }
                    self.record.text(&self.parts.metrics, &text, &logprobs);
                    self.tell(TurnEvent::Text { text, logprobs }).await
                }
                GenerateEvent::ToolCall(call) => {
                    self.record.tool_call(&self.parts.metrics, call.clone());
                    if own_tools {
                        Ok(())
                    } else {
                        self.tell(TurnEvent::ToolCall(call)).await
                    }
                }
                GenerateEvent::Usage(usage) => {
                    self.record.usage(usage);
                    Ok(())
                }
                GenerateEvent::Finish(reason) => return Ok(reason),
            };
            if told.is_err() {
                return Ok(self.wind_down(events).await);
            }
        }
    }

    /// Commits to a model and tells the client, once.
    async fn decide(&mut self, undecided: Option<Decided>) -> Result<(), Gone> {
        let Some(Decided { model, events }) = undecided else {
            return Ok(());
        };
        self.record.model = Some(model);
        for event in events {
            self.tell(event).await?;
        }
        Ok(())
    }

    /// Hands an event to the client. A shutdown does not wait for one that does not read.
    async fn tell(&self, event: TurnEvent) -> Result<(), Gone> {
        tokio::select! {
            biased;
            told = self.client.tell(event) => told,
            () = self.cancel.cancelled() => Err(Gone),
            () = self.place.deleted.cancelled() => Err(Gone),
        }
    }

    /// Stops the model and waits for what it says that it used. What it still writes is counted and told to nobody.
    async fn wind_down(&mut self, mut events: EventStream) -> FinishReason {
        self.cancel.cancel();
        let record = &mut self.record;
        let rest = async {
            while let Some(Ok(event)) = events.next().await {
                match event {
                    GenerateEvent::Text { logprobs, .. } => record.unsaid(&logprobs),
                    GenerateEvent::ToolCall(_) => {}
                    GenerateEvent::Usage(usage) => record.usage(usage),
                    GenerateEvent::Finish(_) => return,
                }
            }
        };
        if tokio::time::timeout(WIND_DOWN, rest).await.is_err() {
            let model = self.record.model_id();
            tracing::warn!(
                model,
                "`{model}` did not stop within {} s and was dropped",
                WIND_DOWN.as_secs()
            );
        }
        FinishReason::Cancelled
    }

    /// The ledger line and the answer, as far as there is one, in one transaction.
    async fn settle(&self, answered: &Result<FinishReason, TurnError>) -> Result<(), TurnError> {
        let (record, request) = (&self.record, &self.request);
        let outcome = outcome(answered);
        if let Some(model) = &record.model {
            self.parts
                .metrics
                .spent(&model.id, record.used(), record.cost_usd());
        }
        let entry = LedgerEntry {
            request_id: request.request_id.clone(),
            started_at: record.accepted_at,
            route: request.route.to_owned(),
            model: record.model_id(),
            locality: record.locality(),
            usage: record.used(),
            cost_usd: record.cost_usd(),
            latency: record.latency(),
            first_token: record.first_token(),
            outcome,
        };
        // A completed answer is an answer even when it is empty; without one, the next question would follow a
        // question.
        let said = outcome == Outcome::Completed || record.said_something();
        let created_at = self.parts.clock.now();
        let new = |message: Message, conversation: &ConversationId| NewMessage {
            conversation: conversation.clone(),
            model: (message.role == Role::Assistant).then(|| record.model_id()),
            message,
            request_id: request.request_id.clone(),
            created_at,
        };
        let conversation = request
            .conversation
            .as_ref()
            .filter(|_| said && !self.is_deleted());
        let answer = conversation.map(|conversation| {
            let messages = record.messages().into_iter();
            messages.map(|message| new(message, conversation)).collect()
        });
        Ok(self
            .parts
            .ledger
            .settle(entry, answer.unwrap_or_default())
            .await?)
    }
}

fn outcome(end: &Result<FinishReason, TurnError>) -> Outcome {
    match end {
        Ok(FinishReason::Stop | FinishReason::Length | FinishReason::ToolCalls) => Outcome::Completed,
        Ok(FinishReason::Cancelled) => Outcome::Cancelled,
        Err(_) => Outcome::Failed,
    }
}
