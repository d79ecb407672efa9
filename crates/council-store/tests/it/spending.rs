//! What was spent is known after `kill -9` in the middle of calls: nothing lost, nothing counted twice.
#![expect(
    clippy::disallowed_methods,
    reason = "the only way to be killed is to be a process of one's own: the test binary starts itself"
)]

use council_core::{Budget, Caps, NanoUsd, Reservation, Timestamp};
use council_store::Store;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Names the directory that the child writes to; unset in the test run itself.
const DIR: &str = "COUNCIL_STORE_TEST_SPENDER_DIR";

/// 2026-11-22, noon, UTC.
const NOON: Timestamp = Timestamp::from_millis(1_795_348_800_000);

const RESERVED: NanoUsd = NanoUsd(1_000);
const CHARGED: NanoUsd = NanoUsd(300);

/// Rounds of spending and killing.
const KILLS: usize = 12;

/// Not a check: the body of the child process of the test below. Without its variable there is nothing to do.
#[test]
#[expect(
    clippy::print_stdout,
    reason = "how the child tells its parent what was acknowledged"
)]
fn spender() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let store = Store::open(dir.as_ref()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let process = std::process::id();
    let clients = (0..4).map(|client| {
        let store = store.clone();
        runtime.spawn(async move {
            for number in 0_u64.. {
                let id = format!("{process}.{client}.{number}");
                let reservation = Reservation {
                    id: id.clone(),
                    request_id: id.clone(),
                    key: String::new(),
                    // Sums are by model, so that each call can be looked at.
                    model: id.clone(),
                    amount: RESERVED,
                    at: NOON,
                    expires_at: NOON.after(Duration::from_mins(5)),
                };
                println!("\nbegins {id}");
                store.reserve(reservation, Caps::default()).await.unwrap();
                println!("\nreserved {id}");
                store.charge(&id, CHARGED).await.unwrap();
                println!("\ncharged {id}");
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        runtime.block_on(client).unwrap();
    }
}

#[test]
fn a_process_that_is_killed_in_the_middle_of_calls_loses_and_doubles_no_charge() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut told: BTreeMap<String, &str> = BTreeMap::new();
    for round in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["spending::spender", "--exact", "--nocapture"])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let enough = told.len() + 20 + 7 * round;
        let mut line = String::new();
        let mut killed = false;
        loop {
            line.clear();
            if output.read_line(&mut line).unwrap() == 0 {
                break;
            }
            for (word, state) in [
                ("begins ", "begins"),
                ("reserved ", "reserved"),
                ("charged ", "charged"),
            ] {
                if let Some(id) = line.trim_end().strip_prefix(word) {
                    told.insert(id.to_owned(), state);
                }
            }
            if told.len() >= enough && !killed {
                // SIGKILL on Unix. What it said before that is still read.
                child.kill().unwrap();
                killed = true;
            }
        }
        child.wait().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let spent = runtime.block_on(store.spent_since(NOON)).unwrap();
        let spent: BTreeMap<&str, (u64, NanoUsd)> = spent
            .iter()
            .map(|one| (one.model.as_str(), (one.calls, one.amount)))
            .collect();
        for (id, state) in &told {
            let found = spent.get(id.as_str()).copied();
            let right = match *state {
                "charged" => found == Some((1, CHARGED)),
                // It may have been charged, and the word of it was lost with the process.
                "reserved" => found == Some((1, RESERVED)) || found == Some((1, CHARGED)),
                _ => found.is_none_or(|found| found == (1, RESERVED) || found == (1, CHARGED)),
            };
            assert!(right, "call {id}, {state} before the kill, counts as {found:?}");
        }
        assert!(
            spent.keys().all(|id| told.contains_key(*id)),
            "a call that nobody began counts"
        );
        let spending = runtime.block_on(store.spending(NOON)).unwrap();
        assert_eq!(spending.reserved, NanoUsd::ZERO, "what was open is closed");
    }
}
