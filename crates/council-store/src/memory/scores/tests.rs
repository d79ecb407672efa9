//! What signs choose against what all bytes choose.

use super::*;
use crate::memory::search::nearest;
use council_core::{Embedding, Memory, MemoryFilter, MemoryId, MemoryKind, MemoryVectors, NewMemory, Scope};
use proptest::prelude::*;

const DIMENSIONS: usize = 256;
const ROWS: usize = 12_000;
const QUERIES: u64 = 30;
const HITS: usize = 10;

/// Numbers that are the same in every run (splitmix64, <https://doi.org/10.1145/2714064.2660195>).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From -1 to 1.
    fn number(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    fn direction(&mut self) -> Vec<f32> {
        (0..DIMENSIONS).map(|_| self.number()).collect()
    }
}

fn unit(numbers: &[f32]) -> Embedding {
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    Embedding(numbers.iter().map(|number| number / length).collect())
}

/// Around one of fifty topics, all of which have something in common, as the vectors of texts do.
fn near_a_topic(seed: u64) -> Embedding {
    let mut random = Random(seed);
    let topic = Random(1 + random.next() % 50).direction();
    let common = Random(0).direction();
    let own = random.direction();
    let numbers = (0..DIMENSIONS).map(|at| 0.5 * common[at] + topic[at] + own[at]);
    unit(&numbers.collect::<Vec<_>>())
}

fn index(keep_signs_from: usize) -> Index {
    let mut index = Index::new(DIMENSIONS);
    index.vectors.keep_signs_from(keep_signs_from);
    for row in 0..ROWS {
        let mut content = NewMemory::new(
            MemoryKind::Turn,
            Scope {
                session: Some(format!("s{}", row / 30)),
                ..Scope::default()
            },
            format!("w{} w{}", row % 97, row % 89),
            Timestamp::from_millis(row as u64),
        );
        content.speaker = Some(["Nate", "Joanna"][row % 2].to_owned());
        let memory = Memory::created(MemoryId(row.to_string()), content, Timestamp::default());
        let vectors = MemoryVectors {
            own: near_a_topic(row as u64),
            context: near_a_topic((row + ROWS) as u64),
        };
        // A few wait for theirs.
        let vectors = (row % 100 != 7).then_some(&vectors);
        index.push(row as i64 + 1, &memory, vectors);
    }
    index
}

fn share_of(found: &[Candidate], expected: &[Candidate]) -> f64 {
    let hits = expected.iter().take(HITS);
    let found: Vec<i64> = found.iter().take(HITS).map(|candidate| candidate.key).collect();
    hits.filter(|candidate| found.contains(&candidate.key)).count() as f64 / HITS as f64
}

#[test]
fn signs_miss_less_than_two_in_a_hundred_of_the_best() {
    let (exact, rough) = (index(usize::MAX), index(1));
    let rows: Vec<u32> = (0..ROWS as u32).collect();
    let (mut of_nearest, mut of_recall) = (0.0, 0.0);
    for seed in 0..QUERIES {
        let among = |index: &Index| Among::of_rows(index.matching(&MemoryFilter::default()));
        let vector = near_a_topic(1_000_000 + seed);
        let near = |index: &Index| nearest(index, &vector, &among(index), -1.0, HITS);
        of_nearest += share_of(&near(&rough), &near(&exact));
        let query = RecallQuery {
            text: format!("w{seed}"),
            vector: Some(vector.clone()),
            speakers: vec!["Nate".to_owned()],
            time: None,
            now: Timestamp::from_millis(ROWS as u64),
            filter: MemoryFilter::default(),
            weights: RecallWeights::default(),
            limit: HITS,
        };
        let best = |index: &Index| {
            let mut candidates = recall(index, &query, &among(index)).candidates;
            crate::memory::search::keep_best(&mut candidates, HITS);
            candidates
        };
        let (rough, exact) = (best(&rough), best(&exact));
        of_recall += share_of(&rough, &exact);
        // Means and deviations are those of a sample.
        let score = |candidates: &[Candidate]| candidates[0].parts.score();
        assert!((score(&rough) - score(&exact)).abs() < 0.2, "{rough:?} {exact:?}");
    }
    let (of_nearest, of_recall) = (of_nearest / QUERIES as f64, of_recall / QUERIES as f64);
    assert!(
        of_nearest >= 0.98 && of_recall >= 0.98,
        "{of_nearest} of the nearest, {of_recall} of what is recalled"
    );
    assert!(rough.vectors.asks_signs(rows.len()) && !exact.vectors.asks_signs(rows.len()));
}

#[test]
fn the_turns_beside_a_row_are_those_of_its_session_within_reach() {
    let index = index(usize::MAX);
    let beside = |row: usize| index.beside(row, 2).collect::<Vec<_>>();
    assert_eq!(beside(45), [(2, 43), (1, 44), (1, 46), (2, 47)]);
    assert_eq!(beside(30), [(1, 31), (2, 32)], "the first of its session");
    assert_eq!(beside(59), [(2, 57), (1, 58)], "the last of its session");
}

#[test]
fn many_threads_add_up_what_one_does() {
    let mut index = Index::new(3);
    for row in 0..200_007_u32 {
        let angle = row as f32;
        let vectors = MemoryVectors {
            own: unit(&[angle.sin(), angle.cos(), 0.3]),
            context: unit(&[0.5, angle.cos(), angle.sin()]),
        };
        let scope = Scope {
            session: Some(format!("s{}", row / 30)),
            ..Scope::default()
        };
        let said_at = Timestamp::from_millis(u64::from(row) * 1_000);
        let text = if row % 5_000 == 0 { "fox" } else { "cat" };
        let content = NewMemory::new(MemoryKind::Turn, scope, text, said_at);
        let memory = Memory::created(MemoryId(row.to_string()), content, Timestamp::default());
        index.push(i64::from(row) + 1, &memory, Some(&vectors));
    }
    let query = RecallQuery {
        text: "fox".to_owned(),
        vector: Some(unit(&[0.2, -0.7, 0.4])),
        speakers: Vec::new(),
        time: None,
        now: Timestamp::from_millis(200_007_000),
        filter: MemoryFilter::default(),
        weights: RecallWeights::default(),
        limit: HITS,
    };
    let among = Among::of_rows(index.matching(&query.filter));
    let mut scores = Scores {
        index: &index,
        query: &query,
        among: &among,
        dense: Dense::new(&index, &query, &among),
        lexical: Lexical::new(&index, &query, &among),
        most: Most::of(&index, &query, &among),
    };
    let dense_sums = scores.dense.sums.clone();
    let base: Vec<f32> = among.rows.iter().map(|&row| sum(&scores.parts(row))).collect();
    assert_eq!(scores.base(), base);
    scores.dense.sums = dense_sums;
    let mut expected: Vec<(i64, f32)> = (0..among.rows.len())
        .map(|row| {
            let candidate = scores.candidate(row, &base, &|_| 0.0);
            (candidate.key, candidate.parts.score())
        })
        .collect();
    expected.sort_by(|left, right| right.1.total_cmp(&left.1).then(right.0.cmp(&left.0)));
    let candidates = scores.candidates();
    assert_eq!(candidates.len(), HITS + SPARE);
    for (candidate, (_, score)) in candidates.iter().zip(&expected) {
        assert!((candidate.parts.score() - score).abs() < 1e-5);
    }
    assert_eq!(candidates[0].key, expected[0].0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_passed_over_is_none_of_the_best(
        rows in prop::collection::vec((0..6_u32, 0..3_usize, any::<bool>(), 0..40_u64, any::<bool>()), 1..300),
        numbers in prop::array::uniform11(-1.0_f32..1.0),
        asks_for_time in any::<bool>(),
        signs_from in prop_oneof![Just(usize::MAX), Just(50)],
    ) {
        let mut index = Index::new(16);
        index.vectors.keep_signs_from(signs_from);
        for (row, (session, speaker, pinned, day, _)) in rows.iter().enumerate() {
            let scope = Scope {
                session: (*session > 0).then(|| session.to_string()),
                ..Scope::default()
            };
            let said_at = Timestamp::from_millis(day * 86_400_000);
            let text = "w1 w2 w3 w4 w5 w6".split_at(3 * (row % 6) + 2).0;
            let mut content = NewMemory::new(MemoryKind::Turn, scope, text, said_at);
            content.speaker = [None, Some("Nate"), Some("Joanna")][*speaker].map(str::to_owned);
            let mut memory = Memory::created(MemoryId(row.to_string()), content, Timestamp::default());
            memory.pinned = *pinned;
            let direction = |seed: u64| {
                let mut random = Random(seed);
                unit(&(0..16).map(|_| random.number()).collect::<Vec<_>>())
            };
            let vectors = MemoryVectors {
                own: direction(row as u64),
                context: direction((row + 1_000) as u64),
            };
            index.push(row as i64 + 1, &memory, (row % 10 != 3).then_some(&vectors));
        }
        let [own, context, lexical, first, second, third, speaker, told, time, recency, pinned] = numbers;
        let query = RecallQuery {
            text: "w3 w5".to_owned(),
            vector: Some(unit(&[0.3; 16])),
            speakers: vec!["nate".to_owned()],
            time: asks_for_time.then(|| (Timestamp::from_millis(0), Timestamp::from_millis(20 * 86_400_000))),
            now: Timestamp::from_millis(40 * 86_400_000),
            filter: MemoryFilter::default(),
            weights: RecallWeights { own, context, lexical, neighbours: [first, second, third], speaker, told, time,
                recency, pinned },
            limit: 1,
        };
        for among in [
            Among::of_rows(index.matching(&query.filter)),
            Among::of_rows((0..rows.len()).filter(|&row| rows[row].4).map(|row| row as u32).collect()),
        ] {
            let found = recall(&index, &query, &among).candidates;
            let mut scores = Scores {
                index: &index,
                query: &query,
                among: &among,
                dense: Dense::new(&index, &query, &among),
                lexical: Lexical::new(&index, &query, &among),
                most: Most::of(&index, &query, &among),
            };
            let mut base = scores.base();
            if scores.dense.is_rough {
                // All of them are looked at again, because they are fewer than those that always are.
                scores.sharpen(&among.rows.iter().map(|&row| row as usize).collect::<Vec<_>>(), &mut base);
            }
            let speakers = index.speaker_weights(&query.speakers, speaker);
            let score = |&row: &u32| scores.candidate(row as usize, &base, &speakers).parts.score();
            let mut expected: Vec<f32> = among.rows.iter().map(score).collect();
            expected.sort_by(|left, right| right.total_cmp(left));
            expected.truncate(1 + SPARE);
            prop_assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                prop_assert!((found.parts.score() - expected).abs() < 1e-4, "{found:?} {expected}");
            }
        }
    }
}
