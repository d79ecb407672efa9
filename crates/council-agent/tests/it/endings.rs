//! Turns that do not end the ordinary way: clients that leave, shutdowns, defects, full disks.

use crate::fakes::{CUT_USAGE, ScriptedModel, Step, busy, say, stop, think};
use crate::{World, ask, ask_in_conversation, first_text, user};
use council_agent::{TurnError, TurnEvent};
use council_core::{FinishReason, ModelError, Outcome, StoreError, Usage};
use futures::StreamExt as _;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_dropped_stream_still_settles_the_ledger() {
    let world = World::new([ScriptedModel::new("tiny", [say("Be"), Step::Hang, say("cause")])]);
    let mut stream = world.agent.start(ask_in_conversation("r1", vec![user("why?")]));
    assert_eq!(first_text(&mut stream).await, "Be");
    drop(stream);
    let began = Instant::now();
    world.settled().await;
    assert_eq!(began.elapsed(), Duration::ZERO, "the model was stopped at once");
    assert_eq!(world.models[0].running.load(Ordering::SeqCst), 0);
    let line = world.line();
    assert_eq!((line.outcome, line.usage), (Outcome::Cancelled, CUT_USAGE));
    assert_eq!(world.store.said(), ["user: why?", "assistant: Be"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_dropped_before_it_is_read_is_settled_without_an_answer() {
    let world = World::new([ScriptedModel::new("tiny", [say("Be"), Step::Hang])]);
    drop(world.agent.start(ask_in_conversation("r1", vec![user("why?")])));
    world.settled().await;
    assert_eq!(world.line().outcome, Outcome::Cancelled);
    assert_eq!(world.store.said(), ["user: why?"]);
}

#[tokio::test(start_paused = true)]
async fn a_model_that_does_not_stop_is_dropped_and_its_tokens_are_counted_here() {
    let world = World::new([ScriptedModel::new("tiny", [say("Be"), say("cause"), Step::Deaf])]);
    let mut stream = world.agent.start(ask(&[]));
    first_text(&mut stream).await;
    first_text(&mut stream).await;
    drop(stream);
    let began = Instant::now();
    world.settled().await;
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    assert_eq!(world.models[0].running.load(Ordering::SeqCst), 0);
    assert_eq!(
        world.line().usage,
        Usage {
            output_tokens: 2,
            ..Usage::default()
        }
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_only_repeats_itself_is_ended_where_nobody_bounded_it() {
    let endless = || (0..2_000).flat_map(|_| [say("the kayak is red "), think(1)]);
    let world = World::new([ScriptedModel::new("tiny", endless())]);
    let events: Vec<_> = world.agent.start(ask(&[])).collect().await;
    world.settled().await;
    let said = world.models[0].steps.load(Ordering::SeqCst);
    assert!((240..800).contains(&said), "{said}");
    assert_eq!(world.models[0].running.load(Ordering::SeqCst), 0);
    let finished = events.iter().find_map(|event| match event {
        Ok(TurnEvent::Done(done)) => Some(done.finish),
        _ => None,
    });
    assert_eq!(finished, Some(FinishReason::Length), "{:?}", events.last());
    assert_eq!(world.line().outcome, Outcome::Completed);
    // Whoever says how long it may be gets it as it is.
    let bounded = World::new([ScriptedModel::new("tiny", endless().chain(stop()))]);
    let mut request = ask(&[]);
    request.generate.max_tokens = Some(5_000);
    let events: Vec<_> = bounded.agent.start(request).collect().await;
    assert!(events.len() > 2_000, "{}", events.len());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_holds_the_model_back() {
    let talkative = (0..1_000).map(|_| say("x")).chain(stop());
    let world = World::new([ScriptedModel::new("tiny", talkative)]);
    let stream = world.agent.start(ask(&[]));
    tokio::time::sleep(SECOND).await;
    let said = world.models[0].steps.load(Ordering::SeqCst);
    assert!((1..100).contains(&said), "{said}");
    let events: Vec<_> = stream.collect().await;
    assert_eq!(events.len(), 1_002);
    assert_eq!(world.line().outcome, Outcome::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_its_turn_and_nothing_else() {
    let broken = ScriptedModel::new("broken", [say("Be"), Step::Panic]);
    let world = World::new([
        broken,
        ScriptedModel::new("fine", [say("x")].into_iter().chain(stop())),
    ]);
    let events = world.events(ask_in_conversation("r1", vec![user("why?")])).await;
    let error = ModelError::Internal("the turn panicked: a defect of the fake".to_owned());
    assert_eq!(events.last(), Some(&Err(TurnError::Model(error))));
    assert_eq!(world.line().outcome, Outcome::Failed);
    assert_eq!(world.store.said(), ["user: why?", "assistant: Be"]);
    assert_eq!(world.agent.metrics().in_flight(), 0);
    let events = world.events(ask(&["fine"])).await;
    assert!(matches!(events.last(), Some(Ok(TurnEvent::Done(_)))));
}

#[tokio::test(start_paused = true)]
async fn a_panic_while_settling_is_told_to_the_client() {
    let world = World::new([ScriptedModel::new("tiny", stop())]);
    world.store.panics_when_settling.store(true, Ordering::SeqCst);
    let events = world.events(ask(&[])).await;
    assert!(
        matches!(
            events.last(),
            Some(Err(TurnError::Model(ModelError::Internal(_))))
        ),
        "{events:?}"
    );
    assert_eq!(world.agent.metrics().in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_settled_ends_with_the_reason() {
    let world = World::new([ScriptedModel::new("tiny", [say("Be")].into_iter().chain(stop()))]);
    world.store.refuses_to_settle.store(true, Ordering::SeqCst);
    let events = world.events(ask(&[])).await;
    assert_eq!(
        events.last(),
        Some(&Err(TurnError::Store(StoreError::DiskFull {
            place: "/data".to_owned()
        })))
    );
    assert_eq!(world.agent.metrics().succeeded(), 0);
}

#[tokio::test(start_paused = true)]
async fn when_answer_and_settlement_fail_the_client_hears_of_the_answer() {
    let world = World::new([ScriptedModel::new("tiny", [Step::Fail(busy("tiny"))])]);
    world.store.refuses_to_settle.store(true, Ordering::SeqCst);
    let events = world.events(ask(&[])).await;
    assert_eq!(events.last(), Some(&Err(TurnError::Model(busy("tiny")))));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_for_running_turns_and_refuses_new_ones() {
    let script = [Step::Think(3 * SECOND), say("Be")].into_iter().chain(stop());
    let world = World::new([ScriptedModel::new("tiny", script)]);
    let running = world.agent.start(ask(&[]));
    let began = Instant::now();
    let (events, ()) = tokio::join!(running.collect::<Vec<_>>(), world.agent.drain(10 * SECOND));
    assert_eq!(began.elapsed(), 3 * SECOND);
    assert!(matches!(events.last(), Some(Ok(TurnEvent::Done(done))) if done.finish == FinishReason::Stop));

    let events = world.events(ask(&[])).await;
    let [Err(TurnError::Model(ModelError::NotReady { message, .. }))] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(message.starts_with("the server is shutting down"));
    assert_eq!(
        world.line().outcome,
        Outcome::Completed,
        "a refused turn is not in the ledger"
    );
}

#[tokio::test(start_paused = true)]
async fn after_its_grace_a_shutdown_cancels_turns_and_settles_them() {
    let world = World::new([ScriptedModel::new("tiny", [say("Be"), Step::Hang])]);
    let running = world.agent.start(ask_in_conversation("r1", vec![user("why?")]));
    let began = Instant::now();
    let (events, ()) = tokio::join!(running.collect::<Vec<_>>(), world.agent.drain(10 * SECOND));
    assert_eq!(began.elapsed(), 10 * SECOND);
    let Some(Ok(TurnEvent::Done(done))) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!((done.finish, done.usage), (FinishReason::Cancelled, CUT_USAGE));
    assert_eq!(world.line().outcome, Outcome::Cancelled);
    assert_eq!(world.store.said(), ["user: why?", "assistant: Be"]);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_does_not_wait_for_a_client_that_does_not_read() {
    let world = World::new([ScriptedModel::new("tiny", (0..1_000).map(|_| say("x")))]);
    let unread = world.agent.start(ask(&[]));
    tokio::time::sleep(SECOND).await;
    let began = Instant::now();
    tokio::time::timeout(60 * SECOND, world.agent.drain(SECOND))
        .await
        .unwrap();
    assert_eq!(began.elapsed(), SECOND);
    assert_eq!(world.line().outcome, Outcome::Cancelled);
    // The end has its place even in a full queue.
    let events: Vec<_> = unread.collect().await;
    assert!(matches!(events.last(), Some(Ok(TurnEvent::Done(_)))));
}
