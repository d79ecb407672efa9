//! Tests of the answer reader.

use super::*;
use serde_json::json;

/// The events of an answer with these chunks, or why there is none.
fn read(chunks: &[Value]) -> Result<Vec<GenerateEvent>, Incomplete> {
    let mut answer = Answer::default();
    let mut events = VecDeque::new();
    for chunk in chunks {
        assert_eq!(answer.read(&chunk.to_string(), &mut events), Step::Continue);
    }
    assert_eq!(answer.read("[DONE]", &mut events), Step::Done);
    let end = answer.finish(&mut events)?;
    events.extend(end.usage.map(GenerateEvent::Usage));
    events.push_back(GenerateEvent::Finish(end.reason));
    Ok(events.into())
}

fn delta(delta: &Value) -> Value {
    json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

fn end(reason: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

fn text(text: &str) -> GenerateEvent {
    GenerateEvent::Text {
        text: text.to_owned(),
        logprobs: Vec::new(),
    }
}

#[test]
fn text_usage_and_finish_come_in_this_order() {
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2,
        "prompt_tokens_details": {"cached_tokens": 3}}});
    let events = read(&[
        delta(&json!({"role": "assistant", "content": ""})),
        delta(&json!({"content": "Hel"})),
        delta(&json!({"content": "lo"})),
        end("stop"),
        usage,
    ]);
    let usage = Usage {
        input_tokens: 5,
        cached_tokens: 3,
        output_tokens: 2,
    };
    let expected = vec![
        text("Hel"),
        text("lo"),
        GenerateEvent::Usage(usage),
        GenerateEvent::Finish(FinishReason::Stop),
    ];
    assert_eq!(events, Ok(expected));
}

#[test]
fn a_server_without_usage_reports_none() {
    assert_eq!(
        read(&[end("length")]),
        Ok(vec![GenerateEvent::Finish(FinishReason::Length)])
    );
}

#[test]
fn pieces_of_two_calls_are_put_together() {
    let call = |index: u64, id: Option<&str>, name: Option<&str>, arguments: &str| {
        delta(
            &json!({"tool_calls": [{"index": index, "id": id, "function": {"name": name, "arguments": arguments}}]}),
        )
    };
    let events = read(&[
        call(0, Some("a"), Some("f"), ""),
        call(0, None, None, "{\"x\""),
        call(1, Some("b"), Some("g"), ""),
        call(0, None, None, ":1}"),
        end("tool_calls"),
    ]);
    let call = |id: &str, name: &str, arguments: &str| {
        GenerateEvent::ToolCall(ToolCall {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        })
    };
    let expected = vec![
        call("a", "f", "{\"x\":1}"),
        call("b", "g", "{}"),
        GenerateEvent::Finish(FinishReason::ToolCalls),
    ];
    assert_eq!(events, Ok(expected));
}

#[test]
fn whole_calls_without_index_and_id_get_their_own_ids() {
    let call = delta(&json!({"tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}));
    let events = read(&[call.clone(), call, end("stop")]).unwrap_or_default();
    let ids: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            GenerateEvent::ToolCall(call) => Some(call.id.as_str()),
            _ => None,
        })
        .collect();
    assert!(
        matches!(ids.as_slice(), [a, b] if a != b && a.starts_with("call_")),
        "{ids:?}"
    );
    assert_eq!(
        events.last(),
        Some(&GenerateEvent::Finish(FinishReason::ToolCalls))
    );
}

#[test]
fn log_probabilities_of_both_apis_are_read() {
    let chat = json!({"choices": [{"index": 0, "delta": {"content": "é"}, "logprobs": {"content": [
        {"token": "é", "bytes": [195], "logprob": -0.5, "top_logprobs": [{"token": "a", "logprob": -1.0}]}]}}]});
    let completion = json!({"choices": [{"index": 0, "text": "b", "logprobs": {
        "tokens": ["b"], "token_logprobs": [-0.25], "top_logprobs": [{"c": -2.0, "b": -0.25}]}}]});
    let top = |text: &str, logprob: f32| TopLogprob {
        bytes: text.as_bytes().to_vec(),
        logprob,
    };
    let expected = vec![
        GenerateEvent::Text {
            text: "é".to_owned(),
            logprobs: vec![TokenLogprob {
                bytes: vec![195],
                logprob: -0.5,
                top: vec![top("a", -1.0)],
            }],
        },
        GenerateEvent::Text {
            text: "b".to_owned(),
            logprobs: vec![TokenLogprob {
                bytes: b"b".to_vec(),
                logprob: -0.25,
                top: vec![top("b", -0.25), top("c", -2.0)],
            }],
        },
        GenerateEvent::Finish(FinishReason::Stop),
    ];
    assert_eq!(read(&[chat, completion, end("stop")]), Ok(expected));
}

#[test]
fn only_the_first_choice_counts() {
    let other = json!({"choices": [{"index": 1, "delta": {"content": "x"}, "finish_reason": "stop"}]});
    assert_eq!(read(&[other]), Err(Incomplete::EndedEarly));
}

#[test]
fn a_filtered_answer_is_no_answer() {
    assert_eq!(read(&[end("content_filter")]), Err(Incomplete::Filtered));
}

#[test]
fn failures_and_rubbish_in_the_stream_are_told_apart() {
    let mut answer = Answer::default();
    let mut events = VecDeque::new();
    let failed = answer.read("{\"error\": {\"message\": \"oom\"}}", &mut events);
    assert_eq!(failed, Step::Failed(json!({"message": "oom"})));
    assert!(matches!(answer.read("<html>", &mut events), Step::Unreadable(_)));
    assert_eq!(answer.read(" ", &mut events), Step::Continue);
}
