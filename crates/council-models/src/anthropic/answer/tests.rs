//! Tests of the answer reader.

use super::*;
use serde_json::json;

/// The events of an answer, and its end, or why there is none.
fn read(answer: &mut Answer, events: &[Value]) -> Result<(Vec<GenerateEvent>, End), Incomplete> {
    let mut out = VecDeque::new();
    for event in events {
        assert_eq!(
            answer.read(&event.to_string(), &mut out),
            Step::Continue,
            "{event}"
        );
    }
    assert_eq!(answer.read(r#"{"type": "message_stop"}"#, &mut out), Step::Done);
    let end = answer.finish(&mut out)?;
    Ok((out.into(), end))
}

fn start() -> Value {
    json!({"type": "message_start", "message": {"usage": {"input_tokens": 10, "cache_creation_input_tokens": 3,
        "cache_read_input_tokens": 20, "output_tokens": 1}}})
}

fn delta(index: u64, delta: &Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

fn end(reason: &str) -> Value {
    json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 7}})
}

#[test]
fn text_comes_and_tokens_of_the_cache_are_part_of_the_prompt() {
    let result = read(
        &mut Answer::default(),
        &[
            start(),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "ping"}),
            delta(0, &json!({"type": "text_delta", "text": "Hello"})),
            delta(0, &json!({"type": "thinking_delta", "thinking": "hm"})),
            delta(0, &json!({"type": "from_the_future"})),
            json!({"type": "content_block_stop", "index": 0}),
            end("end_turn"),
        ],
    );
    let text = GenerateEvent::Text {
        text: "Hello".to_owned(),
        logprobs: Vec::new(),
    };
    let usage = Usage {
        input_tokens: 33,
        cached_tokens: 20,
        output_tokens: 7,
    };
    let expected = End {
        reason: FinishReason::Stop,
        usage: Some(usage),
    };
    assert_eq!(result, Ok((vec![text], expected)));
}

#[test]
fn calls_are_put_together_from_pieces() {
    let result = read(
        &mut Answer::default(),
        &[
            json!({"type": "content_block_start", "index": 1,
                "content_block": {"type": "tool_use", "id": "t1", "name": "add", "input": {}}}),
            delta(1, &json!({"type": "input_json_delta", "partial_json": "{\"a\":"})),
            delta(1, &json!({"type": "input_json_delta", "partial_json": "1}"})),
            json!({"type": "content_block_start", "index": 2,
                "content_block": {"type": "tool_use", "id": "t2", "name": "now", "input": {"z": 1}}}),
            end("tool_use"),
        ],
    );
    let call = |id: &str, name: &str, arguments: &str| {
        GenerateEvent::ToolCall(ToolCall {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        })
    };
    let (events, end) = result.unwrap_or_else(|error| unreachable!("{error:?}"));
    assert_eq!(
        events,
        [call("t1", "add", "{\"a\":1}"), call("t2", "now", "{\"z\":1}")]
    );
    assert_eq!(end.reason, FinishReason::ToolCalls);
}

#[test]
fn an_answer_in_json_is_text_and_no_call() {
    let result = read(
        &mut Answer::new(true),
        &[
            json!({"type": "content_block_start", "index": 0,
                "content_block": {"type": "tool_use", "id": "t1", "name": JSON_TOOL, "input": {}}}),
            delta(
                0,
                &json!({"type": "input_json_delta", "partial_json": "{\"a\":1}"}),
            ),
            end("tool_use"),
        ],
    );
    let (events, end) = result.unwrap_or_else(|error| unreachable!("{error:?}"));
    assert!(matches!(&events[..], [GenerateEvent::Text { text, .. }] if text == "{\"a\":1}"));
    assert_eq!(end.reason, FinishReason::Stop);
}

#[test]
fn refusals_errors_and_early_ends_are_told_apart() {
    assert_eq!(
        read(&mut Answer::default(), &[start(), end("refusal")]),
        Err(Incomplete::Filtered)
    );
    assert_eq!(
        read(&mut Answer::default(), &[start()]),
        Err(Incomplete::EndedEarly)
    );
    let mut out = VecDeque::new();
    let overloaded = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    assert!(matches!(
        Answer::default().read(&overloaded.to_string(), &mut out),
        Step::Failed(error) if error["message"] == "Overloaded"
    ));
    assert!(matches!(
        Answer::default().read("<html>", &mut out),
        Step::Unreadable(_)
    ));
}
