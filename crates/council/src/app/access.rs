//! Who is let in.

use super::stores::Stores;
use super::{StartError, SystemClock};
use crate::config::Config;
use council_core::{AccessStore as _, Clock};
use council_server::{Access, AccessRules};
use council_store::Store;
use std::sync::Arc;

/// Users, keys and sessions, and how requests are let in.
pub(super) async fn open(
    config: &Config,
    stores: &Stores,
    local: &Store,
    clock: &Arc<SystemClock>,
) -> Result<Arc<Access>, StartError> {
    let rules = AccessRules {
        require_key: config.server.require_key,
        loopback: is_loopback(&config.host),
        per_key: config.server.key_per_minute,
        per_address: config.server.address_per_minute,
        ..AccessRules::default()
    };
    let unreadable = |error| StartError::Internal(format!("the keys cannot be read: {error}"));
    if stores.shared {
        let kept = local.keys().await.map_err(unreadable)?;
        let unused = kept.iter().filter(|kept| kept.key.revoked_at.is_none()).count();
        if unused > 0 {
            tracing::warn!(
                keys = unused,
                "{unused} API keys in the data directory are not taken: with `database.url` the keys are in that database; make \
                 new ones with `council key add`"
            );
        }
    }
    let access = Access::open(
        Arc::clone(&stores.access),
        Arc::clone(clock) as Arc<dyn Clock>,
        rules,
    );
    access.await.map(Arc::new).map_err(unreadable)
}

/// Whether only this machine reaches a server that listens there. Another name than these may be anybody's.
fn is_loopback(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}
