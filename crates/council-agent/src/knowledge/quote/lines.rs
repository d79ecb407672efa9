//! The sentences of a passage, with what is needed to understand them.

use crate::english::{lower_words, normal, sentences};

/// Words at the beginning of a sentence that point back to the one before it.
const POINTS_BACK: &[&str] = &[
    "it", "its", "he", "his", "him", "she", "her", "they", "their", "them", "this", "these", "that", "those",
    "there", "then", "also", "nor",
];

/// Fewer words than this make no sentence: "3 February." belongs to what follows.
const LEAST_WORDS: usize = 3;

/// One sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Of which passage.
    pub(super) passage: usize,
    /// The headings above it, highest first.
    pub(super) headings: String,
    /// As it stands, in one line.
    pub(super) text: String,
    /// The sentence before it in the same paragraph.
    pub(super) before: Option<String>,
    /// The sentence after it, where that one points back to it.
    pub(super) after: Option<String>,
}

impl Line {
    /// Whether it points back to the sentence before it.
    pub(super) fn points_back(&self) -> bool {
        self.before.is_some() && points_back(&self.text)
    }

    /// The nearest heading above it; empty where there is none.
    pub(super) fn heading(&self) -> &str {
        self.headings.rsplit(" > ").next().unwrap_or_default()
    }

    /// The sentence with its nearest heading, and with the one before it where it points back.
    pub(super) fn in_context(&self) -> String {
        let heading = self.heading();
        let colon = if heading.is_empty() { "" } else { ": " };
        format!("{heading}{colon}{}", self.understood())
    }

    /// The sentence, with the one before it where it points back.
    fn understood(&self) -> String {
        match &self.before {
            Some(before) if self.points_back() => format!("{before} {}", self.text),
            _ => self.text.clone(),
        }
    }

    /// The same, with the sentence after it where that one goes on.
    pub(super) fn quoted(&self) -> String {
        match &self.after {
            Some(after) => format!("{} {after}", self.understood()),
            None => self.understood(),
        }
    }
}

fn points_back(sentence: &str) -> bool {
    let words = lower_words(sentence);
    words
        .first()
        .is_some_and(|first| POINTS_BACK.contains(&first.as_str()))
}

/// The sentences of a passage: headings, a blank line, and what it says.
pub(super) fn of(passage: usize, text: &str) -> Vec<Line> {
    let (headings, body) = text.split_once("\n\n").unwrap_or(("", text));
    let mut lines: Vec<Line> = Vec::new();
    for entry in entries(body) {
        let sentences = whole_sentences(&entry);
        for (at, text) in sentences.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| &sentences[before]);
            lines.push(Line {
                passage,
                headings: headings.to_owned(),
                text: text.clone(),
                before: before.cloned(),
                after: sentences.get(at + 1).filter(|after| points_back(after)).cloned(),
            });
        }
    }
    lines
}

/// Paragraphs, entries of lists and rows of tables, each in one line and without its mark.
fn entries(body: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    let mut open = false;
    for line in body.lines().map(str::trim) {
        if line.is_empty() {
            open = false;
        } else if let Some(row) = line.strip_prefix('|') {
            entries.extend(cells(row));
            open = false;
        } else if let Some(entry) = unmarked(line) {
            entries.push(entry.to_owned());
            open = true;
        } else if open && let Some(last) = entries.last_mut() {
            last.push(' ');
            last.push_str(line);
        } else {
            entries.push(line.to_owned());
            open = true;
        }
    }
    entries
}

/// The cells of a row in a line; `None` for the rule below a table's head.
fn cells(row: &str) -> Option<String> {
    let cells: Vec<&str> = row
        .split('|')
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    let is_rule = cells
        .iter()
        .all(|cell| cell.chars().all(|c| matches!(c, '-' | ':' | ' ')));
    (!is_rule).then(|| cells.join(" – "))
}

/// An entry of a list without its mark.
fn unmarked(line: &str) -> Option<&str> {
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.len() < line.len() && line.len() - digits.len() <= 3;
    let rest = if numbered {
        digits.strip_prefix(['.', ')'])
    } else {
        line.strip_prefix(['-', '*', '+', '•'])
    };
    rest.filter(|rest| rest.starts_with(' ')).map(str::trim)
}

/// The sentences of an entry, those too short for one with the next.
fn whole_sentences(entry: &str) -> Vec<String> {
    // Marks of emphasis would stand in the quote.
    let text = normal(&entry.replace("**", "").replace("__", ""));
    let mut whole: Vec<String> = Vec::new();
    let mut short = String::new();
    for sentence in sentences(&text) {
        short.push_str(&text[sentence.range]);
        if lower_words(&short).len() >= LEAST_WORDS {
            whole.push(std::mem::take(&mut short));
        } else {
            short.push(' ');
        }
    }
    match whole.last_mut() {
        _ if short.trim().is_empty() => {}
        Some(last) => {
            last.push(' ');
            last.push_str(short.trim());
        }
        None => whole.push(short.trim().to_owned()),
    }
    whole
}
