//! What keeps a turn from calling tools for ever.

use super::{Deed, asked, calling, limited, question, question_in_conversation, results, tool, world};
use crate::fakes::{ScriptedModel, say, stop};
use council_agent::{ToolLimits, TurnEvent};
use council_core::{Effect, FinishReason, Input, Outcome, ToolChoice};

fn choice(world: &crate::World, number: usize) -> ToolChoice {
    let asked = world.models[0].asked.lock().unwrap();
    match &asked[number].input {
        Input::Chat { tool_choice, .. } => tool_choice.clone(),
        Input::Text(_) => panic!("not a chat"),
    }
}

#[tokio::test(start_paused = true)]
async fn after_the_last_step_the_model_must_answer_in_words() {
    let echo = tool("echo", Effect::ReadOnly, Deed::Echo);
    let call = |id: &str, word: &str| calling(&[(id, "echo", &format!(r#"{{"word": "{word}"}}"#))]);
    // The last one calls although it may not.
    let last = [say("Enough.")].into_iter().chain(call("3", "c"));
    let model = ScriptedModel::new("tiny", call("1", "a"))
        .then(call("2", "b"))
        .then(last);
    let limits = ToolLimits {
        max_steps: 2,
        ..ToolLimits::default()
    };
    let world = limited(&[&echo], limits, model);
    let events = world.events(question_in_conversation("r1", "why?")).await;
    assert_eq!(results(&events).len(), 2);
    assert_eq!(
        [0, 1, 2].map(|number| choice(&world, number)),
        [ToolChoice::Auto, ToolChoice::Auto, ToolChoice::None]
    );
    let Some(Ok(TurnEvent::Done(end))) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!(end.finish, FinishReason::Stop);
    let messages = world.store.messages();
    let last = &messages.last().unwrap().message;
    assert_eq!(
        (last.joined_text().as_str(), last.tool_calls.len()),
        ("Enough.", 0)
    );
}

#[tokio::test(start_paused = true)]
async fn the_very_same_call_is_not_made_twice() {
    let echo = tool("echo", Effect::ReadOnly, Deed::Echo);
    let script = calling(&[("1", "echo", r#"{"word": "a", "times": 2}"#)]);
    let again = calling(&[
        ("2", "echo", r#"{"times":2,"word":"a"}"#),
        ("3", "echo", r#"{"word": "b"}"#),
    ]);
    let model = ScriptedModel::new("tiny", script).then(again).then(stop());
    let world = world(&[&echo], model);
    let events = world.events(question()).await;
    let told = results(&events);
    assert_eq!(
        told.iter().map(|(_, ok, _)| *ok).collect::<Vec<_>>(),
        [true, false, true]
    );
    assert!(
        told[1].2.starts_with("this very call was made before"),
        "{told:?}"
    );
    assert_eq!(echo.calls.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn results_never_fill_the_context_and_say_where_they_were_cut() {
    let talk = tool("talk", Effect::ReadOnly, Deed::Tell(1_000_000));
    let call = |id: &str, word: &str| (id.to_owned(), format!(r#"{{"word": "{word}"}}"#));
    let calls: Vec<(String, String)> = (0..9).map(|n| call(&n.to_string(), &n.to_string())).collect();
    let calls: Vec<(&str, &str, &str)> = calls
        .iter()
        .map(|(id, arguments)| (id.as_str(), "talk", arguments.as_str()))
        .collect();
    let model = ScriptedModel::new("tiny", calling(&calls)).then(stop());
    let world = world(&[&talk], model);
    let events = world.events(question()).await;
    let told = results(&events);
    let note = "\n[cut after 3072 of 1000000 bytes; ask for less at once]";
    assert!(told[0].2.ends_with(note), "{}", told[0].2.len());
    let bytes: usize = asked(&world, 1)
        .iter()
        .map(|message| message.joined_text().len())
        .sum();
    // Half of 4,096 tokens of three bytes, and the notes.
    assert!(bytes < 4_096 / 2 * 3 + 1_000, "{bytes}");
    assert_eq!(world.line().outcome, Outcome::Completed);
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_by_tool_and_outcome() {
    let (echo, broken) = (
        tool("echo", Effect::ReadOnly, Deed::Echo),
        tool("broken", Effect::ReadOnly, Deed::Fail),
    );
    let script = calling(&[
        ("1", "echo", r#"{"word": "a"}"#),
        ("2", "echo", r#"{"word": "b"}"#),
        ("3", "echo", "{}"),
        ("4", "echo", "no JSON"),
        ("5", "broken", r#"{"word": "a"}"#),
        ("6", "invented", "{}"),
    ]);
    let world = world(&[&echo, &broken], ScriptedModel::new("tiny", script).then(stop()));
    world.events(question()).await;
    crate::metrics::check(
        &world,
        &[
            ("council_tool_calls_total{outcome=\"ok\",tool=\"echo\"}", "2"),
            ("council_tool_calls_total{outcome=\"invalid\",tool=\"echo\"}", "2"),
            (
                "council_tool_calls_total{outcome=\"failed\",tool=\"broken\"}",
                "1",
            ),
            (
                "council_tool_calls_total{outcome=\"unknown\",tool=\"unknown\"}",
                "1",
            ),
            ("council_tool_seconds_count{tool=\"echo\"}", "4"),
        ],
    );
}
