//! `docs/metrics.md` says what a server serves: its tables are made of what `/metrics` says of itself, and
//! `UPDATE_METRICS=1` writes them anew.
//!
//! A metric that has no series before its first event would be missing there. So each is made to appear when it is
//! registered, and one that is not is found by its name in the sources.

use crate::documents::{document, rust_files};
use crate::monitored::{promtool, scraped};
use council_core::Caps;
use council_server::monitor::exported::MonitorMetrics;
use council_server::monitor::machine::{GpuState, MachineState};
use prometheus::{Registry, TextEncoder};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// How the names of our own metrics begin: Council's, and those that the original dashboards read.
const PREFIXES: [&str; 3] = ["council_", "autogen_", "swarm_"];

/// What follows this line is generated.
const MARK: &str =
    "<!-- The tables are generated: UPDATE_METRICS=1 cargo test -p council --test it metrics -->";

/// Headings, what stands below each, and how the names below it begin. What none of them has is listed under the first word of
/// its name.
const COMPONENTS: &[(&str, &str, &[&str])] = &[
    (
        "Turns",
        "One request to a model, whatever route it came by; it counts when it is settled, however it ended \
         (`crates/council-agent/src/metrics.rs`).",
        &[
            "council_turn",
            "council_first_token",
            "council_inter_token",
            "council_tokens",
            "council_cost",
        ],
    ),
    (
        "Routing and budget",
        "Who answers, and what may be spent ([router.md](router.md); `crates/council-agent/src/metrics/routing.rs`).",
        &["council_route", "council_answer", "council_budget"],
    ),
    (
        "Tools",
        "Calls of [Council's own tools](tools.md) (`crates/council-agent/src/tools/metrics.rs`).",
        &["council_tool_"],
    ),
    (
        "The council",
        "Votes of several voices ([council.md](council.md); `crates/council-agent/src/vote/metrics.rs`).",
        &["council_vote"],
    ),
    (
        "Models",
        "Installed models, each with its own worker process (`crates/council-models/src/metrics.rs`). Remote and scripted \
         models have a state only.",
        &["council_model"],
    ),
    (
        "Remote models",
        "Providers, each with its circuit breaker (`crates/council-models/src/remote/metrics.rs`), and the gate before them \
         (`crates/council-agent/src/guarded/metrics.rs`): [cloud.md](cloud.md), [privacy.md](privacy.md). Their series are there \
         where a remote model is configured.",
        &[
            "council_provider",
            "council_pool",
            "council_egress",
            "council_privacy",
        ],
    ),
    (
        "Memory",
        "`/v1/memory`, and learning in the background (`crates/council-agent/src/memory/metrics.rs`).",
        &["council_memory"],
    ),
    (
        "Sandbox",
        "Programs that are run, whoever asked: `/v1/sandbox/run`, a turn, a tool \
         (`crates/council-agent/src/sandbox/metered.rs`).",
        &["council_sandbox"],
    ),
    (
        "HTTP",
        "Requests, as the server sees them (`crates/council-server/src/middleware/metrics.rs`).",
        &["council_http"],
    ),
    (
        "Store",
        "The database (`crates/council/src/app/metrics.rs`).",
        &["council_store"],
    ),
    (
        "Machine",
        "What the monitor measures once a second ([monitoring.md](monitoring.md); \
         `crates/council-server/src/monitor/exported.rs`). What cannot be measured has no series.",
        &["council_machine", "council_build", "council_target"],
    ),
    (
        "Telemetry",
        "Traces, where a collector is configured ([traces.md](traces.md); `crates/council/src/telemetry/export.rs`).",
        &["council_telemetry"],
    ),
    (
        "Names of the original dashboards",
        "They stay beside those above (`crates/council-server/src/stats.rs`, and the metrics of memory and sandbox).",
        &["autogen_", "swarm_"],
    ),
    (
        "Process",
        "The server itself, without its workers; on Linux only.",
        &["process_"],
    ),
];

/// What `/metrics` says of one metric.
#[derive(Clone, Debug, Default, PartialEq)]
struct Family {
    help: String,
    kind: String,
    labels: BTreeSet<String>,
}

#[test]
fn the_page_of_metrics_is_what_a_server_serves() {
    let text = scraped() + &of_a_machine_with_a_graphics_processor();
    let served = families(&text);
    let in_sources = named_in_sources();
    let missing: Vec<&String> = in_sources
        .iter()
        .filter(|name| !served.contains_key(*name))
        .collect();
    assert!(
        missing.is_empty(),
        "these are served only after something happened; make their series where they are registered: {missing:?}"
    );
    let unknown: Vec<&String> = served
        .keys()
        .filter(|name| is_ours(name) && !in_sources.contains(*name))
        .collect();
    assert!(unknown.is_empty(), "the search of the sources misses {unknown:?}");

    let page = document("metrics.md");
    let (preface, kept) = page.split_once(MARK).unwrap_or((&page, ""));
    let tables = tables(&served);
    #[expect(clippy::disallowed_methods, reason = "how snapshots are updated")]
    let update = std::env::var_os("UPDATE_METRICS").is_some();
    if update {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
        std::fs::write(path, format!("{preface}{MARK}\n{tables}")).unwrap();
        return;
    }
    assert_eq!(
        kept.trim(),
        tables.trim(),
        "docs/metrics.md is not what is served; if it should be, run this test with UPDATE_METRICS=1"
    );
}

#[test]
fn metrics_are_named_and_described_as_prometheus_wants_them() {
    let text = scraped();
    for (name, family) in families(&text).iter().filter(|(name, _)| is_ours(name)) {
        let help = &family.help;
        assert!(help.len() >= 20 && help.ends_with('.'), "{name}: {help:?}");
    }
    // Names of others, and of the original, are as they are.
    let ours: String = text
        .split_inclusive('\n')
        .filter(|line| line.contains("council_"))
        .filter(|line| !line.contains("As `council_"))
        .collect();
    let (ok, said) = promtool(&["check", "metrics"], &ours);
    assert!(ok, "promtool check metrics: {said}");
}

/// The families that are served only where the hardware is.
fn of_a_machine_with_a_graphics_processor() -> String {
    let registry = Registry::new();
    let metrics = MonitorMetrics::register(&registry, "0").unwrap();
    let machine = MachineState {
        gpus: vec![GpuState {
            name: "one".to_owned(),
            busy: Some(0.0),
            memory_total_bytes: Some(0),
            memory_used_bytes: Some(0),
            temperature_c: Some(0.0),
            power_w: Some(0.0),
        }],
        ..MachineState::default()
    };
    metrics.show(&machine, None, Caps::default(), &[]);
    TextEncoder::new().encode_to_string(&registry.gather()).unwrap()
}

/// Names of metrics that stand in the code, its tests apart.
fn named_in_sources() -> BTreeSet<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap() {
        rust_files(&entry.unwrap().path().join("src"), &mut files);
    }
    let mut names = BTreeSet::new();
    for path in files.iter().filter(|path| !path.ends_with("tests.rs")) {
        let text = std::fs::read_to_string(path).unwrap();
        let literals = text
            .split('"')
            .filter(|literal| is_ours(literal) && *literal != council_core::TRACE);
        names.extend(literals.map(str::to_owned));
    }
    assert!(names.len() > 10, "the search is broken: {names:?}");
    names
}

/// Families by name, from the Prometheus text format. Of one that comes twice the labels are joined.
fn families(text: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            help.clone_into(&mut families.entry(name.to_owned()).or_default().help);
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            name.clone_into(&mut current);
            kind.clone_into(&mut families.entry(name.to_owned()).or_default().kind);
        } else if let Some((_, rest)) = line.split_once('{').filter(|_| !line.starts_with('#')) {
            // `a="x",b="y"} 1`: each label's name stands before `="`, after the end of the value before.
            let names = rest
                .split("=\"")
                .map(|part| part.rsplit(['"', ',']).next().unwrap_or(part));
            let count = rest.matches("=\"").count();
            let labels = names.take(count).filter(|name| *name != "le").map(str::to_owned);
            families.get_mut(&current).unwrap().labels.extend(labels);
        }
    }
    families
}

/// Heading, what it is about, the metrics.
type Section<'a> = (String, &'a str, Vec<(&'a String, &'a Family)>);

/// The generated part of the page.
fn tables(served: &BTreeMap<String, Family>) -> String {
    let mut sections: Vec<Section<'_>> = COMPONENTS
        .iter()
        .map(|(heading, about, _)| ((*heading).to_owned(), *about, Vec::new()))
        .collect();
    for (name, family) in served {
        let known = COMPONENTS
            .iter()
            .position(|(_, _, prefixes)| prefixes.iter().any(|prefix| name.starts_with(prefix)));
        let at = known.unwrap_or_else(|| {
            let word = name.split('_').nth(1).unwrap_or(name);
            let heading = word[..1].to_uppercase() + &word[1..];
            let found = sections.iter().position(|(one, _, _)| *one == heading);
            found.unwrap_or_else(|| {
                sections.push((heading, "", Vec::new()));
                sections.len() - 1
            })
        });
        sections[at].2.push((name, family));
    }
    let mut text = String::new();
    for (heading, about, families) in sections.iter().filter(|(_, _, families)| !families.is_empty()) {
        let about = if about.is_empty() {
            String::new()
        } else {
            format!("{about}\n\n")
        };
        write!(
            text,
            "\n## {heading}\n\n{about}| name | type | unit | labels | what it is |\n|---|---|---|---|---|\n"
        )
        .unwrap();
        for (name, family) in families {
            let labels: Vec<String> = family.labels.iter().map(|label| format!("`{label}`")).collect();
            let labels = if labels.is_empty() {
                "-".to_owned()
            } else {
                labels.join(", ")
            };
            let help = family.help.replace('|', "\\|");
            writeln!(
                text,
                "| `{name}` | {} | {} | {labels} | {help} |",
                family.kind,
                unit(name)
            )
            .unwrap();
        }
    }
    text
}

/// What a metric counts in, which its name says.
fn unit(name: &str) -> &'static str {
    let name = name.strip_suffix("_total").unwrap_or(name);
    for (end, unit) in [
        ("_seconds", "seconds"),
        ("_bytes", "bytes"),
        ("_usd", "US dollars"),
        ("_tokens", "tokens"),
        ("_tokens_computed", "tokens"),
        ("_ratio", "ratio"),
        ("_confidence", "ratio"),
        ("_agreement", "ratio"),
        ("_celsius", "degrees Celsius"),
        ("_watts", "watts"),
        ("_ms_avg", "milliseconds"),
        ("_info", "-"),
        ("_state", "-"),
    ] {
        if name.ends_with(end) {
            return unit;
        }
    }
    "count"
}

fn is_ours(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
