//! One run, from a program to its report.

use super::channel::Channel;
use super::result::{Collected, report, stopped};
use crate::frame::{Frame, Kind};
use crate::order::{Ending, FileHeader, RunOrder, SetupFailure};
use council_core::sandbox::{Artifact, Program, RunEvent, RunReport, RunStatus, SandboxError, Start};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

/// Pid 1 ends a run that takes too long. One that says nothing for this much longer has itself been stopped.
const GRACE: Duration = Duration::from_secs(5);

/// Events on their way to somebody who may be slow.
pub(super) type Events = mpsc::Sender<Result<RunEvent, SandboxError>>;

/// What a run needs beside its box.
pub(super) struct Run<'a> {
    pub(super) program: &'a Program,
    pub(super) start: Start,
    pub(super) queue: Duration,
    pub(super) reserves: bool,
    pub(super) cancel: &'a CancellationToken,
    pub(super) interrupt: Option<Arc<Notify>>,
    pub(super) events: &'a Events,
}

/// How a run went: its report, and whether its box can take another program.
pub(super) struct Outcome {
    pub(super) report: RunReport,
    pub(super) alive: bool,
}

/// What was written and not passed on yet. Pieces are put together while nobody takes them, so that a program that
/// writes letter by letter fills no queue.
#[derive(Default)]
pub(super) struct Pending {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.stdout.is_empty() && self.stderr.is_empty()
    }

    fn next(&mut self) -> RunEvent {
        if self.stdout.is_empty() {
            RunEvent::Stderr(std::mem::take(&mut self.stderr))
        } else {
            RunEvent::Stdout(std::mem::take(&mut self.stdout))
        }
    }
}

impl Run<'_> {
    /// Runs the program in a box that is ready.
    ///
    /// # Errors
    /// When the box ended without a word about the program. Whether anything of it ran is not known then, unless the
    /// error came from `Channel::start`.
    pub(super) async fn run(self, channel: &mut Channel) -> Result<Outcome, SandboxError> {
        let Program {
            source,
            stdin,
            files,
            limits,
            session,
            ..
        } = self.program;
        let order = RunOrder::new(limits, session.is_some(), self.reserves);
        let began = Instant::now();
        if let Err(error) = channel.start(source.as_bytes(), stdin, files, &order).await {
            // It may have said why.
            if let Ok(Some(Frame {
                kind: Kind::Failed,
                body,
            })) = channel.next().await
            {
                return Err(failed(&body));
            }
            let what = format!("a box ended before its program began: {error}");
            return Err(SandboxError::Internal(what));
        }
        let _ = self.events.try_send(Ok(RunEvent::Started { start: self.start }));
        let mut collected = Collected::default();
        let mut pending = Pending::default();
        let late = tokio::time::sleep(limits.wall + GRACE);
        tokio::pin!(late);
        loop {
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Ok(self.killed(collected, began, "")),
                () = self.events.closed() => return Ok(self.killed(collected, began, "")),
                () = &mut late => {
                    let why = "the sandbox lost its hold on the program and ended it\n";
                    let report = stopped(RunStatus::Timeout, why, collected, began.elapsed(), self.start);
                    return Ok(Outcome { report, alive: false });
                }
                () = interrupted(self.interrupt.as_ref()) => {
                    let _ = channel.interrupt().await;
                }
                frame = channel.next() => match frame {
                    Ok(Some(frame)) => {
                        if let Some(mut ending) = take(frame, &mut collected, &mut pending)? {
                            if ending.wall_us == 0 {
                                // The launcher, which knows no times, spoke for a box that was ended.
                                ending.wall_us = began.elapsed().as_micros() as u64;
                            }
                            let report = report(&ending, collected, self.queue, self.start);
                            self.pass_on(pending).await;
                            return Ok(Outcome { report, alive: ending.alive });
                        }
                    }
                    Ok(None) | Err(_) => {
                        return Err(SandboxError::Internal("a box ended without a report".to_owned()));
                    }
                },
                permit = self.events.reserve(), if !pending.is_empty() => {
                    if let Ok(permit) = permit {
                        permit.send(Ok(pending.next()));
                    }
                }
            }
        }
    }

    /// Sends what is left before the report.
    async fn pass_on(&self, mut pending: Pending) {
        while !pending.is_empty() {
            if self.events.send(Ok(pending.next())).await.is_err() {
                return;
            }
        }
    }

    fn killed(&self, collected: Collected, began: Instant, why: &str) -> Outcome {
        let report = stopped(RunStatus::Killed, why, collected, began.elapsed(), self.start);
        Outcome { report, alive: false }
    }
}

async fn interrupted(notify: Option<&Arc<Notify>>) {
    match notify {
        Some(notify) => notify.notified().await,
        None => std::future::pending().await,
    }
}

/// Why a box could not run its program: a file that could not be put there is the request's fault.
fn failed(body: &[u8]) -> SandboxError {
    match serde_json::from_slice::<SetupFailure>(body) {
        Ok(SetupFailure { layer, message }) if layer == "files" => SandboxError::InvalidProgram {
            field: "files".to_owned(),
            message: format!("cannot be put into the box: {message}; choose another name"),
        },
        Ok(SetupFailure { layer, message }) => {
            SandboxError::Internal(format!("a box failed: {layer}: {message}"))
        }
        Err(error) => SandboxError::Internal(format!("a box failed: {error}")),
    }
}

/// Takes one frame of a run. Its ending, when it is that.
pub(super) fn take(
    frame: Frame,
    collected: &mut Collected,
    pending: &mut Pending,
) -> Result<Option<Ending>, SandboxError> {
    let broken =
        |error: &dyn std::fmt::Display| SandboxError::Internal(format!("a box spoke wrongly: {error}"));
    let Frame { kind, body } = frame;
    match kind {
        Kind::Stdout => {
            collected.stdout.extend_from_slice(&body);
            pending.stdout.extend_from_slice(&body);
        }
        Kind::Stderr => {
            collected.stderr.extend_from_slice(&body);
            pending.stderr.extend_from_slice(&body);
        }
        Kind::Artifact => {
            let FileHeader { name } = serde_json::from_slice(&body).map_err(|error| broken(&error))?;
            collected.artifacts.push(Artifact {
                name,
                mime: String::new(),
                content: Vec::new(),
            });
        }
        Kind::Data => match collected.artifacts.last_mut() {
            Some(artifact) => artifact.content.extend_from_slice(&body),
            None => return Err(broken(&"content without a file")),
        },
        Kind::Ended => {
            return serde_json::from_slice(&body)
                .map(Some)
                .map_err(|error| broken(&error));
        }
        Kind::Failed => return Err(failed(&body)),
        Kind::File | Kind::Stdin | Kind::Source | Kind::Run | Kind::Interrupt | Kind::Begin | Kind::Ready => {
            return Err(broken(&format!("{kind:?} during a run")));
        }
    }
    Ok(None)
}
