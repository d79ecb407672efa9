//! Tests of the tool call parser.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn tools() -> Vec<ToolSpec> {
    ["weather", "add"]
        .map(|name| ToolSpec {
            name: name.to_owned(),
            description: None,
            parameters: json!({"type": "object"}),
            strict: false,
        })
        .into()
}

fn text(text: &str) -> Parsed {
    Parsed::Text(text.to_owned())
}

fn call(name: &str, arguments: &str) -> Parsed {
    Parsed::ToolCall {
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    }
}

/// The pieces of an answer that arrives in the given parts, neighbouring texts joined.
fn parse_parts<'a>(format: ToolFormat, parts: impl IntoIterator<Item = &'a str>) -> Vec<Parsed> {
    let mut parser = ToolCallParser::new(format, &tools());
    let mut out = Output::default();
    let mut pieces: Vec<Parsed> = parts.into_iter().flat_map(|part| parser.push(part)).collect();
    pieces.extend(parser.finish());
    for piece in pieces {
        match piece {
            Parsed::Text(text) => out.text(&text),
            call @ Parsed::ToolCall { .. } => out.pieces.push(call),
        }
    }
    out.pieces
}

/// The result must be the same whole and character by character.
fn check(format: ToolFormat, answer: &str, expected: &[Parsed]) {
    assert_eq!(parse_parts(format, [answer]), expected, "whole: {answer}");
    let chars: Vec<String> = answer.chars().map(String::from).collect();
    assert_eq!(
        parse_parts(format, chars.iter().map(String::as_str)),
        expected,
        "by characters: {answer}"
    );
}

#[test]
fn hermes_calls_are_found_between_texts() {
    check(
        ToolFormat::Hermes,
        "Sure.\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>\n\
         <tool_call>{\"name\":\"add\",\"arguments\":{ \"a\" : 1 }}</tool_call>\nDone.",
        &[
            text("Sure.\n"),
            call("weather", r#"{"city":"Oslo"}"#),
            call("add", r#"{"a":1}"#),
            text("\nDone."),
        ],
    );
}

#[test]
fn white_space_alone_around_calls_is_dropped() {
    check(
        ToolFormat::Hermes,
        "\n\n<tool_call>\n{\"name\": \"add\", \"arguments\": {}}\n</tool_call>\n\n",
        &[call("add", "{}")],
    );
    check(ToolFormat::Hermes, " \n", &[text(" \n")]);
}

#[test]
fn text_streams_except_what_may_begin_a_marker() {
    let mut parser = ToolCallParser::new(ToolFormat::Hermes, &tools());
    assert_eq!(parser.push("Hello <"), [text("Hello ")]);
    assert_eq!(parser.push("tool_"), []);
    assert_eq!(parser.push("x> and"), [text("<tool_x> and")]);
    assert_eq!(parser.push("<tool_call>{\"name\""), []);
    assert_eq!(parser.push(": \"add\"}</tool_call>"), [call("add", "{}")]);
    assert_eq!(parser.finish(), []);
}

#[test]
fn the_closing_marker_inside_a_string_does_not_close() {
    check(
        ToolFormat::Hermes,
        r#"<tool_call>{"name": "add", "arguments": {"x": "</tool_call> \"}{ [", "y": [{}]}}</tool_call>"#,
        &[call("add", r#"{"x":"</tool_call> \"}{ [","y":[{}]}"#)],
    );
}

#[test]
fn a_call_is_accepted_when_the_answer_ends_before_the_closing_marker() {
    for end in ["", "\n", "\n</tool_", "</tool_call>", "}\n</tool_call>"] {
        check(
            ToolFormat::Hermes,
            &format!("<tool_call>\n{{\"name\": \"add\", \"arguments\": {{}}}}{end}"),
            &[call("add", "{}")],
        );
    }
}

#[test]
fn a_forgotten_closing_marker_does_not_swallow_the_next_call() {
    check(
        ToolFormat::Hermes,
        "<tool_call>{\"name\": \"add\"}\n<tool_call>{\"name\": \"weather\"}</tool_call>",
        &[call("add", "{}"), call("weather", "{}")],
    );
}

#[test]
fn malformed_calls_come_back_as_text() {
    for broken in [
        "<tool_call>",
        "<tool_call>add(1)</tool_call>",
        "<tool_call>{\"name\": \"add\", \"arguments\": {",
        "a <tool_call>{\"name\": }</tool_call> b",
        "<tool_call>{\"arguments\": {}}</tool_call>",
        "<tool_call>{\"name\": \"add\", \"arguments\": [1]}</tool_call>",
        "<tool_call>{\"name\": \"add\", \"arguments\": \"no json\"}</tool_call>",
        "<tool_call>[]</tool_call>",
    ] {
        check(ToolFormat::Hermes, broken, &[text(broken)]);
    }
}

#[test]
fn a_good_call_after_a_malformed_one_is_found() {
    check(
        ToolFormat::Hermes,
        "<tool_call>oops</tool_call><tool_call>{\"name\": \"add\"}</tool_call>",
        &[text("<tool_call>oops</tool_call>"), call("add", "{}")],
    );
}

#[test]
fn arguments_may_be_a_string_that_holds_the_object_or_go_by_another_name() {
    check(
        ToolFormat::Hermes,
        r#"<tool_call>{"name": "add", "arguments": "{\"a\": 1}"}</tool_call>"#,
        &[call("add", r#"{"a":1}"#)],
    );
    check(
        ToolFormat::Hermes,
        r#"<tool_call>{"type": "function", "function": {"name": "add", "parameters": {"a": 2}}}</tool_call>"#,
        &[call("add", r#"{"a":2}"#)],
    );
}

#[test]
fn an_unknown_tool_after_a_marker_is_a_call() {
    check(
        ToolFormat::Hermes,
        "<tool_call>{\"name\": \"fly\", \"arguments\": {}}</tool_call>",
        &[call("fly", "{}")],
    );
}

#[test]
fn a_whole_answer_that_is_a_bare_or_fenced_call_counts() {
    for format in [ToolFormat::Hermes, ToolFormat::Llama3, ToolFormat::Mistral] {
        for answer in [
            r#"{"name": "add", "arguments": {"a": 1}}"#,
            "\n{\"name\": \"add\", \"parameters\": {\"a\": 1}}\n",
            "```json\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n```\n",
            "```\n{\n  \"name\": \"add\",\n  \"arguments\": {\"a\": 1}\n}\n```",
            "```json\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}",
            "<tools>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tools>",
            r#"{"arguments": {"a": 1}, "name": "add"}"#,
            r#"[{"name": "add", "arguments": {"a": 1}}]"#,
        ] {
            check(format, answer, &[call("add", r#"{"a":1}"#)]);
        }
    }
}

#[test]
fn several_bare_calls_count() {
    for separator in ["\n", "; ", ", "] {
        check(
            ToolFormat::Llama3,
            &format!(
                "{{\"name\": \"add\", \"parameters\": {{}}}}{separator}{{\"name\": \"weather\", \"parameters\": {{}}}}"
            ),
            &[call("add", "{}"), call("weather", "{}")],
        );
    }
}

#[test]
fn other_json_answers_are_text() {
    for answer in [
        r#"{"name": "Alice", "age": 3}"#,
        r#"{"name": "add", "arguments": {}} is how I would call it"#,
        r#"{"city": "Oslo"}"#,
        r#"{"name": "add""#,
        r#"{"name": 3}"#,
        r#"{"type": "object"}"#,
        "[1, 2]",
        "[]",
        "{}",
        "```python\nprint(1)\n```",
        "```json\n{\"a\": 1}\n```",
        "```json\n{\"name\": \"add\", \"arguments\": {}}\n```\nThat adds.",
        "```json",
        "{",
        "  ",
    ] {
        check(ToolFormat::Hermes, answer, &[text(answer)]);
    }
}

#[test]
fn json_that_cannot_be_a_call_streams_at_once() {
    let mut parser = ToolCallParser::new(ToolFormat::Hermes, &tools());
    assert_eq!(parser.push("{\"na"), []);
    assert_eq!(parser.push("me\": \"Al"), [text("{\"name\": \"Al")]);
    let mut parser = ToolCallParser::new(ToolFormat::Hermes, &tools());
    assert_eq!(parser.push("```p"), [text("```p")]);
    let mut parser = ToolCallParser::new(ToolFormat::Hermes, &tools());
    assert_eq!(parser.push("{\"city"), [text("{\"city")]);
}

#[test]
fn llama_calls_after_the_python_tag_are_found() {
    check(
        ToolFormat::Llama3,
        "Let me see. <|python_tag|>{\"name\": \"add\", \"parameters\": {\"a\": 1}}; {\"name\": \"weather\", \"parameters\": {}}",
        &[
            text("Let me see. "),
            call("add", r#"{"a":1}"#),
            call("weather", "{}"),
        ],
    );
    check(
        ToolFormat::Llama3,
        "<|python_tag|>print(1)",
        &[text("<|python_tag|>print(1)")],
    );
}

#[test]
fn mistral_calls_in_both_spellings_are_found() {
    check(
        ToolFormat::Mistral,
        r#"[TOOL_CALLS] [{"name": "add", "arguments": {"a": 1}, "id": "x"}, {"name": "weather", "arguments": {}}]"#,
        &[call("add", r#"{"a":1}"#), call("weather", "{}")],
    );
    check(
        ToolFormat::Mistral,
        r#"Well. [TOOL_CALLS]add[ARGS]{"a": 1}[TOOL_CALLS]weather[CALL_ID]123456789[ARGS]{}"#,
        &[text("Well. "), call("add", r#"{"a":1}"#), call("weather", "{}")],
    );
    let broken = "[TOOL_CALLS]no call here\n";
    check(ToolFormat::Mistral, broken, &[text(broken)]);
    let long = format!("[TOOL_CALLS]{} {{}}", "x".repeat(300));
    check(ToolFormat::Mistral, &long, &[text(&long)]);
}

#[test]
fn without_tools_everything_is_text() {
    let mut parser = ToolCallParser::new(ToolFormat::Hermes, &[]);
    let answer = "<tool_call>{\"name\": \"add\"}</tool_call>";
    assert_eq!(parser.push(answer), [text(answer)]);
    assert_eq!(parser.finish(), []);
}

/// Answers made of the pieces that matter, in any order.
fn answers() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<tool_call>"),
        Just("</tool_call>"),
        Just("<|python_tag|>"),
        Just("[TOOL_CALLS]"),
        Just("[ARGS]"),
        Just("add"),
        Just("{\"name\": \"add\", \"arguments\": {\"a\": \"}<\"}}"),
        Just("{\"name\": \"add\""),
        Just("[{\"name\":\"weather\"}]"),
        Just("}"),
        Just("{"),
        Just("\""),
        Just("```json\n"),
        Just("```"),
        Just("\n"),
        Just(" "),
        Just("é<"),
        Just(";"),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn formats() -> impl Strategy<Value = ToolFormat> {
    prop_oneof![
        Just(ToolFormat::Hermes),
        Just(ToolFormat::Llama3),
        Just(ToolFormat::Mistral)
    ]
}

proptest! {
    #[test]
    fn any_split_gives_the_same_pieces(
        format in formats(),
        answer in answers(),
        sizes in proptest::collection::vec(1_usize..6, 1..6),
    ) {
        let chars: Vec<char> = answer.chars().collect();
        let mut parts = Vec::new();
        let (mut rest, mut sizes) = (chars.as_slice(), sizes.iter().cycle());
        while !rest.is_empty() {
            let (part, tail) = rest.split_at(sizes.next().copied().unwrap_or(1).min(rest.len()));
            parts.push(part.iter().collect::<String>());
            rest = tail;
        }
        prop_assert_eq!(
            parse_parts(format, parts.iter().map(String::as_str)),
            parse_parts(format, [answer.as_str()])
        );
    }

    #[test]
    fn an_answer_without_calls_comes_out_as_it_is(format in formats(), answer in answers()) {
        let pieces = parse_parts(format, [answer.as_str()]);
        if pieces.iter().all(|piece| matches!(piece, Parsed::Text(_))) {
            let expected: Vec<Parsed> = if answer.is_empty() { Vec::new() } else { vec![text(&answer)] };
            prop_assert_eq!(pieces, expected);
        }
    }

    #[test]
    fn texts_come_out_in_order_and_unchanged(format in formats(), answer in answers()) {
        let mut rest = answer.as_str();
        for piece in parse_parts(format, [answer.as_str()]) {
            if let Parsed::Text(text) = piece {
                let at = rest.find(&text);
                prop_assert!(at.is_some(), "{text:?} is not in {rest:?}");
                rest = &rest[at.unwrap_or(0) + text.len()..];
            }
        }
    }
}
