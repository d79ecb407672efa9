//! A program and its limits.
//!
//! - [`check`](self::check): whether it can be run as it is

mod check;

pub use check::{MAX_FILES, MAX_SOURCE_BYTES, MAX_STDIN_BYTES};

use crate::memory::LOCAL_USER;
use std::fmt;
use std::time::Duration;

/// What a program is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Python 3.
    Python,
    /// The Bourne-again shell.
    Bash,
    /// JavaScript, by Node.
    JavaScript,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Python, Self::Bash, Self::JavaScript];

    /// Its name in every API and label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Bash => "bash",
            Self::JavaScript => "javascript",
        }
    }

    /// The language that a name or a usual short form means, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "python" | "python3" | "py" => Some(Self::Python),
            "bash" | "sh" | "shell" => Some(Self::Bash),
            "javascript" | "js" | "node" | "nodejs" => Some(Self::JavaScript),
            _ => None,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What one run may use. What exceeds a limit ends the run, with a status that names the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the start to the end.
    pub wall: Duration,
    /// Processor time of all processes together.
    pub cpu: Duration,
    /// Memory of all processes together, in bytes.
    pub memory_bytes: u64,
    /// Processes and threads at once.
    pub processes: u32,
    /// Open files of a process.
    pub open_files: u32,
    /// One file, in bytes.
    pub file_bytes: u64,
    /// Each of `/tmp` and `/box`, in bytes.
    pub disk_bytes: u64,
    /// Files and folders in each of `/tmp` and `/box`.
    pub inodes: u64,
    /// Of standard output that is kept, in bytes; what is beyond is dropped and said to be.
    pub stdout_bytes: u64,
    /// Of standard error that is kept, in bytes.
    pub stderr_bytes: u64,
    /// Files that are returned.
    pub artifacts: u32,
    /// All returned files together, in bytes.
    pub artifact_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(5),
            cpu: Duration::from_secs(5),
            memory_bytes: 512 << 20,
            processes: 64,
            open_files: 256,
            file_bytes: 20 << 20,
            disk_bytes: 64 << 20,
            inodes: 4096,
            stdout_bytes: 1 << 20,
            stderr_bytes: 256 << 10,
            artifacts: 64,
            artifact_bytes: 32 << 20,
        }
    }
}

/// What a run that does not say may use, and the most that one may ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunLimits {
    /// Of a run that does not say.
    pub usual: Limits,
    /// The most.
    pub maximum: Limits,
}

/// Names a session of a user: 1 to 128 visible ASCII characters. Two users may have chosen the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId {
    text: String,
    /// `None`: the owner of the machine.
    user: Option<String>,
}

impl SessionId {
    /// The id, if it is one, of a session of the owner of the machine.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let text = id.into();
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then_some(Self { text, user: None })
    }

    /// The same text as the name of a session of this user's.
    pub fn of(self, user: &str) -> Self {
        Self {
            user: (user != LOCAL_USER).then(|| user.to_owned()),
            ..self
        }
    }

    /// Whose it is.
    pub fn user(&self) -> &str {
        self.user.as_deref().unwrap_or(LOCAL_USER)
    }

    /// As text, as its user knows it.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// A file that stands in `/box` before the program starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Relative path below `/box`, with `/` between folders.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// A program to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// What it is written in.
    pub language: Language,
    /// Its source.
    pub source: String,
    /// What it reads from standard input; any bytes.
    pub stdin: Vec<u8>,
    /// What stands in `/box`.
    pub files: Vec<InputFile>,
    /// What it may use.
    pub limits: Limits,
    /// The session that it continues or begins; `None` for a run that leaves nothing behind.
    pub session: Option<SessionId>,
}

impl Program {
    /// A program with the default limits and nothing else.
    pub fn new(language: Language, source: impl Into<String>) -> Self {
        Self {
            language,
            source: source.into(),
            stdin: Vec::new(),
            files: Vec::new(),
            limits: Limits::default(),
            session: None,
        }
    }
}
