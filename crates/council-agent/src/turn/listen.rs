//! What a model says, on its way to the client.

use super::client::Gone;
use super::draft::Gate;
use super::{Decided, Turn};
use crate::TurnEvent;
use council_core::{EventStream, FinishReason, GenerateEvent, ModelError};
use futures::StreamExt as _;
use std::time::Duration;

/// How long a cancelled model may take to say what it used, before it is dropped. Engines stop within one step.
const WIND_DOWN: Duration = Duration::from_secs(5);

impl Turn {
    /// Takes what a model says, to its end, or until the gate closes. Calls are the client's to answer, unless
    /// `own_tools` were offered.
    pub(super) async fn listen(
        &mut self,
        mut events: EventStream,
        gate: &mut Gate,
        model: &str,
        own_tools: bool,
        reached: &mut bool,
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
            *reached = true;
            if let Gate::Undecided(_) = gate
                && let Gate::Undecided(decided) = std::mem::replace(gate, Gate::Open)
                && self.decide(*decided).await.is_err()
            {
                return Ok(self.wind_down(events).await);
            }
            let told = match event {
                GenerateEvent::Text { text, logprobs } => self.take_text(gate, text, logprobs).await,
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

    /// Stops the model and waits for what it says that it used. What it still writes is counted and told to nobody.
    pub(super) async fn wind_down(&mut self, mut events: EventStream) -> FinishReason {
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
}
