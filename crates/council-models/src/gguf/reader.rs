//! Bounded, buffered reads from a file of known size. Nothing is allocated before the file is known to hold it.

use super::GgufError;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// Longest header that is read. The largest real ones (vocabularies of 262,144 entries with merges) have 16 MB.
const MAX_HEADER_BYTES: u64 = 256 << 20;
/// Longest string that is kept in memory: chat templates have some ten kilobytes.
pub(super) const MAX_STRING_BYTES: u64 = 4 << 20;
const BUFFER_BYTES: usize = 256 << 10;

/// A file and a position in it.
pub(super) struct Reader {
    file: BufReader<File>,
    position: u64,
    file_bytes: u64,
}

impl Reader {
    /// Opens a regular file at its start.
    pub(super) fn open(path: &Path) -> Result<Self, GgufError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(GgufError::Invalid("not a regular file".into()));
        }
        Ok(Self {
            file: BufReader::with_capacity(BUFFER_BYTES, file),
            position: 0,
            file_bytes: metadata.len(),
        })
    }

    /// Where the next byte comes from.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Bytes of the file.
    pub(super) fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    /// Fails unless `count` more bytes are in the file and within the limit for headers.
    pub(super) fn expect(&self, count: u64) -> Result<(), GgufError> {
        let needed_bytes = self.position.saturating_add(count);
        if needed_bytes > self.file_bytes {
            return Err(GgufError::TruncatedHeader {
                needed_bytes,
                file_bytes: self.file_bytes,
            });
        }
        check("header bytes", needed_bytes, MAX_HEADER_BYTES)
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], GgufError> {
        self.expect(N as u64)?;
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        self.position += N as u64;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, GgufError> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, GgufError> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    /// A length and that many bytes.
    pub(super) fn string(&mut self, what: &str, limit: u64) -> Result<Vec<u8>, GgufError> {
        let length = self.u64()?;
        check(&format!("length of {what}"), length, limit)?;
        self.expect(length)?;
        let mut bytes = vec![0; length as usize];
        self.file.read_exact(&mut bytes)?;
        self.position += length;
        Ok(bytes)
    }

    /// The same, not kept.
    pub(super) fn skip_string(&mut self) -> Result<(), GgufError> {
        let length = self.u64()?;
        self.skip(length)
    }

    pub(super) fn skip(&mut self, count: u64) -> Result<(), GgufError> {
        self.expect(count)?;
        // `expect` bounds it by the size of a header, so it fits.
        self.file.seek_relative(count as i64)?;
        self.position += count;
        Ok(())
    }

    /// Goes back to a position that was read before.
    pub(super) fn rewind_to(&mut self, position: u64) -> Result<(), GgufError> {
        self.file.seek(SeekFrom::Start(position))?;
        self.position = position;
        Ok(())
    }
}

/// Fails when `value` is over `limit`.
pub(super) fn check(what: &str, value: u64, limit: u64) -> Result<(), GgufError> {
    if value > limit {
        return Err(GgufError::Limit {
            what: what.to_owned(),
            value,
            limit,
        });
    }
    Ok(())
}
