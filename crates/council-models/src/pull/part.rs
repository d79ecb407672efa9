//! The growing file of a pull, its hash, and what it is a part of.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio_util::sync::CancellationToken;

const BUFFER_BYTES: usize = 256 << 10;

/// What a partial file is a part of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartState {
    /// The origin's key.
    pub(super) origin: String,
    /// The server's name for this version of the file: a hash or a strong `ETag`.
    #[serde(default)]
    pub(super) version: Option<String>,
    /// Lengths of the file after each finished piece (packages).
    #[serde(default)]
    pub(super) borders: Vec<u64>,
}

impl PartState {
    /// `None` when there is none or it cannot be read: the download then starts over.
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        std::fs::write(path, serde_json::to_vec(self)?)
    }
}

/// An open partial file and the hash of its content.
pub(super) struct Part {
    file: File,
    hasher: Sha256,
    length: u64,
    /// `length`, for whoever shows progress.
    shown: Arc<AtomicU64>,
}

impl Part {
    /// Opens the file, keeps (and hashes) its first `keep` bytes and cuts off the rest. Blocks.
    pub(super) fn open(
        path: &Path,
        keep: u64,
        shown: Arc<AtomicU64>,
        cancel: &CancellationToken,
    ) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(keep == 0)
            .open(path)?;
        let mut hasher = Sha256::new();
        if keep > 0 {
            file.set_len(keep)?;
            hash_into(&mut hasher, &mut file, &shown, cancel)?;
        }
        file.seek(SeekFrom::Start(keep))?;
        shown.store(keep, Ordering::Relaxed);
        Ok(Self {
            file,
            hasher,
            length: keep,
            shown,
        })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        self.shown.store(self.length, Ordering::Relaxed);
        Ok(())
    }

    /// Appends all that a reader has, at most `limit` bytes.
    pub(super) fn append_all(
        &mut self,
        reader: &mut dyn Read,
        limit: u64,
        cancel: &CancellationToken,
    ) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut left = limit;
        loop {
            stop_if_cancelled(cancel)?;
            let count = match reader.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            left = left.checked_sub(count as u64).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, "it is longer than it should be")
            })?;
            self.append(&buffer[..count])?;
        }
    }

    /// Puts everything on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Puts everything on the disk; its hash.
    pub(super) fn finish(self) -> io::Result<String> {
        self.file.sync_all()?;
        Ok(hexadecimal(&self.hasher.finalize()))
    }
}

/// The hash of a whole file. Blocks.
pub(super) fn hash_file(path: &Path, shown: &AtomicU64, cancel: &CancellationToken) -> io::Result<String> {
    let mut hasher = Sha256::new();
    hash_into(&mut hasher, &mut File::open(path)?, shown, cancel)?;
    Ok(hexadecimal(&hasher.finalize()))
}

fn hash_into(
    hasher: &mut Sha256,
    file: &mut File,
    shown: &AtomicU64,
    cancel: &CancellationToken,
) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        stop_if_cancelled(cancel)?;
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        hasher.update(&buffer[..count]);
        shown.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// Blocking work ends here when the pull is cancelled.
fn stop_if_cancelled(cancel: &CancellationToken) -> io::Result<()> {
    if cancel.is_cancelled() {
        return Err(io::Error::other("cancelled"));
    }
    Ok(())
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
