//! One pull of a model at a time, over all processes that share the directory.

use super::error::PullError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

/// Held until dropped. The file stays: removing it would let a third process lock another file of that name.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Closing alone is not enough: a program that another thread starts at this moment shares the open file until it has begun,
    /// and with it the lock.
    fn drop(&mut self) {
        // Where it fails, closing follows.
        let _ = self.file.unlock();
    }
}

pub(super) fn lock(path: &Path, id: &str) -> Result<Lock, PullError> {
    let io = |source| PullError::Io {
        path: path.to_owned(),
        source,
    };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            // Not UTF-8 or not readable: the answer is still that someone holds it.
            let _ = file.read_to_string(&mut pid);
            let holder = match pid.trim() {
                "" => "another process".to_owned(),
                pid if pid == std::process::id().to_string() => "this process".to_owned(),
                pid => format!("process {pid}"),
            };
            return Err(PullError::Busy {
                id: id.to_owned(),
                holder,
            });
        }
        Err(TryLockError::Error(source)) => return Err(io(source)),
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(io)?;
    Ok(Lock { file })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn who_shares_the_open_file_does_not_keep_the_lock() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("lock");
        let held = lock(&path, "tiny").unwrap();
        // As a process does that is just being started.
        let shared = held.file.try_clone().unwrap();
        assert!(lock(&path, "tiny").is_err());

        drop(held);

        assert!(lock(&path, "tiny").is_ok());
        drop(shared);
    }
}
