//! Sentences, words and stems.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{number, ordinal, sentences, stem};

#[test]
fn a_text_is_cut_into_its_sentences() {
    let read = |text: &str| -> Vec<(String, bool)> {
        let sentences = sentences(text);
        sentences
            .into_iter()
            .map(|one| (one.plain(), one.question))
            .collect()
    };
    assert_eq!(
        read("All A are B. Isn't it 2.5? 1) It's wet; go!"),
        [
            ("all #a are b".to_owned(), false),
            ("is not it 2.5".to_owned(), true),
            ("it is wet".to_owned(), false),
            ("go".to_owned(), false)
        ]
    );
    assert_eq!(
        read("A says: \"B is a knave.\" Who is A?"),
        [
            ("#a says : \" b is a knave \"".to_owned(), false),
            ("who is #a".to_owned(), true)
        ]
    );
    assert_eq!(read("1. No cat barks\n2. Tom is\na cat").len(), 2);
}

#[test]
fn the_forms_of_a_word_have_one_stem() {
    for forms in [
        &["rain", "rains", "rained", "raining"][..],
        &["bake", "bakes", "baked", "baking"],
        &["run", "runs", "running", "ran"],
        &["study", "studies", "studied", "studying"],
        &["man", "men"],
        &["pass", "passes", "passed", "passing"],
        &["ring", "rings", "rang", "ringing"],
        &["box", "boxes"],
        &["rose", "roses"],
    ] {
        let first = stem(forms[0]);
        assert!(forms.iter().all(|form| stem(form) == first), "{forms:?}");
    }
    assert_ne!(stem("king"), stem("k"));
}

#[test]
fn numbers_are_read_in_words_and_digits() {
    assert_eq!(number("three").unwrap(), 3);
    assert_eq!(number("12").unwrap(), 12);
    assert_eq!(ordinal("second").unwrap(), 2);
    assert_eq!(ordinal("3rd").unwrap(), 3);
    assert_eq!(ordinal("last"), None);
}
