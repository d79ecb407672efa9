//! Recording and alert rules: whether promtool takes them, each is tested, and a person finds out what to do.

use super::{deployed, promtool};
use crate::documents::document;
use std::collections::BTreeSet;

fn rules() -> String {
    std::fs::read_to_string(deployed("prometheus/rules.yml")).unwrap()
}

/// Names of the alerts, in their order.
fn alerts() -> Vec<String> {
    let text = rules();
    let names = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    names.map(str::to_owned).collect()
}

#[test]
fn the_configuration_of_prometheus_and_its_rules_are_taken_by_promtool() {
    let config = deployed("prometheus/prometheus.yml");
    let (ok, said) = promtool(&["check", "config", config.to_str().unwrap()], "");
    assert!(ok, "{said}");
    let (ok, said) = promtool(
        &[
            "check",
            "rules",
            deployed("prometheus/rules.yml").to_str().unwrap(),
        ],
        "",
    );
    assert!(ok, "{said}");
}

#[test]
fn every_alert_holds_when_it_should_and_not_before() {
    let tests = deployed("prometheus/rules_test.yml");
    let (ok, said) = promtool(&["test", "rules", tests.to_str().unwrap()], "");
    assert!(ok, "{said}");
    let text = std::fs::read_to_string(tests).unwrap();
    let names = alerts();
    assert!(names.len() > 20, "the search is broken: {names:?}");
    for name in names {
        let asked = text.matches(&format!("alertname=\"{name}\"")).count();
        assert!(asked >= 2, "{name} is not tested both before and after its cause");
    }
}

#[test]
fn every_alert_says_what_is_the_case_and_where_it_is_explained() {
    let page = document("alerts.md");
    let sections: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let text = rules();
    let blocks: Vec<&str> = text.split("- alert: ").skip(1).collect();
    for block in &blocks {
        let name = block.lines().next().unwrap();
        for needed in ["summary: \"", "description: \"", "severity: "] {
            assert!(block.contains(needed), "{name} has no {needed}");
        }
        let severity = block.split("severity: ").nth(1).unwrap();
        assert!(
            ["info", "warning", "critical"]
                .iter()
                .any(|known| severity.starts_with(known)),
            "{name}: {severity}"
        );
        let link = format!("runbook_url: docs/alerts.md#{}", name.to_lowercase());
        assert!(block.contains(&link), "{name} does not link {link}");
        assert!(sections.contains(name), "docs/alerts.md has no section `{name}`");
    }
    let known: BTreeSet<String> = alerts().into_iter().collect();
    let told: Vec<&&str> = sections
        .iter()
        .filter(|heading| heading.starts_with("Council") && !known.contains(**heading))
        .collect();
    assert!(
        told.is_empty(),
        "docs/alerts.md explains alerts that are not there: {told:?}"
    );
}
