//! BM25 against its formula, and lists that follow their rows.

use super::*;
use crate::memory::index::Words;
use crate::memory::words::terms;
use council_core::{MemoryKind, NewMemory, Scope, Timestamp};
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
    for (score, expected) in lexicon.scores("Which fox is red?").scores.iter().zip(expected) {
        assert!((score - expected).abs() < 1e-5, "{score} {expected}");
    }
}

#[test]
fn common_terms_are_dropped_but_never_all_of_them() {
    let texts: Vec<String> = (0..3_000)
        .map(|row| format!("cat {}", if row < 10 { "rare" } else { "" }))
        .collect();
    let lexicon = lexicon(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let scores = lexicon.scores("rare cat").scores;
    assert!(scores[..10].iter().all(|&score| score > 0.0));
    assert!(scores[10..].iter().all(|&score| score == 0.0));
    assert!(lexicon.scores("cat").scores.iter().all(|&score| score > 0.0));
}

#[test]
fn nothing_fits_an_empty_lexicon_or_query() {
    assert_eq!(Lexicon::default().scores("x").scores, Vec::<f32>::new());
    assert_eq!(lexicon(&["a b"]).scores("…").scores, [0.0]);
}

proptest! {
    #[test]
    fn a_lexicon_of_many_texts_is_that_of_one_after_the_other(
        rows in prop::collection::vec(("[a-dA-D É一s-]{0,16}", prop::option::of("[A-C]{1,3}"), 0..4_u64), 0..20)
    ) {
        let (mut builder, mut expected) = (Builder::default(), Lexicon::default());
        for (text, speaker, day) in &rows {
            let said_at = Timestamp::from_millis(day / 2 * 86_400_000);
            let mut memory = NewMemory::new(MemoryKind::Turn, Scope::default(), text.as_str(), said_at);
            memory.speaker.clone_from(speaker);
            let words = Words::of(&memory);
            prop_assert_eq!(builder.push(text, speaker.as_deref(), said_at), words.fingerprint);
            expected.push(words.terms);
        }
        let lexicon = builder.finish();
        prop_assert_eq!(lexicon.terms, expected.terms);
        prop_assert_eq!(lexicon.lengths, expected.lengths);
        prop_assert_eq!(lexicon.total_length, expected.total_length);
    }

    #[test]
    fn sums_are_those_of_the_scores(texts in prop::collection::vec("[a-d ]{0,12}", 1..20)) {
        let bm25 = lexicon(&texts.iter().map(String::as_str).collect::<Vec<_>>()).scores("a b c");
        let of = |what: fn(f64) -> f64| bm25.scores.iter().map(|score| what(f64::from(*score))).sum::<f64>();
        prop_assert!((bm25.sum - of(|score| score)).abs() < 1e-9);
        prop_assert!((bm25.squares - of(|score| score * score)).abs() < 1e-9);
    }

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
