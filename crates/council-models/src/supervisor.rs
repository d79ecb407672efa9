//! Starts, watches and restarts the worker process of one model, and keeps the queue in front of it.
//!
//! One task owns everything here, so there are no locks and no half-states: it takes commands, the worker's frames and
//! timers, one at a time. A worker that dies fails the requests that it was answering, keeps those that wait (a request
//! of which nothing has gone out yet waits again, once), and is started again after a pause that doubles with each
//! failure in a row.

mod actor;
mod phase;
mod process;

use crate::config::WorkerCommand;
use crate::metrics::WorkerMetrics;
use crate::protocol::{Job, JobId, Output, ResolvedEngine};
use async_trait::async_trait;
use council_core::{ModelActivity, ModelError, ModelState, Priority};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};

/// What a supervisor needs to know about its model.
pub struct SupervisorConfig {
    /// The model's id.
    pub id: String,
    /// The GGUF file.
    pub path: PathBuf,
    /// The projector of a model that sees images.
    pub projector: Option<PathBuf>,
    /// How it computes.
    pub engine: ResolvedEngine,
    /// How a worker is started.
    pub worker: WorkerCommand,
    /// Most requests that wait.
    pub queue_limit: usize,
    /// Unloaded after this long without requests; `None` keeps it.
    pub keep_alive: Option<Duration>,
    /// Asked before each start of a worker.
    pub memory: Arc<dyn MemoryGate>,
    /// Where it reports.
    pub metrics: WorkerMetrics,
    /// Called at each change of state.
    pub on_state: Box<dyn Fn(&ModelState) + Send + Sync>,
}

/// Decides whether a model may be loaded.
#[async_trait]
pub trait MemoryGate: Send + Sync {
    /// Waits its turn, makes room by unloading what is idle, and returns a permit to be dropped when loading is over.
    ///
    /// # Errors
    /// [`ModelError::DoesNotFit`].
    async fn admit(&self, id: &str) -> Result<LoadPermit, ModelError>;
}

/// Held while a model loads, so that two loads do not count the same free memory.
#[derive(Debug)]
pub struct LoadPermit(pub tokio::sync::OwnedMutexGuard<()>);

/// What comes back for a job.
#[derive(Debug)]
pub enum Reply {
    /// What the worker made of it; `Done` is last.
    Output(Output),
    /// It failed; nothing follows.
    Failed(ModelError),
}

/// What can be seen of a supervisor from outside.
#[derive(Clone, Debug)]
pub struct Status {
    /// The model's state.
    pub state: ModelState,
    /// What the worker is doing.
    pub activity: ModelActivity,
    /// When the last request ended or began.
    pub last_used: Instant,
    /// The worker's process id.
    pub process_id: Option<u32>,
}

enum Command {
    Submit {
        job: Box<Job>,
        priority: Priority,
        client: String,
        replies: mpsc::UnboundedSender<Reply>,
    },
    Cancel(JobId),
    Count {
        job: Box<Job>,
        counted: oneshot::Sender<u32>,
    },
    Load(oneshot::Sender<Result<(), ModelError>>),
    Unload {
        when_idle: bool,
        done: oneshot::Sender<bool>,
    },
    Shutdown {
        grace: Duration,
        done: oneshot::Sender<()>,
    },
}

/// A handle on the task that owns the worker.
#[derive(Clone)]
pub struct Supervisor {
    commands: mpsc::UnboundedSender<Command>,
    status: watch::Receiver<Status>,
    next_job: Arc<AtomicU64>,
}

impl Supervisor {
    /// Starts the task, not yet a worker: the first request or [`load`](Self::load) does. Needs a tokio runtime.
    pub fn start(config: SupervisorConfig) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "holds commands, each of which answers a caller that waits; submissions are bounded by the queue"
        )]
        let (commands, received) = mpsc::unbounded_channel();
        let (status, watched) = watch::channel(Status {
            state: ModelState::Unloaded,
            activity: ModelActivity {
                slots: config.engine.slots,
                ..ModelActivity::default()
            },
            last_used: Instant::now(),
            process_id: None,
        });
        let actor = actor::Actor::new(config, received, status);
        #[expect(
            clippy::disallowed_methods,
            reason = "ends with the last handle or by `shutdown`"
        )]
        tokio::spawn(actor.run());
        Self {
            commands,
            status: watched,
            next_job: Arc::new(AtomicU64::new(1)),
        }
    }

    /// An identifier for a new job.
    pub fn next_job_id(&self) -> JobId {
        self.next_job.fetch_add(1, Ordering::Relaxed)
    }

    /// Queues a job. Replies come until `Done` or `Failed`; dropping the [`Ticket`] cancels it.
    pub fn submit(&self, job: Job, priority: Priority, client: String) -> Ticket {
        #[expect(
            clippy::disallowed_methods,
            reason = "a slow reader must not hold up the others in its batch; bounded by the tokens of one context"
        )]
        let (replies, received) = mpsc::unbounded_channel();
        let id = job.id;
        let command = Command::Submit {
            job: Box::new(job),
            priority,
            client,
            replies,
        };
        // A closed channel drops `replies`, which the reader sees as the end.
        let _ = self.commands.send(command);
        Ticket {
            id,
            replies: received,
            commands: self.commands.clone(),
            finished: false,
        }
    }

    /// How many tokens a job's prompt has; `None` while the model is not in memory.
    pub async fn count(&self, job: Job) -> Option<u32> {
        let (counted, result) = oneshot::channel();
        let job = Box::new(job);
        let _ = self.commands.send(Command::Count { job, counted });
        result.await.ok()
    }

    /// Loads the model and returns when it is ready.
    ///
    /// # Errors
    /// Why it could not be loaded.
    pub async fn load(&self) -> Result<(), ModelError> {
        let (done, result) = oneshot::channel();
        let _ = self.commands.send(Command::Load(done));
        result.await.unwrap_or_else(|_| Err(shutting_down()))
    }

    /// Ends the worker: at once when nothing runs or waits, else (`when_idle`) not at all or after what runs.
    /// Returns whether the memory was given back.
    pub async fn unload(&self, when_idle: bool) -> bool {
        let (done, result) = oneshot::channel();
        let _ = self.commands.send(Command::Unload { when_idle, done });
        result.await.unwrap_or(true)
    }

    /// Ends the task and the worker, after what runs or after `grace`.
    pub async fn shutdown(&self, grace: Duration) {
        let (done, result) = oneshot::channel();
        let _ = self.commands.send(Command::Shutdown { grace, done });
        let _ = result.await;
    }

    /// How it is now.
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }
}

/// A queued or running job; cancels it when dropped early.
pub struct Ticket {
    id: JobId,
    replies: mpsc::UnboundedReceiver<Reply>,
    commands: mpsc::UnboundedSender<Command>,
    finished: bool,
}

impl Ticket {
    /// The next reply; `None` after the last one.
    pub async fn next(&mut self) -> Option<Reply> {
        if self.finished {
            return None;
        }
        let reply = self
            .replies
            .recv()
            .await
            .unwrap_or_else(|| Reply::Failed(shutting_down()));
        self.finished = matches!(
            reply,
            Reply::Failed(_) | Reply::Output(Output::Done { .. } | Output::Failed { .. })
        );
        Some(reply)
    }

    /// Asks the job to end; its last replies still come.
    pub fn cancel(&self) {
        let _ = self.commands.send(Command::Cancel(self.id));
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.finished {
            self.cancel();
        }
    }
}

fn shutting_down() -> ModelError {
    ModelError::NotReady {
        message: "the server is shutting down".to_owned(),
        retry_after: Duration::from_secs(5),
    }
}
