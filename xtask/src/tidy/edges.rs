//! The direction of dependencies: a graph three deep, in which siblings never see each other.

use cargo_metadata::Package;

/// Which crate may use which; `council` wires everything. Adding an edge is a design decision: see
/// `ARCHITECTURE.md`, invariant 1. Dependencies of tests count too, because a test that needs a sibling says that
/// the trait between them is wrong.
const ALLOWED: &[(&str, &[&str])] = &[
    ("council-core", &[]),
    ("council-models", &["council-core"]),
    ("council-store", &["council-core"]),
    ("council-sandbox", &["council-core"]),
    ("council-agent", &["council-core"]),
    ("council-server", &["council-agent", "council-core"]),
    ("council-skills", &["council-core"]),
    (
        "council",
        &[
            "council-agent",
            "council-core",
            "council-models",
            "council-sandbox",
            "council-server",
            "council-skills",
            "council-store",
        ],
    ),
    ("xtask", &[]),
];

/// Outside crates that only some of ours may use, because each stands for a duty of that crate.
const RESERVED: &[(&str, &[&str])] = &[
    ("axum", &["council-server", "council"]),
    ("clap", &["council"]),
    ("deadpool-postgres", &["council-store"]),
    ("landlock", &["council-sandbox"]),
    ("hyper-util", &["council-server"]),
    ("llama-cpp-2", &["council-models"]),
    ("llama-cpp-sys-2", &["council-models"]),
    // What leaves passes the gate, and the gate makes the clients.
    ("reqwest", &["council-models", "council"]),
    ("rusqlite", &["council-store"]),
    ("seccompiler", &["council-sandbox"]),
    ("tokio-postgres", &["council-store"]),
    ("utoipa", &["council-server"]),
];

/// A dependency of one crate on another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: String,
    pub(super) to: String,
    /// Only tests use it.
    pub(super) dev: bool,
}

/// Everything about the workspace's dependencies that breaks the design.
pub(super) fn check(packages: &[Package]) -> Vec<String> {
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let edges: Vec<Edge> = packages
        .iter()
        .flat_map(|package| {
            package.dependencies.iter().map(|dependency| Edge {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                dev: dependency.kind == cargo_metadata::DependencyKind::Development,
            })
        })
        .collect();
    let mut problems = folder_names(packages);
    problems.extend(check_edges(&names, &edges));
    problems
}

pub(super) fn check_edges(names: &[&str], edges: &[Edge]) -> Vec<String> {
    let mut problems = Vec::new();
    for name in names {
        if !ALLOWED.iter().any(|(crate_name, _)| crate_name == name) {
            problems.push(format!(
                "crate `{name}` is not in the table of xtask/src/tidy/edges.rs: add it there"
            ));
        }
    }
    for Edge { from, to, dev } in edges {
        let allowed = ALLOWED
            .iter()
            .find(|(name, _)| name == from)
            .map_or(&[][..], |(_, allowed)| allowed);
        if names.contains(&to.as_str()) && !allowed.contains(&to.as_str()) {
            problems.push(format!(
                "`{from}` must not depend on `{to}` (allowed: {}); meet at a trait of council-core instead",
                if allowed.is_empty() {
                    "nothing of ours".to_owned()
                } else {
                    allowed.join(", ")
                }
            ));
        }
        // A test may play the other side, such as an HTTP server.
        let reserved = RESERVED.iter().find(|(name, _)| name == to);
        if let Some((_, users)) = reserved
            && !dev
            && !users.contains(&from.as_str())
        {
            problems.push(format!(
                "`{from}` must not use `{to}`, which is the business of {}",
                users.join(", ")
            ));
        }
    }
    problems
}

fn folder_names(packages: &[Package]) -> Vec<String> {
    let differs = |package: &&Package| {
        let folder = package
            .manifest_path
            .parent()
            .and_then(|folder| folder.file_name());
        folder != Some(package.name.as_str())
    };
    packages
        .iter()
        .filter(differs)
        .map(|package| {
            format!(
                "crate `{}` lives in a folder of another name: {}",
                package.name, package.manifest_path
            )
        })
        .collect()
}
