//! What is sent: one frame of one topic.

use axum::extract::ws::Utf8Bytes;
use council_core::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// What a client can listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// The measurements of each second.
    Metrics,
    /// Each receipt when it is written.
    Routes,
    /// The answers that run, and the tokens of those that are watched.
    Tokens,
    /// What happens to models, and alerts.
    Events,
}

impl Topic {
    pub(crate) const ALL: [Self; 4] = [Self::Metrics, Self::Routes, Self::Tokens, Self::Events];

    /// Its name in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Routes => "routes",
            Self::Tokens => "tokens",
            Self::Events => "events",
        }
    }

    /// The topic of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == name)
    }
}

/// A frame that is ready to be sent, serialised once for all clients.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Whose tokens these are; only who watches that answer gets them.
    pub(crate) request_id: Option<String>,
    /// Whose it is; `None`: everybody's.
    pub(crate) user: Option<String>,
    pub(crate) text: Utf8Bytes,
}

#[derive(Serialize)]
struct Body<'a> {
    topic: &'a str,
    seq: u64,
    /// In seconds since the Unix epoch.
    at: f64,
    data: &'a Value,
}

/// A frame's text. `topic` is a topic's name, or one of `hello`, `pong`, `lost`, `error`.
pub(crate) fn text(topic: &str, seq: u64, at: Timestamp, data: &Value) -> Utf8Bytes {
    let body = Body {
        topic,
        seq,
        at: at.as_secs_f64(),
        data,
    };
    // Keys are strings and numbers finite, so that there is nothing that cannot be written.
    serde_json::to_string(&body).unwrap_or_default().into()
}
