//! Topics: memories whose meaning is alike, with words that tell them from the others.
//!
//! Spherical k-means (Dhillon and Modha, 2001) from k-means++ seeds (Arthur and Vassilvitskii, 2007), with a fixed
//! stream of random numbers, so that the same memories always give the same topics. Labels are the terms with the
//! highest class-based TF-IDF (Grootendorst, 2022, section 3.3).

use crate::english::{is_function_word, lower_words, stem};
use council_core::{Embedding, MemoryId, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// Most memories that centroids are learnt from; the others are only assigned to them.
const SAMPLE: usize = 4_000;

/// Most topics.
const MOST: usize = 32;

/// Most rounds. It converges in about ten.
const ROUNDS: usize = 20;

/// Centroids that are nearer than this are one topic (cosine).
const SAME: f32 = 0.8;

/// Terms of a label.
const TERMS: usize = 3;

/// Words that occur in every conversation and name no topic.
const COMMON: &[&str] = &[
    "able",
    "another",
    "anything",
    "around",
    "away",
    "back",
    "best",
    "better",
    "big",
    "bit",
    "call",
    "come",
    "day",
    "don't",
    "even",
    "ever",
    "every",
    "everything",
    "feel",
    "find",
    "first",
    "friend",
    "fun",
    "give",
    "going",
    "gonna",
    "good",
    "great",
    "happy",
    "hard",
    "hello",
    "help",
    "hey",
    "hope",
    "i'm",
    "i've",
    "isn't",
    "it's",
    "keep",
    "kind",
    "know",
    "last",
    "let",
    "let's",
    "life",
    "like",
    "little",
    "long",
    "look",
    "lot",
    "love",
    "make",
    "many",
    "maybe",
    "mean",
    "need",
    "never",
    "new",
    "next",
    "nice",
    "not",
    "oh",
    "ok",
    "old",
    "people",
    "place",
    "please",
    "put",
    "right",
    "say",
    "see",
    "show",
    "something",
    "sound",
    "start",
    "sure",
    "take",
    "talk",
    "tell",
    "thank",
    "thanks",
    "that's",
    "thing",
    "think",
    "time",
    "today",
    "try",
    "two",
    "use",
    "want",
    "way",
    "week",
    "what's",
    "work",
    "world",
    "wow",
    "year",
    "you're",
];

/// A memory to be put with others.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The memory.
    pub(super) id: MemoryId,
    /// Its text.
    pub(super) text: String,
    /// When it was said.
    pub(super) said_at: Timestamp,
    /// Its own vector.
    pub(super) vector: Embedding,
}

/// Memories whose meaning is alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// Words that tell it from the others, the most telling first; empty when its texts have no words.
    pub label: Vec<String>,
    /// Its memories, the most typical first.
    pub members: Vec<MemoryId>,
    /// When the latest of them was said.
    pub newest: Timestamp,
}

/// The topics of memories, the largest first. About √(n/2) of them, at most 32; alike ones are one.
/// O(n · topics · dimension): half a second for 20,000 memories of 384 numbers.
pub(super) fn topics(items: &[Item]) -> Vec<Topic> {
    let dimension = items.first().map_or(0, |item| item.vector.0.len());
    let items: Vec<&Item> = items
        .iter()
        .filter(|item| item.vector.0.len() == dimension)
        .collect();
    if items.is_empty() {
        return Vec::new();
    }
    let step = items.len().div_ceil(SAMPLE);
    let sample: Vec<&[f32]> = items
        .iter()
        .step_by(step)
        .map(|item| item.vector.0.as_slice())
        .collect();
    let wanted = ((items.len() as f32 / 2.0).sqrt().round() as usize).clamp(1, MOST);
    let centroids = merged(learnt(&sample, seeds(&sample, wanted)));
    let mut groups: Vec<Vec<(f32, &Item)>> = vec![Vec::new(); centroids.len()];
    for item in items {
        let (nearest, cosine) = nearest(&centroids, &item.vector.0);
        groups[nearest].push((cosine, item));
    }
    groups.retain(|group| !group.is_empty());
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let labels = labels(&groups);
    groups
        .into_iter()
        .zip(labels)
        .map(|(mut group, label)| {
            group.sort_by(|(one, _), (other, _)| other.total_cmp(one));
            Topic {
                label,
                newest: group
                    .iter()
                    .map(|(_, item)| item.said_at)
                    .max()
                    .unwrap_or_default(),
                members: group.into_iter().map(|(_, item)| item.id.clone()).collect(),
            }
        })
        .collect()
}

/// k-means++: each further seed is drawn with a probability that grows with its distance from those before.
fn seeds(sample: &[&[f32]], wanted: usize) -> Vec<Vec<f32>> {
    let mut random = SplitMix(0x00c0_ffee);
    let mut seeds = vec![sample[0].to_vec()];
    let mut distance: Vec<f32> = sample.iter().map(|vector| 1.0 - dot(vector, &seeds[0])).collect();
    while seeds.len() < wanted {
        let squares: Vec<f32> = distance
            .iter()
            .map(|distance| distance.max(0.0).powi(2))
            .collect();
        let sum: f32 = squares.iter().sum();
        // Nothing but copies of the seeds is left.
        if sum <= 1e-6 {
            break;
        }
        let mut left = random.unit() * sum;
        let chosen = squares.iter().position(|square| {
            left -= square;
            left <= 0.0
        });
        let seed = sample[chosen.unwrap_or(sample.len() - 1)].to_vec();
        for (distance, vector) in distance.iter_mut().zip(sample) {
            *distance = distance.min(1.0 - dot(vector, &seed));
        }
        seeds.push(seed);
    }
    seeds
}

/// Moves centroids to the means of what is nearest to them until nothing changes.
fn learnt(sample: &[&[f32]], mut centroids: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    let mut assigned: Vec<usize> = Vec::new();
    for _ in 0..ROUNDS {
        let now: Vec<usize> = sample
            .iter()
            .map(|vector| nearest(&centroids, vector).0)
            .collect();
        if now == assigned {
            break;
        }
        let mut sums = vec![vec![0.0_f32; centroids[0].len()]; centroids.len()];
        for (vector, place) in sample.iter().zip(&now) {
            for (sum, number) in sums[*place].iter_mut().zip(*vector) {
                *sum += number;
            }
        }
        for (centroid, sum) in centroids.iter_mut().zip(sums) {
            // One that has lost everything stays where it was.
            if let Some(unit) = unit(sum) {
                *centroid = unit;
            }
        }
        assigned = now;
    }
    centroids
}

/// One centroid for those that say the same.
fn merged(centroids: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    let mut kept: Vec<Vec<f32>> = Vec::new();
    for centroid in centroids {
        if kept.iter().all(|other| dot(other, &centroid) < SAME) {
            kept.push(centroid);
        }
    }
    kept
}

fn nearest(centroids: &[Vec<f32>], vector: &[f32]) -> (usize, f32) {
    let scored = centroids.iter().map(|centroid| dot(centroid, vector)).enumerate();
    scored
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .unwrap_or((0, 0.0))
}

fn unit(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = dot(&vector, &vector).sqrt();
    if length < 1e-6 {
        return None;
    }
    for number in &mut vector {
        *number /= length;
    }
    Some(vector)
}

/// Eight sums side by side, which the compiler makes into vector instructions.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    let (ones, others) = (one.chunks_exact(8), other.chunks_exact(8));
    let rest: f32 = ones
        .remainder()
        .iter()
        .zip(others.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (ones, others) in ones.zip(others) {
        for (sum, (a, b)) in sums.iter_mut().zip(ones.iter().zip(others)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// By stem: how often, and in which forms.
type Count = BTreeMap<String, (usize, HashMap<String, usize>)>;

/// The terms of each group that are most its own: frequency in the group, times ln(1 + words of an average group /
/// frequency in all).
fn labels(groups: &[Vec<(f32, &Item)>]) -> Vec<Vec<String>> {
    let mut counts: Vec<Count> = Vec::new();
    let mut in_all: HashMap<String, usize> = HashMap::new();
    for group in groups {
        let mut count = Count::new();
        for (_, item) in group {
            for word in lower_words(&item.text) {
                let names = word.chars().count() > 2
                    && word
                        .chars()
                        .all(|character| character.is_alphabetic() || character == '\'');
                if !names || is_function_word(&word) || COMMON.contains(&word.as_str()) {
                    continue;
                }
                let stem = stem(&word);
                *in_all.entry(stem.clone()).or_default() += 1;
                let entry = count.entry(stem).or_default();
                entry.0 += 1;
                *entry.1.entry(word).or_default() += 1;
            }
        }
        counts.push(count);
    }
    let average = in_all.values().sum::<usize>() as f32 / groups.len().max(1) as f32;
    let label = |count: &Count| {
        let mut scored: Vec<(f32, &String)> = count
            .iter()
            .map(|(stem, (own, _))| (*own as f32 * (1.0 + average / in_all[stem] as f32).ln(), stem))
            .collect();
        // Equal scores in alphabetical order.
        scored.sort_by(|(one, a), (other, b)| other.total_cmp(one).then_with(|| a.cmp(b)));
        let most_used = |stem: &String| {
            let forms = count[stem].1.iter();
            forms
                .max_by(|(a, one), (b, other)| one.cmp(other).then_with(|| b.cmp(a)))
                .map(|(form, _)| form.clone())
        };
        scored
            .into_iter()
            .take(TERMS)
            .filter_map(|(_, stem)| most_used(stem))
            .collect()
    };
    counts.iter().map(label).collect()
}

/// SplitMix64 (Steele, Lea and Flood, 2014): enough for drawing seeds, and the same everywhere.
struct SplitMix(u64);

impl SplitMix {
    /// Uniform in [0, 1).
    fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
    }
}

#[cfg(test)]
mod tests;
