//! What is wrong with a configuration.

use std::path::PathBuf;

/// What is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or may not be read.
    #[error("cannot read `{}`: {reason}; check --config, COUNCIL_CONFIG and the file's permissions", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is not TOML.
    #[error("`{}` is not valid TOML: {reason}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// Nothing has this name.
    #[error("{origin}: unknown key `{key}` (value: {value}); accepted: {accepted}")]
    UnknownKey {
        /// The file, or `environment`, or `--set`.
        origin: String,
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What would be accepted.
        accepted: String,
    },
    /// The value does not fit the key.
    #[error("{origin}: `{key}` cannot be {value}; accepted: {accepted}")]
    InvalidValue {
        /// The file, the variable or the flag.
        origin: String,
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What would be accepted.
        accepted: String,
    },
    /// Values that do not go together.
    #[error("{origin}: `{key}`: {message}")]
    Contradiction {
        /// Where the key was set.
        origin: String,
        /// The key.
        key: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A key that has no default is not there.
    #[error("{origin}: `{key}` is missing; accepted: {accepted}")]
    Missing {
        /// The file and section.
        origin: String,
        /// The key.
        key: String,
        /// What would be accepted.
        accepted: String,
    },
    /// A defect of ours: a table that is compiled in cannot be read.
    #[error("{0}")]
    Builtin(String),
    /// Neither `HOME` nor an XDG variable says where files belong.
    #[error("cannot tell where `{key}` should be, because HOME is not set; set {key} or HOME")]
    NoHome {
        /// The key.
        key: &'static str,
    },
}
