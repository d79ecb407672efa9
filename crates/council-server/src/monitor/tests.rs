//! What comes of readings: values of a second, gaps, summaries.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::past::Step;
use super::reading::{Gauges, Reading};
use super::ring::Ring;
use super::series::{Component, Counter, Gauge, SERIES};
use council_core::{Resolution, Timestamp};
use prometheus::{Histogram, HistogramOpts, IntCounterVec, Opts, Registry};
use std::collections::BTreeSet;

/// A process that can be made to do things.
struct Process {
    registry: Registry,
    turns: IntCounterVec,
    recall: Histogram,
    ring: Ring,
}

impl Process {
    fn new() -> Self {
        let registry = Registry::new();
        let turns =
            IntCounterVec::new(Opts::new("council_turns_total", "turns"), &["route", "outcome"]).unwrap();
        let seconds = HistogramOpts::new("council_memory_recall_seconds", "seconds");
        let recall = Histogram::with_opts(seconds.buckets(vec![0.001, 0.002, 0.004])).unwrap();
        registry.register(Box::new(turns.clone())).unwrap();
        registry.register(Box::new(recall.clone())).unwrap();
        Self {
            registry,
            turns,
            recall,
            ring: Ring::default(),
        }
    }

    fn turn(&self, outcome: &str) {
        self.turns.with_label_values(&["/hybrid", outcome]).inc();
    }

    fn read(&mut self, second: u64, queued: f64) {
        let mut gauges: Gauges = [None; Gauge::COUNT];
        gauges[Gauge::Queued as usize] = Some(queued);
        gauges[Gauge::Cpu as usize] = Some(queued / 10.0);
        let families = self.registry.gather();
        self.ring.push(Reading::new(at(second), &families, &gauges));
    }

    fn now(&self, series: &str) -> Option<f64> {
        self.ring.now().unwrap()[series]
    }
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000 + 500)
}

fn start(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

#[test]
fn rates_are_of_the_last_second_and_shares_and_quantiles_of_the_last_minute() {
    let mut process = Process::new();
    process.turn("completed");
    process.read(0, 0.0);
    // What was before the first reading is not counted.
    assert_eq!(process.now("turns_per_s"), None);
    assert_eq!(process.now("error_rate"), None);
    process.turn("failed");
    process.recall.observe(0.003);
    process.read(1, 0.0);
    assert_eq!(process.now("turns_per_s"), Some(1.0));
    assert_eq!(process.now("error_rate"), Some(1.0));
    assert_eq!(process.now("recall_p50_ms"), Some(3.0));
    process.turn("completed");
    process.read(2, 7.0);
    process.read(3, 2.0);
    assert_eq!(process.now("turns_per_s"), Some(0.0));
    assert_eq!(process.now("error_rate"), Some(0.5));
    assert_eq!(process.now("queued"), Some(2.0));
    process.read(70, 0.0);
    assert_eq!(process.now("error_rate"), None);
    assert_eq!(process.now("recall_p50_ms"), None);
    // The library does not measure it.
    assert_eq!(process.now("memory_used_bytes"), None);
}

#[test]
fn a_second_that_was_not_measured_has_no_values_and_neither_has_the_first_after_it() {
    let mut process = Process::new();
    for second in [10, 11, 12, 20, 21] {
        process.read(second, second as f64);
    }
    let seconds = process.ring.seconds(start(9), start(23));
    let queued: Vec<Option<f64>> = seconds
        .into_iter()
        .map(|sample| sample.and_then(|sample| sample["queued"]))
        .collect();
    let (gap, some) = (None, |value| Some(value));
    assert_eq!(
        queued,
        [
            gap,
            gap,
            some(11.0),
            some(12.0),
            gap,
            gap,
            gap,
            gap,
            gap,
            gap,
            gap,
            gap,
            some(21.0),
            gap
        ]
    );
}

#[test]
fn a_summary_is_exact_and_says_how_much_of_its_time_it_covers() {
    let mut process = Process::new();
    process.read(59, 9.0);
    for second in 60..120 {
        if second % 2 == 0 {
            process.turn(if second < 66 { "failed" } else { "completed" });
        }
        // Half of the first ten, and one of the many that follow them, are slow.
        process.recall.observe(if second < 65 || second == 119 {
            0.003
        } else {
            0.000_5
        });
        process.read(second, (second % 10) as f64);
    }
    process.turn("failed");
    process.read(120, 99.0);
    let minute = process.ring.rollup(Resolution::Minute, start(60)).unwrap();
    assert_eq!((minute.start, minute.covered_s), (start(60), 60));
    let value = |series: &str| minute.values.get(series).copied();
    assert_eq!(value("turns"), Some(30.0));
    assert_eq!(value("turns_per_s"), Some(0.5));
    assert_eq!(value("error_rate"), Some(0.1));
    assert_eq!(value("queued"), Some(9.0));
    assert!((value("cpu").unwrap() - 0.45).abs() < 1e-9);
    assert_eq!(value("recall_p95_ms"), Some(3.0));
    assert_eq!(value("disk_free_bytes"), None);
    // The process began in this quarter of an hour, a second before the minute.
    let quarter = process.ring.rollup(Resolution::Quarter, start(0)).unwrap();
    assert_eq!(quarter.covered_s, 62);
    assert_eq!(quarter.values.get("turns"), Some(&31.0));
    assert_eq!(process.ring.rollup(Resolution::Minute, start(180)), None);
}

#[test]
fn what_is_older_than_a_quarter_of_an_hour_and_a_minute_is_forgotten() {
    let mut process = Process::new();
    for second in 0..2_000 {
        process.read(second, 0.0);
    }
    let known = process.ring.seconds(start(0), start(2_000));
    assert_eq!(known.iter().flatten().count(), 16 * 60);
    // The clock was set back.
    process.read(5, 1.0);
    assert_eq!(
        process
            .ring
            .seconds(start(0), start(3_000))
            .iter()
            .flatten()
            .count(),
        0
    );
}

#[test]
fn a_history_has_the_finest_points_that_are_kept_and_not_too_many() {
    let day = 86_400;
    let now = start(100 * day);
    let step = |from: u64, until: u64| Step::choose(now, start(from), start(until)).seconds();
    let end = 100 * day;
    assert_eq!(step(end - 300, end), 1);
    assert_eq!(step(end - 900, end), 1);
    assert_eq!(step(end - 3_600, end), 60);
    assert_eq!(step(end - 2 * day, end), 60);
    assert_eq!(step(end - 7 * day, end), 900);
    assert_eq!(step(end - 30 * day, end), 900);
    // An hour of last week, and one of the week before.
    assert_eq!(step(end - 6 * day, end - 6 * day + 3_600), 60);
    assert_eq!(step(end - 8 * day, end - 8 * day + 3_600), 900);
}

#[test]
fn each_series_and_each_component_is_there_once_under_its_name() {
    let names: BTreeSet<&str> = SERIES.iter().map(|series| series.name).collect();
    assert_eq!(names.len(), SERIES.len());
    for (index, counter) in Counter::ALL.into_iter().enumerate() {
        assert_eq!(counter as usize, index);
    }
    for (index, component) in Component::ALL.into_iter().enumerate() {
        assert_eq!(component as usize, index);
        for quantile in ["p50", "p95", "p99"] {
            let name = format!("{}_{quantile}_ms", component.as_str());
            assert!(names.contains(name.as_str()), "{name}");
        }
    }
}
