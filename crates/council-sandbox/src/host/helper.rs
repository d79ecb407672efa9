//! The helper process: its start, its orders, and its end, which is the end of all boxes.

use super::languages::{Languages, Profile};
use crate::config::HelperCommand;
use crate::message;
use crate::order::{Answer, Content, Order, SetupFailure};
use council_core::sandbox::SandboxError;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use std::collections::HashMap;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream as StdStream;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// A helper that does not answer its first order in this time is given up.
const START: Duration = Duration::from_secs(20);

/// What is known of a running helper.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// Profiles whose zygote can be copied, and its resident memory in bytes.
    pub(super) zygotes: HashMap<String, u64>,
    /// Layers that the helper tried to put up, and why it could not.
    pub(super) layers: Vec<(String, Option<String>)>,
    /// The ground is made.
    prepared: bool,
    failure: Option<SetupFailure>,
    /// It ended.
    pub(super) gone: bool,
}

/// A running helper. Dropping it ends it and all boxes.
pub(super) struct Helper {
    orders: OwnedFd,
    state: watch::Receiver<State>,
    child: Mutex<Child>,
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.stop();
    }
}

fn internal(what: &str, error: impl std::fmt::Display) -> SandboxError {
    SandboxError::Internal(format!("{what}: {error}"))
}

impl Helper {
    /// Starts it, and waits until boxes can be made.
    ///
    /// # Errors
    /// [`SandboxError::CannotIsolate`] that names the layer that this host does not give.
    pub(super) async fn start(
        command: &HelperCommand,
        languages: &Languages,
    ) -> Result<Arc<Self>, SandboxError> {
        let flags = SocketFlags::CLOEXEC;
        let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)
            .map_err(|error| internal("the helper's socket", error))?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the sandbox is one of the two places that may"
        )]
        let mut child = Command::new(&command.program)
            .args(&command.args)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C in a terminal goes to the whole group; the helper ends when its socket does, not before.
            .process_group(0)
            .spawn()
            .map_err(|error| internal(&format!("the helper {}", command.program.display()), error))?;
        if let Some(stderr) = child.stderr.take() {
            tracked(keep_log(stderr));
        }
        let (report, mut state) = watch::channel(State::default());
        let answers = ours
            .try_clone()
            .map_err(|error| internal("the helper's socket", error))?;
        std::thread::Builder::new()
            .name("sandbox-answers".to_owned())
            .spawn(move || hear(&answers, &report))
            .map_err(|error| internal("a thread", error))?;
        let helper = Self {
            orders: ours,
            state: state.clone(),
            child: Mutex::new(child),
        };
        helper.order(
            &Order::Prepare {
                binds: languages.binds(),
            },
            None,
        )?;
        let begun = state.wait_for(|state| state.prepared || state.failure.is_some() || state.gone);
        let state = tokio::time::timeout(START, begun)
            .await
            .map_err(|_| SandboxError::Internal("the helper did not answer".to_owned()))?
            .map_err(|_| SandboxError::Internal("the helper ended before it answered".to_owned()))?
            .clone();
        match state.failure {
            Some(failure) => return Err(cannot_isolate(failure)),
            None if !state.prepared => {
                return Err(SandboxError::Internal(
                    "the helper ended before it answered".to_owned(),
                ));
            }
            None => {}
        }
        for profile in Profile::ALL {
            if let Some(command) = languages.zygote(profile) {
                let profile = profile.name().to_owned();
                helper.order(&Order::Zygote { profile, command }, None)?;
            }
        }
        Ok(Arc::new(helper))
    }

    /// Has a box made, and the channel to its pid 1.
    ///
    /// # Errors
    /// When the helper is gone.
    pub(super) fn open(&self, content: Content) -> Result<UnixStream, SandboxError> {
        let (ours, theirs) = StdStream::pair().map_err(|error| internal("a channel", error))?;
        ours.set_nonblocking(true)
            .map_err(|error| internal("a channel", error))?;
        self.order(&Order::Open { content }, Some(&theirs.into()))?;
        UnixStream::from_std(ours).map_err(|error| internal("a channel", error))
    }

    /// Blocks for as long as the helper needs to take an order, which is far below a millisecond.
    fn order(&self, order: &Order, descriptor: Option<&OwnedFd>) -> Result<(), SandboxError> {
        let descriptors: Vec<_> = descriptor.iter().map(|descriptor| descriptor.as_fd()).collect();
        message::send(&self.orders, order, &descriptors).map_err(|error| internal("the helper", error))
    }

    /// Has it end, and everything with it.
    pub(super) fn stop(&self) {
        // It hears that nobody is there any more, ends everything, and takes its control groups away.
        let _ = rustix::net::shutdown(&self.orders, rustix::net::Shutdown::Both);
    }

    /// What is known of it, now and when it changes.
    pub(super) fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Waits this long for its end, and says whether it came.
    pub(super) async fn ends_within(&self, time: Duration) -> bool {
        let mut state = self.state();
        tokio::time::timeout(time, state.wait_for(|state| state.gone))
            .await
            .is_ok()
    }

    /// Whether it ended.
    pub(super) fn is_gone(&self) -> bool {
        self.state.borrow().gone
    }

    /// Layers that it tried to put up, and why it could not.
    pub(super) fn layers(&self) -> Vec<(String, Option<String>)> {
        self.state.borrow().layers.clone()
    }

    /// Its process, while it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).id()
    }
}

/// What is said when a layer is missing that was asked for.
pub(super) fn cannot_isolate(failure: SetupFailure) -> SandboxError {
    let SetupFailure { layer, message } = failure;
    SandboxError::CannotIsolate {
        message: format!(
            "this host does not give the sandbox the layer `{layer}` ({message}), and without it no program is run; \
             `council sandbox doctor` says what to do"
        ),
        missing: vec![layer],
    }
}

fn hear(answers: &OwnedFd, report: &watch::Sender<State>) {
    while let Ok(Some((answer, _))) = message::receive::<Answer>(answers) {
        report.send_modify(|state| match answer {
            Answer::Prepared { layers } => {
                state.layers = layers;
                state.prepared = true;
            }
            Answer::Failed(failure) => state.failure = Some(failure),
            Answer::ZygoteReady {
                profile,
                memory_bytes,
            } => {
                state.zygotes.insert(profile, memory_bytes);
            }
            Answer::ZygoteGone { profile } => {
                state.zygotes.remove(&profile);
            }
        });
    }
    report.send_modify(|state| state.gone = true);
}

async fn keep_log(stderr: tokio::process::ChildStderr) {
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tracing::warn!("sandbox helper: {line}");
    }
}

/// A task that ends when the helper does.
#[expect(
    clippy::disallowed_methods,
    reason = "ends with the process whose log it reads"
)]
fn tracked(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}
