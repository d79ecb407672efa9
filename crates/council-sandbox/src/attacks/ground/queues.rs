//! Shared memory, semaphores and message queues of the host.
#![expect(unsafe_code, reason = "these calls have no safe form")]

use rustix::fs::Mode;
use serde_json::{Value, json};
use std::ffi::CString;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};

/// System V objects under one key, and a POSIX queue; removed when dropped.
pub(super) struct Queues {
    key: i32,
    segment: libc::c_int,
    semaphores: libc::c_int,
    messages: libc::c_int,
    posix: CString,
}

fn checked(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

impl Queues {
    /// Makes them, readable by everyone.
    ///
    /// # Errors
    /// When the host has no room for another one.
    pub(super) fn open(token: &str) -> io::Result<Self> {
        let key = i32::from_str_radix(&token[..7], 16).map_err(io::Error::other)? | 0x10;
        let posix = CString::new(format!("/council-{}", &token[..12])).map_err(io::Error::other)?;
        let mode = libc::IPC_CREAT | libc::IPC_EXCL | 0o666;
        let mut queues = Self {
            key,
            segment: -1,
            semaphores: -1,
            messages: -1,
            posix,
        };
        // SAFETY: takes numbers alone.
        queues.segment = checked(unsafe { libc::shmget(key, 4096, mode) })?;
        // SAFETY: takes numbers alone.
        queues.semaphores = checked(unsafe { libc::semget(key, 1, mode) })?;
        // SAFETY: takes numbers alone.
        queues.messages = checked(unsafe { libc::msgget(key, mode) })?;
        let name = queues.posix.as_ptr();
        let attributes = std::ptr::null::<libc::mq_attr>();
        let flags = libc::O_CREAT | libc::O_EXCL | libc::O_RDWR;
        // SAFETY: the name ends with a NUL and outlives the call; without attributes the default ones are taken
        // (mq_open(3)).
        let queue = checked(unsafe { libc::mq_open(name, flags, 0o666, attributes) })?;
        // SAFETY: on Linux a queue is a descriptor (mq_overview(7)); it was just given to us and nobody else closes it.
        let queue = unsafe { OwnedFd::from_raw_fd(queue) };
        // The umask narrowed the mode.
        rustix::fs::fchmod(&queue, Mode::from_raw_mode(0o666))?;
        Ok(queues)
    }

    pub(super) fn told(&self) -> Value {
        let queue = self.posix.to_string_lossy();
        json!({"key": self.key, "queue": queue.trim_start_matches('/')})
    }
}

impl Drop for Queues {
    fn drop(&mut self) {
        let nothing = std::ptr::null_mut::<libc::shmid_ds>();
        // SAFETY: takes numbers alone.
        let left = unsafe { libc::shmget(self.key + 1, 0, 0) };
        // The second was made by a program beside ours, where no box kept it.
        for segment in [self.segment, left] {
            // SAFETY: the pointer is not looked at for this command; an identifier of -1 is refused.
            unsafe { libc::shmctl(segment, libc::IPC_RMID, nothing) };
        }
        // SAFETY: takes numbers alone for this command; an identifier of -1 is refused.
        unsafe { libc::semctl(self.semaphores, 0, libc::IPC_RMID) };
        // SAFETY: the pointer is not looked at for this command; an identifier of -1 is refused.
        unsafe { libc::msgctl(self.messages, libc::IPC_RMID, std::ptr::null_mut()) };
        // SAFETY: the name ends with a NUL; one that is gone is refused.
        unsafe { libc::mq_unlink(self.posix.as_ptr()) };
    }
}
