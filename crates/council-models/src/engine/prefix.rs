//! The prefix cache: sequences whose turn is over, kept so that the next turn computes only what is new.

use super::kv::Place;

/// An entry of the cache.
pub type EntryId = u64;

/// Where the state of a finished sequence is.
#[derive(Debug)]
pub enum Home<S> {
    /// Still in the backend's cells.
    Cells(Place),
    /// In host memory: cells that nobody uses slow down everybody else's attention.
    Saved(S),
}

/// A finished sequence.
#[derive(Debug)]
pub struct Idle<S> {
    /// Its entry.
    pub id: EntryId,
    /// The tokens whose state is kept.
    pub tokens: Vec<u32>,
    /// Where.
    pub home: Home<S>,
}

impl<S> Idle<S> {
    /// Whether this much of it is worth taking: state comes back from host memory as a whole, and needs cells for all
    /// of it. Every chat begins with the same few tokens of its template.
    fn worth(&self, length: usize) -> bool {
        matches!(self.home, Home::Cells(_)) || length * 16 >= self.tokens.len()
    }

    fn saved_tokens(&self) -> usize {
        match self.home {
            Home::Cells(_) => 0,
            Home::Saved(_) => self.tokens.len(),
        }
    }
}

/// Finished sequences by recency.
#[derive(Debug)]
pub struct PrefixCache<S> {
    /// Least recently used first.
    entries: Vec<Idle<S>>,
    next: EntryId,
}

impl<S> Default for PrefixCache<S> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            next: 0,
        }
    }
}

impl<S> PrefixCache<S> {
    /// Keeps a finished sequence as the most recent one. Returns those that it makes redundant, being its prefixes.
    pub fn keep(&mut self, tokens: Vec<u32>, home: Home<S>) -> Vec<Idle<S>> {
        let redundant = self
            .entries
            .extract_if(.., |old| tokens.starts_with(&old.tokens))
            .collect();
        self.next += 1;
        self.entries.push(Idle {
            id: self.next,
            tokens,
            home,
        });
        redundant
    }

    /// The entry that shares the longest prefix with `tokens`, and its length. With `whole`, only entries that are a
    /// prefix of `tokens` and shorter.
    pub fn longest(&self, tokens: &[u32], whole: bool) -> Option<(EntryId, usize)> {
        self.entries
            .iter()
            .map(|idle| (idle, common_prefix(&idle.tokens, tokens)))
            .filter(|(idle, length)| idle.worth(*length))
            .filter(|(idle, length)| !whole || (*length == idle.tokens.len() && *length < tokens.len()))
            .map(|(idle, length)| (idle.id, length))
            .max_by_key(|(_, length)| *length)
            .filter(|(_, length)| *length > 0)
    }

    /// Takes an entry out.
    pub fn take(&mut self, id: EntryId) -> Option<Idle<S>> {
        let index = self.entries.iter().position(|idle| idle.id == id)?;
        Some(self.entries.remove(index))
    }

    /// Takes out the least recently used entry whose state is in host memory.
    pub fn take_oldest_saved(&mut self) -> Option<Idle<S>> {
        let index = self
            .entries
            .iter()
            .position(|idle| matches!(idle.home, Home::Saved(_)))?;
        Some(self.entries.remove(index))
    }

    /// The entries whose state is in cells, least recently used first.
    pub fn in_cells(&self) -> impl Iterator<Item = EntryId> {
        self.entries
            .iter()
            .filter(|idle| matches!(idle.home, Home::Cells(_)))
            .map(|idle| idle.id)
    }

    /// The least recently used of them.
    pub fn oldest_in_cells(&self) -> Option<EntryId> {
        self.in_cells().next()
    }

    /// An entry's tokens.
    pub fn tokens(&self, id: EntryId) -> usize {
        self.entries
            .iter()
            .find(|idle| idle.id == id)
            .map_or(0, |idle| idle.tokens.len())
    }

    /// Tokens whose state is in host memory.
    pub fn saved_tokens(&self) -> usize {
        self.entries.iter().map(Idle::saved_tokens).sum()
    }

    /// Tokens whose state is in host memory and was used before this entry.
    pub fn saved_tokens_before(&self, id: EntryId) -> usize {
        let older = self.entries.iter().take_while(|idle| idle.id != id);
        older.map(Idle::saved_tokens).sum()
    }

    /// Where the state of an entry is.
    pub fn home_mut(&mut self, id: EntryId) -> Option<&mut Home<S>> {
        let found = self.entries.iter_mut().find(|idle| idle.id == id)?;
        Some(&mut found.home)
    }

    /// The places of all entries whose state is in cells.
    pub fn places_mut(&mut self) -> impl Iterator<Item = &mut Place> {
        self.entries.iter_mut().filter_map(|idle| match &mut idle.home {
            Home::Cells(place) => Some(place),
            Home::Saved(_) => None,
        })
    }
}

/// Length of the longest common prefix.
pub fn common_prefix(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}
