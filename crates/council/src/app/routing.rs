//! Who answers, and what that may cost.

use super::{StartError, SystemClock};
use crate::config::{Config, RoutingSettings};
use council_agent::LiveSettings;
use council_agent::calibration::Calibrations;
use council_agent::classify::Classifier;
use council_agent::code::Programs;
use council_agent::routing::{AnswerCache, Calibrated, Purse, Router};
use council_agent::vote::check::{Checker, Execute, Recompute};
use council_agent::vote::{Council, CouncilParts, VoteMetrics};
use council_core::{Budget, CalibrationStore as _, Caps, Clock, Embedder, Models, Skill, SkillHelp};
use council_models::embed::MiniLm;
use council_models::hardware::free_memory_bytes;
use council_skills::{Logic, Math};
use council_store::Store;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What computes.
fn skills(settings: &RoutingSettings) -> Vec<Arc<dyn Skill>> {
    if settings.skills {
        vec![Arc::new(Math), Arc::new(Logic)]
    } else {
        Vec::new()
    }
}

/// Votes, with answers checked by what computes and by running programs.
pub(super) fn council(
    config: &Config,
    models: &Arc<dyn Models>,
    programs: &Programs,
    live: &LiveSettings,
    registry: &prometheus::Registry,
) -> Result<Council, StartError> {
    let help = SkillHelp {
        model: None,
        sandbox: None,
        time_limit: config.routing.skill_time,
        cancel: CancellationToken::new(),
    };
    let recompute = |skill: Arc<dyn Skill>| Arc::new(Recompute::new(skill, help.clone())) as Arc<dyn Checker>;
    let mut checkers: Vec<Arc<dyn Checker>> = skills(&config.routing).into_iter().map(recompute).collect();
    checkers.push(Arc::new(Execute::new(programs.clone())));
    let parts = CouncilParts {
        models: Arc::clone(models),
        config: config.vote.clone(),
        checkers,
        spend: None,
        metrics: VoteMetrics::register(registry).map_err(|error| StartError::Internal(error.to_string()))?,
    };
    let council = Council::new(parts).map_err(|error| StartError::Internal(error.to_string()))?;
    Ok(council.with_settings(live.clone()))
}

/// Decides who answers.
pub(super) async fn router(
    settings: &RoutingSettings,
    embedder: &MiniLm,
    store: &Arc<Store>,
    live: &LiveSettings,
) -> Result<Router, StartError> {
    let calibrations = Calibrations::default();
    if let Err(problem) = calibrations.replace(&store.calibrations().await?) {
        // Without them confidence is what models think of their words, and says so.
        tracing::warn!("{problem}");
    }
    let skills = skills(settings);
    let classifier = Classifier::bundled().map_err(StartError::Internal)?;
    Ok(Router {
        kinds: Arc::new(classifier),
        settings: Some(live.clone()),
        free_memory: free_memory_bytes,
        judge: Arc::new(Calibrated(Arc::new(calibrations))),
        rules: Arc::new(settings.rules.clone()),
        embedder: Some(Arc::new(embedder.clone()) as Arc<dyn Embedder>),
        skills,
        skill_time: settings.skill_time,
        cache: Arc::new(AnswerCache::new(
            settings.cache,
            settings.cache_entries,
            settings.cache_time,
        )),
        ..Router::default()
    })
}

/// Keeps the money.
pub(super) fn purse(
    budget: &Arc<dyn Budget>,
    caps: Caps,
    clock: &Arc<SystemClock>,
    live: &LiveSettings,
) -> Purse {
    Purse::new(Arc::clone(budget), caps, Arc::clone(clock) as Arc<dyn Clock>).with_settings(live.clone())
}
