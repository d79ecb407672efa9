//! Documents in parts that an embedder reads whole: along headings, paragraphs and blocks of code.
//!
//! - `tokens`: how long a text is for an embedder, about
//! - `split`: a block that is longer than a part

mod split;
mod tokens;

use super::read::{Block, BlockKind, Document, Place};
use split::{Piece, split};
use tokens::tokens;

/// How long parts are, in tokens. all-MiniLM-L6-v2 reads 256, of which two are marks, and the count is an estimate.
const PART_TOKENS: usize = 200;

/// Most tokens that a part's headings take of it.
const PATH_TOKENS: usize = 48;

/// Most characters and tokens of one heading in the headings of a part, so that two always have room.
const HEADING_CHARS: usize = 120;
const HEADING_TOKENS: usize = PATH_TOKENS / 2 - 2;

/// What is between a heading and the one below it.
const BELOW: &str = " > ";

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Its headings, a blank line, and what it says.
    pub(super) text: String,
    /// The headings that it stands below, highest first.
    pub(super) headings: Vec<String>,
    /// Where it is in its file.
    pub(super) at: At,
    /// Where what it says begins in `text`, and how much of that the part before it says too, in bytes.
    pub(super) body: usize,
    pub(super) overlap: usize,
}

/// Where a part is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// On this page.
    Page(u32),
    /// From this line to that one.
    Lines(u32, u32),
}

impl At {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Lines(first, _), Self::Lines(_, last)) => Self::Lines(first, last.max(first)),
            (page @ Self::Page(_), _) | (_, page @ Self::Page(_)) => page,
        }
    }

    /// Whether a part may hold both.
    fn joins(self, other: Self) -> bool {
        match (self, other) {
            (Self::Page(one), Self::Page(another)) => one == another,
            (Self::Lines(..), Self::Lines(..)) => true,
            (Self::Page(_), Self::Lines(..)) | (Self::Lines(..), Self::Page(_)) => false,
        }
    }
}

/// Divides a document. `title` stands above the headings of every part.
pub(super) fn chunks(document: &Document, title: &str) -> Vec<Chunk> {
    let mut parts = Parts {
        title: plain(title),
        path: Vec::new(),
        unsaid: None,
        open: None,
        done: Vec::new(),
    };
    for block in &document.blocks {
        match &block.kind {
            BlockKind::Heading(level) => parts.heading(*level, block),
            BlockKind::Prose | BlockKind::Code { .. } => parts.block(block),
        }
    }
    parts.close();
    parts.heading_alone(0);
    parts.done
}

/// A heading in one short line.
fn plain(heading: &str) -> String {
    let line = one_line(heading);
    match too_long_at(&line) {
        Some(at) => format!("{}…", line[..at].trim_end()),
        None => line,
    }
}

fn one_line(heading: &str) -> String {
    heading.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a heading has to end, when it is too long.
fn too_long_at(line: &str) -> Option<usize> {
    let starts = line.char_indices().map(|(at, _)| at).enumerate();
    let mut after_the_first = starts.skip(1);
    let too_long = |&(count, at): &(usize, usize)| {
        count >= HEADING_CHARS || tokens(&line[..at], false) >= HEADING_TOKENS
    };
    after_the_first.find(too_long).map(|(_, at)| at)
}

struct Parts {
    title: String,
    /// The headings above what comes next, with their levels.
    path: Vec<(u8, String)>,
    /// The last heading, while nothing stands below it, and where it is.
    unsaid: Option<(u8, At)>,
    open: Option<Open>,
    done: Vec<Chunk>,
}

/// A part that may still grow.
struct Open {
    headings: Vec<String>,
    body: String,
    tokens: usize,
    most: usize,
    at: At,
    overlap: usize,
}

impl Parts {
    fn heading(&mut self, level: u8, block: &Block) {
        self.close();
        self.heading_alone(level);
        self.path.retain(|(above, _)| *above < level);
        self.path.push((level, plain(&block.text)));
        self.unsaid = Some((level, whole(block)));
        if too_long_at(&one_line(&block.text)).is_some() {
            // The headings hold its beginning only.
            self.block(block);
        }
    }

    /// A heading with nothing below it is a part too, before one that is not below it either.
    fn heading_alone(&mut self, next: u8) {
        if let Some((level, at)) = self.unsaid.take()
            && level >= next
        {
            self.open = Some(self.begin(None, at));
            self.close();
        }
    }

    fn block(&mut self, block: &Block) {
        self.unsaid = None;
        let label = match &block.kind {
            BlockKind::Code { label } => label.as_deref(),
            BlockKind::Heading(_) | BlockKind::Prose => None,
        };
        let most = self.begin(label, whole(block)).most;
        let code = matches!(block.kind, BlockKind::Code { .. });
        for (index, piece) in split(&block.text, code, most).into_iter().enumerate() {
            let text = &block.text[piece.shown..piece.end];
            let begin = text.trim_start_matches('\n');
            let (begin, text) = (text.len() - begin.len(), begin.trim_end());
            let at = place(block, &piece, begin, text);
            let tokens = tokens(text, code);
            let fits = index == 0
                && self
                    .open
                    .as_ref()
                    .is_some_and(|open| open.tokens + tokens <= open.most && open.at.joins(at));
            if !fits {
                self.close();
                // What an item of code is about is said above those parts of it that do not begin with it.
                self.open = Some(self.begin(label.filter(|_| index > 0), at));
            }
            if let Some(open) = &mut self.open {
                if open.body.is_empty() {
                    open.overlap = (piece.begin - piece.shown).saturating_sub(begin);
                } else {
                    open.body.push_str("\n\n");
                }
                open.body.push_str(text);
                open.tokens += tokens;
                open.at = open.at.and(at);
            }
        }
    }

    fn begin(&self, label: Option<&str>, at: At) -> Open {
        let titled = std::iter::once(self.title.clone()).filter(|title| !title.is_empty());
        let repeats = self.path.first().is_some_and(|(_, first)| *first == self.title);
        let path = self.path.iter().skip(usize::from(repeats));
        let mut headings: Vec<String> = titled.chain(path.map(|(_, heading)| heading.clone())).collect();
        headings.extend(label.map(plain));
        // The nearest headings say most, and the title what it is all about.
        while headings.len() > 1 && tokens(&headings.join(BELOW), false) > PATH_TOKENS {
            headings.remove(usize::from(headings.len() > 2));
        }
        let taken = tokens(&headings.join(BELOW), false);
        Open {
            headings,
            body: String::new(),
            tokens: 0,
            most: PART_TOKENS.saturating_sub(taken).max(PART_TOKENS / 2),
            at,
            overlap: 0,
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let mut text = open.headings.join(BELOW);
        if !text.is_empty() && !open.body.is_empty() {
            text.push_str("\n\n");
        }
        let body = text.len();
        text.push_str(&open.body);
        self.done.push(Chunk {
            text,
            headings: open.headings,
            at: open.at,
            body,
            overlap: open.overlap,
        });
    }
}

/// Where a block is, as a whole.
fn whole(block: &Block) -> At {
    match block.place {
        Place::Lines(first) => At::Lines(first, first + block.text.trim_end().matches('\n').count() as u32),
        Place::Span(first, last) => At::Lines(first, last),
        Place::Page(page) => At::Page(page),
    }
}

/// Where `text` is, which begins `skipped` bytes after the beginning of a piece.
fn place(block: &Block, piece: &Piece, skipped: usize, text: &str) -> At {
    match block.place {
        Place::Lines(first) => {
            let before = &block.text[..piece.shown + skipped];
            let first = first + before.matches('\n').count() as u32;
            At::Lines(first, first + text.matches('\n').count() as u32)
        }
        Place::Span(..) | Place::Page(_) => whole(block),
    }
}

#[cfg(test)]
mod tests;
