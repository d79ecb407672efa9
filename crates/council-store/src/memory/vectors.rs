//! Vectors as bytes, and the scan that compares all of them with a query.
//!
//! Every number of a vector becomes a whole number from -127 to 127 times one scale, so that 100,000 memories with two
//! vectors of 384 numbers take 77 MB instead of 307 and fit twice as often through the memory bus. A cosine is off by
//! about 0.001; the best are compared again with the exact vectors, which are in the database.

mod signs;

use council_core::{Embedding, MemoryVectors};
use signs::Signs;
use simsimd::SpatialSimilarity as _;
use std::sync::LazyLock;

/// Rows per thread below which another thread costs more than it saves.
const ROWS_PER_THREAD: usize = 50_000;

/// Most threads of one search; the rest of the machine is for others.
const THREADS: usize = 4;

/// How many threads this machine has for a search. Asked once: on Linux the answer is read from files.
static CORES: LazyLock<usize> = LazyLock::new(|| {
    std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(THREADS)
});

/// The vectors of all memories of a user: for each the own one and that of its context, side by side.
pub(crate) struct Vectors {
    dimensions: usize,
    bytes: Vec<i8>,
    /// What a byte of the own and of the context vector is worth; 0 without vectors.
    scales: Vec<[f32; 2]>,
    signs: Signs,
}

/// Cosines of memories and a query as far as signs tell, and some exactly.
pub(crate) struct Rough {
    pub(crate) cosines: Cosines,
    /// Those of every so-manieth: for their mean and deviation, which those of signs do not have.
    pub(crate) sample: Cosines,
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
            bytes: Vec::new(),
            scales: Vec::new(),
            signs: Signs::new(dimensions),
        }
    }

    /// Makes room for exactly this many more.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.bytes.reserve_exact(rows * self.dimensions * 2);
        self.scales.reserve_exact(rows);
    }

    pub(crate) fn push(&mut self, vectors: Option<&MemoryVectors>) {
        self.push_empty();
        self.set(self.scales.len() - 1, vectors);
    }

    /// Adds a row with the vectors as they are in the database: f32, little endian. `false` when they do not have as
    /// many numbers as the others.
    #[must_use]
    pub(crate) fn push_bytes(&mut self, vectors: Option<(&[u8], &[u8])>) -> bool {
        self.push_empty();
        let Some((own, context)) = vectors else {
            return true;
        };
        let (own, context) = (own.as_chunks().0, context.as_chunks().0);
        if own.len() != self.dimensions || context.len() != self.dimensions {
            return false;
        }
        let numbers = |bytes: &[[u8; 4]], codes: &mut [i8]| {
            let numbers: Vec<f32> = bytes.iter().map(|number| f32::from_le_bytes(*number)).collect();
            quantise(&numbers, codes)
        };
        let row = self.scales.len() - 1;
        let (scales, codes) = self.row(row);
        *scales = [numbers(own, codes.0), numbers(context, codes.1)];
        self.signs.keep(row, &self.bytes);
        true
    }

    fn push_empty(&mut self) {
        if self.scales.len() == self.scales.capacity() {
            // An eighth instead of the usual double: at 100,000 rows half of the memory would be empty.
            self.reserve(self.scales.len() / 8 + 64);
        }
        self.scales.push([0.0; 2]);
        self.bytes.resize(self.bytes.len() + self.dimensions * 2, 0);
    }

    pub(crate) fn set(&mut self, row: usize, vectors: Option<&MemoryVectors>) {
        let (scales, codes) = self.row(row);
        *scales = match vectors {
            Some(vectors) => [
                quantise(&vectors.own.0, codes.0),
                quantise(&vectors.context.0, codes.1),
            ],
            None => [0.0; 2],
        };
        self.signs.keep(row, &self.bytes);
    }

    /// The scales and the bytes of a row.
    fn row(&mut self, row: usize) -> (&mut [f32; 2], (&mut [i8], &mut [i8])) {
        let start = row * self.dimensions * 2;
        let codes = self.bytes[start..start + self.dimensions * 2].split_at_mut(self.dimensions);
        (&mut self.scales[row], codes)
    }

    /// Keeps the rows for which `keep` is true.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        let width = self.dimensions * 2;
        let mut kept = 0;
        for row in (0..self.scales.len()).filter(|&row| keep[row]) {
            if row != kept {
                self.bytes
                    .copy_within(row * width..(row + 1) * width, kept * width);
                self.scales[kept] = self.scales[row];
                self.signs.copy(row, kept);
            }
            kept += 1;
        }
        // What is cut off must not stay behind the end.
        self.bytes[kept * width..].fill(0);
        self.bytes.truncate(kept * width);
        self.scales.truncate(kept);
        self.signs.truncate(kept);
    }

    /// Whether a row has vectors.
    pub(crate) fn has(&self, row: usize) -> bool {
        self.scales[row][0] > 0.0
    }

    /// How many rows have none.
    pub(crate) fn missing(&self) -> usize {
        (0..self.scales.len()).filter(|&row| !self.has(row)).count()
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.capacity() + self.scales.capacity() * size_of::<[f32; 2]>() + self.signs.size_bytes()
    }

    /// The cosines of `query` and each of `rows`, in their order.
    pub(crate) fn cosines(&self, query: &Embedding, rows: &[u32]) -> Cosines {
        let query = Query::new(query);
        let (mut own, mut context) = (vec![0.0; rows.len()], vec![0.0; rows.len()]);
        let share = share(rows.len());
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
        let share = share(rows.len());
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

    /// What signs say of the cosines of `query` and each of `rows`, in their order. `sample` are some of their places.
    pub(crate) fn rough_cosines(&self, query: &Embedding, rows: &[u32], sample: &[usize]) -> Rough {
        let bits = self.signs.of_query(query);
        let (mut own, mut context) = (vec![0.0; rows.len()], vec![0.0; rows.len()]);
        let share = share(rows.len());
        let parts = rows
            .chunks(share)
            .zip(own.chunks_mut(share).zip(context.chunks_mut(share)));
        side_by_side(parts, |(rows, (own, context))| {
            for ((&row, own), context) in rows.iter().zip(own).zip(context) {
                *own = self.signs.distance(&bits, row as usize, 0);
                *context = self.signs.distance(&bits, row as usize, 1);
            }
        });
        let rows_of_sample: Vec<u32> = sample.iter().map(|&place| rows[place]).collect();
        let exact = self.cosines(query, &rows_of_sample);
        for (distances, exact) in [(&mut own, &exact.own), (&mut context, &exact.context)] {
            let of_sample: Vec<f32> = sample.iter().map(|&place| distances[place]).collect();
            let line = Line::through(&of_sample, exact);
            for distance in distances {
                *distance = line.at(*distance);
            }
        }
        Rough {
            cosines: Cosines { own, context },
            sample: exact,
        }
    }

    /// How near each of `rows` is to `query` by the signs of their own vectors: the opposite of the number of signs in
    /// which they differ.
    pub(crate) fn own_nearness(&self, query: &Embedding, rows: &[u32]) -> Vec<f32> {
        let bits = self.signs.of_query(query);
        let mut own = vec![0.0; rows.len()];
        let share = share(rows.len());
        side_by_side(rows.chunks(share).zip(own.chunks_mut(share)), |(rows, own)| {
            for (&row, own) in rows.iter().zip(own) {
                *own = -self.signs.distance(&bits, row as usize, 0);
            }
        });
        own
    }

    /// The cosine of the own vector (0) or that of the context (1).
    fn cosine(&self, query: &Query, row: usize, which: usize) -> f32 {
        let start = (row * 2 + which) * self.dimensions;
        dot(&query.bytes, &self.bytes[start..start + self.dimensions]) * query.scale * self.scales[row][which]
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

/// Rows of one thread.
pub(crate) fn share(rows: usize) -> usize {
    let threads = (rows / ROWS_PER_THREAD).clamp(1, *CORES);
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
