//! What becomes the prompt, and which temperatures are taken.

use super::{join, temperature};

#[test]
fn what_is_piped_in_follows_the_question() {
    let cases = [
        (("summarise", "a\nb\n"), "summarise\n\na\nb"),
        (("summarise", ""), "summarise"),
        (("", "a\n"), "a"),
        (("  ", " \n"), ""),
    ];
    for ((question, piped), expected) in cases {
        assert_eq!(join(question, piped), expected, "{question:?} with {piped:?}");
    }
}

#[test]
fn a_temperature_that_is_no_number_from_0_to_2_is_refused() {
    assert_eq!(temperature("0.7"), Ok(0.7));
    for text in ["-1", "2.1", "NaN", "inf", "warm", ""] {
        assert!(temperature(text).is_err(), "{text:?} was accepted");
    }
}
