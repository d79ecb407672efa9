//! Continuous batching: one step computes a token of every running answer and a chunk of the prompts that wait.
//!
//! Single-threaded and without clocks, so that a fake backend can test every decision. A step is: admit, plan, make
//! room, compute, choose tokens. Sequences that end leave their state behind in the prefix cache.

use super::backend::{Backend, BatchToken, DecodeError};
use super::image::{Prompt, whole_images};
use super::kv::Kv;
use super::plan::{ChunkTuner, plan};
use super::prefix::{EntryId, common_prefix};
use super::sampler::Sampler;
use super::sequence::{NewSequence, Sequence};
use crate::constraint::Constraint;
use crate::protocol::{DoneReason, Job, JobFailure, JobId, Output, Step};
use std::collections::VecDeque;

/// A shared prefix shorter than this is not worth waiting for.
const LEAST_SHARED_TOKENS: usize = 32;

/// Bounds of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest prompt plus answer, in tokens.
    pub context_tokens: usize,
    /// Most tokens per step.
    pub batch_tokens: usize,
    /// Most sequences that run at once.
    pub slots: usize,
    /// Most cells that the cache may grow to.
    pub kv_capacity_tokens: usize,
}

/// Whose state a new sequence begins with.
#[derive(Clone, Copy)]
enum Donor {
    /// A running sequence, by index.
    Running(usize),
    /// A finished one.
    Idle(EntryId),
}

/// All sequences of one model.
pub struct Scheduler<B: Backend> {
    kv: Kv<B>,
    limits: Limits,
    waiting: VecDeque<Sequence>,
    /// Oldest first.
    running: Vec<Sequence>,
    tuner: ChunkTuner,
    outputs: Vec<Output>,
    /// Rebuilt each step; kept for its memory.
    batch: Vec<BatchToken>,
    /// Whether the last step computed an image.
    saw_image: bool,
}

impl<B: Backend> Scheduler<B> {
    /// An empty engine.
    pub fn new(backend: B, limits: Limits) -> Self {
        Self {
            kv: Kv::new(backend, limits.kv_capacity_tokens),
            limits,
            waiting: VecDeque::new(),
            running: Vec::new(),
            tuner: ChunkTuner::default(),
            outputs: Vec::new(),
            batch: Vec::new(),
            saw_image: false,
        }
    }

    /// Whether there is nothing to do.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty() && self.outputs.is_empty()
    }

    /// Takes a job whose prompt has these tokens. What is wrong with it comes out of the next step.
    pub fn submit(&mut self, job: Job, prompt: impl Into<Prompt>) {
        let id = job.id;
        match self.accept(job, prompt.into()) {
            Ok(sequence) => self.waiting.push_back(sequence),
            Err(failure) => self.outputs.push(Output::Failed { id, failure }),
        }
    }

    /// Says with the next step that a job cannot be done.
    pub fn refuse(&mut self, id: JobId, failure: JobFailure) {
        self.outputs.push(Output::Failed { id, failure });
    }

    /// Longest prompt plus answer, in tokens.
    fn context_tokens(&self) -> usize {
        self.limits.context_tokens.min(self.kv.limit())
    }

    fn accept(&self, job: Job, prompt: Prompt) -> Result<Sequence, JobFailure> {
        let context_tokens = self.context_tokens();
        if prompt.tokens.is_empty() {
            return Err(invalid("prompt", "it has no tokens; write something".to_owned()));
        }
        if prompt.tokens.len() >= context_tokens {
            return Err(JobFailure::TooLong {
                prompt_tokens: prompt.tokens.len() as u32,
                context_tokens: context_tokens as u32,
            });
        }
        let vocab_tokens = self.kv.backend().vocab_tokens();
        if let Some((token, _)) = job
            .sampling
            .logit_bias
            .iter()
            .find(|(token, _)| *token >= vocab_tokens)
        {
            let message = format!(
                "token {token} does not exist; this model's ids end at {}",
                vocab_tokens - 1
            );
            return Err(invalid("logit_bias", message));
        }
        let filter = match &job.constraint {
            Some(constraint) => Some(
                self.kv
                    .backend()
                    .filter(constraint)
                    .map_err(|message| invalid(constraint.field(), message))?,
            ),
            None => None,
        };
        Ok(Sequence::new(NewSequence {
            id: job.id,
            sampler: Sampler::new(job.sampling, job.top_logprobs, &prompt.tokens),
            prompt,
            max_tokens: job.max_tokens,
            control_text: job.control_text,
            stop: job.stop,
            filter,
            form: job.constraint.as_ref().map(Constraint::field),
        }))
    }

    /// Ends a job; its text so far and [`Output::Done`] come out of the next step. Unknown jobs have ended already.
    pub fn cancel(&mut self, id: JobId) {
        if let Some(index) = self.running.iter().position(|sequence| sequence.id == id) {
            let sequence = self.running.remove(index);
            self.end(sequence, DoneReason::Cancelled);
        } else if let Some(index) = self.waiting.iter().position(|sequence| sequence.id == id)
            && let Some(sequence) = self.waiting.remove(index)
        {
            self.outputs.push(sequence.done(DoneReason::Cancelled));
        }
    }

    /// Computes with so many threads from now on; false where it stays as it is.
    pub fn use_threads(&mut self, threads: u32) -> bool {
        self.kv.use_threads(threads, &mut self.running)
    }

    /// Computes one step and returns what came of it. `elapsed` tells seconds from any fixed moment on.
    pub fn step(&mut self, elapsed: &mut dyn FnMut() -> f64) -> Step {
        self.admit();
        let mut step = Step::default();
        let shares = self.fit();
        let some = shares.iter().any(|share| *share > 0);
        // An image takes a step of its own, in which nothing else goes on; the next step is for the others.
        if let Some(index) = self.at_image().filter(|_| !(some && self.saw_image)) {
            let begun = elapsed();
            step.prompt_tokens = self.see(index) as u32;
            step.seconds = elapsed() - begun;
            self.saw_image = true;
        } else if some {
            self.saw_image = false;
            let begun = elapsed();
            let rows = self.fill(&shares);
            let decoded = self.kv.backend_mut().decode(&self.batch);
            step.decoding = self
                .running
                .iter()
                .filter(|sequence| sequence.left() == 1)
                .count() as u32;
            let prompt_tokens = self.batch.len() - step.decoding as usize;
            step.prompt_tokens = prompt_tokens as u32;
            match decoded {
                Ok(()) => self.choose(&shares, &rows),
                Err(error) => self.fail(&error),
            }
            step.seconds = elapsed() - begun;
            self.tuner.observe(prompt_tokens, step.seconds);
        }
        step.outputs = std::mem::take(&mut self.outputs);
        step.kv_used_tokens = self.kv.used() as u32;
        step.kv_capacity_tokens = self.kv.backend().capacity() as u32;
        step.saved_tokens = self.kv.saved_tokens() as u32;
        step
    }

    /// Gives slots to waiting sequences, oldest first, and lets each start from the longest prefix there is.
    fn admit(&mut self) {
        let mut index = 0;
        while index < self.waiting.len()
            && self.running.len() < self.limits.slots
            && self.kv.has_sequence(&mut self.running)
        {
            let tokens = &self.waiting[index].tokens;
            let can_share = self.kv.backend().can_truncate();
            let shared = |other: &Sequence, until: usize| {
                common_prefix(&other.tokens[..until.min(other.tokens.len())], tokens)
            };
            let running = self.running.iter().enumerate().filter(|_| can_share);
            let running =
                running.map(|(which, other)| (Donor::Running(which), shared(other, other.computed())));
            let idle = self.kv.longest(tokens);
            let idle = idle.map(|(entry, length)| (Donor::Idle(entry), length));
            let best = idle.into_iter().chain(running).max_by_key(|(_, length)| *length);
            // The last token is always computed: its logits are wanted.
            let images = &self.waiting[index].images;
            let best =
                best.map(|(donor, length)| (donor, whole_images(images, length.min(tokens.len() - 1))));
            let best = best.filter(|(_, length)| *length > 0);
            let have = best.map_or(0, |(_, length)| length);
            // Someone is computing a longer shared prefix right now: council voices, n > 1. Wait for it.
            let coming = self
                .running
                .iter()
                .map(|other| shared(other, other.prompt_tokens));
            if can_share && coming.max().unwrap_or(0) >= have + LEAST_SHARED_TOKENS {
                index += 1;
                continue;
            }
            let Some(mut sequence) = self.waiting.remove(index) else {
                break;
            };
            sequence.place = match best {
                Some((Donor::Running(which), length)) => self.kv.share(&self.running[which].place, length),
                Some((Donor::Idle(entry), length)) => self.kv.resume(entry, length, &mut self.running),
                None => self.kv.start(),
            };
            if sequence.cached_tokens.is_none() {
                let reused = sequence.computed() as u32;
                sequence.cached_tokens = Some(reused);
                self.outputs.push(Output::Started {
                    id: sequence.id,
                    input_tokens: sequence.prompt_tokens as u32,
                    cached_tokens: reused,
                });
            }
            self.running.push(sequence);
        }
        if !self.running.is_empty() {
            self.kv.save_idle();
        }
    }

    /// The oldest sequence that has come to an image.
    fn at_image(&self) -> Option<usize> {
        self.running
            .iter()
            .position(|sequence| sequence.next_image().is_some())
    }

    /// Computes the image that a running sequence has come to; returns how many cells it took. What fails with an
    /// image ends only its own sequence.
    fn see(&mut self, index: usize) -> usize {
        let Some(placed) = self.running[index].next_image().cloned() else {
            return 0;
        };
        let cells = placed.image.marks.len();
        while !self.kv.make_room(cells, &mut self.running) && self.preempt() {}
        let Some(sequence) = self.running.get_mut(index) else {
            return 0;
        };
        match self
            .kv
            .backend_mut()
            .see(&placed.image, placed.at, sequence.place.seq)
        {
            Ok(()) => {
                self.kv.allocate(&mut sequence.place, cells);
                return cells;
            }
            Err(DecodeError::NoRoom) => self.fail(&DecodeError::NoRoom),
            Err(DecodeError::Failed(message)) => {
                let sequence = self.running.remove(index);
                self.kv.release(sequence.place);
                let failure = JobFailure::Engine(message);
                self.outputs.push(Output::Failed {
                    id: sequence.id,
                    failure,
                });
            }
        }
        0
    }

    /// Plans the step and makes room for it; as the last resort the youngest sequence is sent back to wait.
    fn fit(&mut self) -> Vec<usize> {
        loop {
            let left: Vec<usize> = self.running.iter().map(Sequence::left_to_image).collect();
            let shares = plan(&left, self.tuner.step_size(self.limits.batch_tokens, &left));
            let needed = shares.iter().sum();
            if self.kv.make_room(needed, &mut self.running) || self.running.is_empty() || !self.preempt() {
                return shares;
            }
        }
    }

    /// Sends the youngest of several sequences back to wait; it starts over from what it has written.
    fn preempt(&mut self) -> bool {
        if self.running.len() < 2 {
            return false;
        }
        let Some(mut sequence) = self.running.pop() else {
            return false;
        };
        self.kv.release(std::mem::take(&mut sequence.place));
        self.waiting.push_front(sequence);
        true
    }

    /// Writes the batch; returns for each running sequence the row of its last token.
    fn fill(&mut self, shares: &[usize]) -> Vec<usize> {
        self.batch.clear();
        let mut rows = Vec::with_capacity(shares.len());
        for (sequence, share) in self.running.iter().zip(shares) {
            let start = sequence.computed();
            let end = start + share;
            for position in start..end {
                self.batch.push(BatchToken {
                    token: sequence.tokens[position],
                    position,
                    seq: sequence.place.seq,
                    logits: position + 1 == sequence.tokens.len(),
                });
            }
            rows.push(self.batch.len().saturating_sub(1));
        }
        rows
    }

    /// Books the computed tokens and chooses the next token of each sequence that is up to date.
    fn choose(&mut self, shares: &[usize], rows: &[usize]) {
        let mut ended = Vec::new();
        let context_tokens = self.context_tokens();
        for (index, ((sequence, share), row)) in self.running.iter_mut().zip(shares).zip(rows).enumerate() {
            let complete = *share > 0 && sequence.left() == *share;
            self.kv.allocate(&mut sequence.place, *share);
            if !complete {
                continue;
            }
            let backend = self.kv.backend();
            let logits = backend.logits(*row);
            match sequence.advance(logits, context_tokens, backend, &mut self.outputs) {
                Ok(None) => {}
                Ok(Some(reason)) => ended.push((index, Ok(reason))),
                Err(message) => ended.push((index, Err(message))),
            }
        }
        for (index, result) in ended.into_iter().rev() {
            let sequence = self.running.remove(index);
            match result {
                Ok(reason) => self.end(sequence, reason),
                Err(message) => {
                    // Without a form there is always a next token.
                    let failure = match sequence.form {
                        Some(field) => invalid(field, message),
                        None => JobFailure::Engine(message),
                    };
                    self.outputs.push(Output::Failed {
                        id: sequence.id,
                        failure,
                    });
                    self.kv.finish(sequence.place, sequence.tokens);
                }
            }
        }
    }

    /// A step failed: the state of everything in it is unknown, so it is dropped, and the jobs are told.
    fn fail(&mut self, error: &DecodeError) {
        if *error == DecodeError::NoRoom && (self.kv.drop_oldest_in_cells() || self.preempt()) {
            // The books were right but the free cells lie badly; with more room the same step is tried again.
            return;
        }
        let message = match error {
            DecodeError::NoRoom => "the KV cache has no room for the next token".to_owned(),
            DecodeError::Failed(message) => message.clone(),
        };
        for sequence in std::mem::take(&mut self.running) {
            self.kv.release(sequence.place);
            let failure = JobFailure::Engine(message.clone());
            self.outputs.push(Output::Failed {
                id: sequence.id,
                failure,
            });
        }
    }

    fn end(&mut self, mut sequence: Sequence, reason: DoneReason) {
        sequence.flush(&mut self.outputs);
        self.outputs.push(sequence.done(reason));
        self.kv.finish(sequence.place, sequence.tokens);
    }

    /// The backend, for tests.
    #[cfg(test)]
    pub fn backend(&self) -> &B {
        self.kv.backend()
    }
}

fn invalid(field: &str, message: String) -> JobFailure {
    JobFailure::Invalid {
        field: field.to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests;
