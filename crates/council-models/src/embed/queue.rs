//! Texts that wait to be embedded: questions before documents, in order of arrival, and never too many.

use council_core::{EmbedKind, Embedding};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// Some texts of one request.
pub(super) struct Job {
    pub(super) texts: Vec<String>,
    /// Who waits for them.
    pub(super) answer: oneshot::Sender<Result<Done, String>>,
    /// A place among the documents that wait; given back when the job is done or dropped.
    #[expect(dead_code, reason = "held until the job is dropped")]
    pub(super) place: Option<OwnedSemaphorePermit>,
}

/// Texts that became vectors.
pub(super) struct Done {
    pub(super) vectors: Vec<Embedding>,
    pub(super) tokens: usize,
}

/// What waits.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    questions: VecDeque<Job>,
    documents: VecDeque<Job>,
    closed: bool,
}

impl Waiting {
    /// The next job that somebody still waits for.
    fn next(&mut self) -> Option<Job> {
        loop {
            let job = self
                .questions
                .pop_front()
                .or_else(|| self.documents.pop_front())?;
            if !job.answer.is_closed() {
                return Some(job);
            }
        }
    }
}

impl Queue {
    pub(super) fn push(&self, kind: EmbedKind, job: Job) {
        let mut waiting = self.lock();
        match kind {
            EmbedKind::Query => waiting.questions.push_back(job),
            EmbedKind::Document => waiting.documents.push_back(job),
        }
        drop(waiting);
        self.arrived.notify_one();
    }

    /// The next job; waits for one. `None` once the queue is closed and empty. Blocks.
    pub(super) fn wait(&self) -> Option<Job> {
        let mut waiting = self.lock();
        loop {
            if let Some(job) = waiting.next() {
                return Some(job);
            }
            if waiting.closed {
                return None;
            }
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next job, if there is one.
    pub(super) fn take(&self) -> Option<Job> {
        self.lock().next()
    }

    /// Ends those who wait for jobs.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing that could panic happens while it is locked.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
