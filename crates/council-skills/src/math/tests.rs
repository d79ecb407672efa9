//! Whatever is asked, an attempt ends soon and without a panic; readings are said.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::ask::answer;
use super::trouble::Trouble;
use proptest::prelude::*;

fn value(question: &str) -> String {
    answer(question)
        .unwrap_or_else(|trouble| panic!("{question}: {trouble:?}"))
        .value
}

#[test]
fn the_result_stands_first_and_the_reading_in_the_proof() {
    let answer = answer("What is 15% of 240?").unwrap().finish();
    assert!(answer.text.starts_with("**36**"), "{}", answer.text);
    assert!(
        answer.proofs[0].text.contains("15% × 240"),
        "{}",
        answer.proofs[0].text
    );
    assert_eq!(answer.value, "36");
}

#[test]
fn roundings_are_said_to_be() {
    let third = answer("1/3 + 1/3").unwrap().finish();
    assert!(
        third.text.starts_with("**2/3 ≈ 0.666666666667 (rounded)**"),
        "{}",
        third.text
    );
    assert_eq!(third.value, "2/3");
    let circle = answer("area of a circle with radius 5 cm").unwrap().finish();
    assert!(
        circle.text.starts_with("**25π ≈ 78.5398163397 cm^2 (rounded)**"),
        "{}",
        circle.text
    );
}

#[test]
fn signs_words_and_latex_are_read_alike() {
    let same = [
        "3 × 4",
        "3*4",
        "3 \\times 4",
        "three times four",
        "$3 \\cdot 4$",
        "3 multiplied by 4",
        "what's 3 x 4, please?",
    ];
    for question in same {
        assert_eq!(value(question), "12", "{question}");
    }
}

#[test]
fn a_power_binds_to_the_last_of_two_variables() {
    assert_eq!(value("expand xy^2 * x"), "x^2y^2");
    assert_eq!(value("factor 3x^2y + 6xy^2"), "3xy(x + 2y)");
}

#[test]
fn inverse_powers_modulo_a_number_are_whole() {
    assert_eq!(value("What is 17^-1 mod 43?"), "38");
}

#[test]
fn division_by_zero_is_undefined_and_not_unsure() {
    for question in ["What is 5/0?", "5 / (2 - 2)", "0^0", "tan(90°)", "ln(0)"] {
        assert_eq!(value(question), "undefined", "{question}");
    }
}

#[test]
fn reasons_say_both_readings() {
    for (question, words) in [
        ("6/2(1+2)", "two ways"),
        ("sin(30)", "degrees or radians"),
        ("100 + 10%", "may mean"),
    ] {
        match answer(question) {
            Err(Trouble::Ambiguous(reason)) => assert!(reason.contains(words), "{reason}"),
            other => panic!("{question}: {other:?}"),
        }
    }
}

#[test]
fn huge_results_deep_nesting_and_long_inputs_end_soon() {
    let nested = format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000));
    let short_nested = format!("{}1{}", "(".repeat(1_500), ")".repeat(1_500));
    let braces = format!("\\frac{}", "{".repeat(3_900));
    let words = "two plus ".repeat(300);
    let questions = [
        "9^9^9^9",
        "(9^9)^(9^9)",
        "100000!",
        "(1000!)!",
        "2^(2^(2^(2^2)))^9",
        "1e999999999",
        "1e2000 * 1e2000 * 1e2000 * 1e2000 * 1e2000 * 1e2000 * 1e2000",
        "C(5000, 2500) * C(5000, 2500) * C(5000, 2500)",
        "expand (a+b+c+d+f+g)^40",
        "factor x^60 - 1",
        "integrate x^30 e^x",
        "the 1000000000th fibonacci number",
        "3^999999999999999999999 mod 1000000007",
        "prime factorization of 1000000000000000000000000000057",
        "is 170141183460469231731687303715884105727 prime",
        "sqrt(123456789012345678901234567890123456789012345678901234567890)",
        "1/998001 + 1/99999999999999999999",
        "0.1^3000",
        nested.as_str(),
        short_nested.as_str(),
        braces.as_str(),
        words.as_str(),
    ];
    for question in questions {
        let begin = std::time::Instant::now();
        let _ = answer(question);
        // Generous: a debug build on a busy machine.
        assert!(
            begin.elapsed().as_secs() < 20,
            "{} took {:?}",
            &question[..question.len().min(60)],
            begin.elapsed()
        );
    }
}

/// Words and signs that the rules know, in any order.
fn pieces() -> impl Strategy<Value = String> {
    const PIECES: [&str; 72] = [
        "1",
        "2",
        "3.5",
        "10",
        "0",
        "100,000",
        "x",
        "y",
        "+",
        "-",
        "*",
        "/",
        "^",
        "(",
        ")",
        "=",
        "<",
        "%",
        "!",
        ",",
        "|",
        "sin",
        "sqrt",
        "ln",
        "of",
        "the",
        "what",
        "is",
        "how",
        "many",
        "are",
        "in",
        "solve",
        "for",
        "and",
        "derivative",
        "integral",
        "dx",
        "from",
        "to",
        "area",
        "circle",
        "radius",
        "km",
        "m",
        "hours",
        "percent",
        "twice",
        "a number",
        "squared",
        "mod",
        "gcd",
        "sum",
        "mean",
        "7th",
        "half",
        "°",
        "$",
        "5",
        "pi",
        "e",
        "i",
        "log",
        "C",
        "[",
        "]",
        "{",
        "}",
        ".",
        "?",
        "more",
        "has",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 1..14)
        .prop_map(|parts| parts.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_is_answered_or_not_without_a_panic(text in "\\PC{0,60}") {
        let _ = answer(&text);
    }

    #[test]
    fn any_order_of_known_words_is_answered_or_not_without_a_panic(text in pieces()) {
        let _ = answer(&text);
    }

    #[test]
    fn arithmetic_is_that_of_integers(a in -10_000_i64..10_000, b in -10_000_i64..10_000, c in 1_i64..1_000) {
        prop_assert_eq!(value(&format!("({a}) + ({b}) * {c}")), (a + b * c).to_string());
        prop_assert_eq!(value(&format!("calculate ({a} - {b}) * {c}").replace("- -", "+ ")), ((a - b) * c).to_string());
    }

    #[test]
    fn an_antiderivative_leads_back(a in 1_i64..9, n in 1_i64..6, k in 1_i64..5) {
        for function in [format!("{a}x^{n}"), format!("{a}sin({k}x)"), format!("e^({k}x)"), format!("x^{n} e^({k}x)")] {
            let integral = value(&format!("integrate {function}"));
            let back = value(&format!("derivative of {}", integral.trim_end_matches(" + C")));
            let left = value(&format!("derivative of {function}"));
            let again = value(&format!("derivative of {back}"));
            prop_assert_eq!(left, again);
        }
    }
}
