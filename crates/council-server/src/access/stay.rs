//! For how long somebody who was let in may stay: what is open ends with the key or the session by which it came.

use super::{Access, Caller};
use council_core::{ApiKey, KeyState, Timestamp};
use std::time::Duration;

/// How often the clock is looked at while something is open whose key or session has an end. A clock that is set forward is
/// seen as soon as one that runs.
const LOOK: Duration = Duration::from_secs(1);

/// What is wrong with a key, where it is no longer taken.
pub(super) fn over(key: &ApiKey, now: Timestamp) -> Option<String> {
    match key.state(now) {
        KeyState::Active => None,
        KeyState::Expired => Some(format!("the key `{}` has expired", key.id)),
        KeyState::Revoked => Some(format!("the key `{}` was revoked", key.id)),
    }
}

impl Access {
    /// Returns when the caller would not be let in any more, with the reason: at once when the key is revoked or the session
    /// closed here, within two seconds when that is done at another Council or their time is over. Never for who came without a
    /// key.
    pub(crate) async fn ended(&self, caller: &Caller) -> String {
        let Some(key) = &caller.key else {
            return std::future::pending().await;
        };
        let mut changes = self.changes.subscribe();
        let looks = key.expires_at.is_some() || caller.session.is_some() || self.is_shared();
        loop {
            // While the store cannot be asked, what is open stays so, and nothing new is let in.
            let _ = self.catch_up(false).await;
            if let Some(why) = self.gone(caller) {
                return why;
            }
            let changed = changes.changed();
            // The sender is this one's own, so that neither ends with an error but the time.
            let _ = if looks {
                tokio::time::timeout(LOOK, changed).await.unwrap_or(Ok(()))
            } else {
                changed.await
            };
        }
    }

    fn gone(&self, caller: &Caller) -> Option<String> {
        let key = caller.key.as_ref()?;
        let now = self.clock.now();
        let kept = self.kept();
        let over = match kept.key(&key.id) {
            Some(key) => over(&key, now),
            None => Some(format!("the key `{}` is gone", key.id)),
        };
        let closed = || {
            let session = caller.session.as_deref()?;
            kept.session(session, now)
                .is_none()
                .then(|| "the session has ended".to_owned())
        };
        over.or_else(closed)
    }
}
