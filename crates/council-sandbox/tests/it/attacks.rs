//! The attack suite: that each attack gets through where nothing stops it, and what it gets elsewhere.

#![expect(clippy::print_stdout, reason = "shown when a test fails")]

mod bare;
mod sessions;
mod suite;

use bare::Bare;
use council_core::sandbox::{Artifact, Backend, Limits, RunReport, RunStatus, Start, Tier, Truncated};
use council_sandbox::attacks::{self, After, Check, Ended, Ground, Group, Outcome, Outside, Verdict};
use std::collections::BTreeSet;
use std::time::Duration;

#[test]
fn every_attack_has_a_name_of_its_own_and_says_what_it_would_mean() {
    let names: BTreeSet<&str> = attacks::all().map(|attack| attack.name).collect();
    assert_eq!(names.len(), attacks::all().count());
    for attack in attacks::all() {
        assert!(attack.harm.ends_with('.'), "{}: {}", attack.name, attack.harm);
    }
    let probes = attacks::all()
        .filter(|attack| matches!(attack.check, Check::Probe(_)))
        .count();
    assert!(probes >= 100, "{probes} probes");
    assert!(attacks::all().count() - probes >= 40);
}

#[test]
fn a_probe_that_says_nothing_has_not_held() {
    assert_eq!(Verdict::of_output(b""), None);
    assert_eq!(Verdict::of_output(b"None\n"), None);
    assert_eq!(Verdict::of_output(b"held: early\nTraceback: late\n"), None);
    assert_eq!(
        Verdict::of_output(b"noise\nheld: EPERM\n\n"),
        Some(Verdict::Held("EPERM".to_owned()))
    );
    assert_eq!(
        Verdict::of_output(b"breached: a file"),
        Some(Verdict::Breached("a file".to_owned()))
    );
}

#[test]
fn no_judge_accepts_a_program_that_nothing_stopped() {
    for attack in attacks::all() {
        let Check::Trial(trial) = attack.check else {
            continue;
        };
        let limits = Limits {
            wall: Duration::from_secs(trial.wall_s),
            cpu: Duration::from_secs(trial.cpu_s),
            ..Limits::default()
        };
        let ended = Ended {
            answer: Ok(unstopped()),
            limits,
            took: limits.wall * 10,
            after: After {
                watched: Duration::from_secs(2),
                cpu: Duration::from_secs(2),
                processes: 20,
            },
        };
        // Its own lie is all that this one can be told by.
        let believes = attack.name == "speaks_for_its_keepers";
        assert!((trial.judge)(&ended).is_err() || believes, "{}", attack.name);
    }
}

/// The report of a program that took everything, and of whose files each was followed.
fn unstopped() -> RunReport {
    let artifact = |name: &str| Artifact {
        name: name.to_owned(),
        mime: "text/plain".to_owned(),
        content: b"root:x:0:0".to_vec(),
    };
    RunReport {
        status: RunStatus::Ok,
        exit: Some(0),
        signal: None,
        stdout: b"got: 1000000000000\ndone\n".to_vec(),
        stderr: Vec::new(),
        truncated: Truncated::default(),
        value: None,
        artifacts: vec![artifact("link"), artifact("../above"), artifact("a\nb")],
        wall: Duration::from_secs(50),
        cpu: Duration::from_secs(50),
        max_rss_bytes: 0,
        queue: Duration::ZERO,
        backend: Backend::Namespaces,
        tier: Tier::Strong,
        start: Start::Cold,
        session_lost: None,
    }
}

#[test]
fn the_ground_leaves_nothing_behind() {
    let ground = Ground::open(&[]).unwrap();
    let token = ground.token().to_owned();
    assert!(!found(&token).is_empty());
    drop(ground);
    assert_eq!(found(&token), Vec::<String>::new());
}

/// What of a ground is there to be seen: canaries, sockets, the process.
fn found(token: &str) -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["/tmp", "/var/tmp", "/dev/shm"] {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            if text.contains(token) {
                found.push(entry.path().display().to_string());
            }
        }
    }
    let sockets = std::fs::read_to_string("/proc/net/unix").unwrap();
    found.extend(
        sockets
            .lines()
            .filter(|line| line.contains(token))
            .map(str::to_owned),
    );
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let line = std::fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
        if line.contains(&format!("council-canary-{}", &token[..12])) {
            found.push(line);
        }
    }
    found
}

/// What an attack without a box had to do.
fn is_as_expected(outcome: &Outcome) -> bool {
    match (outcome.attack.outside, &outcome.verdict) {
        (Outside::Breaches | Outside::MayFail(_), Verdict::Breached(_))
        | (Outside::MayFail(_) | Outside::Same | Outside::Gentle, Verdict::Held(_)) => true,
        (
            Outside::Breaches | Outside::MayFail(_) | Outside::Same | Outside::Gentle | Outside::Never(_),
            _,
        ) => false,
    }
}

/// Puts a group's attacks to no sandbox at all.
async fn control(group: Group) {
    let ground = Ground::open(&[]).unwrap();
    let bare = Bare::new(ground.token());
    let outcomes = attacks::control(
        &bare,
        &ground,
        attacks::all().filter(|attack| attack.group == group),
    )
    .await;
    for outcome in &outcomes {
        println!("{outcome}");
    }
    let wrong: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !is_as_expected(outcome))
        .map(|outcome| format!("{outcome} [{:?}]", outcome.attack.outside))
        .collect();
    assert!(wrong.is_empty(), "{group} without a box:\n{}", wrong.join("\n"));
    assert!(!outcomes.is_empty());
}

#[tokio::test]
async fn attacks_on_the_environment_get_through_without_a_box() {
    control(Group::Environment).await;
}

#[tokio::test]
async fn attacks_on_files_get_through_without_a_box() {
    control(Group::Files).await;
}

#[tokio::test]
async fn attacks_on_namespaces_get_through_without_a_box() {
    control(Group::Namespaces).await;
}

#[tokio::test]
async fn attacks_on_the_kernel_get_through_without_a_box() {
    control(Group::Kernel).await;
}

#[tokio::test]
async fn attacks_on_the_network_get_through_without_a_box() {
    control(Group::Network).await;
}

#[tokio::test]
async fn attacks_on_processes_get_through_without_a_box() {
    control(Group::Processes).await;
}

#[tokio::test]
async fn attacks_on_neighbours_get_through_without_a_box() {
    control(Group::Neighbours).await;
}

#[tokio::test]
async fn programs_that_take_too_much_are_sound_without_a_box() {
    control(Group::Resources).await;
}

#[tokio::test]
async fn programs_that_write_too_much_are_sound_without_a_box() {
    control(Group::Output).await;
}

#[tokio::test]
async fn programs_that_leave_files_are_sound_without_a_box() {
    control(Group::Artifacts).await;
}
