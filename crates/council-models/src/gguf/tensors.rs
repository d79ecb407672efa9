//! The tensor table of a GGUF header, and the types that ggml knows.

use super::GgufError;
use super::reader::{Reader, check};
use std::collections::HashSet;

/// Most tensors; the largest real models have about 2,000.
const MAX_TENSORS: u64 = 65_536;
/// ggml's `GGML_MAX_NAME`, which counts the closing zero.
const MAX_NAME_BYTES: u64 = 63;
const MAX_DIMENSIONS: u32 = 4;

/// What the table says in sum.
#[derive(Debug)]
pub(super) struct TensorTable {
    /// Elements of all tensors.
    pub(super) parameters: u64,
    /// Bytes of all tensors, without padding.
    pub(super) bytes: u64,
    /// The type with the most elements.
    pub(super) main_type: &'static str,
}

/// An element type.
struct TensorType {
    id: u32,
    name: &'static str,
    /// Elements that are stored together.
    block: u64,
    /// Bytes of such a block.
    bytes: u64,
}

const fn tensor_type(id: u32, name: &'static str, block: u64, bytes: u64) -> TensorType {
    TensorType {
        id,
        name,
        block,
        bytes,
    }
}

/// From `ggml.h` and `ggml-common.h`; the missing numbers are types that were withdrawn.
const TYPES: &[TensorType] = &[
    tensor_type(0, "F32", 1, 4),
    tensor_type(1, "F16", 1, 2),
    tensor_type(2, "Q4_0", 32, 18),
    tensor_type(3, "Q4_1", 32, 20),
    tensor_type(6, "Q5_0", 32, 22),
    tensor_type(7, "Q5_1", 32, 24),
    tensor_type(8, "Q8_0", 32, 34),
    tensor_type(9, "Q8_1", 32, 36),
    tensor_type(10, "Q2_K", 256, 84),
    tensor_type(11, "Q3_K", 256, 110),
    tensor_type(12, "Q4_K", 256, 144),
    tensor_type(13, "Q5_K", 256, 176),
    tensor_type(14, "Q6_K", 256, 210),
    tensor_type(15, "Q8_K", 256, 292),
    tensor_type(16, "IQ2_XXS", 256, 66),
    tensor_type(17, "IQ2_XS", 256, 74),
    tensor_type(18, "IQ3_XXS", 256, 98),
    tensor_type(19, "IQ1_S", 256, 50),
    tensor_type(20, "IQ4_NL", 32, 18),
    tensor_type(21, "IQ3_S", 256, 110),
    tensor_type(22, "IQ2_S", 256, 82),
    tensor_type(23, "IQ4_XS", 256, 136),
    tensor_type(24, "I8", 1, 1),
    tensor_type(25, "I16", 1, 2),
    tensor_type(26, "I32", 1, 4),
    tensor_type(27, "I64", 1, 8),
    tensor_type(28, "F64", 1, 8),
    tensor_type(29, "IQ1_M", 256, 56),
    tensor_type(30, "BF16", 1, 2),
    tensor_type(34, "TQ1_0", 256, 54),
    tensor_type(35, "TQ2_0", 256, 66),
    tensor_type(39, "MXFP4", 32, 17),
    tensor_type(40, "NVFP4", 64, 36),
    tensor_type(41, "Q1_0", 128, 18),
    tensor_type(42, "Q2_0", 64, 18),
];

/// The name of a mix of types, from `enum llama_ftype` in `llama.h`.
pub(super) fn file_type_name(number: u32) -> Option<&'static str> {
    Some(match number {
        0 => "F32",
        1 => "F16",
        2 => "Q4_0",
        3 => "Q4_1",
        7 => "Q8_0",
        8 => "Q5_0",
        9 => "Q5_1",
        10 => "Q2_K",
        11 => "Q3_K_S",
        12 => "Q3_K_M",
        13 => "Q3_K_L",
        14 => "Q4_K_S",
        15 => "Q4_K_M",
        16 => "Q5_K_S",
        17 => "Q5_K_M",
        18 => "Q6_K",
        19 => "IQ2_XXS",
        20 => "IQ2_XS",
        21 => "Q2_K_S",
        22 => "IQ3_XS",
        23 => "IQ3_XXS",
        24 => "IQ1_S",
        25 => "IQ4_NL",
        26 => "IQ3_S",
        27 => "IQ3_M",
        28 => "IQ2_S",
        29 => "IQ2_M",
        30 => "IQ4_XS",
        31 => "IQ1_M",
        32 => "BF16",
        36 => "TQ1_0",
        37 => "TQ2_0",
        38 => "MXFP4",
        39 => "NVFP4",
        40 => "Q1_0",
        41 => "Q2_0",
        _ => return None,
    })
}

impl TensorTable {
    /// Reads the table and checks that every tensor lies in the file, each directly after the one before (with
    /// padding to `alignment`), which is what llama.cpp demands.
    pub(super) fn read(reader: &mut Reader, count: u64, alignment: u64) -> Result<Self, GgufError> {
        check("number of tensors", count, MAX_TENSORS)?;
        let mut names = HashSet::new();
        let mut elements_by_type = vec![0_u64; TYPES.len()];
        let mut parameters = 0_u64;
        let mut bytes = 0_u64;
        let mut end = 0_u64;
        let mut next_offset = 0_u64;
        for _ in 0..count {
            let name =
                String::from_utf8_lossy(&reader.string("a tensor's name", MAX_NAME_BYTES)?).into_owned();
            let shape = read_shape(reader, &name)?;
            let kind = reader.u32()?;
            let offset = reader.u64()?;
            let position = TYPES
                .iter()
                .position(|known| known.id == kind)
                .ok_or_else(|| GgufError::Invalid(format!("tensor `{name}` has the unknown type {kind}")))?;
            let (elements, size) = measure(&name, &shape, &TYPES[position])?;
            if offset != next_offset {
                return Err(GgufError::Invalid(format!(
                    "tensor `{name}` starts at {offset} and should at {next_offset}"
                )));
            }
            end = offset.checked_add(size).ok_or_else(|| too_large(&name))?;
            next_offset = end
                .checked_next_multiple_of(alignment)
                .ok_or_else(|| too_large(&name))?;
            bytes = bytes.checked_add(size).ok_or_else(|| too_large(&name))?;
            parameters = parameters.checked_add(elements).ok_or_else(|| too_large(&name))?;
            elements_by_type[position] = elements_by_type[position].saturating_add(elements);
            if !names.insert(name.clone()) {
                return Err(GgufError::Invalid(format!("tensor `{name}` is there twice")));
            }
        }
        let data_start = reader.position().next_multiple_of(alignment);
        let needed_bytes = data_start.checked_add(end).ok_or_else(|| too_large("(last)"))?;
        if end > 0 && needed_bytes > reader.file_bytes() {
            return Err(GgufError::Truncated {
                needed_bytes,
                file_bytes: reader.file_bytes(),
            });
        }
        let main_type = elements_by_type
            .iter()
            .zip(TYPES)
            .filter(|(elements, _)| **elements > 0)
            .max_by_key(|(elements, _)| **elements)
            .map_or("", |(_, known)| known.name);
        Ok(Self {
            parameters,
            bytes,
            main_type,
        })
    }
}

fn too_large(name: &str) -> GgufError {
    GgufError::Invalid(format!("tensor `{name}` is larger than any file"))
}

fn read_shape(reader: &mut Reader, name: &str) -> Result<Vec<u64>, GgufError> {
    let dimensions = reader.u32()?;
    check(
        &format!("number of dimensions of `{name}`"),
        dimensions.into(),
        MAX_DIMENSIONS.into(),
    )?;
    let mut shape = Vec::new();
    for _ in 0..dimensions {
        let length = reader.u64()?;
        if length == 0 || i64::try_from(length).is_err() {
            return Err(GgufError::Invalid(format!(
                "tensor `{name}` has a dimension of {length}"
            )));
        }
        shape.push(length);
    }
    Ok(shape)
}

/// Elements and bytes.
fn measure(name: &str, shape: &[u64], kind: &TensorType) -> Result<(u64, u64), GgufError> {
    let elements = shape
        .iter()
        .try_fold(1_u64, |product, &length| product.checked_mul(length))
        .ok_or_else(|| too_large(name))?;
    let row = shape.first().copied().unwrap_or(1);
    if row % kind.block != 0 {
        return Err(GgufError::Invalid(format!(
            "tensor `{name}` has rows of {row} elements, and {} comes in blocks of {}",
            kind.name, kind.block
        )));
    }
    let size = (elements / kind.block)
        .checked_mul(kind.bytes)
        .ok_or_else(|| too_large(name))?;
    Ok((elements, size))
}
