//! One answer of the scripted model.

use super::Step;
use crate::stop::StopMatcher;
use council_core::{
    FinishReason, GenerateEvent, GenerateRequest, Input, ModelError, TokenLogprob, ToolCall, TopLogprob,
    Usage,
};
use std::collections::VecDeque;
use tokio_util::sync::CancellationToken;

/// Log-probability of every token: exp(-0.1) is about 0.9.
const LOGPROB: f32 = -0.1;

pub(super) struct Performance {
    steps: VecDeque<Step>,
    /// What is left of the text that is being said.
    words: VecDeque<String>,
    stop: StopMatcher,
    /// Tokens whose text is held back by `stop`.
    unreleased: VecDeque<TokenLogprob>,
    usage: Usage,
    max_tokens: u32,
    top_logprobs: u8,
    calls: usize,
    events: VecDeque<GenerateEvent>,
    cancel: CancellationToken,
    over: bool,
}

impl Performance {
    pub(super) fn new(
        steps: Vec<Step>,
        request: &GenerateRequest,
        context_tokens: u32,
        cancel: CancellationToken,
    ) -> Self {
        let input_tokens = prompt_tokens(&request.input);
        let room = context_tokens.saturating_sub(input_tokens);
        Self {
            steps: steps.into(),
            words: VecDeque::new(),
            stop: StopMatcher::new(request.stop.clone()),
            unreleased: VecDeque::new(),
            usage: Usage {
                input_tokens,
                ..Usage::default()
            },
            max_tokens: request.max_tokens.map_or(room, |max_tokens| max_tokens.min(room)),
            top_logprobs: request.top_logprobs,
            calls: 0,
            events: VecDeque::new(),
            cancel,
            over: false,
        }
    }

    pub(super) async fn next(&mut self) -> Option<Result<GenerateEvent, ModelError>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(Ok(event));
            }
            if self.over {
                return None;
            }
            // Like a real model, it gives others their turn between two tokens.
            tokio::task::yield_now().await;
            if self.cancel.is_cancelled() {
                self.end(FinishReason::Cancelled);
            } else if let Some(word) = self.words.pop_front() {
                self.say(word);
            } else if let Err(error) = self.step().await {
                self.over = true;
                return Some(Err(error));
            }
        }
    }

    async fn step(&mut self) -> Result<(), ModelError> {
        let cancel = self.cancel.clone();
        match self.steps.pop_front() {
            None if self.calls > 0 => self.end(FinishReason::ToolCalls),
            None => self.end(FinishReason::Stop),
            Some(Step::Text(text)) => self.words = words(&text),
            Some(Step::Delay(delay)) => {
                tokio::select! {
                    () = cancel.cancelled() => {}
                    () = tokio::time::sleep(delay) => {}
                }
            }
            Some(Step::ToolCall { name, arguments }) => {
                self.release_all();
                self.calls += 1;
                self.usage.output_tokens += 1;
                self.events.push_back(GenerateEvent::ToolCall(ToolCall {
                    id: format!("call_{}", self.calls),
                    name,
                    arguments,
                }));
            }
            Some(Step::Fail(error)) => return Err(error),
            Some(Step::HangUntilCancelled) => cancel.cancelled().await,
        }
        Ok(())
    }

    fn say(&mut self, word: String) {
        if self.usage.output_tokens >= self.max_tokens {
            self.end(FinishReason::Length);
            return;
        }
        self.usage.output_tokens += 1;
        let step = self.stop.push(word.as_bytes());
        self.unreleased.push_back(logprob(word, self.top_logprobs));
        let logprobs: Vec<TokenLogprob> = self.unreleased.drain(..step.released_tokens).collect();
        self.emit(step.text, logprobs);
        if step.stopped {
            self.end(FinishReason::Stop);
        }
    }

    /// Sets free what was held back for a stop string.
    fn release_all(&mut self) {
        let text = self.stop.finish();
        let logprobs = self.unreleased.drain(..).collect();
        self.emit(text, logprobs);
    }

    fn emit(&mut self, text: String, logprobs: Vec<TokenLogprob>) {
        if !text.is_empty() || !logprobs.is_empty() {
            self.events.push_back(GenerateEvent::Text { text, logprobs });
        }
    }

    fn end(&mut self, reason: FinishReason) {
        if self.stop.is_stopped() {
            self.unreleased.clear();
        }
        self.release_all();
        self.events.push_back(GenerateEvent::Usage(self.usage));
        self.events.push_back(GenerateEvent::Finish(reason));
        self.over = true;
    }
}

/// Words of a prompt: the fake's tokens.
pub(super) fn prompt_tokens(input: &Input) -> u32 {
    let count = |text: &str| text.split_whitespace().count();
    let words: usize = match input {
        Input::Chat { messages, .. } => messages.iter().map(|message| count(&message.joined_text())).sum(),
        Input::Text(text) => count(text),
    };
    u32::try_from(words).unwrap_or(u32::MAX)
}

/// Words, each with the white space that follows it.
fn words(text: &str) -> VecDeque<String> {
    let mut words: VecDeque<String> = VecDeque::new();
    let mut after_space = false;
    for c in text.chars() {
        match words.back_mut() {
            Some(word) if c.is_whitespace() || !after_space => word.push(c),
            Some(_) | None => words.push_back(c.to_string()),
        }
        after_space = c.is_whitespace();
    }
    words
}

fn logprob(word: String, top_logprobs: u8) -> TokenLogprob {
    let bytes = word.into_bytes();
    let top = (0..top_logprobs)
        .map(|rank| TopLogprob {
            bytes: if rank == 0 {
                bytes.clone()
            } else {
                format!("alternative{rank}").into_bytes()
            },
            logprob: LOGPROB - f32::from(rank) * 3.0,
        })
        .collect();
    TokenLogprob {
        bytes,
        logprob: LOGPROB,
        top,
    }
}
