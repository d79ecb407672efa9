//! Vectors as bytes, and the scan that compares all of them with a query.
//!
//! Every number of a vector becomes a whole number from -127 to 127 times one scale, so that 100,000 memories with two
//! vectors of 384 numbers take 77 MB instead of 307 and fit twice as often through the memory bus. A cosine is off by
//! about 0.001; the best are compared again with the exact vectors, which are in the database.

mod signs;

use council_core::{Embedding, MemoryVectors};
use signs::Signs;
use simsimd::SpatialSimilarity as _;
use std::ops::Range;
use std::sync::LazyLock;

/// Rows per thread below which another thread costs more than it saves: where all vectors are compared, where few of them
/// are, each of which is waited for, and where scores are added up.
pub(crate) const ROWS_PER_THREAD: usize = 50_000;
const FAR_ROWS_PER_THREAD: usize = 6_000;
pub(crate) const SCORES_PER_THREAD: usize = 100_000;

/// Most threads of one search; the rest of the machine is for others.
const THREADS: usize = 4;

/// How many threads this machine has for a search. Asked once: on Linux the answer is read from files.
static CORES: LazyLock<usize> = LazyLock::new(|| {
    std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(THREADS)
});

/// The vectors of all memories of a user.
pub(crate) struct Vectors {
    dimensions: usize,
    /// The own ones, and those of the contexts. Apart, because the search by cosine alone reads the own ones only.
    bytes: [Vec<i8>; 2],
    /// What a byte of the own and of the context vector is worth; 0 without vectors.
    scales: Vec<[f32; 2]>,
    /// How many rows have none.
    missing: usize,
    signs: Signs,
    /// Room for the numbers of a vector while it becomes bytes.
    numbers: Vec<f32>,
}

/// What signs tell of the cosines of memories and a query.
pub(crate) struct Guess<'a> {
    signs: &'a Signs,
    query: Vec<u8>,
    own: Line,
    context: Line,
}

impl Guess<'_> {
    /// The cosine of the own vector of a row, and that of its context.
    pub(crate) fn cosines(&self, row: usize) -> (f32, f32) {
        let distance = |which| self.signs.distance(&self.query, row, which);
        (self.own.at(distance(0)), self.context.at(distance(1)))
    }
}

/// The cosines of memories and a query; 0 without vectors.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cosines {
    pub(crate) own: Vec<f32>,
    pub(crate) context: Vec<f32>,
}

impl Vectors {
    pub(crate) fn new(dimensions: usize) -> Self {
        Self {
            dimensions,
            bytes: [Vec::new(), Vec::new()],
            scales: Vec::new(),
            missing: 0,
            signs: Signs::new(dimensions),
            numbers: Vec::new(),
        }
    }

    fn reserve(&mut self, rows: usize) {
        for bytes in &mut self.bytes {
            bytes.reserve_exact(rows * self.dimensions);
        }
        self.scales.reserve_exact(rows);
    }

    pub(crate) fn push(&mut self, vectors: Option<&MemoryVectors>) {
        self.push_empty();
        self.set(self.scales.len() - 1, vectors);
    }

    /// Adds so many rows that have none yet.
    pub(crate) fn push_missing(&mut self, rows: usize) {
        self.reserve(rows);
        for bytes in &mut self.bytes {
            bytes.resize(bytes.len() + rows * self.dimensions, 0);
        }
        self.scales.resize(self.scales.len() + rows, [0.0; 2]);
        self.missing += rows;
    }

    /// Takes over vectors as they are in the database: f32, little endian. `false` when they do not have as many numbers
    /// as the others. Signs wait for [`keep_signs`](Self::keep_signs).
    #[must_use]
    pub(crate) fn set_bytes(&mut self, row: usize, own: &[u8], context: &[u8]) -> bool {
        let (own, context) = (own.as_chunks().0, context.as_chunks().0);
        if own.len() != self.dimensions || context.len() != self.dimensions {
            return false;
        }
        let mut numbers = std::mem::take(&mut self.numbers);
        let mut quantised = |bytes: &[[u8; 4]], codes: &mut [i8]| {
            numbers.clear();
            numbers.extend(bytes.iter().map(|number| f32::from_le_bytes(*number)));
            quantise(&numbers, codes)
        };
        let codes = self.codes(row);
        let scales = [quantised(own, codes.0), quantised(context, codes.1)];
        self.numbers = numbers;
        self.set_scales(row, scales);
        true
    }

    /// Takes the signs of rows over that came as bytes.
    pub(crate) fn keep_signs(&mut self) {
        if !self.scales.is_empty() {
            self.signs.keep(0, &self.bytes);
        }
    }

    fn push_empty(&mut self) {
        if self.scales.len() == self.scales.capacity() {
            // An eighth instead of the usual double: at 100,000 rows half of the memory would be empty.
            self.reserve(self.scales.len() / 8 + 64);
        }
        self.scales.push([0.0; 2]);
        self.missing += 1;
        for bytes in &mut self.bytes {
            bytes.resize(bytes.len() + self.dimensions, 0);
        }
    }

    pub(crate) fn set(&mut self, row: usize, vectors: Option<&MemoryVectors>) {
        let codes = self.codes(row);
        let scales = match vectors {
            Some(vectors) => [
                quantise(&vectors.own.0, codes.0),
                quantise(&vectors.context.0, codes.1),
            ],
            None => [0.0; 2],
        };
        self.set_scales(row, scales);
        self.signs.keep(row, &self.bytes);
    }

    fn set_scales(&mut self, row: usize, scales: [f32; 2]) {
        let before = self.has(row);
        self.scales[row] = scales;
        self.missing = self.missing + usize::from(before) - usize::from(self.has(row));
    }

    /// Where the bytes of a row are in those of all.
    fn range(&self, row: usize) -> Range<usize> {
        row * self.dimensions..(row + 1) * self.dimensions
    }

    /// The bytes of a row.
    fn codes(&mut self, row: usize) -> (&mut [i8], &mut [i8]) {
        let range = self.range(row);
        let [own, context] = &mut self.bytes;
        (&mut own[range.clone()], &mut context[range])
    }

    /// Keeps the rows for which `keep` is true.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        let mut kept = 0;
        for row in (0..self.scales.len()).filter(|&row| keep[row]) {
            if row != kept {
                let (from, to) = (self.range(row), self.range(kept).start);
                for bytes in &mut self.bytes {
                    bytes.copy_within(from.clone(), to);
                }
                self.scales[kept] = self.scales[row];
                self.signs.copy(row, kept);
            }
            kept += 1;
        }
        // What is cut off must not stay behind the end.
        for bytes in &mut self.bytes {
            bytes[kept * self.dimensions..].fill(0);
            bytes.truncate(kept * self.dimensions);
        }
        self.scales.truncate(kept);
        self.missing = self.scales.iter().filter(|scales| scales[0] == 0.0).count();
        self.signs.truncate(kept);
    }

    /// Whether a row has vectors.
    pub(crate) fn has(&self, row: usize) -> bool {
        self.scales[row][0] > 0.0
    }

    /// How many rows have none.
    pub(crate) fn missing(&self) -> usize {
        self.missing
    }

    pub(crate) fn size_bytes(&self) -> usize {
        let bytes: usize = self.bytes.iter().map(Vec::capacity).sum();
        bytes + self.scales.capacity() * size_of::<[f32; 2]>() + self.signs.size_bytes()
    }

    /// The cosines of `query` and each of `rows`, in their order.
    pub(crate) fn cosines(&self, query: &Embedding, rows: &[u32]) -> Cosines {
        let query = Query::new(query);
        let (mut own, mut context) = (vec![0.0; rows.len()], vec![0.0; rows.len()]);
        let are_far = rows.len() < self.scales.len() / 8;
        let per_thread = if are_far {
            FAR_ROWS_PER_THREAD
        } else {
            ROWS_PER_THREAD
        };
        let share = share(rows.len(), per_thread);
        let parts = rows
            .chunks(share)
            .zip(own.chunks_mut(share).zip(context.chunks_mut(share)));
        side_by_side(parts, |(rows, (own, context))| {
            for ((&row, own), context) in rows.iter().zip(own).zip(context) {
                *own = self.cosine(&query, row as usize, 0);
                *context = self.cosine(&query, row as usize, 1);
            }
        });
        Cosines { own, context }
    }

    /// The same without those of the contexts.
    pub(crate) fn own_cosines(&self, query: &Embedding, rows: &[u32]) -> Vec<f32> {
        let query = Query::new(query);
        let mut own = vec![0.0; rows.len()];
        let share = share(rows.len(), ROWS_PER_THREAD);
        side_by_side(rows.chunks(share).zip(own.chunks_mut(share)), |(rows, own)| {
            for (&row, own) in rows.iter().zip(own) {
                *own = self.cosine(&query, row as usize, 0);
            }
        });
        own
    }

    #[cfg(test)]
    pub(crate) fn keep_signs_from(&mut self, rows: usize) {
        self.signs.keep_from(rows);
    }

    /// Whether this many rows that have vectors are enough to look at signs first: below that, looking at all bytes
    /// takes a few milliseconds and misses nothing.
    pub(crate) fn asks_signs(&self, dense_rows: usize) -> bool {
        dense_rows >= self.signs.from()
    }

    /// What signs say of cosines, by the line through the exact cosines of a sample of rows; and those.
    pub(crate) fn guess(&self, query: &Embedding, sample: &[u32]) -> (Guess<'_>, Cosines) {
        let bits = self.signs.of_query(query);
        let exact = self.cosines(query, sample);
        let line = |which, exact: &[f32]| {
            let distance = |&row: &u32| self.signs.distance(&bits, row as usize, which);
            Line::through(&sample.iter().map(distance).collect::<Vec<_>>(), exact)
        };
        let (own, context) = (line(0, &exact.own), line(1, &exact.context));
        let guess = Guess {
            signs: &self.signs,
            query: bits,
            own,
            context,
        };
        (guess, exact)
    }

    /// How near each of `rows` is to `query` by the signs of their own vectors: the opposite of the number of signs in
    /// which they differ.
    pub(crate) fn own_nearness(&self, query: &Embedding, rows: &[u32]) -> Vec<f32> {
        let bits = self.signs.of_query(query);
        let mut own = vec![0.0; rows.len()];
        let share = share(rows.len(), ROWS_PER_THREAD);
        side_by_side(rows.chunks(share).zip(own.chunks_mut(share)), |(rows, own)| {
            for (&row, own) in rows.iter().zip(own) {
                *own = -self.signs.distance(&bits, row as usize, 0);
            }
        });
        own
    }

    /// The cosine of the own vector (0) or that of the context (1).
    fn cosine(&self, query: &Query, row: usize, which: usize) -> f32 {
        dot(&query.bytes, &self.bytes[which][self.range(row)]) * query.scale * self.scales[row][which]
    }
}

/// The line that comes nearest to some points (least squares).
struct Line {
    slope: f32,
    start: f32,
}

impl Line {
    fn through(x: &[f32], y: &[f32]) -> Self {
        let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len().max(1) as f32;
        let (mean_x, mean_y) = (mean(x), mean(y));
        let (mut together, mut alone) = (0.0, 0.0);
        for (x, y) in x.iter().zip(y) {
            together += (x - mean_x) * (y - mean_y);
            alone += (x - mean_x) * (x - mean_x);
        }
        // Where all are alike, x says nothing.
        let slope = if alone > 0.0 { together / alone } else { 0.0 };
        Self {
            slope,
            start: mean_y - slope * mean_x,
        }
    }

    fn at(&self, x: f32) -> f32 {
        self.start + self.slope * x
    }
}

/// A query as bytes.
struct Query {
    bytes: Vec<i8>,
    scale: f32,
}

impl Query {
    fn new(query: &Embedding) -> Self {
        let mut bytes = vec![0; query.0.len()];
        let scale = quantise(&query.0, &mut bytes);
        Self { bytes, scale }
    }
}

/// Rows of one thread, of which there is none more for less than so many.
pub(crate) fn share(rows: usize, per_thread: usize) -> usize {
    let threads = (rows / per_thread).clamp(1, *CORES);
    rows.div_ceil(threads).max(1)
}

/// Does the work on every part, on threads of their own but for one.
pub(crate) fn side_by_side<T: Send>(mut parts: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    let here = parts.next();
    let work = &work;
    std::thread::scope(|scope| {
        for part in parts {
            scope.spawn(move || work(part));
        }
        here.map(work);
    });
}

/// Exact cosine of two vectors of length 1.
pub(crate) fn cosine(left: &[f32], right: &[f32]) -> f32 {
    f32::dot(left, right).unwrap_or_default() as f32
}

/// Sum of the products, by the widest instructions of this processor. Both have the same length.
fn dot(left: &[i8], right: &[i8]) -> f32 {
    i8::dot(left, right).unwrap_or_default() as f32
}

/// Fills `bytes` and returns what one of them is worth.
fn quantise(vector: &[f32], bytes: &mut [i8]) -> f32 {
    // Eight at once: the largest of all would be looked for one after the other.
    let mut largest = [0.0_f32; 8];
    let (whole, rest) = vector.as_chunks::<8>();
    for numbers in whole.iter().map(<[f32; 8]>::as_slice).chain([rest]) {
        for (largest, number) in largest.iter_mut().zip(numbers) {
            let number = number.abs();
            *largest = if number > *largest { number } else { *largest };
        }
    }
    let largest = largest.into_iter().fold(0.0, f32::max);
    if largest == 0.0 {
        bytes.fill(0);
        return 0.0;
    }
    let per_unit = 127.0 / largest;
    for (byte, number) in bytes.iter_mut().zip(vector) {
        // Added to 1.5 * 2^23, a number leaves its nearest whole number in the lowest bits: `round` would be a call
        // for each where the processor's newer instructions may not be counted on.
        *byte = (number * per_unit + 12_582_912.0).to_bits() as i8;
    }
    largest / 127.0
}

#[cfg(test)]
mod tests;
