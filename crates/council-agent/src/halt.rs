//! Stops everything that runs at once, as often as somebody wants it.

use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// Stops what runs. Clones stop the same.
#[derive(Clone, Debug)]
pub struct Halt {
    within: CancellationToken,
    now: Arc<Mutex<CancellationToken>>,
}

impl Halt {
    /// What `within` stops is stopped too.
    pub fn within(within: CancellationToken) -> Self {
        let now = Arc::new(Mutex::new(within.child_token()));
        Self { within, now }
    }

    /// For something that begins now.
    pub fn token(&self) -> CancellationToken {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.child_token()
    }

    /// Stops what has begun; what begins afterwards runs.
    pub fn stop(&self) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *now, self.within.child_token()).cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_begun_is_stopped_and_what_begins_afterwards_is_not() {
        let all = CancellationToken::new();
        let halt = Halt::within(all.clone());
        let before = halt.token();
        halt.stop();
        let after = halt.token();
        assert_eq!((before.is_cancelled(), after.is_cancelled()), (true, false));
        all.cancel();
        assert!(after.is_cancelled() && halt.token().is_cancelled());
    }
}
