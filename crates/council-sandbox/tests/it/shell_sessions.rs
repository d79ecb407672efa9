//! Bash sessions keep what a shell knows, however a program ends, and say when it is lost.

use crate::support::{run, sandbox, text};
use council_core::sandbox::{Language, Program, RunReport, RunStatus, Sandbox as _, SessionId, Start};
use council_sandbox::Namespaces;
use std::pin::pin;
use std::time::Duration;

fn program(session: &str, source: &str) -> Program {
    let mut program = Program::new(Language::Bash, source);
    program.session = SessionId::new(session);
    program.limits.wall = Duration::from_millis(1_500);
    program
}

async fn cell(sandbox: &Namespaces, source: &str) -> RunReport {
    run(sandbox, program("s", source)).await.unwrap()
}

/// What a program printed that ended with this exit status and lost nothing.
async fn said(sandbox: &Namespaces, source: &str, exit: i32) -> String {
    let report = cell(sandbox, source).await;
    assert_eq!(
        (report.exit, report.session_lost.as_deref()),
        (Some(exit), None),
        "{source}: {}",
        text(&report.stderr)
    );
    text(&report.stdout)
}

#[tokio::test]
async fn variables_functions_folder_and_environment_persist() {
    let sandbox = sandbox().await;
    let first = "x='a \"b\"\n'$'\\xff'; list=(1 '2 3'); declare -A map=([k]=v); twice() { echo $((2 * $1)); }\n\
                 export NAME=exported; readonly fixed=5; umask 077; mkdir inner; cd inner; alias ll=ls";
    assert_eq!(said(&sandbox, first, 0).await, "");
    let second = cell(
        &sandbox,
        "printf %s \"$x\" | od -An -c | tr -d ' \\n'; echo\necho \"${list[1]} ${map[k]} $fixed $(umask) $PWD $0 $#\"\n\
         twice 21; bash -c 'echo $NAME'; fixed=6 || echo no",
    )
    .await;
    assert_eq!(second.start, Start::Session);
    assert_eq!(
        text(&second.stdout),
        "a\"b\"\\n377\n2 3 v 5 0077 /box/inner /tmp/main.sh 0\n42\nexported\n"
    );
}

#[tokio::test]
async fn every_program_has_its_own_exit_status_and_none_of_these_loses_the_session() {
    let sandbox = sandbox().await;
    for (source, exit) in [
        ("n=1; exit 7", 7),
        ("n=$((n + 1)); exit", 0),
        ("n=$((n + 1)); set -eu; false; n=no", 1),
        ("n=$((n + 1)); set -u; echo $nothing; n=no", 127),
        ("n=$((n + 1)); : ${nothing:?}; n=no", 127),
        ("n=$((n + 1)); f() { exit 3; }; f; n=no", 3),
        ("n=$((n + 1)); kill $$; n=no", 143),
        ("n=$((n + 1)); trap 'exit 9' EXIT; exit 4", 4),
        ("n=$((n + 1)); return 5; n=no", 5),
        ("n=$((n + 1)); (exit 6)", 6),
    ] {
        assert_eq!(said(&sandbox, source, exit).await, "", "{source}");
    }
    assert_eq!(said(&sandbox, "echo $n $-", 0).await, "10 hBc\n");
    let broken = cell(&sandbox, "n=11\nif then").await;
    assert_eq!((broken.status, broken.session_lost), (RunStatus::Error, None));
    assert!(
        text(&broken.stderr).contains("line 2: syntax error"),
        "{}",
        text(&broken.stderr)
    );
    assert_eq!(said(&sandbox, "echo $n", 0).await, "11\n");
}

#[tokio::test]
async fn what_a_program_wants_done_at_its_end_is_done_once() {
    let sandbox = sandbox().await;
    let first = "trap 'echo bye' EXIT; trap 'echo never' EXIT INT; trap -- 'echo bye' 0; echo hello; exit 1";
    assert_eq!(said(&sandbox, first, 1).await, "hello\nbye\n");
    assert_eq!(said(&sandbox, "echo again", 0).await, "again\n");
}

#[tokio::test]
async fn a_shell_that_is_replaced_or_killed_loses_its_session_and_that_is_said() {
    let sandbox = sandbox().await;
    for (source, status) in [
        ("x=1; exec true", RunStatus::Ok),
        ("x=1; kill -9 $$", RunStatus::Killed),
        ("x=1; exec 3>&-", RunStatus::Ok),
    ] {
        let lost = cell(&sandbox, source).await;
        assert_eq!(lost.status, status, "{source}");
        assert!(lost.session_lost.unwrap().contains("anew"), "{source}");
        let next = cell(&sandbox, "echo \"[$x]\"").await;
        assert_eq!(text(&next.stdout), "[]\n", "{source}");
        assert!(next.session_lost.unwrap().contains("last program"), "{source}");
    }
}

#[tokio::test]
async fn a_program_that_takes_too_long_is_interrupted_and_its_variables_stay() {
    let sandbox = sandbox().await;
    for source in [
        "x=1; sleep 60; x=no",
        "x=2; while :; do :; done",
        "x=3; f() { sleep 60 | cat; }; f; x=no",
    ] {
        let late = cell(&sandbox, source).await;
        assert_eq!(
            (late.status, late.session_lost),
            (RunStatus::Timeout, None),
            "{source}"
        );
        assert_eq!(said(&sandbox, "echo $x", 0).await, format!("{}\n", &source[2..3]));
    }
    let deaf = cell(&sandbox, "trap '' INT; while :; do :; done").await;
    assert_eq!(deaf.status, RunStatus::Timeout);
    assert!(deaf.session_lost.is_some());
}

#[tokio::test]
async fn an_interrupt_ends_the_program_and_keeps_the_session() {
    let sandbox = sandbox().await;
    let mut long = program("s", "x=1; echo begun; sleep 60; x=no");
    long.limits.wall = Duration::from_secs(20);
    let mut long = pin!(run(&sandbox, long));
    let ended = loop {
        tokio::select! {
            ended = &mut long => break ended.unwrap(),
            () = tokio::time::sleep(Duration::from_millis(50)) => {
                let _ = sandbox.interrupt_session(&SessionId::new("s").unwrap()).await;
            }
        }
    };
    assert_eq!((ended.status, ended.session_lost), (RunStatus::Error, None));
    assert_eq!(ended.exit, Some(130));
    assert_eq!(cell(&sandbox, "echo alive").await.stdout, b"alive\n");
}

#[tokio::test]
async fn what_a_program_leaves_running_is_ended_with_it_and_writes_into_no_other() {
    let sandbox = sandbox().await;
    let first = "(trap '' INT TERM HUP; while :; do echo stray; sleep 0.01; done) & disown; echo first";
    // On a busy machine the one that stays comes to speak first.
    assert!(said(&sandbox, first, 0).await.contains("first\n"));
    let second = said(
        &sandbox,
        "sleep 0.1; ls -d /proc/[0-9]* | wc -l; jobs; echo second",
        0,
    )
    .await;
    // This shell, ls and wc.
    assert_eq!(second, "3\nsecond\n");
}

#[tokio::test]
async fn each_program_reads_its_own_input_to_its_end() {
    let sandbox = sandbox().await;
    for input in ["first\nleft over\n", "second\n"] {
        let mut reads = program(
            "s",
            "read -r line; echo \"$line\"; [[ $line == second ]] && cat; echo end",
        );
        reads.stdin = input.as_bytes().to_vec();
        let report = run(&sandbox, reads).await.unwrap();
        let line = input.lines().next().unwrap();
        assert_eq!(text(&report.stdout), format!("{line}\nend\n"));
    }
    assert_eq!(said(&sandbox, "cat; echo end", 0).await, "end\n");
}

#[tokio::test]
async fn what_stands_where_the_next_script_goes_is_not_followed() {
    let sandbox = sandbox().await;
    let name = "/tmp/main.sh";
    for left in [
        format!("rm {name}; ln -s /box/target {name}"),
        format!("rm {name}; mkfifo {name}"),
        format!("rm {name}; mkdir -p {name}/inner; touch {name}/inner/file"),
        format!("rm {name}; ln /tmp/.session {name}"),
    ] {
        assert_eq!(said(&sandbox, &format!("kept=1; {left}"), 0).await, "", "{left}");
        assert_eq!(said(&sandbox, "echo $kept; ls /box", 0).await, "1\n", "{left}");
    }
    // A shell that waits for ever for what it should take up is ended, and the loss is told.
    let blocked = "exec 4>&3; trap 'rm /tmp/.session; mkfifo /tmp/.session' EXIT";
    assert_eq!(said(&sandbox, blocked, 0).await, "");
    let lost = cell(&sandbox, "echo $kept").await;
    assert_eq!(lost.status, RunStatus::Timeout);
    assert!(lost.session_lost.is_some());
}
