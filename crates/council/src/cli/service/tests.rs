//! What a service is made of, on each system.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::plan::{Place, Plan, Scope};
use std::path::{Path, PathBuf};

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn systemd(scope: Scope) -> Place {
    Place::systemd(
        scope,
        PathBuf::from("/opt/my tools/council"),
        Path::new("/home/u/.config"),
    )
}

fn commands(plan: &Plan) -> Vec<String> {
    plan.commands.iter().map(|step| step.words.join(" ")).collect()
}

/// The lines of the only file that say what is started.
fn start_lines(plan: &Plan) -> Vec<&str> {
    let [(_, text)] = plan.files.as_slice() else {
        return Vec::new();
    };
    text.lines()
        .filter(|line| line.contains("council") && line.contains("Exec") || line.contains("<string>"))
        .collect()
}

#[test]
fn a_users_service_is_a_unit_of_the_user_that_starts_this_program() {
    let plan = Plan::install(&systemd(Scope::User), &words("--data-dir /home/u/50%")).unwrap();
    assert_eq!(
        plan.files[0].0,
        Path::new("/home/u/.config/systemd/user/council.service")
    );
    assert_eq!(
        start_lines(&plan),
        [r#"ExecStart="/opt/my tools/council" --data-dir "/home/u/50%%" serve"#]
    );
    assert_eq!(
        commands(&plan),
        [
            "systemctl --user daemon-reload",
            "systemctl --user enable council.service",
            "systemctl --user restart council.service",
        ]
    );
    assert_eq!(plan.private_dirs, [] as [PathBuf; 0]);
}

#[test]
fn the_machines_service_has_a_user_of_its_own_and_a_place_for_secrets() {
    let plan = Plan::install(&systemd(Scope::System), &[]).unwrap();
    assert_eq!(plan.files[0].0, Path::new("/etc/systemd/system/council.service"));
    assert_eq!(start_lines(&plan), [r#"ExecStart="/opt/my tools/council" serve"#]);
    assert!(plan.files[0].1.contains("\nNoNewPrivileges=yes\n"));
    assert_eq!(plan.private_dirs, [Path::new("/etc/council/secrets")]);
    assert_eq!(
        commands(&plan),
        [
            "systemd-sysusers --inline u council - \"Council\" /var/lib/council /usr/sbin/nologin",
            "systemctl daemon-reload",
            "systemctl enable council.service",
            "systemctl restart council.service",
        ]
    );
}

#[test]
fn launchd_gets_a_property_list_with_each_word_by_itself() {
    let place = Place::launchd(
        Scope::User,
        PathBuf::from("/Users/u/R&D/council"),
        Path::new("/Users/u"),
    );
    let plan = Plan::install(&place, &words("--set port=9001")).unwrap();
    let unit = "/Users/u/Library/LaunchAgents/local.council.plist";
    assert_eq!(plan.files[0].0, Path::new(unit));
    assert_eq!(
        start_lines(&plan)[1..5],
        [
            "    <string>/Users/u/R&amp;D/council</string>",
            "    <string>--set</string>",
            "    <string>port=9001</string>",
            "    <string>serve</string>",
        ]
    );
    assert_eq!(
        commands(&plan),
        [
            format!("launchctl unload {unit}"),
            format!("launchctl load -w {unit}")
        ]
    );
}

#[test]
fn what_is_removed_is_stopped_before_and_forgotten_after() {
    let plan = Plan::uninstall(&systemd(Scope::User));
    assert_eq!(
        commands(&plan),
        ["systemctl --user disable --now council.service"]
    );
    assert!(
        plan.commands[0].may_fail,
        "one that does not run cannot be stopped"
    );
    assert_eq!(
        plan.removed,
        [Path::new("/home/u/.config/systemd/user/council.service")]
    );
    assert_eq!(plan.after, [words("systemctl --user daemon-reload")]);
}

#[test]
fn a_line_break_in_an_argument_makes_no_second_line_of_the_unit() {
    let argument = "a\nExecStartPre=/bin/evil".to_owned();
    let refused = Plan::install(&systemd(Scope::User), &[argument]).unwrap_err();
    assert!(refused.contains("control character"), "{refused}");
}
