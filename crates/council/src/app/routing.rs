//! Who answers, and what that may cost.

use super::SystemClock;
use crate::config::RoutingSettings;
use council_agent::routing::{Purse, Router};
use council_core::{Budget, Caps, Clock, Embedder, Skill};
use council_models::embed::MiniLm;
use council_skills::{Logic, Math};
use council_store::Store;
use std::sync::Arc;

/// Decides who answers.
pub(super) fn router(settings: &RoutingSettings, embedder: &MiniLm) -> Router {
    let skills: Vec<Arc<dyn Skill>> = if settings.skills {
        vec![Arc::new(Math), Arc::new(Logic)]
    } else {
        Vec::new()
    };
    Router {
        rules: Arc::new(settings.rules.clone()),
        embedder: Some(Arc::new(embedder.clone()) as Arc<dyn Embedder>),
        skills,
        skill_time: settings.skill_time,
        ..Router::default()
    }
}

/// Keeps the money.
pub(super) fn purse(store: &Arc<Store>, caps: Caps, clock: &Arc<SystemClock>) -> Purse {
    let books = Arc::clone(store) as Arc<dyn Budget>;
    Purse::new(books, caps, Arc::clone(clock) as Arc<dyn Clock>)
}
