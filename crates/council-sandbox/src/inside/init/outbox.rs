//! Bytes that wait until somebody reads them, who may never do.

use std::os::fd::BorrowedFd;

/// Bytes on their way to a descriptor that is not waited for.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    sent: usize,
    closed: bool,
}

impl Outbox {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Nothing more will come.
    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sent == self.bytes.len()
    }

    /// Sends what is taken now. `None` when everything was sent that ever will be, or nobody reads any more.
    pub(super) fn send(&mut self, to: BorrowedFd<'_>) -> Option<()> {
        while !self.is_empty() {
            match rustix::net::send(to, &self.bytes[self.sent..], rustix::net::SendFlags::DONTWAIT) {
                Ok(count) => self.sent += count,
                Err(rustix::io::Errno::NOTSOCK) => match rustix::io::write(to, &self.bytes[self.sent..]) {
                    Ok(count) => self.sent += count,
                    Err(rustix::io::Errno::AGAIN) => return Some(()),
                    Err(_) => return self.give_up(),
                },
                Err(rustix::io::Errno::AGAIN) => return Some(()),
                Err(_) => return self.give_up(),
            }
        }
        self.bytes.clear();
        self.sent = 0;
        (!self.closed).then_some(())
    }

    fn give_up(&mut self) -> Option<()> {
        self.bytes.clear();
        self.sent = 0;
        None
    }
}
