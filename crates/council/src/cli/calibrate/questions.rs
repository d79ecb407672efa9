//! The questions: those that come with this program, or those of a directory.

use crate::exit::CommandError;
use council_agent::grade::{Question, question};
use council_core::SkillKind;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

/// A file and its text.
type Files = BTreeMap<String, String>;

/// The files of `bench/questions`: a test holds that all are here.
pub(super) const BUNDLED: [(&str, &str); 4] = [
    (
        "code.jsonl",
        include_str!("../../../../../bench/questions/code.jsonl"),
    ),
    (
        "facts.jsonl",
        include_str!("../../../../../bench/questions/facts.jsonl"),
    ),
    (
        "logic.jsonl",
        include_str!("../../../../../bench/questions/logic.jsonl"),
    ),
    (
        "math.jsonl",
        include_str!("../../../../../bench/questions/math.jsonl"),
    ),
];
/// Those of `bench/questions/documents`.
pub(super) const DOCUMENTS: [(&str, &str); 13] = [
    (
        "climbing.md",
        include_str!("../../../../../bench/questions/documents/climbing.md"),
    ),
    (
        "expedition.md",
        include_str!("../../../../../bench/questions/documents/expedition.md"),
    ),
    (
        "ferry.md",
        include_str!("../../../../../bench/questions/documents/ferry.md"),
    ),
    (
        "halcyon.md",
        include_str!("../../../../../bench/questions/documents/halcyon.md"),
    ),
    (
        "handbook.md",
        include_str!("../../../../../bench/questions/documents/handbook.md"),
    ),
    (
        "insurance.md",
        include_str!("../../../../../bench/questions/documents/insurance.md"),
    ),
    (
        "leaflet.md",
        include_str!("../../../../../bench/questions/documents/leaflet.md"),
    ),
    (
        "lease.md",
        include_str!("../../../../../bench/questions/documents/lease.md"),
    ),
    (
        "manual.md",
        include_str!("../../../../../bench/questions/documents/manual.md"),
    ),
    (
        "minutes.md",
        include_str!("../../../../../bench/questions/documents/minutes.md"),
    ),
    (
        "report.md",
        include_str!("../../../../../bench/questions/documents/report.md"),
    ),
    (
        "school.md",
        include_str!("../../../../../bench/questions/documents/school.md"),
    ),
    (
        "trip.md",
        include_str!("../../../../../bench/questions/documents/trip.md"),
    ),
];

/// Questions, and the documents that some of them are about.
pub(in crate::cli) struct Questions {
    pub(in crate::cli) list: Vec<Question>,
    /// By their files' names.
    pub(in crate::cli) documents: Files,
    /// Everything that was read, in the order of its names: what is hashed.
    pub(in crate::cli) texts: Vec<String>,
}

impl Questions {
    /// Those of a directory, or the bundled ones.
    pub(in crate::cli) fn read(folder: Option<&Path>) -> Result<Self, CommandError> {
        let own = |files: &[(&str, &str)]| -> Files {
            files
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect()
        };
        match folder {
            None => Self::parse(&own(&BUNDLED), own(&DOCUMENTS)),
            Some(folder) => {
                let documents = folder.join("documents");
                let documents = if documents.is_dir() {
                    read_all(&documents, "md")?
                } else {
                    Files::new()
                };
                Self::parse(&read_all(folder, "jsonl")?, documents)
            }
        }
    }

    fn parse(files: &Files, documents: Files) -> Result<Self, CommandError> {
        let mut questions = Vec::new();
        for (name, text) in files {
            let found = question::parse(text).map_err(|problem| {
                CommandError::usage(format!("`{name}` is no file of questions: {problem}"))
            })?;
            questions.extend(found);
        }
        if questions.is_empty() {
            return Err(CommandError::usage(
                "there are no questions: give a directory with files *.jsonl",
            ));
        }
        let missing = |question: &&Question| {
            question
                .document
                .as_ref()
                .is_some_and(|document| !documents.contains_key(document))
        };
        if let Some(question) = questions.iter().find(missing) {
            let document = question.document.as_deref().unwrap_or_default();
            return Err(CommandError::usage(format!(
                "question `{}` is about the document `{document}`, which is not in the directory `documents`",
                question.id
            )));
        }
        Ok(Self {
            list: questions,
            texts: files.values().chain(documents.values()).cloned().collect(),
            documents,
        })
    }

    /// The document that a question is about.
    pub(in crate::cli) fn document(&self, question: &Question) -> Option<&str> {
        self.documents
            .get(question.document.as_ref()?)
            .map(String::as_str)
    }

    /// At most so many of them, as many of each kind as can be, each kind's spread over its file.
    pub(super) fn limit(&mut self, most: usize) {
        let mut by_kind: BTreeMap<SkillKind, Vec<Question>> = BTreeMap::new();
        for question in std::mem::take(&mut self.list) {
            by_kind.entry(question.kind).or_default().push(question);
        }
        let mut queues: Vec<VecDeque<Question>> = by_kind.into_values().map(spread).collect();
        while self.list.len() < most && queues.iter().any(|queue| !queue.is_empty()) {
            for queue in &mut queues {
                if self.list.len() < most {
                    self.list.extend(queue.pop_front());
                }
            }
        }
    }
}

/// Every seventh, then every seventh of what is left, so that neighbours, which are alike, do not come together.
fn spread(questions: Vec<Question>) -> VecDeque<Question> {
    let mut order: Vec<(usize, Question)> = questions.into_iter().enumerate().collect();
    order.sort_by_key(|(index, _)| (index % 7, *index));
    order.into_iter().map(|(_, question)| question).collect()
}

/// The files of a directory that end so.
fn read_all(folder: &Path, extension: &str) -> Result<Files, CommandError> {
    let failed = |path: &Path, error: std::io::Error| {
        CommandError::io(format!("`{}` cannot be read: {error}", path.display()))
    };
    let mut files = Files::new();
    for entry in std::fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        if path.extension().is_some_and(|found| found == extension) {
            let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            files.insert(name, text);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests;
