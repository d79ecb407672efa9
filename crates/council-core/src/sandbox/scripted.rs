//! A sandbox that runs nothing and follows a script, for the tests of whatever stands above a sandbox.

use super::{
    Backend, Language, Layer, LayerState, PoolState, Program, Protection, RunEvent, RunReport, RunStatus,
    RunStream, Sandbox, SandboxError, SandboxStatus, SessionId, SessionSummary, Start, Tier, Truncated,
};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// One step of a run.
#[derive(Clone, Debug)]
pub enum Step {
    /// It happens.
    Event(RunEvent),
    /// The run cannot go on.
    Fail(SandboxError),
    /// Nothing happens until the run is cancelled, which ends it as killed.
    Hang,
}

impl Step {
    /// More standard output.
    pub fn out(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Event(RunEvent::Stdout(bytes.into()))
    }

    /// More standard error.
    pub fn err(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Event(RunEvent::Stderr(bytes.into()))
    }

    /// The end.
    pub fn end(report: RunReport) -> Self {
        Self::Event(RunEvent::Finished(Box::new(report)))
    }
}

/// The report of a warm run that went well and said this.
pub fn report(stdout: &str) -> RunReport {
    RunReport {
        status: RunStatus::Ok,
        exit: Some(0),
        signal: None,
        stdout: stdout.as_bytes().to_vec(),
        stderr: Vec::new(),
        truncated: Truncated::default(),
        value: None,
        artifacts: Vec::new(),
        wall: Duration::from_micros(1_500),
        cpu: Duration::from_micros(1_250),
        max_rss_bytes: 8 << 20,
        queue: Duration::from_micros(250),
        backend: Backend::Namespaces,
        tier: Tier::Strong,
        start: Start::Warm,
        session_lost: None,
    }
}

/// The report of a run that ended with status 1 and this on standard error.
pub fn failure(stderr: &str) -> RunReport {
    RunReport {
        status: RunStatus::Error,
        exit: Some(1),
        stderr: stderr.as_bytes().to_vec(),
        ..report("")
    }
}

/// The sandbox.
pub struct ScriptedSandbox {
    scripts: Mutex<VecDeque<Vec<Step>>>,
    programs: Mutex<Vec<Program>>,
    status: Mutex<SandboxStatus>,
    sessions: Mutex<Vec<SessionSummary>>,
    interrupted: Mutex<Vec<SessionId>>,
    dropped: CancellationToken,
}

impl Default for ScriptedSandbox {
    /// A strong one with a session `kept`.
    fn default() -> Self {
        let kept = SessionId::new("kept").map(|id| SessionSummary {
            id,
            language: Language::Python,
            runs: 3,
            busy: false,
            idle: Duration::from_millis(2_500),
            memory_bytes: 20 << 20,
        });
        Self {
            scripts: Mutex::default(),
            programs: Mutex::default(),
            status: Mutex::new(strong()),
            sessions: Mutex::new(kept.into_iter().collect()),
            interrupted: Mutex::default(),
            dropped: CancellationToken::new(),
        }
    }
}

fn strong() -> SandboxStatus {
    let layer = |name: &str, state, required| Layer {
        name: name.to_owned(),
        state,
        required,
    };
    let no_cgroup = LayerState::Missing("no memory controller is delegated to this process".to_owned());
    let protection = Protection {
        backend: Backend::Namespaces,
        tier: Tier::Strong,
        layers: vec![
            layer("user namespace", LayerState::Enforced, true),
            layer("seccomp", LayerState::Enforced, true),
            layer("cgroup memory", no_cgroup, false),
        ],
    };
    SandboxStatus {
        protection: Some(protection),
        rejected: Vec::new(),
        languages: vec![
            (Language::Python, Ok("3.11.2".to_owned())),
            (Language::Bash, Ok("5.2.15".to_owned())),
            (
                Language::JavaScript,
                Err("`node` is not installed; install Node.js 20 or later".to_owned()),
            ),
        ],
        pools: vec![PoolState {
            profile: "python".to_owned(),
            target: 2,
            ready: 1,
            busy: 1,
            memory_bytes: 10 << 20,
        }],
        running: 1,
    }
}

impl ScriptedSandbox {
    /// What the next run does; further ones follow in order. Without a script a run ends well and says nothing.
    pub fn script(&self, steps: impl Into<Vec<Step>>) {
        locked(&self.scripts).push_back(steps.into());
    }

    /// The programs that came.
    pub fn programs(&self) -> Vec<Program> {
        locked(&self.programs).clone()
    }

    /// The sessions that were interrupted.
    pub fn interrupted(&self) -> Vec<SessionId> {
        locked(&self.interrupted).clone()
    }

    /// Changes what it says of itself. Without protection every run fails.
    pub fn set_status(&self, change: impl FnOnce(&mut SandboxStatus)) {
        change(&mut locked(&self.status));
    }

    /// Cancelled when a run was dropped before its end.
    pub fn dropped(&self) -> CancellationToken {
        self.dropped.clone()
    }

    fn known(&self, id: &SessionId) -> Result<(), SandboxError> {
        if locked(&self.sessions).iter().any(|session| session.id == *id) {
            return Ok(());
        }
        Err(SandboxError::SessionLost {
            id: id.as_str().to_owned(),
            reason: "is not there; its next run begins it".to_owned(),
        })
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says so when it is dropped before the end.
struct Watch {
    dropped: CancellationToken,
    ended: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.ended {
            self.dropped.cancel();
        }
    }
}

#[async_trait]
impl Sandbox for ScriptedSandbox {
    async fn status(&self) -> SandboxStatus {
        locked(&self.status).clone()
    }

    fn run(&self, program: Program, cancel: CancellationToken) -> RunStream {
        locked(&self.programs).push(program);
        let steps = if locked(&self.status).protection.is_some() {
            let start = Start::Warm;
            let usual = || vec![Step::Event(RunEvent::Started { start }), Step::end(report(""))];
            locked(&self.scripts).pop_front().unwrap_or_else(usual)
        } else {
            vec![Step::Fail(SandboxError::CannotIsolate {
                missing: vec!["user namespace".to_owned()],
                message:
                    "this host cannot isolate programs: no user namespaces; see `council sandbox doctor`"
                        .to_owned(),
            })]
        };
        let watch = Watch {
            dropped: self.dropped.clone(),
            ended: false,
        };
        let state = (VecDeque::from(steps), watch, cancel);
        stream::unfold(state, |(mut steps, mut watch, cancel)| async move {
            if watch.ended {
                return None;
            }
            let step = steps.pop_front().unwrap_or(Step::Hang);
            let item = match step {
                Step::Event(event) => Ok(event),
                Step::Fail(error) => Err(error),
                Step::Hang => {
                    cancel.cancelled().await;
                    Ok(RunEvent::Finished(Box::new(RunReport {
                        status: RunStatus::Killed,
                        exit: None,
                        signal: Some(9),
                        ..report("")
                    })))
                }
            };
            watch.ended = matches!(item, Ok(RunEvent::Finished(_)) | Err(_));
            Some((item, (steps, watch, cancel)))
        })
        .boxed()
    }

    async fn sessions(&self) -> Vec<SessionSummary> {
        locked(&self.sessions).clone()
    }

    async fn end_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.known(id)?;
        locked(&self.sessions).retain(|session| session.id != *id);
        Ok(())
    }

    async fn interrupt_session(&self, id: &SessionId) -> Result<(), SandboxError> {
        self.known(id)?;
        locked(&self.interrupted).push(id.clone());
        Ok(())
    }
}
