//! When the doctor is content, and what it advises otherwise.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::intelligence::fit;
use super::machine::{directory, instruction_sets, python};
use super::{Check, Status, worst};
use crate::environment::Environment;
use council_models::hardware::Hardware;

#[test]
fn the_worst_check_decides() {
    let checks = |statuses: &[Status]| -> Vec<Check> {
        statuses
            .iter()
            .map(|&status| Check::new("x", status, "", ""))
            .collect()
    };
    assert_eq!(worst(&checks(&[])), Status::Ok);
    assert_eq!(worst(&checks(&[Status::Ok, Status::Warn])), Status::Warn);
    assert_eq!(
        worst(&checks(&[Status::Fail, Status::Warn, Status::Ok])),
        Status::Fail
    );
}

#[test]
fn a_binary_that_leaves_the_processor_unused_is_noticed() {
    let hardware = Hardware {
        instruction_sets: vec!["avx2", "avx512f"],
        ..Hardware::default()
    };
    assert_eq!(
        instruction_sets(&hardware, &["avx2", "avx512f"]).status,
        Status::Ok
    );
    let check = instruction_sets(&hardware, &["avx2"]);
    assert_eq!(check.status, Status::Warn);
    assert!(
        check.finding.contains("built without avx512f"),
        "{}",
        check.finding
    );
}

#[test]
fn a_directory_is_made_and_nothing_stays_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new");
    assert_eq!(directory("data directory", &path, 0).status, Status::Ok);
    assert_eq!(std::fs::read_dir(&path).unwrap().count(), 0);
    assert_eq!(directory("data directory", &path, u64::MAX).status, Status::Warn);
}

#[test]
fn a_directory_below_a_file_fails_with_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let check = directory("data directory", &file.join("below"), 0);
    assert_eq!(check.status, Status::Fail);
    assert!(check.remedy.contains("--data-dir"), "{}", check.remedy);
}

#[test]
fn a_path_without_python_or_pip_is_a_warning() {
    let dir = tempfile::tempdir().unwrap();
    let environment = Environment::from_pairs(&[("PATH", dir.path().to_str().unwrap())]);
    assert!(python(&environment).finding.starts_with("python3 is not"));
    std::fs::write(dir.path().join("python3"), "").unwrap();
    assert!(python(&environment).finding.starts_with("pip is not"));
    std::fs::write(dir.path().join("pip3"), "").unwrap();
    assert_eq!(python(&environment).status, Status::Ok);
}

#[test]
fn a_model_needs_a_quarter_more_memory_than_its_file() {
    assert_eq!(fit("m", 4_000, 5_000).status, Status::Ok);
    assert_eq!(fit("m", 4_000, 4_999).status, Status::Warn);
}
