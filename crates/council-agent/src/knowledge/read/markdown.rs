//! Markdown: its top-level blocks as they are written, below their headings.

use super::{Block, BlockKind, Document, Place};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// Reads Markdown.
pub(super) fn read(text: &str) -> Document {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reading = Reading {
        text,
        lines: LineNumbers::new(text),
        depth: 0,
        heading: None,
        front: false,
        document: Document::default(),
    };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reading.event(event, range);
    }
    let mut document = reading.document;
    let first = document.blocks.iter().find_map(|block| match block.kind {
        BlockKind::Heading(1) => Some(block.text.clone()),
        BlockKind::Heading(_) | BlockKind::Prose | BlockKind::Code { .. } => None,
    });
    document.title = document.title.or(first);
    document
}

struct Reading<'a> {
    text: &'a str,
    lines: LineNumbers<'a>,
    depth: usize,
    heading: Option<String>,
    /// Within the metadata before the text.
    front: bool,
    document: Document,
}

impl Reading<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => {
                if self.depth == 0 {
                    self.begin(&tag, range);
                }
                self.depth += 1;
            }
            Event::End(tag) => {
                self.depth -= 1;
                match tag {
                    TagEnd::Heading(level) if self.depth == 0 => self.end_heading(level, &range),
                    TagEnd::MetadataBlock(_) => self.front = false,
                    _ => {}
                }
            }
            Event::Text(text) if self.front => {
                let title = text.lines().find_map(|line| line.strip_prefix("title:"));
                let title = title.map(|title| title.trim().trim_matches(['"', '\'']).to_owned());
                self.document.title = title.filter(|title| !title.is_empty());
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut self.heading {
                    heading.push_str(&text);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(heading) = &mut self.heading {
                    heading.push(' ');
                }
            }
            // Thematic breaks say nothing; what is inside of blocks is taken with them.
            _ => {}
        }
    }

    fn begin(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { .. } => self.heading = Some(String::new()),
            Tag::CodeBlock(_) => self.block(BlockKind::Code { label: None }, range),
            Tag::MetadataBlock(_) => {
                self.front = true;
                self.block(BlockKind::Prose, range);
            }
            Tag::HtmlBlock => {
                let html = self.text[range.clone()].trim();
                if !(html.starts_with("<!--") && html.ends_with("-->")) {
                    self.block(BlockKind::Prose, range);
                }
            }
            _ => self.block(BlockKind::Prose, range),
        }
    }

    fn end_heading(&mut self, level: HeadingLevel, range: &Range<usize>) {
        let text = self.heading.take().unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            let place = Place::Lines(self.lines.of(range.start));
            self.document.blocks.push(Block {
                kind: BlockKind::Heading(level as u8),
                text,
                place,
            });
        }
    }

    fn block(&mut self, kind: BlockKind, range: Range<usize>) {
        // An indented block begins after its first indentation; whole lines say where they are.
        let begin = self.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let text = self.text[begin..range.end].trim_end();
        if !text.trim().is_empty() {
            let blank = text.len() - text.trim_start_matches('\n').len();
            let place = Place::Lines(self.lines.of(begin + blank));
            let text = text[blank..].to_owned();
            self.document.blocks.push(Block { kind, text, place });
        }
    }
}

/// Numbers of lines by offset, for offsets that only grow.
struct LineNumbers<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> LineNumbers<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    fn of(&mut self, offset: usize) -> u32 {
        if offset < self.at {
            (self.at, self.line) = (0, 1);
        }
        self.line += self.text[self.at..offset].matches('\n').count() as u32;
        self.at = offset;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(BlockKind, String, Place)> {
        let blocks = read(text).blocks.into_iter();
        blocks
            .map(|block| (block.kind, block.text, block.place))
            .collect()
    }

    #[test]
    fn headings_paragraphs_lists_and_code_keep_their_lines() {
        let text = "# The *big*\nplan\n\nFirst\nparagraph.\n\nSub\n---\n\n- one\n- two\n\n  more\n\n```rust\nfn main() {\n\n}\n```\n\n    indented\n";
        let prose = |text: &str, line| (BlockKind::Prose, text.to_owned(), Place::Lines(line));
        let code = |text: &str, line| {
            let kind = BlockKind::Code { label: None };
            (kind, text.to_owned(), Place::Lines(line))
        };
        assert_eq!(
            seen(text),
            [
                (BlockKind::Heading(1), "The big".to_owned(), Place::Lines(1)),
                prose("plan", 2),
                prose("First\nparagraph.", 4),
                (BlockKind::Heading(2), "Sub".to_owned(), Place::Lines(7)),
                prose("- one\n- two\n\n  more", 10),
                code("```rust\nfn main() {\n\n}\n```", 15),
                code("    indented", 21),
            ]
        );
        assert_eq!(read(text).title.as_deref(), Some("The big"));
    }

    #[test]
    fn the_title_of_the_metadata_comes_first_and_comments_are_left_out() {
        let document =
            read("---\ntitle: \"House rules\"\ntags: [a]\n---\n\n<!-- hidden -->\n\n# One\n\ntext\n");
        assert_eq!(document.title.as_deref(), Some("House rules"));
        assert!(!document.blocks.iter().any(|block| block.text.contains("hidden")));
    }

    #[test]
    fn deep_nesting_is_read() {
        let deep = "> ".repeat(20_000) + "at the bottom";
        assert!(
            seen(&deep)
                .iter()
                .any(|(_, text, _)| text.contains("at the bottom"))
        );
        let brackets = "[".repeat(50_000) + "x";
        assert_eq!(seen(&brackets).len(), 1);
    }
}
