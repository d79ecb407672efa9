//! Sampling behaves as its parameters say.

use super::*;
use proptest::prelude::*;

fn params() -> JobSampling {
    JobSampling {
        temperature: 1.0,
        top_k: 0,
        top_p: 1.0,
        min_p: 0.0,
        repetition_penalty: 1.0,
        presence_penalty: 0.0,
        frequency_penalty: 0.0,
        seed: 7,
        logit_bias: Vec::new(),
    }
}

fn draws(params: JobSampling, row: &[f32], count: usize) -> Vec<u32> {
    let mut sampler = Sampler::new(params, 0, &[]);
    (0..count)
        .filter_map(|_| sampler.choose(row, None).ok().map(|choice| choice.token))
        .collect()
}

#[test]
fn temperature_zero_takes_the_most_likely_token() {
    let greedy = JobSampling {
        temperature: 0.0,
        ..params()
    };
    assert_eq!(draws(greedy, &[0.0, 3.0, 2.9], 3), vec![1, 1, 1]);
}

#[test]
fn the_same_seed_draws_the_same_tokens_and_another_seed_others() {
    let row: Vec<f32> = (0..50).map(|i| (i as f32).sin()).collect();
    let other = JobSampling { seed: 8, ..params() };
    assert_eq!(draws(params(), &row, 40), draws(params(), &row, 40));
    assert_ne!(draws(params(), &row, 40), draws(other, &row, 40));
}

#[test]
fn draws_follow_the_distribution() {
    let row = [0.0_f32, 2.0_f32.ln(), 5.0_f32.ln()];
    let drawn = draws(params(), &row, 8_000);
    let share = |token| drawn.iter().filter(|t| **t == token).count() as f64 / 8_000.0;
    for (token, expected) in [(0, 0.125), (1, 0.25), (2, 0.625)] {
        assert!(
            (share(token) - expected).abs() < 0.02,
            "{token}: {} not {expected}",
            share(token)
        );
    }
}

#[test]
fn top_k_top_p_and_min_p_cut_the_tail() {
    let row = [5.0_f32.ln(), 3.0_f32.ln(), 2.0_f32.ln()];
    let cases = [
        (JobSampling { top_k: 2, ..params() }, 2),
        (
            JobSampling {
                top_p: 0.5,
                ..params()
            },
            1,
        ),
        (
            JobSampling {
                top_p: 0.51,
                ..params()
            },
            2,
        ),
        (
            JobSampling {
                min_p: 0.5,
                ..params()
            },
            2,
        ),
        (
            JobSampling {
                top_k: 3,
                min_p: 0.7,
                ..params()
            },
            1,
        ),
    ];
    for (params, kept) in cases {
        let most = draws(params.clone(), &row, 300).into_iter().max();
        assert_eq!(most, Some(kept - 1), "{params:?}");
    }
}

#[test]
fn penalties_push_used_tokens_away() {
    let row = [2.0_f32, 1.5, 1.0];
    let greedy = JobSampling {
        temperature: 0.0,
        ..params()
    };
    assert_eq!(
        draws(
            JobSampling {
                presence_penalty: 0.6,
                ..greedy.clone()
            },
            &row,
            2
        ),
        vec![0, 1]
    );
    assert_eq!(
        draws(
            JobSampling {
                frequency_penalty: 0.3,
                ..greedy.clone()
            },
            &row,
            4
        ),
        vec![0, 0, 1, 0]
    );
    assert_eq!(
        draws(
            JobSampling {
                repetition_penalty: 1.5,
                ..greedy
            },
            &row,
            2
        ),
        vec![0, 1]
    );
}

#[test]
fn a_bias_of_minus_100_bans_and_of_100_forces() {
    let row = [2.0_f32, 1.5, 1.0];
    assert!(
        draws(
            JobSampling {
                logit_bias: vec![(0, -100.0)],
                ..params()
            },
            &row,
            100
        )
        .iter()
        .all(|t| *t != 0)
    );
    assert!(
        draws(
            JobSampling {
                logit_bias: vec![(2, 100.0)],
                ..params()
            },
            &row,
            100
        )
        .iter()
        .all(|t| *t == 2)
    );
}

#[test]
fn the_reported_probability_is_the_models_own() -> Result<(), String> {
    let row = [2.0_f32.ln(), 1.0_f32.ln(), 1.0_f32.ln()];
    let cold = JobSampling {
        temperature: 0.0,
        logit_bias: vec![(1, 50.0)],
        ..params()
    };
    let choice = Sampler::new(cold, 2, &[]).choose(&row, None)?;
    assert_eq!(choice.token, 1);
    assert!((choice.logprob - 0.25_f32.ln()).abs() < 1e-5);
    assert_eq!(choice.top.iter().map(|t| t.0).collect::<Vec<_>>(), vec![0, 1]);
    Ok(())
}

struct Only(Vec<u32>);

impl TokenFilter for Only {
    fn allows(&mut self, token: u32) -> bool {
        self.0.contains(&token)
    }
    fn mask(&mut self, row: &mut [f32]) {
        for (token, value) in row.iter_mut().enumerate() {
            if !self.0.contains(&(token as u32)) {
                *value = f32::NEG_INFINITY;
            }
        }
    }
    fn accept(&mut self, token: u32) -> Result<(), String> {
        self.allows(token)
            .then_some(())
            .ok_or_else(|| format!("{token} is not allowed"))
    }
}

#[test]
fn a_filter_that_allows_nothing_is_an_error_not_a_panic() {
    let result = Sampler::new(params(), 0, &[]).choose(&[1.0, 2.0], Some(&mut Only(vec![])));
    assert_eq!(result, Err("the grammar allows no further token".to_owned()));
}

proptest! {
    #[test]
    fn a_filtered_choice_is_always_allowed(
        row in prop::collection::vec(-9.0_f32..9.0, 4..200),
        allowed in prop::collection::vec(0_u32..4, 1..3),
        temperature in 0.0_f32..2.0,
        top_k in 0_u32..5,
        seed: u64,
    ) {
        let params = JobSampling { temperature, top_k, seed, ..params() };
        let choice = Sampler::new(params, 0, &[]).choose(&row, Some(&mut Only(allowed.clone())));
        prop_assert!(choice.is_ok_and(|c| allowed.contains(&c.token)));
    }

    #[test]
    fn top_p_keeps_the_shortest_head_that_reaches_it(
        row in prop::collection::vec(-12.0_f32..12.0, 2..300),
        top_p in 0.05_f32..0.99,
    ) {
        let params = JobSampling { top_p, ..params() };
        let sampler = Sampler::new(params, 0, &[]);
        let max = logits::max(&row);
        let mut kept = Vec::new();
        sampler.cut(&row, max, 1.0, &mut kept);
        let mut sorted: Vec<f64> = row.iter().map(|v| f64::from(v - max).exp()).collect();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let total: f64 = sorted.iter().sum();
        let mass = |n: usize| sorted[..n].iter().sum::<f64>() / total;
        prop_assert!(mass(kept.len()) >= f64::from(top_p) - 1e-4);
        prop_assert!(kept.len() == 1 || mass(kept.len() - 1) < f64::from(top_p) + 1e-4);
    }
}
