//! Learns in the background from what was said: facts, summaries of sessions, topics.
//!
//! One job at a time, and only while no turn runs: a turn that begins interrupts the job, which then comes again. The
//! queue is bounded; when it is full, the oldest job is dropped and counted. What waits when the process ends is found
//! again by [`Learner::recover`].
//!
//! - `queue`: what is to be done, and which sessions have something new
//! - `ask`: a model's answer, and how sure it was
//! - `examine`: what would be learnt, for measuring
//! - `facts`: facts and preferences of one turn
//! - `metrics`: what learning takes
//! - `summaries`: the summary of one session
//! - `topics`: topics of a user's memories, kept until enough has changed

mod ask;
mod examine;
mod facts;
mod metrics;
mod queue;
mod summaries;
mod topics;

pub use examine::{Examination, Verdict, examine};
pub(super) use metrics::LearnerMetrics;
pub use topics::Topics;

use super::extract::candidates;
use super::{Memories, MemoryError};
use crate::activity::{Activity, Running};
use council_core::{
    Clock, Heard, Memory, MemoryFilter, MemoryId, MemoryKind, ModelError, Models, NewMemory, Page, Scope,
    StoreError, Timestamp, Trust,
};
use futures::FutureExt as _;
use queue::{Job, Queue};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use topics::TopicsCache;

/// How far back turns are looked for that nobody has learnt from.
const RECOVERED: Duration = Duration::from_hours(24);

/// Most turns that are looked at for that.
const MOST_RECOVERED: usize = 500;

/// What is learnt, and by which model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnerConfig {
    /// Whether facts and preferences are.
    pub facts: bool,
    /// Whether sessions are summarised.
    pub summaries: bool,
    /// The model that is asked; `None`: the default one if it is local, else the first local one. Only a model that is
    /// named here may be remote: what people say leaves this machine for nothing else.
    pub model: Option<String>,
    /// New turns after which a session is summarised at once.
    pub summary_turns: u32,
    /// How long a session with new turns must rest before it is summarised.
    pub summary_rest: Duration,
}

impl Default for LearnerConfig {
    fn default() -> Self {
        Self {
            facts: true,
            summaries: true,
            model: None,
            summary_turns: 12,
            summary_rest: Duration::from_mins(5),
        }
    }
}

/// Learns in the background. Clones share everything.
#[derive(Clone)]
pub struct Learner(Arc<Shared>);

struct Shared {
    models: Arc<dyn Models>,
    memories: Memories,
    clock: Arc<dyn Clock>,
    config: LearnerConfig,
    activity: Activity,
    queue: Mutex<Queue>,
    more: Notify,
    /// Whether the worker was started.
    started: Once,
    topics: TopicsCache,
    /// Held while topics are found because somebody asked for it: it takes a processor for as long.
    finding: tokio::sync::Mutex<()>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// How a job ended.
enum End {
    Done,
    /// The model is not ready; it may be after this long.
    Later(Duration, String),
    Failed(String),
}

impl From<ModelError> for End {
    fn from(error: ModelError) -> Self {
        match &error {
            ModelError::Busy { retry_after, .. } | ModelError::NotReady { retry_after, .. } => {
                Self::Later(*retry_after, error.to_string())
            }
            ModelError::NotFound { .. }
            | ModelError::InvalidRequest { .. }
            | ModelError::ContextTooLong { .. }
            | ModelError::DoesNotFit { .. }
            | ModelError::Upstream { .. }
            | ModelError::UpstreamTimeout { .. }
            | ModelError::NotAllowed { .. }
            | ModelError::Private { .. }
            | ModelError::Internal(_) => Self::Failed(error.to_string()),
        }
    }
}

impl From<MemoryError> for End {
    fn from(error: MemoryError) -> Self {
        match error {
            MemoryError::Embedder(error) => error.into(),
            MemoryError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        match error {
            // Something that the job had read was forgotten meanwhile: it begins again with what is left.
            StoreError::NotFound { .. } => Self::Later(Duration::ZERO, error.to_string()),
            error => Self::Failed(error.to_string()),
        }
    }
}

/// A panic ends its job and nothing else.
async fn unless_it_panics(job: impl Future<Output = End>) -> End {
    // Unwind safe: a job holds nothing that others see but the store, whose changes are whole.
    let ended = AssertUnwindSafe(job).catch_unwind().await;
    ended.unwrap_or_else(|_| End::Failed("the job panicked".to_owned()))
}

impl Learner {
    /// Somebody who learns from the first offer on.
    pub fn new(
        models: Arc<dyn Models>,
        memories: Memories,
        clock: Arc<dyn Clock>,
        config: LearnerConfig,
    ) -> Self {
        Self(Arc::new(Shared {
            models,
            memories,
            clock,
            queue: Mutex::new(Queue::new(config.summary_turns, config.summary_rest)),
            config,
            activity: Activity::default(),
            more: Notify::new(),
            started: Once::new(),
            topics: TopicsCache::default(),
            finding: tokio::sync::Mutex::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }))
    }

    /// There is more to do. Within a tokio runtime.
    fn wake(&self) {
        self.0.started.call_once(|| {
            self.0.tasks.spawn(self.clone().work());
        });
        self.0.more.notify_one();
    }

    /// Tells of something that was heard: [`Memories::hear`] has stored it. Returns at once; most messages hold nothing
    /// to learn.
    pub fn offer(&self, id: &MemoryId, content: &NewMemory) {
        if content.kind != MemoryKind::Turn || content.quarantined {
            return;
        }
        if self.has_news(content) {
            self.queue().said(&content.scope, 1, Instant::now());
        }
        if self.may_hold_facts(content) {
            self.enqueue(Job::Facts {
                user: content.scope.user.clone(),
                turn: id.clone(),
            });
        }
        self.wake();
    }

    /// Whether a turn belongs into a summary.
    fn has_news(&self, turn: &NewMemory) -> bool {
        let rules = self.0.memories.rules();
        rules.map_or(self.0.config.summaries, |rules| rules.summaries) && turn.scope.session.is_some()
    }

    /// Whether facts are to be looked for in a turn.
    fn may_hold_facts(&self, turn: &NewMemory) -> bool {
        let rules = self.0.memories.rules();
        let learns = rules.map_or(self.0.config.facts, |rules| rules.facts);
        learns && turn.trust == Trust::User && !candidates(&turn.text).is_empty()
    }

    /// Offers again what nobody has learnt from: turns of the last day in which facts were not looked for, and sessions
    /// that have gone on since their summary. For the start of the process. As while it runs, only what was said to
    /// the assistant counts. Returns how many turns that were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(&self, user: &str) -> Result<usize, MemoryError> {
        let now = self.0.clock.now();
        let since = Timestamp::from_duration(now.since(Timestamp::from_duration(RECOVERED)));
        let filter = MemoryFilter {
            user: user.to_owned(),
            kinds: vec![MemoryKind::Summary],
            since: Some(since),
            ..MemoryFilter::default()
        };
        let page = Page {
            offset: 0,
            limit: MOST_RECOVERED as u64,
        };
        let store = self.0.memories.store();
        let turns = store.heard(user, since, MOST_RECOVERED).await?;
        let (summaries, _) = store.memories(filter, page).await?;
        let mut offered = 0;
        for Heard { memory, learnt } in turns.iter().rev() {
            let content = &memory.content;
            let is_summarised = |summary: &Memory| {
                summary.content.scope == content.scope && content.said_at <= summary.content.said_at
            };
            if self.has_news(content) && !summaries.iter().any(is_summarised) {
                self.queue().said(&content.scope, 1, Instant::now());
            }
            if !learnt && self.may_hold_facts(content) {
                offered += 1;
                self.enqueue(Job::Facts {
                    user: user.to_owned(),
                    turn: memory.id.clone(),
                });
            }
        }
        self.wake();
        Ok(offered)
    }

    /// A turn begins; learning rests until what is returned is dropped.
    pub(crate) fn turn_begins(&self) -> Running {
        self.0.activity.begin()
    }

    /// Stops learning, and returns when nothing of it runs any more.
    pub async fn stop(&self) {
        self.0.stop.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// Returns when there is nothing to do and nothing runs. For tests and programs that end when all is learnt;
    /// sessions that rest are not waited for.
    pub async fn settled(&self) {
        loop {
            // Made before the question, so that no change between the two is missed.
            let (idle, changed) = {
                let queue = self.queue();
                (queue.is_settled(), queue.settled_again().notified_owned())
            };
            if idle {
                return;
            }
            tokio::select! {
                () = changed => {}
                () = self.0.stop.cancelled() => return,
            }
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enqueue(&self, job: Job) {
        let (dropped, length) = {
            let mut queue = self.queue();
            (queue.push(job), queue.len())
        };
        self.report(dropped.as_ref(), length);
        self.wake();
    }

    fn report(&self, dropped: Option<&Job>, length: usize) {
        let metrics = &self.0.memories.metrics.learning;
        if let Some(dropped) = dropped {
            metrics.ended(dropped.name(), "dropped", None);
        }
        metrics.waiting(length);
    }

    /// Does one job after the other until the learner is stopped.
    async fn work(self) {
        let stop = self.0.stop.clone();
        // Dropping a job in the middle is safe: what it stores is stored in one transaction or found to be there.
        let _ = stop.run_until_cancelled(self.work_on()).await;
    }

    async fn work_on(&self) {
        loop {
            let (job, attempt) = self.next_job().await;
            self.0.activity.idle().await;
            let began = Instant::now();
            let cancel = self.0.stop.child_token();
            let _guard = cancel.clone().drop_guard();
            let end = tokio::select! {
                biased;
                () = self.0.activity.busy() => None,
                end = unless_it_panics(self.run(&job, &cancel)) => Some(end),
            };
            let metrics = &self.0.memories.metrics.learning;
            let name = job.name();
            match end {
                None => {
                    metrics.ended(name, "interrupted", None);
                    self.queue().again(job, attempt);
                }
                Some(End::Done) => {
                    metrics.ended(name, "done", Some(began.elapsed()));
                    self.queue().ended();
                }
                Some(End::Later(pause, _)) if attempt < queue::ATTEMPTS => {
                    self.queue().again(job, attempt + 1);
                    tokio::time::sleep(pause).await;
                }
                Some(End::Later(_, reason) | End::Failed(reason)) => {
                    metrics.ended(name, "failed", None);
                    tracing::warn!(job = name, "nothing was learnt from {job}: {reason}");
                    self.queue().ended();
                }
            }
            let length = self.queue().len();
            metrics.waiting(length);
        }
    }

    /// The oldest job, when there is one: of the queue, or a session that has rested.
    async fn next_job(&self) -> (Job, u8) {
        loop {
            let (next, due) = {
                let mut queue = self.queue();
                (queue.pop(Instant::now()), queue.next_due())
            };
            if let Some(next) = next {
                return next;
            }
            let rested = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.0.more.notified() => {}
                () = rested => {}
            }
        }
    }

    async fn run(&self, job: &Job, cancel: &CancellationToken) -> End {
        let ended = match job {
            Job::Facts { user, turn } => self.learn_facts(user, turn, cancel).await,
            Job::Summary(scope) => self.summarise(scope, cancel).await,
            Job::Topics { user, project } => self
                .find_topics(user, project.as_deref())
                .await
                .map(|_| ())
                .map_err(End::from),
        };
        ended.err().unwrap_or(End::Done)
    }

    /// The topics of a user's memories in a project, or in all. Found at the first question, which takes up to a few
    /// seconds with many memories; from then on in the background, when a tenth of the memories are new or gone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn topics(&self, user: &str, project: Option<&str>) -> Result<Arc<Topics>, MemoryError> {
        let Some(known) = self.0.topics.known(user, project) else {
            return self.find_topics(user, project).await;
        };
        if self.count(user, project).await?.abs_diff(known.memories) * 10 > known.memories {
            self.enqueue(Job::Topics {
                user: user.to_owned(),
                project: project.map(str::to_owned),
            });
        }
        Ok(known)
    }

    /// The same, found anew whatever has changed. Those who ask at once wait for one another.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn topics_anew(&self, user: &str, project: Option<&str>) -> Result<Arc<Topics>, MemoryError> {
        let _one = self.0.finding.lock().await;
        self.find_topics(user, project).await
    }

    /// The scope of a session's summary.
    fn of_session(scope: &Scope, kind: MemoryKind) -> MemoryFilter {
        MemoryFilter {
            user: scope.user.clone(),
            project: scope.project.clone(),
            session: scope.session.clone(),
            kinds: vec![kind],
            ..MemoryFilter::default()
        }
    }
}
