//! The task that owns a worker.

mod failing;

use super::phase::Phase;
use super::process::Process;
use super::{Command, LoadPermit, Reply, Status, SupervisorConfig};
use crate::protocol::{FromWorker, Job, JobFailure, JobId, LoadOrder, Output, Step, ToWorker, WorkerReady};
use crate::queue::FairQueue;
use council_core::{ModelError, ModelState, Priority};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};

/// Pause before the first restart; doubles with each failure in a row.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A request waits for a restart this far away, and is refused if it is further.
const WORTH_WAITING: Duration = Duration::from_secs(5);

struct Waiting {
    job: Box<Job>,
    priority: Priority,
    client: String,
    replies: mpsc::UnboundedSender<Reply>,
    since: Instant,
    /// Whether a worker died with it before. It is not given a second one: it may be what kills them.
    retried: bool,
}

struct Running {
    /// Kept whole, so that the job can start over if the worker dies before anything of the answer has gone out.
    waiting: Waiting,
    answering: bool,
}

pub(super) struct Actor {
    config: SupervisorConfig,
    commands: mpsc::UnboundedReceiver<Command>,
    status: watch::Sender<Status>,
    phase: Phase,
    queue: FairQueue<Waiting>,
    running: HashMap<JobId, Running>,
    /// Prompts whose tokens are being counted; dropped with the worker, which tells those who wait.
    counting: HashMap<JobId, oneshot::Sender<u32>>,
    loaders: Vec<oneshot::Sender<Result<(), ModelError>>>,
    /// Waiting for the running jobs to end, then for the memory.
    unloaders: Vec<oneshot::Sender<bool>>,
    failures: u32,
    /// How long a job takes, exponentially averaged, in seconds.
    job_seconds: f64,
    loading_since: Instant,
}

/// What woke the task.
enum Event {
    Admitted(Result<LoadPermit, ModelError>),
    Command(Option<Command>),
    Frame(Option<FromWorker>),
    Timer,
}

impl Actor {
    pub(super) fn new(
        config: SupervisorConfig,
        commands: mpsc::UnboundedReceiver<Command>,
        status: watch::Sender<Status>,
    ) -> Self {
        Self {
            config,
            commands,
            status,
            phase: Phase::Off,
            queue: FairQueue::default(),
            running: HashMap::new(),
            counting: HashMap::new(),
            loaders: Vec::new(),
            unloaders: Vec::new(),
            failures: 0,
            job_seconds: 5.0,
            loading_since: Instant::now(),
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            match self.wait().await {
                Event::Command(Some(Command::Shutdown { grace, done })) => {
                    self.shut_down(grace).await;
                    let _ = done.send(());
                    return;
                }
                Event::Command(Some(command)) => self.obey(command),
                Event::Command(None) => return,
                Event::Admitted(Ok(permit)) => self.launch(permit),
                Event::Admitted(Err(error)) => self.refuse_all(&error),
                Event::Frame(Some(frame)) => self.hear(frame).await,
                Event::Frame(None) => self.bury().await,
                Event::Timer => self.wake().await,
            }
            self.finish_unloading().await;
            self.dispatch();
            self.publish();
        }
    }

    async fn wait(&mut self) -> Event {
        let deadline = self.deadline();
        let timer = async {
            match deadline {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let worker = async {
            match &mut self.phase {
                Phase::Admitting(admission) => Event::Admitted(admission.await),
                Phase::Loading(process, _) | Phase::Ready(process) => Event::Frame(process.next().await),
                Phase::Off | Phase::Paused { .. } => std::future::pending().await,
            }
        };
        tokio::select! {
            // Tokens first: they are what people wait for.
            biased;
            event = worker => event,
            command = self.commands.recv() => Event::Command(command),
            () = timer => Event::Timer,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Paused { until, .. } => Some(*until),
            Phase::Ready(_) if self.is_idle() => self
                .config
                .keep_alive
                .map(|keep| self.status.borrow().last_used + keep),
            Phase::Off | Phase::Admitting(_) | Phase::Loading(..) | Phase::Ready(_) => None,
        }
    }

    fn is_idle(&self) -> bool {
        self.running.is_empty() && self.queue.is_empty()
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Submit {
                job,
                priority,
                client,
                replies,
            } => {
                self.submit(job, priority, client, replies);
            }
            Command::Cancel(id) => self.cancel(id),
            Command::Count { job, counted } => {
                if let Phase::Ready(process) = &self.phase {
                    self.counting.retain(|_, counted| !counted.is_closed());
                    let id = job.id;
                    if process.order(&ToWorker::Count(job)) {
                        self.counting.insert(id, counted);
                    }
                }
            }
            Command::Load(done) => match &self.phase {
                Phase::Ready(_) => {
                    let _ = done.send(Ok(()));
                }
                Phase::Admitting(_) | Phase::Loading(..) => self.loaders.push(done),
                Phase::Off | Phase::Paused { .. } => {
                    self.loaders.push(done);
                    self.start();
                }
            },
            Command::Unload { when_idle, done } => {
                if when_idle && !self.is_idle() {
                    let _ = done.send(false);
                } else {
                    self.unloaders.push(done);
                }
            }
            Command::Shutdown { .. } => {}
        }
    }

    fn submit(
        &mut self,
        job: Box<Job>,
        priority: Priority,
        client: String,
        replies: mpsc::UnboundedSender<Reply>,
    ) {
        if let Phase::Paused {
            until,
            error,
            restart,
        } = &self.phase
        {
            let pause = until.saturating_duration_since(Instant::now());
            if !restart || pause > WORTH_WAITING {
                let _ = replies.send(Reply::Failed(failing::later(error, pause)));
                return;
            }
        }
        let full = self.queue.len() >= self.config.queue_limit;
        if full && self.running.len() >= self.config.engine.slots as usize {
            self.config.metrics.rejected.inc();
            let error = ModelError::Busy {
                model: self.config.id.clone(),
                queued: self.queue.len(),
                retry_after: self.time_to_a_place(),
            };
            let _ = replies.send(Reply::Failed(error));
            return;
        }
        self.enqueue(Waiting {
            job,
            priority,
            client,
            replies,
            since: Instant::now(),
            retried: false,
        });
        if matches!(self.phase, Phase::Off) {
            self.start();
        }
    }

    fn enqueue(&mut self, waiting: Waiting) {
        let client = waiting.client.clone();
        self.queue.push(waiting.priority, &client, waiting);
    }

    /// When a place in the queue is likely to be free: one job of all that run.
    fn time_to_a_place(&self) -> Duration {
        let seconds = self.job_seconds / f64::from(self.config.engine.slots.max(1));
        Duration::from_secs_f64(seconds.clamp(1.0, 60.0).ceil())
    }

    fn cancel(&mut self, id: JobId) {
        if let Some(waiting) = self.queue.remove(|waiting| waiting.job.id == id) {
            let done = Output::Done {
                id,
                reason: crate::protocol::DoneReason::Cancelled,
                input_tokens: 0,
                cached_tokens: 0,
                output_tokens: 0,
            };
            let _ = waiting.replies.send(Reply::Output(done));
        } else if self.running.contains_key(&id)
            && let Phase::Ready(process) = &self.phase
        {
            process.order(&ToWorker::Cancel(id));
        }
    }

    fn start(&mut self) {
        let memory = Arc::clone(&self.config.memory);
        let id = self.config.id.clone();
        self.phase = Phase::Admitting(Box::pin(async move { memory.admit(&id).await }));
        self.loading_since = Instant::now();
        self.set_state(&ModelState::Loading { progress: 0.0 });
    }

    fn launch(&mut self, permit: LoadPermit) {
        let order = LoadOrder {
            path: self.config.path.clone(),
            projector: self.config.projector.clone(),
            engine: self.config.engine.clone(),
        };
        match Process::start(&self.config.worker, &self.config.id, order) {
            Ok(process) => self.phase = Phase::Loading(process, permit),
            Err(error) => {
                let program = self.config.worker.program.display();
                self.pause(
                    &format!("its worker `{program}` could not be started: {error}"),
                    false,
                );
            }
        }
    }

    async fn hear(&mut self, frame: FromWorker) {
        match frame {
            FromWorker::Progress(progress) => self.set_state(&ModelState::Loading { progress }),
            FromWorker::Ready(ready) => self.loaded(&ready),
            FromWorker::LoadFailed(message) => self.load_failed(message).await,
            FromWorker::Step(step) => self.deliver(step),
            FromWorker::Counted { id, tokens } => {
                if let (Some(counted), Some(tokens)) = (self.counting.remove(&id), tokens) {
                    let _ = counted.send(tokens);
                }
            }
        }
    }

    fn loaded(&mut self, ready: &WorkerReady) {
        self.phase = match std::mem::replace(&mut self.phase, Phase::Off) {
            Phase::Loading(process, _) | Phase::Ready(process) => Phase::Ready(process),
            other @ (Phase::Off | Phase::Paused { .. } | Phase::Admitting(_)) => other,
        };
        self.config
            .metrics
            .load_seconds
            .observe(self.loading_since.elapsed().as_secs_f64());
        tracing::info!(
            model = self.config.id,
            seconds = ready.load_seconds,
            context_tokens = ready.context_tokens,
            "loaded `{}` in {:.2} s",
            self.config.id,
            ready.load_seconds
        );
        for loader in self.loaders.drain(..) {
            let _ = loader.send(Ok(()));
        }
        self.touch();
        self.set_state(&ModelState::Ready);
    }

    async fn wake(&mut self) {
        match &self.phase {
            Phase::Paused { until, restart, .. } if *until <= Instant::now() => {
                if *restart || !self.queue.is_empty() {
                    self.start();
                } else {
                    // The state stays `Failed`: it says why, until somebody tries again.
                    self.phase = Phase::Off;
                }
            }
            Phase::Ready(_) if self.is_idle() => {
                let id = &self.config.id;
                tracing::info!(model = id, "unloading `{id}`: no request for its keep-alive");
                self.switch_off().await;
            }
            Phase::Off
            | Phase::Paused { .. }
            | Phase::Admitting(_)
            | Phase::Loading(..)
            | Phase::Ready(_) => {}
        }
    }

    async fn switch_off(&mut self) {
        self.counting.clear();
        if let Some(process) = std::mem::replace(&mut self.phase, Phase::Off).into_process() {
            process.end().await;
        }
        self.set_state(&ModelState::Unloaded);
    }

    async fn finish_unloading(&mut self) {
        if !self.unloaders.is_empty() && self.running.is_empty() {
            self.switch_off().await;
            for unloader in self.unloaders.drain(..) {
                let _ = unloader.send(true);
            }
            if !self.queue.is_empty() {
                self.start();
            }
        }
    }

    /// Hands waiting jobs to the worker while it has slots.
    fn dispatch(&mut self) {
        let Phase::Ready(process) = &self.phase else {
            return;
        };
        if !self.unloaders.is_empty() {
            return;
        }
        while self.running.len() < self.config.engine.slots as usize {
            let Some(waiting) = self.queue.pop() else { return };
            if waiting.replies.is_closed() {
                continue;
            }
            self.config
                .metrics
                .queue_seconds
                .observe(waiting.since.elapsed().as_secs_f64());
            let id = waiting.job.id;
            if !process.order(&ToWorker::Submit(waiting.job.clone())) {
                failing::refuse_too_long(&waiting);
                continue;
            }
            self.running.insert(
                id,
                Running {
                    waiting,
                    answering: false,
                },
            );
        }
    }

    fn deliver(&mut self, step: Step) {
        self.config.metrics.observe_step(&step);
        self.status.send_modify(|status| {
            status.activity.kv_used_tokens = step.kv_used_tokens;
            status.activity.kv_capacity_tokens = step.kv_capacity_tokens;
        });
        let mut ended = Vec::new();
        for output in step.outputs {
            let id = output.id();
            match &output {
                Output::Started {
                    input_tokens,
                    cached_tokens,
                    ..
                } => {
                    self.config.metrics.observe_prefix(*input_tokens, *cached_tokens);
                }
                Output::Done { .. } => self.job_ended(id),
                Output::Failed { failure, .. } => {
                    if let JobFailure::Engine(message) = failure {
                        tracing::warn!(model = self.config.id, "a job failed in the engine: {message}");
                    }
                }
                Output::Text { .. } => {}
            }
            if matches!(output, Output::Done { .. } | Output::Failed { .. }) {
                if let Some(running) = self.running.remove(&id) {
                    ended.push((running, output));
                }
            } else if let Some(running) = self.running.get_mut(&id) {
                running.answering |= matches!(output, Output::Text { .. });
                let _ = running.waiting.replies.send(Reply::Output(output));
            }
        }
        if ended.is_empty() {
            return;
        }
        // Last, so that whoever hears of the end finds the slot free.
        self.touch();
        self.publish();
        for (running, output) in ended {
            let _ = running.waiting.replies.send(Reply::Output(output));
        }
    }

    fn job_ended(&mut self, id: JobId) {
        self.failures = 0;
        if let Some(running) = self.running.get(&id) {
            self.job_seconds += 0.2 * (running.waiting.since.elapsed().as_secs_f64() - self.job_seconds);
        }
    }

    async fn shut_down(&mut self, grace: Duration) {
        let error = super::shutting_down();
        self.refuse_queue(&error);
        let deadline = tokio::time::Instant::now() + grace;
        while !self.running.is_empty() {
            let Phase::Ready(process) = &mut self.phase else {
                break;
            };
            match tokio::time::timeout_at(deadline, process.next()).await {
                Ok(Some(FromWorker::Step(step))) => self.deliver(step),
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => break,
            }
        }
        for (_, running) in self.running.drain() {
            let _ = running.waiting.replies.send(Reply::Failed(error.clone()));
        }
        self.switch_off().await;
        self.publish();
    }

    fn touch(&mut self) {
        self.status
            .send_modify(|status| status.last_used = Instant::now());
    }

    fn set_state(&mut self, state: &ModelState) {
        self.status.send_modify(|status| status.state = state.clone());
        self.publish();
        // Last, so that whoever hears of it finds it so.
        (self.config.on_state)(state);
    }

    fn publish(&mut self) {
        let process_id = self.phase.process().and_then(|process| process.id());
        let (active, queued) = (self.running.len() as u32, self.queue.len() as u32);
        self.config.metrics.set_load(active, queued);
        self.status.send_modify(|status| {
            status.process_id = process_id;
            status.activity.active = active;
            status.activity.queued = queued;
            if process_id.is_none() {
                status.activity.kv_used_tokens = 0;
                status.activity.kv_capacity_tokens = 0;
            }
        });
    }
}
