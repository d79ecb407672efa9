//! Reading good and bad safetensors files.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::Tensors;
use std::path::PathBuf;
use tempfile::TempDir;

fn file(table: &str, numbers: &[f32]) -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("model.safetensors");
    let mut bytes = (table.len() as u64).to_le_bytes().to_vec();
    bytes.extend(table.as_bytes());
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    std::fs::write(&path, bytes).unwrap();
    (dir, path)
}

const TABLE: &str = r#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
    "b": {"dtype": "F32", "shape": [2, 2], "data_offsets": [8, 24]}}"#;

#[test]
fn tensors_are_found_by_name_and_shape() {
    let (_dir, path) = file(TABLE, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let mut tensors = Tensors::open(&path).unwrap();
    assert_eq!(tensors.read("b", &[2, 2]).unwrap(), [3.0, 4.0, 5.0, 6.0]);
    assert_eq!(tensors.read("a", &[2]).unwrap(), [1.0, 2.0]);
    let refused = |result: Result<Vec<f32>, super::TensorsError>| result.unwrap_err().to_string();
    assert!(refused(tensors.read("c", &[1])).contains("no tensor `c`"));
    assert!(refused(tensors.read("a", &[1, 2])).contains("should be F32 [1, 2]"));
}

#[test]
fn damaged_files_are_refused() {
    let dir = TempDir::new().unwrap();
    assert!(Tensors::open(&dir.path().join("absent")).is_err());
    let (_dir, path) = file(TABLE, &[1.0]);
    assert!(Tensors::open(&path).unwrap().read("a", &[2]).is_err());
    let (_dir, path) = file("no json", &[]);
    assert!(
        Tensors::open(&path)
            .err()
            .unwrap()
            .to_string()
            .contains("table of tensors")
    );
    let (_dir, path) = file(
        r#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}"#,
        &[1.0, 2.0],
    );
    assert!(Tensors::open(&path).unwrap().read("a", &[2]).is_err());
    std::fs::write(&path, u64::MAX.to_le_bytes()).unwrap();
    assert!(Tensors::open(&path).is_err());
}
