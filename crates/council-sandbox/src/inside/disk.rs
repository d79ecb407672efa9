//! Whether a box's folders on the host's disk have grown too much: nothing but a look now and then holds them.

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;

/// Folders in folders beyond this are too many: each takes a descriptor while it is looked at.
const MAX_DEPTH: usize = 64;
/// What its owner needs of a folder to list what is in it, and to look at that.
const UNLOCKED: Mode = Mode::RUSR.union(Mode::XUSR);

/// Whether what stands in a folder is more than this, in bytes or in entries, or too deep to be looked at.
pub(super) fn is_too_full(folder: &Path, most_bytes: u64, most_entries: u64) -> bool {
    let Ok(root) = super::place::open_home(folder) else {
        // The program renamed it or took it away, and its files with it, out of sight.
        return true;
    };
    let mut room = Room {
        bytes: most_bytes,
        entries: most_entries,
    };
    !room.holds(&root, 0)
}

/// What there may be more of.
struct Room {
    bytes: u64,
    entries: u64,
}

impl Room {
    fn holds(&mut self, folder: &OwnedFd, depth: usize) -> bool {
        let Ok(entries) = Dir::read_from(folder) else {
            return false;
        };
        for entry in entries.flatten() {
            let name: CString = entry.file_name().to_owned();
            if matches!(name.as_bytes(), b"." | b"..") {
                continue;
            }
            let stat = match rustix::fs::statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                // Gone since.
                Err(rustix::io::Errno::NOENT) => continue,
                Err(_) => return false,
            };
            // What is allotted, not what is said to be there: a file may be mostly holes.
            let allotted = stat.st_blocks as u64 * 512;
            let (Some(entries), Some(bytes)) =
                (self.entries.checked_sub(1), self.bytes.checked_sub(allotted))
            else {
                return false;
            };
            (self.entries, self.bytes) = (entries, bytes);
            if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
                continue;
            }
            match look_into(folder, &name) {
                Ok(_) if depth >= MAX_DEPTH => return false,
                Ok(inner) => {
                    if !self.holds(&inner.folder, depth + 1) {
                        return false;
                    }
                }
                // Taken away meanwhile.
                Err(rustix::io::Errno::NOENT) => {}
                Err(_) => return false,
            }
        }
        true
    }
}

/// A folder that is being looked into.
struct Opened {
    folder: OwnedFd,
    /// What its owner allowed before, if that was not enough to look into it.
    locked: Option<Mode>,
}

/// Opens a folder, also one that its owner locked, which would hide what is in it: that is unlocked for as long as it is
/// looked into. Nothing but the folder itself is touched, whatever stands under its name meanwhile.
fn look_into(parent: &OwnedFd, name: &CStr) -> rustix::io::Result<Opened> {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let itself = rustix::fs::openat(
        parent,
        name,
        flags | OFlags::NOFOLLOW | OFlags::PATH,
        Mode::empty(),
    )?;
    let path = format!("/proc/self/fd/{}", itself.as_raw_fd());
    let before = Mode::from_raw_mode(rustix::fs::fstat(&itself)?.st_mode);
    let locked = !before.contains(UNLOCKED) && !rustix::process::geteuid().is_root();
    if locked {
        rustix::fs::chmod(&path, before | UNLOCKED)?;
    }
    Ok(Opened {
        folder: rustix::fs::open(&path, flags, Mode::empty())?,
        locked: locked.then_some(before),
    })
}

impl Drop for Opened {
    fn drop(&mut self) {
        let Some(before) = self.locked else { return };
        let now = rustix::fs::fstat(&self.folder).map(|stat| Mode::from_raw_mode(stat.st_mode));
        // What the program allowed meanwhile stays as it wants it.
        if now == Ok(before | UNLOCKED) {
            let _ = rustix::fs::fchmod(&self.folder, before);
        }
    }
}
