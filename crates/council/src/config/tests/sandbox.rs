//! The section `[sandbox]`.

use super::super::{BackendChoice, WarmSlots};
use super::{flag, load, refusal};
use crate::config::keys::{KEYS, Kind};
use council_core::sandbox::{Backend, Limits};
use std::path::Path;
use std::time::Duration;

#[test]
fn the_default_limits_are_those_of_the_vocabulary() {
    let sandbox = load("", &[], &[]).unwrap().sandbox;
    assert_eq!(sandbox.limits.usual, Limits::default());
    assert_eq!(sandbox.limits.usual.check(&sandbox.limits.maximum), Ok(()));
    assert_eq!(sandbox.limits.maximum.wall, Duration::from_mins(1));
    assert_eq!(
        (sandbox.backend, sandbox.allow_weak),
        (BackendChoice::Auto, false)
    );
    assert_eq!(
        (sandbox.python.as_path(), sandbox.node.as_path()),
        (Path::new("python3"), Path::new("node"))
    );
    assert_eq!(
        sandbox.science_dir,
        Path::new("/home/ada/.local/share/council/sandbox/science")
    );
    assert!(sandbox.concurrent_runs >= 4);
}

#[test]
fn every_backend_that_there_is_can_be_chosen() {
    let choices = KEYS
        .iter()
        .find(|key| key.name == "sandbox.backend")
        .map(|key| key.kind);
    let expected: Vec<&str> = ["auto"]
        .into_iter()
        .chain(Backend::ALL.map(Backend::name))
        .chain(["off"])
        .collect();
    assert_eq!(choices, Some(Kind::Choice(expected.leak())));
    for backend in Backend::ALL {
        let chosen = load("", &[], &[flag("--set", "sandbox.backend", backend.name())]).unwrap();
        assert_eq!(chosen.sandbox.backend, BackendChoice::Only(backend));
    }
    let off = load("[sandbox]\nbackend = \"off\"", &[], &[]).unwrap();
    assert_eq!(off.sandbox.backend, BackendChoice::Off);
}

#[test]
fn limits_pools_and_sessions_come_from_their_sections() {
    let file = "[sandbox]\nwarm_python = 0\nsessions = 3\nsession_idle = \"1m\"\nconcurrent_runs = 2\n\
                docker_runtime = \"runsc\"\n[sandbox.limits]\nwall = \"2s\"\nstdout_kib = 0\n\
                [sandbox.maximum]\nmemory_mib = 1024";
    let sandbox = load(file, &[("COUNCIL_SANDBOX_WARM_BASH", "4")], &[])
        .unwrap()
        .sandbox;
    let warm = WarmSlots {
        python: 0,
        science: 2,
        bash: 4,
        javascript: 1,
    };
    assert_eq!(sandbox.warm, warm);
    assert_eq!((sandbox.sessions, sandbox.concurrent_runs), (3, 2));
    assert_eq!(sandbox.session_idle, Duration::from_mins(1));
    assert_eq!(sandbox.docker_runtime.as_deref(), Some("runsc"));
    assert_eq!(sandbox.limits.usual.wall, Duration::from_secs(2));
    assert_eq!(sandbox.limits.usual.stdout_bytes, 0);
    assert_eq!(sandbox.limits.maximum.memory_bytes, 1 << 30);
}

#[test]
fn a_default_follows_a_lower_maximum_and_a_limit_that_is_set_above_it_is_refused() {
    let config = load("[sandbox.maximum]\nwall = \"2s\"\nprocesses = 1", &[], &[]).unwrap();
    let usual = config.sandbox.limits.usual;
    assert_eq!((usual.wall, usual.processes), (Duration::from_secs(2), 1));
    let shown = config
        .effective
        .iter()
        .find(|entry| entry.key == "sandbox.limits.wall")
        .unwrap();
    assert_eq!(shown.value.to_string(), "2s");
    let message = refusal("[sandbox.limits]\nmemory_mib = 4096");
    assert!(
        message.ends_with("`sandbox.limits.memory_mib` cannot be 4096; accepted: at most `sandbox.maximum.memory_mib`, which is 2048"),
        "{message}"
    );
}
