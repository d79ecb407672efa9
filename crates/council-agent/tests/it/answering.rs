//! Which model answers, and what the client sees of it.

use crate::fakes::{NOW, ScriptedModel, Step, USAGE, busy, say, stop, think, token};
use crate::{World, ask};
use council_agent::{TurnError, TurnEvent, TurnSummary};
use council_core::{
    FinishReason, GenerateEvent, LedgerEntry, Locality, ModelError, Outcome, SkillKind, TokenLogprob,
    ToolCall, Usage,
};
use std::time::Duration;

/// An event as the stream has it.
type Item = Result<TurnEvent, TurnError>;

#[expect(clippy::unnecessary_wraps, reason = "compared with items of the stream")]
fn decision(model: &str, reason: &str) -> Item {
    let (model, reason) = (model.to_owned(), reason.to_owned());
    Ok(TurnEvent::Decision {
        model,
        skill: SkillKind::Chat,
        reason,
        omitted_messages: 0,
        question: None,
    })
}

#[expect(clippy::unnecessary_wraps, reason = "compared with items of the stream")]
fn text(text: &str) -> Item {
    let GenerateEvent::Text { text, logprobs } = token(text) else {
        panic!("not text")
    };
    Ok(TurnEvent::Text { text, logprobs })
}

fn errors(events: &[Item]) -> Vec<String> {
    events
        .iter()
        .filter_map(|event| event.as_ref().err().map(ToString::to_string))
        .collect()
}

fn script() -> Vec<Step> {
    let [usage, finish] = stop();
    vec![
        think(200),
        say("Be"),
        think(30),
        say("cause"),
        think(30),
        say("."),
        usage,
        finish,
    ]
}

#[tokio::test(start_paused = true)]
async fn a_turn_tells_its_decision_then_its_text_and_ends_with_what_was_measured() {
    let world = World::new([ScriptedModel::new("tiny", script()).remote(2.0, 10.0)]);
    let events = world.events(ask(&["tiny"])).await;
    let (Ok(TurnEvent::Done(done)), first) = events.split_last().unwrap() else {
        panic!("{events:?}");
    };
    let expected = [
        decision("tiny", "the model that was asked for"),
        text("Be"),
        text("cause"),
        text("."),
    ];
    assert_eq!(first, expected);
    let cost_usd = (100.0 * 2.0 + 3.0 * 10.0) / 1e6;
    let confidence = done.confidence;
    assert!((confidence.unwrap() - 0.5).abs() < 1e-6);
    let expected = TurnSummary {
        model: "tiny".to_owned(),
        locality: Locality::Remote,
        skill: SkillKind::Chat,
        finish: FinishReason::Stop,
        usage: USAGE,
        cost_usd,
        latency: Duration::from_millis(260),
        first_token: Some(Duration::from_millis(200)),
        confidence,
        calibrated: false,
        proofs: vec![],
        vote: None,
        question: None,
        message: None,
    };
    assert_eq!(*done, expected);
    let expected = LedgerEntry {
        request_id: "r1".to_owned(),
        user: council_core::memory::LOCAL_USER.to_owned(),
        started_at: NOW,
        route: "/hybrid".to_owned(),
        model: "tiny".to_owned(),
        locality: Locality::Remote,
        usage: USAGE,
        cost_usd,
        latency: Duration::from_millis(260),
        first_token: Some(Duration::from_millis(200)),
        outcome: Outcome::Completed,
    };
    assert_eq!(world.line(), expected);
    assert!(
        world.store.said().is_empty(),
        "a turn without a conversation stores no messages"
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_script_gives_the_same_events() {
    let run = async || {
        let models = [
            ScriptedModel::new("a", [Step::Fail(busy("a"))]),
            ScriptedModel::new("b", script()),
        ];
        World::new(models).events(ask(&["x", "a", "b"])).await
    };
    assert_eq!(run().await, run().await);
}

#[tokio::test(start_paused = true)]
async fn without_a_name_the_default_model_answers() {
    let world = World::new([
        ScriptedModel::new("first", script()),
        ScriptedModel::new("second", script()),
    ]);
    let events = world.events(ask(&[])).await;
    assert_eq!(
        events[0],
        decision("first", "no model was named, so the default model answers")
    );
}

#[tokio::test(start_paused = true)]
async fn a_model_that_is_not_installed_is_skipped_with_the_reason_named() {
    let world = World::new([ScriptedModel::new("tiny", script())]);
    let events = world.events(ask(&["huge", "tiny"])).await;
    let reason = "next in the request after `huge` (model `huge` is not installed; pull it)";
    assert_eq!(events[0], decision("tiny", reason));
    assert_eq!(errors(&events), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_busy_model_makes_way_for_the_next_and_only_the_one_that_answers_is_announced() {
    let busy_model = ScriptedModel::new("a", [think(10), Step::Fail(busy("a"))]);
    let world = World::new([busy_model, ScriptedModel::new("b", script())]);
    let events = world.events(ask(&["a", "b"])).await;
    let reason =
        "next in the request after `a` (`a` has 9 requests waiting, which is its limit; try again in 2 s)";
    assert_eq!(events[0], decision("b", reason));
    assert_eq!(events[1], text("Be"));
    assert_eq!(world.line().model, "b");
    assert_eq!(world.line().first_token, Some(Duration::from_millis(210)));
}

#[tokio::test(start_paused = true)]
async fn the_only_model_is_announced_before_it_says_anything() {
    use futures::StreamExt as _;
    let world = World::new([ScriptedModel::new("tiny", [Step::Hang])]);
    let mut stream = world.agent.start(ask(&["tiny"]));
    assert_eq!(
        stream.next().await.unwrap(),
        decision("tiny", "the model that was asked for")
    );
}

#[tokio::test(start_paused = true)]
async fn a_model_that_fails_after_its_first_token_is_not_replaced() {
    let failing = ScriptedModel::new("a", [say("Be"), Step::Fail(busy("a"))]);
    let world = World::new([failing, ScriptedModel::new("b", script())]);
    let events = world.events(ask(&["a", "b"])).await;
    assert_eq!(
        events[..2],
        [decision("a", "the model that was asked for"), text("Be")]
    );
    assert_eq!(events[2..], [Err(TurnError::Model(busy("a")))]);
    assert!(world.models[1].asked.lock().unwrap().is_empty());
    assert_eq!(
        (world.line().outcome, world.line().usage.output_tokens),
        (Outcome::Failed, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_question_that_would_fail_anywhere_is_not_tried_elsewhere() {
    let error = ModelError::InvalidRequest {
        field: "temperature".into(),
        message: "too hot".into(),
    };
    let strict = ScriptedModel::new("a", [Step::Fail(error.clone())]);
    let world = World::new([strict, ScriptedModel::new("b", script())]);
    assert_eq!(
        world.events(ask(&["a", "b"])).await,
        [Err(TurnError::Model(error))]
    );
    assert!(world.models[1].asked.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn when_none_can_answer_the_failure_that_will_pass_is_told() {
    let world = World::new([ScriptedModel::new("a", [Step::Fail(busy("a"))])]);
    let events = world.events(ask(&["x", "a", "y"])).await;
    assert_eq!(events, [Err(TurnError::Model(busy("a")))]);
    let line = world.line();
    assert_eq!((line.model.as_str(), line.outcome), ("", Outcome::Failed));
    assert_eq!((line.usage, line.first_token), (Usage::default(), None));
}

#[tokio::test(start_paused = true)]
async fn when_no_model_exists_the_first_one_asked_for_is_named() {
    let world = World::new([]);
    let events = world.events(ask(&["x", "y"])).await;
    assert_eq!(errors(&events), ["model `x` is not installed; pull it"]);
    assert_eq!(events.len(), 1);
    let world = World::new([]);
    assert_eq!(errors(&world.events(ask(&[])).await), ["no model is installed"]);
}

#[tokio::test(start_paused = true)]
async fn tool_calls_reach_the_client_and_count_as_a_first_token() {
    let call = ToolCall {
        id: "c1".into(),
        name: "run".into(),
        arguments: "{}".into(),
    };
    let script = [
        think(50),
        Step::Say(GenerateEvent::ToolCall(call.clone())),
        Step::Say(GenerateEvent::Finish(FinishReason::ToolCalls)),
    ];
    let world = World::new([ScriptedModel::new("tiny", script)]);
    let events = world.events(ask(&[])).await;
    assert_eq!(events[1], Ok(TurnEvent::ToolCall(call)));
    let Ok(TurnEvent::Done(done)) = &events[2] else {
        panic!("{events:?}")
    };
    assert_eq!(done.finish, FinishReason::ToolCalls);
    assert_eq!(done.first_token, Some(Duration::from_millis(50)));
    assert_eq!(done.confidence, None);
}

#[tokio::test(start_paused = true)]
async fn text_without_log_probs_has_no_confidence() {
    let plain = GenerateEvent::Text {
        text: "hm".to_owned(),
        logprobs: Vec::<TokenLogprob>::new(),
    };
    let world = World::new([ScriptedModel::new(
        "tiny",
        [Step::Say(plain)].into_iter().chain(stop()),
    )]);
    let events = world.events(ask(&[])).await;
    let Some(Ok(TurnEvent::Done(done))) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!((done.confidence, done.usage), (None, USAGE));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_an_end_is_a_defect_of_the_model() {
    let world = World::new([ScriptedModel::new("tiny", [say("Be")])]);
    let events = world.events(ask(&[])).await;
    assert_eq!(
        errors(&events),
        ["internal error: `tiny` ended its answer without a reason"]
    );
    assert_eq!(world.line().outcome, Outcome::Failed);
}
