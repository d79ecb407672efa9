//! Continuous batching: one step computes a token of every running answer and a chunk of the prompts that wait.
//!
//! Single-threaded and without clocks, so that a fake backend can test every decision. A step is: admit, plan, make
//! room, compute, choose tokens. Sequences that end leave their state behind in the prefix cache.

use super::backend::{Backend, BatchToken, DecodeError, SeqId};
use super::cells::Cells;
use super::plan::{ChunkTuner, StepSize, plan};
use super::prefix::{PrefixCache, common_prefix, drop_cells};
use super::sampler::Sampler;
use super::sequence::{NewSequence, Sequence};
use crate::protocol::{DoneReason, Job, JobFailure, JobId, Output, Step};
use std::collections::VecDeque;

/// A shared prefix shorter than this is not worth waiting for.
const LEAST_SHARED_TOKENS: usize = 32;
/// The cache grows at least this much at once, in cells.
const LEAST_GROWTH: usize = 1024;

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

/// All sequences of one model.
pub struct Scheduler<B> {
    backend: B,
    limits: Limits,
    waiting: VecDeque<Sequence>,
    /// Oldest first.
    running: Vec<Sequence>,
    cache: PrefixCache,
    cells: Cells,
    free: Vec<SeqId>,
    tuner: ChunkTuner,
    outputs: Vec<Output>,
    /// Rebuilt each step; kept for its memory.
    batch: Vec<BatchToken>,
}

impl<B: Backend> Scheduler<B> {
    /// An empty engine.
    pub fn new(backend: B, limits: Limits) -> Self {
        let free = (0..backend.sequences() as SeqId).rev().collect();
        Self {
            backend,
            limits,
            waiting: VecDeque::new(),
            running: Vec::new(),
            cache: PrefixCache::default(),
            cells: Cells::default(),
            free,
            tuner: ChunkTuner::default(),
            outputs: Vec::new(),
            batch: Vec::new(),
        }
    }

    /// Whether there is nothing to do.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty() && self.outputs.is_empty()
    }

    /// Takes a job whose prompt has these tokens. What is wrong with it comes out of the next step.
    pub fn submit(&mut self, job: Job, prompt: Vec<u32>) {
        let id = job.id;
        match self.accept(job, prompt) {
            Ok(sequence) => self.waiting.push_back(sequence),
            Err(failure) => self.outputs.push(Output::Failed { id, failure }),
        }
    }

    fn accept(&self, job: Job, prompt: Vec<u32>) -> Result<Sequence, JobFailure> {
        let context_tokens = self.limits.context_tokens.min(self.limits.kv_capacity_tokens);
        if prompt.is_empty() {
            return Err(invalid("prompt", "it has no tokens; write something".to_owned()));
        }
        if prompt.len() >= context_tokens {
            return Err(JobFailure::TooLong {
                prompt_tokens: prompt.len() as u32,
                context_tokens: context_tokens as u32,
            });
        }
        let vocab_tokens = self.backend.vocab_tokens();
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
                self.backend
                    .filter(constraint)
                    .map_err(|message| invalid(constraint.field(), message))?,
            ),
            None => None,
        };
        Ok(Sequence::new(NewSequence {
            id: job.id,
            sampler: Sampler::new(job.sampling, job.top_logprobs, &prompt),
            prompt,
            max_tokens: job.max_tokens,
            control_text: job.control_text,
            stop: job.stop,
            filter,
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

    /// Computes one step and returns what came of it. `elapsed` tells seconds from any fixed moment on.
    pub fn step(&mut self, elapsed: &mut dyn FnMut() -> f64) -> Step {
        self.admit();
        let mut step = Step::default();
        let shares = self.fit();
        if shares.iter().any(|share| *share > 0) {
            let begun = elapsed();
            let rows = self.fill(&shares);
            let decoded = self.backend.decode(&self.batch);
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
        step.kv_used_tokens = self.cells.used() as u32;
        step.kv_capacity_tokens = self.backend.capacity() as u32;
        step
    }

    /// Gives slots to waiting sequences, oldest first, and lets each start from the longest prefix there is.
    fn admit(&mut self) {
        let mut index = 0;
        while index < self.waiting.len() && self.running.len() < self.limits.slots && self.has_sequence() {
            let tokens = &self.waiting[index].tokens;
            let idle = self.cache.longest(tokens).filter(|(_, length)| *length > 0);
            let shared = |other: &Sequence, until: usize| {
                common_prefix(&other.tokens[..until.min(other.tokens.len())], tokens)
            };
            let running = self
                .running
                .iter()
                .map(|other| (other.seq, shared(other, other.computed())));
            let best = running
                .chain(idle)
                .max_by_key(|(_, length)| *length)
                .filter(|(_, length)| *length > 0);
            let have = best.map_or(0, |(_, length)| length);
            // Someone is computing a longer shared prefix right now: council voices, n > 1. Wait for it.
            let coming = self
                .running
                .iter()
                .map(|other| shared(other, other.prompt_tokens))
                .max()
                .unwrap_or(0);
            if self.backend.can_truncate() && coming >= have + LEAST_SHARED_TOKENS {
                index += 1;
                continue;
            }
            let Some(mut sequence) = self.waiting.remove(index) else {
                break;
            };
            let reused = self.start_from(best, &mut sequence);
            if sequence.cached_tokens.is_none() {
                sequence.cached_tokens = Some(reused as u32);
                self.outputs.push(Output::Started {
                    id: sequence.id,
                    input_tokens: sequence.prompt_tokens as u32,
                    cached_tokens: reused as u32,
                });
            }
            self.running.push(sequence);
        }
    }

    /// Gives the sequence a place in the backend and as much of the prefix as can be reused; returns its length.
    fn start_from(&mut self, best: Option<(SeqId, usize)>, sequence: &mut Sequence) -> usize {
        // The last token is always computed: its logits are wanted.
        let usable = best.map(|(seq, length)| (seq, length.min(sequence.tokens.len() - 1)));
        if let Some((seq, length)) = usable
            && let Some(idle) = self.cache.get(seq)
        {
            let whole = idle.tokens.len();
            if whole == length || (self.backend.can_truncate() && whole - length <= length / 16) {
                // The whole entry, or nearly: go on in its place.
                if (whole == length || self.backend.truncate(seq, length))
                    && let Some(idle) = self.cache.take(seq)
                {
                    sequence.seq = seq;
                    sequence.cells = idle.cells;
                    self.cells.release(&mut sequence.cells, length);
                    return length;
                }
            }
        }
        let donor = usable.map(|(seq, _)| seq);
        sequence.seq = self.free_sequence(donor);
        let Some((seq, length)) = usable.filter(|(_, length)| *length > 0 && self.backend.can_truncate())
        else {
            return 0;
        };
        let held = match self.running.iter().find(|other| other.seq == seq) {
            Some(other) => Some(&other.cells),
            None => self.cache.get(seq).map(|idle| &idle.cells),
        };
        let Some(held) = held.filter(|cells| cells.len() >= length) else {
            return 0;
        };
        sequence.cells = self.cells.share(&held[..length]);
        self.backend.copy_prefix(seq, sequence.seq, length);
        self.cache.touch(seq);
        length
    }

    /// Whether another sequence can start, after growing if need be.
    fn has_sequence(&mut self) -> bool {
        let growing = self.free.is_empty() && self.grow(self.cells.used());
        growing || !self.free.is_empty() || self.cache.tokens() > 0
    }

    /// A sequence that nobody uses; drops the least recently used idle one when there is none.
    fn free_sequence(&mut self, donor: Option<SeqId>) -> SeqId {
        if let Some(seq) = donor {
            self.cache.touch(seq);
        }
        if self.free.is_empty() {
            self.evict();
        }
        // `has_sequence` has made sure that there is one.
        self.free.pop().unwrap_or(0)
    }

    /// Drops the least recently used idle sequence; false when there is none.
    fn evict(&mut self) -> bool {
        let Some(idle) = self.cache.take_oldest() else {
            return false;
        };
        self.backend.clear(idle.seq);
        self.free.push(idle.seq);
        drop_cells(&mut self.cells, idle);
        true
    }

    /// Plans the step and makes room for it: grows the cache, drops idle prefixes, and as the last resort sends the
    /// youngest sequence back to wait.
    fn fit(&mut self) -> Vec<usize> {
        loop {
            let left: Vec<usize> = self.running.iter().map(Sequence::left).collect();
            let size = StepSize {
                batch: self.limits.batch_tokens,
                beside_decoding: self.tuner.beside_decoding(self.limits.batch_tokens),
            };
            let shares = plan(&left, size);
            let needed = self.cells.used() + shares.iter().sum::<usize>();
            if needed <= self.backend.capacity() || self.grow(needed) || self.running.is_empty() {
                return shares;
            }
            if !self.evict() && !self.preempt() {
                return shares;
            }
        }
    }

    fn grow(&mut self, needed: usize) -> bool {
        let capacity = self.backend.capacity();
        if needed > self.limits.kv_capacity_tokens {
            return false;
        }
        // Growing ends the sharing of cells, so every sequence counts in full.
        let in_full =
            |this: &Self| this.running.iter().map(Sequence::computed).sum::<usize>() + this.cache.tokens();
        let room = needed - self.cells.used();
        while in_full(self) + room > self.limits.kv_capacity_tokens {
            if !self.evict() {
                return false;
            }
        }
        let target = (in_full(self) + room)
            .max(capacity * 2)
            .max(capacity + LEAST_GROWTH);
        let target = target.next_multiple_of(256).min(self.limits.kv_capacity_tokens);
        let sequences = self.backend.sequences();
        if target <= capacity {
            return false;
        }
        let keep: Vec<SeqId> = self
            .running
            .iter()
            .map(|s| s.seq)
            .chain(self.cache.iter_mut().map(|idle| idle.seq))
            .collect();
        if let Err(message) = self.backend.grow(target, &keep) {
            // Not asked for again: the limit is what there is.
            eprint_line(&format!("the KV cache stays at {capacity} cells: {message}"));
            self.limits.kv_capacity_tokens = capacity;
            return false;
        }
        self.free
            .extend((sequences as SeqId..self.backend.sequences() as SeqId).rev());
        self.cells = Cells::default();
        for sequence in &mut self.running {
            let count = std::mem::take(&mut sequence.cells).len();
            self.cells.allocate(&mut sequence.cells, count);
        }
        for idle in self.cache.iter_mut() {
            let count = std::mem::take(&mut idle.cells).len();
            self.cells.allocate(&mut idle.cells, count);
        }
        true
    }

    /// Sends the youngest of several sequences back to wait; it starts over from what it has written.
    fn preempt(&mut self) -> bool {
        if self.running.len() < 2 {
            return false;
        }
        let Some(mut sequence) = self.running.pop() else {
            return false;
        };
        self.release(&mut sequence);
        self.waiting.push_front(sequence);
        true
    }

    fn release(&mut self, sequence: &mut Sequence) {
        self.backend.clear(sequence.seq);
        self.free.push(sequence.seq);
        self.cells.release(&mut sequence.cells, 0);
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
                    seq: sequence.seq,
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
        for (index, ((sequence, share), row)) in self.running.iter_mut().zip(shares).zip(rows).enumerate() {
            let complete = *share > 0 && sequence.left() == *share;
            self.cells.allocate(&mut sequence.cells, *share);
            if !complete {
                continue;
            }
            let logits = self.backend.logits(*row);
            let context_tokens = self.limits.context_tokens.min(self.limits.kv_capacity_tokens);
            match sequence.advance(logits, context_tokens, &self.backend, &mut self.outputs) {
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
                    let failure = JobFailure::Engine(message);
                    self.outputs.push(Output::Failed {
                        id: sequence.id,
                        failure,
                    });
                    self.keep(sequence);
                }
            }
        }
    }

    /// A step failed: the state of everything in it is unknown, so it is dropped, and the jobs are told.
    fn fail(&mut self, error: &DecodeError) {
        if *error == DecodeError::NoRoom && (self.evict() || self.preempt()) {
            // The books were right but the free cells lie badly; with more room the same step is tried again.
            return;
        }
        let message = match error {
            DecodeError::NoRoom => "the KV cache has no room for the next token".to_owned(),
            DecodeError::Failed(message) => message.clone(),
        };
        for mut sequence in std::mem::take(&mut self.running) {
            self.release(&mut sequence);
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
        self.keep(sequence);
    }

    /// Leaves a sequence's state in the prefix cache.
    fn keep(&mut self, mut sequence: Sequence) {
        if sequence.cells.is_empty() {
            self.release(&mut sequence);
            return;
        }
        sequence.tokens.truncate(sequence.computed());
        for redundant in self.cache.keep(sequence.seq, sequence.tokens, sequence.cells) {
            self.backend.clear(redundant.seq);
            self.free.push(redundant.seq);
            drop_cells(&mut self.cells, redundant);
        }
    }

    /// The backend, for tests.
    #[cfg(test)]
    pub fn backend(&self) -> &B {
        &self.backend
    }
}

fn invalid(field: &str, message: String) -> JobFailure {
    JobFailure::Invalid {
        field: field.to_owned(),
        message,
    }
}

/// A line to the worker's log, which is its standard error.
#[expect(
    clippy::print_stderr,
    reason = "the supervisor reads the worker's standard error as its log"
)]
fn eprint_line(line: &str) {
    eprintln!("{line}");
}

#[cfg(test)]
mod tests;
