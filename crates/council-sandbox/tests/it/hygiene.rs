//! Nothing is left behind, nothing is shared, and whoever leaves takes his program with him.

#![expect(clippy::print_stdout, reason = "shown when a test fails")]

use crate::support::{everywhere, python, run, sandbox, text};
use council_core::sandbox::{
    Backend, InputFile, Language, Program, RunEvent, RunStatus, Sandbox as _, SandboxError,
};
use futures::StreamExt as _;
use std::collections::HashSet;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn many_runs_at_once_see_only_their_own_files() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        // The others have no processes ready, and Firejail takes a tenth of a second for each.
        let at_once = if backend == Backend::Namespaces { 64 } else { 16 };
        let runs = (0..at_once).map(|number| {
        let mut program = Program::new(
            Language::Python,
            format!("import os\nopen('mine', 'w').write('{number}')\nprint(sorted(os.listdir('.')), open('given').read())"),
        );
        program.files = vec![InputFile {
            name: "given".to_owned(),
            content: number.to_string().into_bytes(),
        }];
        run(&*sandbox, program)
    });
        for (number, report) in futures::future::join_all(runs).await.into_iter().enumerate() {
            let report = report.unwrap();
            assert_eq!(
                text(&report.stdout),
                format!("['given', 'mine'] {number}\n"),
                "{}",
                text(&report.stderr)
            );
            let artifacts: Vec<&str> = report
                .artifacts
                .iter()
                .map(|artifact| artifact.name.as_str())
                .collect();
            assert_eq!(artifacts, ["mine"]);
        }
    }
}

#[tokio::test]
async fn no_process_is_used_twice() {
    let sandbox = sandbox().await;
    let mut seen = HashSet::new();
    for _ in 0..20 {
        let report = python(
            &sandbox,
            "open('/proc/self/stat').read().split()[21], __import__('random').random()",
        )
        .await;
        assert!(seen.insert(report.value.unwrap()));
    }
}

#[tokio::test]
async fn a_cancelled_run_ends_and_says_so() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let cancel = CancellationToken::new();
        let mut program = Program::new(
            Language::Python,
            "print('on', flush=True)\nimport time; time.sleep(60)",
        );
        program.limits.wall = std::time::Duration::from_mins(1);
        let mut events = sandbox.run(program, cancel.clone());
        while let Some(event) = events.next().await {
            match event.unwrap() {
                RunEvent::Stdout(_) => cancel.cancel(),
                RunEvent::Finished(report) => assert_eq!(report.status, RunStatus::Killed),
                RunEvent::Started { .. } | RunEvent::Stderr(_) => {}
            }
        }
        assert_eq!(sandbox.status().await.running, 0);
    }
}

#[tokio::test]
async fn an_ended_helper_is_replaced() {
    let sandbox = sandbox().await;
    python(&sandbox, "1").await;
    let pid = i32::try_from(sandbox.helper_pid().await.unwrap()).unwrap();
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    // What is started at the very moment may go down with it; nothing that is started later does.
    let _ = run(&sandbox, Program::new(Language::Python, "6 * 7")).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let report = python(&sandbox, "6 * 7").await;
    assert_eq!(report.value.as_deref(), Some("42"));
}

#[tokio::test]
async fn standard_input_is_read_to_its_end() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        let mut program = Program::new(Language::Python, "import sys\nlen(sys.stdin.buffer.read())");
        program.stdin = vec![0xff; 1_000_000];
        assert_eq!(
            run(&*sandbox, program).await.unwrap().value.as_deref(),
            Some("1000000")
        );
    }
}

#[tokio::test]
async fn odd_sources_have_defined_results() {
    for (backend, sandbox) in everywhere().await {
        println!("{backend}");
        for (source, status) in [
            ("", RunStatus::Ok),
            ("\u{feff}print(1)", RunStatus::Ok),
            ("print(1)\r\nprint(2)\r\n", RunStatus::Ok),
            ("print(", RunStatus::Error),
            ("a\0b", RunStatus::Refused),
            ("import os; os._exit(7)", RunStatus::Error),
            ("import os; os.abort()", RunStatus::Killed),
            ("raise SystemExit", RunStatus::Ok),
        ] {
            assert_eq!(python(&*sandbox, source).await.status, status, "{source:?}");
        }
        let long = format!("x = 1\n{}", "# a comment that fills the file\n".repeat(60_000));
        assert_eq!(python(&*sandbox, &long).await.status, RunStatus::Ok);
    }
}

/// What a helper has that could be left behind: descriptors, processes, mounts.
fn of_the_helper(pid: u32) -> [usize; 3] {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    let launcher = children.split_whitespace().next().unwrap().to_owned();
    let entries = |folder: &str| {
        std::fs::read_dir(format!("/proc/{launcher}/{folder}"))
            .unwrap()
            .count()
    };
    let text = |file: String| std::fs::read_to_string(file).unwrap();
    [
        entries("fd"),
        text(format!("/proc/{launcher}/task/{launcher}/children"))
            .split_whitespace()
            .count(),
        text(format!("/proc/{launcher}/mountinfo")).lines().count(),
    ]
}

/// After what ended has gone and what was taken is there again.
async fn at_rest(sandbox: &council_sandbox::Namespaces) -> [usize; 3] {
    let pid = sandbox.helper_pid().await.unwrap();
    let mut last = of_the_helper(pid);
    let mut same = 0;
    while same < 20 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let pools = sandbox.status().await.pools;
        let now = of_the_helper(pid);
        let full = pools
            .iter()
            .all(|pool| pool.ready == pool.target && pool.busy == 0);
        same = if full && now == last { same + 1 } else { 0 };
        last = now;
    }
    last
}

#[tokio::test]
async fn two_thousand_runs_leave_nothing_behind() {
    let sandbox = sandbox().await;
    python(&sandbox, "1").await;
    let before = at_rest(&sandbox).await;
    let runs = (0..2000).map(|number| {
        let program = match number % 4 {
            0 => Program::new(Language::Bash, "sleep 60 & exit 1"),
            1 => Program::new(
                Language::Python,
                "import os; os.fork(); open('f', 'w').write('x')",
            ),
            2 => Program::new(Language::Python, "import os; os.kill(os.getpid(), 9)"),
            _ => Program::new(Language::Python, "print('x' * 100000)"),
        };
        run(&sandbox, program)
    });
    let reports: Vec<_> = futures::stream::iter(runs).buffer_unordered(4).collect().await;
    assert!(reports.iter().all(Result::is_ok));
    let after = at_rest(&sandbox).await;
    assert_eq!(after, before, "descriptors, processes, mounts");
}

#[tokio::test]
async fn a_sandbox_that_is_closed_ends_what_runs_says_so_and_runs_no_more() {
    for backend in crate::support::HERE {
        println!("{backend}");
        let sandbox = crate::support::opened(backend).await;
        let source = "import time\nprint('begun', flush=True)\ntime.sleep(60)";
        let mut program = Program::new(Language::Python, source);
        program.limits.wall = std::time::Duration::from_mins(1);
        let mut events = sandbox.run(program, CancellationToken::new());
        while let Some(event) = events.next().await {
            if let RunEvent::Stdout(bytes) = event.unwrap()
                && text(&bytes).contains("begun")
            {
                break;
            }
        }
        sandbox.close().await;
        let mut last = None;
        while let Some(event) = events.next().await {
            last = Some(event);
        }
        assert!(matches!(last, Some(Err(SandboxError::Stopping))), "{last:?}");
        let after = run(&*sandbox, Program::new(Language::Python, "1")).await;
        assert_eq!(after.unwrap_err(), SandboxError::Stopping);
    }
}

#[tokio::test]
async fn a_sandbox_that_is_closed_has_no_process_left() {
    let sandbox = sandbox().await;
    python(&sandbox, "1").await;
    let helper = sandbox.helper_pid().await.unwrap();
    sandbox.close().await;
    let state = || std::fs::read_to_string(format!("/proc/{helper}/stat")).unwrap_or_default();
    // What has ended and was not waited for yet is a zombie; the kernel may take a moment to end it.
    let is_gone = || state().is_empty() || state().contains(") Z ") || state().contains(") X ");
    for _ in 0..500 {
        if is_gone() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(is_gone(), "{}", state());
    assert_eq!(sandbox.helper_pid().await, None);
}
