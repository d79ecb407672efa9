//! What happens now, told to whoever listens: one WebSocket with topics (`docs/monitoring.md`).
//!
//! - `frame`: what is sent
//! - `hub`: hands frames to all who listen, and keeps nothing for who is slow
//! - `answers`: the answers that run, and the tokens of those that somebody watches
//! - `socket`: one client

mod answers;
mod frame;
mod hub;
mod socket;

pub(crate) use answers::AnswerRuns;
pub(crate) use frame::Topic;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use socket::is_order;
pub(crate) use socket::{MOST_BYTES, serve};

use answers::Answers;
use council_core::{Clock, Timestamp};
use hub::Hub;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// Everything that is told.
pub(crate) struct Live {
    hub: Arc<Hub>,
    answers: Answers,
    clock: Arc<dyn Clock>,
    /// The last measurements.
    metrics: Mutex<Option<Value>>,
}

impl Live {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            hub: Arc::default(),
            answers: Answers::default(),
            clock,
            metrics: Mutex::new(None),
        }
    }

    /// Whether anybody listens to a topic.
    pub(crate) fn is_heard(&self, topic: Topic) -> bool {
        self.hub.is_heard(topic)
    }

    /// Tells all who listen to a topic.
    pub(crate) fn tell(&self, topic: Topic, at: Timestamp, data: &Value) {
        self.hub.publish(topic, at, None, None, data);
    }

    /// Tells those of one user's who listen to a topic.
    pub(crate) fn tell_user(&self, topic: Topic, user: &str, at: Timestamp, data: &Value) {
        self.hub.publish(topic, at, Some(user), None, data);
    }

    /// Tells what was measured, and keeps it for who comes next.
    pub(crate) fn measured(&self, at: Timestamp, data: Value) {
        self.tell(Topic::Metrics, at, &data);
        if self.is_heard(Topic::Tokens) {
            for user in self.answers.users() {
                self.tell_user(Topic::Tokens, &user, at, &self.running(&user));
            }
        }
        *self.metrics.lock().unwrap_or_else(PoisonError::into_inner) = Some(data);
    }

    /// What a client is told when it begins to listen.
    fn at_once(&self, topic: Topic, user: &str) -> Option<Value> {
        match topic {
            Topic::Metrics => self
                .metrics
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            Topic::Tokens => Some(self.running(user)),
            Topic::Routes | Topic::Events => None,
        }
    }

    fn running(&self, user: &str) -> Value {
        json!({"running": self.answers.running(user)})
    }
}
