//! Plain text: paragraphs between blank lines.

use super::{Block, BlockKind, Document, Place};

/// Reads plain text.
pub(super) fn read(text: &str) -> Document {
    let blocks = paragraphs(text).map(|(line, text)| Block {
        kind: BlockKind::Prose,
        text: text.to_owned(),
        place: Place::Lines(line),
    });
    Document {
        title: None,
        blocks: blocks.collect(),
    }
}

/// Runs of lines that are not blank, with the number of the first line of each, counted from 1.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let mut rest = text;
    let mut line = 1;
    std::iter::from_fn(move || {
        // Blank lines before it.
        while let Some(end) = rest.find('\n')
            && rest[..end].trim().is_empty()
        {
            rest = &rest[end + 1..];
            line += 1;
        }
        if rest.trim().is_empty() {
            return None;
        }
        let mut length = 0;
        let mut lines = 0;
        for each in rest.split_inclusive('\n') {
            if each.trim().is_empty() {
                break;
            }
            length += each.len();
            lines += 1;
        }
        let (paragraph, after) = rest.split_at(length);
        let at = line;
        rest = after;
        line += lines;
        Some((at, paragraph.trim_end_matches('\n')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_between_blank_lines_and_know_their_lines() {
        let found: Vec<_> = paragraphs("\n \nfirst\nsecond\n\n\t\n  third\n").collect();
        assert_eq!(found, [(3, "first\nsecond"), (7, "  third")]);
        assert_eq!(paragraphs(" \n\n").count(), 0);
        assert_eq!(paragraphs("alone").collect::<Vec<_>>(), [(1, "alone")]);
    }
}
