//! Whether a box's folders on the host's disk have grown too much: nothing but a look now and then holds them.

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::path::Path;

/// Folders in folders beyond this are too many: each takes a descriptor while it is looked at.
const MAX_DEPTH: usize = 64;

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
            let Ok(stat) = rustix::fs::statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW) else {
                // Gone since.
                continue;
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
            let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            match rustix::fs::openat(folder, &name, flags, Mode::empty()) {
                Ok(_) if depth >= MAX_DEPTH => return false,
                Ok(inner) => {
                    if !self.holds(&inner, depth + 1) {
                        return false;
                    }
                }
                // Taken away meanwhile, or locked by its owner, which hides what is in it.
                Err(rustix::io::Errno::NOENT) => {}
                Err(_) => return false,
            }
        }
        true
    }
}
