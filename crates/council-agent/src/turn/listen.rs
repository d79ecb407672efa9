//! What a model says, on its way to the client.

use super::client::Gone;
use super::draft::Gate;
use super::looping::Looping;
use super::{Decided, Turn};
use crate::TurnEvent;
use council_core::{EventStream, FinishReason, GenerateEvent, ModelError};
use futures::StreamExt as _;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a cancelled model may take to say what it used, before it is dropped. Engines stop within one step.
const WIND_DOWN: Duration = Duration::from_secs(5);

/// One call of a model.
pub(super) struct Call {
    /// Whether tools of ours were offered: else calls are the client's to answer.
    pub(super) own_tools: bool,
    /// Stops this call alone.
    pub(super) stop: CancellationToken,
    /// Where nobody said how long the answer may be.
    pub(super) looping: Option<Looping>,
    /// Whether the model said anything.
    pub(super) reached: bool,
}

impl Turn {
    /// Takes what a model says, to its end, until the gate closes, or until it only repeats itself.
    pub(super) async fn listen(
        &mut self,
        mut events: EventStream,
        gate: &mut Gate,
        model: &str,
        call: &mut Call,
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
            call.reached = true;
            if let Gate::Undecided(_) = gate
                && let Gate::Undecided(decided) = std::mem::replace(gate, Gate::Open)
                && self.decide(*decided).await.is_err()
            {
                return Ok(self.wind_down(events).await);
            }
            let told = match event {
                GenerateEvent::Text { text, logprobs } => {
                    let loops = call.looping.as_mut().is_some_and(|looping| looping.hears(&text));
                    let told = self.take_text(gate, text, logprobs).await;
                    if loops && told.is_ok() && !matches!(gate, Gate::Rejected(_)) {
                        self.trail.looped = true;
                        call.stop.cancel();
                        self.last_words(events).await;
                        return Ok(FinishReason::Length);
                    }
                    told
                }
                GenerateEvent::ToolCall(tool) => {
                    self.record.tool_call(&self.parts.metrics, tool.clone());
                    if call.own_tools {
                        Ok(())
                    } else {
                        self.tell(TurnEvent::ToolCall(tool)).await
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
            if let Gate::Rejected(draft) = gate {
                // Dropped rather than asked to stop: another model is waiting to begin.
                draft.cut = true;
                return Ok(FinishReason::Length);
            }
        }
    }

    /// Commits to a model and tells the client, once.
    pub(super) async fn decide(&mut self, Decided { model, events }: Decided) -> Result<(), Gone> {
        self.record.model = Some(model);
        for event in events {
            self.tell(event).await?;
        }
        match self.preface.take() {
            Some(text) => self.say(text.to_owned()).await,
            None => Ok(()),
        }
    }

    /// Hands an event to the client. A shutdown does not wait for one that does not read.
    pub(super) async fn tell(&self, event: TurnEvent) -> Result<(), Gone> {
        tokio::select! {
            biased;
            told = self.client.tell(event) => told,
            () = self.cancel.cancelled() => Err(Gone),
            () = self.place.deleted.cancelled() => Err(Gone),
        }
    }

    /// Stops the turn and its model.
    pub(super) async fn wind_down(&mut self, events: EventStream) -> FinishReason {
        self.cancel.cancel();
        self.last_words(events).await;
        FinishReason::Cancelled
    }

    /// Waits for what a model that was stopped says that it used. What it still writes is counted and told to nobody.
    async fn last_words(&mut self, mut events: EventStream) {
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
    }
}
