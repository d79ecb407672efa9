//! Loading, unloading and refusing.

use crate::contract::{answer, collect, long_request};
use crate::rig;
use council_core::{GenerateRequest, Input, ModelError, ModelState, Models};
use council_models::config::EngineConfig;
use futures::future::join_all;
use futures::{FutureExt, StreamExt};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_first_requests_start_one_worker() {
    let rig = rig::smollm();
    let model = rig.model();
    assert_eq!(rig.worker_if_any(), None, "nothing is loaded before it is needed");
    let mut events = rig.models.events();
    join_all((0..6).map(|_| answer(&*model, long_request(Some(2))))).await;
    let mut loads = 0;
    while let Some(Some(event)) = events.next().now_or_never() {
        loads += usize::from(event.state == ModelState::Ready);
    }
    assert_eq!(loads, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_reports_progress_and_unloading_ends_the_process() {
    let rig = rig::smollm();
    let events = rig.models.events();
    rig.models.load(rig::SMOLLM).await.unwrap();
    let worker = rig.worker();
    rig.models.unload(rig::SMOLLM).await.unwrap();
    let states: Vec<ModelState> = events
        .map(|event| event.state)
        .take_while(|state| std::future::ready(*state != ModelState::Unloaded))
        .collect()
        .await;
    assert!(
        matches!(states.first(), Some(ModelState::Loading { .. })),
        "{states:?}"
    );
    assert!(states.len() > 3, "progress in between: {states:?}");
    assert_eq!(states.last(), Some(&ModelState::Ready));
    assert!(
        !rig::exists(worker),
        "the process is gone, and with it its memory"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_model_is_unloaded_after_its_keep_alive() {
    let rig = {
        let rig = rig::smollm();
        rig::rig(rig.dir, rig::SMOLLM, EngineConfig::default(), |config| {
            config.keep_alive = Some(Duration::from_millis(300));
        })
    };
    let mut events = rig.models.events();
    answer(&*rig.model(), long_request(Some(2))).await;
    let unloaded = async {
        while let Some(event) = events.next().await {
            if event.state == ModelState::Unloaded {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), unloaded)
        .await
        .expect("it is unloaded");
    assert_eq!(rig.worker_if_any(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_longer_than_the_context_is_refused_with_both_counts() {
    let engine = EngineConfig {
        context_tokens: Some(256),
        ..EngineConfig::default()
    };
    let rig = rig::smollm_with(engine);
    let request = GenerateRequest::new(Input::Text("word ".repeat(400)));
    let events = rig
        .model()
        .generate(request, CancellationToken::new())
        .collect()
        .await;
    match collect(events) {
        Err(ModelError::ContextTooLong {
            prompt_tokens,
            context_tokens: 256,
            ..
        }) => {
            assert!(prompt_tokens >= 400, "{prompt_tokens}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_with_a_time_to_come_back() {
    let engine = EngineConfig {
        slots: Some(1),
        queue_limit: Some(2),
        ..EngineConfig::default()
    };
    let rig = rig::smollm_with(engine);
    let model = rig.model();
    answer(&*model, long_request(Some(1))).await;
    let streams: Vec<_> = (0..8)
        .map(|_| model.generate(long_request(Some(10)), CancellationToken::new()))
        .collect();
    let results = join_all(
        streams
            .into_iter()
            .map(|stream| async { collect(stream.collect().await) }),
    )
    .await;
    let busy = results
        .iter()
        .filter(|result| matches!(result, Err(ModelError::Busy { .. })))
        .count();
    let answered = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!((answered, busy), (3, 5), "{results:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_answers_leave_no_slot_taken() {
    let rig = rig::smollm();
    let model = rig.model();
    for round in 0..8 {
        let streams: Vec<_> = (0..8)
            .map(|_| model.generate(long_request(None), CancellationToken::new()))
            .collect();
        for (index, mut stream) in streams.into_iter().enumerate() {
            if (index + round) % 2 == 0 {
                let _ = stream.next().await;
            }
        }
    }
    answer(&*model, long_request(Some(2))).await;
    let status = rig.models.list().remove(0);
    assert_eq!(
        (status.activity.active, status.activity.queued),
        (0, 0),
        "{status:?}"
    );
}
