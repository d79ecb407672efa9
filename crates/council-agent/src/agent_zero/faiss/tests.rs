//! Indexes of real faiss, and broken ones.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;

const GOLDEN: &[u8] = include_bytes!("../../../tests/fixtures/agent-zero/index.faiss");

#[test]
fn an_index_of_real_faiss_is_read_and_written_to_the_byte() {
    let index = read(GOLDEN).unwrap();
    assert_eq!((index.dimensions, index.vectors.len()), (8, 3));
    let length: f32 = index.vectors[1].0.iter().map(|number| number * number).sum();
    assert!((length - 1.0).abs() < 1e-5, "{length}");
    assert_eq!(index.vectors[0], index.vectors[2], "the same text");
    assert_eq!(write(8, &index.vectors), GOLDEN);
}

#[test]
fn a_cut_or_foreign_index_is_refused() {
    for length in 0..GOLDEN.len() {
        assert!(
            matches!(read(&GOLDEN[..length]), Err(FaissError::Length { .. })),
            "{length}"
        );
    }
    let mut other = GOLDEN.to_vec();
    other[..4].copy_from_slice(b"IHNf");
    assert_eq!(read(&other), Err(FaissError::Type("IHNf".to_owned())));
    let mut huge = GOLDEN.to_vec();
    huge[8..16].copy_from_slice(&i64::MAX.to_le_bytes());
    assert!(matches!(read(&huge), Err(FaissError::Length { .. })));
    assert_eq!(read(&write(0, &[])).unwrap().vectors, []);
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(tail in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = read(&[b"IxFI", &tail[..]].concat());
    }
}
