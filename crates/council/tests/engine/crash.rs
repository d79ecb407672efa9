//! Bad files and dead workers never take the process down.

use crate::contract::{answer, collect, long_request};
use crate::rig;
use council_core::{GenerateEvent, LanguageModel, ModelError, Models};
use council_models::gguf::writer::{TinyModel, write_tiny_model};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

async fn failure(model: &dyn LanguageModel) -> ModelError {
    let events = model
        .generate(long_request(Some(5)), CancellationToken::new())
        .collect()
        .await;
    collect(events).expect_err("it cannot answer")
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_fails_what_runs_and_answers_what_comes_next() {
    let rig = rig::smollm();
    let model = rig.model();
    let mut running = model.generate(long_request(None), CancellationToken::new());
    while !matches!(running.next().await, Some(Ok(GenerateEvent::Text { .. }))) {}
    kill(rig.worker());
    let error = loop {
        match running.next().await.expect("it ends with an error") {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, ModelError::NotReady { .. }), "{error:?}");
    let next = answer(&*model, long_request(Some(5))).await;
    assert!(next.usage.unwrap().output_tokens > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_ten_times_comes_back_each_time() {
    let rig = rig::tiny(council_models::gguf::writer::TinyArchitecture::Llama);
    let model = rig.model();
    for _ in 0..10 {
        answer(&*model, long_request(Some(3))).await;
        kill(rig.worker());
    }
    answer(&*model, long_request(Some(3))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_turns_bad_after_it_was_listed_is_a_clear_error() {
    let rig = rig::tiny(council_models::gguf::writer::TinyArchitecture::Llama);
    let path = rig.dir.path().join("tiny.gguf");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = failure(&*rig.model()).await;
    assert!(
        matches!(&error, ModelError::NotReady { message, .. } if message.contains("tiny")),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_truncated_files_are_not_offered_as_models() {
    let rig = rig::directory("good", |dir| {
        write_tiny_model(&dir.join("good.gguf"), &TinyModel::default()).unwrap();
        let bytes = std::fs::read(dir.join("good.gguf")).unwrap();
        std::fs::write(dir.join("cut.gguf"), &bytes[..bytes.len() - 1000]).unwrap();
        std::fs::write(dir.join("garbage.gguf"), [7_u8; 5000]).unwrap();
        std::fs::write(dir.join("empty.gguf"), []).unwrap();
    });
    let ids: Vec<String> = rig
        .models
        .list()
        .into_iter()
        .map(|status| status.info.id)
        .collect();
    assert_eq!(ids, ["good"]);
    let Err(error) = rig.models.get(Some("cut")) else {
        panic!("a truncated file is no model");
    };
    assert!(error.to_string().contains("cut.gguf cannot be used"), "{error}");
    answer(&*rig.model(), long_request(Some(3))).await;
}
