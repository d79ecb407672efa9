//! File, environment and flags as one map from key to value and source, the later over the earlier.

use super::ConfigError;
use super::file::{File, is_section, names, read_file};
use super::keys::{Fallback, KEYS, Key, Kind, MODEL_KEYS, OTHER_VARIABLES, REMOTE_KEYS, VOICE_KEYS};
use super::secret::shown;
use super::value::Value;
use crate::environment::Environment;
use council_core::Secret;
use council_models::remote::shown_url;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A value that came by the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The flag as typed, such as `--port` or `--set`.
    pub flag: String,
    /// The key that it sets.
    pub key: String,
    /// The value as typed.
    pub value: String,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Variable(name) => write!(f, "env {name}"),
            Self::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

/// A key, its value, and where that came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Effective {
    /// The key, with its section.
    pub key: String,
    /// The value, or `***` for a secret.
    pub value: Value,
    /// Where it came from.
    pub source: Source,
    /// What the key means.
    pub doc: &'static str,
}

/// Checked values by key.
#[derive(Clone, Debug, Default)]
pub(super) struct Values(BTreeMap<String, (Value, Source)>);

impl Values {
    pub(super) fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub(super) fn insert(&mut self, key: String, entry: (Value, Source)) {
        self.0.insert(key, entry);
    }

    /// A value and where it came from.
    pub(super) fn entry(&self, key: &str) -> Option<&(Value, Source)> {
        self.0.get(key)
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).map(|(value, _)| value)
    }

    pub(super) fn text(&self, key: &str) -> String {
        self.get(key).map(Value::to_string).unwrap_or_default()
    }

    pub(super) fn optional_text(&self, key: &str) -> Option<String> {
        Some(self.text(key)).filter(|text| !text.is_empty())
    }

    pub(super) fn path(&self, key: &str) -> PathBuf {
        PathBuf::from(self.text(key))
    }

    pub(super) fn paths(&self, key: &str) -> Vec<PathBuf> {
        match self.get(key) {
            Some(Value::Paths(paths)) => paths.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether there is a value.
    pub(super) fn is_set(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| *value != Value::Absent)
    }

    /// `None` for `auto`.
    pub(super) fn integer(&self, key: &str) -> Option<u64> {
        match self.get(key) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn decimal(&self, key: &str) -> f64 {
        match self.get(key) {
            Some(Value::Decimal(number)) => *number,
            _ => 0.0,
        }
    }

    /// `None`: no bound.
    pub(super) fn money(&self, key: &str) -> Option<f64> {
        match self.get(key) {
            Some(Value::Decimal(usd)) => Some(*usd),
            _ => None,
        }
    }

    pub(super) fn boolean(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Value::Boolean(true)))
    }

    /// `None` for `never`.
    pub(super) fn duration(&self, key: &str) -> Option<Duration> {
        match self.get(key) {
            Some(Value::Duration(duration)) => Some(*duration),
            _ => None,
        }
    }
}

/// A `[[remote]]` section with its key read.
#[derive(Clone, Debug)]
pub(super) struct Remote {
    pub(super) values: Values,
    pub(super) api_key: Option<Secret>,
}

/// All layers, merged.
#[derive(Clone, Debug)]
pub(super) struct Layers {
    pub(super) values: Values,
    pub(super) models: Vec<(String, Values)>,
    pub(super) remotes: Vec<Remote>,
    pub(super) voices: Vec<Values>,
    pub(super) file: Option<PathBuf>,
}

impl Layers {
    /// Reads defaults, file, environment and flags, in this order.
    pub(super) fn read(
        file: Option<&Path>,
        environment: &Environment,
        flags: &[Flag],
    ) -> Result<Self, ConfigError> {
        let mut layers = Self {
            values: Values::default(),
            models: Vec::new(),
            remotes: Vec::new(),
            voices: Vec::new(),
            file: None,
        };
        if let Some((path, table)) = read_file(file, environment)? {
            layers.add_file(&path, table, environment)?;
            layers.file = Some(path);
        }
        layers.add_variables(environment)?;
        layers.add_flags(flags, environment)?;
        layers.add_defaults(environment)?;
        Ok(layers)
    }

    fn add_file(
        &mut self,
        path: &Path,
        table: toml::Table,
        environment: &Environment,
    ) -> Result<(), ConfigError> {
        let file = File {
            path,
            home: environment.home(),
        };
        for (name, value) in table {
            match (name.as_str(), value) {
                ("models", toml::Value::Table(section)) => {
                    for (name, value) in section {
                        if let toml::Value::Table(section) = value {
                            let values = file.section(MODEL_KEYS, &format!("models.\"{name}\""), section)?;
                            self.models.push((name, values));
                        } else {
                            file.set(&mut self.values, KEYS, "models", &name, &value)?;
                        }
                    }
                }
                ("remote", toml::Value::Array(sections)) => {
                    for (index, section) in sections.into_iter().enumerate() {
                        self.remotes.push(file.remote(index, section, environment)?);
                    }
                }
                ("voice", toml::Value::Array(sections)) => {
                    for (index, section) in sections.into_iter().enumerate() {
                        self.voices
                            .push(file.listed(VOICE_KEYS, "voice", index, section)?);
                    }
                }
                (section_name, toml::Value::Table(section)) if is_section(section_name) => {
                    for (name, value) in section {
                        file.set(&mut self.values, KEYS, section_name, &name, &value)?;
                    }
                }
                (name, value) => file.set(&mut self.values, KEYS, "", name, &value)?,
            }
        }
        Ok(())
    }

    fn add_variables(&mut self, environment: &Environment) -> Result<(), ConfigError> {
        for (variable, text) in environment.with_prefix("COUNCIL_") {
            if OTHER_VARIABLES.contains(&variable) || variable.starts_with("COUNCIL_TEST_") {
                continue;
            }
            let Some(key) = KEYS.iter().find(|key| key.variable() == variable) else {
                let known = KEYS.iter().map(Key::variable);
                let known: Vec<String> = known
                    .chain(OTHER_VARIABLES.iter().map(ToString::to_string))
                    .collect();
                return Err(ConfigError::UnknownKey {
                    origin: "environment".to_owned(),
                    key: variable.to_owned(),
                    value: shown(variable, text),
                    accepted: known.join(", "),
                });
            };
            let source = Source::Variable(variable.to_owned());
            self.set_text(key, text, variable, source, environment)?;
        }
        Ok(())
    }

    fn add_flags(&mut self, flags: &[Flag], environment: &Environment) -> Result<(), ConfigError> {
        for flag in flags {
            let Some(key) = KEYS.iter().find(|key| key.name == flag.key) else {
                return Err(ConfigError::UnknownKey {
                    origin: flag.flag.clone(),
                    key: flag.key.clone(),
                    value: shown(&flag.key, &flag.value),
                    accepted: names(KEYS, ""),
                });
            };
            self.set_text(
                key,
                &flag.value,
                &flag.flag,
                Source::Flag(flag.flag.clone()),
                environment,
            )?;
        }
        Ok(())
    }

    fn set_text(
        &mut self,
        key: &Key,
        text: &str,
        origin: &str,
        source: Source,
        environment: &Environment,
    ) -> Result<(), ConfigError> {
        let value = key.kind.parse(text).ok_or_else(|| ConfigError::InvalidValue {
            origin: origin.to_owned(),
            key: key.name.to_owned(),
            value: shown(key.name, &format!("\"{text}\"")),
            accepted: key.kind.accepted(),
        })?;
        // A relative path on the command line counts from where the command runs.
        let value = match std::path::absolute(".") {
            Ok(here) => value.resolved(&here, environment.home().as_deref()),
            Err(_) => value,
        };
        self.values.0.insert(key.name.to_owned(), (value, source));
        Ok(())
    }

    fn add_defaults(&mut self, environment: &Environment) -> Result<(), ConfigError> {
        for key in KEYS {
            if self.values.contains(key.name) {
                continue;
            }
            let value = match key.fallback {
                Fallback::Value(text) => key.kind.parse(text).unwrap_or(Value::Absent),
                Fallback::Absent | Fallback::Required => Value::Absent,
                Fallback::XdgData(below) => environment
                    .xdg("XDG_DATA_HOME", ".local/share")
                    .map(|base| Value::Path(base.join(below)))
                    .ok_or(ConfigError::NoHome { key: key.name })?,
            };
            self.values
                .0
                .insert(key.name.to_owned(), (value, Source::Default));
        }
        Ok(())
    }

    /// Every key in the order of the table, then the sections of models, remotes and voices.
    pub(super) fn effective(&self) -> Vec<Effective> {
        let once = rows(KEYS, "", &self.values);
        let models = self
            .models
            .iter()
            .flat_map(|(id, values)| rows(MODEL_KEYS, &format!("models.\"{id}\"."), values));
        let remotes = self.remotes.iter().flat_map(|remote| {
            let prefix = format!("remote.{}.", remote.values.text("id"));
            let mut rows = rows(REMOTE_KEYS, &prefix, &remote.values);
            if remote.api_key.is_some() {
                let source = ["api_key_env", "api_key_file"]
                    .iter()
                    .find_map(|key| remote.values.0.get(*key));
                rows.push(Effective {
                    key: format!("{prefix}api_key"),
                    value: Value::Text("***".to_owned()),
                    source: source.map_or(Source::Default, |(_, source)| source.clone()),
                    doc: "the key; never shown",
                });
            }
            rows
        });
        let voices = self.voices.iter().flat_map(|voice| {
            let prefix = format!("voice.{}.", voice.text("name"));
            rows(VOICE_KEYS, &prefix, voice)
        });
        once.into_iter()
            .chain(models)
            .chain(remotes)
            .chain(voices)
            .collect()
    }
}

fn rows(keys: &[Key], prefix: &str, values: &Values) -> Vec<Effective> {
    keys.iter()
        .filter_map(|key| {
            let (value, source) = values.0.get(key.name)?;
            let value = match (key.kind, value) {
                (Kind::Secret, Value::Text(_)) => Value::Text("***".to_owned()),
                // It may have a password, or a key in its query.
                (Kind::Url, Value::Text(url)) => Value::Text(shown_url(url)),
                (Kind::Urls, Value::Text(urls)) => {
                    let shown: Vec<String> = urls.split(' ').map(shown_url).collect();
                    Value::Text(shown.join(" "))
                }
                (_, value) => value.clone(),
            };
            Some(Effective {
                key: format!("{prefix}{}", key.name),
                value,
                source: source.clone(),
                doc: key.doc,
            })
        })
        .collect()
}
