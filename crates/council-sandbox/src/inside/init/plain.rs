//! Programs that no runner waits for: a shell is started when its script is known, for each program of a session anew.

use super::super::collect;
use super::super::confine::Streams;
use super::Init;
use super::run::Run;
use crate::order::{Command, RunOrder};
use crate::runners;
use rustix::process::Pid;
use std::io::{self, Write as _};
use std::path::Path;

/// What the script of a plain program is called in the folder for what is not to come out, and what its session knows.
const SCRIPT: &str = "main.sh";
const STATE: &str = ".session";

impl Init {
    /// Starts a program that is known only now; what a session needs for its next one is kept.
    pub(super) fn start_plain(
        &mut self,
        command: Command,
        mut streams: Streams,
        source: &[u8],
        order: RunOrder,
        before: collect::Before,
    ) -> io::Result<Pid> {
        // A file, because `bash -c` takes no more than 128 KiB and shows the script in the list of processes.
        let script = self.place.temporary.join(SCRIPT);
        write_anew(&script, source)?;
        let mut whole = command.clone();
        if order.session {
            whole.arguments.extend(["-c", runners::BASH].map(str::to_owned));
        } else {
            // Nobody is spoken to.
            self.control = None;
            streams.control = None;
        }
        whole.arguments.push(script.display().to_string());
        if order.session {
            let state = self.place.temporary.join(STATE);
            whole.arguments.push(state.display().to_string());
        }
        // Each program has a shell of its own, which ends with it: there is no earlier one that could speak.
        let word = String::new();
        self.run = Some(Run::begin(order, before, &self.place, self.reaped_cpu, word));
        let pid = self.start(&whole, &streams, Some(&order))?;
        self.plain = order.session.then_some((command, streams));
        Ok(pid)
    }

    /// Input for the next program of a session: what the last one left of its own is not for it.
    pub(super) fn renew_stdin(&mut self) -> io::Result<()> {
        if let Some((_, streams)) = &mut self.plain {
            let (stdin, to_stdin) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
            rustix::io::ioctl_fionbio(&to_stdin, true)?;
            streams.stdin = stdin;
            self.stdin = Some(to_stdin);
        }
        Ok(())
    }
}

/// Writes a file where an earlier program of the session may have left anything: a link, a pipe, a folder.
fn write_anew(path: &Path, content: &[u8]) -> io::Result<()> {
    let gone = match std::fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    gone.and_then(|()| std::fs::File::create_new(path))
        .and_then(|mut file| file.write_all(content))
}
