//! Tests of the header reader and of the writer against it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::writer::{GgufWriter, MetaValue, TinyArchitecture, TinyModel, write_tiny_model};
use super::{GgufError, GgufSummary, tensor_totals};
use crate::config::KvType;
use proptest::prelude::*;
use std::path::PathBuf;
use tempfile::TempDir;

/// The smallest header that describes a language model, with one tensor.
fn minimal() -> GgufWriter {
    let mut writer = GgufWriter::new();
    writer
        .pair("general.architecture", MetaValue::Text("llama".into()))
        .pair("llama.context_length", MetaValue::U32(128))
        .pair("llama.block_count", MetaValue::U32(3))
        .pair("llama.embedding_length", MetaValue::U32(64))
        .pair("llama.attention.head_count", MetaValue::U32(4))
        .tensor("token_embd.weight", &[64, 2], vec![0.0; 128]);
    writer
}

fn in_file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("model.gguf");
    std::fs::write(&path, bytes).unwrap();
    (dir, path)
}

fn read(bytes: &[u8]) -> Result<GgufSummary, GgufError> {
    let (_dir, path) = in_file(bytes);
    GgufSummary::read(&path)
}

fn message(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

/// The position of `needle` in `bytes`.
fn find(bytes: &[u8], needle: &[u8]) -> usize {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
        .unwrap()
}

#[test]
fn every_tiny_model_is_read_back_as_it_was_described() {
    for architecture in TinyArchitecture::ALL {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("tiny.gguf");
        let model = TinyModel {
            architecture,
            control_tokens: vec!["<|im_end|>".into()],
            eos_token: Some("<|im_end|>".into()),
            chat_template: Some("{{ messages[0].content }}".into()),
            ..TinyModel::default()
        };
        write_tiny_model(&path, &model).unwrap();
        let summary = GgufSummary::read(&path).unwrap();
        assert_eq!(
            GgufSummary {
                tensor_bytes: 0,
                parameters: 0,
                ..summary.clone()
            },
            GgufSummary {
                architecture: architecture.as_str().into(),
                name: Some(model.name),
                context_length: 512,
                block_count: 2,
                embedding_length: 128,
                head_count: 4,
                head_count_kv: 2,
                head_count_kv_by_layer: Vec::new(),
                key_length: 32,
                value_length: 32,
                vocab_size: 3 + 256 + 52 + 1,
                tokenizer_model: Some("llama".into()),
                tokenizer_pre: None,
                add_bos_token: Some(true),
                chat_template: model.chat_template,
                chat_template_tool_use: None,
                bos_token: Some("<s>".into()),
                eos_token: Some("<|im_end|>".into()),
                tensor_bytes: 0,
                quantisation: "F32".into(),
                parameters: 0,
                split_count: 1,
            },
            "{architecture:?}"
        );
        assert_eq!(summary.tensor_bytes, summary.parameters * 4, "{architecture:?}");
        assert_eq!(
            tensor_totals(&path).unwrap().parameters,
            summary.parameters,
            "{architecture:?}"
        );
    }
}

#[test]
fn the_same_description_gives_the_same_bytes_and_another_seed_gives_others() {
    let dir = TempDir::new().unwrap();
    let write = |name: &str, seed| {
        let path = dir.path().join(name);
        write_tiny_model(
            &path,
            &TinyModel {
                seed,
                ..TinyModel::default()
            },
        )
        .unwrap();
        std::fs::read(path).unwrap()
    };
    let first = write("a", 7);
    assert!(first == write("b", 7));
    assert!(first != write("c", 8));
}

#[test]
fn a_description_that_no_model_can_have_is_refused() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("tiny.gguf");
    for model in [
        TinyModel {
            heads: 3,
            ..TinyModel::default()
        },
        TinyModel {
            heads_kv: 3,
            ..TinyModel::default()
        },
        TinyModel {
            eos_token: Some("<|none|>".into()),
            ..TinyModel::default()
        },
    ] {
        assert!(write_tiny_model(&path, &model).is_err(), "{model:?}");
        assert!(!path.exists());
    }
}

#[test]
fn another_kind_of_file_is_refused_with_its_first_bytes() {
    assert_eq!(
        message(b"PK\x03\x04 and so on"),
        r"not a GGUF file: it starts with `PK\x03\x04`"
    );
    assert!(message(b"GG").starts_with("truncated: the header needs at least 4 bytes and the file has 2"));
    assert!(message(b"").starts_with("truncated"));
}

#[test]
fn a_directory_is_refused() {
    let dir = TempDir::new().unwrap();
    assert!(GgufSummary::read(dir.path()).is_err());
}

#[test]
fn other_versions_are_refused_and_version_2_is_read() {
    let mut bytes = minimal().to_bytes();
    bytes[4] = 2;
    assert!(read(&bytes).is_ok());
    bytes[4] = 1;
    assert!(message(&bytes).contains("version 1 "));
    bytes[4] = 4;
    assert!(message(&bytes).contains("version 4 "));
    bytes[4..8].copy_from_slice(&3_u32.to_be_bytes());
    assert!(message(&bytes).contains("big-endian"));
}

#[test]
fn a_truncated_file_is_refused_with_both_byte_counts() {
    let bytes = minimal().to_bytes();
    let cut = &bytes[..bytes.len() - 1];
    match read(cut).unwrap_err() {
        GgufError::Truncated {
            needed_bytes,
            file_bytes,
        } => {
            assert_eq!(
                (needed_bytes, file_bytes),
                (bytes.len() as u64, bytes.len() as u64 - 1)
            );
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let bytes = minimal().to_bytes();
    for length in 0..bytes.len() {
        assert!(
            read(&bytes[..length]).is_err(),
            "{length} of {} bytes",
            bytes.len()
        );
    }
}

#[test]
fn a_count_beyond_all_models_is_refused_before_anything_is_allocated() {
    let bytes = minimal().to_bytes();
    for (position, what) in [(8, "number of tensors"), (16, "number of key-value pairs")] {
        let mut bytes = bytes.clone();
        bytes[position..position + 8].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(message(&bytes).contains(what), "{what}");
    }
    let mut bytes = bytes;
    let length = find(&bytes, b"llama") - 8;
    bytes[length..length + 8].copy_from_slice(&(1_u64 << 62).to_le_bytes());
    assert!(message(&bytes).contains("length of `general.architecture` is 4611686018427387904"));
}

#[test]
fn a_string_longer_than_the_rest_of_the_file_is_refused() {
    let mut bytes = minimal().to_bytes();
    let length = find(&bytes, b"llama") - 8;
    bytes[length..length + 8].copy_from_slice(&(1_u64 << 20).to_le_bytes());
    assert!(matches!(read(&bytes), Err(GgufError::TruncatedHeader { .. })));
}

#[test]
fn a_tensor_that_is_not_where_it_should_be_is_refused() {
    let mut writer = minimal();
    writer.tensor("output.weight", &[64], vec![0.0; 64]);
    let mut bytes = writer.to_bytes();
    // Name, dimensions, one length, type, then the offset.
    let offset = find(&bytes, b"output.weight") + 13 + 4 + 8 + 4;
    assert_eq!(bytes[offset..offset + 8], 512_u64.to_le_bytes());
    bytes[offset..offset + 8].copy_from_slice(&(u64::MAX - 31).to_le_bytes());
    assert!(
        message(&bytes).contains("tensor `output.weight` starts at 18446744073709551584 and should at 512")
    );
}

#[test]
fn unknown_types_ragged_rows_and_empty_dimensions_are_refused() {
    let bytes = minimal().to_bytes();
    let shape = find(&bytes, b"token_embd.weight") + 17 + 4;
    let kind = shape + 16;
    let with = |position: usize, value: u64, width: usize| {
        let mut bytes = bytes.clone();
        bytes[position..position + width].copy_from_slice(&value.to_le_bytes()[..width]);
        message(&bytes)
    };
    assert!(with(kind, 4, 4).contains("unknown type 4"), "a withdrawn type");
    assert!(with(kind, 999, 4).contains("unknown type 999"));
    assert!(with(kind, 12, 4).contains("rows of 64 elements, and Q4_K comes in blocks of 256"));
    assert!(with(shape, 0, 8).contains("a dimension of 0"));
    assert!(with(shape, u64::MAX, 8).contains("a dimension of 18446744073709551615"));
    assert!(with(shape, 1 << 62, 8).contains("larger than any file"));
    assert!(with(shape - 4, 5, 4).contains("number of dimensions"));
}

#[test]
fn a_repeated_key_or_tensor_is_refused() {
    let mut writer = minimal();
    writer.pair("llama.block_count", MetaValue::U32(3));
    assert!(message(&writer.to_bytes()).contains("`llama.block_count` is there twice"));
    let mut writer = minimal();
    writer.tensor("token_embd.weight", &[1], vec![0.0]);
    assert!(message(&writer.to_bytes()).contains("tensor `token_embd.weight` is there twice"));
}

#[test]
fn what_is_no_language_model_is_named_as_such() {
    let mut writer = GgufWriter::new();
    writer.pair("general.architecture", MetaValue::Text("clip".into()));
    assert_eq!(
        message(&writer.to_bytes()),
        "not a language model (architecture `clip`): `clip.context_length` is missing"
    );
}

#[test]
fn an_alignment_that_is_no_power_of_two_is_refused() {
    for alignment in [0, 3, 1 << 21] {
        let mut writer = minimal();
        writer.pair("general.alignment", MetaValue::U32(alignment));
        assert!(
            message(&writer.to_bytes()).contains("`general.alignment`"),
            "{alignment}"
        );
    }
}

#[test]
fn the_kv_cache_of_a_token_counts_keys_and_values_of_all_layers() {
    let summary = read(&minimal().to_bytes()).unwrap();
    // 3 layers of 4 heads with 16 values each for key and value, 2 bytes.
    assert_eq!(summary.kv_bytes_per_token(KvType::F16), 3 * 4 * 32 * 2);
    assert_eq!(summary.kv_bytes_per_token(KvType::Q8_0), 3 * 4 * 34);
    assert_eq!(summary.kv_bytes_per_token(KvType::Q4_0), 3 * 4 * 18);
}

#[test]
fn heads_that_differ_by_layer_are_added_up() {
    let mut writer = minimal();
    writer.pair("llama.attention.head_count_kv", MetaValue::U32s(vec![4, 0, 1]));
    let summary = read(&writer.to_bytes()).unwrap();
    assert_eq!(summary.head_count_kv, 4);
    assert_eq!(summary.kv_bytes_per_token(KvType::F16), (4 + 1) * 32 * 2);
}

#[test]
fn whether_a_prompt_begins_with_bos_follows_the_file_then_the_tokenizer() {
    let add_bos = |pairs: &[(&str, MetaValue)]| {
        let mut writer = minimal();
        for (key, value) in pairs {
            writer.pair(*key, value.clone());
        }
        read(&writer.to_bytes()).unwrap().add_bos()
    };
    let model = |name: &str| ("tokenizer.ggml.model", MetaValue::Text(name.into()));
    assert!(add_bos(&[model("llama")]));
    assert!(!add_bos(&[model("gpt2")]));
    assert!(add_bos(&[
        model("gpt2"),
        ("tokenizer.ggml.pre", MetaValue::Text("llama-bpe".into()))
    ]));
    assert!(!add_bos(&[
        model("llama"),
        ("tokenizer.ggml.add_bos_token", MetaValue::Bool(false))
    ]));
}

#[test]
fn a_token_id_beyond_the_vocabulary_has_no_text() {
    let mut writer = minimal();
    writer
        .pair(
            "tokenizer.ggml.tokens",
            MetaValue::Texts(vec!["a".into(), "b".into()]),
        )
        .pair("tokenizer.ggml.bos_token_id", MetaValue::U32(1))
        .pair("tokenizer.ggml.eos_token_id", MetaValue::U32(2));
    let summary = read(&writer.to_bytes()).unwrap();
    assert_eq!(
        (summary.bos_token.as_deref(), summary.eos_token),
        (Some("b"), None)
    );
}

#[test]
fn without_a_file_type_the_type_of_most_parameters_is_named() {
    let summary = read(&minimal().to_bytes()).unwrap();
    assert_eq!(summary.quantisation, "F32");
    let mut writer = minimal();
    writer.pair("general.file_type", MetaValue::U32(15));
    assert_eq!(read(&writer.to_bytes()).unwrap().quantisation, "Q4_K_M");
}

proptest! {
    /// A damaged header is either refused or still describes something plausible; it never panics or allocates much.
    #[test]
    fn damaged_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut writer = minimal();
        writer
            .pair("tokenizer.ggml.tokens", MetaValue::Texts(vec!["a".into(), "b".into()]))
            .pair("tokenizer.ggml.bos_token_id", MetaValue::U32(1))
            .pair("llama.attention.head_count_kv", MetaValue::U32s(vec![4, 0, 1]));
        let mut bytes = writer.to_bytes();
        for (index, value) in changes {
            let position = index.index(bytes.len());
            bytes[position] = value;
        }
        if let Ok(summary) = read(&bytes) {
            let _ = summary.kv_bytes_per_token(KvType::Q8_0);
            prop_assert!(summary.block_count > 0 && summary.context_length > 0);
        }
    }

    /// Nor do arbitrary bytes behind a valid start.
    #[test]
    fn arbitrary_bytes_never_panic(tail in prop::collection::vec(any::<u8>(), 0..512)) {
        let mut bytes = b"GGUF\x03\0\0\0\x02\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0".to_vec();
        bytes.extend(tail);
        prop_assert!(read(&bytes).is_err());
    }
}
