//! How the process ends: exit codes, and errors that know theirs.

use std::fmt;
use std::process::ExitCode;

/// The exit codes of every command. Scripts may rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Success,
    /// The command could not do what it was asked.
    Failure,
    /// Wrong arguments or wrong configuration (`EX_USAGE` of sysexits.h).
    Usage,
    /// Something that is needed is not there: the port is in use, the server does not answer, no model is
    /// installed (`EX_UNAVAILABLE`).
    Unavailable,
    /// A file or the terminal could not be read or written (`EX_IOERR`).
    Io,
    /// Ctrl-C (128 + `SIGINT`, as shells count).
    Interrupted,
    /// As the program ended that `council run` ran.
    Program(u8),
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 64,
            Self::Unavailable => 69,
            Self::Io => 74,
            Self::Interrupted => 130,
            Self::Program(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command failed, in words for the person at the terminal, and the exit code that goes with it.
#[derive(Debug)]
pub struct CommandError {
    /// How the process ends.
    pub exit: Exit,
    /// What happened and what to do. Empty: say nothing (the reader of a pipe went away).
    pub message: String,
}

impl CommandError {
    /// The command could not do what it was asked.
    pub fn failure(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Failure,
            message: message.into(),
        }
    }

    /// The arguments or the configuration are wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.into(),
        }
    }

    /// Something that is needed is not there.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Unavailable,
            message: message.into(),
        }
    }

    /// A file could not be read or written.
    pub fn io(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Io,
            message: message.into(),
        }
    }

    /// The person pressed Ctrl-C.
    pub fn interrupted() -> Self {
        Self {
            exit: Exit::Interrupted,
            message: String::new(),
        }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CommandError {}

impl From<std::io::Error> for CommandError {
    /// For writes to standard output; a reader that went away (`council models | head -1`) is no failure.
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self {
                exit: Exit::Success,
                message: String::new(),
            };
        }
        Self::io(error.to_string())
    }
}

impl From<crate::config::ConfigError> for CommandError {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}
