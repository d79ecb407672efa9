//! Grafana's dashboards and the rules of Prometheus, asked of a Prometheus that watches a server: an expression that shows
//! nothing is a mistake in it, or in what the server serves.

use super::busy::Busy;
use super::deployed;
use super::prometheus::{Prometheus, shows_something};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How long everything may take to show something: far longer than it does.
const PATIENCE: Duration = Duration::from_secs(90);

/// Expressions with one of these need something that cannot happen here.
const NEEDS_MORE: [(&str, &str); 5] = [
    ("council_machine_gpu_", "a graphics processor"),
    (
        "council_model_step_",
        "an engine: these programs may be built without",
    ),
    ("council_model_queue_seconds_bucket", "an engine"),
    ("council_model_load_seconds_bucket", "an engine"),
    ("council_model_prompt_tokens_computed_total", "an engine"),
];

/// One query of a panel.
#[derive(Debug)]
struct Target {
    place: String,
    expression: String,
}

fn dashboards() -> BTreeMap<String, Value> {
    let entries = std::fs::read_dir(deployed("grafana/dashboards")).unwrap();
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (
            name,
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap(),
        )
    };
    entries.map(|entry| read(entry.unwrap().path())).collect()
}

/// Panels that are no headings.
fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    let panels = dashboard["panels"].as_array().unwrap();
    panels.iter().filter(|panel| panel["type"] != "row")
}

/// Every query, with Grafana's variables as they are at first.
fn targets() -> Vec<Target> {
    let mut targets = Vec::new();
    for (file, dashboard) in &dashboards() {
        for panel in panels(dashboard) {
            for target in panel["targets"].as_array().unwrap() {
                let expression = target["expr"].as_str().unwrap();
                targets.push(Target {
                    place: format!("{file}, {}", panel["title"]),
                    expression: expression
                        .replace("$__rate_interval", "15s")
                        .replace("$instance", ".*"),
                });
            }
        }
    }
    targets
}

#[test]
fn every_panel_and_every_rule_shows_what_a_running_server_does() {
    let busy = Busy::start();
    let prometheus = Prometheus::of(&busy.server);
    let mut open = targets();
    assert!(open.len() > 100, "the search is broken: {open:?}");
    let recorded = recorded();
    open.extend(recorded.into_iter().map(|name| Target {
        place: "rules.yml".to_owned(),
        expression: name,
    }));
    open.extend(selectors_of_alerts());
    let begun = Instant::now();
    let mut round = 0;
    while !open.is_empty() && begun.elapsed() < PATIENCE {
        round += 1;
        busy.live(round);
        open.retain(|target| {
            let samples = prometheus.query(&target.expression);
            let samples = samples.unwrap_or_else(|error| unreachable!("{target:?}: {error}"));
            !shows_something(&samples)
        });
        if open.iter().all(|target| excused(&target.expression)) && begun.elapsed() > PATIENCE / 4 {
            break;
        }
    }
    open.retain(|target| !excused(&target.expression));
    let silent: Vec<String> = open
        .iter()
        .map(|target| format!("{}: {}", target.place, target.expression))
        .collect();
    assert!(silent.is_empty(), "these show nothing: {silent:#?}");
    for rule in prometheus.rules() {
        assert_eq!(rule["health"], "ok", "{rule}");
    }
}

/// Whether something is missing here that the expression needs.
fn excused(expression: &str) -> bool {
    NEEDS_MORE.iter().any(|(part, _)| expression.contains(part))
}

/// Names of recorded series.
fn recorded() -> Vec<String> {
    let text = std::fs::read_to_string(deployed("prometheus/rules.yml")).unwrap();
    let names = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- record: "));
    names.map(str::to_owned).collect()
}

/// What alerts look at, as long as nothing is wrong: the series, without what is compared.
fn selectors_of_alerts() -> Vec<Target> {
    let text = std::fs::read_to_string(deployed("prometheus/rules.yml")).unwrap();
    let mut selectors = BTreeSet::new();
    for block in text.split("- alert: ").skip(1) {
        let expression = block.split("expr:").nth(1).unwrap();
        let expression = expression.split("labels:").next().unwrap();
        let expression = expression.split("for: ").next().unwrap();
        for (at, _) in expression
            .match_indices("council_")
            .chain(expression.match_indices("process_"))
        {
            let before = expression[..at].chars().next_back();
            if before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == ':') {
                continue;
            }
            let rest = &expression[at..];
            let name = rest
                .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .map_or(rest, |end| &rest[..end]);
            let labels = rest[name.len()..]
                .strip_prefix('{')
                .and_then(|labels| labels.split_once('}'));
            let labels = labels.map_or(String::new(), |(labels, _)| format!("{{{labels}}}"));
            selectors.insert(format!("{name}{labels}"));
        }
    }
    assert!(selectors.len() > 20, "the search is broken: {selectors:?}");
    selectors
        .into_iter()
        .map(|expression| Target {
            place: "an alert of rules.yml".to_owned(),
            expression,
        })
        .collect()
}

#[test]
fn dashboards_are_of_this_age_and_every_panel_says_what_it_shows() {
    let known = ["timeseries", "stat", "gauge", "bargauge", "state-timeline"];
    let mut uids = BTreeSet::new();
    for (file, dashboard) in &dashboards() {
        let uid = dashboard["uid"].as_str().unwrap();
        assert_eq!(*file, format!("{uid}.json"));
        assert!(uids.insert(uid.to_owned()));
        // Grafana 12 writes 41.
        assert!(dashboard["schemaVersion"].as_u64() >= Some(41), "{file}");
        let mut ids = BTreeSet::new();
        let mut taken: Vec<[i64; 4]> = Vec::new();
        for panel in dashboard["panels"].as_array().unwrap() {
            assert!(
                ids.insert(panel["id"].as_u64().unwrap()),
                "{file}: an id comes twice"
            );
            let place = ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_i64().unwrap());
            let [x, y, w, h] = place;
            assert!(x + w <= 24, "{file}: {} is too wide", panel["title"]);
            let apart =
                |[ox, oy, ow, oh]: &[i64; 4]| ox + ow <= x || x + w <= *ox || oy + oh <= y || y + h <= *oy;
            assert!(
                taken.iter().all(apart),
                "{file}: {} lies over another",
                panel["title"]
            );
            taken.push(place);
        }
        for panel in panels(dashboard) {
            let title = panel["title"].as_str().unwrap();
            let kind = panel["type"].as_str().unwrap();
            assert!(known.contains(&kind), "{file}, {title}: `{kind}`");
            assert!(
                panel["description"]
                    .as_str()
                    .is_some_and(|text| text.ends_with('.')),
                "{file}, {title}"
            );
            assert!(
                panel["fieldConfig"]["defaults"]["unit"].is_string(),
                "{file}, {title}: no unit"
            );
            assert_eq!(panel["datasource"]["uid"], "${datasource}", "{file}, {title}");
            for target in panel["targets"].as_array().unwrap() {
                let legend = target["legendFormat"].as_str().unwrap();
                assert!(!legend.is_empty(), "{file}, {title}: no legend");
                let expression = target["expr"].as_str().unwrap();
                let labels: Vec<&str> = legend
                    .split("{{")
                    .skip(1)
                    .filter_map(|part| part.split("}}").next())
                    .collect();
                // What is summed away is not there to be named.
                for label in labels
                    .iter()
                    .filter(|_| expression.contains(" by (") && !expression.contains(" by (le)"))
                {
                    assert!(expression.contains(label), "{file}, {title}: no label {label}");
                }
            }
        }
    }
    assert_eq!(uids.len(), 6, "{uids:?}");
}

#[test]
fn grafana_finds_dashboards_and_prometheus_where_the_containers_have_them() {
    let read = |path: &str| std::fs::read_to_string(deployed(path)).unwrap();
    let provider = read("grafana/provisioning/dashboards/council.yaml");
    assert!(
        provider.contains("path: /var/lib/grafana/dashboards"),
        "{provider}"
    );
    let source = read("grafana/provisioning/datasources/council.yaml");
    assert!(source.contains("url: http://prometheus:9090"), "{source}");
    // `$__rate_interval` is made of the time between two scrapes.
    let scraped = read("prometheus/prometheus.yml");
    let line = |text: &str, key: &str| {
        let found = text
            .lines()
            .find_map(|line| line.trim().strip_prefix(key).map(str::to_owned));
        found.unwrap_or_default()
    };
    assert_eq!(
        line(&scraped, "scrape_interval: "),
        line(&source, "timeInterval: ")
    );
}
