//! Keys, tokens and passwords in files that only their owner may read; and values as messages may show them.

use super::ConfigError;
use super::keys::{KEYS, Kind};
use super::layers::{Layers, Source};
use super::value::Value;
use crate::environment::Environment;
use council_core::Secret;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Largest file of a secret, in bytes.
const LARGEST: u64 = 64 << 10;

/// The secret in a file. What is asked of it is asked of the open file, so that it cannot be another one than the one
/// that is read. The error is what would be accepted.
pub(super) fn read(path: &Path, environment: &Environment) -> Result<Secret, String> {
    let unreadable = |error: std::io::Error| format!("a file that can be read ({error})");
    let credential = credential(path, environment);
    let mut file = File::open(credential.as_deref().unwrap_or(path)).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("a file".to_owned());
    }
    if metadata.len() > LARGEST {
        return Err(format!("a file of at most {LARGEST} bytes"));
    }
    if others_may_read(&metadata) && credential.is_none() {
        let path = path.display();
        return Err(format!("a file that only its owner may read; `chmod 600 {path}`"));
    }
    // Room for all of it, so that no half of it stays where a smaller buffer was.
    let mut text = String::with_capacity(metadata.len() as usize + 1);
    file.by_ref()
        .take(LARGEST)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    let text = Secret::from(text);
    match text.expose().trim() {
        "" => Err("a file that is not empty".to_owned()),
        secret => Ok(secret.into()),
    }
}

/// Whether others than the owner may read or write a file.
#[cfg(unix)]
pub fn others_may_read(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

/// Elsewhere the user's files are the user's own as they are.
#[cfg(not(unix))]
pub fn others_may_read(_metadata: &std::fs::Metadata) -> bool {
    false
}

/// What systemd has given this service: the file itself, where it is in the directory of credentials, or what is there in
/// place of a file that only root may read: `LoadCredential=secrets:/etc/council/secrets` makes `secrets_NAME` of each file
/// NAME. It lets the service's user read by an access control list, which shows as a right of the group.
fn credential(path: &Path, environment: &Environment) -> Option<PathBuf> {
    let dir = Path::new(environment.get("CREDENTIALS_DIRECTORY")?);
    let plain = path.components().all(|part| part != Component::ParentDir);
    if plain && path.starts_with(dir) {
        return Some(path.to_owned());
    }
    let (folder, name) = (path.parent()?.file_name()?, path.file_name()?);
    let given = dir.join(format!("{}_{}", folder.to_str()?, name.to_str()?));
    given.is_file().then_some(given)
}

/// The secret in the file that this key names.
pub(super) fn of_file(
    layers: &Layers,
    environment: &Environment,
    key: &str,
) -> Result<Option<Secret>, ConfigError> {
    let Some((value, source)) = layers
        .values
        .entry(key)
        .filter(|(value, _)| *value != Value::Absent)
    else {
        return Ok(None);
    };
    let value = value.to_string();
    let secret = read(Path::new(&value), environment).map_err(|accepted| ConfigError::InvalidValue {
        origin: source.to_string(),
        key: key.to_owned(),
        value: format!("\"{value}\""),
        accepted,
    })?;
    Ok(Some(secret))
}

/// The secret that one of two keys has: the first itself, the second in a file.
pub(super) fn either(
    layers: &Layers,
    environment: &Environment,
    itself: &str,
    file: &str,
) -> Result<Option<Secret>, ConfigError> {
    let of_file = of_file(layers, environment, file)?;
    match (layers.values.optional_text(itself), of_file) {
        (Some(_), Some(_)) => Err(ConfigError::Contradiction {
            origin: layers
                .values
                .entry(file)
                .map_or_else(String::new, |(_, source)| source.to_string()),
            key: file.to_owned(),
            message: format!("`{itself}` is set too; remove one of them"),
        }),
        (Some(text), None) => Ok(Some(text.into())),
        (None, of_file) => Ok(of_file),
    }
}

/// Words in the names of keys whose values may be secrets, also where the name is none of ours.
const TELLING: [&str; 7] = [
    "key",
    "token",
    "secret",
    "pass",
    "credential",
    "postgres",
    "headers",
];

/// A value as a message about its key may show it.
pub(super) fn shown(key: &str, value: &str) -> String {
    let name = key.rsplit('.').next().unwrap_or(key).to_ascii_lowercase();
    let telling = TELLING.iter().any(|word| name.contains(word));
    let address = value
        .split_once("://")
        .is_some_and(|(_, rest)| rest.contains('@') || rest.contains('?'));
    if telling || address {
        "***".to_owned()
    } else {
        value.to_owned()
    }
}

/// The configuration file, where it holds a secret itself and others may read it.
pub fn exposed(config: &super::Config) -> Option<PathBuf> {
    let path = config.file.as_ref()?;
    let holds = config.effective.iter().any(|entry| {
        KEYS.iter()
            .any(|key| key.kind == Kind::Secret && key.name == entry.key)
            && entry.value != Value::Absent
            && entry.source == Source::File(path.clone())
    });
    let metadata = std::fs::metadata(path).ok()?;
    (holds && others_may_read(&metadata)).then(|| path.clone())
}
