//! Against what the `tokenizers` library makes of the same texts (`tests/fixtures/embed/make.py`).
#![expect(clippy::unwrap_used, reason = "tests")]

use super::WordPiece;
use serde_json::{Value, json};

const REFERENCE: &str = include_str!("../../../tests/fixtures/embed/tokens.json");

fn reference() -> (WordPiece, Value) {
    let reference: Value = serde_json::from_str(REFERENCE).unwrap();
    let file = json!({"model": {"type": "WordPiece", "vocab": reference["vocabulary"]}});
    (WordPiece::parse(file.to_string().as_bytes()).unwrap(), reference)
}

fn special(reference: &Value, name: &str) -> u32 {
    reference["vocabulary"][name].as_u64().unwrap() as u32
}

#[test]
fn every_text_has_the_reference_s_tokens() {
    let (words, reference) = reference();
    let cases: Vec<(String, Vec<u32>)> = serde_json::from_value(reference["cases"].clone()).unwrap();
    assert!(cases.len() > 250);
    let differing: Vec<_> = cases
        .into_iter()
        .map(|(text, expected)| (words.encode(&text, 256), expected, text))
        .filter(|(found, expected, _)| found != expected)
        .collect();
    assert!(differing.is_empty(), "{} differ: {differing:?}", differing.len());
}

#[test]
fn a_long_text_is_cut_at_the_limit_and_still_ends() {
    let (words, reference) = reference();
    let ids = words.encode(&"the river ".repeat(1 << 20), 256);
    assert_eq!(ids.len(), 256);
    assert_eq!(ids[0], special(&reference, "[CLS]"));
    assert_eq!(ids[255], special(&reference, "[SEP]"));
    assert_eq!(words.encode("the river the", 4), {
        let all = words.encode("the river", 256);
        assert_eq!(all.len(), 4);
        all
    });
    // The last word that fits has more pieces than there is room for.
    let pieces = words.encode("unbelievable reorganisations", 256);
    let cut = words.encode("unbelievable reorganisations", pieces.len() - 1);
    assert_eq!(cut[..cut.len() - 1], pieces[..pieces.len() - 2]);
    assert_eq!(cut[cut.len() - 1], special(&reference, "[SEP]"));
}

#[test]
fn a_marker_in_a_text_is_text() {
    let (words, reference) = reference();
    let ids = words.encode("the [SEP] [CLS]", 256);
    for name in ["[SEP]", "[CLS]"] {
        let count = ids.iter().filter(|&&id| id == special(&reference, name)).count();
        assert_eq!(count, 1, "{name}: {ids:?}");
    }
}

#[test]
fn a_file_that_is_no_word_piece_tokenizer_is_refused() {
    let refused = |text: &str| WordPiece::parse(text.as_bytes()).err().unwrap();
    assert!(refused("{}").contains("model"));
    assert!(refused(r#"{"model": {"type": "BPE", "vocab": {}}}"#).contains("`BPE`"));
    assert!(refused(r#"{"model": {"type": "WordPiece", "vocab": {"[CLS]": 0}}}"#).contains("`[SEP]`"));
    let gap = r#"{"model": {"vocab": {"[CLS]": 0, "[SEP]": 1, "[UNK]": 7}}}"#;
    assert!(refused(gap).contains("gaps"));
}
