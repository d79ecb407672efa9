//! How the process does and did, and what somebody should know.

use crate::app::TestApp;
use crate::fakes::{HandClock, Step};
use async_trait::async_trait;
use axum::http::StatusCode;
use council_core::{MetricsHistory, ModelError, Resolution, Rollup, StoreError, Timestamp};
use council_server::Monitor;
use council_server::monitor::machine::{GpuState, Machine, MachineState};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// 2026-09-21 14:13:00 UTC.
const BEGAN_S: u64 = 1_789_999_980;

/// A machine whose memory can be filled.
struct SmallMachine(Mutex<u64>);

#[async_trait]
impl Machine for SmallMachine {
    async fn measure(&self) -> MachineState {
        MachineState {
            cpu: Some(0.25),
            cores: Some(2),
            memory_total_bytes: Some(100),
            memory_used_bytes: Some(*self.0.lock().unwrap()),
            gpus: vec![GpuState {
                name: "H200".to_owned(),
                busy: Some(0.5),
                ..GpuState::default()
            }],
            ..MachineState::default()
        }
    }
}

/// Summaries in memory.
#[derive(Default)]
struct NaiveHistory(Mutex<Vec<(Resolution, Rollup)>>);

#[async_trait]
impl MetricsHistory for NaiveHistory {
    async fn keep_rollup(&self, resolution: Resolution, rollup: Rollup) -> Result<(), StoreError> {
        let mut kept = self.0.lock().unwrap();
        kept.retain(|(at, one)| *at != resolution || one.start != rollup.start);
        kept.push((resolution, rollup));
        Ok(())
    }

    async fn rollups(
        &self,
        resolution: Resolution,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Rollup>, StoreError> {
        let kept = self.0.lock().unwrap();
        let wanted = kept
            .iter()
            .filter(|(at, one)| *at == resolution && from <= one.start && one.start < until);
        Ok(wanted.map(|(_, one)| one.clone()).collect())
    }
}

struct World {
    app: TestApp,
    clock: Arc<HandClock>,
    machine: Arc<SmallMachine>,
}

impl World {
    fn new() -> Self {
        Self::with(Arc::new(NaiveHistory::default()))
    }

    fn with(history: Arc<NaiveHistory>) -> Self {
        let clock = Arc::new(HandClock::default());
        clock.set(BEGAN_S * 1_000 + 500);
        let machine = Arc::new(SmallMachine(Mutex::new(10)));
        let measured = Arc::clone(&machine);
        let app = TestApp::with_clock(clock.clone(), |mut parts| {
            let monitor = Monitor::new(Arc::clone(&parts.agent), parts.registry.clone());
            parts.monitor = Arc::new(monitor.with_machine(measured).with_history(history));
            parts
        });
        Self { app, clock, machine }
    }

    /// Measures at each of these seconds.
    async fn measure(&self, seconds: impl IntoIterator<Item = u64>) {
        for second in seconds {
            self.clock.set((BEGAN_S + second) * 1_000 + 500);
            self.app.monitor.tick().await;
        }
    }
}

#[tokio::test]
async fn the_system_tells_what_was_measured_and_null_for_what_cannot_be() {
    let world = World::new();
    world.measure([0]).await;
    world.app.post("/hybrid", &json!({"prompt": "hi"})).await.ok();
    world.measure([1]).await;
    let system = world.app.get("/v1/system").await.ok();
    assert_eq!(system["at"], json!(BEGAN_S as f64 + 1.5));
    let values = &system["values"];
    assert_eq!(values["turns_per_s"], 1.0);
    assert_eq!(values["tokens_per_s"], 2.0);
    assert_eq!(values["cpu"], 0.25);
    assert_eq!(values["gpu_busy"], 0.5);
    assert_eq!(values["disk_free_bytes"], Value::Null);
    assert_eq!(values["budget_day"], Value::Null);
    assert_eq!(system["machine"]["gpus"][0]["name"], "H200");
    assert_eq!(system["machine"]["gpus"][0]["power_w"], Value::Null);
    let turn = &system["components"][0];
    assert_eq!((&turn["name"], &turn["count"]), (&json!("turn"), &json!(1)));
    assert_eq!(
        turn["target"],
        json!({"ms": 10_000.0, "quantile": "p95", "source": "nielsen_attention"})
    );
    let run = &system["components"][7];
    assert_eq!(
        (&run["name"], &run["p95_ms"], &run["target"]),
        (&json!("sandbox_run"), &Value::Null, &Value::Null)
    );
    assert_eq!(system["models"][0]["id"], "tiny");
}

#[tokio::test]
async fn this_week_is_compared_with_the_one_before() {
    let history = Arc::new(NaiveHistory::default());
    let quarter = |start_s: u64, turns: f64, p50: f64| Rollup {
        start: Timestamp::from_millis(start_s * 1_000),
        covered_s: 900,
        values: [
            ("turns", turns),
            ("turn_p50_ms", p50),
            ("cost_usd", turns / 100.0),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
    };
    let day = 24 * 3_600;
    let began = BEGAN_S - BEGAN_S % 900;
    for (days_ago, turns, p50) in [
        (15, 99.0, 9.0),
        (10, 4.0, 100.0),
        (8, 4.0, 300.0),
        (1, 2.0, 400.0),
    ] {
        let rollup = quarter(began - days_ago * day, turns, p50);
        history.keep_rollup(Resolution::Quarter, rollup).await.unwrap();
    }
    let world = World::with(history);
    let trend = world.app.get("/v1/metrics/trend").await.ok();
    let of = |name: &str| {
        let series = trend["series"].as_array().unwrap().iter();
        let found = series.clone().find(|one| one["name"] == name).unwrap();
        ["this_week", "last_week", "change"].map(|field| found[field].as_f64())
    };
    assert_eq!(of("turns"), [Some(2.0), Some(8.0), Some(-0.75)]);
    assert_eq!(of("turn_p50_ms"), [Some(400.0), Some(200.0), Some(1.0)]);
    assert_eq!(of("cost_usd"), [Some(0.02), Some(0.08), Some(-0.75)]);
    assert_eq!(of("first_token_p50_ms"), [None, None, None]);
}

#[tokio::test]
async fn where_nothing_measures_it_is_measured_when_somebody_asks() {
    let world = World::new();
    let system = world.app.get("/v1/system").await.ok();
    assert_eq!(system["at"], json!(BEGAN_S as f64 + 0.5));
}

#[tokio::test]
async fn seconds_come_from_memory_and_gaps_stay_gaps() {
    let world = World::new();
    world.measure([0, 1, 2, 8, 9]).await;
    let history = world
        .app
        .get("/v1/metrics/history?range=5m&series=cpu,queued")
        .await
        .ok();
    assert_eq!((&history["step_s"], &history["points"]), (&json!(1), &json!(301)));
    let start = history["start"].as_u64().unwrap();
    let cpu = history["series"]["cpu"].as_array().unwrap();
    let at = |second: u64| &cpu[(BEGAN_S + second - start) as usize];
    assert_eq!(
        [at(1), at(2), at(5), at(8), at(9)],
        [
            &json!(0.25),
            &json!(0.25),
            &Value::Null,
            &Value::Null,
            &json!(0.25)
        ]
    );
    assert_eq!(history["units"], json!({"cpu": "share", "queued": "requests"}));
}

#[tokio::test]
async fn minutes_and_quarters_are_kept_and_there_after_a_restart() {
    let history = Arc::new(NaiveHistory::default());
    let world = World::with(history.clone());
    world.measure(0..60).await;
    world.app.post("/hybrid", &json!({"prompt": "hi"})).await.ok();
    world.measure(60..130).await;
    drop(world);
    let world = World::with(history);
    world.measure([200]).await;
    let hour = world
        .app
        .get("/v1/metrics/history?range=1h&series=turns,cpu")
        .await
        .ok();
    assert_eq!(hour["step_s"], 60);
    let slot = |second: u64| ((BEGAN_S + second - hour["start"].as_u64().unwrap()) / 60) as usize;
    let turns = |second| &hour["series"]["turns"][slot(second)];
    assert_eq!(
        [turns(0), turns(60), turns(120)],
        [&json!(0.0), &json!(1.0), &Value::Null]
    );
    let week = world
        .app
        .get("/v1/metrics/history?range=7d&series=turns")
        .await
        .ok();
    assert_eq!(week["step_s"], 900);
    let measured = week["series"]["turns"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|turns| !turns.is_null());
    assert_eq!(measured.collect::<Vec<_>>(), [&json!(1.0), &json!(0.0)]);
}

#[tokio::test]
async fn what_a_history_cannot_be_is_refused_with_the_field() {
    let world = World::new();
    for (query, field, message) in [
        ("range=31d", "range", "`range` cannot be `31d`"),
        ("range=1w", "range", "minutes (m), hours (h) or days (d)"),
        ("range=", "range", "`range` cannot be ``"),
        ("range=5m&from=1", "range", "send one of them"),
        ("to=9", "to", "`to` needs `from`"),
        ("from=1", "from", "30 days"),
        ("from=1789999000&to=1789999000", "to", "after `from`"),
        ("from=-1", "from", "since 1970"),
        ("series=cpu,speed", "series", "`speed`"),
    ] {
        let refused = world.app.get(&format!("/v1/metrics/history?{query}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
        let error = &refused.json()["error"];
        assert_eq!(error["param"], field, "{query}");
        assert!(
            error["message"].as_str().unwrap().contains(message),
            "{query}: {error}"
        );
    }
}

#[tokio::test]
async fn full_memory_and_failing_requests_are_alerts_until_they_are_over() {
    let world = World::new();
    assert_eq!(world.app.get("/v1/alerts").await.ok()["data"], json!([]));
    world.measure([0]).await;
    *world.machine.0.lock().unwrap() = 98;
    for _ in 0..2 {
        world
            .app
            .answer([Step::Fail(ModelError::Internal("broken".to_owned()))]);
        world.app.post("/hybrid", &json!({"prompt": "hi"})).await;
    }
    world.measure([1]).await;
    let alerts = world.app.get("/v1/alerts").await.ok();
    let told: Vec<(&Value, &Value, &Value)> = alerts["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| (&alert["rule"], &alert["severity"], &alert["resolved"]))
        .collect();
    let critical = json!("critical");
    assert_eq!(
        told,
        [
            (&json!("errors"), &critical, &Value::Null),
            (&json!("memory"), &critical, &Value::Null)
        ]
    );
    *world.machine.0.lock().unwrap() = 50;
    world.measure(2..80).await;
    let alerts = world.app.get("/v1/alerts").await.ok();
    let resolved: Vec<&Value> = alerts["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| &alert["resolved"])
        .collect();
    assert_eq!(resolved.len(), 2);
    assert!(resolved.iter().all(|resolved| resolved.is_number()), "{alerts}");
}
