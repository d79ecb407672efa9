//! The prefix cache: sequences whose turn is over, kept so that the next turn computes only what is new.

use super::backend::SeqId;
use super::cells::{Cell, Cells};

/// A finished sequence whose state is still in the KV cache.
#[derive(Debug)]
pub struct Idle {
    /// Its sequence in the backend.
    pub seq: SeqId,
    /// The tokens whose state is there.
    pub tokens: Vec<u32>,
    /// Their cells.
    pub cells: Vec<Cell>,
    /// Grows with each use.
    last_used: u64,
}

/// Finished sequences by recency.
#[derive(Debug, Default)]
pub struct PrefixCache {
    idle: Vec<Idle>,
    uses: u64,
}

impl PrefixCache {
    /// Keeps a finished sequence. Returns sequences that it makes redundant: those that are a prefix of it.
    pub fn keep(&mut self, seq: SeqId, tokens: Vec<u32>, cells: Vec<Cell>) -> Vec<Idle> {
        self.uses += 1;
        let (redundant, idle) = self
            .idle
            .drain(..)
            .partition(|old| tokens.starts_with(&old.tokens));
        self.idle = idle;
        self.idle.push(Idle {
            seq,
            tokens,
            cells,
            last_used: self.uses,
        });
        redundant
    }

    /// The sequence that shares the longest prefix with `tokens`, and its length.
    pub fn longest(&self, tokens: &[u32]) -> Option<(SeqId, usize)> {
        let shared = self
            .idle
            .iter()
            .map(|idle| (idle.seq, common_prefix(&idle.tokens, tokens)));
        shared.max_by_key(|(_, length)| *length)
    }

    /// Marks a sequence as used now.
    pub fn touch(&mut self, seq: SeqId) {
        self.uses += 1;
        if let Some(idle) = self.idle.iter_mut().find(|idle| idle.seq == seq) {
            idle.last_used = self.uses;
        }
    }

    /// The entry of a sequence.
    pub fn get(&self, seq: SeqId) -> Option<&Idle> {
        self.idle.iter().find(|idle| idle.seq == seq)
    }

    /// Takes a sequence out.
    pub fn take(&mut self, seq: SeqId) -> Option<Idle> {
        let index = self.idle.iter().position(|idle| idle.seq == seq)?;
        Some(self.idle.swap_remove(index))
    }

    /// Takes the least recently used sequence out.
    pub fn take_oldest(&mut self) -> Option<Idle> {
        let oldest = self.idle.iter().min_by_key(|idle| idle.last_used)?.seq;
        self.take(oldest)
    }

    /// All entries.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Idle> {
        self.idle.iter_mut()
    }

    /// Tokens of all entries; those that share cells count twice.
    pub fn tokens(&self) -> usize {
        self.idle.iter().map(|idle| idle.tokens.len()).sum()
    }
}

/// Length of the longest common prefix.
pub fn common_prefix(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

/// Lets go of an entry's cells.
pub fn drop_cells(cells: &mut Cells, mut idle: Idle) {
    cells.release(&mut idle.cells, 0);
}
