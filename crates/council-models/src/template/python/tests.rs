//! Tests of Python's conventions; the expected texts are Python's own.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn floats_are_written_as_python_writes_them() {
    for (value, text) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (2.0, "2.0"),
        (0.1, "0.1"),
        (1e-4, "0.0001"),
        (1.5e-5, "1.5e-05"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (1.25e22, "1.25e+22"),
        (-1e-300, "-1e-300"),
        (f64::INFINITY, "Infinity"),
    ] {
        assert_eq!(float_repr(value), text);
    }
}

#[test]
fn json_options_are_those_of_python() {
    let value = Value::from_pairs([
        ("b", Value::from(vec![1, 2])),
        ("a", Value::from("é\u{1F600}\u{1}")),
    ]);
    let dumps = |layout: JsonLayout| json_dumps(&value, &layout).unwrap();
    assert_eq!(
        dumps(JsonLayout::default()),
        "{\"b\": [1, 2], \"a\": \"é😀\\u0001\"}"
    );
    assert_eq!(
        dumps(JsonLayout {
            indent: Some(1),
            sort_keys: true,
            ..JsonLayout::default()
        }),
        "{\n \"a\": \"é😀\\u0001\",\n \"b\": [\n  1,\n  2\n ]\n}"
    );
    assert_eq!(
        dumps(JsonLayout {
            separators: Some(vec![",".to_owned(), ":".to_owned()]),
            ensure_ascii: true,
            ..JsonLayout::default()
        }),
        "{\"b\":[1,2],\"a\":\"\\u00e9\\ud83d\\ude00\\u0001\"}"
    );
}

#[test]
fn dates_are_checked_and_formatted() {
    let date = Date::parse("2024-02-29").unwrap();
    assert_eq!(
        date.format("%A, %-d").unwrap_err().kind(),
        ErrorKind::InvalidOperation
    );
    assert_eq!(
        date.format("%a %A %b %B %d %e %j %y %F %% %H").unwrap(),
        "Thu Thursday Feb February 29 29 060 24 2024-02-29 % 00"
    );
    assert_eq!(Date::parse("2026-02-09").unwrap().format("%A").unwrap(), "Monday");
    assert_eq!(
        Date::parse("2000-01-01").unwrap().format("%A").unwrap(),
        "Saturday"
    );
    for wrong in [
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "24-1-1",
        "2024-01-01-01",
        "2024-01",
        "+024-01-01",
    ] {
        assert_eq!(Date::parse(wrong), None, "{wrong}");
    }
}
