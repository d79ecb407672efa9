//! Where frames are handed to all who listen. What a slow client has not taken is dropped and counted, and never kept for it.

use super::frame::{Frame, Topic, text};
use council_core::Timestamp;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// Frames of one topic that wait for slow clients. Tokens come fast; the others a few in a second.
const WAITING: usize = 256;

/// One topic.
struct Channel {
    sender: broadcast::Sender<Arc<Frame>>,
    seq: AtomicU64,
}

/// Hands frames to all who listen.
pub(crate) struct Hub {
    channels: [Channel; Topic::ALL.len()],
    /// Sockets that watch all answers.
    watch_all: AtomicUsize,
    /// Answers that are watched, once for each socket.
    watched: Mutex<Vec<String>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            channels: Topic::ALL.map(|_| Channel {
                sender: broadcast::Sender::new(WAITING),
                seq: AtomicU64::new(0),
            }),
            watch_all: AtomicUsize::new(0),
            watched: Mutex::default(),
        }
    }
}

impl Hub {
    fn channel(&self, topic: Topic) -> &Channel {
        &self.channels[topic as usize]
    }

    /// Whether anybody listens: where nobody does, nothing need be made.
    pub(crate) fn is_heard(&self, topic: Topic) -> bool {
        self.channel(topic).sender.receiver_count() > 0
    }

    /// Hands a frame to all who listen to its topic; `request_id`: only to who watches that answer; `user`: only to this one.
    pub(crate) fn publish(
        &self,
        topic: Topic,
        at: Timestamp,
        user: Option<&str>,
        request_id: Option<&str>,
        data: &Value,
    ) {
        if !self.is_heard(topic) {
            return;
        }
        let channel = self.channel(topic);
        let seq = channel.seq.fetch_add(1, Ordering::Relaxed) + 1;
        let frame = Frame {
            request_id: request_id.map(str::to_owned),
            user: user.map(str::to_owned),
            text: text(topic.as_str(), seq, at, data),
        };
        // Nobody listens any more: then nobody misses it.
        let _ = channel.sender.send(Arc::new(frame));
    }

    /// What comes from now on.
    pub(crate) fn listen(&self, topic: Topic) -> broadcast::Receiver<Arc<Frame>> {
        self.channel(topic).sender.subscribe()
    }

    /// Whether the tokens of this answer are wanted.
    pub(crate) fn is_watched(&self, request_id: &str) -> bool {
        self.watch_all.load(Ordering::Relaxed) > 0 || self.watched().iter().any(|id| id == request_id)
    }

    /// Wants the tokens of some answers until what is returned is dropped.
    pub(crate) fn watch(self: &Arc<Self>, what: Watch) -> Watching {
        match &what {
            Watch::All => {
                self.watch_all.fetch_add(1, Ordering::Relaxed);
            }
            Watch::One(id) => self.watched().push(id.clone()),
        }
        Watching {
            hub: Arc::clone(self),
            what,
        }
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose tokens are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Watch {
    /// Everybody's.
    All,
    /// Those of one request.
    One(String),
}

/// Somebody who wants tokens.
pub(crate) struct Watching {
    hub: Arc<Hub>,
    what: Watch,
}

impl Watching {
    /// Whether those of this answer are wanted.
    pub(crate) fn wants(&self, request_id: &str) -> bool {
        match &self.what {
            Watch::All => true,
            Watch::One(id) => id == request_id,
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        match &self.what {
            Watch::All => {
                self.hub.watch_all.fetch_sub(1, Ordering::Relaxed);
            }
            Watch::One(id) => {
                let mut watched = self.hub.watched();
                if let Some(index) = watched.iter().position(|one| one == id) {
                    watched.swap_remove(index);
                }
            }
        }
    }
}
