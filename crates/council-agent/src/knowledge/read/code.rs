//! Source code and data: runs of lines that begin at the margin after a blank line.

use super::{Block, BlockKind, Document, Place};

/// Longest line that is taken for what a run of lines is about, in characters.
const MAX_LABEL_CHARS: usize = 100;

/// Reads lines.
pub(super) fn read(text: &str) -> Document {
    let mut blocks = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut first = 1;
    let mut blank = true;
    for (number, line) in (1_u32..).zip(text.lines()) {
        let begins = !line.trim().is_empty() && !line.starts_with([' ', '\t', '}', ')', ']']);
        if blank && begins {
            close(&mut blocks, &mut open, first);
        }
        if open.is_empty() {
            first = number;
        }
        open.push(line);
        blank = line.trim().is_empty();
    }
    close(&mut blocks, &mut open, first);
    Document { title: None, blocks }
}

fn close(blocks: &mut Vec<Block>, open: &mut Vec<&str>, first: u32) {
    let skipped = open.iter().take_while(|line| line.trim().is_empty()).count();
    let lines = &open[skipped..];
    let length = lines.iter().rposition(|line| !line.trim().is_empty());
    if let Some(last) = length {
        let lines = &lines[..=last];
        blocks.push(Block {
            kind: BlockKind::Code { label: label(lines) },
            text: lines.join("\n"),
            place: Place::Lines(first + skipped as u32),
        });
    }
    open.clear();
}

/// The first line that is no comment, attribute or decorator.
fn label(lines: &[&str]) -> Option<String> {
    const MARKS: [&str; 9] = ["//", "/*", "*", "#", "@", "--", "\"\"\"", "<!--", ";"];
    let is_code = |line: &&&str| {
        let line = line.trim();
        !line.is_empty() && !MARKS.iter().any(|mark| line.starts_with(mark))
    };
    let line = lines.iter().find(is_code)?.trim();
    let line = line.trim_end_matches(['{', '(', '[', ':', ' ']);
    Some(line.chars().take(MAX_LABEL_CHARS).collect()).filter(|label: &String| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_apart_and_know_their_lines_and_what_they_are_about() {
        let text = "//! Charter.\n\nuse std::fmt;\n\n/// Doubles.\n#[inline]\nfn double(x: u32) -> u32 {\n    let y = x;\n\n    y * 2\n}\n";
        let found: Vec<_> = read(text)
            .blocks
            .into_iter()
            .map(|block| (block.place, block.kind, block.text.lines().count()))
            .collect();
        let code = |label: &str| BlockKind::Code {
            label: Some(label.to_owned()),
        };
        assert_eq!(
            found,
            [
                (Place::Lines(1), BlockKind::Code { label: None }, 1),
                (Place::Lines(3), code("use std::fmt;"), 1),
                (Place::Lines(5), code("fn double(x: u32) -> u32"), 7),
            ]
        );
    }
}
