//! Removing what is too old where several Councils share a database: there, and what this machine keeps for itself.

use async_trait::async_trait;
use council_core::retention::{Expired, Retention, RetentionRules};
use council_core::{StoreError, Timestamp};
use council_store::{PostgresStore, Store};
use std::sync::Arc;

/// What is shared and what is the machine's.
pub(super) struct Both {
    shared: Arc<PostgresStore>,
    local: Arc<Store>,
}

impl Both {
    pub(super) fn new(shared: &Arc<PostgresStore>, local: &Arc<Store>) -> Self {
        Self {
            shared: Arc::clone(shared),
            local: Arc::clone(local),
        }
    }
}

#[async_trait]
impl Retention for Both {
    async fn expired(&self, rules: RetentionRules, now: Timestamp) -> Result<Expired, StoreError> {
        let here = self.local.expired(rules.of_the_machine(), now).await?;
        Ok(here.plus(self.shared.expired(rules, now).await?))
    }

    async fn expire(&self, rules: RetentionRules, now: Timestamp) -> Result<Expired, StoreError> {
        let here = self.local.expire(rules.of_the_machine(), now).await?;
        Ok(here.plus(self.shared.expire(rules, now).await?))
    }
}
