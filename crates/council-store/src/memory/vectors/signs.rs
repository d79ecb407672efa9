//! The sign of every number of every vector, one bit each: an eighth of the bytes, for a first look at very many.
//!
//! Vectors of a small angle differ in few signs (M. S. Charikar, "Similarity estimation techniques from rounding
//! algorithms", 2002, with the axes in place of random directions).

use council_core::Embedding;
use simsimd::BinarySimilarity as _;

/// Rows below which signs are not kept.
const FROM: usize = 500_000;

pub(super) struct Signs {
    dimensions: usize,
    /// Bytes of one vector.
    width: usize,
    from: usize,
    /// Of each row the own vector and that of its context, side by side; empty below `from` rows.
    bits: Vec<u8>,
}

impl Signs {
    pub(super) fn new(dimensions: usize) -> Self {
        Self {
            dimensions,
            width: dimensions.div_ceil(8),
            from: FROM,
            bits: Vec::new(),
        }
    }

    /// Rows from which on they are kept.
    pub(super) fn from(&self) -> usize {
        self.from
    }

    #[cfg(test)]
    pub(super) fn keep_from(&mut self, rows: usize) {
        self.from = rows;
    }

    /// Takes over the bytes of a row, which are in `bytes` with those of all others.
    pub(super) fn keep(&mut self, row: usize, bytes: &[i8]) {
        let rows = bytes.len() / (2 * self.dimensions);
        if rows < self.from {
            return;
        }
        let known = self.bits.len() / (2 * self.width);
        let missing = rows.saturating_sub(known);
        if missing > 0 {
            let needed = missing * 2 * self.width;
            if self.bits.capacity() - self.bits.len() < needed {
                // An eighth instead of the usual double, as for the bytes.
                self.bits.reserve_exact(needed + self.bits.len() / 8);
            }
            self.bits.resize(self.bits.len() + needed, 0);
        }
        for row in (known..rows).chain((row < known).then_some(row)) {
            self.fill(row, bytes);
        }
    }

    fn fill(&mut self, row: usize, bytes: &[i8]) {
        let numbers = bytes[2 * row * self.dimensions..].chunks(self.dimensions);
        let bits = self.bits[2 * row * self.width..].chunks_mut(self.width);
        for (numbers, bits) in numbers.zip(bits).take(2) {
            pack(numbers.iter().map(|number| *number < 0), bits);
        }
    }

    /// The row `from` takes the place `to`.
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        let width = 2 * self.width;
        if (from + 1) * width <= self.bits.len() {
            self.bits
                .copy_within(from * width..(from + 1) * width, to * width);
        }
    }

    /// Leaves the first rows, or none where that is too few.
    pub(super) fn truncate(&mut self, rows: usize) {
        if rows < self.from {
            self.bits.fill(0);
            self.bits = Vec::new();
            return;
        }
        // What is cut off must not stay behind the end.
        let end = (rows * 2 * self.width).min(self.bits.len());
        self.bits[end..].fill(0);
        self.bits.truncate(end);
    }

    pub(super) fn of_query(&self, query: &Embedding) -> Vec<u8> {
        let mut bits = vec![0; self.width];
        pack(query.0.iter().map(|number| *number < 0.0), &mut bits);
        bits
    }

    /// In how many signs a query differs from the own vector (0) of a row or from that of its context (1).
    pub(super) fn distance(&self, query: &[u8], row: usize, which: usize) -> f32 {
        let start = (2 * row + which) * self.width;
        let bits = &self.bits[start..start + self.width];
        u8::hamming(query, bits).unwrap_or_default() as f32
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.bits.capacity()
    }
}

/// Eight to a byte.
fn pack(bits: impl Iterator<Item = bool>, bytes: &mut [u8]) {
    bytes.fill(0);
    for (place, bit) in bits.enumerate() {
        bytes[place / 8] |= u8::from(bit) << (place % 8);
    }
}
