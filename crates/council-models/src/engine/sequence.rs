//! One request inside the engine, from its arrival to its last token.

use super::backend::Backend;
use super::image::{Placed, Prompt};
use super::kv::Place;
use super::sampler::{Choice, Sampler, TokenFilter};
use crate::protocol::{DoneReason, JobId, Output, TokenOut};
use crate::stop::StopMatcher;
use std::collections::VecDeque;

/// A request with its tokens, as it waits or runs.
pub struct Sequence {
    /// The job it answers.
    pub id: JobId,
    /// Prompt and answer so far.
    pub tokens: Vec<u32>,
    /// Images of the prompt, whose marks are among the tokens.
    pub images: Vec<Placed>,
    /// How many of `tokens` are prompt.
    pub prompt_tokens: usize,
    /// Where its state lives; meaningless while it waits.
    pub place: Place,
    /// Prompt tokens that were reused at its first admission; `None` before it.
    pub cached_tokens: Option<u32>,
    max_tokens: Option<u32>,
    control_text: bool,
    sampler: Sampler,
    matcher: StopMatcher,
    filter: Option<Box<dyn TokenFilter>>,
    /// The field of the request that asked for the form of the answer.
    pub form: Option<&'static str>,
    /// Tokens whose text is still held back.
    unreleased: VecDeque<TokenOut>,
    generated: u32,
}

/// What a sequence is made of.
pub struct NewSequence {
    /// The job.
    pub id: JobId,
    /// The prompt.
    pub prompt: Prompt,
    /// Most tokens to generate.
    pub max_tokens: Option<u32>,
    /// Whether control tokens are written out: some formats of tool calls are made of them.
    pub control_text: bool,
    /// Sampling state.
    pub sampler: Sampler,
    /// Stop strings.
    pub stop: Vec<String>,
    /// Grammar.
    pub filter: Option<Box<dyn TokenFilter>>,
    /// The field of the request that it comes from.
    pub form: Option<&'static str>,
}

impl Sequence {
    /// A sequence that has computed nothing yet.
    pub fn new(new: NewSequence) -> Self {
        Self {
            id: new.id,
            prompt_tokens: new.prompt.tokens.len(),
            tokens: new.prompt.tokens,
            images: new.prompt.images,
            place: Place::default(),
            cached_tokens: None,
            max_tokens: new.max_tokens,
            control_text: new.control_text,
            sampler: new.sampler,
            matcher: StopMatcher::new(new.stop),
            filter: new.filter,
            form: new.form,
            unreleased: VecDeque::new(),
            generated: 0,
        }
    }

    /// Tokens whose state is in the cache.
    pub fn computed(&self) -> usize {
        self.place.cells.len()
    }

    /// Tokens still to compute before the next one can be chosen; at least 1.
    pub fn left(&self) -> usize {
        self.tokens.len() - self.computed()
    }

    /// The image that is to be computed next.
    pub fn next_image(&self) -> Option<&Placed> {
        let computed = self.computed();
        self.images.iter().find(|placed| placed.at == computed)
    }

    /// Tokens still to compute before the next one can be chosen or an image is to be computed.
    pub fn left_to_image(&self) -> usize {
        let computed = self.computed();
        let image = self.images.iter().find(|placed| placed.at >= computed);
        image.map_or(self.left(), |placed| placed.at - computed)
    }

    /// Chooses the next token and writes what comes free. Returns the reason when the answer ends with it.
    ///
    /// # Errors
    /// When the sampler fails; the sequence is over.
    pub fn advance(
        &mut self,
        logits: &[f32],
        context_tokens: usize,
        backend: &impl Backend,
        outputs: &mut Vec<Output>,
    ) -> Result<Option<DoneReason>, String> {
        let filter: Option<&mut dyn TokenFilter> = match &mut self.filter {
            Some(filter) => Some(filter.as_mut()),
            None => None,
        };
        let choice = self.sampler.choose(logits, filter)?;
        self.generated += 1;
        if backend.is_end(choice.token) {
            self.flush(outputs);
            return Ok(Some(DoneReason::Stop));
        }
        self.tokens.push(choice.token);
        let out = describe(&choice, backend, self.control_text);
        let step = self.matcher.push(&out.bytes);
        self.unreleased.push_back(out);
        let tokens: Vec<TokenOut> = self
            .unreleased
            .drain(..step.released_tokens.min(self.unreleased.len()))
            .collect();
        if !step.text.is_empty() || !tokens.is_empty() {
            outputs.push(Output::Text {
                id: self.id,
                text: step.text,
                tokens,
            });
        }
        if step.stopped {
            return Ok(Some(DoneReason::Stop));
        }
        let full =
            self.max_tokens.is_some_and(|most| self.generated >= most) || self.tokens.len() >= context_tokens;
        if full {
            self.flush(outputs);
        }
        Ok(full.then_some(DoneReason::Length))
    }

    /// Writes the text that is still held back.
    pub fn flush(&mut self, outputs: &mut Vec<Output>) {
        let text = self.matcher.finish();
        let tokens: Vec<TokenOut> = self.unreleased.drain(..).collect();
        if !text.is_empty() || !tokens.is_empty() {
            outputs.push(Output::Text {
                id: self.id,
                text,
                tokens,
            });
        }
    }

    /// The job's last output.
    pub fn done(&self, reason: DoneReason) -> Output {
        Output::Done {
            id: self.id,
            reason,
            input_tokens: self.prompt_tokens as u32,
            cached_tokens: self.cached_tokens.unwrap_or(0),
            output_tokens: self.generated,
        }
    }
}

fn describe(choice: &Choice, backend: &impl Backend, control: bool) -> TokenOut {
    TokenOut {
        bytes: backend.piece(choice.token, control),
        logprob: choice.logprob,
        top: choice
            .top
            .iter()
            .map(|(token, logprob)| (backend.piece(*token, true), *logprob))
            .collect(),
    }
}
