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
    pub(super) fn keep(&mut self, row: usize, bytes: &[Vec<i8>; 2]) {
        let rows = bytes[0].len() / self.dimensions;
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

    fn fill(&mut self, row: usize, bytes: &[Vec<i8>; 2]) {
        let bits = self.bits[2 * row * self.width..].chunks_mut(self.width);
        for (numbers, bits) in bytes.iter().zip(bits) {
            pack_bytes(&numbers[row * self.dimensions..(row + 1) * self.dimensions], bits);
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
        differing(query, bits)
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.bits.capacity()
    }
}

/// How many bits differ. Both have the same length.
fn differing(left: &[u8], right: &[u8]) -> f32 {
    // What this is compiled for can count bits, so that there is nothing to choose at run time, and no call for every
    // 48 bytes.
    if cfg!(target_feature = "popcnt") {
        let ((left, left_rest), (right, right_rest)) = (left.as_chunks::<8>(), right.as_chunks::<8>());
        let whole = left.iter().zip(right);
        let differing = |(left, right): (&[u8; 8], &[u8; 8])| {
            (u64::from_le_bytes(*left) ^ u64::from_le_bytes(*right)).count_ones()
        };
        let rest = left_rest.iter().zip(right_rest);
        let of_rest: u32 = rest.map(|(left, right)| (left ^ right).count_ones()).sum();
        return (whole.map(differing).sum::<u32>() + of_rest) as f32;
    }
    u8::hamming(left, right).unwrap_or_default() as f32
}

/// The signs of numbers, eight to a byte, of eight numbers at once: the highest bit of each is its sign, and a product
/// brings eight of them together.
fn pack_bytes(numbers: &[i8], bits: &mut [u8]) {
    let (whole, rest) = numbers.as_chunks::<8>();
    let (of_whole, of_rest) = bits.split_at_mut(whole.len());
    for (numbers, bits) in whole.iter().zip(of_whole) {
        let bytes = u64::from_le_bytes(numbers.map(|number| number as u8));
        *bits = ((((bytes >> 7) & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080)) >> 56) as u8;
    }
    pack(rest.iter().map(|number| *number < 0), of_rest);
}

/// Eight to a byte.
fn pack(bits: impl Iterator<Item = bool>, bytes: &mut [u8]) {
    bytes.fill(0);
    for (place, bit) in bits.enumerate() {
        bytes[place / 8] |= u8::from(bit) << (place % 8);
    }
}
