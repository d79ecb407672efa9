//! Which memory has which words, and how well they fit a query (BM25).

use super::words::query_terms;
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

/// That a memory has a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Posting {
    row: u32,
    times: u32,
}

/// The words of all memories of a user.
#[derive(Default)]
pub(crate) struct Lexicon {
    terms: HashMap<Box<str>, Vec<Posting>>,
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
            if let Ok(at) = postings.binary_search_by_key(&number, |posting| posting.row) {
                postings.remove(at);
            }
            !postings.is_empty()
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
            let posting = Posting {
                row,
                times: same.len() as u32,
            };
            match self.terms.get_mut(same[0].as_str()) {
                Some(postings) => {
                    // The end, for all but changed texts: looking for it would read long lists.
                    if postings.last().is_none_or(|last| last.row < row) {
                        postings.push(posting);
                    } else {
                        let at = postings.partition_point(|other| other.row < row);
                        postings.insert(at, posting);
                    }
                }
                None => {
                    self.terms.insert(same[0].as_str().into(), vec![posting]);
                }
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
            postings.retain_mut(|posting| match new[posting.row as usize] {
                Some(row) => {
                    posting.row = row;
                    true
                }
                None => false,
            });
            !postings.is_empty()
        });
        let mut rows = keep.iter();
        self.lengths.retain(|_| rows.next().is_some_and(|keep| *keep));
        self.total_length = self.lengths.iter().map(|&length| u64::from(length)).sum();
    }

    /// BM25 of every row; 0 without words in common.
    pub(crate) fn scores(&self, query: &str) -> Vec<f32> {
        let rows = self.lengths.len();
        let mut scores = vec![0.0; rows];
        let average = average_length(rows, self.total_length);
        for (_, postings) in self.telling(query) {
            let rarity = rarity(rows, postings.len());
            for posting in postings {
                let length = self.lengths[posting.row as usize];
                scores[posting.row as usize] += rarity * weight(posting.times, length, average);
            }
        }
        scores
    }

    /// BM25 of a text that is none of the rows. A word that no row has any more is the rarest of all.
    pub(crate) fn score(&self, query: &str, terms: &[String]) -> f32 {
        let gone = query_terms(query)
            .into_iter()
            .filter(|term| !self.terms.contains_key(term.as_str()))
            .map(|term| (term, &[][..]));
        let rows = self.lengths.len();
        let average = average_length(rows, self.total_length);
        let telling = self.telling(query).into_iter().chain(gone);
        let of_term = telling.map(|(term, postings)| {
            let times = terms.iter().filter(|other| **other == term).count() as u32;
            rarity(rows, postings.len()) * weight(times, terms.len() as u32, average)
        });
        of_term.sum()
    }

    /// The lists of the query's terms, without the common ones; the rarest stays in any case.
    fn telling(&self, query: &str) -> Vec<(String, &[Posting])> {
        let mut lists: Vec<(String, &[Posting])> = query_terms(query)
            .into_iter()
            .filter_map(|term| {
                let postings = self.terms.get(term.as_str())?;
                Some((term, postings.as_slice()))
            })
            .collect();
        keep_telling(&mut lists, self.lengths.len(), |(_, postings)| postings.len());
        lists
    }

    pub(crate) fn size_bytes(&self) -> usize {
        let entry = size_of::<(Box<str>, Vec<Posting>)>() + 1;
        let lists: usize = self
            .terms
            .iter()
            .map(|(term, postings)| term.len() + postings.capacity() * size_of::<Posting>())
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
