//! Files into `/box` before a run, and out of it afterwards. Only the helper opens paths there, and it follows no link.

use super::BOX_USER;
use crate::frame::CHUNK;
use rustix::fs::{Dir, FileType, Gid, Mode, OFlags, ResolveFlags, Stat, Uid};
use std::collections::HashMap;
use std::ffi::CString;
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::rc::Rc;

/// Folders in folders, and entries, that are looked at.
const MAX_DEPTH: usize = 16;
const MAX_ENTRIES: usize = 20_000;

/// What stood in `/box` before a run, so that only what is new or changed comes out: change time by inode.
#[derive(Debug, Default)]
pub(super) struct Before(HashMap<u64, (i64, i64)>);

/// Adds to a file, which is made together with its folders if `first`.
///
/// # Errors
/// As the file system; a name that leaves the box is refused by the kernel.
pub(super) fn put(root: &OwnedFd, name: &str, content: &[u8], first: bool) -> io::Result<()> {
    if first {
        for (index, _) in name.match_indices('/') {
            match rustix::fs::mkdirat(root, &name[..index], Mode::from_raw_mode(0o755)) {
                Ok(()) => own(&open(root, &name[..index], OFlags::DIRECTORY)?)?,
                Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    let how = OFlags::WRONLY
        | if first {
            OFlags::CREATE | OFlags::TRUNC
        } else {
            OFlags::APPEND
        };
    let file = open(root, name, how)?;
    own(&file)?;
    std::fs::File::from(file).write_all(content)
}

fn own(file: &OwnedFd) -> io::Result<()> {
    if !rustix::process::geteuid().is_root() {
        // The program's user is who made the file.
        return Ok(());
    }
    rustix::fs::fchown(file, Some(Uid::from_raw(BOX_USER)), Some(Gid::from_raw(BOX_USER)))?;
    Ok(())
}

fn open(root: &OwnedFd, name: &str, how: OFlags) -> io::Result<OwnedFd> {
    let strict = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let how = how | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
    Ok(rustix::fs::openat2(
        root,
        name,
        how,
        Mode::from_raw_mode(0o644) & mode_for(how),
        strict,
    )?)
}

/// The kernel wants no mode where no file can be made.
fn mode_for(how: OFlags) -> Mode {
    if how.contains(OFlags::CREATE) {
        Mode::from_raw_mode(0o777)
    } else {
        Mode::empty()
    }
}

/// What stands there now.
pub(super) fn before(root: &OwnedFd) -> Before {
    let mut found = HashMap::new();
    walk(root, &mut |_, _, stat| {
        found.insert(stat.st_ino, (stat.st_ctime, stat.st_ctime_nsec as i64));
        true
    });
    Before(found)
}

/// Hands out every regular file that is new or changed, by name in order: its name, then its pieces. Whether some were
/// left out for one of the bounds.
///
/// # Errors
/// Those of `give`.
pub(super) fn take(
    root: &OwnedFd,
    before: &Before,
    most_files: usize,
    most_bytes: u64,
    give: &mut dyn FnMut(Piece<'_>) -> io::Result<()>,
) -> io::Result<bool> {
    let mut files: Vec<(String, OwnedFd)> = Vec::new();
    let mut left_out = false;
    let whole = walk(root, &mut |name, file, stat| {
        // A name that could move a cursor or end a line is nobody's friend.
        if name.chars().any(char::is_control) {
            left_out = true;
            return true;
        }
        let changed = (stat.st_ctime, stat.st_ctime_nsec as i64);
        if before.0.get(&stat.st_ino) == Some(&changed) {
            return true;
        }
        if files.len() >= most_files {
            left_out = true;
            return false;
        }
        files.push((name.to_owned(), file));
        true
    });
    left_out |= !whole;
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut rest = most_bytes;
    let mut buffer = vec![0; CHUNK];
    for (name, file) in files {
        let mut file = std::fs::File::from(file);
        if file.metadata()?.len() > rest {
            left_out = true;
            continue;
        }
        give(Piece::Name(&name))?;
        // What is left running in a session may still write: never more than there was room for.
        while rest > 0 {
            let room = buffer.len().min(usize::try_from(rest).unwrap_or(usize::MAX));
            let count = file.read(&mut buffer[..room])?;
            if count == 0 {
                break;
            }
            rest -= count as u64;
            give(Piece::Content(&buffer[..count]))?;
        }
    }
    Ok(left_out)
}

/// A part of what comes out.
pub(super) enum Piece<'a> {
    /// A file begins.
    Name(&'a str),
    /// It goes on.
    Content(&'a [u8]),
}

/// Shows every regular file, opened, until `visit` says that it is enough. Whether all of them were looked at.
fn walk(root: &OwnedFd, visit: &mut dyn FnMut(&str, OwnedFd, &Stat) -> bool) -> bool {
    let safe = OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut whole = true;
    let mut entries = MAX_ENTRIES;
    let Ok(root) = root.try_clone().map(Rc::new) else {
        return false;
    };
    // Opened when it is its turn: only the folders above it are open then, however many wait.
    let mut folders = vec![(String::new(), root, c".".to_owned(), 0)];
    while let Some((prefix, parent, name, depth)) = folders.pop() {
        let flags = safe | OFlags::DIRECTORY;
        let opened = rustix::fs::openat(&*parent, &name, flags, Mode::empty())
            .and_then(|folder| Ok((Dir::read_from(&folder)?, Rc::new(folder))));
        let Ok((listing, folder)) = opened else {
            whole = false;
            continue;
        };
        for entry in listing.flatten() {
            let name: CString = entry.file_name().to_owned();
            if matches!(name.as_bytes(), b"." | b"..") {
                continue;
            }
            let Some(left) = entries.checked_sub(1) else {
                return false;
            };
            entries = left;
            let path = format!("{prefix}{}", name.to_string_lossy());
            // Asked before it is opened: opening a device or a pipe may already do something.
            let Ok(stat) = rustix::fs::statat(&*folder, &name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW) else {
                continue;
            };
            let kind = FileType::from_raw_mode(stat.st_mode);
            if kind == FileType::Directory {
                if depth >= MAX_DEPTH {
                    whole = false;
                    continue;
                }
                folders.push((format!("{path}/"), Rc::clone(&folder), name, depth + 1));
            } else if kind == FileType::RegularFile
                && let Ok(file) = rustix::fs::openat(&*folder, &name, safe | OFlags::RDONLY, Mode::empty())
                && let Ok(stat) = rustix::fs::fstat(&file)
                && FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
                && !visit(&path, file, &stat)
            {
                return whole;
            }
        }
    }
    whole
}
