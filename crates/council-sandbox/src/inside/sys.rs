//! Calls of the kernel that have no safe form: the only `unsafe` code of Council that is not a test's.

#![expect(unsafe_code, reason = "each block says why it is sound")]

use rustix::process::Pid;
use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

fn checked(result: libc::c_long) -> io::Result<libc::c_long> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// Makes a copy of this process, in new namespaces where `namespaces` names them. `None` in the copy.
///
/// # Errors
/// As `clone(2)`.
pub(crate) fn fork(namespaces: libc::c_int) -> io::Result<Option<Pid>> {
    let flags = libc::c_long::from(namespaces) | libc::c_long::from(libc::SIGCHLD);
    // SAFETY: without a new stack and without CLONE_VM this is fork(2). The helper has one thread, so that no lock is
    // held by a thread that the copy lacks.
    let pid = checked(unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) })?;
    Ok(Pid::from_raw(pid as i32))
}

/// Moves this process into new namespaces.
///
/// # Errors
/// As `unshare(2)`.
pub(crate) fn unshare(namespaces: libc::c_int) -> io::Result<()> {
    // SAFETY: the flags name namespaces only; no descriptor table or memory is unshared.
    checked(libc::c_long::from(unsafe { libc::unshare(namespaces) })).map(drop)
}

/// Sets attributes of a mount and of all mounts below it.
///
/// # Errors
/// As `mount_setattr(2)`, Linux 5.12.
pub(crate) fn restrict_mounts(path: &CStr, attributes: u64, recursive: bool) -> io::Result<()> {
    let change = libc::mount_attr {
        attr_set: attributes,
        attr_clr: 0,
        propagation: 0,
        userns_fd: 0,
    };
    let flags = if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: `path` ends with NUL, and `change` lives through the call, whose size is given.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            flags,
            &raw const change,
            size_of::<libc::mount_attr>(),
        )
    };
    checked(result).map(drop)
}

/// Puts this process under a Landlock ruleset.
///
/// # Errors
/// As `landlock_restrict_self(2)`.
pub(crate) fn restrict_self(ruleset: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: takes a descriptor that is open and no pointer.
    checked(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0) }).map(drop)
}

/// Ends every other process of this pid namespace but pid 1.
pub(crate) fn kill_all() {
    // SAFETY: takes numbers. Fails only where there is nothing to end.
    unsafe { libc::kill(-1, libc::SIGKILL) };
}

/// Closes all descriptors from `first` on.
pub(crate) fn close_from(first: RawFd) {
    // SAFETY: called before this process owns descriptors in that range, or right before `execve`.
    unsafe { libc::close_range(first as libc::c_uint, libc::c_uint::MAX, 0) };
}

/// Closes every descriptor from 3 on but these, which are in order.
pub(crate) fn close_all_but(kept: &[RawFd]) {
    let mut first = 3;
    for &number in kept.iter().chain(&[RawFd::MAX]) {
        if number > first {
            // SAFETY: a new copy of a process closes what only its original uses; the original's values for them are in
            // memory here too and are never used or dropped, because this copy ends without going back.
            unsafe { libc::close_range(first as libc::c_uint, (number - 1) as libc::c_uint, 0) };
        }
        first = first.max(number.saturating_add(1));
    }
}

/// Lets no descriptor from `first` on survive `execve`.
///
/// # Errors
/// As `close_range(2)`, Linux 5.11.
pub(crate) fn close_on_exec_from(first: RawFd) -> io::Result<()> {
    let flag = libc::CLOSE_RANGE_CLOEXEC as libc::c_int;
    // SAFETY: takes numbers, and closes nothing now.
    let result = unsafe { libc::close_range(first as libc::c_uint, libc::c_uint::MAX, flag) };
    checked(libc::c_long::from(result)).map(drop)
}

/// Waits. The helper has no other thread that could do something meanwhile.
#[expect(clippy::disallowed_methods, reason = "there is no executor here")]
pub(crate) fn nap(time: Duration) {
    std::thread::sleep(time);
}

/// Ends this process at once, without running anything that its parent left to be run at the end.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: never comes back; a copy of a process must not flush or free what its original will.
    unsafe { libc::_exit(code) }
}

/// Makes `target` a copy of a descriptor that stays open across `execve`.
///
/// # Errors
/// As `dup2(2)`.
pub(crate) fn place(source: BorrowedFd<'_>, target: RawFd) -> io::Result<()> {
    // SAFETY: `source` is open; what `target` was before belongs to nobody in a process that is about to `execve`.
    checked(libc::c_long::from(unsafe {
        libc::dup2(source.as_raw_fd(), target)
    }))
    .map(drop)
}

/// The descriptor with this number, which this process was given.
pub(crate) fn inherited(number: RawFd) -> Option<OwnedFd> {
    // SAFETY: asks about a number; any number may be asked about.
    if unsafe { libc::fcntl(number, libc::F_GETFD) } < 0 {
        return None;
    }
    // SAFETY: it is open, and the helper takes each number that it was given once.
    Some(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Processor time that a process has used until now; `None` when it is gone.
pub(crate) fn processor_time(pid: Pid) -> Option<Duration> {
    let mut clock = 0;
    // SAFETY: writes to a number that lives through the call.
    if unsafe { libc::clock_getcpuclockid(pid.as_raw_nonzero().get(), &raw mut clock) } != 0 {
        return None;
    }
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: writes to a struct that lives through the call.
    if unsafe { libc::clock_gettime(clock, &raw mut time) } != 0 {
        return None;
    }
    Some(Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
}

/// A child that ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended {
    pub(crate) pid: i32,
    pub(crate) exit: Option<i32>,
    pub(crate) signal: Option<i32>,
    /// Its own and that of its children that it waited for.
    pub(crate) cpu: Duration,
    pub(crate) max_rss_bytes: u64,
}

impl Ended {
    /// Bytes of [`to_bytes`](Self::to_bytes).
    pub(crate) const SIZE: usize = 32;

    /// For pid 1 of the box that it lived in; fewer than a pipe takes at once.
    pub(crate) fn to_bytes(self) -> [u8; Self::SIZE] {
        let number = |value: Option<i32>| i64::from(value.unwrap_or(-1));
        let cpu = self.cpu.as_nanos() as u64;
        let mut bytes = [0; Self::SIZE];
        bytes[..8].copy_from_slice(&number(self.exit).to_le_bytes());
        bytes[8..16].copy_from_slice(&number(self.signal).to_le_bytes());
        bytes[16..24].copy_from_slice(&cpu.to_le_bytes());
        bytes[24..].copy_from_slice(&self.max_rss_bytes.to_le_bytes());
        bytes
    }

    /// From the launcher; `pid` is what the box calls it.
    pub(crate) fn from_bytes(bytes: [u8; Self::SIZE], pid: i32) -> Self {
        let word = |index: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[index * 8..index * 8 + 8]);
            u64::from_le_bytes(word)
        };
        let number = |index| {
            i32::try_from(word(index) as i64)
                .ok()
                .filter(|&number| number >= 0)
        };
        Self {
            pid,
            exit: number(0),
            signal: number(1),
            cpu: Duration::from_nanos(word(2)),
            max_rss_bytes: word(3),
        }
    }
}

/// A child that ended and was not asked about yet; `None` when there is none.
pub(crate) fn reap() -> Option<Ended> {
    let mut status = 0;
    // SAFETY: a struct of numbers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers live through the call.
    let pid = unsafe { libc::wait4(-1, &raw mut status, libc::WNOHANG | libc::__WALL, &raw mut usage) };
    let time = |value: libc::timeval| Duration::new(value.tv_sec as u64, value.tv_usec as u32 * 1000);
    (pid > 0).then(|| Ended {
        pid,
        exit: libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)),
        signal: libc::WIFSIGNALED(status).then(|| libc::WTERMSIG(status)),
        cpu: time(usage.ru_utime) + time(usage.ru_stime),
        max_rss_bytes: usage.ru_maxrss as u64 * 1024,
    })
}

/// A descriptor that becomes readable when a child ends; other handling of `SIGCHLD` stops.
///
/// # Errors
/// As `signalfd(2)`.
pub(crate) fn watch_children() -> io::Result<OwnedFd> {
    // SAFETY: a set of signals is plain numbers, made by the next call.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: writes to a set that lives through the call.
    unsafe { libc::sigemptyset(&raw mut set) };
    // SAFETY: as above.
    unsafe { libc::sigaddset(&raw mut set, libc::SIGCHLD) };
    // SAFETY: reads the set; the old one is not asked for.
    checked(libc::c_long::from(unsafe {
        libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut())
    }))?;
    // SAFETY: reads the set, makes a new descriptor.
    let fd = unsafe { libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) };
    checked(libc::c_long::from(fd))?;
    // SAFETY: it is new and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Lets all signals through and gives each its default effect, as a new program expects.
pub(crate) fn reset_signals() {
    for signal in 1..=64 {
        // SAFETY: the default effect needs no handler. Those that cannot be changed stay as they are.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: a set of signals is plain numbers, made by the next call.
    let mut none: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: writes to a set that lives through the call.
    unsafe { libc::sigemptyset(&raw mut none) };
    // SAFETY: reads the set; the old one is not asked for.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut()) };
}
