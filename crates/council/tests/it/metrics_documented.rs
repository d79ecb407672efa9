//! `docs/metrics.md` lists the metrics that there are, with their types and labels.
//!
//! Names are read from the sources, because a labelled metric is not served before it has its first sample; types and
//! labels are those that a server which has answered one question serves.

use crate::documents::{document, rows, rust_files};
use crate::program::World;
use council_models::gguf::writer::{TinyModel, write_tiny_model};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How the names of our own metrics begin: Council's, and those that the original dashboards read.
const PREFIXES: [&str; 3] = ["council_", "autogen_", "swarm_"];

/// A metric's type and its labels.
type Form = (String, BTreeSet<String>);

#[test]
fn every_metric_in_the_sources_is_documented_and_none_besides() {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap() {
        rust_files(&entry.unwrap().path().join("src"), &mut files);
    }
    let mut in_sources = BTreeSet::new();
    for path in files.iter().filter(|path| !path.ends_with("tests.rs")) {
        let text = std::fs::read_to_string(path).unwrap();
        in_sources.extend(
            text.split('"')
                .filter(|literal| is_ours(literal))
                .map(str::to_owned),
        );
    }
    assert!(in_sources.len() > 10, "the search is broken: {in_sources:?}");
    let documented: BTreeSet<String> = documented().into_keys().filter(|name| is_ours(name)).collect();
    assert_eq!(
        documented, in_sources,
        "left: docs/metrics.md, right: crates/*/src"
    );
}

#[test]
fn metrics_are_served_with_the_documented_types_and_labels() {
    let world = World::new();
    let models = world.path().join("models");
    std::fs::create_dir(&models).unwrap();
    // Installed and never loaded: enough to be counted.
    write_tiny_model(&models.join("tiny.gguf"), &TinyModel::default()).unwrap();
    let server = world.serve(&["--scripted", "--models-dir", "models"]);
    let asked = world.run(&["ask", "--url", &server.url, "two words"]);
    assert_eq!(asked.code, Some(0), "{asked:?}");

    let served = served(&server.get("/metrics"));
    for name in [
        "council_model_step_seconds",
        "council_inter_token_seconds",
        "council_http_requests_total",
    ] {
        assert!(served.contains_key(name), "{name} is not served: {served:?}");
    }
    let documented = documented();
    for (name, form) in &served {
        assert_eq!(
            documented.get(name),
            Some(form),
            "{name}: left: docs/metrics.md, right: GET /metrics"
        );
    }
}

/// Form by name, from the document's tables: name, type, labels, unit, meaning.
fn documented() -> BTreeMap<String, Form> {
    let form = |row: &Vec<String>| {
        let labels = row[2].split(", ").filter(|label| *label != "-");
        let labels = labels.map(|label| label.trim_matches('`').to_owned()).collect();
        (row[0].clone(), (row[1].clone(), labels))
    };
    rows(&document("metrics.md")).iter().map(form).collect()
}

/// Form by name, from the Prometheus text format.
fn served(text: &str) -> BTreeMap<String, Form> {
    let mut forms: BTreeMap<String, Form> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            name.clone_into(&mut current);
            forms.insert(name.to_owned(), (kind.to_owned(), BTreeSet::new()));
        } else if let Some((_, rest)) = line.split_once('{').filter(|_| !line.starts_with('#')) {
            // `a="x",b="y"} 1`: each label's name stands before `="`, after the end of the value before.
            let names = rest
                .split("=\"")
                .map(|part| part.rsplit(['"', ',']).next().unwrap_or(part));
            let count = rest.matches("=\"").count();
            let (_, labels) = forms.get_mut(&current).unwrap();
            labels.extend(names.take(count).filter(|name| *name != "le").map(str::to_owned));
        }
    }
    forms
}

fn is_ours(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
