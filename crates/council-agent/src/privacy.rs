//! Finds private text and replaces it by placeholders that can be undone. Pure: no I/O, no clock.
//!
//! Numbers count only with the check digits, lengths and grouping of their kind, or after a word that says what they
//! are, so that arithmetic and dates stay as they are. What was found once is replaced wherever it stands in the
//! request.
//!
//! - `runs`: digits in groups
//! - `numbers`: cards, and telephone numbers
//! - `ids`: numbers that states give
//! - `iban`: bank accounts
//! - `mail`: addresses
//! - `secrets`: keys, tokens, passwords
//! - [`redact`]: placeholders into a request
//! - [`restore`]: and out of its answer

mod iban;
mod ids;
mod mail;
mod numbers;
pub mod redact;
pub mod restore;
mod runs;
mod secrets;
mod words;

use council_core::PrivacyKind;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

/// A piece of private text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: PrivacyKind,
    /// Where it is, in bytes.
    pub range: Range<usize>,
}

impl Finding {
    fn new(kind: PrivacyKind, range: Range<usize>) -> Self {
        Self { kind, range }
    }
}

/// Finds private text.
#[derive(Clone, Debug, Default)]
pub struct Scanner {
    /// Names and paths of the files that the user marked, lower case, the longest first.
    files: Vec<String>,
}

impl Scanner {
    /// One that also finds the names and paths of these files.
    pub fn new(files: &[PathBuf]) -> Self {
        let mut names: Vec<String> = Vec::new();
        for file in files {
            names.push(file.to_string_lossy().to_lowercase());
            names.extend(file.file_name().map(|name| name.to_string_lossy().to_lowercase()));
        }
        names.retain(|name| name.chars().count() > 1);
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.dedup();
        Self { files: names }
    }

    /// Everything private in `text`, in order, without overlaps: where two things could be meant, the more secret one
    /// is.
    pub fn find(&self, text: &str) -> Vec<Finding> {
        let mut found = secrets::find(text);
        found.extend(iban::find(text));
        found.extend(ids::find(text));
        found.extend(numbers::find(text));
        found.extend(mail::find(text));
        found.extend(self.files(text));
        without_overlaps(found)
    }

    fn files(&self, text: &str) -> Vec<Finding> {
        let mut found = Vec::new();
        for name in &self.files {
            let mut from = 0;
            while let Some(range) = words::find_ignoring_case(text, name, from) {
                from = range.end;
                if words::stands_alone(text, &range) {
                    found.push(Finding::new(PrivacyKind::File, range));
                }
            }
        }
        found
    }
}

/// The smaller, the more secret.
fn rank(kind: PrivacyKind) -> u8 {
    match kind {
        PrivacyKind::PrivateKey => 0,
        PrivacyKind::Jwt => 1,
        PrivacyKind::ApiKey => 2,
        PrivacyKind::Iban => 3,
        PrivacyKind::Card => 4,
        PrivacyKind::NationalId => 5,
        PrivacyKind::Email => 6,
        PrivacyKind::File => 7,
        PrivacyKind::Phone => 8,
        // No text is one.
        PrivacyKind::Image => 9,
    }
}

/// O(n log n), because a document may hold a finding in every few bytes.
fn without_overlaps(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|finding| {
        (
            rank(finding.kind),
            std::cmp::Reverse(finding.range.len()),
            finding.range.start,
        )
    });
    let mut kept: BTreeMap<usize, Finding> = BTreeMap::new();
    for finding in found.into_iter().filter(|finding| !finding.range.is_empty()) {
        // What is kept does not overlap, so that only the last one that begins before its end can be in the way.
        let before = kept.range(..finding.range.end).next_back();
        if before.is_none_or(|(_, other)| other.range.end <= finding.range.start) {
            kept.insert(finding.range.start, finding);
        }
    }
    kept.into_values().collect()
}

#[cfg(test)]
mod tests;
