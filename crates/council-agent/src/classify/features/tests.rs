//! What is seen in texts.

use super::{Reading, SIGNS, lists};

/// The signs of a text that are not zero.
fn signs(text: &str) -> Vec<&'static str> {
    let reading = Reading::of(text);
    let seen = SIGNS.iter().zip(reading.signs).filter(|(_, value)| *value > 0.0);
    seen.map(|(sign, _)| sign.name).collect()
}

#[test]
fn words_are_whole_and_numbers_are_alike() {
    let words = Reading::of("The world isn't 42, or 3.5!").words;
    let expected = [
        "!",
        ",",
        ", or",
        "0",
        "0 !",
        "0 ,",
        "^ the",
        "isn't",
        "isn't 0",
        "or",
        "or 0",
        "the",
        "the world",
        "world",
        "world isn't",
    ];
    assert_eq!(words, expected);
}

#[test]
fn each_sign_is_seen_where_it_should_be_and_not_where_it_looks_alike() {
    for (sign, with, without) in [
        ("number operator number", "12 * 4", "a 12-hour shift"),
        ("equation", "3x + 2 = 11", "love = everything"),
        ("number before a letter", "2x", "2 x"),
        ("percent", "15% of it", "one percent"),
        ("number with a unit", "5 km", "five kites"),
        ("backticks", "`ls`", "ls"),
        ("identifiers", "my_list is empty", "my list is empty"),
        ("calls", "print(x)", "f(x)"),
        ("calls", "len(words)", "my words (all of them)"),
        ("option or path", "cp -r a b", "a well-known cook"),
        ("option or path", "open main.py", "The end. Goodbye"),
        ("name of an error", "a TypeError here", "a typing error here"),
        ("if then", "if a then b", "what if"),
        ("logic symbols", "p ∧ q", "p q"),
        ("comparison", "Ann is older than Bo", "more than words"),
        ("names", "does Ann like Bo", "does he like her"),
        (
            "document pointed at",
            "what does my new contract say",
            "how are contracts made",
        ),
        (
            "recalling what was said",
            "what have I told you",
            "what is a toldo",
        ),
        ("words but no common one", "krumpf zelk", "the krumpf"),
        ("words that cannot be spoken", "hjklsdf", "strengthening"),
    ] {
        assert!(signs(with).contains(&sign), "{with}: {:?}", signs(with));
        assert!(!signs(without).contains(&sign), "{without}: {:?}", signs(without));
    }
}

#[test]
fn lists_are_sorted_so_that_their_words_are_found() {
    for list in [
        lists::COMMON,
        lists::NUMBER_WORDS,
        lists::OPERATIONS,
        lists::MATHEMATICS,
        lists::UNITS,
        lists::PROGRAMMING,
        lists::QUANTIFIERS,
        lists::CONDITIONS,
        lists::INFERENCE,
        lists::TRUTH_TELLING,
        lists::DOCUMENTS,
        lists::POINTING,
        lists::LOOKING_UP,
        lists::RECALLING,
    ] {
        assert!(list.is_sorted());
    }
}
