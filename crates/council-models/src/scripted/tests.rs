//! Tests of the scripted model; the contract that it shares with all models is in `tests/it`.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use council_core::{FinishReason, GenerateEvent, Message, Role, ToolCall, Usage};

fn ask(text: &str) -> GenerateRequest {
    GenerateRequest::chat(vec![Message::text(Role::User, text)])
}

async fn events(model: &ScriptedModel, request: GenerateRequest) -> Vec<Result<GenerateEvent, ModelError>> {
    model.generate(request, CancellationToken::new()).collect().await
}

fn text(events: &[Result<GenerateEvent, ModelError>]) -> String {
    events
        .iter()
        .filter_map(|event| match event {
            Ok(GenerateEvent::Text { text, .. }) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn an_echo_repeats_the_last_message_word_by_word() {
    let model = ScriptedModel::echo("echo");
    let events = events(&model, ask("one  two\nthree")).await;
    assert_eq!(text(&events), "one  two\nthree");
    let usage = Usage {
        input_tokens: 3,
        cached_tokens: 0,
        output_tokens: 3,
    };
    assert_eq!(
        events[3..],
        [
            Ok(GenerateEvent::Usage(usage)),
            Ok(GenerateEvent::Finish(FinishReason::Stop))
        ]
    );
}

#[tokio::test]
async fn it_is_labelled_as_a_fake() {
    let model = ScriptedModel::echo("a:b").with_info(|info| {
        info.id = "real".to_owned();
        info.provider = "real".to_owned();
        info.context_length = 5;
    });
    assert_eq!(model.info().id, "scripted/a-b");
    assert_eq!(model.info().provider, "scripted (fake)");
    let error = events(&model, ask("1 2 3 4 5")).await.remove(0).unwrap_err();
    assert!(
        matches!(
            error,
            ModelError::ContextTooLong {
                prompt_tokens: 5,
                context_tokens: 5,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn tool_calls_and_failures_play_in_order() {
    let failure = ModelError::Internal("scripted".to_owned());
    let model = ScriptedModel::new(
        "steps",
        vec![
            Step::Text("Let me ".to_owned()),
            Step::ToolCall {
                name: "f".to_owned(),
                arguments: "{}".to_owned(),
            },
            Step::Fail(failure.clone()),
        ],
    );
    let events = events(&model, ask("x")).await;
    let call = ToolCall {
        id: "call_1".to_owned(),
        name: "f".to_owned(),
        arguments: "{}".to_owned(),
    };
    assert_eq!(events[2..], [Ok(GenerateEvent::ToolCall(call)), Err(failure)]);
    assert_eq!(model.requests(), [ask("x")]);
}

#[tokio::test]
async fn tool_calls_alone_finish_as_tool_calls() {
    let step = Step::ToolCall {
        name: "f".to_owned(),
        arguments: "{}".to_owned(),
    };
    let events = events(&ScriptedModel::new("tool", vec![step]), ask("x")).await;
    assert_eq!(
        events.last(),
        Some(&Ok(GenerateEvent::Finish(FinishReason::ToolCalls)))
    );
}

#[tokio::test(start_paused = true)]
async fn a_delay_takes_its_time_and_ends_at_a_cancel() {
    let hour = Duration::from_hours(1);
    let model = ScriptedModel::new("slow", vec![Step::Delay(hour), Step::Text("late".to_owned())]);
    let started = tokio::time::Instant::now();
    assert_eq!(text(&events(&model, ask("x")).await), "late");
    assert_eq!(started.elapsed(), hour);
    let cancel = CancellationToken::new();
    let stream = model.generate(ask("x"), cancel.clone());
    cancel.cancel();
    let events: Vec<_> = stream.collect().await;
    assert_eq!(
        events.last(),
        Some(&Ok(GenerateEvent::Finish(FinishReason::Cancelled)))
    );
}

#[tokio::test]
async fn log_probabilities_cover_exactly_the_text() {
    let model = ScriptedModel::new("text", vec![Step::Text("a b END c".to_owned())]);
    let mut request = ask("x");
    request.stop = vec!["b END".to_owned()];
    request.top_logprobs = 2;
    let events = events(&model, request).await;
    let tokens: Vec<_> = events
        .into_iter()
        .filter_map(|event| match event {
            Ok(GenerateEvent::Text { logprobs, .. }) => Some(logprobs),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(tokens.len(), 1);
    assert_eq!(
        (tokens[0].bytes.as_slice(), tokens[0].top.len()),
        (b"a ".as_slice(), 2)
    );
}
