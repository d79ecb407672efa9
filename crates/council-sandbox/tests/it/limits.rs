//! Programs that take too much are ended, and the report names the limit.

#![expect(clippy::print_stdout, reason = "shown when a test fails")]

use crate::support::{bash, everywhere, python, run, sandbox, text};
use council_core::sandbox::{Language, Limits, Program, RunReport, RunStatus, Sandbox};
use std::time::Duration;

async fn limited(sandbox: &dyn Sandbox, source: &str, change: impl FnOnce(&mut Limits)) -> RunReport {
    let mut program = Program::new(Language::Python, source);
    change(&mut program.limits);
    run(sandbox, program).await.unwrap()
}

#[tokio::test]
async fn a_program_that_sleeps_is_ended_at_its_wall_time() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let limit = Duration::from_millis(200);
        let report = limited(&*sandbox, "import time; print('on'); time.sleep(60)", |limits| {
            limits.wall = limit;
        })
        .await;
        assert_eq!(report.status, RunStatus::Timeout);
        assert_eq!(text(&report.stdout), "on\n");
        assert!(
            report.wall >= limit && report.wall < Duration::from_secs(3),
            "{:?}",
            report.wall
        );
    }
}

#[tokio::test]
async fn a_program_that_spins_is_ended_at_its_processor_time() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let limit = Duration::from_millis(200);
        let report = limited(&*sandbox, "while True: pass", |limits| limits.cpu = limit).await;
        assert_eq!(report.status, RunStatus::Cpu);
        assert!(report.cpu >= limit, "{report:?}");
    }
}

#[tokio::test]
async fn processor_time_of_all_processes_counts() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let source = "import os\nfor _ in range(4): os.fork()\nwhile True: pass";
        let report = limited(&*sandbox, source, |limits| {
            limits.cpu = Duration::from_millis(300);
        })
        .await;
        assert_eq!(report.status, RunStatus::Cpu, "{}", text(&report.stderr));
    }
}

#[tokio::test]
async fn one_process_that_takes_too_much_memory_hears_of_it() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let report = limited(&*sandbox, "x = bytearray(300 << 20); len(x)", |limits| {
            limits.memory_bytes = 100 << 20;
        })
        .await;
        assert_eq!(report.status, RunStatus::Memory);
        assert!(
            text(&report.stderr).contains("MemoryError"),
            "{}",
            text(&report.stderr)
        );
    }
}

#[tokio::test]
async fn memory_of_many_processes_counts_together() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let source = "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n        x = os.urandom(1) * (60 << 20)\n        \
                  time.sleep(60)\ntime.sleep(60)";
        let report = limited(&*sandbox, source, |limits| limits.memory_bytes = 150 << 20).await;
        assert_eq!(report.status, RunStatus::Memory);
    }
}

#[tokio::test]
async fn files_in_memory_count_too() {
    let sandbox = sandbox().await;
    let source = "import time\nfor i in range(3):\n    open(f'/tmp/{i}', 'wb').write(bytes(19 << 20))\n    \
                  open(f'/box/{i}', 'wb').write(bytes(19 << 20))\ntime.sleep(60)";
    let report = limited(&sandbox, source, |limits| limits.memory_bytes = 100 << 20).await;
    assert_eq!(report.status, RunStatus::Memory, "{}", text(&report.stderr));
}

#[tokio::test]
async fn what_is_written_beyond_the_limit_is_dropped_and_said_to_be() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let report = limited(&*sandbox, "print('x' * 5000)", |limits| {
            limits.stdout_bytes = 1000;
        })
        .await;
        assert_eq!((report.status, report.stdout.len()), (RunStatus::Ok, 1000));
        assert!(report.truncated.stdout && !report.truncated.stderr);
    }
}

#[tokio::test]
async fn a_flood_ends_the_run() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let report = bash(&*sandbox, "yes | head -c 300000000").await;
        assert_eq!(
            (report.status, report.stdout.len()),
            (RunStatus::OutputLimit, 1 << 20)
        );
    }
}

#[tokio::test]
async fn a_child_that_lingers_does_not_hold_the_result() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let report = python(
            &*sandbox,
            "import subprocess\nsubprocess.Popen(['sleep', '60'])\nprint('done')",
        )
        .await;
        assert_eq!(
            (report.status, text(&report.stdout).as_str()),
            (RunStatus::Ok, "done\n")
        );
        let report = bash(&*sandbox, "sleep 60 & disown; echo done").await;
        assert_eq!(
            (report.status, text(&report.stdout).as_str()),
            (RunStatus::Ok, "done\n")
        );
    }
}

#[tokio::test]
async fn a_fork_bomb_stays_in_its_box() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let mut program = Program::new(Language::Bash, "bomb() { bomb | bomb & }; bomb; sleep 60");
        program.limits.wall = Duration::from_secs(1);
        let report = run(&*sandbox, program).await.unwrap();
        assert!(
            matches!(
                report.status,
                RunStatus::Timeout | RunStatus::Cpu | RunStatus::Error
            ),
            "{report:?}"
        );
        let after = python(&*sandbox, "1 + 1").await;
        assert_eq!(after.value.as_deref(), Some("2"));
    }
}
