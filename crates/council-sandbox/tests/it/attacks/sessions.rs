//! What a session's program may leave in the way of the next one.

use super::super::support::{run, sandbox, text};
use council_core::sandbox::{InputFile, Language, Program, RunStatus, SessionId};

fn in_session(source: &str) -> Program {
    Program {
        session: SessionId::new("attacked"),
        ..Program::new(Language::Python, source)
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_put_ends_a_session_once_and_not_for_good() {
    let sandbox = sandbox().await;
    let left = run(
        &sandbox,
        in_session("import os\nos.mkfifo('pipe')\nos.symlink('/tmp', 'link')"),
    )
    .await
    .unwrap();
    assert_eq!(left.status, RunStatus::Ok);
    let mut blocked = in_session("print(1)");
    blocked.files.push(InputFile {
        name: "link/file".to_owned(),
        content: b"through the link".to_vec(),
    });
    assert!(run(&sandbox, blocked).await.is_err());
    let again = run(&sandbox, in_session("print(2)")).await.unwrap();
    assert_eq!(
        (again.status, text(&again.stdout)),
        (RunStatus::Ok, "2\n".to_owned())
    );
    assert!(again.session_lost.is_some());
}

#[tokio::test]
async fn a_session_that_said_it_was_done_and_was_not_rests_all_the_same() {
    let sandbox = sandbox().await;
    // Its main thread lies, in the very words of its runner, and goes on; what it writes afterwards is nowhere.
    let lie = r#"
import os, struct, sys, time
frame = sys._getframe()
while "word" not in frame.f_locals:
    frame = frame.f_back
said = frame.f_locals["word"].encode() + b'{"exit": 0, "value": null, "memory": false}'
os.write(3, b"D" + struct.pack("<I", len(said)) + said)
time.sleep(0.5)
print("after the end", flush=True)
"#;
    let first = run(&sandbox, in_session(lie)).await.unwrap();
    assert_eq!(
        (first.status, text(&first.stdout)),
        (RunStatus::Ok, String::new())
    );
    // What the first one's runner says when it is done at last is not taken for the end of the second.
    let second = run(&sandbox, in_session("print('mine')")).await.unwrap();
    assert_eq!(second.status, RunStatus::Ok, "{second:?}");
    assert!(text(&second.stdout).contains("mine"), "{second:?}");
}

#[tokio::test]
async fn who_does_not_know_the_word_of_a_run_does_not_end_it() {
    let sandbox = sandbox().await;
    let guess = r#"
import os, struct, time
said = b'0123456789abcdef{"exit": 7, "value": "a lie", "memory": false}'
os.write(3, b"D" + struct.pack("<I", len(said)) + said)
time.sleep(0.1)
print("the truth")
"#;
    let first = run(&sandbox, in_session(guess)).await.unwrap();
    assert_eq!(
        (first.exit, text(&first.stdout)),
        (Some(0), "the truth\n".to_owned())
    );
}
