//! Constraints on a vocabulary of single bytes, a few words and control tokens.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use super::*;
use serde_json::json;

const END: u32 = 256;
const OTHER_CONTROL: u32 = 257;
const TOOL_CALLS: u32 = 258;
const OPEN_CALL: u32 = 259;
const BLANK_OPEN: u32 = 260;

fn grammars() -> Grammars {
    let word = |text: &str| Word {
        bytes: text.as_bytes().to_vec(),
        ..Word::default()
    };
    let control = |text: &str| Word {
        control: true,
        ..word(text)
    };
    let mut words: Vec<Word> = (0..=255_u8)
        .map(|byte| Word {
            bytes: vec![byte],
            ..Word::default()
        })
        .collect();
    words.push(Word {
        end: true,
        ..control("<|im_end|>")
    });
    words.push(control("<|im_start|>"));
    words.push(control("[TOOL_CALLS]"));
    words.push(word("<tool_call>"));
    words.push(word(" <tool"));
    Grammars::new(words.into_iter()).expect("a vocabulary")
}

/// Whether an answer of these bytes, and nothing after them, is allowed.
fn fits(filter: Result<Box<dyn TokenFilter>, String>, text: &str) -> bool {
    let mut filter = filter.expect("a constraint");
    for byte in text.bytes() {
        if !filter.allows(byte.into()) {
            return false;
        }
        filter.accept(byte.into()).expect("what is allowed is accepted");
    }
    filter.allows(END)
}

fn check(schema: &Value, good: &[&str], bad: &[&str]) {
    let grammars = grammars();
    for text in good {
        assert!(
            fits(grammars.json(&schema.to_string()), text),
            "{schema} takes {text}"
        );
    }
    for text in bad {
        assert!(
            !fits(grammars.json(&schema.to_string()), text),
            "{schema} refuses {text}"
        );
    }
}

#[test]
fn patterns_are_followed_anchored_or_not() {
    let digits = json!({"type": "string", "pattern": r"^\d{3}$"});
    check(&digits, &[r#""123""#], &[r#""12""#, r#""1234""#, r#""12a""#]);
    let contains = json!({"type": "string", "pattern": "[0-9]"});
    check(&contains, &[r#""a1b""#, r#""7""#], &[r#""ab""#, r#""""#]);
    let quoted = json!({"type": "string", "pattern": "^.{3}$"});
    check(&quoted, &[r#""abc""#], &[r#""a"c""#]);
}

#[test]
fn numbers_lengths_and_formats_are_followed() {
    check(
        &json!({"type": "number", "minimum": 0, "maximum": 1}),
        &["0.5", "1", "0"],
        &["1.5", "-0.1"],
    );
    check(
        &json!({"type": "integer", "minimum": 18, "maximum": 99}),
        &["18", "99"],
        &["17", "100"],
    );
    check(
        &json!({"type": "string", "maxLength": 2}),
        &[r#""ab""#],
        &[r#""abc""#],
    );
    check(
        &json!({"type": "string", "format": "date"}),
        &[r#""2026-11-22""#],
        &[r#""22.11.2026""#],
    );
    check(
        &json!({"type": "array", "items": {"type": "integer"}, "minItems": 2}),
        &["[1, 2]"],
        &["[1]"],
    );
}

#[test]
fn objects_have_what_is_required_and_nothing_else_when_told() {
    let schema = json!({
        "type": "object",
        "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/n"}},
        "required": ["name"],
        "additionalProperties": false,
        "$defs": {"n": {"anyOf": [{"type": "null"}, {"type": "integer"}]}},
    });
    check(
        &schema,
        &[r#"{"name":"x"}"#, "{\n  \"name\": \"x\",\n  \"next\": null\n}"],
        &["{}", r#"{"name":"x","more":1}"#, "{\n\n\n\n\"name\":\"x\"}"],
    );
}

#[test]
fn an_object_has_no_other_properties_unless_the_schema_speaks_of_them() {
    let open = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
    check(&open, &[r#"{"a":1}"#, "{}"], &[r#"{"a":1,"b":2}"#]);
    let told =
        json!({"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": true});
    check(&told, &[r#"{"a":1,"b":2}"#], &[]);
    let deep = json!({"type": "array", "items": {"anyOf": [open.clone(), {"type": "null"}]}});
    check(&deep, &[r#"[{"a":1},null]"#], &[r#"[{"b":1}]"#]);
    let joined = json!({"allOf": [
        {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["b"]},
    ]});
    check(&joined, &[r#"{"a":1,"b":2}"#], &[r#"{"a":1}"#]);
    let data = json!({"const": {"properties": {"a": 1}}});
    check(&data, &[r#"{"properties":{"a":1}}"#], &[]);
}

#[test]
fn an_enum_of_thousands_is_quick_and_exact() {
    let values: Vec<String> = (0..5000).map(|i| format!("value {i}")).collect();
    check(
        &json!({"enum": values}),
        &[r#""value 4999""#],
        &[r#""value 5000""#, r#""value""#],
    );
}

#[test]
fn a_keyword_that_cannot_be_enforced_is_named() {
    let grammars = grammars();
    let schema = json!({"type": "object", "properties": {"a": {"not": {"type": "string"}}}});
    let Err(error) = grammars.json(&schema.to_string()) else {
        panic!("`not` is not enforced");
    };
    assert!(error.contains("\"not\""), "{error}");
    for wrong in [
        "{",
        "[]",
        "3",
        r#"{"type": "strng"}"#,
        r##"{"$ref": "#/$defs/missing"}"##,
    ] {
        assert!(grammars.json(wrong).is_err(), "{wrong}");
    }
    let look_ahead = json!({"type": "string", "pattern": "^(?=a)b$"});
    let Err(error) = grammars.json(&look_ahead.to_string()) else {
        panic!("look-ahead is not enforced");
    };
    assert!(error.contains("look-ahead"), "{error}");
}

#[test]
fn any_json_is_allowed_where_the_schema_says_nothing() {
    check(
        &json!({"type": "object"}),
        &[r#"{"a":[1,{"b":null}]}"#, "{}"],
        &["[1]", "x"],
    );
    assert!(fits(grammars().json("true"), "[1,2]"));
}

#[test]
fn control_tokens_are_no_text() {
    let mut filter = grammars().json(r#"{"type": "string"}"#).unwrap();
    filter.accept(b'"'.into()).unwrap();
    assert!(filter.allows(b'a'.into()));
    for control in [END, OTHER_CONTROL, TOOL_CALLS] {
        assert!(!filter.allows(control), "{control}");
    }
    let mut row = vec![0.0; 261];
    filter.mask(&mut row);
    let masked = |token: u32| row[token as usize].is_infinite();
    assert_eq!(
        (masked(b'a'.into()), masked(OTHER_CONTROL), masked(END)),
        (false, true, true)
    );
}

#[test]
fn after_the_last_brace_only_the_end_is_left() {
    let mut filter = grammars().json(r#"{"const": 1}"#).unwrap();
    filter.accept(b'1'.into()).unwrap();
    let mut row = vec![0.0; 261];
    filter.mask(&mut row);
    let left: Vec<usize> = (0..row.len()).filter(|token| row[*token].is_finite()).collect();
    assert_eq!(left, [END as usize]);
    filter.accept(END).unwrap();
}

fn hermes(lazy: bool, separator: Option<&str>) -> ToolCalls {
    let call = json!({
        "type": "object",
        "properties": {"name": {"const": "add"}, "arguments": {"type": "object"}},
        "required": ["name", "arguments"],
        "additionalProperties": false,
    });
    ToolCalls {
        schema: call.to_string(),
        prefix: "<tool_call>\n".to_owned(),
        suffix: "\n</tool_call>".to_owned(),
        separator: separator.map(str::to_owned),
        lazy,
    }
}

const CALL: &str = "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";

#[test]
fn a_required_call_comes_first_and_only_as_often_as_allowed() {
    let grammars = grammars();
    let one = || grammars.tool_calls(&hermes(false, None));
    let many = || grammars.tool_calls(&hermes(false, Some("\n")));
    let two = format!("{CALL}\n{CALL}");
    assert!(fits(one(), CALL) && fits(many(), CALL) && fits(many(), &two));
    assert!(!fits(one(), &two));
    assert!(!fits(one(), &CALL.replace("add", "sub")));
    assert!(!fits(one(), "Hello") && !fits(one(), ""));
}

#[test]
fn a_lazy_grammar_holds_once_the_model_begins_a_call() {
    let grammars = grammars();
    let lazy = || grammars.tool_calls(&hermes(true, None));
    assert!(fits(lazy(), "No tool is needed."));
    assert!(fits(lazy(), &format!("Let me see. {CALL}")));
    assert!(!fits(lazy(), &CALL.replace("add", "sub")));
    for begin in [
        vec![OPEN_CALL],
        [BLANK_OPEN]
            .into_iter()
            .chain("_call>".bytes().map(u32::from))
            .collect(),
    ] {
        let mut filter = lazy().unwrap();
        for token in begin {
            assert!(filter.allows(token));
            filter.accept(token).unwrap();
        }
        assert!(filter.allows(b'\n'.into()) && !filter.allows(b'x'.into()) && !filter.allows(END));
    }
}

#[test]
fn fixed_text_may_hold_control_tokens() {
    let calls = ToolCalls {
        schema: json!({"type": "array", "items": {"type": "integer"}}).to_string(),
        prefix: "[TOOL_CALLS]".to_owned(),
        suffix: String::new(),
        separator: None,
        lazy: false,
    };
    let mut filter = grammars().tool_calls(&calls).unwrap();
    assert!(filter.allows(TOOL_CALLS) && !filter.allows(b'['.into()));
    for token in [TOOL_CALLS, b'['.into(), b'1'.into(), b']'.into()] {
        filter.accept(token).unwrap();
    }
    assert!(filter.allows(END));
}
