//! The key-value pairs of a GGUF header. Only what a summary needs is kept.

use super::GgufError;
use super::reader::{MAX_STRING_BYTES, Reader, check};
use std::collections::HashMap;

/// Most pairs; real files have fewer than 100.
const MAX_PAIRS: u64 = 65_536;
/// Longest key, from the format's description.
const MAX_KEY_BYTES: u64 = 65_535;
/// Most elements of one array; the largest real ones (merges) have about 600,000.
const MAX_ELEMENTS: u64 = 1 << 24;
/// Arrays of numbers up to this long are kept: one number per layer.
const MAX_KEPT_NUMBERS: u64 = 4_096;
/// Where tensor data is aligned unless the file says otherwise.
const DEFAULT_ALIGNMENT: u32 = 32;

/// Value types by their number in the file.
mod kind {
    pub(super) const U8: u32 = 0;
    pub(super) const I8: u32 = 1;
    pub(super) const U16: u32 = 2;
    pub(super) const I16: u32 = 3;
    pub(super) const U32: u32 = 4;
    pub(super) const I32: u32 = 5;
    pub(super) const F32: u32 = 6;
    pub(super) const BOOL: u32 = 7;
    pub(super) const STRING: u32 = 8;
    pub(super) const ARRAY: u32 = 9;
    pub(super) const U64: u32 = 10;
    pub(super) const I64: u32 = 11;
    pub(super) const F64: u32 = 12;
}

/// A value, as far as it is kept.
#[derive(Debug)]
pub(super) enum Value {
    /// Any integer type.
    Number(i128),
    Flag(bool),
    Text(String),
    /// A short array of integers.
    Numbers(Vec<i128>),
    /// An array of strings, left in the file.
    Strings(StringArray),
    /// Floats and long arrays: checked and skipped.
    Skipped,
}

/// Where an array of strings lies in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct StringArray {
    start: u64,
    pub(super) count: u64,
}

impl StringArray {
    /// The strings at these indices, in one pass. `None` for an index beyond the end, as in llama.cpp, which falls
    /// back to "no such token".
    pub(super) fn lookup<const N: usize>(
        self,
        reader: &mut Reader,
        indices: [Option<u32>; N],
    ) -> Result<[Option<String>; N], GgufError> {
        let mut found = [const { None }; N];
        let last = indices
            .iter()
            .flatten()
            .map(|&index| u64::from(index))
            .filter(|&index| index < self.count)
            .max();
        let Some(last) = last else { return Ok(found) };
        reader.rewind_to(self.start)?;
        for index in 0..=last {
            if indices.iter().flatten().all(|&wanted| u64::from(wanted) != index) {
                reader.skip_string()?;
                continue;
            }
            let text = text(reader.string("a token", MAX_KEY_BYTES)?);
            for (wanted, slot) in indices.iter().zip(&mut found) {
                if wanted.map(u64::from) == Some(index) {
                    *slot = Some(text.clone());
                }
            }
        }
        Ok(found)
    }
}

/// All pairs of a header.
pub(super) struct Metadata {
    pairs: HashMap<String, Value>,
}

impl Metadata {
    pub(super) fn read(reader: &mut Reader, count: u64) -> Result<Self, GgufError> {
        check("number of key-value pairs", count, MAX_PAIRS)?;
        let mut pairs = HashMap::new();
        for _ in 0..count {
            let key = text(reader.string("a key", MAX_KEY_BYTES)?);
            if key.is_empty() {
                return Err(GgufError::Invalid("a key is empty".into()));
            }
            let kind = reader.u32()?;
            let value = read_value(reader, &key, kind)?;
            if let Some(previous) = pairs.insert(key.clone(), value) {
                drop(previous);
                return Err(GgufError::Invalid(format!("`{key}` is there twice")));
            }
        }
        Ok(Self { pairs })
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.pairs.get(key)
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.pairs.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        match self.pairs.get(key) {
            Some(Value::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    pub(super) fn strings(&self, key: &str) -> Option<StringArray> {
        match self.pairs.get(key) {
            Some(Value::Strings(array)) => Some(*array),
            _ => None,
        }
    }

    /// A number, or the largest of an array with one number per layer.
    pub(super) fn largest_u32(&self, key: &str) -> Option<u32> {
        let number = match self.pairs.get(key)? {
            Value::Number(number) => *number,
            Value::Numbers(numbers) => *numbers.iter().max()?,
            Value::Flag(_) | Value::Text(_) | Value::Strings(_) | Value::Skipped => return None,
        };
        u32::try_from(number).ok()
    }

    /// Where tensor data is aligned, in bytes.
    pub(super) fn alignment(&self) -> Result<u64, GgufError> {
        const KEY: &str = "general.alignment";
        let alignment = match self.pairs.get(KEY) {
            None => DEFAULT_ALIGNMENT,
            Some(_) => self
                .largest_u32(KEY)
                .filter(|alignment| alignment.is_power_of_two() && *alignment <= 1 << 20)
                .ok_or_else(|| GgufError::Invalid(format!("`{KEY}` is no power of two up to 1048576")))?,
        };
        Ok(u64::from(alignment))
    }
}

/// Every element as `u32`.
pub(super) fn all_u32(key: &str, numbers: &[i128]) -> Result<Vec<u32>, GgufError> {
    numbers
        .iter()
        .map(|&number| {
            u32::try_from(number)
                .map_err(|_| GgufError::Invalid(format!("`{key}` holds {number}, which is out of range")))
        })
        .collect()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Bytes of one value of fixed size.
fn fixed_size(kind: u32) -> Option<u64> {
    match kind {
        kind::U8 | kind::I8 | kind::BOOL => Some(1),
        kind::U16 | kind::I16 => Some(2),
        kind::U32 | kind::I32 | kind::F32 => Some(4),
        kind::U64 | kind::I64 | kind::F64 => Some(8),
        _ => None,
    }
}

fn read_value(reader: &mut Reader, key: &str, kind: u32) -> Result<Value, GgufError> {
    match kind {
        kind::STRING => Ok(Value::Text(text(
            reader.string(&format!("`{key}`"), MAX_STRING_BYTES)?,
        ))),
        kind::ARRAY => read_array(reader, key),
        _ => read_scalar(reader, key, kind),
    }
}

fn read_scalar(reader: &mut Reader, key: &str, kind: u32) -> Result<Value, GgufError> {
    Ok(match kind {
        kind::U8 => Value::Number(u8::from_le_bytes(reader.bytes()?).into()),
        kind::I8 => Value::Number(i8::from_le_bytes(reader.bytes()?).into()),
        kind::U16 => Value::Number(u16::from_le_bytes(reader.bytes()?).into()),
        kind::I16 => Value::Number(i16::from_le_bytes(reader.bytes()?).into()),
        kind::U32 => Value::Number(reader.u32()?.into()),
        kind::I32 => Value::Number(i32::from_le_bytes(reader.bytes()?).into()),
        kind::U64 => Value::Number(reader.u64()?.into()),
        kind::I64 => Value::Number(i64::from_le_bytes(reader.bytes()?).into()),
        kind::BOOL => match reader.bytes::<1>()? {
            [0] => Value::Flag(false),
            [1] => Value::Flag(true),
            [other] => {
                return Err(GgufError::Invalid(format!(
                    "`{key}` is a flag with the value {other}"
                )));
            }
        },
        kind::F32 => {
            reader.skip(4)?;
            Value::Skipped
        }
        kind::F64 => {
            reader.skip(8)?;
            Value::Skipped
        }
        other => {
            return Err(GgufError::Invalid(format!(
                "`{key}` has the unknown type {other}"
            )));
        }
    })
}

fn read_array(reader: &mut Reader, key: &str) -> Result<Value, GgufError> {
    let kind = reader.u32()?;
    let count = reader.u64()?;
    check(&format!("number of elements of `{key}`"), count, MAX_ELEMENTS)?;
    if kind == kind::STRING {
        // Each string takes at least its length, so a wrong count fails here and not after a long walk.
        reader.expect(count * 8)?;
        let start = reader.position();
        for _ in 0..count {
            reader.skip_string()?;
        }
        return Ok(Value::Strings(StringArray { start, count }));
    }
    let Some(size) = fixed_size(kind) else {
        // Arrays in arrays are in the format's description, and no engine reads them.
        return Err(GgufError::Invalid(format!(
            "`{key}` is an array of the unsupported type {kind}"
        )));
    };
    reader.expect(count * size)?;
    let keep = count <= MAX_KEPT_NUMBERS && !matches!(kind, kind::F32 | kind::F64 | kind::BOOL);
    if !keep {
        reader.skip(count * size)?;
        return Ok(Value::Skipped);
    }
    let mut numbers = Vec::new();
    for _ in 0..count {
        if let Value::Number(number) = read_scalar(reader, key, kind)? {
            numbers.push(number);
        }
    }
    Ok(Value::Numbers(numbers))
}
