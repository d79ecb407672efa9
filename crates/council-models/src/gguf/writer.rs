//! Writes GGUF files (version 3, 32-bit floats): small models for tests of everything that reads, loads or moves
//! model files.

mod projector;
mod tiny;

pub use projector::{TinyProjector, write_tiny_projector};
pub use tiny::{TinyArchitecture, TinyModel, write_tiny_model};

use std::io;
use std::path::Path;

/// Where tensor data is aligned.
const ALIGNMENT: usize = 32;

/// A value of a key-value pair.
#[derive(Clone, Debug, PartialEq)]
pub enum MetaValue {
    /// An unsigned number.
    U32(u32),
    /// A float.
    F32(f32),
    /// A flag.
    Bool(bool),
    /// A string.
    Text(String),
    /// An array of unsigned numbers.
    U32s(Vec<u32>),
    /// An array of signed numbers.
    I32s(Vec<i32>),
    /// An array of floats.
    F32s(Vec<f32>),
    /// An array of strings.
    Texts(Vec<String>),
}

impl MetaValue {
    /// The type's number in the file, and the elements' one for arrays.
    fn kind(&self) -> (u32, Option<u32>) {
        match self {
            Self::U32(_) => (4, None),
            Self::F32(_) => (6, None),
            Self::Bool(_) => (7, None),
            Self::Text(_) => (8, None),
            Self::U32s(_) => (9, Some(4)),
            Self::I32s(_) => (9, Some(5)),
            Self::F32s(_) => (9, Some(6)),
            Self::Texts(_) => (9, Some(8)),
        }
    }

    fn append_to(&self, out: &mut Vec<u8>) {
        let (kind, element) = self.kind();
        out.extend(kind.to_le_bytes());
        if let Some(element) = element {
            out.extend(element.to_le_bytes());
        }
        match self {
            Self::U32(value) => out.extend(value.to_le_bytes()),
            Self::F32(value) => out.extend(value.to_le_bytes()),
            Self::Bool(value) => out.push(u8::from(*value)),
            Self::Text(value) => append_text(out, value),
            Self::U32s(values) => append_array(out, values, |out, value| out.extend(value.to_le_bytes())),
            Self::I32s(values) => append_array(out, values, |out, value| out.extend(value.to_le_bytes())),
            Self::F32s(values) => append_array(out, values, |out, value| out.extend(value.to_le_bytes())),
            Self::Texts(values) => append_array(out, values, |out, value| append_text(out, value)),
        }
    }
}

struct Tensor {
    name: String,
    shape: Vec<u64>,
    data: Vec<f32>,
}

/// A GGUF file in the making.
#[derive(Default)]
pub struct GgufWriter {
    pairs: Vec<(String, MetaValue)>,
    tensors: Vec<Tensor>,
}

impl GgufWriter {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key-value pair.
    pub fn pair(&mut self, key: impl Into<String>, value: MetaValue) -> &mut Self {
        self.pairs.push((key.into(), value));
        self
    }

    /// Adds a tensor; `shape` has the row length first, as in ggml, and its product is the length of `data`.
    pub fn tensor(&mut self, name: impl Into<String>, shape: &[u64], data: Vec<f32>) -> &mut Self {
        debug_assert_eq!(shape.iter().product::<u64>(), data.len() as u64);
        self.tensors.push(Tensor {
            name: name.into(),
            shape: shape.to_vec(),
            data,
        });
        self
    }

    /// The file's content.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(b"GGUF");
        out.extend(3_u32.to_le_bytes());
        out.extend((self.tensors.len() as u64).to_le_bytes());
        out.extend((self.pairs.len() as u64).to_le_bytes());
        for (key, value) in &self.pairs {
            append_text(&mut out, key);
            value.append_to(&mut out);
        }
        let mut offset = 0_usize;
        for tensor in &self.tensors {
            append_text(&mut out, &tensor.name);
            out.extend((tensor.shape.len() as u32).to_le_bytes());
            for length in &tensor.shape {
                out.extend(length.to_le_bytes());
            }
            // Type 0 is F32.
            out.extend(0_u32.to_le_bytes());
            out.extend((offset as u64).to_le_bytes());
            offset = (offset + tensor.data.len() * size_of::<f32>()).next_multiple_of(ALIGNMENT);
        }
        for tensor in &self.tensors {
            out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
            for value in &tensor.data {
                out.extend(value.to_le_bytes());
            }
        }
        out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
        out
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        std::fs::write(path, self.to_bytes())
    }
}

fn append_text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn append_array<T>(out: &mut Vec<u8>, values: &[T], append: impl Fn(&mut Vec<u8>, &T)) {
    out.extend((values.len() as u64).to_le_bytes());
    for value in values {
        append(out, value);
    }
}
