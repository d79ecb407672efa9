//! Filter expressions: what they mean, what is refused, and that nothing breaks the reader.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn names() -> Names {
    let Value::Object(metadata) = json!({
        "tries": 3, "ratio": 0.5, "done": true, "parent": null, "steps": ["stop", 1],
        "extra": {"a": 1}, "title": "O'Neil", "tags": "own",
    }) else {
        unreachable!("an object")
    };
    Names {
        own: vec![
            ("area", json!("main")),
            ("id", json!("k7PqZ2mN4a")),
            ("timestamp", json!("2025-03-04 10:20:30")),
        ],
        metadata,
        besides: vec![("tags", json!(["x"])), ("kind", json!("note"))],
    }
}

#[track_caller]
fn passes(text: &str) -> bool {
    match Filter::parse(text) {
        Ok(filter) => filter.passes(&names()),
        Err(error) => unreachable!("{text}: {error}"),
    }
}

#[test]
fn expressions_mean_what_python_means() {
    for yes in [
        "",
        "  ",
        "area == 'main'",
        "area == 'main' and timestamp > '2025'",
        "timestamp >= '2025-03-04' and timestamp < '2025-03-05'",
        "'2025-01' < timestamp < '2026'",
        "area in ['main', 'solutions']",
        "area in ('main',)",
        "area not in ('fragments', 'solutions')",
        "not area == 'fragments'",
        "not (area == 'fragments' or tries == 4)",
        "area == 'x' or area == 'y' or area == 'main'",
        "area == 'x' and area == 'y' or tries == 3",
        "tries == 3.0 and ratio == .5 and ratio < 1 and tries > -1",
        "done == True and done == 1 and done is True",
        "parent is None and parent == None and tries is not None",
        "done",
        "steps[0] == 'stop' and steps[-1] == 1",
        "'stop' in steps and 1 in steps and 2 not in steps",
        "extra['a'] == 1 and 'a' in extra",
        "extra.get('b') is None and extra.get('b', 7) == 7",
        "metadata['tries'] == 3 and metadata.get('tries') == 3",
        "title == \"O'Neil\" and title == 'O\\'Neil' and title == 'O\\x27Neil'",
        "title.lower() == 'o\\u0027neil' and title.startswith('O') and title.upper().endswith('NEIL')",
        "'Neil' in title",
        "tags == 'own'",
        "kind == 'note'",
        "(parent or 'x') == 'x'",
        "[] == [] and not []",
        "1 == True and not 1 is True",
    ] {
        assert!(passes(yes), "{yes}");
    }
    for no in [
        "area == 'fragments'",
        "area == 'Main'",
        "tries == '3'",
        "None",
        "''",
        "0",
        "'x' in area",
        "done is None",
    ] {
        assert!(!passes(no), "{no}");
    }
}

#[test]
fn what_python_would_raise_an_exception_for_does_not_pass() {
    for no in [
        "missing == 1",
        "missing != 1",
        "not missing == 1",
        "missing == 1 or area == 'main'",
        "tries < 'x'",
        "not tries < 'x'",
        "1 in tries",
        "1 in area",
        "area['x'] == 1",
        "steps[9] == 1",
        "extra['b'] == 1 or True",
        "tries.lower() == 'x'",
        "parent > 1",
    ] {
        assert!(!passes(no), "{no}");
    }
    // Decided before the exception.
    assert!(passes("area == 'main' or missing == 1"));
    assert!(!passes("area == 'x' and missing == 1"));
}

#[test]
fn what_is_not_supported_is_refused_with_its_place_and_a_remedy() {
    for (text, position, words) in [
        ("area = 'main'", 6, "compare with `==`"),
        ("tries + 1 == 2", 7, "arithmetic"),
        ("tries - 1 == 2", 7, "arithmetic"),
        ("2 ** 99", 3, "arithmetic"),
        ("area == 'main' && done", 16, "write `and`"),
        ("!done", 1, "write `not`"),
        (
            "__import__('os').system('id')",
            1,
            "`__import__` is not supported",
        ),
        ("open('x')", 1, "calling `open` is not supported"),
        ("area.__class__", 6, "`.__class__` is not supported"),
        ("area.format('x')", 6, "`.format` is not supported"),
        ("area.lower == 'x'", 6, "call it"),
        ("area.lower('x')", 6, "takes 0 arguments"),
        ("lambda: 1", 1, "`lambda` is not supported"),
        ("1 if done else 2", 3, "`if` is not supported"),
        ("[x for x in steps]", 4, "`for` is not supported"),
        ("{'a': 1}", 1, "write a list"),
        ("area == 'main", 9, "does not end"),
        ("area == '''x'''", 9, "three quotes"),
        ("area == f'x'", 9, "prefixes"),
        ("area == '\\d'", 10, "no escape"),
        ("area == '\\ud800'", 10, "hexadecimal"),
        ("tries == 0x10", 10, "decimal digits"),
        ("tries == 007", 10, "decimal digits"),
        ("tries == 99999999999999999999", 10, "decimal digits"),
        ("steps[0:1] == 1", 8, "slices"),
        ("tries is 3", 10, "compare other values with `==`"),
        ("area ==", 8, "ends too early"),
        ("(area", 6, "`)` must follow"),
        ("area == 'main')", 15, "not expected"),
        ("area area", 6, "not expected"),
        ("area not 'x'", 10, "`in`"),
        ("and area", 1, "needs a value before it"),
        ("grün == 1 ; 2", 11, "one expression"),
    ] {
        let error = Filter::parse(text).unwrap_err();
        assert_eq!(error.position, position, "{text}: {error}");
        assert!(error.message.contains(words), "{text}: {error}");
    }
}

#[test]
fn long_and_deep_expressions_are_refused() {
    let long = format!("area == '{}'", "x".repeat(MAX_BYTES));
    assert!(
        Filter::parse(&long)
            .unwrap_err()
            .message
            .contains("4096 are read")
    );
    for (open, close) in [("(", ")"), ("[", "]"), ("not ", ""), ("'' in (", ")")] {
        for levels in [MAX_DEPTH + 1, 500] {
            let deep = format!("{}area{}", open.repeat(levels), close.repeat(levels));
            let error = Filter::parse(&deep).unwrap_err();
            assert!(error.message.contains("32 levels deep"), "{error}");
        }
        let fits = format!("{}area{}", open.repeat(MAX_DEPTH), close.repeat(MAX_DEPTH));
        assert!(Filter::parse(&fits).is_ok(), "{fits}");
    }
    assert!(Filter::parse(&format!("a{}", "[0]".repeat(33))).is_err());
    assert!(Filter::parse(&format!("a{}", ".lower()".repeat(33))).is_err());
    let wide = vec!["area == 'x'"; 250].join(" or ");
    assert!(Filter::parse(&wide).is_ok());
}

/// An expression, its text, and what it means, worked out in the simplest way: `None` is an exception.
#[derive(Clone, Debug)]
enum Plain {
    Name(&'static str),
    Int(i64),
    Text(&'static str),
    Not(Box<Plain>),
    And(Box<Plain>, Box<Plain>),
    Or(Box<Plain>, Box<Plain>),
    Equal(Box<Plain>, Box<Plain>),
    Less(Box<Plain>, Box<Plain>),
    In(Box<Plain>, Vec<Plain>),
}

impl Plain {
    fn text(&self) -> String {
        match self {
            Self::Name(name) => (*name).to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Text(text) => format!("'{text}'"),
            Self::Not(inner) => format!("(not {})", inner.text()),
            Self::And(a, b) => format!("({} and {})", a.text(), b.text()),
            Self::Or(a, b) => format!("({} or {})", a.text(), b.text()),
            Self::Equal(a, b) => format!("({} == {})", a.text(), b.text()),
            Self::Less(a, b) => format!("({} < {})", a.text(), b.text()),
            Self::In(a, items) => {
                let items: Vec<String> = items.iter().map(Self::text).collect();
                format!("({} in [{}])", a.text(), items.join(", "))
            }
        }
    }

    /// Numbers and texts; what is true or false is 1 or 0, as in Python.
    fn value(&self) -> Option<Result<i64, &'static str>> {
        let truth =
            |value: Result<i64, &str>| value.map_or_else(|text| !text.is_empty(), |number| number != 0);
        Some(match self {
            Self::Name("tries") => Ok(3),
            Self::Name("area") => Err("main"),
            Self::Name(_) => return None,
            Self::Int(number) => Ok(*number),
            Self::Text(text) => Err(text),
            Self::Not(inner) => Ok(i64::from(!truth(inner.value()?))),
            Self::And(a, b) => match a.value()? {
                a if truth(a) => b.value()?,
                a => a,
            },
            Self::Or(a, b) => match a.value()? {
                a if truth(a) => a,
                _ => b.value()?,
            },
            Self::Equal(a, b) => Ok(i64::from(a.value()? == b.value()?)),
            Self::Less(a, b) => match (a.value()?, b.value()?) {
                (Ok(a), Ok(b)) => Ok(i64::from(a < b)),
                (Err(a), Err(b)) => Ok(i64::from(a < b)),
                _ => return None,
            },
            Self::In(a, items) => {
                let a = a.value()?;
                let items: Option<Vec<_>> = items.iter().map(Self::value).collect();
                Ok(i64::from(items?.contains(&a)))
            }
        })
    }
}

fn plain() -> impl Strategy<Value = Plain> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["tries", "area", "missing"]).prop_map(Plain::Name),
        (-2_i64..5).prop_map(Plain::Int),
        prop::sample::select(vec!["", "main", "x"]).prop_map(Plain::Text),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let pair = (inner.clone(), inner.clone()).prop_map(|(a, b)| (Box::new(a), Box::new(b)));
        prop_oneof![
            inner.clone().prop_map(|a| Plain::Not(Box::new(a))),
            pair.clone().prop_map(|(a, b)| Plain::And(a, b)),
            pair.clone().prop_map(|(a, b)| Plain::Or(a, b)),
            pair.clone().prop_map(|(a, b)| Plain::Equal(a, b)),
            pair.prop_map(|(a, b)| Plain::Less(a, b)),
            (inner.clone(), prop::collection::vec(inner, 0..3)).prop_map(|(a, b)| Plain::In(Box::new(a), b)),
        ]
    })
}

proptest! {
    #[test]
    fn generated_expressions_evaluate_as_a_naive_evaluator_does(expression in plain()) {
        let text = expression.text();
        prop_assume!(text.len() <= MAX_BYTES);
        let expected = match expression.value() {
            None => false,
            Some(Ok(number)) => number != 0,
            Some(Err(text)) => !text.is_empty(),
        };
        prop_assert_eq!(Filter::parse(&text).unwrap().passes(&names()), expected, "{}", text);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,200}") {
        if let Ok(filter) = Filter::parse(&text) {
            filter.passes(&names());
        }
    }

    #[test]
    fn no_mix_of_its_words_breaks_the_reader(words in prop::collection::vec(prop::sample::select(vec![
        "area", "tries", "steps", "extra", "metadata", "and", "or", "not", "in", "is", "None", "True", "==", "!=",
        "<", ">=", "(", ")", "[", "]", ",", ".", "-", "'x'", "0", "1.5", "get", "lower", "\\", "'", "\"", "é",
    ]), 0..60)) {
        for text in [words.join(" "), words.concat()] {
            match Filter::parse(&text) {
                Ok(filter) => drop(filter.passes(&names())),
                Err(error) => prop_assert!(error.position >= 1 && error.position <= text.chars().count() + 1),
            }
        }
    }
}
