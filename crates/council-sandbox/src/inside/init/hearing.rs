//! What pid 1 hears of its runner and of processes that ended.

use super::super::launcher::complain;
use super::super::sys;
use super::run::Finished;
use super::{Init, MAX_SAID};
use crate::frame::Kind;
use crate::order::Ready;
use rustix::process::Pid;

impl Init {
    /// A runner says that it is ready, `R`, its pid; or that it is done, `D`, the word of the run, and how. Nothing else is
    /// listened to.
    pub(super) fn hear_runner(&mut self) {
        let mut buffer = [0; 4096];
        let flags = rustix::net::RecvFlags::DONTWAIT;
        while let Some(control) = &self.control {
            match rustix::net::recv(control, &mut buffer, flags) {
                Ok((count @ 1.., _)) => self.heard.extend_from_slice(&buffer[..count]),
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => break,
                // A program may close what its runner speaks through; its process still ends some time.
                Ok(_) | Err(_) => self.control = None,
            }
            if self.heard.len() > MAX_SAID + 4096 {
                break;
            }
        }
        while let Some((&kind, rest)) = self.heard.split_first() {
            let Some((length, rest)) = rest.split_first_chunk::<4>() else {
                return;
            };
            let length = u32::from_le_bytes(*length) as usize;
            if length > MAX_SAID {
                // Only a program that plays the runner says so much. It is not listened to again.
                self.heard.clear();
                return;
            }
            let Some(said) = rest.get(..length) else { return };
            let said = String::from_utf8_lossy(said).into_owned();
            self.heard.drain(..5 + length);
            match (kind, &self.run) {
                (b'R', None) => self.meet(&said),
                (b'D', Some(run)) => {
                    if let Some(how) = said.strip_prefix(&run.word) {
                        self.finish(Finished::Said(how.to_owned()));
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn meet(&mut self, said: &str) {
        let pid = said.parse().ok().and_then(Pid::from_raw);
        if self.main.is_none() {
            self.main = pid;
        }
        if let Some(pid) = self.main {
            self.base_data = super::super::watch::data(pid);
            self.say(
                Kind::Ready,
                &Ready {
                    pid: pid.as_raw_nonzero().get(),
                },
            );
        }
    }

    pub(super) fn reap(&mut self) {
        let mut buffer = [0; 512];
        while rustix::io::read(&self.children, &mut buffer).is_ok() {}
        while let Some(ended) = sys::reap() {
            self.ended(ended);
        }
        let mut bytes = [0; sys::Ended::SIZE];
        let heard = self.told.as_ref().map(|told| rustix::io::read(told, &mut bytes));
        match (heard, self.main) {
            (Some(Ok(sys::Ended::SIZE)), Some(main)) => {
                self.ended(sys::Ended::from_bytes(bytes, main.as_raw_nonzero().get()));
            }
            // The launcher is gone, and so will this process be.
            (Some(Ok(0)), _) => self.place.leave(0),
            _ => {}
        }
    }

    pub(super) fn ended(&mut self, ended: sys::Ended) {
        self.reaped_cpu += ended.cpu;
        if self
            .main
            .is_some_and(|main| main.as_raw_nonzero().get() == ended.pid)
        {
            // Its last words may still be in the socket.
            self.hear_runner();
            self.main = None;
            if self.run.is_some() {
                self.finish(Finished::Ended(ended));
            } else if self.plain.is_none() {
                // A runner that ends without being asked to: nothing can run here any more. Why is for the log.
                let mut words = [0; 4096];
                if let Some(Ok(count)) = self
                    .stderr
                    .as_ref()
                    .map(|pipe| rustix::io::read(pipe, &mut words))
                {
                    complain(String::from_utf8_lossy(&words[..count]).trim_end());
                }
                self.place.leave(0);
            }
        }
    }
}
