//! The server as something that always runs: health, service, completions, manual pages.

use crate::program::{World, words};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A directory for PATH with a program of this name, which writes down how it is called.
fn noting(world: &World, name: &str, then: &str) -> (PathBuf, PathBuf) {
    let (bin, calls) = (world.path().join("bin"), world.path().join("calls"));
    fs::create_dir_all(&bin).unwrap();
    let program = bin.join(name);
    fs::write(
        &program,
        format!("#!/bin/sh\necho {name} \"$@\" >>'{}'\n{then}\n", calls.display()),
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    (bin, calls)
}

fn unit(world: &World) -> PathBuf {
    world.path().join(".config/systemd/user/council.service")
}

#[cfg(target_os = "linux")]
#[test]
fn a_service_is_installed_started_and_removed() {
    let world = World::new();
    let (bin, calls) = noting(&world, "systemctl", "");
    let run = |arguments: &[&str]| {
        let child = world.command(arguments).env("PATH", &bin).spawn().unwrap();
        crate::program::finish(child)
    };
    let installed = run(&["service", "install", "--set", "log=warn"]);
    assert_eq!(installed.code, Some(0), "{installed:?}");
    let text = fs::read_to_string(unit(&world)).unwrap();
    let program = env!("CARGO_BIN_EXE_council");
    assert!(
        text.contains(&format!("\nExecStart={program} --set log=warn serve\n")),
        "{text}"
    );

    let removed = run(&["service", "uninstall"]);
    assert_eq!(removed.code, Some(0), "{removed:?}");
    assert!(!unit(&world).exists());
    assert_eq!(
        fs::read_to_string(calls).unwrap().lines().collect::<Vec<_>>(),
        [
            "systemctl --user daemon-reload",
            "systemctl --user enable council.service",
            "systemctl --user restart council.service",
            "systemctl --user disable --now council.service",
            "systemctl --user daemon-reload",
        ]
    );
    let again = run(&["service", "uninstall"]);
    assert_eq!(again.code, Some(64), "{again:?}");
    assert!(
        again.stderr.contains("there is no service to remove"),
        "{again:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_dry_run_shows_everything_and_does_nothing() {
    let world = World::new();
    let (bin, calls) = noting(&world, "systemctl", "");
    let command = ["service", "install", "--dry-run"];
    let shown = crate::program::finish(world.command(&command).env("PATH", &bin).spawn().unwrap());
    assert_eq!(shown.code, Some(0), "{shown:?}");
    for part in [
        "# would write ",
        "ExecStart=",
        "# would run: systemctl --user restart council.service",
    ] {
        assert!(shown.stdout.contains(part), "{part}: {}", shown.stdout);
    }
    assert!(!unit(&world).exists() && !calls.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_manager_complains_about_is_the_error() {
    let world = World::new();
    let (bin, _) = noting(&world, "systemctl", "echo 'no bus' >&2; exit 1");
    let command = ["service", "install"];
    let failed = crate::program::finish(world.command(&command).env("PATH", &bin).spawn().unwrap());
    assert_eq!(failed.code, Some(69), "{failed:?}");
    assert!(
        failed
            .stderr
            .contains("`systemctl --user daemon-reload` failed: no bus"),
        "{failed:?}"
    );

    let elsewhere = World::new();
    let without = elsewhere.command(&command).env("PATH", elsewhere.path()).spawn();
    let missing = crate::program::finish(without.unwrap());
    assert_eq!(missing.code, Some(69), "{missing:?}");
    assert!(
        missing.stderr.contains("`systemctl` is not installed"),
        "{missing:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn the_machines_service_takes_no_options_of_one_person() {
    let refused = World::new().run(&["service", "install", "--system", "--set", "log=warn"]);
    assert_eq!(refused.code, Some(64), "{refused:?}");
    assert!(
        refused.stderr.contains("/etc/council/council.toml"),
        "{refused:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn the_status_tells_what_is_missing() {
    let world = World::new();
    let (bin, _) = noting(&world, "systemctl", "echo inactive; exit 3");
    let command = ["service", "status", "--json"];
    let status = crate::program::finish(world.command(&command).env("PATH", &bin).spawn().unwrap());
    assert_eq!(status.code, Some(1), "{status:?}");
    let status: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!(status["state"], "inactive");
    assert_eq!(status["answers"], false);
    assert_eq!(
        status["installed"],
        Path::new("/usr/lib/systemd/user/council.service").exists()
    );
}

#[test]
fn health_is_the_servers_own_word() {
    let world = World::new();
    let nobody = world.run(&["health"]);
    assert_eq!(nobody.code, Some(69), "{nobody:?}");
    assert!(
        nobody
            .stderr
            .contains("no Council server answers at http://127.0.0.1:1"),
        "{nobody:?}"
    );

    let server = world.serve(&[]);
    let asked = world.run(&["health", "--json", "--url", &server.url]);
    let said: serde_json::Value = serde_json::from_str(&asked.stdout).unwrap();
    assert_eq!(said["service"], "council");
    let well = matches!(said["status"].as_str(), Some("ok" | "degraded"));
    assert_eq!(asked.code, Some(i32::from(!well)), "{asked:?}");
}

/// The names of the commands that the help lists.
fn commands(world: &World) -> BTreeSet<String> {
    let help = world.run(&["--help"]).stdout;
    let list = help.split_once("Commands:\n").unwrap().1;
    list.lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .filter(|name| name != "help")
        .collect()
}

#[test]
fn every_command_has_a_manual_page() {
    let world = World::new();
    let page = world.run(&["man"]);
    assert!(page.stdout.contains(".TH council 1"), "{}", page.stdout);
    let dir = world.path().join("pages/man1");
    let written = world.run(&["man", "--dir", dir.to_str().unwrap()]);
    assert_eq!(written.code, Some(0), "{written:?}");
    let pages: BTreeSet<String> = fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let wanted: Vec<String> = commands(&world)
        .iter()
        .map(|name| format!("council-{name}.1"))
        .collect();
    assert!(wanted.len() >= 20, "{wanted:?}");
    for page in &wanted {
        assert!(pages.contains(page), "{page} is not among {pages:?}");
    }
    for hidden in ["council-engine.1", "council-box.1"] {
        assert!(!pages.contains(hidden), "{hidden}");
    }
}

#[test]
fn every_shell_completes_every_command() {
    let world = World::new();
    let commands = commands(&world);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let arguments = ["completions", shell];
        let script = world.run(&arguments);
        assert_eq!(script.code, Some(0), "{}: {script:?}", words(&arguments));
        for command in &commands {
            assert!(
                script.stdout.contains(command.as_str()),
                "{shell} does not know {command}"
            );
        }
    }
    let unknown = world.run(&["completions", "csh"]);
    assert_eq!(unknown.code, Some(64), "{unknown:?}");
}
