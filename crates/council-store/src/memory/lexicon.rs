//! Which memory has which words, and how well they fit a query (BM25).

mod builder;

use super::words::query_terms;
pub(crate) use builder::Builder;
use std::collections::HashMap;

/// How soon more of the same word stops counting, and how much long texts are held back. The values that Anserini takes
/// for passages (k1 and b in <https://github.com/castorini/anserini>): turns are short, and their lengths say little.
const SATURATION: f32 = 0.9;
const LENGTH_PENALTY: f32 = 0.4;

/// Terms in more than this share of the memories are dropped from queries, as long as others are left: they say little
/// and their lists are long.
const COMMON: f32 = 0.05;

/// Memories below which no list is long.
const ALWAYS_READ: usize = 2_000;

/// Lengths up to which what a word counts is worked out once for a search instead of once for a row.
const SHORT: usize = 256;

/// The rows that have a term, in their order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Postings {
    /// Those that have it once: nearly all, so that a number for each would double what is read.
    once: Vec<u32>,
    /// Those that have it more often, and how often.
    often: Vec<(u32, u32)>,
}

impl Postings {
    fn len(&self) -> usize {
        self.once.len() + self.often.len()
    }

    fn add(&mut self, row: u32, times: u32) {
        if times == 1 {
            insert(&mut self.once, row, |other| *other);
        } else {
            insert(&mut self.often, (row, times), |other| other.0);
        }
    }

    fn remove(&mut self, row: u32) {
        if let Ok(at) = self.once.binary_search(&row) {
            self.once.remove(at);
        } else if let Ok(at) = self.often.binary_search_by_key(&row, |other| other.0) {
            self.often.remove(at);
        }
    }

    /// Gives back room that is left over, all but an eighth for what comes.
    fn shrink(&mut self) {
        self.once.shrink_to(self.once.len() + self.once.len() / 8);
        self.often.shrink_to(self.often.len() + self.often.len() / 8);
    }

    /// Renumbers rows; `None` is one that is gone.
    fn renumber(&mut self, new: &[Option<u32>]) {
        let renumber = |row: &mut u32| match new[*row as usize] {
            Some(number) => {
                *row = number;
                true
            }
            None => false,
        };
        self.once.retain_mut(renumber);
        self.often.retain_mut(|(row, _)| renumber(row));
    }
}

/// Puts an entry in its place, which is nearly always the end: looking for it would read long lists.
fn insert<T>(list: &mut Vec<T>, entry: T, row: impl Fn(&T) -> u32) {
    if list.last().is_none_or(|last| row(last) < row(&entry)) {
        list.push(entry);
    } else {
        let at = list.partition_point(|other| row(other) < row(&entry));
        list.insert(at, entry);
    }
}

/// BM25 of every row.
#[derive(Default)]
pub(crate) struct Bm25 {
    /// 0 without words in common.
    pub(crate) scores: Vec<f32>,
    /// Their sum and that of their squares: most of them are 0, so that adding all up again would take longer.
    pub(crate) sum: f64,
    pub(crate) squares: f64,
}

impl Bm25 {
    fn add(&mut self, row: u32, score: f32) {
        let before = &mut self.scores[row as usize];
        let after = *before + score;
        let (old, new) = (f64::from(*before), f64::from(after));
        self.sum += new - old;
        self.squares += new * new - old * old;
        *before = after;
    }
}

/// The words of all memories of a user.
#[derive(Default)]
pub(crate) struct Lexicon {
    terms: HashMap<Box<str>, Postings>,
    /// Words of each row.
    lengths: Vec<u32>,
    total_length: u64,
}

impl Lexicon {
    /// Adds the next row.
    pub(crate) fn push(&mut self, terms: Vec<String>) {
        self.lengths.push(0);
        self.add(self.lengths.len() - 1, terms);
    }

    /// Replaces the words of a row.
    pub(crate) fn set(&mut self, row: usize, terms: Vec<String>) {
        let number = row as u32;
        self.terms.retain(|_, postings| {
            postings.remove(number);
            postings.len() > 0
        });
        self.total_length -= u64::from(self.lengths[row]);
        self.add(row, terms);
    }

    fn add(&mut self, row: usize, mut terms: Vec<String>) {
        self.lengths[row] = terms.len() as u32;
        self.total_length += terms.len() as u64;
        let row = row as u32;
        terms.sort_unstable();
        for same in terms.chunk_by(|left, right| left == right) {
            let times = same.len() as u32;
            if let Some(postings) = self.terms.get_mut(same[0].as_str()) {
                postings.add(row, times);
            } else {
                let mut postings = Postings::default();
                postings.add(row, times);
                self.terms.insert(same[0].as_str().into(), postings);
            }
        }
    }

    /// Keeps the rows for which `keep` is true, and closes the gaps.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        let mut next = 0;
        let new: Vec<Option<u32>> = keep
            .iter()
            .map(|&keep| {
                keep.then(|| {
                    next += 1;
                    next - 1
                })
            })
            .collect();
        self.terms.retain(|_, postings| {
            postings.renumber(&new);
            postings.len() > 0
        });
        let mut rows = keep.iter();
        self.lengths.retain(|_| rows.next().is_some_and(|keep| *keep));
        self.total_length = self.lengths.iter().map(|&length| u64::from(length)).sum();
    }

    /// BM25 of every row.
    pub(crate) fn scores(&self, query: &str) -> Bm25 {
        let rows = self.lengths.len();
        let mut found = Bm25 {
            scores: vec![0.0; rows],
            ..Bm25::default()
        };
        let average = average_length(rows, self.total_length);
        let of_short: Vec<f32> = (0..SHORT as u32)
            .map(|length| weight(1, length, average))
            .collect();
        for (_, postings) in self.telling(query) {
            let rarity = rarity(rows, postings.len());
            for &row in &postings.once {
                let length = self.lengths[row as usize];
                let known = of_short.get(length as usize).copied();
                let weight = known.unwrap_or_else(|| weight(1, length, average));
                found.add(row, rarity * weight);
            }
            for &(row, times) in &postings.often {
                let length = self.lengths[row as usize];
                found.add(row, rarity * weight(times, length, average));
            }
        }
        found
    }

    /// BM25 of a text that is none of the rows. A word that no row has any more is the rarest of all.
    pub(crate) fn score(&self, query: &str, terms: &[String]) -> f32 {
        let gone = query_terms(query)
            .into_iter()
            .filter(|term| !self.terms.contains_key(term.as_str()))
            .map(|term| (term, 0));
        let rows = self.lengths.len();
        let average = average_length(rows, self.total_length);
        let telling = self.telling(query).into_iter();
        let having = telling.map(|(term, postings)| (term, postings.len()));
        let of_term = having.chain(gone).map(|(term, having)| {
            let times = terms.iter().filter(|other| **other == term).count() as u32;
            rarity(rows, having) * weight(times, terms.len() as u32, average)
        });
        of_term.sum()
    }

    /// The lists of the query's terms, without the common ones; the rarest stays in any case.
    fn telling(&self, query: &str) -> Vec<(String, &Postings)> {
        let mut lists: Vec<(String, &Postings)> = query_terms(query)
            .into_iter()
            .filter_map(|term| {
                let postings = self.terms.get(term.as_str())?;
                Some((term, postings))
            })
            .collect();
        keep_telling(&mut lists, self.lengths.len(), |(_, postings)| postings.len());
        lists
    }

    pub(crate) fn size_bytes(&self) -> usize {
        let entry = size_of::<(Box<str>, Postings)>() + 1;
        let lists: usize = self
            .terms
            .iter()
            .map(|(term, postings)| term.len() + postings.once.capacity() * 4 + postings.often.capacity() * 8)
            .sum();
        self.terms.capacity() * entry + lists + self.lengths.capacity() * size_of::<u32>()
    }
}

/// Orders what is known of the terms of a query by how many of the rows have them, and drops the common ones; the rarest
/// stays in any case.
pub(crate) fn keep_telling<T>(terms: &mut Vec<T>, rows: usize, having: impl Fn(&T) -> usize) {
    terms.sort_by_key(&having);
    let most = ((rows as f32 * COMMON) as usize).max(ALWAYS_READ);
    let telling = terms.iter().filter(|term| having(term) <= most).count();
    terms.truncate(telling.max(1));
}

/// What a term counts that so many of the rows have.
pub(crate) fn rarity(rows: usize, having: usize) -> f32 {
    let (rows, having) = (rows as f32, having as f32);
    // With the 1 of Lucene: without it a word that half of the memories have says nothing or less, and in a memory of
    // three turns every word is such a one.
    (1.0 + (rows - having + 0.5) / (having + 0.5)).ln()
}

/// What a term counts that a row of this length has this many times.
pub(crate) fn weight(times: u32, length: u32, average: f32) -> f32 {
    let (times, length) = (times as f32, length as f32);
    let dampened = SATURATION * (1.0 - LENGTH_PENALTY + LENGTH_PENALTY * length / average);
    times * (SATURATION + 1.0) / (times + dampened)
}

/// Terms of a row, on average.
pub(crate) fn average_length(rows: usize, total_length: u64) -> f32 {
    (total_length as f32 / rows.max(1) as f32).max(1.0)
}

#[cfg(test)]
mod tests;
