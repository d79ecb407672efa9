//! Where the state of sequences lives: in the backend's cells while they run, in host memory when their turn is over
//! and others run, because attention walks over every cell in use, whoever's it is.

use super::backend::{Backend, SeqId};
use super::cells::{Cell, Cells};
use super::prefix::{EntryId, Home, Idle, PrefixCache};
use super::sequence::Sequence;

/// The cells grow at least by this many at once.
const LEAST_GROWTH: usize = 1024;

/// Cells beyond this are not moved only to compute with another number of threads.
const MOST_MOVED: usize = 16_384;

/// A sequence of the backend and its cells, one for each token that is computed.
#[derive(Debug, Default)]
pub struct Place {
    /// The sequence.
    pub seq: SeqId,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// All state of one model.
pub struct Kv<B: Backend> {
    backend: B,
    cells: Cells,
    free: Vec<SeqId>,
    idle: PrefixCache<B::State>,
    /// Most cells plus tokens in host memory.
    limit: usize,
}

impl<B: Backend> Kv<B> {
    /// No state yet. `limit` counts cells and tokens in host memory together.
    pub fn new(backend: B, limit: usize) -> Self {
        Self {
            free: (0..backend.sequences() as SeqId).rev().collect(),
            backend,
            cells: Cells::default(),
            idle: PrefixCache::default(),
            limit,
        }
    }

    /// What computes.
    pub fn backend(&self) -> &B {
        &self.backend
    }

    /// What computes.
    pub fn backend_mut(&mut self) -> &mut B {
        &mut self.backend
    }

    /// Most tokens that one sequence can ever have.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Cells in use.
    pub fn used(&self) -> usize {
        self.cells.used()
    }

    /// Tokens of finished sequences in host memory.
    pub fn saved_tokens(&self) -> usize {
        self.idle.saved_tokens()
    }

    /// The finished sequence that `tokens` can go on from, and how many of its tokens can be reused.
    pub fn longest(&self, tokens: &[u32]) -> Option<(EntryId, usize)> {
        self.idle.longest(tokens, !self.backend.can_truncate())
    }

    /// Books new tokens of a place.
    pub fn allocate(&mut self, place: &mut Place, tokens: usize) {
        self.cells.allocate(&mut place.cells, tokens);
    }

    /// Makes sure that [`start`](Self::start), [`share`](Self::share) and [`resume`](Self::resume) find a sequence.
    pub fn has_sequence(&mut self, running: &mut [Sequence]) -> bool {
        !self.free.is_empty() || self.grow(self.used(), running) || self.idle.oldest_in_cells().is_some()
    }

    /// An empty place.
    pub fn start(&mut self) -> Place {
        if self.free.is_empty()
            && let Some(oldest) = self.idle.oldest_in_cells()
            && !self.save(oldest)
        {
            self.drop_entry(oldest);
        }
        Place {
            // `has_sequence` has made sure that there is one.
            seq: self.free.pop().unwrap_or(0),
            cells: Vec::new(),
        }
    }

    /// A place that begins with the first `length` tokens of a running one, in the same cells.
    pub fn share(&mut self, donor: &Place, length: usize) -> Place {
        let mut place = self.start();
        place.cells = self.cells.share(&donor.cells[..length]);
        self.backend.copy_prefix(donor.seq, place.seq, length);
        place
    }

    /// A place that begins with the first `length` tokens of a finished sequence; an empty one when that fails.
    pub fn resume(&mut self, entry: EntryId, length: usize, running: &mut [Sequence]) -> Place {
        let Some(Idle { tokens, home, .. }) = self.idle.take(entry) else {
            return self.start();
        };
        // What the new turn replaces is not worth keeping; another conversation with the same beginning is.
        let branches = tokens.len() - length > length / 16;
        let mut place = match home {
            Home::Cells(place) => {
                if branches && self.affords(tokens.len(), self.idle.saved_tokens()) {
                    self.copy_to_host(&place, tokens);
                }
                place
            }
            Home::Saved(state) => {
                if !self.make_room(tokens.len(), running) {
                    self.keep(tokens, Home::Saved(state));
                    return self.start();
                }
                let mut place = self.start();
                if self.backend.restore(&state, place.seq).is_err() {
                    self.backend.clear(place.seq);
                    return place;
                }
                self.cells.allocate(&mut place.cells, tokens.len());
                if branches {
                    self.keep(tokens, Home::Saved(state));
                }
                place
            }
        };
        if place.cells.len() > length {
            if !self.backend.truncate(place.seq, length) {
                self.release(place);
                return self.start();
            }
            self.cells.release(&mut place.cells, length);
        }
        self.trim();
        place
    }

    /// Keeps the state of a sequence whose turn is over.
    pub fn finish(&mut self, place: Place, mut tokens: Vec<u32>) {
        tokens.truncate(place.cells.len());
        if tokens.is_empty() {
            self.release(place);
            return;
        }
        self.keep(tokens, Home::Cells(place));
    }

    /// Drops the state of a place.
    pub fn release(&mut self, mut place: Place) {
        self.backend.clear(place.seq);
        self.free.push(place.seq);
        self.cells.release(&mut place.cells, 0);
    }

    /// Moves finished sequences out of the way of running ones, into host memory.
    pub fn save_idle(&mut self) {
        let entries: Vec<EntryId> = self.idle.in_cells().collect();
        for entry in entries {
            self.save(entry);
        }
    }

    /// Makes room for this many more tokens in cells: saves finished sequences, grows, drops finished sequences.
    pub fn make_room(&mut self, tokens: usize, running: &mut [Sequence]) -> bool {
        if self.used() + tokens > self.backend.capacity() {
            self.save_idle();
        }
        loop {
            let needed = self.used() + tokens;
            if needed <= self.backend.capacity() || self.grow(needed, running) {
                return true;
            }
            if !self.drop_oldest_in_cells() {
                return false;
            }
        }
    }

    /// Drops the least recently used finished sequence that holds cells; false when there is none.
    pub fn drop_oldest_in_cells(&mut self) -> bool {
        let oldest = self.idle.oldest_in_cells();
        if let Some(oldest) = oldest {
            self.drop_entry(oldest);
        }
        oldest.is_some()
    }

    /// Moves an entry to host memory, dropping less recently used ones there; false when there is no room for it.
    fn save(&mut self, entry: EntryId) -> bool {
        let older = self.idle.saved_tokens_before(entry);
        if !self.affords(self.idle.tokens(entry), older) {
            return false;
        }
        let Some(Home::Cells(place)) = self.idle.home_mut(entry) else {
            return false;
        };
        let Ok(state) = self.backend.save(place.seq) else {
            return false;
        };
        if let Some(home) = self.idle.home_mut(entry)
            && let Home::Cells(place) = std::mem::replace(home, Home::Saved(state))
        {
            self.release(place);
        }
        self.trim();
        true
    }

    /// Keeps a copy of a finished sequence in host memory.
    fn copy_to_host(&mut self, place: &Place, tokens: Vec<u32>) {
        if let Ok(state) = self.backend.save(place.seq) {
            self.keep(tokens, Home::Saved(state));
        }
    }

    fn keep(&mut self, tokens: Vec<u32>, home: Home<B::State>) {
        for redundant in self.idle.keep(tokens, home) {
            self.drop_state(redundant);
        }
    }

    /// Whether this many tokens fit into host memory when `droppable` of those there go.
    fn affords(&self, tokens: usize, droppable: usize) -> bool {
        self.backend.capacity() + self.idle.saved_tokens() + tokens <= self.limit + droppable
    }

    /// Drops the least recently used of what is in host memory until the limit holds.
    fn trim(&mut self) {
        while self.backend.capacity() + self.idle.saved_tokens() > self.limit
            && self.idle.take_oldest_saved().is_some()
        {}
    }

    fn drop_entry(&mut self, entry: EntryId) {
        if let Some(idle) = self.idle.take(entry) {
            self.drop_state(idle);
        }
    }

    fn drop_state(&mut self, idle: Idle<B::State>) {
        match idle.home {
            Home::Cells(place) => self.release(place),
            Home::Saved(_) => {}
        }
    }

    /// Makes the backend larger, so that it has `needed` cells or more.
    fn grow(&mut self, needed: usize, running: &mut [Sequence]) -> bool {
        let capacity = self.backend.capacity();
        if needed > self.limit || capacity >= self.limit {
            return false;
        }
        // Growing ends the sharing of cells, so every sequence counts in full.
        let room = needed - self.used();
        while self.in_full(running) + room > self.limit {
            if !self.drop_oldest_in_cells() {
                return false;
            }
        }
        let least = self.in_full(running) + room;
        let wanted = least.max(capacity * 2).max(capacity + LEAST_GROWTH);
        // Twice the size is a convenience, for which nothing in host memory is dropped.
        let spare = self.limit.saturating_sub(self.idle.saved_tokens());
        let target = wanted.min(spare).max(least);
        let target = target.next_multiple_of(256).min(self.limit);
        if target <= capacity {
            return false;
        }
        if let Err(message) = self.move_to(running, |backend, keep| backend.grow(target, keep)) {
            // Not asked for again: the limit is what there is.
            eprint_line(&format!("the KV cache stays at {capacity} cells: {message}"));
            self.limit = capacity;
            self.trim();
            return false;
        }
        self.trim();
        true
    }

    /// Computes with so many threads from now on. False where that cannot be, or would cost more than it brings.
    pub fn use_threads(&mut self, threads: u32, running: &mut [Sequence]) -> bool {
        let capacity = self.backend.capacity();
        // For a moment both contexts are there, and no cells are shared.
        if capacity > MOST_MOVED || self.in_full(running) > capacity {
            return false;
        }
        match self.move_to(running, |backend, keep| backend.use_threads(threads, keep)) {
            Ok(()) => true,
            Err(message) => {
                eprint_line(&format!("the number of threads stays as it is: {message}"));
                false
            }
        }
    }

    /// Cells in use where none are shared.
    fn in_full(&mut self, running: &[Sequence]) -> usize {
        let running: usize = running.iter().map(Sequence::computed).sum();
        running
            + self
                .idle
                .places_mut()
                .map(|place| place.cells.len())
                .sum::<usize>()
    }

    /// Has the backend make other cells, and books what it keeps there.
    fn move_to(
        &mut self,
        running: &mut [Sequence],
        make: impl FnOnce(&mut B, &[SeqId]) -> Result<(), String>,
    ) -> Result<(), String> {
        let keep: Vec<SeqId> = running
            .iter()
            .map(|sequence| sequence.place.seq)
            .chain(self.idle.places_mut().map(|place| place.seq))
            .collect();
        let sequences = self.backend.sequences();
        make(&mut self.backend, &keep)?;
        self.free
            .extend((sequences as SeqId..self.backend.sequences() as SeqId).rev());
        self.cells = Cells::default();
        let places = running.iter_mut().map(|sequence| &mut sequence.place);
        for place in places.chain(self.idle.places_mut()) {
            let count = std::mem::take(&mut place.cells).len();
            self.cells.allocate(&mut place.cells, count);
        }
        Ok(())
    }
}

/// A line to the worker's log, which is its standard error.
#[expect(
    clippy::print_stderr,
    reason = "the supervisor reads the worker's standard error as its log"
)]
fn eprint_line(line: &str) {
    eprintln!("{line}");
}
