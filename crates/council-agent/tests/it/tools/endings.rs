//! Turns that end while a tool runs.

use super::{Deed, asked, calling, lines, question_in_conversation, tool, world};
use crate::World;
use crate::fakes::{ScriptedModel, Step, say, stop};
use council_agent::TurnEvent;
use council_core::{Effect, ModelError, Outcome};
use futures::StreamExt as _;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

const HOUR: Duration = Duration::from_hours(1);

/// A model that calls a tool which takes an hour, and then one more.
fn hour_long() -> (World, std::sync::Arc<super::FakeTool>) {
    let slow = tool("slow", Effect::ReadOnly, Deed::Wait(HOUR));
    let script = calling(&[
        ("1", "slow", r#"{"word": "a"}"#),
        ("2", "slow", r#"{"word": "b"}"#),
    ]);
    let answer = [say("Because.")].into_iter().chain(stop());
    let world = world(&[&slow], ScriptedModel::new("tiny", script).then(answer));
    (world, slow)
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_stops_the_tool_and_the_history_stays_whole() {
    let (world, slow) = hour_long();
    let mut stream = world.agent.start(question_in_conversation("r1", "why?"));
    while !matches!(stream.next().await, Some(Ok(TurnEvent::ToolStarted(_)))) {}
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(slow.running.load(Ordering::SeqCst), 1);
    let began = Instant::now();
    drop(stream);
    let events = world.events(question_in_conversation("r2", "really?")).await;
    assert!(events.iter().all(Result::is_ok), "{events:?}");
    assert_eq!(began.elapsed(), Duration::ZERO, "the tool was stopped at once");
    assert_eq!(slow.running.load(Ordering::SeqCst), 0);
    let calls = slow.calls.lock().unwrap();
    assert_eq!(calls.len(), 1, "the second call was not begun");
    assert!(calls[0].1.cancel.is_cancelled());
    assert_eq!(
        lines(&asked(&world, 1)),
        [
            "user: why?",
            "assistant:  [1 2]",
            "tool to 1: this call was cancelled",
            "tool to 2: this call was cancelled",
            "assistant: ",
            "user: really?"
        ]
    );
    assert_eq!(
        world.store.settled.lock().unwrap()[0].0.outcome,
        Outcome::Cancelled
    );
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_stops_the_tool() {
    let (world, slow) = hour_long();
    let mut stream = world.agent.start(question_in_conversation("r1", "why?"));
    while !matches!(stream.next().await, Some(Ok(TurnEvent::ToolStarted(_)))) {}
    let began = Instant::now();
    world.agent.drain(Duration::from_secs(3)).await;
    assert_eq!(began.elapsed(), Duration::from_secs(3));
    assert_eq!(slow.running.load(Ordering::SeqCst), 0);
    assert_eq!(world.line().outcome, Outcome::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_model_that_fails_after_a_call_leaves_no_call_without_a_result() {
    let echo = tool("echo", Effect::ReadOnly, Deed::Echo);
    let call = Step::Say(council_core::GenerateEvent::ToolCall(council_core::ToolCall {
        id: "1".to_owned(),
        name: "echo".to_owned(),
        arguments: r#"{"word": "a"}"#.to_owned(),
    }));
    let error = ModelError::Internal("gone".to_owned());
    let model = ScriptedModel::new("tiny", [say("Wait."), call, Step::Fail(error)]).then(stop());
    let world = world(&[&echo], model);
    world.events(question_in_conversation("r1", "why?")).await;
    world.events(question_in_conversation("r2", "really?")).await;
    assert_eq!(
        lines(&asked(&world, 1)),
        ["user: why?", "assistant: Wait.", "user: really?"]
    );
    assert_eq!(echo.calls.lock().unwrap().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_model_that_fails_after_a_step_leaves_the_step_whole() {
    let echo = tool("echo", Effect::ReadOnly, Deed::Echo);
    let script = calling(&[("1", "echo", r#"{"word": "a"}"#)]);
    let error = ModelError::Internal("gone".to_owned());
    let model = ScriptedModel::new("tiny", script).then([Step::Fail(error)]);
    let world = world(&[&echo], model);
    world.events(question_in_conversation("r1", "why?")).await;
    let line = world.line();
    assert_eq!((line.outcome, line.usage), (Outcome::Failed, crate::fakes::USAGE));
    let messages = world.store.messages();
    let messages: Vec<_> = messages.iter().map(|new| new.message.clone()).collect();
    assert_eq!(
        lines(&messages),
        [
            "user: why?",
            "assistant:  [1]",
            "tool to 1: said \"a\"",
            "assistant: "
        ]
    );
}
