//! The way to the host: one socket, or a pipe each way where another program stands between.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Both directions.
pub(in super::super) struct Wire {
    from: File,
    to: File,
}

impl Wire {
    /// A socket.
    ///
    /// # Errors
    /// As `dup(2)`.
    pub(in super::super) fn socket(socket: OwnedFd) -> io::Result<Self> {
        let to = socket.try_clone()?;
        Ok(Self::pipes(socket, to))
    }

    /// A pipe each way.
    pub(in super::super) fn pipes(from: OwnedFd, to: OwnedFd) -> Self {
        Self {
            from: File::from(from),
            to: File::from(to),
        }
    }
}

impl AsFd for Wire {
    /// What the host speaks through.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.from.as_fd()
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer)
    }
}

impl Write for Wire {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.to.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
