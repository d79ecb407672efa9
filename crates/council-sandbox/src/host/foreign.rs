//! Boxes that another program makes: bubblewrap, Firejail, an OCI engine. In each of them stands our own helper, as a guest:
//! it takes the part of pid 1, so that limits, output, files and the value of the last expression are the same as in a
//! box of our own, and the host opens no path in it.
//!
//! - [`bubblewrap`](self::bubblewrap), [`firejail`](self::firejail), [`docker`](self::docker),
//!   [`landlock`](self::landlock): what each is told
//! - [`folder`](self::folder): a folder of the host that is a box's
//! - [`tool`](self::tool): one such program while it runs

mod bubblewrap;
mod docker;
mod firejail;
mod folder;
mod landlock;
mod tool;

use super::languages::Languages;
use super::places::Places;
use super::result::{by, refused};
use super::run::{Events, Run};
use super::selftest;
use crate::config::SandboxConfig;
use crate::order::{Content, UNOWNED, UNOWNED_COUNT};
use async_trait::async_trait;
use council_core::sandbox::{
    Backend, Language, Layer, Limits, Program, Protection, RunEvent, RunReport, RunStatus, RunStream,
    Sandbox, SandboxError, SandboxStatus, SessionId, SessionSummary, Start, Tier,
};
use futures::StreamExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tool::{BoxOrder, Running};

/// Events that may wait for a slow reader.
const EVENTS: usize = 64;

/// How one tool is told to make a box.
trait Maker: Send + Sync {
    fn backend(&self) -> Backend;

    fn tier(&self) -> Tier;

    /// Layers of the self-test that this tool is known not to give.
    fn gaps(&self) -> &'static [&'static str];

    /// What to start for one program.
    fn order(&self, content: Content, limits: &Limits, user: u32) -> Result<BoxOrder, SandboxError>;
}

/// Runs each program in a box that another program makes for it.
pub(super) struct Foreign {
    inner: Arc<Inner>,
    tasks: TaskTracker,
    /// Cancelled when no program is run any more.
    end: CancellationToken,
    layers: Vec<Layer>,
    rejected: Vec<(Backend, String)>,
}

struct Inner {
    maker: Box<dyn Maker>,
    languages: Languages,
    places: Places,
    users: AtomicU32,
}

/// The first of these programs that the search path has.
fn find(config: &SandboxConfig, names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| {
        let mut folders = config.search_path.iter();
        folders.find_map(|folder| Some(folder.join(name)).filter(|path| path.is_file()))
    })
}

fn missing(layer: &str, message: String) -> SandboxError {
    SandboxError::CannotIsolate {
        missing: vec![layer.to_owned()],
        message,
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

impl Foreign {
    /// Tries in a real box of this backend whether it holds.
    ///
    /// # Errors
    /// [`SandboxError::CannotIsolate`] when its program is not there or a layer is missing that it should give.
    pub(super) async fn start(
        backend: Backend,
        config: &SandboxConfig,
        rejected: Vec<(Backend, String)>,
    ) -> Result<Self, SandboxError> {
        let found = Languages::find(config);
        // As root, boxes are made by a user who is nobody, and who sees only what everybody does.
        let shared = |found: Languages| if is_root() { found.of_everyone() } else { found };
        let (maker, languages): (Box<dyn Maker>, Languages) = match backend {
            Backend::Bubblewrap => {
                let languages = shared(found);
                (
                    Box::new(bubblewrap::Bubblewrap::new(config, &languages)?),
                    languages,
                )
            }
            Backend::Firejail => (
                Box::new(firejail::Firejail::new(config)?),
                shared(found).of_the_system(),
            ),
            Backend::Docker => (
                Box::new(docker::Docker::new(config)?),
                Languages::of_image(&config.docker_image),
            ),
            Backend::Landlock => {
                let languages = shared(found).in_place();
                (Box::new(landlock::Landlock::new(config, &languages)), languages)
            }
            Backend::Namespaces => {
                let message = "namespaces are made by Council itself".to_owned();
                return Err(SandboxError::Internal(message));
            }
        };
        let mut sandbox = Self {
            inner: Arc::new(Inner {
                maker,
                languages,
                places: Places::new(config.max_running, config.max_waiting),
                users: AtomicU32::new(0),
            }),
            tasks: TaskTracker::new(),
            end: CancellationToken::new(),
            layers: Vec::new(),
            rejected,
        };
        sandbox.try_out().await?;
        Ok(sandbox)
    }

    async fn try_out(&mut self) -> Result<(), SandboxError> {
        let backend = self.inner.maker.backend();
        let said = |error: SandboxError| match error {
            SandboxError::Internal(message) => missing(backend.name(), message),
            other => other,
        };
        let mut layers = selftest::layers(self).await.map_err(said)?;
        for layer in &mut layers {
            layer.required = !self.inner.maker.gaps().contains(&layer.name.as_str());
        }
        selftest::verdict(&layers)?;
        self.layers = layers;
        if backend == Backend::Docker {
            let found = selftest::commands(self, &Languages::NAMES).await.map_err(said)?;
            let found: Vec<&str> = found.iter().map(String::as_str).collect();
            if let Some(inner) = Arc::get_mut(&mut self.inner) {
                inner.languages = inner.languages.clone().found_by_name(&found);
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Sandbox for Foreign {
    async fn status(&self) -> SandboxStatus {
        let Inner {
            maker,
            languages,
            places,
            ..
        } = &*self.inner;
        SandboxStatus {
            protection: Some(Protection {
                backend: maker.backend(),
                tier: maker.tier(),
                layers: self.layers.clone(),
            }),
            rejected: self.rejected.clone(),
            languages: Language::ALL
                .into_iter()
                .map(|language| (language, languages.state(language)))
                .collect(),
            pools: Vec::new(),
            running: places.running(),
        }
    }

    fn run(&self, program: Program, cancel: CancellationToken) -> RunStream {
        let (events, stream) = mpsc::channel(EVENTS);
        let (inner, end) = (Arc::clone(&self.inner), self.end.clone());
        self.tasks.spawn(async move {
            let (backend, tier) = (inner.maker.backend(), inner.maker.tier());
            let either = end.child_token();
            let asked_to_stop = async {
                cancel.cancelled().await;
                either.cancel();
                std::future::pending().await
            };
            let ran = tokio::select! {
                biased;
                () = end.cancelled(), if end.is_cancelled() => Err(SandboxError::Stopping),
                ran = inner.run(program, &either, &events) => ran,
                ran = asked_to_stop => ran,
            };
            drop(inner);
            let ran = match ran {
                // Not its doing, nor a defect.
                Ok(report) if report.status == RunStatus::Killed && end.is_cancelled() => {
                    Err(SandboxError::Stopping)
                }
                Err(_) if end.is_cancelled() => Err(SandboxError::Stopping),
                other => other,
            };
            let end = ran.map(|report| RunEvent::Finished(Box::new(by(report, backend, tier))));
            let _ = events.send(end).await;
        });
        ReceiverStream::new(stream).boxed()
    }

    async fn sessions(&self) -> Vec<SessionSummary> {
        Vec::new()
    }

    async fn end_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        Err(self.inner.no_session(id))
    }

    async fn interrupt_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        Err(self.inner.no_session(id))
    }

    async fn close(&self) {
        self.end.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Inner {
    fn no_session(&self, id: &SessionId) -> SandboxError {
        SandboxError::SessionLost {
            id: id.to_string(),
            reason: format!("is not known: {} keeps none", self.maker.backend()),
        }
    }

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
        if program.session.is_some() {
            return Err(SandboxError::InvalidProgram {
                field: "session_id".to_owned(),
                message: format!(
                    "cannot be kept: programs run with {} here, and only `namespaces` keeps a process between \
                     programs; leave it out",
                    self.maker.backend()
                ),
            });
        }
        let language = program.language;
        let lacks = |message| SandboxError::LanguageMissing { language, message };
        self.languages.state(language).map_err(lacks)?;
        program.source = program.clean_source().into_owned();
        let _place = self.places.take().await?;
        let profile = self.languages.profile(language, &program.source, false);
        let content = self
            .languages
            .cold(profile)
            .ok_or_else(|| SandboxError::Internal(format!("nothing runs {}", profile.name())))?;
        let order = self.maker.order(content, &program.limits, self.user())?;
        let mut running = tokio::select! {
            running = Running::start(self.maker.backend(), order) => running?,
            () = cancel.cancelled() => return Ok(refused("the run was cancelled before it began\n")),
        };
        let run = Run {
            program: &program,
            start: Start::Cold,
            queue: asked.elapsed(),
            reserves: profile.reserves(),
            cancel,
            interrupt: None,
            events,
        };
        let ran = run.run(&mut running.channel).await;
        // When the report comes, nothing of the program is left.
        running.end().await;
        ran.map(|outcome| outcome.report)
    }

    /// A user for a box whom no other living box has, where Council is root.
    fn user(&self) -> u32 {
        let number = self.users.fetch_add(1, Ordering::Relaxed);
        UNOWNED + UNOWNED_COUNT + number % UNOWNED_COUNT
    }
}

/// Paths as they are.
fn paths<P: AsRef<Path>>(list: impl IntoIterator<Item = P>) -> Vec<PathBuf> {
    list.into_iter().map(|path| path.as_ref().to_owned()).collect()
}
