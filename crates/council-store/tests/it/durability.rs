//! What was acknowledged is there after `kill -9`, and a directory belongs to one process at a time.
#![expect(
    clippy::disallowed_methods,
    reason = "the only way to be killed is to be a process of one's own: the test binary starts itself"
)]

use crate::{id, said};
use council_core::memory::LOCAL_USER;
use council_core::{
    Branch, ConversationStore, Ledger, LedgerEntry, Locality, Outcome, Page, Timestamp, Usage,
};
use council_store::{OpenError, Store};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Names the directory that the child writes to; unset in the test run itself.
const DIR: &str = "COUNCIL_STORE_TEST_CHILD_DIR";

/// How many conversations the child writes to at once.
const CLIENTS: u64 = 4;

/// Not a check: the body of the child process of the tests below. Without its variable there is nothing to do.
#[test]
#[expect(
    clippy::print_stdout,
    reason = "how the child tells its parent what was acknowledged"
)]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let store = Store::open(dir.as_ref()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let clients = (0..CLIENTS).map(|client| {
        let store = store.clone();
        runtime.spawn(async move {
            for number in 0_u64.. {
                let text = format!("{client}.{number}");
                store
                    .append(said(&format!("c{client}"), &text, number))
                    .await
                    .unwrap();
                store.settle(line(&text), vec![]).await.unwrap();
                println!("\nacknowledged {text}");
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        runtime.block_on(client).unwrap();
    }
}

fn line(request_id: &str) -> LedgerEntry {
    LedgerEntry {
        user: LOCAL_USER.to_owned(),
        request_id: request_id.to_owned(),
        started_at: Timestamp::from_millis(1),
        route: "/hybrid".to_owned(),
        model: "tiny".to_owned(),
        locality: Locality::Local,
        usage: Usage::default(),
        cost_usd: 0.0,
        latency: Duration::ZERO,
        first_token: None,
        outcome: Outcome::Completed,
    }
}

/// Starts the child on `dir` and reads its first `count` acknowledgements. The rest of its output comes back too:
/// a child whose output were closed would end by itself, which is not what is tested.
fn child_after(dir: &std::path::Path, count: usize) -> (Child, BufReader<ChildStdout>, Vec<String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::child", "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = Vec::new();
    while acknowledged.len() < count {
        let mut line = String::new();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "the child ended early");
        acknowledged.extend(line.trim_end().strip_prefix("acknowledged ").map(str::to_owned));
    }
    (child, output, acknowledged)
}

#[test]
fn everything_acknowledged_before_kill_9_is_there_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, output, acknowledged) = child_after(dir.path(), 200);
    // SIGKILL on Unix.
    child.kill().unwrap();
    child.wait().unwrap();
    drop(output);

    let store = Store::open(dir.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut messages = Vec::new();
    for client in 0..CLIENTS {
        let conversation = id(&format!("c{client}"));
        let stored = runtime
            .block_on(store.recent_messages(&conversation, Branch::Active, 100_000))
            .unwrap();
        let texts: Vec<String> = stored.iter().map(|stored| stored.message.joined_text()).collect();
        // No hole and no disorder: the messages are the first ones that the client wrote.
        let expected: Vec<String> = (0..texts.len())
            .map(|number| format!("{client}.{number}"))
            .collect();
        assert_eq!(texts, expected);
        assert_eq!(
            runtime
                .block_on(store.conversation(&conversation))
                .unwrap()
                .message_count,
            texts.len() as u64
        );
        messages.extend(texts);
    }
    let mut settled = Vec::new();
    for offset in (0..).step_by(1_000) {
        let lines = runtime
            .block_on(store.entries(LOCAL_USER, Page { offset, limit: 1_000 }))
            .unwrap();
        if lines.is_empty() {
            break;
        }
        settled.extend(lines.into_iter().map(|line| line.request_id));
    }
    for text in acknowledged {
        assert!(messages.contains(&text), "message {text} is lost");
        assert!(settled.contains(&text), "ledger line {text} is lost");
    }
}

#[test]
fn a_second_process_is_refused_with_the_first_ones_id_until_that_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, output, _) = child_after(dir.path(), 1);
    match Store::open(dir.path()) {
        Err(OpenError::Locked { pid, .. }) => assert_eq!(pid, Some(child.id())),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("two processes have the same directory"),
    }
    child.kill().unwrap();
    child.wait().unwrap();
    drop(output);
    Store::open(dir.path()).unwrap();
}

#[test]
fn a_dropped_store_leaves_one_file_that_opens_again() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let store = Store::open(dir.path()).unwrap();
    runtime.block_on(store.append(said("a", "x", 1))).unwrap();
    runtime
        .block_on(store.recent_messages(&id("a"), Branch::Active, 1))
        .unwrap();
    drop(store);
    let mut names: Vec<String> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["council.db", "council.lock"]);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(
        runtime
            .block_on(store.recent_messages(&id("a"), Branch::Active, 1))
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn words_of_what_was_removed_are_not_in_the_file() {
    let (store, dir) = crate::store();
    store.append(said("a", "apples", 1)).await.unwrap();
    let plums = council_core::ConversationChange {
        title: Some("plums".to_owned()),
        ..council_core::ConversationChange::default()
    };
    store.change(&id("a"), plums).await.unwrap();
    store.delete(&id("a")).await.unwrap();
    drop(store);
    let bytes = std::fs::read(dir.path().join("council.db")).unwrap();
    for word in ["apples", "plums"] {
        assert!(
            !bytes.windows(word.len()).any(|part| part == word.as_bytes()),
            "{word}"
        );
    }
}
