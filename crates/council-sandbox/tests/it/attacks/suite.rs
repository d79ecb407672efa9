//! The whole suite against one backend: what it does not stop must be exactly what is known of it.

use super::super::support::{config, config_of_an_ordinary_user, opened};
use council_core::sandbox::{Backend, Sandbox};
use council_sandbox::Namespaces;
use council_sandbox::attacks::{self, Ground, Group, Verdict, Way};
use std::collections::BTreeSet;
use std::path::Path;

/// Puts the attacks of these groups to a backend. `gaps` names a file below `tests/it/gaps` with a line `group/name` for
/// each attack that this backend is known not to stop; a gap that is closed fails as well, so that the list stays true.
/// One that begins with `?` may be either.
pub(crate) async fn put(sandbox: &dyn Sandbox, ground: &Ground, groups: &[Group], gaps: Option<&str>) {
    let which = attacks::all().filter(|attack| groups.contains(&attack.group));
    let outcomes = attacks::run(sandbox, ground, which).await;
    assert!(!outcomes.is_empty());
    let mut known = gaps.map(|name| known_gaps(name, groups)).unwrap_or_default();
    let mut wrong = Vec::new();
    for outcome in &outcomes {
        println!("{outcome} ({} ms)", outcome.took.as_millis());
        let name = format!("{}/{}", outcome.attack.group, outcome.attack.name);
        let (is_known, is_open) = (known.remove(&name), known.remove(&format!("?{name}")));
        match (&outcome.verdict, is_known) {
            (Verdict::Held(_), false) | (Verdict::Breached(_), true) => {}
            (Verdict::Breached(_), false) if is_open => {}
            (Verdict::Held(_), true) => {
                wrong.push(format!("{outcome}: no gap any more; take it from the list"));
            }
            (Verdict::Breached(_) | Verdict::Failed(_), _) => {
                wrong.push(format!("{outcome}. {}", outcome.attack.harm));
            }
        }
    }
    wrong.extend(
        known
            .into_iter()
            .map(|name| format!("{name} is in the list of gaps and is no attack")),
    );
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        outcomes.len(),
        wrong.join("\n")
    );
}

fn known_gaps(name: &str, groups: &[Group]) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/gaps")
        .join(name);
    let of_these = |line: &String| {
        let group = line.trim_start_matches('?').split('/').next();
        groups.iter().any(|known| Some(known.name()) == group)
    };
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim().to_owned());
    lines.filter(of_these).collect()
}

/// Variables that cargo gives to this process and that no program needs to see.
pub(crate) fn own_variables() -> Vec<String> {
    let block = std::fs::read("/proc/self/environ").unwrap();
    let names: Vec<String> = String::from_utf8_lossy(&block)
        .split('\0')
        .filter_map(|entry| Some(entry.split_once('=')?.0.to_owned()))
        .filter(|name| name.starts_with("CARGO_"))
        .collect();
    assert!(!names.is_empty(), "run by cargo there are variables of cargo's");
    names
}

/// The ground first: what a careless sandbox inherits must be there when it starts.
async fn namespaces(group: Group) {
    let ground = Ground::open(&own_variables()).unwrap();
    let sandbox = Namespaces::start(config()).await.unwrap();
    put(&sandbox, &ground, &[group], None).await;
}

async fn namespaces_of_an_ordinary_user(group: Group) {
    let ground = Ground::open(&own_variables()).unwrap();
    let (config, _folder) = config_of_an_ordinary_user();
    let sandbox = Namespaces::start(config).await.unwrap();
    put(&sandbox, &ground, &[group], None).await;
}

/// All probes by another way into the box.
async fn namespaces_by(way: Way) {
    let ground = Ground::open(&own_variables()).unwrap();
    let sandbox = Namespaces::start(config()).await.unwrap();
    let outcomes = attacks::run_by(way, &sandbox, &ground, attacks::all()).await;
    let wrong: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !matches!(outcome.verdict, Verdict::Held(_)))
        .map(ToString::to_string)
        .collect();
    assert!(outcomes.len() >= 100);
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        outcomes.len(),
        wrong.join("\n")
    );
}

#[tokio::test]
async fn a_child_of_a_shell_gets_no_farther() {
    namespaces_by(Way::Shell).await;
}

#[tokio::test]
async fn a_child_of_a_javascript_program_gets_no_farther() {
    namespaces_by(Way::JavaScript).await;
}

#[tokio::test]
async fn a_session_gets_no_farther() {
    namespaces_by(Way::Session).await;
}

#[tokio::test]
async fn a_session_in_bash_gets_no_farther() {
    namespaces_by(Way::ShellSession).await;
}

#[tokio::test]
async fn namespaces_hide_the_environment() {
    namespaces(Group::Environment).await;
    namespaces_of_an_ordinary_user(Group::Environment).await;
}

#[tokio::test]
async fn namespaces_keep_files() {
    namespaces(Group::Files).await;
    namespaces_of_an_ordinary_user(Group::Files).await;
}

#[tokio::test]
async fn namespaces_make_no_others() {
    namespaces(Group::Namespaces).await;
    namespaces_of_an_ordinary_user(Group::Namespaces).await;
}

#[tokio::test]
async fn namespaces_keep_the_kernel_out_of_reach() {
    namespaces(Group::Kernel).await;
    namespaces_of_an_ordinary_user(Group::Kernel).await;
}

#[tokio::test]
async fn namespaces_have_no_network() {
    namespaces(Group::Network).await;
    namespaces_of_an_ordinary_user(Group::Network).await;
}

#[tokio::test]
async fn namespaces_keep_processes_and_rights() {
    namespaces(Group::Processes).await;
    namespaces_of_an_ordinary_user(Group::Processes).await;
}

#[tokio::test]
async fn namespaces_keep_runs_apart() {
    namespaces(Group::Neighbours).await;
    namespaces_of_an_ordinary_user(Group::Neighbours).await;
}

#[tokio::test]
async fn namespaces_bound_what_is_taken() {
    namespaces(Group::Resources).await;
    namespaces_of_an_ordinary_user(Group::Resources).await;
}

#[tokio::test]
async fn namespaces_keep_what_is_written() {
    namespaces(Group::Output).await;
}

#[tokio::test]
async fn namespaces_follow_no_file_that_is_left() {
    namespaces(Group::Artifacts).await;
}

/// What a program could get at, by groups that one test puts to a backend.
const REACH: &[Group] = &[
    Group::Environment,
    Group::Files,
    Group::Namespaces,
    Group::Kernel,
    Group::Network,
    Group::Processes,
    Group::Neighbours,
];
const MEASURE: &[Group] = &[Group::Resources, Group::Output, Group::Artifacts];

async fn other(backend: Backend, groups: &[Group]) {
    let ground = Ground::open(&own_variables()).unwrap();
    let sandbox = opened(backend).await;
    put(&*sandbox, &ground, groups, Some(&format!("{backend}.txt"))).await;
}

#[tokio::test]
async fn bubblewrap_lets_programs_reach_only_what_is_known() {
    other(Backend::Bubblewrap, REACH).await;
}

#[tokio::test]
async fn bubblewrap_bounds_all_but_what_is_known() {
    other(Backend::Bubblewrap, MEASURE).await;
}

#[tokio::test]
async fn firejail_lets_programs_reach_only_what_is_known() {
    other(Backend::Firejail, REACH).await;
}

#[tokio::test]
async fn firejail_bounds_all_but_what_is_known() {
    other(Backend::Firejail, MEASURE).await;
}

#[tokio::test]
async fn landlock_lets_programs_reach_only_what_is_known() {
    other(Backend::Landlock, REACH).await;
}

#[tokio::test]
async fn landlock_bounds_all_but_what_is_known() {
    other(Backend::Landlock, MEASURE).await;
}
