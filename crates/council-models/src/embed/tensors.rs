//! A safetensors file: a JSON table of tensors, and their numbers one after the other.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Longest table that is read; that of MiniLM has 12 KiB.
const MAX_TABLE_BYTES: u64 = 16 << 20;
/// Numbers that are read at once, so that a large tensor never lies in memory as a whole.
const PIECE: usize = 256 << 10;

/// An open file. Numbers are read when they are asked for.
pub(super) struct Tensors {
    path: PathBuf,
    file: File,
    table: Map<String, Value>,
    /// Where the numbers begin.
    data: u64,
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (u64, u64),
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum TensorsError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {problem}", path.display())]
    Content { path: PathBuf, problem: String },
}

impl Tensors {
    pub(super) fn open(path: &Path) -> Result<Self, TensorsError> {
        let io = |source| TensorsError::Io {
            path: path.to_owned(),
            source,
        };
        let wrong = |problem: String| TensorsError::Content {
            path: path.to_owned(),
            problem,
        };
        let mut file = File::open(path).map_err(io)?;
        let mut length = [0; 8];
        file.read_exact(&mut length).map_err(io)?;
        let length = u64::from_le_bytes(length);
        if length > MAX_TABLE_BYTES {
            return Err(wrong(format!("its table of tensors would have {length} bytes")));
        }
        let mut table = vec![0; length as usize];
        file.read_exact(&mut table).map_err(io)?;
        let table = serde_json::from_slice(&table)
            .map_err(|error| wrong(format!("its table of tensors cannot be read: {error}")))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            table,
            data: 8 + length,
        })
    }

    /// All numbers of a tensor that has to have this shape.
    pub(super) fn read(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, TensorsError> {
        let mut all = Vec::with_capacity(shape.iter().product());
        self.pieces(name, shape, |piece| all.extend_from_slice(piece))?;
        Ok(all)
    }

    /// Hands out the numbers of a tensor that has to have this shape, some whole rows at a time.
    pub(super) fn pieces(
        &mut self,
        name: &str,
        shape: &[usize],
        mut take: impl FnMut(&[f32]),
    ) -> Result<(), TensorsError> {
        let (mut left, start) = self.find(name, shape)?;
        let io = |source| TensorsError::Io {
            path: self.path.clone(),
            source,
        };
        self.file.seek(SeekFrom::Start(start)).map_err(io)?;
        let row = shape.last().copied().unwrap_or(1).max(1);
        let piece = (PIECE / row).max(1) * row;
        let (mut bytes, mut numbers) = (Vec::new(), Vec::new());
        while left > 0 {
            let count = left.min(piece);
            bytes.resize(count * 4, 0);
            self.file.read_exact(&mut bytes).map_err(io)?;
            numbers.clear();
            numbers.extend(bytes.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)));
            take(&numbers);
            left -= count;
        }
        Ok(())
    }

    /// How many numbers a tensor has, and where they begin.
    fn find(&self, name: &str, shape: &[usize]) -> Result<(usize, u64), TensorsError> {
        let wrong = |problem: String| TensorsError::Content {
            path: self.path.clone(),
            problem,
        };
        let entry = self.table.get(name);
        let entry = entry.ok_or_else(|| wrong(format!("it has no tensor `{name}`")))?;
        let entry = Entry::deserialize(entry).map_err(|error| wrong(format!("tensor `{name}`: {error}")))?;
        if entry.dtype != "F32" || entry.shape != shape {
            return Err(wrong(format!(
                "tensor `{name}` is {} {:?} and should be F32 {shape:?}",
                entry.dtype, entry.shape
            )));
        }
        let count: usize = shape.iter().product();
        let (begin, end) = entry.data_offsets;
        if end.checked_sub(begin) != Some(count as u64 * 4) {
            return Err(wrong(format!("tensor `{name}` has a wrong length")));
        }
        let start = begin.checked_add(self.data);
        Ok((
            count,
            start.ok_or_else(|| wrong(format!("tensor `{name}` lies nowhere")))?,
        ))
    }
}

#[cfg(test)]
mod tests;
