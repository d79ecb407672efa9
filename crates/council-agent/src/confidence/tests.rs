//! Confidence of known token sequences.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
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

proptest! {
    #[test]
    fn it_is_a_probability_whatever_the_tokens(logprobs in proptest::collection::vec(any::<f32>(), 0..50)) {
        if let Some(value) = of(&logprobs) {
            prop_assert!(value > 0.0 && value <= 1.0, "{value}");
        }
    }
}
