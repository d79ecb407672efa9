//! Answers that were given before, to the same question in the same context.
//!
//! Kept in memory only, and bounded. What was said to one user, or in one conversation, is never said in another: the
//! context is part of what must be equal. Questions that only mean the same count as equal when their vectors nearly
//! coincide and they agree in every number, name, quotation and negation.

use council_core::{Embedding, Proof, SkillKind};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Questions whose vectors are this near mean the same, where their words allow it. Paraphrases of one question are at
/// 0.9 and more, and so are questions that differ in one word that matters; those the words tell apart.
const LEAST_COSINE: f32 = 0.97;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// Nothing.
    Off,
    /// The same words.
    Exact,
    /// The same meaning.
    Semantic,
}

/// How a question was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// By its words.
    Exact,
    /// By its meaning.
    Semantic,
}

impl Found {
    /// Its name in receipts and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Semantic => "semantic",
        }
    }
}

/// What an answer depends on beside its question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Context([u64; 2]);

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct CachedAnswer {
    /// What was said.
    pub text: String,
    /// Who said it.
    pub answered_by: String,
    /// The part of Council that answered.
    pub skill: SkillKind,
    /// How likely it is right, [0, 1].
    pub confidence: f64,
    /// Whether that was calibrated.
    pub calibrated: bool,
    /// What backs it.
    pub proofs: Vec<Proof>,
    /// Whether it was computed, decided or checked; otherwise a model said it that always says the same.
    pub verified: bool,
}

struct Entry {
    context: Context,
    question: String,
    words: BTreeSet<String>,
    embedding: Option<Embedding>,
    answer: CachedAnswer,
    since: Instant,
}

#[derive(Default)]
struct Entries {
    /// The longest unused first.
    order: VecDeque<u64>,
    by_number: HashMap<u64, Entry>,
    next: u64,
}

/// The answers of this process.
pub struct AnswerCache {
    matching: Matching,
    capacity: usize,
    lifetime: Duration,
    hashers: [RandomState; 2],
    entries: Mutex<Entries>,
}

impl AnswerCache {
    /// At most `capacity` answers, each for at most `lifetime`.
    pub fn new(matching: Matching, capacity: usize, lifetime: Duration) -> Self {
        Self {
            matching,
            capacity,
            lifetime,
            hashers: [RandomState::new(), RandomState::new()],
            entries: Mutex::default(),
        }
    }

    /// What everything that an answer depends on comes to. Hashed with keys that nobody outside knows, so that nobody can
    /// make two contexts look the same.
    pub fn context(&self, parts: &[&str]) -> Context {
        Context(self.hashers.each_ref().map(|hasher| hasher.hash_one(parts)))
    }

    /// An answer to this question, where there is one. With `only_verified`, not what a model merely said.
    pub fn find(
        &self,
        context: Context,
        question: &str,
        embedding: Option<&Embedding>,
        only_verified: bool,
    ) -> Option<(CachedAnswer, Found)> {
        if self.matching == Matching::Off {
            return None;
        }
        let (question, now) = (plain(question), Instant::now());
        let mut entries = self.entries();
        let fits = |entry: &Entry| {
            entry.context == context
                && now.duration_since(entry.since) < self.lifetime
                && (entry.answer.verified || !only_verified)
        };
        let exact = entries
            .by_number
            .iter()
            .find(|(_, entry)| fits(entry) && entry.question == question);
        let found = exact.map(|(number, _)| (*number, Found::Exact)).or_else(|| {
            let embedding = embedding.filter(|_| self.matching == Matching::Semantic)?;
            let words = telling(&question);
            let near = entries
                .by_number
                .iter()
                .filter(|(_, entry)| fits(entry) && entry.words == words);
            let scored = near.filter_map(|(number, entry)| {
                let cosine = entry.embedding.as_ref()?.cosine(embedding);
                (cosine >= LEAST_COSINE).then_some((*number, cosine))
            });
            let best = scored.max_by(|one, other| one.1.total_cmp(&other.1))?;
            Some((best.0, Found::Semantic))
        });
        let (number, found) = found?;
        entries.order.retain(|one| *one != number);
        entries.order.push_back(number);
        Some((entries.by_number.get(&number)?.answer.clone(), found))
    }

    /// Keeps an answer.
    pub fn keep(&self, context: Context, question: &str, embedding: Option<Embedding>, answer: CachedAnswer) {
        if self.matching == Matching::Off || self.capacity == 0 {
            return;
        }
        let question = plain(question);
        let mut entries = self.entries();
        let same = |entry: &Entry| entry.context == context && entry.question == question;
        let old: Vec<u64> = entries
            .by_number
            .iter()
            .filter(|(_, entry)| same(entry))
            .map(|(n, _)| *n)
            .collect();
        for number in old {
            entries.remove(number);
        }
        while entries.by_number.len() >= self.capacity {
            let Some(oldest) = entries.order.front().copied() else {
                break;
            };
            entries.remove(oldest);
        }
        let number = entries.next;
        entries.next += 1;
        entries.order.push_back(number);
        let entry = Entry {
            words: telling(&question),
            context,
            question,
            embedding,
            answer,
            since: Instant::now(),
        };
        entries.by_number.insert(number, entry);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.entries() = Entries::default();
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn remove(&mut self, number: u64) {
        self.by_number.remove(&number);
        self.order.retain(|one| *one != number);
    }
}

/// Without what does not change a question: spaces, and marks at its end.
fn plain(question: &str) -> String {
    let words: Vec<&str> = question.split_whitespace().collect();
    words.join(" ").trim_end_matches(['?', '.', '!', ' ']).to_owned()
}

/// Words that must be the same: numbers, names (capital letters after the first word), quotations, signs, and words that
/// turn a question around.
fn telling(question: &str) -> BTreeSet<String> {
    const TURNING: [&str; 24] = [
        "not", "no", "never", "without", "none", "nor", "neither", "cannot", "except", "only", "all", "any",
        "some", "more", "less", "most", "least", "before", "after", "first", "last", "min", "max",
        "opposite",
    ];
    let mut words = BTreeSet::new();
    for (at, word) in question.split(|c: char| c.is_whitespace()).enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let lower = bare.to_lowercase();
        let is_name = at > 0 && bare.chars().next().is_some_and(char::is_uppercase);
        let has_sign = word
            .chars()
            .any(|c| !c.is_alphabetic() && !matches!(c, ',' | '.' | '?' | '!' | ';' | ':'));
        if has_sign {
            words.insert(word.to_owned());
        }
        if is_name || TURNING.contains(&lower.as_str()) || lower.ends_with("n't") {
            words.insert(lower);
        }
    }
    words
}

#[cfg(test)]
mod tests;
