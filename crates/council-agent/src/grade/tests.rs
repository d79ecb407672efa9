//! Answers that are right and answers that look it.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::question::parse;
use super::{Expected, grade, program};

fn expected(answer: &str) -> Expected {
    let line = format!(r#"{{"id": "x", "kind": "math", "question": "?", "answer": {answer}}}"#);
    parse(&line).unwrap().remove(0).expected
}

#[test]
fn an_answer_is_judged_by_the_result_that_it_ends_with() {
    for (answer, said, right) in [
        (r#"{"type": "number", "value": "36"}"#, "36", true),
        (r#"{"type": "number", "value": "36"}"#, "15% of 240 is 36.", true),
        (r#"{"type": "number", "value": "36"}"#, "0.15 × 240 = 36", true),
        (
            r#"{"type": "number", "value": "36"}"#,
            "The answer is 36, which is 15% of 240.",
            true,
        ),
        (
            r#"{"type": "number", "value": "36"}"#,
            "36 is a start, and then it is 37.",
            false,
        ),
        (r#"{"type": "number", "value": "36"}"#, "I do not know.", false),
        (
            r#"{"type": "number", "value": "1234.5"}"#,
            "It comes to **1,234.50** euros",
            true,
        ),
        (r#"{"type": "number", "value": "-4"}"#, "x = -4", true),
        (r#"{"type": "number", "value": "-4"}"#, "x = 4", false),
        (r#"{"type": "number", "value": "-4"}"#, "x = \u{2212}4", true),
        (r#"{"type": "number", "value": "6"}"#, "10-4 makes 6", true),
        (r#"{"type": "number", "value": "81"}"#, "It has 81 m^2.", true),
        (r#"{"type": "number", "value": "2"}"#, "It has 81 m^2.", false),
        (r#"{"type": "number", "value": "2"}"#, "This is 10^2", true),
        (r#"{"type": "number", "value": "2/3"}"#, "0.6666666666667", true),
        (r#"{"type": "number", "value": "2/3"}"#, "0.67", false),
        (
            r#"{"type": "number", "value": "2/3", "tolerance": 0.01}"#,
            "0.67",
            true,
        ),
        (r#"{"type": "number", "value": "12.5%"}"#, "12.5 percent", true),
        (r#"{"type": "number", "value": "12.5%"}"#, "0.125", true),
        (r#"{"type": "number", "value": "1500"}"#, "1.5e3", true),
        (
            r#"{"type": "number", "value": "8"}"#,
            "\\boxed{8} as x2 is 3",
            true,
        ),
        (
            r#"{"type": "choice", "value": "yes"}"#,
            "Yes, Socrates is mortal.",
            true,
        ),
        (
            r#"{"type": "choice", "value": "yes"}"#,
            "No. He is not, yes?",
            false,
        ),
        (
            r#"{"type": "choice", "value": "no"}"#,
            "It does not follow, so the answer is no.",
            true,
        ),
        (r#"{"type": "choice", "value": "no"}"#, "Nobody knows", false),
        (
            r#"{"type": "choice", "value": "unknown"}"#,
            "That cannot be determined.",
            true,
        ),
        (
            r#"{"type": "choice", "value": "cannot be concluded"}"#,
            "It cannot be concluded: what is said leaves more than one possibility.",
            true,
        ),
        (
            r#"{"type": "choice", "value": "cannot be concluded"}"#,
            "That is unknown.",
            true,
        ),
        (
            r#"{"type": "choice", "value": "cannot be concluded"}"#,
            "No, it does not follow.",
            false,
        ),
        (
            r#"{"type": "choice", "value": "invalid"}"#,
            "The argument is not valid.",
            true,
        ),
        (
            r#"{"type": "choice", "value": "valid"}"#,
            "The argument is not valid.",
            false,
        ),
        (r#"{"type": "choice", "value": "valid"}"#, "This is valid.", true),
        (
            r#"{"type": "text", "value": "Quinn"}"#,
            "Quinn is the thief. Paul is not.",
            true,
        ),
        (
            r#"{"type": "text", "value": "Quinn"}"#,
            "It is Paul or Quinn. So it is Paul.",
            false,
        ),
        (r#"{"type": "text", "value": "Quinn"}"#, "Quinnipiac", false),
        (
            r#"{"type": "text", "value": "bus", "accept": ["coach"]}"#,
            "The slowest is the **coach**",
            true,
        ),
        (r#"{"type": "text", "value": "x > 5"}"#, "x>5", true),
        (
            r#"{"type": "text", "value": "x = 7, y = 3"}"#,
            "The solution is x = 7, y = 3.",
            true,
        ),
        (r#"{"type": "set", "value": ["2", "3"]}"#, "x = 3 or x = 2", true),
        (
            r#"{"type": "set", "value": ["2", "3"]}"#,
            "From x^2 - 5x + 6 = 0:\n2 and 3",
            true,
        ),
        (r#"{"type": "set", "value": ["2", "3"]}"#, "2, 3 and 4", false),
        (r#"{"type": "set", "value": ["2", "3"]}"#, "2", false),
        (
            r#"{"type": "set", "value": "A: knave; B: knight"}"#,
            "A is a knave and B is a knight.",
            true,
        ),
        (
            r#"{"type": "set", "value": "A: knave; B: knight"}"#,
            "A is a knight, B is a knave.",
            false,
        ),
    ] {
        assert_eq!(grade(said, &expected(answer)), Some(right), "{said} for {answer}");
    }
}

#[test]
fn a_question_that_is_repeated_answers_nothing() {
    for (answer, said) in [
        (
            r#"{"type": "text", "value": "Quinn"}"#,
            "Who is the thief, Paul and Quinn being suspects?",
        ),
        (r#"{"type": "choice", "value": "yes"}"#, "Is it mortal, yes?"),
    ] {
        assert_eq!(grade(said, &expected(answer)), Some(false), "{said}");
    }
}

#[test]
fn a_program_is_taken_out_of_the_answer_with_its_tests_after_it() {
    let wanted = expected(r#"{"type": "program", "language": "python", "tests": "assert double(2) == 4"}"#);
    let answer = "Sure:\n```python\ndef double(x):\n    return 2 * x\n```\nThat is all.";
    assert_eq!(grade(answer, &wanted), None);
    assert_eq!(
        program(answer, &wanted).unwrap(),
        "def double(x):\n    return 2 * x\n\n\nassert double(2) == 4\n"
    );
    assert_eq!(program("I cannot program.", &wanted), None);
    assert_eq!(
        program(answer, &expected(r#"{"type": "text", "value": "x"}"#)),
        None
    );
}

#[test]
fn a_question_that_cannot_be_read_is_named_by_its_line() {
    for (line, problem) in [
        ("{", "line 2: "),
        (
            r#"{"id": "a", "kind": "cooking", "question": "?", "answer": {"type": "text", "value": "x"}}"#,
            "line 2: `kind` is `cooking`, which is none of a question",
        ),
        (
            r#"{"id": "a", "kind": "math", "question": "?", "answer": {"type": "essay", "value": "x"}}"#,
            "line 2: `answer.type` is `essay`, not number, text, choice, set or program",
        ),
        (
            r#"{"id": "a", "kind": "math", "question": "?", "answer": {"type": "text", "value": true}}"#,
            "line 2: `answer.value` of `a` is true, not a string",
        ),
        (
            r#"{"id": "a", "kind": "code", "question": "?", "answer": {"type": "program", "language": "go", "tests": "x"}}"#,
            "line 2: `answer.language` of `a` is `go`, and only programs in python are run",
        ),
        (
            r#"{"id": "a", "kind": "code", "question": "?", "answer": {"type": "program"}}"#,
            "line 2: `answer.tests` of `a` is missing",
        ),
    ] {
        let error = parse(&format!("\n{line}\n")).unwrap_err();
        assert!(error.starts_with(problem), "{error}");
    }
}
