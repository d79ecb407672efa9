//! The sandbox of this crate's own launcher: namespaces, Landlock, seccomp, limits.

use super::languages::Languages;
use super::places::Places;
use super::pool::Pool;
use super::result::{Collected, refused, stopped};
use super::run::{Events, Outcome, Run};
use super::selftest;
use super::sessions::{Kept, Sessions};
use crate::config::SandboxConfig;
use async_trait::async_trait;
use council_core::sandbox::{
    Backend, Language, Layer, LayerState, Program, Protection, RunEvent, RunReport, RunStatus, RunStream,
    Sandbox, SandboxError, SandboxStatus, SessionId, SessionSummary, Start, Tier,
};
use futures::StreamExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Events that may wait for a slow reader.
const EVENTS: usize = 64;
/// How often sessions are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Runs programs in boxes of our own making. Dropping it ends all of them.
pub struct Namespaces {
    inner: Arc<Inner>,
    tasks: TaskTracker,
    end: CancellationToken,
    layers: Vec<Layer>,
}

struct Inner {
    pool: Arc<Pool>,
    sessions: Sessions,
    places: Places,
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

impl Namespaces {
    /// Starts the helper, tries every layer of protection in a real box, and fills the pools in the background.
    ///
    /// # Errors
    /// [`SandboxError::CannotIsolate`] that names the layers that this host does not give.
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        let languages = Languages::find(&config);
        let (tasks, end) = (TaskTracker::new(), CancellationToken::new());
        let inner = Arc::new(Inner {
            sessions: Sessions::new(config.session_idle, config.max_sessions),
            places: Places::new(config.max_running, config.max_waiting),
            pool: Arc::new(Pool::new(config, languages, end.clone())),
        });
        inner.pool.helper().await?;
        let mut sandbox = Self {
            inner: Arc::clone(&inner),
            tasks: tasks.clone(),
            end: end.clone(),
            layers: Vec::new(),
        };
        sandbox.layers = selftest::layers(&sandbox).await?;
        selftest::verdict(&sandbox.layers)?;
        let helper = inner.pool.helper().await?;
        sandbox
            .layers
            .extend(helper.layers().into_iter().map(|(name, missing)| Layer {
                name,
                state: missing.map_or(LayerState::Enforced, LayerState::Missing),
                // Without them, what processes use is added up.
                required: false,
            }));
        let (refilled, ended) = (Arc::clone(&inner), end.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = refilled.pool.refill() => {}
                () = ended.cancelled() => {}
            }
        });
        let (watched, ended) = (Arc::clone(&inner), end.clone());
        tasks.spawn(async move {
            while tokio::time::timeout(LOOK, ended.cancelled()).await.is_err() {
                watched.sessions.end_idle();
            }
        });
        Ok(sandbox)
    }

    /// The helper's process, while it runs; for tests that end it.
    pub async fn helper_pid(&self) -> Option<u32> {
        self.inner.pool.helper().await.ok()?.pid()
    }
}

#[async_trait]
impl Sandbox for Namespaces {
    async fn status(&self) -> SandboxStatus {
        let languages = &self.inner.pool.languages;
        SandboxStatus {
            protection: Some(Protection {
                backend: Backend::Namespaces,
                tier: Tier::Strong,
                layers: self.layers.clone(),
            }),
            rejected: Vec::new(),
            languages: Language::ALL
                .into_iter()
                .map(|language| (language, languages.state(language)))
                .collect(),
            pools: self.inner.pool.states().await,
            running: self.inner.places.running(),
        }
    }

    fn run(&self, program: Program, cancel: CancellationToken) -> RunStream {
        let (events, stream) = mpsc::channel(EVENTS);
        let (inner, stopping) = (Arc::clone(&self.inner), self.end.clone());
        self.tasks.spawn(async move {
            let end = match inner.run(program, &cancel, &events).await {
                // Its box was taken from it, which is not its doing.
                Ok(report) if report.status == RunStatus::Killed && stopping.is_cancelled() => {
                    Err(SandboxError::Stopping)
                }
                Err(_) if stopping.is_cancelled() => Err(SandboxError::Stopping),
                Ok(report) => Ok(RunEvent::Finished(Box::new(report))),
                Err(error) => Err(error),
            };
            let _ = events.send(end).await;
        });
        ReceiverStream::new(stream).boxed()
    }

    async fn sessions(&self) -> Vec<SessionSummary> {
        self.inner.sessions.list()
    }

    async fn end_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.inner.sessions.remove(id)
    }

    async fn interrupt_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.inner.sessions.interrupt(id)
    }

    async fn close(&self) {
        self.inner.pool.close().await;
        // Whose box is gone has been told, and hears no more than that.
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Inner {
    async fn run(
        &self,
        mut program: Program,
        cancel: &CancellationToken,
        events: &Events,
    ) -> Result<RunReport, SandboxError> {
        let asked = Instant::now();
        // Whoever asks has checked it against what may be asked for; that it can be run at all is looked at here.
        program.check(&program.limits)?;
        if let Some(why) = program.refusal() {
            return Ok(refused(&why));
        }
        if let Err(message) = self.pool.languages.state(program.language) {
            let language = program.language;
            return Err(SandboxError::LanguageMissing { language, message });
        }
        program.source = program.clean_source().into_owned();
        let _place = tokio::select! {
            place = self.places.take() => place?,
            () = cancel.cancelled() => return Ok(cancelled(asked)),
            // Nobody waits for it any more.
            () = events.closed() => return Ok(cancelled(asked)),
        };
        match program.session.clone() {
            None => self.run_once(&program, asked, cancel, events).await,
            Some(id) => self.run_in_session(&id, &program, asked, cancel, events).await,
        }
    }

    async fn run_once(
        &self,
        program: &Program,
        asked: Instant,
        cancel: &CancellationToken,
        events: &Events,
    ) -> Result<RunReport, SandboxError> {
        let profile = self
            .pool
            .languages
            .profile(program.language, &program.source, false);
        let (mut channel, start, _in_use) = tokio::select! {
            taken = self.pool.take(profile) => taken?,
            () = cancel.cancelled() => return Ok(cancelled(asked)),
        };
        let run = Run {
            program,
            start,
            queue: asked.elapsed(),
            reserves: profile.reserves(),
            cancel,
            interrupt: None,
            events,
        };
        run.run(&mut channel).await.map(|outcome| outcome.report)
    }

    async fn run_in_session(
        &self,
        id: &SessionId,
        program: &Program,
        asked: Instant,
        cancel: &CancellationToken,
        events: &Events,
    ) -> Result<RunReport, SandboxError> {
        let (session, lost) = self.sessions.get(id, program.language)?;
        let mut held = tokio::select! {
            held = session.enter() => held,
            () = cancel.cancelled() => return Ok(cancelled(asked)),
        };
        let profile = self
            .pool
            .languages
            .profile(program.language, &program.source, true);
        let start = if held.is_some() {
            Start::Session
        } else {
            let (channel, start, in_use) = self.pool.take(profile).await?;
            *held = Some(Kept {
                channel,
                _in_use: in_use,
            });
            start
        };
        let Some(kept) = held.as_mut() else {
            return Err(SandboxError::Internal("a session has no box".to_owned()));
        };
        let run = Run {
            program,
            start,
            queue: asked.elapsed(),
            reserves: profile.reserves(),
            cancel,
            interrupt: Some(Arc::clone(&session.interrupt)),
            events,
        };
        let ran = run.run(&mut kept.channel).await;
        session.touch(ran.as_ref().map_or(0, |outcome| outcome.report.max_rss_bytes));
        let ended = match &ran {
            Ok(Outcome { alive: true, .. }) if self.sessions.is_living(id, &session) => None,
            Ok(Outcome { alive: true, .. }) => Some("was ended while its last program ran".to_owned()),
            Ok(Outcome { report, .. }) => {
                Some(format!("ended with its last program ({})", report.status.name()))
            }
            Err(error) => Some(format!("ended: {error}")),
        };
        // Before an error goes on its way: a box that is gone must not be met again.
        if let Some(why) = &ended {
            *held = None;
            self.sessions.lose(id, why);
        }
        let mut report = ran?.report;
        report.session_lost = lost;
        if let Some(why) = ended {
            report.session_lost = Some(format!("session `{id}` {why}; its next program begins anew"));
        }
        Ok(report)
    }
}

/// The report of a run that was cancelled before anything of it ran.
fn cancelled(asked: Instant) -> RunReport {
    let why = "the run was cancelled before it began\n";
    let mut report = stopped(
        RunStatus::Killed,
        why,
        Collected::default(),
        Duration::ZERO,
        Start::Cold,
    );
    report.signal = None;
    report.queue = asked.elapsed();
    report
}
