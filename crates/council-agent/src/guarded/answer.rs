//! The answer of a guarded model: placeholders undone, bytes counted, its line completed however it ends.

use super::Gate;
use crate::privacy::restore::Restorer;
use council_core::{
    EgressId, EgressOutcome, EventStream, FinishReason, GenerateEvent, ModelError, StoreError, ToolCall,
};
use futures::{StreamExt, stream};
use std::collections::VecDeque;

/// The line of a call that is being made. Dropped before its end it is completed in the background.
pub(super) struct Line {
    id: EgressId,
    model: String,
    gate: Gate,
    received_bytes: u64,
    ended: bool,
}

impl Line {
    pub(super) fn new(id: EgressId, model: String, gate: Gate) -> Self {
        Self {
            id,
            model,
            gate,
            received_bytes: 0,
            ended: false,
        }
    }

    async fn end(&mut self, outcome: EgressOutcome) {
        self.ended = true;
        self.gate.metrics.received(&self.model, self.received_bytes);
        complete(&self.gate, self.id, self.received_bytes, outcome).await;
    }

    async fn refuse(&mut self, label: &'static str) {
        self.ended = true;
        note(self.id, self.gate.log.refuse(self.id, label).await);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        self.gate.metrics.received(&self.model, self.received_bytes);
        // Without a runtime the process ends, and the line becomes `interrupted` when the store is opened again.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let (gate, id, bytes) = (self.gate.clone(), self.id, self.received_bytes);
        let tasks = gate.tasks.clone();
        tasks.spawn_on(
            async move { complete(&gate, id, bytes, EgressOutcome::Cancelled).await },
            &runtime,
        );
    }
}

/// What was sent is written already; that its end is not does not spoil the answer.
async fn complete(gate: &Gate, id: EgressId, received_bytes: u64, outcome: EgressOutcome) {
    note(id, gate.log.end(id, received_bytes, outcome).await);
}

fn note(id: EgressId, written: Result<(), StoreError>) {
    if let Err(error) = written {
        tracing::error!(%error, "line {} of the egress ledger could not be completed: {error}", id.0);
    }
}

struct Answer {
    inner: EventStream,
    restorer: Restorer,
    line: Line,
    events: VecDeque<Result<GenerateEvent, ModelError>>,
    over: bool,
}

/// The events of `inner` as if nothing had been replaced.
pub(super) fn guarded(inner: EventStream, restorer: Restorer, line: Line) -> EventStream {
    let answer = Answer {
        inner,
        restorer,
        line,
        events: VecDeque::new(),
        over: false,
    };
    stream::unfold(answer, |mut answer| async move {
        let event = answer.next().await?;
        Some((event, answer))
    })
    .boxed()
}

impl Answer {
    async fn next(&mut self) -> Option<Result<GenerateEvent, ModelError>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            let Some(event) = self.inner.next().await else {
                self.over = true;
                self.line.end(EgressOutcome::Failed).await;
                return None;
            };
            self.read(event).await;
        }
    }

    async fn read(&mut self, event: Result<GenerateEvent, ModelError>) {
        match event {
            Ok(GenerateEvent::Text { text, logprobs }) => {
                self.line.received_bytes += text.len() as u64;
                let text = self.restorer.push(&text);
                if !text.is_empty() || !logprobs.is_empty() {
                    self.events.push_back(Ok(GenerateEvent::Text { text, logprobs }));
                }
            }
            Ok(GenerateEvent::ToolCall(call)) => {
                self.line.received_bytes += (call.name.len() + call.arguments.len()) as u64;
                self.flush();
                let arguments = self.restorer.placeholders().restore_arguments(&call.arguments);
                let call = ToolCall { arguments, ..call };
                self.events.push_back(Ok(GenerateEvent::ToolCall(call)));
            }
            Ok(GenerateEvent::Usage(usage)) => {
                self.flush();
                self.events.push_back(Ok(GenerateEvent::Usage(usage)));
            }
            Ok(GenerateEvent::Finish(reason)) => {
                self.flush();
                let outcome = match reason {
                    FinishReason::Cancelled => EgressOutcome::Cancelled,
                    FinishReason::Stop | FinishReason::Length | FinishReason::ToolCalls => {
                        EgressOutcome::Completed
                    }
                };
                self.over = true;
                self.line.end(outcome).await;
                self.events.push_back(Ok(GenerateEvent::Finish(reason)));
            }
            Err(error) => {
                self.flush();
                self.over = true;
                // The gate to the network let it go nowhere, as when a name led to an address that it may not lead to.
                if let ModelError::NotAllowed { label, .. } = &error {
                    self.line.refuse(label).await;
                } else {
                    self.line.end(EgressOutcome::Failed).await;
                }
                self.events.push_back(Err(error));
            }
        }
    }

    fn flush(&mut self) {
        let text = self.restorer.finish();
        if !text.is_empty() {
            let logprobs = Vec::new();
            self.events.push_back(Ok(GenerateEvent::Text { text, logprobs }));
        }
    }
}
