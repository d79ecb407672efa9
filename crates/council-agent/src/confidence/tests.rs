//! Confidence of known token sequences.
#![expect(clippy::unwrap_used, clippy::float_cmp, reason = "tests")]

use super::*;
use council_core::TopLogprob;
use proptest::prelude::*;

fn of(logprobs: &[f32]) -> Option<f64> {
    let token = |&logprob| TokenLogprob {
        bytes: vec![b'x'],
        logprob,
        top: vec![],
    };
    let mut confidence = Confidence::default();
    confidence.add(&logprobs.iter().map(token).collect::<Vec<_>>());
    confidence.value()
}

#[test]
fn it_is_the_geometric_mean_of_the_tokens_probabilities() {
    let halves = of(&[0.5_f32.ln(), 0.5_f32.ln()]).unwrap();
    assert!((halves - 0.5).abs() < 1e-6);
    let mixed = of(&[0.9_f32.ln(), 0.1_f32.ln()]).unwrap();
    assert!((mixed - 0.3).abs() < 1e-6);
    assert_eq!(of(&[0.0]), Some(1.0));
}

#[test]
fn without_tokens_there_is_none() {
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[f32::NAN]), None);
}

#[test]
fn an_impossible_token_lowers_it_without_making_it_zero() {
    let forced = of(&[f32::NEG_INFINITY, 0.0]).unwrap();
    assert!(forced > 0.0 && forced < 1e-20);
}

fn token(logprob: f32, top: &[(&str, f32)]) -> TokenLogprob {
    TokenLogprob {
        bytes: b"x".to_vec(),
        logprob,
        top: top
            .iter()
            .map(|(text, logprob)| TopLogprob {
                bytes: text.as_bytes().to_vec(),
                logprob: *logprob,
            })
            .collect(),
    }
}

fn evidence(tokens: &[TokenLogprob]) -> AnswerEvidence {
    let mut confidence = Confidence::default();
    confidence.add(tokens);
    confidence.evidence().unwrap()
}

#[test]
fn the_margin_is_between_the_two_most_likely_tokens_whichever_was_chosen() {
    for (what, token, expected) in [
        ("two alternatives", token(-0.5, &[("x", -0.5), ("y", -2.0)]), 1.5),
        ("another one was likelier", token(-2.0, &[("y", -0.5)]), 1.5),
        (
            "chosen against two",
            token(-4.0, &[("y", -0.5), ("z", -1.5)]),
            1.0,
        ),
        ("nothing but itself", token(0.75_f32.ln(), &[]), 3_f64.ln()),
        (
            "only itself among the alternatives",
            token(0.75_f32.ln(), &[("x", 0.75_f32.ln())]),
            3_f64.ln(),
        ),
        ("unlikely, and nothing else known", token(0.1_f32.ln(), &[]), 0.0),
        ("certain", token(0.0, &[]), 16.0),
    ] {
        let found = evidence(&[token]);
        assert!((found.mean_margin - expected).abs() < 1e-5, "{what}: {found:?}");
    }
}

#[test]
fn the_tail_is_the_tenth_part_of_the_tokens_that_was_least_likely() {
    let tokens: Vec<_> = (1..=20).map(|number| token(-(number as f32), &[])).collect();
    let found = evidence(&tokens);
    assert_eq!(
        (found.tokens, found.tail_logprob, found.mean_logprob),
        (20, -19.0, -10.5)
    );
    assert_eq!(evidence(&tokens[..1]).tail_logprob, -1.0);
}

#[test]
fn one_doubtful_token_shows_in_the_tail_and_in_the_least_margin() {
    let mut tokens = vec![token(-0.01, &[("x", -0.01), ("y", -5.01)]); 9];
    tokens.push(token(-0.7, &[("x", -0.7), ("y", -0.8)]));
    let found = evidence(&tokens);
    assert!((found.least_margin - 0.1).abs() < 1e-5, "{found:?}");
    assert!(found.mean_margin > 4.0, "{found:?}");
    assert_eq!(found.tail_logprob, f64::from(-0.7_f32));
}

proptest! {
    #[test]
    fn it_is_a_probability_whatever_the_tokens(logprobs in proptest::collection::vec(any::<f32>(), 0..50)) {
        if let Some(value) = of(&logprobs) {
            prop_assert!(value > 0.0 && value <= 1.0, "{value}");
        }
    }
}
