//! A process of the host, for programs to find, signal, trace and read.

use super::CANARY_VARIABLE;
use serde_json::{Value, json};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// An ordinary user that owns nothing.
const NOBODY: u32 = 65534;

/// A process that waits; it ends when this is dropped, and also when this process dies.
pub(super) struct Target {
    child: Child,
    argument: String,
}

impl Target {
    /// Starts it, as nobody where this process is root: a control run is nobody too and must be able to reach it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start(token: &str) -> io::Result<Self> {
        let argument = format!("council-canary-{}", &token[..12]);
        #[expect(
            clippy::disallowed_methods,
            reason = "the sandbox starts processes; this one is to be attacked"
        )]
        let mut command = Command::new("/bin/sh");
        command
            // Waits for a line that never comes, until its input closes.
            .args(["-c", "read -r line", &argument])
            .env_clear()
            .env(CANARY_VARIABLE, token)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            .process_group(0);
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        let child = command.spawn()?;
        Ok(Self { child, argument })
    }

    pub(super) fn told(&self) -> io::Result<Value> {
        let pid = self.child.id();
        let start = start_of(pid).ok_or_else(|| io::Error::other("the target process ended at once"))?;
        Ok(json!({"target": pid, "target_start": start, "argument": self.argument}))
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // Both fail only for a process that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// When a process began, in ticks since boot (proc_pid_stat(5), field 22); `None` where there is none.
pub(super) fn start_of(pid: u32) -> Option<u64> {
    fields(pid)?.get(19)?.parse().ok()
}

/// Whether a process has ended and only waits for its parent.
pub(super) fn is_zombie(pid: i32) -> bool {
    let state = u32::try_from(pid).ok().and_then(fields);
    state.is_none_or(|fields| fields.first().is_none_or(|state| state == "Z" || state == "X"))
}

/// Processor time of a process, in user and in kernel mode (proc_pid_stat(5), fields 14 and 15).
pub(super) fn processor_time(pid: i32) -> Option<Duration> {
    let fields = fields(u32::try_from(pid).ok()?)?;
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(
        ticks * 1000 / rustix::param::clock_ticks_per_second().max(1),
    ))
}

/// What follows the name in `/proc/PID/stat`.
fn fields(pid: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = text.rsplit_once(')')?;
    Some(after.split_whitespace().map(str::to_owned).collect())
}

/// The processes that this one sees.
pub(super) fn processes() -> impl Iterator<Item = i32> {
    std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}
