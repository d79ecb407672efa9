//! Shared memory, semaphores and message queues of the host.

use serde_json::{Value, json};
use std::ffi::CString;
use std::io;

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
        // SAFETY: the three calls take numbers alone.
        unsafe {
            queues.segment = checked(libc::shmget(key, 4096, mode))?;
            queues.semaphores = checked(libc::semget(key, 1, mode))?;
            queues.messages = checked(libc::msgget(key, mode))?;
        }
        let name = queues.posix.as_ptr();
        let attributes = std::ptr::null::<libc::mq_attr>();
        // SAFETY: the name ends with a NUL and outlives the calls; a null pointer asks for the default attributes, as
        // mq_open(3) allows; the descriptor was just given to us and is closed once.
        unsafe {
            let queue = checked(libc::mq_open(
                name,
                libc::O_CREAT | libc::O_EXCL | libc::O_RDWR,
                0o666,
                attributes,
            ))?;
            // The umask narrowed the mode.
            libc::fchmod(queue, 0o666);
            libc::mq_close(queue);
        }
        Ok(queues)
    }

    pub(super) fn told(&self) -> Value {
        let queue = self.posix.to_string_lossy();
        json!({"key": self.key, "queue": queue.trim_start_matches('/')})
    }
}

impl Drop for Queues {
    fn drop(&mut self) {
        // SAFETY: removing takes numbers and, where a pointer is asked for, ignores it for this command; the name ends with
        // a NUL. An identifier of -1 or a name that is gone is refused by the kernel.
        unsafe {
            // One that a program made beside ours, where no box kept it.
            let left = libc::shmget(self.key + 1, 0, 0);
            libc::shmctl(left, libc::IPC_RMID, std::ptr::null_mut());
            libc::shmctl(self.segment, libc::IPC_RMID, std::ptr::null_mut());
            libc::semctl(self.semaphores, 0, libc::IPC_RMID);
            libc::msgctl(self.messages, libc::IPC_RMID, std::ptr::null_mut());
            libc::mq_unlink(self.posix.as_ptr());
        }
    }
}
