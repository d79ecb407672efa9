//! No sandbox at all: programs as an ordinary user's processes, with limits so that a mistake here costs nothing.
//! Never as root, for whom some attacks would do harm.

use async_trait::async_trait;
use council_core::sandbox::{
    Backend, Language, Program, RunEvent, RunReport, RunStatus, RunStream, Sandbox, SandboxError,
    SandboxStatus, SessionId, SessionSummary, Start, Tier, Truncated,
};
use council_sandbox::attacks::ground::CANARY_VARIABLE;
use futures::StreamExt;
use std::os::unix::fs::chown;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const NOBODY: u32 = 65534;
/// KiB of memory and of a file, seconds of processor time, processes of the user.
const LIMITS: &str = "ulimit -v 4194304 -f 131072 -t 20 -u 500; exec \"$0\" \"$@\"";

/// Runs programs with nothing around them.
pub(super) struct Bare {
    token: String,
}

impl Bare {
    pub(super) fn new(token: &str) -> Self {
        Self {
            token: token.to_owned(),
        }
    }

    fn start(&self, program: &Program, folder: &Path) -> std::io::Result<Child> {
        let file = folder.join("the-program");
        std::fs::write(&file, &program.source)?;
        let root = rustix::process::geteuid().is_root();
        // A root's interpreter may lie where nobody else gets to.
        let python = if root { "/usr/bin/python3" } else { "python3" };
        #[expect(clippy::disallowed_methods, reason = "the control run of the sandbox's tests")]
        let mut command = Command::new("/bin/bash");
        command.args(["-c", LIMITS]);
        match program.language {
            Language::Python => command.args([python, "-I", "-B"]),
            Language::Bash => command.arg("/bin/bash"),
            Language::JavaScript => command.arg("node"),
        };
        command
            .arg(&file)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env(CANARY_VARIABLE, &self.token)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if root {
            chown(folder, Some(NOBODY), Some(NOBODY))?;
            command.uid(NOBODY).gid(NOBODY);
        }
        command.spawn()
    }
}

#[async_trait]
impl Sandbox for Bare {
    async fn status(&self) -> SandboxStatus {
        SandboxStatus {
            protection: None,
            rejected: Vec::new(),
            languages: Vec::new(),
            pools: Vec::new(),
            running: 0,
        }
    }

    fn run(&self, program: Program, cancel: CancellationToken) -> RunStream {
        let (events, mut received) = mpsc::channel(64);
        let folder = TempDir::new_in("/tmp").unwrap();
        let child = self.start(&program, folder.path()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "ends with the stream that it feeds")]
        tokio::spawn(async move {
            let report = follow(child, program, cancel, &events).await;
            // The receiver may have gone.
            let _ = events.send(Ok(RunEvent::Finished(Box::new(report)))).await;
            drop(folder);
        });
        futures::stream::poll_fn(move |context| received.poll_recv(context)).boxed()
    }

    async fn sessions(&self) -> Vec<SessionSummary> {
        Vec::new()
    }

    async fn end_session(&self, _: &SessionId) -> Result<(), SandboxError> {
        Ok(())
    }

    async fn interrupt_session(&self, _: &SessionId) -> Result<(), SandboxError> {
        Ok(())
    }
}

type Events = mpsc::Sender<Result<RunEvent, SandboxError>>;

async fn follow(mut child: Child, program: Program, cancel: CancellationToken, events: &Events) -> RunReport {
    let begin = Instant::now();
    let group = rustix::process::Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    let (mut stdin, stdout, stderr) = (
        child.stdin.take().unwrap(),
        child.stdout.take(),
        child.stderr.take(),
    );
    let feed = async {
        // A program that does not read closes it.
        let _ = stdin.write_all(&program.stdin).await;
        drop(stdin);
    };
    let both = async {
        tokio::join!(
            read(stdout.unwrap(), Some(events)),
            read(stderr.unwrap(), None),
            feed
        )
    };
    let (mut status, mut signal, mut exit) = (RunStatus::Timeout, None, None);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    tokio::select! {
        (ended, (stdout, stderr, ())) = async { tokio::join!(child.wait(), both) } => {
            let ended = ended.unwrap();
            (exit, signal) = (ended.code(), ended.signal());
            status = match (exit, signal) {
                (Some(0), _) => RunStatus::Ok,
                (Some(_), _) => RunStatus::Error,
                (None, _) => RunStatus::Killed,
            };
            (out, err) = (stdout, stderr);
        }
        () = cancel.cancelled() => status = RunStatus::Killed,
        () = tokio::time::sleep(program.limits.wall + Duration::from_secs(10)) => {}
    }
    // Everything may have ended.
    let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    RunReport {
        status,
        exit,
        signal,
        stdout: out,
        stderr: err,
        truncated: Truncated::default(),
        value: None,
        artifacts: Vec::new(),
        wall: begin.elapsed(),
        cpu: Duration::ZERO,
        max_rss_bytes: 0,
        queue: Duration::ZERO,
        backend: Backend::Landlock,
        tier: Tier::Weak,
        start: Start::Cold,
        session_lost: None,
    }
}

async fn read(mut from: impl AsyncRead + Unpin, events: Option<&Events>) -> Vec<u8> {
    let (mut all, mut piece) = (Vec::new(), vec![0; 1 << 16]);
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        all.extend_from_slice(&piece[..length]);
        if let Some(events) = events {
            // The receiver may have gone.
            let _ = events.send(Ok(RunEvent::Stdout(piece[..length].to_vec()))).await;
        }
    }
    all
}
