//! Starts the program in a world of its own: empty environment, its own directories, no terminal.

#![expect(
    clippy::disallowed_methods,
    reason = "these tests are about starting the program"
)]

use rustix::process::{Pid, Signal};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine; only a hang reaches it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A home directory for one test.
pub(crate) struct World {
    dir: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The program with these arguments, not started yet. The configured port is one that nothing listens on.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_council"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.path())
            .env("COUNCIL_PORT", "1")
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        finish(self.command(arguments).spawn().unwrap())
    }

    /// Runs the program to its end with this on its standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Finished {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // The program may end without reading; that is for the test to judge.
        let _ = child.stdin.take().unwrap().write_all(input);
        finish(child)
    }

    /// The same with these variables.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Finished {
        finish(
            self.command(arguments)
                .envs(variables.iter().copied())
                .spawn()
                .unwrap(),
        )
    }

    /// Starts `council serve` on a free port, with these arguments, and waits for the line that says where it is.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Server {
        self.serve_with(arguments, &[])
    }

    /// The same with these variables.
    pub(crate) fn serve_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Server {
        self.serve_to(arguments, variables, Stdio::piped())
    }

    /// The same with its log there.
    pub(crate) fn serve_to(&self, arguments: &[&str], variables: &[(&str, &str)], log: Stdio) -> Server {
        let all = [&["serve", "--port", "0"], arguments].concat();
        let mut child = self
            .command(&all)
            .envs(variables.iter().copied())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        if line.is_empty() {
            let ended = finish(child);
            unreachable!("the server ended at once: {ended:?}");
        }
        let url = line
            .split([' ', ','])
            .find(|word| word.starts_with("http://"))
            .unwrap()
            .to_owned();
        Server {
            child: Some(child),
            line,
            url,
        }
    }
}

/// How a program ended and what it said.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Waits for the end of a program; one that hangs is killed and fails the test.
pub(crate) fn finish(child: Child) -> Finished {
    let pid = child.id();
    let (sender, receiver) = mpsc::sync_channel(1);
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    if let Ok(output) = receiver.recv_timeout(PATIENCE) {
        return output.unwrap().into();
    }
    signal(pid, Signal::KILL);
    unreachable!("the program did not end: {:?}", receiver.recv().unwrap())
}

/// Sends a signal to a program.
pub(crate) fn signal(pid: u32, signal: Signal) {
    rustix::process::kill_process(process_id(pid), signal).unwrap();
}

fn process_id(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).unwrap()).unwrap()
}

/// A running server; killed when the test forgets it.
pub(crate) struct Server {
    child: Option<Child>,
    /// What it printed when it was ready.
    pub(crate) line: String,
    /// Where it is.
    pub(crate) url: String,
}

impl Server {
    /// `host:port`.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// The body of `GET path`.
    pub(crate) fn get(&self, path: &str) -> String {
        self.ask("GET", path, "")
    }

    /// The answer to `POST path`.
    pub(crate) fn post(&self, path: &str, body: &str) -> String {
        self.ask("POST", path, body)
    }

    /// The answer to `POST path` with a further header, such as `x: y`.
    pub(crate) fn post_with(&self, path: &str, header: &str, body: &str) -> String {
        self.post_bytes(path, header, body.as_bytes())
    }

    /// The same with a body of any bytes.
    pub(crate) fn post_bytes(&self, path: &str, header: &str, body: &[u8]) -> String {
        self.asked("POST", path, &format!("{header}\r\n"), body)
    }

    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> String {
        self.asked(method, path, "", body.as_bytes())
    }

    fn asked(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
            self.address(),
            body.len()
        );
        stream.write_all(&[request.as_bytes(), body].concat()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// Reads the log to its end, on a thread: a full pipe would stop a server that says much.
    pub(crate) fn read_log(&mut self) -> JoinHandle<String> {
        let mut stderr = self.child.as_mut().unwrap().stderr.take().unwrap();
        std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        })
    }

    /// Sends SIGTERM.
    pub(crate) fn send_sigterm(&self) {
        signal(self.child.as_ref().unwrap().id(), Signal::TERM);
    }

    /// Reads the log until a line contains this. What was read is gone.
    pub(crate) fn wait_for_log(&mut self, text: &str) {
        let stderr = self.child.as_mut().unwrap().stderr.as_mut().unwrap();
        let mut seen = Vec::new();
        // Byte by byte: a buffer would keep what follows.
        while !String::from_utf8_lossy(&seen).contains(text) {
            let mut byte = [0];
            assert_eq!(
                stderr.read(&mut byte).unwrap(),
                1,
                "the log ended: {}",
                String::from_utf8_lossy(&seen)
            );
            seen.push(byte[0]);
        }
    }

    /// Sends SIGTERM again and again until the end.
    pub(crate) fn insist(mut self) -> Finished {
        let child = self.child.take().unwrap();
        let pid = child.id();
        let (sender, receiver) = mpsc::sync_channel(1);
        std::thread::spawn(move || sender.send(finish(child)));
        loop {
            if let Ok(finished) = receiver.recv_timeout(Duration::from_millis(50)) {
                return finished;
            }
            // It may have ended since.
            let _ = rustix::process::kill_process(process_id(pid), Signal::TERM);
        }
    }

    /// Waits for the end.
    pub(crate) fn finish(mut self) -> Finished {
        finish(self.child.take().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// An unused end of a pipe whose reader is gone: the next write to it fails.
pub(crate) fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// Joins what follows the program's name for a message.
pub(crate) fn words<S: AsRef<OsStr>>(arguments: &[S]) -> String {
    arguments
        .iter()
        .map(|word| word.as_ref().to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
