//! Sentences, persons and stems.

use super::*;

fn clauses(text: &str) -> Vec<Vec<&str>> {
    let sentences = sentences(text);
    let of = |sentence: &Sentence| {
        sentence
            .clauses
            .iter()
            .map(|clause| &text[clause.range.clone()])
            .collect()
    };
    sentences.iter().map(of).collect()
}

#[test]
fn a_question_and_a_statement_in_one_sentence_are_two_clauses() {
    assert_eq!(
        clauses("I'm allergic to peanuts, what can I cook? My sister lives in Rome and she works there."),
        [
            vec!["I'm allergic to peanuts,", "what can I cook?"],
            vec!["My sister lives in Rome", "and she works there."]
        ]
    );
    assert!(sentences("Where do I live?")[0].asks);
}

#[test]
fn points_in_abbreviations_and_numbers_end_no_sentence() {
    assert_eq!(
        clauses("I see Dr. Ray at 3.5 miles. Me and I. Then 10,000 steps").len(),
        3
    );
    assert_eq!(clauses("...\n- \nyes").len(), 1);
}

#[test]
fn a_line_break_ends_a_sentence() {
    assert_eq!(
        clauses("I live in Oslo\nWrite a poem"),
        [vec!["I live in Oslo"], vec!["Write a poem"]]
    );
}

#[test]
fn forms_of_a_word_have_one_stem() {
    for forms in [
        &["live", "lives", "lived", "living"][..],
        &["run", "runs", "running", "ran"],
        &["study", "studies", "studied", "studying"],
        &["child", "children"],
        &["hobby", "hobbies"],
        &["teach", "teaches", "taught", "teaching"],
        &["30", "thirty"],
        &["allergy", "allergies"],
        &["love", "loves", "loved", "loving"],
    ] {
        let stems: Vec<_> = forms.iter().map(|form| stem(form)).collect();
        assert!(stems.iter().all(|one| *one == stems[0]), "{forms:?}: {stems:?}");
    }
    for (one, other) in [
        ("paris", "pari"),
        ("bus", "bu"),
        ("texas", "tex"),
        ("bass", "bas"),
    ] {
        assert_ne!(stem(one), stem(other));
    }
}

#[test]
fn first_person_becomes_third() {
    for (first, third) in [
        (
            "I live in Oslo with my brother",
            "Ada lives in Oslo with their brother",
        ),
        ("I'm allergic to peanuts", "Ada is allergic to peanuts"),
        ("My sister's name is Eve", "Ada's sister's name is Eve"),
        ("I really don't like rain", "Ada really doesn't like rain"),
        ("I've moved to Porto", "Ada has moved to Porto"),
        ("I went home", "Ada went home"),
        ("I live and work in Oslo", "Ada lives and works in Oslo"),
        ("Anna told me", "Anna told Ada"),
        (
            "I study biology and I teach.",
            "Ada studies biology and Ada teaches.",
        ),
        ("The cat is grey", "The cat is grey"),
    ] {
        assert_eq!(third_person(first, "Ada"), third);
    }
}

#[test]
fn a_text_is_brought_into_one_form() {
    assert_eq!(
        normal("  I\u{2019}m \t “here” \n\n now\u{a0}"),
        "I'm \"here\"\nnow"
    );
}

#[test]
fn phrases_are_found_as_whole_words() {
    let words = lower_words("I'm used to it, mostly");
    assert_eq!(words, ["i'm", "used", "to", "it", "mostly"]);
    assert!(has_phrase(&words, "used to") && !has_phrase(&words, "use"));
    assert!(begins_with_any(&words, &["i", "i'm used"]) && !has_any(&words, &["most"]));
}
