//! What only one box sees: its `/proc`, and three file systems in memory that it may write.

use crate::order::RunOrder;
use rustix::fs::{Gid, Mode, Uid};
use rustix::mount::{MountFlags, mount, mount_remount};
use std::ffi::CString;
use std::io;

use super::super::BOX_USER;

/// What a program may write, in bytes, until a run says otherwise.
const DISK_BYTES: u64 = 64 << 20;
const INODES: u64 = 4096;

const WRITABLE: [&str; 3] = ["/tmp", "/box", "/dev/shm"];

fn flags() -> MountFlags {
    MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC
}

fn size(bytes: u64, inodes: u64) -> io::Result<CString> {
    Ok(CString::new(format!("size={bytes},nr_inodes={inodes}"))?)
}

/// Mounts them, and goes to `/box`.
///
/// # Errors
/// As `mount(2)`.
pub(super) fn put_up() -> io::Result<()> {
    // Only the box's own processes, and of those not pid 1; nothing that tells of the host.
    mount("proc", "/proc", "proc", flags(), c"hidepid=2,subset=pid")?;
    for path in WRITABLE {
        mount(
            "tmpfs",
            path,
            "tmpfs",
            flags(),
            size(DISK_BYTES, INODES)?.as_c_str(),
        )?;
        rustix::fs::chown(path, Some(Uid::from_raw(BOX_USER)), Some(Gid::from_raw(BOX_USER)))?;
        let mode = if path == "/box" { 0o700 } else { 0o1777 };
        rustix::fs::chmod(path, Mode::from_raw_mode(mode))?;
    }
    rustix::process::chdir("/box")?;
    Ok(())
}

/// Gives the file systems the sizes of a run.
///
/// # Errors
/// As `mount(2)`; a size below what is in use is refused by the kernel.
pub(super) fn resize(order: &RunOrder) -> io::Result<()> {
    if (order.disk_bytes, order.inodes) == (DISK_BYTES, INODES) {
        return Ok(());
    }
    let size = size(order.disk_bytes, order.inodes)?;
    for path in WRITABLE {
        mount_remount(path, flags(), size.as_c_str())?;
    }
    Ok(())
}
