//! What the rules find, and when an alert is told.

use super::{Alerts, Facts, KEPT, Severity, findings};
use council_core::Timestamp;

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

fn memory(share: f64) -> Facts {
    Facts {
        memory_used_bytes: Some(share * 1e9),
        memory_total_bytes: Some(1e9),
        ..Facts::default()
    }
}

#[test]
fn nothing_is_found_where_nothing_can_be_measured_or_all_is_well() {
    assert_eq!(findings(&Facts::default()), []);
    let well = Facts {
        disk_free_bytes: Some(5e9),
        budget_day: Some(0.79),
        turns: 10.0,
        // One failure says nothing.
        turns_failed: 1.0,
        ..memory(0.9)
    };
    assert_eq!(findings(&well), []);
}

#[test]
fn each_rule_says_what_is_the_case_and_what_to_do() {
    let ill = Facts {
        memory_used_bytes: Some(15.5 * f64::from(1 << 30)),
        memory_total_bytes: Some(16.0 * f64::from(1 << 30)),
        disk_free_bytes: Some(f64::from(100 << 20)),
        budget_day: Some(0.8),
        budget_month: Some(1.0),
        turns: 4.0,
        turns_failed: 2.0,
        refused: 3.0,
        failed_models: vec![("tiny".to_owned(), "its file is damaged".to_owned())],
    };
    let found = findings(&ill);
    let said: Vec<(&str, &str, Severity)> = found
        .iter()
        .map(|one| (one.rule, one.message.as_str(), one.severity))
        .collect();
    use Severity::{Critical, Warning};
    assert_eq!(
        said,
        [
            (
                "memory",
                "memory is nearly full: 15.5 of 16.0 GiB are used; unload a model or close another program",
                Warning
            ),
            (
                "disk",
                "the disk of the data directory is nearly full: 100 MiB are free; free some",
                Critical
            ),
            (
                "budget",
                "80 % of the daily budget is spent or set aside; past it, only local models answer",
                Warning
            ),
            (
                "budget",
                "100 % of the monthly budget is spent or set aside; local models still answer; raise the cap to ask others",
                Critical
            ),
            (
                "errors",
                "2 of 4 requests failed in the last minute; `GET /v1/routes?outcome=failed` says why",
                Critical
            ),
            (
                "queue",
                "the queue is full: 3 requests were refused in the last minute; send fewer at once, or let more wait",
                Critical
            ),
            (
                "model_failed",
                "model `tiny` does not run: its file is damaged",
                Critical
            ),
        ]
    );
}

#[test]
fn an_alert_is_told_when_it_begins_gets_worse_and_ends_and_not_in_between() {
    let mut alerts = Alerts::default();
    let told = |alerts: &mut Alerts, second, share| {
        let changed = alerts.update(at(second), findings(&memory(share)));
        changed
            .into_iter()
            .map(|alert| (alert.finding.severity, alert.since, alert.resolved))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&mut alerts, 1, 0.93), [(Severity::Warning, at(1), None)]);
    assert_eq!(told(&mut alerts, 2, 0.94), []);
    assert_eq!(told(&mut alerts, 3, 0.98), [(Severity::Critical, at(1), None)]);
    // Away for less than it takes.
    assert_eq!(told(&mut alerts, 4, 0.5), []);
    assert_eq!(told(&mut alerts, 12, 0.97), []);
    assert_eq!(told(&mut alerts, 21, 0.5), []);
    assert_eq!(
        told(&mut alerts, 22, 0.5),
        [(Severity::Critical, at(1), Some(at(22)))]
    );
    assert_eq!(told(&mut alerts, 23, 0.95), [(Severity::Warning, at(23), None)]);
    let all = alerts.all();
    let resolved: Vec<_> = all.iter().map(|alert| alert.resolved).collect();
    assert_eq!(resolved, [None, Some(at(22))]);
    assert_eq!(all[0].finding.value, Some(0.95));
}

#[test]
fn what_is_over_is_forgotten_in_the_end() {
    let mut alerts = Alerts::default();
    for round in 0..KEPT as u64 + 5 {
        alerts.update(at(round * 20), findings(&memory(0.99)));
        alerts.update(at(round * 20 + 10), Vec::new());
    }
    assert_eq!(alerts.all().len(), KEPT);
}
