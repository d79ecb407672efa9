//! HTML: its text below its headings, without scripts, styles and navigation.
//!
//! Only the tokenizer is used, and no tree is built: nothing recurses, however deep elements are nested.

use super::{Block, BlockKind, Deadline, Document, Place, ReadError};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

/// Bytes between two looks at the deadline.
const STEP: usize = 16 << 10;

/// Elements whose text is not part of what the page says.
const LEFT_OUT: &[&str] = &[
    "nav", "script", "style", "noscript", "template", "iframe", "svg", "math", "object", "select", "button",
];

/// Elements that begin and end a block of text.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "ol",
    "option",
    "p",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "title",
    "tr",
    "ul",
];

/// Reads a page.
pub(super) fn read(text: &str, deadline: &Deadline) -> Result<Document, ReadError> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    let mut rest = text;
    while !rest.is_empty() {
        deadline.check()?;
        let mut step = rest.len().min(STEP);
        while !rest.is_char_boundary(step) {
            step += 1;
        }
        let (now, later) = rest.split_at(step);
        input.push_back(StrTendril::from_slice(now));
        // Scripts do not run, so that nothing stops the tokenizer before the end of its input.
        while !input.is_empty() {
            let _ = tokenizer.feed(&input);
        }
        rest = later;
    }
    tokenizer.end();
    let mut page = tokenizer.sink.0.into_inner();
    page.flush();
    let first = page.blocks.iter().find_map(|block| match block.kind {
        BlockKind::Heading(1) => Some(block.text.clone()),
        BlockKind::Heading(_) | BlockKind::Prose | BlockKind::Code { .. } => None,
    });
    Ok(Document {
        title: page.title.or(first),
        blocks: page.blocks,
    })
}

#[derive(Default)]
struct Sink(RefCell<Page>);

/// What was read of a page so far.
#[derive(Default)]
struct Page {
    blocks: Vec<Block>,
    title: Option<String>,
    /// The block that is open.
    text: String,
    kind: Kind,
    /// Its first and last line.
    lines: Option<(u32, u32)>,
    /// The element that is left out, and how often it is nested in itself.
    left_out: Option<(String, usize)>,
}

/// What the open block is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Prose,
    Item,
    Heading(u8),
    Pre,
    Title,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        match token {
            Token::TagToken(tag) => return page.tag(&tag, line),
            Token::CharacterTokens(text) => page.characters(&text, line),
            Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

impl Page {
    fn tag(&mut self, tag: &Tag, line: u32) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        if self.is_left_out(name, tag) {
            return after(name, tag.kind);
        }
        match (tag.kind, name) {
            (TagKind::StartTag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
                self.flush();
                self.kind = Kind::Heading(name.as_bytes()[1] - b'0');
            }
            (TagKind::EndTag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre") => self.flush(),
            (TagKind::StartTag, "pre") => {
                self.flush();
                self.kind = Kind::Pre;
            }
            (TagKind::StartTag, "br") => self.text.push('\u{B}'),
            (TagKind::StartTag, "td" | "th") if !self.text.trim().is_empty() => self.characters(" | ", line),
            (_, block) if BLOCKS.contains(&block) => {
                // Line breaks within preformatted text and headings stay theirs, whatever markup is in them.
                if !matches!(self.kind, Kind::Pre) {
                    self.flush();
                }
                if tag.kind == TagKind::StartTag && self.kind == Kind::Prose {
                    match block {
                        "li" | "dt" | "dd" => self.kind = Kind::Item,
                        "title" => self.kind = Kind::Title,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        after(name, tag.kind)
    }

    /// Whether a tag is within what is left out, or begins it.
    fn is_left_out(&mut self, name: &str, tag: &Tag) -> bool {
        let Some((element, depth)) = &mut self.left_out else {
            let begins = tag.kind == TagKind::StartTag && !tag.self_closing && LEFT_OUT.contains(&name);
            if begins {
                self.flush();
                self.left_out = Some((name.to_owned(), 1));
            }
            return begins;
        };
        // A navigation that is never closed does not swallow the page.
        let main = matches!(name, "main" | "article" | "h1") && tag.kind == TagKind::StartTag;
        if main || (matches!(name, "body" | "html") && tag.kind == TagKind::EndTag) {
            self.left_out = None;
            return false;
        }
        if name == element && !tag.self_closing {
            match tag.kind {
                TagKind::StartTag => *depth += 1,
                TagKind::EndTag => *depth -= 1,
            }
            if *depth == 0 {
                self.left_out = None;
            }
        }
        true
    }

    fn characters(&mut self, text: &str, line: u32) {
        if self.left_out.is_some() {
            return;
        }
        if !text.trim().is_empty() {
            // The tokenizer has counted the lines of the text already.
            let begins = line.saturating_sub(text.matches('\n').count() as u32).max(1);
            let (first, _) = self.lines.unwrap_or((begins, line));
            self.lines = Some((first, line.max(first)));
        }
        self.text.push_str(text);
    }

    /// Ends the open block.
    fn flush(&mut self) {
        let kind = std::mem::take(&mut self.kind);
        let lines = self.lines.take();
        let text = std::mem::take(&mut self.text);
        let text = match kind {
            Kind::Pre => text.trim_matches('\n').replace('\u{B}', "\n"),
            Kind::Prose | Kind::Item | Kind::Heading(_) | Kind::Title => collapse(&text),
        };
        let Some((first, last)) = lines.filter(|_| !text.trim().is_empty()) else {
            return;
        };
        let (kind, text) = match kind {
            Kind::Title => {
                self.title.get_or_insert(text);
                return;
            }
            Kind::Heading(level) => (BlockKind::Heading(level), text.replace('\n', " ")),
            Kind::Pre => (BlockKind::Code { label: None }, text),
            Kind::Item => (BlockKind::Prose, format!("- {text}")),
            Kind::Prose => (BlockKind::Prose, text),
        };
        let place = Place::Span(first, last);
        self.blocks.push(Block { kind, text, place });
    }
}

/// How the tokenizer goes on after a tag: within some elements there are no tags.
fn after(name: &str, kind: TagKind) -> TokenSinkResult<()> {
    if kind == TagKind::EndTag {
        return TokenSinkResult::Continue;
    }
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}

/// Runs of white space as one space, marked line breaks as line breaks.
fn collapse(text: &str) -> String {
    let lines = text.split('\u{B}').map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ")
    });
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests;
