//! The configuration file: found, parsed, and every key of it checked against the table.

use super::ConfigError;
use super::keys::{Fallback, KEYS, Key, REMOTE_KEYS};
use super::layers::{Remote, Source, Values};
use super::secret::shown;
use super::value::Value;
use crate::environment::Environment;
use council_core::Secret;
use std::path::{Path, PathBuf};

/// The configuration file while it is read.
pub(super) struct File<'a> {
    pub(super) path: &'a Path,
    pub(super) home: Option<PathBuf>,
}

impl File<'_> {
    fn origin(&self) -> String {
        self.path.display().to_string()
    }

    /// Checks one value and puts it under its full name.
    pub(super) fn set(
        &self,
        values: &mut Values,
        keys: &[Key],
        section: &str,
        name: &str,
        value: &toml::Value,
    ) -> Result<(), ConfigError> {
        let full = if section.is_empty() {
            name.to_owned()
        } else {
            format!("{section}.{name}")
        };
        let known = keys.iter().find(|key| key.name == full);
        if let (None, toml::Value::Table(inner)) = (known, value)
            && !names(keys, &format!("{full}.")).is_empty()
        {
            return inner
                .iter()
                .try_for_each(|(name, value)| self.set(values, keys, &full, name, value));
        }
        let key = known.ok_or_else(|| self.unknown(keys, section, &full, value))?;
        let value = self.check(key, &full, value)?;
        values.insert(full, (value, Source::File(self.path.to_owned())));
        Ok(())
    }

    /// Checks a section whose keys have short names.
    pub(super) fn section(
        &self,
        keys: &[Key],
        title: &str,
        section: toml::Table,
    ) -> Result<Values, ConfigError> {
        let mut values = Values::default();
        for (name, value) in section {
            let known = keys.iter().find(|key| key.name == name);
            let full = format!("{title}.{name}");
            let key = known.ok_or_else(|| ConfigError::UnknownKey {
                origin: self.origin(),
                key: full.clone(),
                value: shown(&full, &value.to_string()),
                accepted: accepted_in_model_section(keys, &value),
            })?;
            let value = self.check(key, &full, &value)?;
            values.insert(name, (value, Source::File(self.path.to_owned())));
        }
        Ok(values)
    }

    pub(super) fn remote(
        &self,
        index: usize,
        section: toml::Value,
        environment: &Environment,
    ) -> Result<Remote, ConfigError> {
        let values = self.listed(REMOTE_KEYS, "remote", index, section)?;
        let api_key = self.api_key(&format!("remote[{index}]"), &values, environment)?;
        Ok(Remote { values, api_key })
    }

    /// Checks one of several sections of the same name, and completes it.
    pub(super) fn listed(
        &self,
        keys: &[Key],
        name: &str,
        index: usize,
        section: toml::Value,
    ) -> Result<Values, ConfigError> {
        let title = format!("{name}[{index}]");
        let toml::Value::Table(section) = section else {
            return Err(ConfigError::InvalidValue {
                origin: self.origin(),
                key: title,
                value: section.to_string(),
                accepted: format!("a [[{name}]] section with {}", names(keys, "")),
            });
        };
        let mut values = self.section(keys, &title, section)?;
        for key in keys {
            match key.fallback {
                Fallback::Required if !values.contains(key.name) => {
                    return Err(ConfigError::Missing {
                        origin: format!("{}, [[{name}]] number {}", self.origin(), index + 1),
                        key: key.name.to_owned(),
                        accepted: key.kind.accepted(),
                    });
                }
                Fallback::Value(text) if !values.contains(key.name) => {
                    let value = key.kind.parse(text).unwrap_or(Value::Absent);
                    values.insert(key.name.to_owned(), (value, Source::Default));
                }
                Fallback::Required | Fallback::Value(_) | Fallback::Absent | Fallback::XdgData(_) => {}
            }
        }
        Ok(values)
    }

    /// The key that `api_key_env` or `api_key_file` points to. A key that is named and not there is an error: the
    /// alternative, a request without it, fails later and further away.
    fn api_key(
        &self,
        title: &str,
        values: &Values,
        environment: &Environment,
    ) -> Result<Option<Secret>, ConfigError> {
        let invalid = |name: &str, value: String, accepted: &str| ConfigError::InvalidValue {
            origin: self.origin(),
            key: format!("{title}.{name}"),
            value,
            accepted: accepted.to_owned(),
        };
        match (
            values.optional_text("api_key_env"),
            values.optional_text("api_key_file"),
        ) {
            (Some(_), Some(path)) => Err(invalid(
                "api_key_file",
                format!("\"{path}\""),
                "one of api_key_env and api_key_file, not both",
            )),
            (Some(variable), None) => match environment.get(&variable) {
                Some(key) => Ok(Some(key.trim().into())),
                None => Err(invalid(
                    "api_key_env",
                    format!("\"{variable}\""),
                    "an environment variable that is set",
                )),
            },
            (None, Some(path)) => super::secret::read(Path::new(&path), environment)
                .map(Some)
                .map_err(|accepted| invalid("api_key_file", format!("\"{path}\""), &accepted)),
            (None, None) => Ok(None),
        }
    }

    fn check(&self, key: &Key, full: &str, value: &toml::Value) -> Result<Value, ConfigError> {
        let checked = key
            .kind
            .parse_toml(value)
            .ok_or_else(|| ConfigError::InvalidValue {
                origin: self.origin(),
                key: full.to_owned(),
                value: shown(full, &value.to_string()),
                accepted: key.kind.accepted(),
            })?;
        let base = self.path.parent().unwrap_or(Path::new("/"));
        Ok(checked.resolved(base, self.home.as_deref()))
    }

    fn unknown(&self, keys: &[Key], section: &str, full: &str, value: &toml::Value) -> ConfigError {
        let accepted = match section {
            "models" => format!("{} and sections [models.\"<id>\"]", names(keys, "models.")),
            "" => format!(
                "{} and the sections {}",
                keys.iter()
                    .filter(|key| !key.name.contains('.'))
                    .map(|key| key.name)
                    .collect::<Vec<_>>()
                    .join(", "),
                sections(keys)
            ),
            section => names(keys, &format!("{section}.")),
        };
        ConfigError::UnknownKey {
            origin: self.origin(),
            key: full.to_owned(),
            value: shown(full, &value.to_string()),
            accepted,
        }
    }
}

/// An unquoted `[models.qwen2.5-coder]` is TOML for a table inside a table; say so instead of listing keys only.
fn accepted_in_model_section(keys: &[Key], value: &toml::Value) -> String {
    let keys = names(keys, "");
    if value.is_table() {
        return format!("{keys} (quote a model's id that contains dots: [models.\"<id>\"])");
    }
    keys
}

pub(super) fn is_section(name: &str) -> bool {
    KEYS.iter().any(|key| {
        key.name
            .split_once('.')
            .is_some_and(|(section, _)| section == name)
    })
}

/// The names of those keys that begin with `prefix`, without it.
pub(super) fn names(keys: &[Key], prefix: &str) -> String {
    keys.iter()
        .filter_map(|key| key.name.strip_prefix(prefix))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The file that `--config` or `COUNCIL_CONFIG` names, which must exist, or the one in the XDG directory, which may.
pub(super) fn read_file(
    flag: Option<&Path>,
    environment: &Environment,
) -> Result<Option<(PathBuf, toml::Table)>, ConfigError> {
    let named = flag
        .map(Path::to_owned)
        .or_else(|| environment.get("COUNCIL_CONFIG").map(PathBuf::from));
    let usual = || {
        Some(
            environment
                .xdg("XDG_CONFIG_HOME", ".config")?
                .join("council/council.toml"),
        )
    };
    let must_exist = named.is_some();
    let Some(path) = named.or_else(usual) else {
        return Ok(None);
    };
    let path = std::path::absolute(&path).unwrap_or(path);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => return Ok(None),
        Err(error) => {
            return Err(ConfigError::Unreadable {
                path,
                reason: error.to_string(),
            });
        }
    };
    match text.parse::<toml::Table>() {
        Ok(table) => Ok(Some((path, table))),
        Err(error) => Err(ConfigError::Syntax {
            path,
            reason: error.to_string().trim_end().to_owned(),
        }),
    }
}

/// The sections that there are.
fn sections(keys: &[Key]) -> String {
    let mut sections: Vec<String> = Vec::new();
    for (section, _) in keys.iter().filter_map(|key| key.name.rsplit_once('.')) {
        let section = format!("[{section}]");
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    sections.extend(["[models.\"<id>\"]", "[[voice]]", "[[remote]]"].map(str::to_owned));
    sections.join(", ")
}
