//! How the server's event stream is read.

use super::{Frame, Lines, error_message, read_frame};
use crate::cli::backend::Answer;
use council_core::Usage;
use serde_json::json;

#[test]
fn a_character_split_over_two_chunks_arrives_whole() {
    let line = "data: é\n".as_bytes();
    let mut lines = Lines::default();
    lines.push(&line[..7]);
    assert_eq!(lines.next(), None);
    lines.push(&line[7..]);
    assert_eq!(lines.next().as_deref(), Some("data: é"));
    assert_eq!(lines.next(), None);
}

#[test]
fn frames_give_text_reason_usage_and_end() {
    let mut answer = Answer::default();
    let mut frame = |data: &str| read_frame(&format!("data: {data}"), &mut answer);
    assert_eq!(
        frame(r#"{"model":"m","choices":[{"delta":{"role":"assistant","content":""}}]}"#),
        Frame::Nothing
    );
    assert_eq!(
        frame(r#"{"choices":[{"delta":{"content":"hi"}}]}"#),
        Frame::Text("hi".to_owned())
    );
    assert_eq!(
        frame(r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#),
        Frame::Nothing
    );
    assert_eq!(
        frame(
            r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}"#
        ),
        Frame::Nothing
    );
    assert_eq!(frame("[DONE]"), Frame::End);
    let expected = Answer {
        model: "m".to_owned(),
        finish_reason: "stop".to_owned(),
        usage: Some(Usage {
            input_tokens: 9,
            cached_tokens: 4,
            output_tokens: 2,
        }),
        ..Answer::default()
    };
    assert_eq!(answer, expected);
}

#[test]
fn comments_and_blank_lines_mean_nothing() {
    let mut answer = Answer::default();
    assert_eq!(read_frame("", &mut answer), Frame::Nothing);
    assert_eq!(read_frame(": keep-alive", &mut answer), Frame::Nothing);
}

#[test]
fn an_error_frame_ends_the_answer_with_message_and_hint() {
    let line = r#"data: {"error":{"message":"the worker died","hint":"try again"}}"#;
    let frame = read_frame(line, &mut Answer::default());
    assert_eq!(frame, Frame::Failed("the worker died; try again".to_owned()));
}

#[test]
fn a_hint_that_the_message_already_gives_is_not_repeated() {
    let error = json!({ "message": "no model; run `council pull`", "hint": "run `council pull`" });
    assert_eq!(
        error_message(&error).as_deref(),
        Some("no model; run `council pull`")
    );
    assert_eq!(error_message(&json!(null)), None);
}
