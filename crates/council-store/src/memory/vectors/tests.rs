//! The scan against a naive one.
#![expect(
    clippy::float_cmp,
    reason = "sums of whole numbers are exact, and the same work gives the same bits"
)]

use super::*;
use proptest::prelude::*;

fn unit(numbers: Vec<f32>) -> Embedding {
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length < 1e-3 {
        let mut first = vec![0.0; numbers.len()];
        first[0] = 1.0;
        return Embedding(first);
    }
    Embedding(numbers.into_iter().map(|number| number / length).collect())
}

fn pair(own: Vec<f32>, context: Vec<f32>) -> MemoryVectors {
    MemoryVectors {
        own: unit(own),
        context: unit(context),
    }
}

/// Vectors of every small length and of lengths around those of registers, and a query.
fn rows() -> impl Strategy<Value = (Embedding, Vec<MemoryVectors>)> {
    prop_oneof![
        1..=70_usize,
        Just(128),
        Just(383),
        Just(384),
        Just(385),
        Just(768)
    ]
    .prop_flat_map(|dimensions| {
        let numbers = || prop::collection::vec(-1.0_f32..1.0, dimensions);
        let rows = prop::collection::vec(
            (numbers(), numbers()).prop_map(|(own, context)| pair(own, context)),
            0..20,
        );
        (numbers().prop_map(unit), rows)
    })
}

proptest! {
    #[test]
    fn the_dot_product_equals_a_naive_one(
        pairs in prop::collection::vec((-127_i8..=127, -127_i8..=127), 1..900)
    ) {
        let (left, right): (Vec<i8>, Vec<i8>) = pairs.into_iter().unzip();
        let naive: i32 = left.iter().zip(&right).map(|(&left, &right)| i32::from(left) * i32::from(right)).sum();
        prop_assert_eq!(dot(&left, &right), naive as f32);
    }

    #[test]
    fn cosines_are_those_of_the_exact_vectors_within_the_error_of_bytes((query, rows) in rows()) {
        let mut vectors = Vectors::new(query.0.len());
        for row in &rows {
            vectors.push(Some(row));
        }
        let numbers: Vec<u32> = (0..rows.len() as u32).rev().collect();
        let cosines = vectors.cosines(&query, &numbers);
        prop_assert_eq!(&vectors.own_cosines(&query, &numbers), &cosines.own);
        for (place, &row) in numbers.iter().enumerate() {
            let exact = |vector: &Embedding| -> f32 {
                query.0.iter().zip(&vector.0).map(|(left, right)| left * right).sum()
            };
            let row = &rows[row as usize];
            // Half a step in every number of either vector, whose step is at most 1/127.
            let bound = 0.005 * (query.0.len() as f32).sqrt().max(2.0);
            prop_assert!((cosines.own[place] - exact(&row.own)).abs() < bound);
            prop_assert!((cosines.context[place] - exact(&row.context)).abs() < bound);
            prop_assert!((cosine(&query.0, &row.own.0) - exact(&row.own)).abs() < 1e-5);
        }
    }

    #[test]
    fn what_is_kept_stays_the_same((query, rows) in rows(), seed in any::<u64>(), signs_from in 1..12_usize) {
        let keep: Vec<bool> = (0..rows.len()).map(|row| seed >> (row % 64) & 1 == 1).collect();
        let (mut all, mut fresh) = (Vectors::new(query.0.len()), Vectors::new(query.0.len()));
        all.keep_signs_from(signs_from);
        fresh.keep_signs_from(signs_from);
        for (row, keep) in rows.iter().zip(&keep) {
            all.push(Some(row));
            if *keep {
                fresh.push(Some(row));
            }
        }
        all.retain(&keep);
        prop_assert_eq!(all.scales.clone(), fresh.scales.clone());
        prop_assert_eq!(&all.bytes, &fresh.bytes);
        if fresh.asks_signs(fresh.scales.len()) {
            let numbers: Vec<u32> = (0..fresh.scales.len() as u32).collect();
            prop_assert_eq!(all.own_nearness(&query, &numbers), fresh.own_nearness(&query, &numbers));
        }
    }

    #[test]
    fn signs_are_those_of_the_numbers((query, rows) in rows(), changed in any::<prop::sample::Index>()) {
        let mut vectors = Vectors::new(query.0.len());
        vectors.keep_signs_from(3);
        for row in &rows {
            vectors.push(Some(row));
        }
        if !vectors.asks_signs(rows.len()) {
            return Ok(());
        }
        let changed = changed.index(rows.len());
        vectors.set(changed, Some(&rows[0]));
        let numbers: Vec<u32> = (0..rows.len() as u32).collect();
        // As bytes, in which small numbers are 0: neither is less.
        let expected = numbers.iter().map(|&row| {
            let row = if row as usize == changed { 0 } else { row as usize };
            let codes = &vectors.bytes[0][vectors.range(row)];
            -(codes.iter().zip(&query.0).filter(|&(code, number)| (*code < 0) != (*number < 0.0)).count() as f32)
        });
        prop_assert_eq!(vectors.own_nearness(&query, &numbers), expected.collect::<Vec<_>>());
        let (guess, sample) = vectors.guess(&query, &[0, rows.len() as u32 - 1]);
        prop_assert_eq!(sample.own[0], vectors.own_cosines(&query, &[0])[0]);
        prop_assert!(guess.cosines(0).0.is_finite());
    }
}

#[test]
fn many_threads_find_what_one_does() {
    let mut vectors = Vectors::new(3);
    vectors.keep_signs_from(1);
    for row in 0..ROWS_PER_THREAD * 2 + 7 {
        let angle = row as f32;
        vectors.push(Some(&pair(
            vec![angle.sin(), angle.cos(), 0.3],
            vec![0.5, angle.cos(), angle.sin()],
        )));
    }
    let query = unit(vec![0.2, -0.7, 0.4]);
    let rows: Vec<u32> = (0..vectors.scales.len() as u32).collect();
    let all = vectors.cosines(&query, &rows);
    assert!(vectors.own_cosines(&query, &rows) == all.own);
    let sample: Vec<u32> = rows.iter().copied().step_by(100).collect();
    let (guess, _) = vectors.guess(&query, &sample);
    let rough: Vec<f32> = (0..rows.len()).map(|row| guess.cosines(row).0).collect();
    for (rows, own) in rows.chunks(777).zip(all.own.chunks(777)) {
        assert!(vectors.cosines(&query, rows).own == own);
    }
    let nearness = vectors.own_nearness(&query, &rows);
    for (rows, near) in rows.chunks(777).zip(nearness.chunks(777)) {
        assert!(vectors.own_nearness(&query, rows) == near);
    }
    // One line for all: equal signs, equal estimates.
    for (near, estimate) in nearness.iter().zip(&rough) {
        let same = nearness.iter().position(|other| other == near);
        assert!(same.is_some_and(|place| rough[place] == *estimate));
    }
}

#[test]
fn a_row_without_vectors_has_none_and_can_lose_those_that_it_has() {
    let mut vectors = Vectors::new(2);
    vectors.push(None);
    vectors.push(Some(&pair(vec![1.0, 0.0], vec![0.0, 1.0])));
    assert_eq!((vectors.has(0), vectors.has(1)), (false, true));
    let query = unit(vec![0.0, 1.0]);
    let context = |vectors: &Vectors| vectors.cosines(&query, &[0, 1]).context;
    assert_eq!(context(&vectors), [0.0, 1.0]);
    vectors.set(1, None);
    assert_eq!((vectors.has(1), context(&vectors)), (false, vec![0.0, 0.0]));
}
