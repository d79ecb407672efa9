//! What a person asks for: a catalog name, a file on the hub, a URL, or a file on this machine.

use std::path::PathBuf;
use std::str::FromStr;

/// What to pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullTarget {
    /// A name from the catalog.
    Name(String),
    /// A file in a repository on the Hugging Face hub.
    Hub {
        /// `owner/name`.
        repo: String,
        /// The file's path in it.
        file: String,
        /// Branch, tag or commit.
        revision: String,
    },
    /// A download.
    Url(String),
    /// A file on this machine, which is copied.
    File(PathBuf),
}

/// Why a text names nothing to pull.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` {problem}; give a catalog name, `hf:owner/repo/file.gguf`, a URL, or the path of a file")]
pub struct TargetError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub problem: String,
}

impl PullTarget {
    /// Reads `name`, `hf:owner/repo/path/file.gguf[@revision]`, `https://…`, `file://…`, `/path/file.gguf`,
    /// `./file.gguf` or `file.gguf`.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let wrong = |problem: &str| TargetError {
            text: text.to_owned(),
            problem: problem.to_owned(),
        };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(wrong("is empty"));
        }
        if let Some(path) = trimmed.strip_prefix("file://") {
            return if path.starts_with('/') {
                Ok(Self::File(path.into()))
            } else {
                Err(wrong("has a host: write `file:///path/file.gguf`"))
            };
        }
        if let Some(hub) = trimmed.strip_prefix("hf:") {
            return parse_hub(hub).ok_or_else(|| wrong("is no file on the hub"));
        }
        if trimmed.starts_with("https://") || trimmed.starts_with("http://") {
            let url = reqwest::Url::parse(trimmed).map_err(|error| wrong(&format!("is no URL: {error}")))?;
            return Ok(Self::Url(url.to_string()));
        }
        if trimmed.contains("://") {
            return Err(wrong("has a scheme that is not supported"));
        }
        let is_path = trimmed.starts_with(['/', '.', '~'])
            || trimmed.contains(std::path::MAIN_SEPARATOR)
            || crate::library::is_model_file_name(trimmed);
        if is_path {
            return Ok(Self::File(trimmed.into()));
        }
        if trimmed.contains(':') {
            return Err(wrong("has a `:`, and names have none"));
        }
        Ok(Self::Name(trimmed.to_owned()))
    }
}

impl FromStr for PullTarget {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        Self::parse(text)
    }
}

fn parse_hub(text: &str) -> Option<PullTarget> {
    let (path, revision) = match text.rsplit_once('@') {
        Some((path, revision)) => (path, revision),
        None => (text, "main"),
    };
    let mut parts = path.splitn(3, '/');
    let (owner, name, file) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = |part: &str| !matches!(part, "" | "." | "..");
    let all_plain = [owner, name, revision]
        .into_iter()
        .chain(file.split('/'))
        .all(plain);
    all_plain.then(|| PullTarget::Hub {
        repo: format!("{owner}/{name}"),
        file: file.to_owned(),
        revision: revision.to_owned(),
    })
}
