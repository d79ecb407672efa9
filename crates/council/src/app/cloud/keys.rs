//! Keys that were set at run time: one file each, for its owner only.

use crate::config::others_may_read;
use async_trait::async_trait;
use council_core::{KeyError, ProviderHealth, Providers, Secret};
use council_models::remote::Provider;
use council_store::create_private_dir;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longest key, in bytes.
const LONGEST_KEY: usize = 4096;

/// The providers, and the directory of their keys.
pub(super) struct KeyedProviders {
    dir: PathBuf,
    providers: Vec<Arc<Provider>>,
}

impl KeyedProviders {
    /// Reads the keys that are kept in `dir`, which need not exist.
    ///
    /// # Errors
    /// [`KeyError::Storage`] for a key that is there and cannot be read.
    pub(super) fn open(dir: PathBuf, providers: Vec<Arc<Provider>>) -> Result<Self, KeyError> {
        for provider in &providers {
            let path = file(&dir, provider.account());
            match read(&path) {
                Ok(key) => provider.set_key(Some(key)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(storage(provider.account(), &path, &error)),
            }
        }
        Ok(Self { dir, providers })
    }
}

#[async_trait]
impl Providers for KeyedProviders {
    fn health(&self) -> Vec<ProviderHealth> {
        self.providers.iter().map(|provider| provider.health()).collect()
    }

    async fn set_key(&self, provider: &str, key: Secret) -> Result<(), KeyError> {
        // A server of a pool may be named too; its key is that of all of them.
        let account = self
            .providers
            .iter()
            .find(|known| known.account() == provider || known.name() == provider)
            .map(|known| known.account());
        let named = |account| {
            self.providers
                .iter()
                .filter(move |known| known.account() == account)
        };
        let Some(account) = account else {
            let mut known: Vec<&str> = self.providers.iter().map(|provider| provider.account()).collect();
            known.dedup();
            return Err(KeyError::Unknown {
                name: provider.to_owned(),
                known: if known.is_empty() {
                    "none; add a [[remote]] section to the configuration".to_owned()
                } else {
                    known.join(", ")
                },
            });
        };
        let key = Secret::from(key.expose().trim());
        if key.expose().len() > LONGEST_KEY {
            return Err(KeyError::Invalid("is longer than 4096 bytes; send the key alone"));
        }
        if !key.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(KeyError::Invalid(
                "holds white space or other characters that no header can carry; send the key alone",
            ));
        }
        let path = file(&self.dir, account);
        let (dir, text) = (self.dir.clone(), key.clone());
        let target = path.clone();
        let stored = tokio::task::spawn_blocking(move || store(&dir, &target, text.expose())).await;
        let stored = stored.map_err(std::io::Error::other).and_then(|stored| stored);
        stored.map_err(|error| storage(provider, &path, &error))?;
        for provider in named(account) {
            provider.set_key((!key.expose().is_empty()).then(|| key.clone()));
        }
        Ok(())
    }

    fn drain(&self, host: &str, draining: bool) -> bool {
        let here: Vec<&Arc<Provider>> = self
            .providers
            .iter()
            .filter(|known| known.host() == host)
            .collect();
        for provider in &here {
            provider.drain(draining);
        }
        !here.is_empty()
    }
}

/// Reads a key. One that others could read (a copy that was put back has lost its permissions) is closed to them first.
fn read(path: &Path) -> std::io::Result<Secret> {
    let file = std::fs::File::open(path)?;
    if others_may_read(&file.metadata()?) {
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        let path = path.display();
        tracing::warn!(%path, "others could read the key in `{path}`; it is closed to them now: consider a new key");
    }
    let text = Secret::from(std::io::read_to_string(file)?);
    Ok(text.expose().trim().into())
}

fn storage(provider: &str, path: &Path, error: &std::io::Error) -> KeyError {
    KeyError::Storage {
        name: provider.to_owned(),
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}

/// The name of a provider is free text: what is no letter or digit is written as its number.
fn file(dir: &Path, provider: &str) -> PathBuf {
    let mut name = String::new();
    for byte in provider.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            name.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(name, "%{byte:02x}");
        }
    }
    dir.join(format!("{name}.key"))
}

/// Puts a new file in the place of the old one, so that no half key is ever read; an empty one removes it.
fn store(dir: &Path, path: &Path, key: &str) -> std::io::Result<()> {
    if key.is_empty() {
        return match std::fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        };
    }
    create_private_dir(dir)?;
    let part = path.with_extension("part");
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(key.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&part, path)
}

#[cfg(test)]
mod tests;
