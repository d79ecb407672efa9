//! What Prometheus and `/stats` see of turns.

use crate::fakes::{ScriptedModel, Step, busy, say, stop, think};
use crate::{World, ask, first_text};
use council_agent::{LatencyQuantiles, TurnMetrics};
use prometheus::{Encoder as _, TextEncoder};
use std::time::Duration;

/// The value of the sample with this name and these labels, as exported.
fn value(world: &World, sample: &str) -> Option<String> {
    let mut text = Vec::new();
    TextEncoder::new()
        .encode(&world.registry.gather(), &mut text)
        .unwrap();
    let text = String::from_utf8(text).unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.map(str::to_owned)
}

pub(crate) fn check(world: &World, samples: &[(&str, &str)]) {
    for (sample, expected) in samples {
        assert_eq!(value(world, sample).as_deref(), Some(*expected), "{sample}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_completed_turn_is_measured() {
    let script = [think(200), say("Be"), think(40), say("cause")]
        .into_iter()
        .chain(stop());
    let world = World::new([ScriptedModel::new("tiny", script).remote(1.0, 0.0)]);
    world.events(ask(&[])).await;
    check(
        &world,
        &[
            (
                "council_turns_total{outcome=\"completed\",route=\"/hybrid\"}",
                "1",
            ),
            ("council_turn_seconds_sum{route=\"/hybrid\"}", "0.24"),
            ("council_turn_seconds_count{route=\"/hybrid\"}", "1"),
            ("council_first_token_seconds_sum{model=\"tiny\"}", "0.2"),
            ("council_inter_token_seconds_sum{model=\"tiny\"}", "0.04"),
            ("council_inter_token_seconds_count{model=\"tiny\"}", "1"),
            ("council_tokens_total{kind=\"input\",model=\"tiny\"}", "100"),
            ("council_tokens_total{kind=\"cached\",model=\"tiny\"}", "40"),
            ("council_tokens_total{kind=\"output\",model=\"tiny\"}", "3"),
            ("council_cost_usd_total{model=\"tiny\"}", "0.0001"),
            ("council_turns_active", "0"),
        ],
    );
    let took = Duration::from_millis(240);
    let expected = LatencyQuantiles {
        count: 1,
        mean: took,
        p50: took,
        p95: took,
        p99: took,
    };
    assert_eq!(world.agent.metrics().latency_quantiles(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_turn_is_active_until_it_is_settled_and_then_counts_as_cancelled() {
    let world = World::new([ScriptedModel::new("tiny", [say("Be"), Step::Hang])]);
    let mut stream = world.agent.start(ask(&[]));
    first_text(&mut stream).await;
    assert_eq!(world.agent.metrics().in_flight(), 1);
    check(&world, &[("council_turns_active", "1")]);
    drop(stream);
    world.settled().await;
    let metrics = world.agent.metrics();
    assert_eq!(
        (metrics.in_flight(), metrics.finished(), metrics.succeeded()),
        (0, 1, 0)
    );
    check(
        &world,
        &[
            (
                "council_turns_total{outcome=\"cancelled\",route=\"/hybrid\"}",
                "1",
            ),
            ("council_turn_seconds_count{route=\"/hybrid\"}", "1"),
            ("council_turns_active", "0"),
        ],
    );
    assert_eq!(metrics.latency_quantiles(), LatencyQuantiles::default());
}

#[tokio::test(start_paused = true)]
async fn a_failed_turn_counts_as_failed() {
    let world = World::new([ScriptedModel::new("tiny", [Step::Fail(busy("tiny"))])]);
    world.events(ask(&[])).await;
    check(
        &world,
        &[("council_turns_total{outcome=\"failed\",route=\"/hybrid\"}", "1")],
    );
    assert_eq!(world.agent.metrics().succeeded(), 0);
    assert_eq!(
        value(&world, "council_first_token_seconds_count{model=\"tiny\"}"),
        None
    );
}

#[test]
fn a_turn_whose_runtime_ends_is_counted_all_the_same() {
    let world = World::new([ScriptedModel::new("tiny", [say("Be"), Step::Hang])]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let stream = runtime.block_on(async {
        let mut stream = world.agent.start(ask(&[]));
        first_text(&mut stream).await;
        stream
    });
    drop(runtime);
    drop(stream);
    check(
        &world,
        &[(
            "council_turns_total{outcome=\"cancelled\",route=\"/hybrid\"}",
            "1",
        )],
    );
    assert_eq!(world.agent.metrics().in_flight(), 0);
}

#[test]
fn the_same_registry_does_not_take_the_metrics_twice() {
    let registry = prometheus::Registry::new();
    assert!(TurnMetrics::register(&registry).is_ok());
    assert!(TurnMetrics::register(&registry).is_err());
}
