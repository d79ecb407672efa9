//! What becomes of a call.

use super::{
    Deed, asked, calling, lines, naming, question, question_in_conversation, results, scope, tool,
    with_tools, world,
};
use crate::ask;
use crate::fakes::{NOW, ScriptedModel, Step, USAGE, say, stop, think};
use council_agent::{TurnError, TurnEvent, TurnRequest};
use council_core::{
    Effect, FinishReason, GenerateEvent, GenerateRequest, Input, ModelError, Outcome, ToolCall, ToolChoice,
    Usage,
};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_call_is_run_and_its_result_is_read_before_the_answer() {
    let echo = tool("echo", Effect::ReadOnly, Deed::Echo);
    let script = calling(&[("1", "echo", r#"{"word": "hi"}"#)]);
    let answer = [say("It says hi.")].into_iter().chain(stop());
    let world = world(&[&echo], ScriptedModel::new("tiny", script).then(answer));
    let events = world.events(question()).await;
    let events: Vec<TurnEvent> = events.into_iter().map(Result::unwrap).collect();
    let called = ToolCall {
        id: "1".to_owned(),
        name: "echo".to_owned(),
        arguments: r#"{"word": "hi"}"#.to_owned(),
    };
    assert_eq!(
        events[1..3],
        [
            TurnEvent::ToolStarted(called),
            TurnEvent::ToolFinished {
                id: "1".to_owned(),
                name: "echo".to_owned(),
                ok: true,
                text: "said \"hi\"".to_owned(),
                data: json!({"heard": {"word": "hi"}}),
                latency: Duration::ZERO,
            }
        ]
    );
    assert!(
        matches!(&events[3..], [TurnEvent::Text { text, .. }, TurnEvent::Done(end)]
            if text == "It says hi." && end.finish == FinishReason::Stop),
        "{events:?}"
    );
    assert_eq!(
        lines(&asked(&world, 1)),
        ["user: why?", "assistant:  [1]", "tool to 1: said \"hi\""]
    );
    let calls = echo.calls.lock().unwrap();
    let (_, context) = &calls[0];
    assert_eq!(
        (&context.scope, context.request_id.as_str(), context.now),
        (&scope(), "r1", NOW)
    );
}

#[tokio::test(start_paused = true)]
async fn what_all_steps_used_is_one_line_of_the_ledger() {
    let echo = tool("echo", Effect::ReadOnly, Deed::Wait(Duration::from_millis(70)));
    let script = [think(200)]
        .into_iter()
        .chain(calling(&[("1", "echo", r#"{"word": "hi"}"#)]));
    let answer = [think(30), say("Yes.")].into_iter().chain(stop());
    let model = ScriptedModel::new("tiny", script).then(answer).remote(1.0, 10.0);
    let world = world(&[&echo], model);
    world.events(question()).await;
    let line = world.line();
    let usage = Usage {
        input_tokens: 2 * USAGE.input_tokens,
        cached_tokens: 2 * USAGE.cached_tokens,
        output_tokens: 2 * USAGE.output_tokens,
    };
    assert_eq!((line.outcome, line.usage), (Outcome::Completed, usage));
    assert!(
        (line.cost_usd - (200.0 + 60.0) / 1e6).abs() < 1e-12,
        "{}",
        line.cost_usd
    );
    assert_eq!(line.latency, Duration::from_millis(300));
    assert_eq!(line.first_token, Some(Duration::from_millis(200)));
}

#[tokio::test(start_paused = true)]
async fn several_calls_of_one_answer_run_one_after_another_in_their_order() {
    let slow = tool("slow", Effect::ReadOnly, Deed::Wait(Duration::from_millis(50)));
    let fast = tool("fast", Effect::ReadOnly, Deed::Echo);
    let script = calling(&[
        ("1", "slow", r#"{"word": "a"}"#),
        ("2", "fast", r#"{"word": "b"}"#),
    ]);
    let script = [say("Let me see.")].into_iter().chain(script);
    let answer = [say("Done.")].into_iter().chain(stop());
    let world = world(&[&slow, &fast], ScriptedModel::new("tiny", script).then(answer));
    let events = world.events(question()).await;
    let ids: Vec<String> = results(&events).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(
        lines(&asked(&world, 1))[1..],
        [
            "assistant: Let me see. [1 2]",
            "tool to 1: said \"a\"",
            "tool to 2: said \"b\""
        ]
    );
    let text: String = events
        .iter()
        .filter_map(|event| match event {
            Ok(TurnEvent::Text { text, .. }) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(text, "Let me see.\n\nDone.");
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_call_is_told_to_the_model_which_may_try_again() {
    let echo = tool("echo", Effect::ReadOnly, Deed::Echo);
    let (broken, defect) = (
        tool("broken", Effect::ReadOnly, Deed::Fail),
        tool("defect", Effect::ReadOnly, Deed::Panic),
    );
    let script = calling(&[
        ("1", "ecco", "{}"),
        ("2", "echo", r#"{"word": "hi""#),
        ("3", "echo", r#"{"times": 2}"#),
        ("4", "echo", r#"{"word": "too long"}"#),
        ("5", "echo", r#"{"word": "hi", "loud": true}"#),
        ("6", "broken", r#"{"word": "hi"}"#),
        ("7", "defect", r#"{"word": "hi"}"#),
        ("8", "echo", r#""hi""#),
    ]);
    let again = calling(&[("9", "echo", r#"{"word": "hi"}"#)]);
    let answer = [say("Hi.")].into_iter().chain(stop());
    let model = ScriptedModel::new("tiny", script).then(again).then(answer);
    let world = world(&[&echo, &broken, &defect], model);
    let events = world
        .events(naming(ask(&[]), &["echo", "broken", "defect"]))
        .await;
    let told = [
        (
            "1",
            false,
            "no tool is called `ecco`; there are `echo`, `broken`, `defect`",
        ),
        (
            "2",
            false,
            "the arguments are not valid JSON: EOF while parsing an object at line 1 column 13; write an object",
        ),
        ("3", false, "`word` is missing"),
        ("4", false, "`word` has 8 characters; it must have at most 5"),
        (
            "5",
            false,
            "`loud` is no argument of this tool; it takes `word`, `times`",
        ),
        ("6", false, "the mouth is shut; open it"),
        (
            "7",
            false,
            "`defect` has a defect and failed; the server's log says where",
        ),
        ("8", false, "the arguments are a string; they must be an object"),
        ("9", true, "said \"hi\""),
    ];
    let told = told.map(|(id, ok, text)| (id.to_owned(), ok, text.to_owned()));
    assert_eq!(results(&events), told);
    assert_eq!(echo.calls.lock().unwrap().len(), 1, "what is wrong is not called");
    assert_eq!(world.line().outcome, Outcome::Completed);
}

#[tokio::test(start_paused = true)]
async fn the_next_turn_reads_a_whole_history() {
    let echo = tool("echo", Effect::ReadOnly, Deed::Echo);
    let script = calling(&[("1", "echo", r#"{"word": "hi"}"#)]);
    let answer = || [say("It says hi.")].into_iter().chain(stop());
    let world = world(&[&echo], ScriptedModel::new("tiny", script).then(answer()));
    world.events(question_in_conversation("r1", "why?")).await;
    world.events(question_in_conversation("r2", "really?")).await;
    assert_eq!(
        lines(&asked(&world, 2)),
        [
            "user: why?",
            "assistant:  [1]",
            "tool to 1: said \"hi\"",
            "assistant: It says hi.",
            "user: really?"
        ]
    );
    let messages = world.store.messages();
    let models: Vec<_> = messages[..4].iter().map(|new| new.model.as_deref()).collect();
    assert_eq!(models, [None, Some("tiny"), None, Some("tiny")]);
}

#[tokio::test(start_paused = true)]
async fn tools_of_the_client_are_not_run_here_even_with_the_name_of_one_of_ours() {
    let echo = tool("echo", Effect::ReadOnly, Deed::Echo);
    let script = calling(&[("1", "echo", r#"{"word": "hi"}"#)]);
    let world = world(&[&echo], ScriptedModel::new("tiny", script));
    let mut generate = GenerateRequest::chat(vec![crate::user("why?")]);
    let theirs = council_core::ToolSpec {
        name: "echo".to_owned(),
        description: None,
        parameters: json!({}),
        strict: false,
    };
    if let Input::Chat { tools, .. } = &mut generate.input {
        tools.push(theirs.clone());
    }
    // What the server never asks for, but nobody else's call may be run whatever is asked.
    let events = world
        .events(with_tools(TurnRequest { generate, ..ask(&[]) }))
        .await;
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Ok(TurnEvent::ToolCall(call)) if call.id == "1")),
        "{events:?}"
    );
    assert_eq!(echo.calls.lock().unwrap().len(), 0);
    let given = world.models[0].asked.lock().unwrap()[0].clone();
    assert!(matches!(&given.input, Input::Chat { tools, .. } if *tools == [theirs]));
}

/// What the model with this number of a request was given: names, and whether it may call.
fn given(world: &crate::World, number: usize) -> (Vec<String>, ToolChoice) {
    let asked = world.models[0].asked.lock().unwrap();
    match &asked[number].input {
        Input::Chat {
            tools, tool_choice, ..
        } => (
            tools.iter().map(|tool| tool.name.clone()).collect(),
            tool_choice.clone(),
        ),
        Input::Text(_) => panic!("not a chat"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_allows_nothing_offers_nothing() {
    let world = world(&[], ScriptedModel::new("tiny", stop()));
    world.events(ask(&[])).await;
    assert_eq!(given(&world, 0), (vec![], ToolChoice::Auto));
}

#[tokio::test(start_paused = true)]
async fn a_stronger_effect_than_is_allowed_must_be_named() {
    let post = tool("post", Effect::Egress, Deed::Echo);
    let script = calling(&[("1", "post", r#"{"word": "hi"}"#)]);
    let answer = || [say("Posted.")].into_iter().chain(stop());
    let model = ScriptedModel::new("tiny", script.clone())
        .then(answer())
        .then(script)
        .then(answer());
    let world = world(&[&post], model);
    let events = world.events(question()).await;
    let usual = [
        "memory_load",
        "memory_save",
        "memory_delete",
        "memory_forget",
        "knowledge_search",
    ];
    assert_eq!(
        given(&world, 0),
        (usual.map(str::to_owned).to_vec(), ToolChoice::Auto)
    );
    let [(_, false, text)] = &results(&events)[..] else {
        panic!("{events:?}")
    };
    assert!(
        text.starts_with("no tool is called `post`; there are `memory_load`"),
        "{text}"
    );
    assert_eq!(post.calls.lock().unwrap().len(), 0);
    let named = TurnRequest {
        request_id: "r2".to_owned(),
        ..naming(ask(&[]), &["post"])
    };
    let events = world.events(named).await;
    assert_eq!(given(&world, 2).0, ["post"]);
    assert_eq!(
        results(&events),
        [("1".to_owned(), true, "said \"hi\"".to_owned())]
    );
}

#[tokio::test(start_paused = true)]
async fn a_model_that_cannot_call_tools_answers_without_unless_they_were_named() {
    let model = ScriptedModel::new("tiny", [say("Hi.")].into_iter().chain(stop())).without_tools();
    let world = world(&[], model);
    let events = world.events(question()).await;
    assert!(events.iter().all(Result::is_ok), "{events:?}");
    assert_eq!(given(&world, 0).0, [] as [&str; 0]);
    let named = TurnRequest {
        request_id: "r2".to_owned(),
        ..naming(ask(&[]), &["memory_load"])
    };
    let error = ModelError::InvalidRequest {
        field: "tools".to_owned(),
        message: "`tiny` cannot call tools; choose another model".to_owned(),
    };
    assert_eq!(world.events(named).await, [Err(TurnError::Model(error))]);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_arguments_counts_as_one_with_none() {
    let script = calling(&[("1", "memory_load", "")]);
    let world = world(&[], ScriptedModel::new("tiny", script).then(stop()));
    let events = world.events(question()).await;
    assert_eq!(
        results(&events),
        [("1".to_owned(), false, "`query` is missing".to_owned())]
    );
}

#[tokio::test(start_paused = true)]
async fn a_step_that_calls_and_says_that_it_stopped_is_run_all_the_same() {
    let echo = tool("echo", Effect::ReadOnly, Deed::Echo);
    let call = ToolCall {
        id: "1".to_owned(),
        name: "echo".to_owned(),
        arguments: json!({"word": "hi"}).to_string(),
    };
    let script = [Step::Say(GenerateEvent::ToolCall(call))]
        .into_iter()
        .chain(stop());
    let world = world(&[&echo], ScriptedModel::new("tiny", script).then(stop()));
    let events = world.events(question()).await;
    assert_eq!(results(&events).len(), 1);
    let data = events.iter().find_map(|event| match event {
        Ok(TurnEvent::ToolFinished { data, .. }) => Some(data.clone()),
        _ => None,
    });
    assert_ne!(data, Some(Value::Null));
}
