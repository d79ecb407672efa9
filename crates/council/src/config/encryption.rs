//! The key of the database: where it comes from, and how it is found when it is first needed.

use super::layers::Values;
use super::secret;
use crate::environment::Environment;
use crate::passphrase;
use council_core::Secret;
use council_store::Key;
use council_store::key::KeyError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Where the key of the database comes from. Clones find it once.
#[derive(Clone, Debug)]
pub struct DatabaseKey {
    source: KeySource,
    environment: Environment,
    database: PathBuf,
    found: Arc<OnceLock<Result<Option<Key>, KeyProblem>>>,
}

/// Where a key comes from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// There is none: the database is not encrypted.
    Off,
    /// A file that should have been named and was not.
    Unnamed,
    /// A file with a key.
    KeyFile(PathBuf),
    /// A file with a passphrase.
    PassphraseFile(PathBuf),
    /// A passphrase that the environment gave.
    Passphrase(Secret),
    /// A person.
    Terminal,
}

/// Why there is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// What is wrong, and what to do.
    #[error("{0}")]
    Missing(String),
    /// Who was asked for it pressed Ctrl-C.
    #[error("interrupted")]
    Interrupted,
}

/// The variable that gives the passphrase.
pub(crate) const VARIABLE: &str = "COUNCIL_PASSPHRASE";

pub(super) fn key(values: &Values, environment: &Environment) -> DatabaseKey {
    let file = |key: &str| values.is_set(key).then(|| values.path(key));
    let given = environment.get(VARIABLE);
    let source = match values.text("encryption.mode").as_str() {
        "key_file" => file("encryption.key_file").map_or(KeySource::Unnamed, KeySource::KeyFile),
        "passphrase" => match (file("encryption.passphrase_file"), given) {
            (_, Some(text)) => KeySource::Passphrase(text.to_owned().into()),
            (Some(file), None) => KeySource::PassphraseFile(file),
            (None, None) => KeySource::Terminal,
        },
        _ => KeySource::Off,
    };
    DatabaseKey {
        source,
        environment: environment.clone(),
        database: values.path("data_dir").join("council.db"),
        found: Arc::default(),
    }
}

impl DatabaseKey {
    /// The key; `None` where the database is not encrypted. A person is asked once, and twice for a database that is not there
    /// yet. Blocks.
    ///
    /// # Errors
    /// [`KeyProblem`] names the setting and what to do.
    pub fn get(&self) -> Result<Option<Key>, KeyProblem> {
        let is_there = || std::fs::metadata(&self.database).is_ok_and(|file| file.len() > 0);
        self.found
            .get_or_init(|| self.source.find(&self.environment, !is_there()))
            .clone()
    }

    /// The key of a database that is about to be encrypted: a person is asked twice.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_new(&self) -> Result<Option<Key>, KeyProblem> {
        self.found
            .get_or_init(|| self.source.find(&self.environment, true))
            .clone()
    }

    /// What `encryption.mode` says.
    pub fn mode(&self) -> &'static str {
        match &self.source {
            KeySource::Off => "off",
            KeySource::Unnamed | KeySource::KeyFile(_) => "key_file",
            KeySource::PassphraseFile(_) | KeySource::Passphrase(_) | KeySource::Terminal => "passphrase",
        }
    }

    /// What it is, in a word or two.
    pub fn describe(&self) -> &'static str {
        match &self.source {
            KeySource::Off => "off",
            KeySource::Unnamed | KeySource::KeyFile(_) => "a key in a file",
            KeySource::PassphraseFile(_) | KeySource::Passphrase(_) | KeySource::Terminal => "a passphrase",
        }
    }

    /// Whether the database is encrypted.
    pub fn is_on(&self) -> bool {
        !matches!(self.source, KeySource::Off)
    }
}

impl KeySource {
    fn find(&self, environment: &Environment, new: bool) -> Result<Option<Key>, KeyProblem> {
        let problem = KeyProblem::Missing;
        let of_file = |name: &str, path: &Path, key: fn(&str) -> Result<Key, KeyError>| {
            let named = format!("`encryption.{name}` cannot be `{}`", path.display());
            let text = secret::read(path, environment)
                .map_err(|accepted| problem(format!("{named}; accepted: {accepted}")))?;
            key(text.expose())
                .map(Some)
                .map_err(|why| problem(format!("{named}: what is in it {why}")))
        };
        match self {
            Self::Off => Ok(None),
            Self::Unnamed => Err(problem(
                "`encryption.mode` is \"key_file\", and `encryption.key_file` is not set; name the file, which `council data \
                 new-key FILE` makes"
                    .to_owned(),
            )),
            Self::KeyFile(path) => of_file("key_file", path, Key::from_hex),
            Self::PassphraseFile(path) => of_file("passphrase_file", path, Key::from_passphrase),
            Self::Passphrase(text) => {
                let key = Key::from_passphrase(text.expose());
                key.map(Some).map_err(|why| problem(format!("{VARIABLE} {why}")))
            }
            Self::Terminal => {
                let asked = if new {
                    passphrase::ask_twice("New passphrase of the database")
                } else {
                    passphrase::ask("Passphrase of the database")
                };
                let text = asked.map_err(|error| match error.kind() {
                    ErrorKind::Interrupted => KeyProblem::Interrupted,
                    _ => problem(format!(
                        "the database needs its passphrase, which could not be asked for ({error}); set {VARIABLE} or \
                         `encryption.passphrase_file`, or start on a terminal"
                    )),
                })?;
                let key = Key::from_passphrase(text.expose());
                key.map(Some).map_err(|why| problem(format!("what was typed {why}")))
            }
        }
    }
}

/// The key of a file that a command was given.
///
/// # Errors
/// [`KeyProblem`].
pub fn key_of_file(path: &Path, environment: &Environment) -> Result<Option<Key>, KeyProblem> {
    KeySource::KeyFile(path.to_owned()).find(environment, true)
}

/// The same of a passphrase.
///
/// # Errors
/// [`KeyProblem`].
pub fn passphrase_of_file(path: &Path, environment: &Environment) -> Result<Option<Key>, KeyProblem> {
    KeySource::PassphraseFile(path.to_owned()).find(environment, true)
}

/// A passphrase that a person types twice.
///
/// # Errors
/// [`KeyProblem`].
pub fn new_passphrase(environment: &Environment) -> Result<Option<Key>, KeyProblem> {
    KeySource::Terminal.find(environment, true)
}

#[cfg(test)]
mod tests;
