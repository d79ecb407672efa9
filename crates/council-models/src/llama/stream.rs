//! A job's replies become events.

use crate::protocol::{DoneReason, JobFailure, Output, TokenOut};
use crate::supervisor::{Reply, Ticket};
use crate::tool_calls::{Parsed, ToolCallParser};
use council_core::{
    EventStream, FinishReason, GenerateEvent, ModelError, TokenLogprob, ToolCall, TopLogprob, Usage,
};
use futures::{StreamExt, stream};
use std::collections::VecDeque;
use tokio_util::sync::CancellationToken;

struct Events {
    model: String,
    ticket: Ticket,
    parser: Option<ToolCallParser>,
    cancel: CancellationToken,
    cancelled: bool,
    calls: u32,
    ready: VecDeque<Result<GenerateEvent, ModelError>>,
}

/// The events of a job. Dropping the stream drops the ticket, which cancels the job.
pub(super) fn events(
    model: String,
    ticket: Ticket,
    parser: Option<ToolCallParser>,
    cancel: CancellationToken,
) -> EventStream {
    let state = Events {
        model,
        ticket,
        parser,
        cancel,
        cancelled: false,
        calls: 0,
        ready: VecDeque::new(),
    };
    stream::unfold(state, |mut state| async move {
        let event = state.next().await?;
        Some((event, state))
    })
    .boxed()
}

impl Events {
    async fn next(&mut self) -> Option<Result<GenerateEvent, ModelError>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let reply = tokio::select! {
                reply = self.ticket.next() => reply?,
                () = self.cancel.cancelled(), if !self.cancelled => {
                    self.cancelled = true;
                    self.ticket.cancel();
                    continue;
                }
            };
            match reply {
                Reply::Output(output) => self.take(output),
                Reply::Failed(error) => self.ready.push_back(Err(error)),
            }
        }
    }

    fn take(&mut self, output: Output) {
        match output {
            Output::Started { .. } => {}
            Output::Text { text, tokens, .. } => self.text(&text, tokens),
            Output::Done {
                reason,
                input_tokens,
                cached_tokens,
                output_tokens,
                ..
            } => {
                if let Some(mut parser) = self.parser.take() {
                    let rest = parser.finish();
                    self.parsed(rest, &mut Vec::new());
                }
                self.push(GenerateEvent::Usage(Usage {
                    input_tokens,
                    cached_tokens,
                    output_tokens,
                }));
                let finish = match reason {
                    DoneReason::Cancelled => FinishReason::Cancelled,
                    DoneReason::Length => FinishReason::Length,
                    DoneReason::Stop if self.calls > 0 => FinishReason::ToolCalls,
                    DoneReason::Stop => FinishReason::Stop,
                };
                self.push(GenerateEvent::Finish(finish));
            }
            Output::Failed { failure, .. } => {
                let error = self.failure(failure);
                self.ready.push_back(Err(error));
            }
        }
    }

    fn text(&mut self, text: &str, tokens: Vec<TokenOut>) {
        let mut logprobs: Vec<TokenLogprob> = tokens.into_iter().map(logprob).collect();
        match &mut self.parser {
            Some(parser) => {
                let parsed = parser.push(text);
                self.parsed(parsed, &mut logprobs);
                if !logprobs.is_empty() {
                    self.push(GenerateEvent::Text {
                        text: String::new(),
                        logprobs,
                    });
                }
            }
            None => self.push(GenerateEvent::Text {
                text: text.to_owned(),
                logprobs,
            }),
        }
    }

    fn parsed(&mut self, parsed: Vec<Parsed>, logprobs: &mut Vec<TokenLogprob>) {
        for piece in parsed {
            match piece {
                Parsed::Text(text) => {
                    self.push(GenerateEvent::Text {
                        text,
                        logprobs: std::mem::take(logprobs),
                    });
                }
                Parsed::ToolCall { name, arguments } => {
                    self.calls += 1;
                    let id = format!("call_{}", crate::identifier::random());
                    self.push(GenerateEvent::ToolCall(ToolCall { id, name, arguments }));
                }
            }
        }
    }

    fn push(&mut self, event: GenerateEvent) {
        self.ready.push_back(Ok(event));
    }

    fn failure(&self, failure: JobFailure) -> ModelError {
        match failure {
            JobFailure::TooLong {
                prompt_tokens,
                context_tokens,
            } => ModelError::ContextTooLong {
                model: self.model.clone(),
                prompt_tokens,
                context_tokens,
            },
            JobFailure::Invalid { field, message } => ModelError::InvalidRequest { field, message },
            JobFailure::Engine(message) => ModelError::Internal(message),
        }
    }
}

fn logprob(token: TokenOut) -> TokenLogprob {
    let top = token
        .top
        .into_iter()
        .map(|(bytes, logprob)| TopLogprob { bytes, logprob })
        .collect();
    TokenLogprob {
        bytes: token.bytes,
        logprob: token.logprob,
        top,
    }
}
