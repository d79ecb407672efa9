//! A program that makes a box, while it runs, and the way to our helper in it.

use super::folder::Folder;
use super::missing;
use crate::config::HelperCommand;
use crate::host::channel::Channel;
use crate::order::{Content, Guest};
use council_core::sandbox::{Backend, SandboxError};
use rustix::process::{Pid, Signal};
use std::ffi::OsString;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// Where a box finds our helper although it sees no path to it: its standard input.
pub(super) const HELPER: &str = "/proc/self/fd/0";
/// A box that has lost its helper, and a tool that has lost its box, end in this time or are ended.
const ENDS: Duration = Duration::from_secs(2);
/// What is kept of what a tool says, in bytes.
const SAID: usize = 4096;

/// What the standard input of a tool is.
pub(super) enum Input {
    /// The helper's file, so that it can be started where no path leads to it.
    Helper(PathBuf),
    /// The way to the helper, where the tool passes only bytes on.
    Channel,
}

/// What to start for one program.
pub(super) struct BoxOrder {
    pub(super) program: PathBuf,
    pub(super) args: Vec<OsString>,
    pub(super) environment: Vec<(String, String)>,
    pub(super) input: Input,
    /// Whom the tool runs as; `None` for whom Council runs as.
    pub(super) user: Option<u32>,
    pub(super) guest: Guest,
    /// A folder of the host that is the box's; goes when the box does.
    pub(super) folder: Option<Folder>,
    /// What ends the box when ending the tool does not.
    pub(super) stop: Vec<OsString>,
}

/// A tool that runs, and a box in which a program can run.
pub(super) struct Running {
    pub(super) channel: Channel,
    tool: Tool,
}

struct Tool {
    child: Child,
    said: JoinHandle<String>,
    program: PathBuf,
    environment: Vec<(String, String)>,
    stop: Vec<OsString>,
    folder: Option<Folder>,
}

fn internal(what: &str, error: impl std::fmt::Display) -> SandboxError {
    SandboxError::Internal(format!("{what}: {error}"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox is one of the two places that may"
)]
fn command(program: &PathBuf, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir("/")
        .kill_on_drop(true);
    command
}

impl Running {
    /// Starts the tool, and waits until a program can run in its box.
    ///
    /// # Errors
    /// When it makes none, with what it said.
    pub(super) async fn start(backend: Backend, mut order: BoxOrder) -> Result<Self, SandboxError> {
        let (ours, theirs) = StdStream::pair().map_err(|error| internal("a channel", error))?;
        ours.set_nonblocking(true)
            .map_err(|error| internal("a channel", error))?;
        let theirs = OwnedFd::from(theirs);
        let input = match &order.input {
            Input::Helper(path) => Stdio::from(
                File::open(path)
                    .map_err(|error| internal(&format!("the helper {}", path.display()), error))?,
            ),
            Input::Channel => Stdio::from(theirs.try_clone().map_err(|error| internal("a channel", error))?),
        };
        let mut command = command(&order.program, &order.environment);
        command
            .args(&order.args)
            .stdin(input)
            .stdout(Stdio::from(theirs))
            .stderr(Stdio::piped())
            // Ctrl-C in a terminal goes to the whole group; and so does the end of a tool that has lost its box.
            .process_group(0);
        if let Some(user) = order.user {
            command.uid(user).gid(user);
        }
        let spawned = command.spawn();
        // It holds the other end of the channel.
        drop(command);
        let mut child = spawned.map_err(|error| {
            missing(
                backend.name(),
                format!("{} cannot be started: {error}", order.program.display()),
            )
        })?;
        settle(&mut order.guest);
        let said = listen(&mut child);
        let tool = Tool {
            child,
            said,
            program: order.program,
            environment: order.environment,
            stop: order.stop,
            folder: order.folder,
        };
        let channel = UnixStream::from_std(ours).map_err(|error| internal("a channel", error))?;
        let mut channel = Channel::new(channel);
        let begun = match channel.begin(&order.guest).await {
            Ok(()) => channel.ready().await,
            Err(error) => Err(internal("a box ended", error)),
        };
        match begun {
            Ok(()) => Ok(Self { channel, tool }),
            Err(SandboxError::Internal(why)) => {
                drop(channel);
                let said = tool.end().await;
                let said = if said.is_empty() { why } else { said };
                Err(SandboxError::Internal(format!("{backend} made no box: {said}")))
            }
            Err(error) => {
                drop(channel);
                tool.end().await;
                Err(error)
            }
        }
    }

    /// Waits until nothing of the box is left.
    pub(super) async fn end(self) {
        // The helper ends with its channel, the box with its helper, the tool with its box.
        drop(self.channel);
        let said = self.tool.end().await;
        if !said.is_empty() {
            tracing::debug!("a sandbox's tool said: {said}");
        }
    }
}

impl Tool {
    /// Waits for its end, and brings it about where it does not come; what it said.
    async fn end(mut self) -> String {
        let pid = self.child.id();
        if tokio::time::timeout(ENDS, self.child.wait()).await.is_err() {
            tracing::warn!("{} did not end by itself", self.program.display());
            if !self.stop.is_empty() {
                let mut stop = command(&self.program, &self.environment);
                stop.args(&self.stop).stdin(Stdio::null()).stdout(Stdio::null());
                let _ = tokio::time::timeout(ENDS, stop.stderr(Stdio::null()).status()).await;
            }
            if let Some(group) = pid.and_then(|pid| Pid::from_raw(pid as i32)) {
                let _ = rustix::process::kill_process_group(group, Signal::KILL);
            }
            let _ = tokio::time::timeout(ENDS, self.child.wait()).await;
        }
        if let Some(folder) = self.folder.take() {
            // Emptying it takes time, and a thread that may block.
            let _ = tokio::task::spawn_blocking(move || drop(folder)).await;
        }
        let said = tokio::time::timeout(ENDS, &mut self.said).await;
        let said = said.map(Result::unwrap_or_default);
        said.unwrap_or_default().trim().to_owned()
    }
}

/// Keeps the first of what a tool says, and reads it to its end.
#[expect(
    clippy::disallowed_methods,
    reason = "ends with the process whose log it reads; its handle is kept"
)]
fn listen(child: &mut Child) -> JoinHandle<String> {
    let stderr = child.stderr.take();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        let mut buffer = [0; 1024];
        if let Some(mut stderr) = stderr {
            while let Ok(count @ 1..) = stderr.read(&mut buffer).await {
                let room = SAID - kept.len();
                kept.extend_from_slice(&buffer[..count.min(room)]);
            }
        }
        String::from_utf8_lossy(&kept).into_owned()
    })
}

/// Tells the program where it is at home.
fn settle(guest: &mut Guest) {
    let command = match &mut guest.content {
        Content::Empty(command) | Content::Runner(command) => command,
        Content::Copy(_) => return,
    };
    for (name, value) in &mut command.environment {
        match name.as_str() {
            "HOME" => *value = guest.home.display().to_string(),
            "TMPDIR" | "MPLCONFIGDIR" => *value = guest.temporary.display().to_string(),
            "XDG_CACHE_HOME" => *value = guest.temporary.join(".cache").display().to_string(),
            _ => {}
        }
    }
}

/// The helper as a box starts it that sees no path to it.
pub(super) fn helper_args(helper: &HelperCommand) -> impl Iterator<Item = OsString> + '_ {
    std::iter::once(OsString::from(HELPER)).chain(helper.args.iter().map(OsString::from))
}
