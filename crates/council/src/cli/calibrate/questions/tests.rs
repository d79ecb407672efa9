//! The bundled questions, and limits.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{BUNDLED, DOCUMENTS, Questions};
use council_core::SkillKind;
use std::collections::BTreeSet;
use std::path::Path;

fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(extension)).collect()
}

#[test]
fn every_file_of_questions_comes_with_the_program() {
    let bundled = |files: &[(&str, &str)]| files.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("../../bench/questions", ".jsonl"), bundled(&BUNDLED));
    assert_eq!(
        names("../../bench/questions/documents", ".md"),
        bundled(&DOCUMENTS)
    );
}

#[test]
fn the_bundled_questions_can_be_read_and_their_ids_are_unique() {
    let all = Questions::read(None).unwrap();
    let ids: BTreeSet<_> = all.list.iter().map(|question| &question.id).collect();
    assert_eq!(ids.len(), all.list.len());
    let facts = all
        .list
        .iter()
        .filter(|question| question.kind == SkillKind::Knowledge);
    assert!(facts.clone().count() >= 60);
    for question in facts {
        assert!(all.document(question).is_some(), "{}", question.id);
    }
}

#[test]
fn a_limit_takes_as_many_of_each_kind() {
    let line = |id: usize, kind: &str| {
        format!(
            r#"{{"id": "{id}", "kind": "{kind}", "question": "?", "answer": {{"type": "text", "value": "x"}}}}"#
        )
    };
    let mut lines: Vec<String> = (0..50).map(|id| line(id, "math")).collect();
    lines.extend((50..53).map(|id| line(id, "logic")));
    let files = [("a.jsonl".to_owned(), lines.join("\n"))].into();
    let mut questions = Questions::parse(&files, super::Files::new())
        .map_err(|error| error.message)
        .unwrap();
    questions.limit(10);
    let logic = questions
        .list
        .iter()
        .filter(|question| question.kind == SkillKind::Logic);
    assert_eq!((questions.list.len(), logic.count()), (10, 3));
}
