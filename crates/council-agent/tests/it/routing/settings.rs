//! Settings that change while the process runs.

use super::{answered, anybody, doubtful, large, router, small, sure, unsure};
use crate::World;
use crate::fakes::StoppedClock;
use council_agent::code::Programs;
use council_agent::routing::Purse;
use council_agent::sandbox::{SandboxMetrics, guarded};
use council_agent::vote::{Council, CouncilParts, VoteConfig, VoteMetrics};
use council_agent::{EgressPolicy, LiveSettings};
use council_core::budget::naive::NaiveBooks;
use council_core::sandbox::scripted::ScriptedSandbox;
use council_core::sandbox::{Language, Limits, SandboxError};
use council_core::settings::naive::NaiveSettings;
use council_core::{Caps, NanoUsd, SettingChange, Settings, SkillKind};
use std::sync::Arc;
use std::time::Duration;

async fn settings(configured: Settings) -> LiveSettings {
    let store = Arc::<NaiveSettings>::default();
    LiveSettings::open(store, Arc::new(StoppedClock), configured)
        .await
        .unwrap()
}

async fn set(settings: &LiveSettings, key: &str, text: &str) {
    let change = SettingChange::read(key, text).unwrap();
    settings.change(vec![change], "test").await.unwrap();
}

#[tokio::test]
async fn a_threshold_that_was_changed_counts_from_the_next_turn_on() {
    let settings = settings(EgressPolicy::default().into()).await;
    let router = council_agent::routing::Router {
        settings: Some(settings.clone()),
        ..router(SkillKind::Math, unsure())
    };
    let models = [small(doubtful("36?")), large(sure("36"))];
    let world = World::with_router(router, Caps::default(), models);
    assert_eq!(answered(&world, anybody()).await.0, "36");
    // Now what the small one says is good enough.
    set(&settings, "routing.accept.math", "0.1").await;
    assert_eq!(answered(&world, anybody()).await.0, "36?");
    set(&settings, "routing.accept.math", "").await;
    assert_eq!(answered(&world, anybody()).await.0, "36");
    set(&settings, "routing.larger", "false").await;
    assert_eq!(answered(&world, anybody()).await.0, "36?");
}

#[tokio::test]
async fn the_caps_are_those_that_are_set_now() {
    let settings = settings(Settings {
        caps: Caps {
            daily: Some(NanoUsd::from_usd(1.0)),
            ..Caps::default()
        },
        ..Settings::default()
    })
    .await;
    let purse = Purse::new(
        Arc::new(NaiveBooks::default()),
        Caps::default(),
        Arc::new(StoppedClock),
    );
    let purse = purse.with_settings(settings.clone());
    assert_eq!(purse.left().await, Ok(Some(NanoUsd::from_usd(1.0))));
    set(&settings, "budget.daily_usd", "2.5").await;
    set(&settings, "budget.monthly_usd", "2").await;
    assert_eq!(purse.left().await, Ok(Some(NanoUsd::from_usd(2.0))));
    set(&settings, "budget.daily_usd", "none").await;
    set(&settings, "budget.monthly_usd", "none").await;
    assert_eq!(purse.left().await, Ok(None));
}

#[tokio::test]
async fn who_sits_in_the_council_and_how_long_a_vote_may_take_are_set() {
    let config = VoteConfig::default();
    let settings = settings(Settings {
        vote: config.rules(),
        ..Settings::default()
    })
    .await;
    let world = World::with_router(
        router(SkillKind::Chat, unsure()),
        Caps::default(),
        [small(vec![])],
    );
    let council = Council::new(CouncilParts {
        models: Arc::clone(world.agent.models()),
        config,
        checkers: vec![],
        spend: None,
        metrics: VoteMetrics::register(&world.registry).unwrap(),
    });
    let council = council.unwrap().with_settings(settings.clone());
    let agent = world.agent.clone().with_council(council);
    assert_eq!(agent.council().unwrap().seated(&[]).unwrap().len(), 5);
    set(&settings, "vote.voices", "Edge, Reason").await;
    set(&settings, "vote.voice_time_limit", "7s").await;
    let council = agent.council().unwrap();
    let seated = council.seated(&[]).unwrap();
    let names: Vec<&str> = seated.iter().map(|voice| voice.name.as_str()).collect();
    assert_eq!(names, ["Reason", "Edge"]);
    assert_eq!(council.config().voice_time_limit, Duration::from_secs(7));
}

#[tokio::test]
async fn programs_are_bounded_by_what_is_set_and_not_run_once_they_are_switched_off() {
    let settings = settings(Settings::default()).await;
    let metrics = SandboxMetrics::register(&prometheus::Registry::new()).unwrap();
    let scripted = Arc::new(ScriptedSandbox::default());
    let sandbox = guarded(scripted, Limits::default(), metrics, Some(settings.clone()));
    let programs = Programs::new(Some(sandbox), Limits::default()).with_settings(settings.clone());
    set(&settings, "sandbox.limits.memory_mib", "64").await;
    let program = programs.program(Language::Python, "print(1)", "local", None);
    assert_eq!(program.limits.memory_bytes, 64 << 20);
    programs.run(program.clone()).await.unwrap();
    set(&settings, "sandbox.enabled", "false").await;
    let refused = programs.run(program).await.unwrap_err();
    assert!(
        matches!(&refused, SandboxError::CannotIsolate { message, .. } if message.contains("switched off")),
        "{refused}"
    );
}
