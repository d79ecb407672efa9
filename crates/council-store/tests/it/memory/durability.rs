//! What was acknowledged is there after `kill -9`, with its vectors and words.
#![expect(
    clippy::disallowed_methods,
    reason = "the only way to be killed is to be a process of one's own: the test binary starts itself"
)]

use super::*;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Names the directory that the child writes to; unset in the test run itself.
const DIR: &str = "COUNCIL_MEMORY_TEST_CHILD_DIR";

/// How many tasks write in the child.
const CLIENTS: usize = 4;

/// Not a check: the body of the child process of the test below. Without its variable there is nothing to do.
///
/// Every client inserts, changes every third memory, and forgets every fifth.
#[test]
#[expect(
    clippy::print_stdout,
    reason = "how the child tells its parent what was acknowledged"
)]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let memories = runtime.block_on(open(dir.as_ref()));
    let clients = (0..CLIENTS).map(|client| {
        let memories = Arc::clone(&memories);
        runtime.spawn(async move {
            for number in 0_usize.. {
                let text = format!("client{client} number{number}");
                let vectors = both(axis(number));
                let ids = memories
                    .insert(vec![(note("ada", &text), vectors)])
                    .await
                    .unwrap();
                println!("\nstored {} {number}", ids[0].0);
                if number % 3 == 0 {
                    let text = Some((format!("{text} changed"), both(axis(number + 1))));
                    let change = MemoryChange {
                        text,
                        ..MemoryChange::default()
                    };
                    memories.change("ada", &ids[0], change).await.unwrap();
                    println!("\nchanged {} {number}", ids[0].0);
                }
                if number % 5 == 0 {
                    println!("\nforgetting {} {number}", ids[0].0);
                    memories.forget("ada", ids.clone()).await.unwrap();
                    println!("\nforgotten {} {number}", ids[0].0);
                }
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        runtime.block_on(client).unwrap();
    }
}

fn axis(number: usize) -> Embedding {
    let mut numbers = [0.0; DIMENSIONS];
    numbers[number % DIMENSIONS] = 1.0;
    toward(&numbers)
}

#[tokio::test]
async fn memories_acknowledged_before_kill_9_are_there_afterwards_and_forgotten_ones_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "memory::durability::child", "--nocapture"])
        .env(DIR, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged: Vec<[String; 3]> = Vec::new();
    while acknowledged.len() < 300 {
        let mut line = String::new();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "the child ended early");
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        if let Ok(event) = <[String; 3]>::try_from(words)
            && ["stored", "changed", "forgetting", "forgotten"].contains(&event[0].as_str())
        {
            acknowledged.push(event);
        }
    }
    // SIGKILL on Unix.
    child.kill().unwrap();
    child.wait().unwrap();
    drop(output);

    let memories = open(dir.path()).await;
    let told = |event: &str, id: &str| acknowledged.iter().any(|[told, of, _]| told == event && of == id);
    let mut checked = 0;
    for [_, id, number] in acknowledged.iter().filter(|[event, ..]| event == "stored") {
        let number: usize = number.parse().unwrap();
        let memory = memories.memory("ada", &MemoryId(id.clone())).await;
        if told("forgotten", id) {
            assert_eq!(memory, Err(missing(&MemoryId(id.clone()))));
            continue;
        }
        // The child went on after the last line that was read: later steps of the last memories may have happened.
        if told("forgetting", id) || number.is_multiple_of(5) {
            continue;
        }
        let text = memory.unwrap().content.text;
        let is_changed = text.ends_with(" changed");
        assert!(is_changed || !told("changed", id), "the change of {id} is lost");
        let vector = axis(number + usize::from(is_changed));
        let near = memories
            .nearest(vector.clone(), of("ada"), 0.99, 1_000)
            .await
            .unwrap();
        assert!(
            near.iter().any(|hit| hit.memory.id.0 == *id),
            "the vector of {id} is lost"
        );
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
}
