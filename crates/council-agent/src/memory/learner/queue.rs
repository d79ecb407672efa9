//! What is to be done, and which sessions have something new.

use council_core::{MemoryId, Scope};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Most jobs that wait.
pub(super) const LONGEST: usize = 256;

/// Most sessions whose turns are counted.
const MOST_SESSIONS: usize = 1_024;

/// How often a job is tried when the model is not ready.
pub(super) const ATTEMPTS: u8 = 3;

/// Fewest new turns of a session that are worth a summary: two questions with their answers.
const FEWEST_TURNS: u32 = 4;

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Look for facts in a turn.
    Facts { user: String, turn: MemoryId },
    /// Summarise a session.
    Summary(Scope),
    /// Find the topics of a user's memories.
    Topics { user: String, project: Option<String> },
}

impl Job {
    /// Its name in metrics.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Facts { .. } => "facts",
            Self::Summary(_) => "summary",
            Self::Topics { .. } => "topics",
        }
    }
}

impl fmt::Display for Job {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Facts { turn, .. } => write!(out, "turn {}", turn.0),
            Self::Summary(scope) => write!(out, "session `{}`", scope.session.as_deref().unwrap_or_default()),
            Self::Topics { .. } => write!(out, "the topics of a user's memories"),
        }
    }
}

/// What a session has new.
struct News {
    turns: u32,
    latest: Instant,
}

pub(super) struct Queue {
    jobs: VecDeque<(Job, u8)>,
    sessions: HashMap<Scope, News>,
    summary_turns: u32,
    summary_rest: Duration,
    running: bool,
    changed: Arc<Notify>,
}

impl Queue {
    pub(super) fn new(summary_turns: u32, summary_rest: Duration) -> Self {
        Self {
            jobs: VecDeque::new(),
            sessions: HashMap::new(),
            summary_turns,
            summary_rest,
            running: false,
            changed: Arc::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Adds a job, unless it waits already. Returns the oldest one when it had to give way.
    pub(super) fn push(&mut self, job: Job) -> Option<Job> {
        if self.jobs.iter().any(|(waiting, _)| *waiting == job) {
            return None;
        }
        let dropped = if self.jobs.len() >= LONGEST {
            self.jobs.pop_front()
        } else {
            None
        };
        self.jobs.push_back((job, 1));
        dropped.map(|(job, _)| job)
    }

    /// Something was said in a session.
    pub(super) fn said(&mut self, scope: &Scope, turns: u32, now: Instant) {
        if !self.sessions.contains_key(scope) && self.sessions.len() >= MOST_SESSIONS {
            let oldest = self.sessions.iter().min_by_key(|(_, news)| news.latest);
            if let Some(oldest) = oldest.map(|(scope, _)| scope.clone()) {
                self.sessions.remove(&oldest);
            }
        }
        let news = self.sessions.entry(scope.clone()).or_insert(News {
            turns: 0,
            latest: now,
        });
        news.turns += turns;
        news.latest = now;
    }

    /// The next job: the oldest, or a session that has enough new turns or has rested.
    pub(super) fn pop(&mut self, now: Instant) -> Option<(Job, u8)> {
        let next = self
            .jobs
            .pop_front()
            .or_else(|| self.session(now).map(|scope| (Job::Summary(scope), 1)));
        self.running = next.is_some();
        self.changed.notify_waiters();
        next
    }

    fn session(&mut self, now: Instant) -> Option<Scope> {
        let rest = self.summary_rest;
        // A session that rests with little is no more waited for.
        self.sessions
            .retain(|_, news| news.turns >= FEWEST_TURNS || now < news.latest + rest);
        let due = self
            .sessions
            .iter()
            .filter(|(_, news)| news.turns >= self.summary_turns || now >= news.latest + rest);
        let scope = due
            .min_by_key(|(_, news)| news.latest)
            .map(|(scope, _)| scope.clone())?;
        self.sessions.remove(&scope);
        Some(scope)
    }

    /// When the next session will have rested.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.sessions
            .values()
            .map(|news| news.latest + self.summary_rest)
            .min()
    }

    /// A job comes again, before all others.
    pub(super) fn again(&mut self, job: Job, attempt: u8) {
        self.running = false;
        self.jobs.push_front((job, attempt));
    }

    /// The job that ran has ended.
    pub(super) fn ended(&mut self) {
        self.running = false;
        self.changed.notify_waiters();
    }

    /// Whether nothing runs and nothing waits.
    pub(super) fn is_settled(&self) -> bool {
        !self.running
            && self.jobs.is_empty()
            && !self
                .sessions
                .values()
                .any(|news| news.turns >= self.summary_turns)
    }

    /// Told when that may have changed.
    pub(super) fn settled_again(&self) -> Arc<Notify> {
        Arc::clone(&self.changed)
    }
}

#[cfg(test)]
mod tests;
