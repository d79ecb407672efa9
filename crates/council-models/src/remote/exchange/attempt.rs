//! How an attempt failed, and how long to wait before the next.

use super::super::failure;
use super::super::provider::Verdict;
use crate::config::{RemoteConfig, Retries};
use crate::egress::HttpError;
use council_core::ModelError;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// A failed attempt.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: ModelError,
    /// The label in metrics.
    pub(super) kind: &'static str,
    /// Whether the same request may be taken a moment later.
    pub(super) may_pass: bool,
    /// How long the server asked to wait.
    pub(super) named_pause: Option<Duration>,
}

impl Failed {
    fn new(kind: &'static str, may_pass: bool, error: ModelError) -> Self {
        Self {
            error,
            kind,
            may_pass,
            named_pause: None,
        }
    }

    /// It answered with a status that is no success.
    pub(super) fn status(
        config: &RemoteConfig,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        path: &str,
    ) -> Self {
        let error = failure::from_status(config, status, headers, body, path);
        let busy = matches!(error, ModelError::Busy { .. });
        let kind = match () {
            () if busy => "busy",
            () if status.is_server_error() => "server",
            () => "refused",
        };
        // A used-up quota comes with 429 too and does not pass.
        let may_pass = busy || (status.is_server_error() && failure::may_pass(status));
        Self {
            named_pause: failure::retry_after(headers),
            ..Self::new(kind, may_pass, error)
        }
    }

    /// It reported a failure within its answer.
    pub(super) fn event(config: &RemoteConfig, error: &Value, path: &str) -> Self {
        let error = failure::from_event(config, error, path);
        match error {
            ModelError::Upstream { .. } => Self::new("server", true, error),
            error => Self::new("refused", false, error),
        }
    }

    /// There was no connection, or it broke.
    pub(super) fn transport(config: &RemoteConfig, error: HttpError) -> Self {
        let error = match error {
            HttpError::Http(error) => error,
            HttpError::Refused(refused) => {
                let error = ModelError::NotAllowed {
                    model: config.id.clone(),
                    label: refused.label(),
                    reason: refused.to_string(),
                };
                return Self::new("blocked", false, error);
            }
        };
        let kind = if error.is_connect() { "connect" } else { "broken" };
        Self::new(kind, true, failure::from_transport(config, error))
    }

    /// It took too long. Another attempt would double a wait that was too long already.
    pub(super) fn timeout(error: ModelError) -> Self {
        Self::new("timeout", false, error)
    }

    /// The answer ended in its middle.
    pub(super) fn broken(error: ModelError) -> Self {
        Self::new("broken", true, error)
    }

    /// It said no.
    pub(super) fn refused(error: ModelError) -> Self {
        Self::new("refused", false, error)
    }

    /// What it sent is not of this API.
    pub(super) fn unreadable(error: ModelError) -> Self {
        Self::new("unreadable", false, error)
    }

    /// What it says about the provider: one that is busy or says no is there.
    pub(super) fn verdict(&self) -> Verdict {
        match self.kind {
            // Nor does our own gate say anything about it.
            "busy" | "refused" | "blocked" => Verdict::Reached,
            _ => Verdict::Failed,
        }
    }
}

/// How long to wait after `failed` attempts and this one: what the server asked for, or longer each time, and by
/// chance between half of it and all of it, so that many clients do not come back together.
pub(in crate::remote) fn pause(retries: Retries, failed: u32, named: Option<Duration>) -> Duration {
    named.unwrap_or_else(|| {
        let whole = retries.pause.saturating_mul(1 << failed.min(6));
        // A fresh `RandomState` is a source of random bits.
        let random = RandomState::new().build_hasher().finish() >> 11;
        whole.mul_f64(0.5 + random as f64 / (1_u64 << 53) as f64 / 2.0)
    })
}
