//! `index.faiss`: a flat index of inner products, as faiss writes it.
//!
//! Little endian: `IxFI`, `i32` dimensions, `i64` vectors, two unused `i64`, `u8` trained, `i32` metric (0 for the inner
//! product), `u64` numbers, and those as `f32` (faiss, `impl/index_write.cpp`).

use council_core::Embedding;

/// Bytes before the first number.
const HEADER_BYTES: usize = 45;
/// The two unused numbers of the header, as faiss writes them.
const UNUSED: i64 = 1 << 20;

/// Vectors in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct FlatIndex {
    /// Numbers per vector.
    pub dimensions: usize,
    /// The vectors.
    pub vectors: Vec<Embedding>,
}

/// Why an index was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaissError {
    /// It is another type of index.
    #[error("index.faiss is of type `{0}`, not a flat index (`IxFI`, `IxF2`)")]
    Type(String),
    /// Its length is not what its header says.
    #[error("index.faiss has {found} bytes, and its header asks for {expected}: it was cut or damaged")]
    Length {
        /// Bytes that there should be.
        expected: u128,
        /// Bytes that there are.
        found: usize,
    },
}

/// The file of these vectors, which all have this many numbers.
pub fn write(dimensions: usize, vectors: &[Embedding]) -> Vec<u8> {
    let numbers = dimensions * vectors.len();
    let mut file = Vec::with_capacity(HEADER_BYTES + 4 * numbers);
    file.extend(b"IxFI");
    file.extend((dimensions as i32).to_le_bytes());
    file.extend((vectors.len() as i64).to_le_bytes());
    file.extend(UNUSED.to_le_bytes());
    file.extend(UNUSED.to_le_bytes());
    file.push(1);
    file.extend(0_i32.to_le_bytes());
    file.extend((numbers as u64).to_le_bytes());
    for number in vectors.iter().flat_map(|vector| &vector.0) {
        file.extend(number.to_le_bytes());
    }
    file
}

/// The vectors of a file.
///
/// # Errors
/// [`FaissError`].
pub fn read(file: &[u8]) -> Result<FlatIndex, FaissError> {
    let wrong_length = |expected: u128| FaissError::Length {
        expected,
        found: file.len(),
    };
    let header = file
        .get(..HEADER_BYTES)
        .ok_or_else(|| wrong_length(HEADER_BYTES as u128))?;
    if !matches!(&header[..4], b"IxFI" | b"IxF2") {
        let shown: String = header[..4].iter().map(|&byte| char::from(byte)).collect();
        return Err(FaissError::Type(shown.escape_debug().to_string()));
    }
    let number = |from: usize, width: usize| {
        let bytes = header[from..from + width].iter().rev();
        bytes.fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte))
    };
    let (dimensions, count, numbers) = (number(4, 4), number(8, 8), number(37, 8));
    let expected = HEADER_BYTES as u128 + 4 * u128::from(dimensions) * u128::from(count);
    if expected != file.len() as u128 || u128::from(numbers) != u128::from(dimensions) * u128::from(count) {
        return Err(wrong_length(expected));
    }
    let dimensions = dimensions as usize;
    let vector = |bytes: &[u8]| {
        let numbers = bytes.chunks_exact(4);
        Embedding(
            numbers
                .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
                .collect(),
        )
    };
    // Without dimensions there is nothing to cut into pieces.
    let vectors = file[HEADER_BYTES..]
        .chunks_exact((4 * dimensions).max(1))
        .map(vector);
    Ok(FlatIndex {
        dimensions,
        vectors: vectors.collect(),
    })
}

#[cfg(test)]
mod tests;
