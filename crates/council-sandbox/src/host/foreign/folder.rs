//! A folder of the host that is one box's, and its removal, whatever a program left in it.

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, RenameFlags};
use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use tempfile::TempDir;

/// Gone, with all that is in it, when it is dropped.
pub(super) struct Folder(TempDir);

impl Folder {
    /// A new one, which `owner` may use and nobody else.
    ///
    /// # Errors
    /// As `mkdir(2)` and `chown(2)`.
    pub(super) fn new(owner: Option<u32>) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("council-box-").tempdir()?;
        std::os::unix::fs::chown(folder.path(), owner, owner)?;
        Ok(Self(folder))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The folder itself goes with its value.
        if let Err(error) = open(CWD, self.0.path()).and_then(|root| empty(&root)) {
            tracing::warn!("{} cannot be emptied: {error}", self.0.path().display());
        }
    }
}

fn open(at: impl AsFd, name: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(at, name, flags, Mode::empty())?)
}

/// Takes everything out. Folders in folders are moved up one by one, so that no depth of them takes more than two
/// descriptors, and no path is too long.
fn empty(root: &OwnedFd) -> io::Result<()> {
    let mut moved = 0_u64;
    loop {
        let entries = list(root)?;
        if entries.is_empty() {
            return Ok(());
        }
        for (name, is_folder) in entries {
            if !is_folder {
                rustix::fs::unlinkat(root, &name, AtFlags::empty())?;
                continue;
            }
            // Its owner may have locked it; nothing of it runs any more that could put a link in its place.
            rustix::fs::chmodat(root, &name, Mode::RWXU, AtFlags::empty())?;
            let folder = open(root, &name)?;
            for (inner, is_folder) in list(&folder)? {
                if is_folder {
                    // Renaming a folder writes to it.
                    rustix::fs::chmodat(&folder, &inner, Mode::RWXU, AtFlags::empty())?;
                    moved = move_up(&folder, &inner, root, moved)?;
                } else {
                    rustix::fs::unlinkat(&folder, &inner, AtFlags::empty())?;
                }
            }
            rustix::fs::unlinkat(root, &name, AtFlags::REMOVEDIR)?;
        }
    }
}

/// Under a name that is free there; the number to go on with.
fn move_up(folder: &OwnedFd, name: &CString, root: &OwnedFd, mut number: u64) -> io::Result<u64> {
    loop {
        number += 1;
        let target = format!("moved-{number}");
        match rustix::fs::renameat_with(folder, name, root, &target, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(number),
            Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// What stands in a folder, and whether each is a folder.
fn list(folder: &OwnedFd) -> io::Result<Vec<(CString, bool)>> {
    let mut found = Vec::new();
    for entry in Dir::read_from(folder)? {
        let name = entry?.file_name().to_owned();
        if !matches!(name.as_bytes(), b"." | b"..") {
            let stat = rustix::fs::statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW)?;
            found.push((name, FileType::from_raw_mode(stat.st_mode) == FileType::Directory));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
