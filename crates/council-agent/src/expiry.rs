//! Removing what is older than it may be: rows of the store, and remembered turns.

use crate::memory::MemoryError;
use crate::{Agent, LiveSettings};
use council_core::retention::{Expired, Retention, RetentionRules, cutoff};
use council_core::{Clock, MemoryFilter, MemoryId, MemoryKind, Page, Timestamp};
use prometheus::{IntCounterVec, Opts, Registry};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Time between two looks.
const INTERVAL: Duration = Duration::from_hours(1);

/// From the start to the first look: for so long a clock may be wrong that is set after the machine has started.
const FIRST: Duration = Duration::from_mins(10);

/// Memories that are forgotten at once.
const BATCH: u64 = 500;

/// What was removed by age.
#[derive(Clone)]
pub struct ExpiryMetrics {
    removed: IntCounterVec,
}

impl ExpiryMetrics {
    /// Registers them.
    ///
    /// # Errors
    /// When the registry has them already.
    pub fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let removed = IntCounterVec::new(
            Opts::new(
                "council_expired_total",
                "Rows removed because they were older than the settings allow.",
            ),
            &["kind"],
        )?;
        for (kind, _) in Expired::default().counts() {
            removed.with_label_values(&[kind]);
        }
        registry.register(Box::new(removed.clone()))?;
        Ok(Self { removed })
    }
}

/// A time that a clock which jumps forward does not reach before it stays there: nothing is removed early because of a clock that is
/// wrong for a moment. One that is set back makes everything younger, which removes nothing.
pub(crate) struct SteadyTime {
    last: (Timestamp, Instant),
}

impl SteadyTime {
    pub(crate) fn new(clock: &dyn Clock) -> Self {
        Self {
            last: (clock.now(), Instant::now()),
        }
    }

    /// What the clock says, but no later than what it said at the look before and the time that has really passed since.
    pub(crate) fn now(&mut self, clock: &dyn Clock) -> Timestamp {
        let (now, at) = (clock.now(), Instant::now());
        let (then, since) = std::mem::replace(&mut self.last, (now, at));
        now.min(then.after(at.saturating_duration_since(since)))
    }
}

impl Agent {
    /// How many would go now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn expired(
        &self,
        rows: &dyn Retention,
        rules: RetentionRules,
        users: &[String],
    ) -> Result<Expired, MemoryError> {
        let now = self.clock().now();
        let mut turns = 0;
        if let Some(before) = cutoff(rules.turns_days, now) {
            for user in users {
                turns += self.old_turns(user, before, u64::MAX).await?.len() as u64;
            }
        }
        Ok(Expired {
            turns,
            ..rows.expired(rules, now).await?
        })
    }

    /// Removes those that are too old at this time.
    ///
    /// # Errors
    /// When the store fails; what went until then stays so.
    pub async fn expire(
        &self,
        rows: &dyn Retention,
        rules: RetentionRules,
        users: &[String],
        now: Timestamp,
    ) -> Result<Expired, MemoryError> {
        let mut turns = 0;
        if let Some(before) = cutoff(rules.turns_days, now) {
            for user in users {
                loop {
                    let ids = self.old_turns(user, before, BATCH).await?;
                    let gone = self.memories().forget(user, ids).await?.len() as u64;
                    if gone == 0 {
                        break;
                    }
                    turns += gone;
                }
            }
        }
        Ok(Expired {
            turns,
            ..rows.expire(rules, now).await?
        })
    }

    /// Removes what is too old of these users and of what is nobody's again and again: ten minutes after the start, an hour after the
    /// last time and when the rules change, with a line in the audit each time that something went.
    pub async fn keep_to_rules(
        &self,
        rows: Arc<dyn Retention>,
        settings: LiveSettings,
        users: impl Fn() -> Vec<String>,
        metrics: ExpiryMetrics,
    ) {
        let clock = Arc::clone(self.clock());
        let (mut time, mut wait) = (SteadyTime::new(&*clock), FIRST);
        loop {
            let rules = settings.current().retention;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = settings.wait_for(move |settings| settings.retention != rules) => {}
            }
            wait = INTERVAL;
            let rules = settings.current().retention;
            let now = time.now(&*clock);
            if !rules.keeps_everything() {
                match self.expire(&*rows, rules, &users(), now).await {
                    Ok(expired) => note(expired, &settings, &metrics).await,
                    Err(error) => tracing::error!("what is too old could not be removed: {error}"),
                }
            }
        }
    }

    /// At most so many remembered turns and summaries that were said before this, but those that are pinned.
    async fn old_turns(
        &self,
        user: &str,
        before: Timestamp,
        most: u64,
    ) -> Result<Vec<MemoryId>, MemoryError> {
        let mut ids = Vec::new();
        for quarantined in [false, true] {
            let filter = MemoryFilter {
                user: user.to_owned(),
                kinds: vec![MemoryKind::Turn, MemoryKind::Summary],
                until: Some(before),
                quarantined,
                with_retired: true,
                ..MemoryFilter::default()
            };
            let mut offset = 0;
            loop {
                let page = Page { offset, limit: BATCH };
                let (memories, _) = self.memories().store().memories(filter.clone(), page).await?;
                offset += memories.len() as u64;
                let is_last = (memories.len() as u64) < BATCH;
                ids.extend(
                    memories
                        .into_iter()
                        .filter(|memory| !memory.pinned)
                        .map(|memory| memory.id),
                );
                if is_last || ids.len() as u64 >= most {
                    break;
                }
            }
        }
        Ok(ids)
    }
}

/// Counts what went, and says so.
async fn note(expired: Expired, settings: &LiveSettings, metrics: &ExpiryMetrics) {
    if expired.total() == 0 {
        return;
    }
    let mut said = Vec::new();
    for (kind, count) in expired.counts() {
        metrics.removed.with_label_values(&[kind]).inc_by(count);
        if count > 0 {
            said.push(format!("{count} {kind}"));
        }
    }
    let said = said.join(", ");
    if let Err(error) = settings.note("retention".to_owned(), &said, "council").await {
        tracing::error!("what was removed could not be written into the audit: {error}");
    }
    // Last: who reads it finds the rest.
    tracing::info!("removed what was older than it may be: {said}");
}

#[cfg(test)]
mod tests;
