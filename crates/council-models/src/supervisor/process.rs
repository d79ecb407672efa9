//! One worker process: its start, its socket, its log and its end.

use crate::config::WorkerCommand;
use crate::protocol::{FromWorker, LoadOrder, ToWorker, encode, read_frame_async};
use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

/// Lines of a worker's log that are kept to explain its end.
const LOG_LINES: usize = 40;
/// Frames read ahead of the supervisor.
const FRAMES_AHEAD: usize = 64;

/// A running worker. Dropping it kills the process.
pub(super) struct Process {
    child: Child,
    orders: mpsc::UnboundedSender<Vec<u8>>,
    frames: mpsc::Receiver<FromWorker>,
    log: Arc<Mutex<VecDeque<String>>>,
}

impl Process {
    /// Starts a worker and orders it to load.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(super) fn start(command: &WorkerCommand, model: &str, order: LoadOrder) -> io::Result<Self> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the engine's supervisor is one of the two places that may"
        )]
        let mut child = Command::new(&command.program)
            .args(&command.args)
            .env_clear()
            .envs(ENVIRONMENT)
            .envs(command.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C in a terminal goes to the whole group; a worker ends when its socket does, not before.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let log = Arc::new(Mutex::new(VecDeque::with_capacity(LOG_LINES)));
        if let Some(stderr) = child.stderr.take() {
            tracked(keep_log(stderr, model.to_owned(), Arc::clone(&log)));
        }
        let (reader, mut writer) = UnixStream::from_std(ours)?.into_split();
        #[expect(
            clippy::disallowed_methods,
            reason = "holds orders of at most as many jobs as there are slots"
        )]
        let (orders, mut to_write) = mpsc::unbounded_channel::<Vec<u8>>();
        tracked(async move {
            while let Some(frame) = to_write.recv().await {
                if writer.write_all(&frame).await.is_err() {
                    return;
                }
            }
        });
        let (to_actor, frames) = mpsc::channel(FRAMES_AHEAD);
        tracked(async move {
            let mut reader = BufReader::with_capacity(1 << 16, reader);
            while let Ok(Some(frame)) = read_frame_async(&mut reader).await {
                if to_actor.send(frame).await.is_err() {
                    return;
                }
            }
        });
        let process = Self {
            child,
            orders,
            frames,
            log,
        };
        process.order(&ToWorker::Load(Box::new(order)));
        Ok(process)
    }

    /// Sends an order. A worker that is gone is noticed by [`next`](Self::next).
    /// False when the order is too long to be sent.
    pub(super) fn order(&self, order: &ToWorker) -> bool {
        let frame = encode(order);
        let fits = frame.is_ok();
        if let Ok(frame) = frame {
            let _ = self.orders.send(frame);
        }
        fits
    }

    /// The worker's next message; `None` when it has ended.
    pub(super) async fn next(&mut self) -> Option<FromWorker> {
        self.frames.recv().await
    }

    /// The process id, while it runs.
    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends the worker and waits until its memory is given back.
    pub(super) async fn end(mut self) -> Option<ExitStatus> {
        // Closing the socket lets a healthy worker leave by itself; nothing is lost if it does not.
        drop(self.orders);
        let gone = tokio::time::timeout(std::time::Duration::from_millis(500), self.child.wait()).await;
        if gone.is_err() {
            let _ = self.child.start_kill();
        }
        self.child.wait().await.ok()
    }

    /// The line of its log that most likely says why it ended.
    pub(super) fn last_words(&self) -> Option<String> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let telling = |line: &&String| {
            let line = line.to_ascii_lowercase();
            ["error", "assert", "abort", "failed", "terminate", "unknown"]
                .iter()
                .any(|word| line.contains(word))
        };
        log.iter().find(telling).or(log.back()).cloned()
    }
}

/// Added to the worker's environment.
///
/// glibc keeps 17 MB of what reading a vocabulary took unless it is told to give memory back sooner.
///
/// libgomp's threads spin while they wait for the next operator. Unbounded spinning makes generation 60 times slower
/// on a busy machine, no spinning 4 times slower on a quiet one, so it is bounded (docs/decisions/0001-engine.md).
///
/// glibc asks the kernel for huge pages when it is told to (`engine/pages.rs`).
const ENVIRONMENT: [(&str, &str); 4] = [
    ("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"),
    ("GOMP_SPINCOUNT", "10000"),
    ("OMP_DYNAMIC", "false"),
    ("MALLOC_TRIM_THRESHOLD_", "131072"),
];

async fn keep_log(stderr: tokio::process::ChildStderr, model: String, log: Arc<Mutex<VecDeque<String>>>) {
    let mut lines = BufReader::new(stderr).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        if line.trim_matches('.').is_empty() {
            continue;
        }
        tracing::trace!(model, "worker: {line}");
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() == LOG_LINES {
            log.pop_front();
        }
        log.push_back(line);
    }
}

fn tracked(task: impl Future<Output = ()> + Send + 'static) {
    #[expect(clippy::disallowed_methods, reason = "ends with the worker's socket or pipe")]
    tokio::spawn(task);
}
