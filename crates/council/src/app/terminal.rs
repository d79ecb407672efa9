//! The key of a running server for programs that can read its data directory: the command line on the same machine needs no
//! other. It is good for as long as the server runs.

use crate::config::url_of;
use council_store::create_private_dir;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Its name in the data directory.
const NAME: &str = "terminal.key";

/// The file, for as long as the server runs.
pub(super) struct TerminalKey(PathBuf);

impl TerminalKey {
    /// Writes where the server is and its key, for the owner of the directory only.
    ///
    /// # Errors
    /// When the file cannot be written, with the directory and the remedy.
    pub(super) fn write(data_dir: &Path, address: SocketAddr, key: &str) -> io::Result<Self> {
        Self::create(data_dir, address, key).map_err(|error| {
            let message = format!(
                "the data directory `{}` cannot be written to: {error}; make it writable, or choose another one with --data-dir",
                data_dir.display()
            );
            io::Error::new(error.kind(), message)
        })
    }

    fn create(data_dir: &Path, address: SocketAddr, key: &str) -> io::Result<Self> {
        create_private_dir(data_dir)?;
        let path = data_dir.join(NAME);
        // A new file, so that it has these permissions whatever was there.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.write(true).create_new(true).open(&path)?;
        let url = url_of(&address.ip().to_string(), address.port());
        writeln!(file, "{url}\n{key}")?;
        Ok(Self(path))
    }
}

impl Drop for TerminalKey {
    fn drop(&mut self) {
        // One that stays is good for nothing.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The key of the server at `url`, where one of this data directory runs there.
pub fn key_of(data_dir: &Path, url: &str) -> Option<String> {
    let text = std::fs::read_to_string(data_dir.join(NAME)).ok()?;
    let (there, key) = text.trim_end().split_once('\n')?;
    let asked = url.trim_end_matches('/').replace("//localhost", "//127.0.0.1");
    (asked == there).then(|| key.to_owned())
}

#[cfg(test)]
mod tests;
