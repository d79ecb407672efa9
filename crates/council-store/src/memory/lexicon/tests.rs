//! BM25 against its formula, and lists that follow their rows.

use super::*;
use crate::memory::words::terms;
use proptest::prelude::*;

fn lexicon(texts: &[&str]) -> Lexicon {
    let mut lexicon = Lexicon::default();
    for text in texts {
        lexicon.push(terms(text));
    }
    lexicon
}

#[test]
fn a_score_is_that_of_the_formula() {
    let lexicon = lexicon(&["red fox red", "blue fox", "green whale sings", "grey"]);
    let average = 9.0 / 4.0_f32;
    let part = |count: f32, times: f32, length: f32| {
        let rarity = (1.0 + (4.0 - count + 0.5) / (count + 0.5)).ln();
        rarity * times * 1.9 / (times + 0.9 * (0.6 + 0.4 * length / average))
    };
    let expected = [
        part(1.0, 2.0, 3.0) + part(2.0, 1.0, 3.0),
        part(2.0, 1.0, 2.0),
        0.0,
        0.0,
    ];
    for (score, expected) in lexicon.scores("Which fox is red?").iter().zip(expected) {
        assert!((score - expected).abs() < 1e-5, "{score} {expected}");
    }
}

#[test]
fn common_terms_are_dropped_but_never_all_of_them() {
    let texts: Vec<String> = (0..3_000)
        .map(|row| format!("cat {}", if row < 10 { "rare" } else { "" }))
        .collect();
    let lexicon = lexicon(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let scores = lexicon.scores("rare cat");
    assert!(scores[..10].iter().all(|&score| score > 0.0));
    assert!(scores[10..].iter().all(|&score| score == 0.0));
    assert!(lexicon.scores("cat").iter().all(|&score| score > 0.0));
}

#[test]
fn nothing_fits_an_empty_lexicon_or_query() {
    assert_eq!(Lexicon::default().scores("x"), Vec::<f32>::new());
    assert_eq!(lexicon(&["a b"]).scores("…"), [0.0]);
}

proptest! {
    #[test]
    fn a_changed_lexicon_is_that_of_the_remaining_texts(
        rows in prop::collection::vec(("[a-d ]{0,12}", prop::option::of("[a-d ]{0,12}"), any::<bool>()), 0..20)
    ) {
        let mut changed = Lexicon::default();
        for (text, _, _) in &rows {
            changed.push(terms(text));
        }
        for (row, (_, new, _)) in rows.iter().enumerate() {
            if let Some(new) = new {
                changed.set(row, terms(new));
            }
        }
        let keep: Vec<bool> = rows.iter().map(|(_, _, keep)| *keep).collect();
        changed.retain(&keep);
        let mut fresh = Lexicon::default();
        for (text, new, _) in rows.iter().filter(|(_, _, keep)| *keep) {
            fresh.push(terms(new.as_ref().unwrap_or(text)));
        }
        prop_assert_eq!(changed.terms, fresh.terms);
        prop_assert_eq!(changed.lengths, fresh.lengths);
        prop_assert_eq!(changed.total_length, fresh.total_length);
    }
}
