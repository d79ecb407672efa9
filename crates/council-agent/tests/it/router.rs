//! The queries that the classifier is trained on, and those that are held out.

use crate::router_data::{LABELS, expand, read_lines};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/router")
}

#[test]
fn the_queries_are_those_of_the_templates_and_none_is_held_out() {
    let held_out = read_lines(&folder().join("heldout.jsonl")).unwrap();
    let queries = expand(&folder(), &held_out).unwrap();
    assert_eq!(
        queries,
        read_lines(&folder().join("train.jsonl")).unwrap(),
        "run `cargo xtask train-router`"
    );
    assert!(queries.len() >= 1_800, "{}", queries.len());
    for query in queries.iter().chain(&held_out) {
        query.label().unwrap();
    }
    assert!(held_out.len() >= 250, "{}", held_out.len());
    for kind in &LABELS[..5] {
        let count = held_out.iter().filter(|query| query.kind == *kind).count();
        assert!(count >= 40, "{kind}: {count}");
    }
}

#[test]
fn queries_of_one_template_and_queries_of_nearly_equal_words_are_of_one_group() {
    let queries = read_lines(&folder().join("train.jsonl")).unwrap();
    let group = |text: &str| queries.iter().find(|query| query.text == text).unwrap().group;
    // A query, and the same as it is typed in a hurry.
    assert_eq!(
        group("What is the capital of Peru?"),
        group("what is the capital of peru")
    );
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for query in &queries {
        *sizes.entry(query.group).or_default() += 1;
    }
    // Otherwise nothing would be held out by groups.
    assert!(sizes.len() > queries.len() / 4, "{}", sizes.len());
    assert!(sizes.values().any(|size| *size >= 6));
}

#[test]
fn a_query_for_training_that_is_nearly_held_out_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("queries")).unwrap();
    std::fs::write(dir.path().join("slots.txt"), "n: 1 | 2\n").unwrap();
    for label in LABELS {
        std::fs::write(dir.path().join(format!("queries/{label}.txt")), "").unwrap();
    }
    std::fs::write(
        dir.path().join("queries/math.txt"),
        "how many days are there in [[n]] weeks\n",
    )
    .unwrap();
    std::fs::write(
        dir.path().join("heldout.jsonl"),
        "{\"text\": \"How many days are in 2 weeks?\", \"kind\": \"math\"}\n",
    )
    .unwrap();
    let held_out = read_lines(&dir.path().join("heldout.jsonl")).unwrap();
    let error = expand(dir.path(), &held_out).unwrap_err().to_string();
    assert!(
        error.ends_with("is nearly `How many days are in 2 weeks?`, which is held out"),
        "{error}"
    );
    assert!(!expand(dir.path(), &[]).unwrap().is_empty());
}
