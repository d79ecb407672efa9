//! Keeps text that is spelt like a control token apart from real control tokens.

use super::Segment;
use std::collections::HashSet;

/// Stand-ins are taken from here on, up to the end of the private-use plane 16, a corner that no icon font uses.
const FIRST_STAND_IN: u32 = 0x0010_E000;
const LAST_STAND_IN: u32 = 0x0010_FFFD;

/// First byte of every stand-in in UTF-8.
const STAND_IN_FIRST_BYTE: u8 = 0xF4;

/// Longest guessed token, in bytes.
const LONGEST_GUESS: usize = 64;

/// How control tokens are spelt.
#[derive(Clone, Debug)]
pub(super) struct ControlTokens {
    tokens: HashSet<String>,
    /// Bytes that a token (or a stand-in) can begin with.
    first_bytes: [bool; 256],
    /// Lengths that occur, longest first.
    lengths: Vec<usize>,
    /// Whether everything of the form `<|…|>` counts as well.
    guess: bool,
}

impl ControlTokens {
    /// These and no others.
    pub(super) fn exact(mut tokens: HashSet<String>) -> Self {
        tokens.remove("");
        let mut first_bytes = [false; 256];
        first_bytes[usize::from(STAND_IN_FIRST_BYTE)] = true;
        for first in tokens.iter().filter_map(|token| token.bytes().next()) {
            first_bytes[usize::from(first)] = true;
        }
        let mut lengths: Vec<usize> = tokens.iter().map(String::len).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        lengths.dedup();
        Self {
            tokens,
            first_bytes,
            lengths,
            guess: false,
        }
    }

    /// The two that are known, and whatever looks like one.
    pub(super) fn guessed(bos: &str, eos: &str) -> Self {
        let mut known = Self::exact(HashSet::from([bos.to_owned(), eos.to_owned()]));
        known.guess = true;
        known.first_bytes[usize::from(b'<')] = true;
        known
    }

    /// Length of the control token (or stray stand-in) that `text` begins with; longest match.
    fn match_at(&self, text: &str) -> Option<usize> {
        let first = text.chars().next()?;
        if is_stand_in(first) {
            return Some(first.len_utf8());
        }
        let known = self.lengths.iter().copied().find(|length| {
            text.get(..*length)
                .is_some_and(|token| self.tokens.contains(token))
        });
        known.or_else(|| if self.guess { guessed_length(text) } else { None })
    }
}

/// `<|…|>` or DeepSeek's `<｜…｜>` (fullwidth bars), without white space inside.
fn guessed_length(text: &str) -> Option<usize> {
    let (inner, close) = text
        .strip_prefix("<|")
        .map(|inner| (inner, "|>"))
        .or_else(|| text.strip_prefix("<\u{FF5C}").map(|inner| (inner, "\u{FF5C}>")))?;
    let opening = text.len() - inner.len();
    let end = inner.find(|c: char| c.is_whitespace() || c == '<' || c == '>')?;
    let length = opening + end + 1;
    let closed = inner[..end].len() + 1 >= close.len() && text.get(..length)?.ends_with(close);
    (closed && length <= LONGEST_GUESS).then_some(length)
}

fn is_stand_in(c: char) -> bool {
    (FIRST_STAND_IN..=LAST_STAND_IN).contains(&u32::from(c))
}

/// What a stand-in stands for.
#[derive(Debug, PartialEq, Eq)]
enum Replaced {
    Text(String),
    Image(String),
}

/// What was replaced, by its stand-ins.
#[derive(Debug, Default)]
pub(super) struct Masks {
    replaced: Vec<Replaced>,
}

impl Masks {
    /// Replaces each control token in `text` by its stand-in: one character that no template cuts or trims. A
    /// stand-in that the text holds already is replaced like a control token, so that it comes back as it was.
    pub(super) fn mask(&mut self, control: &ControlTokens, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        let mut at = 0;
        while let Some(skipped) = text.as_bytes()[at..]
            .iter()
            .position(|byte| control.first_bytes[usize::from(*byte)])
        {
            at += skipped;
            // A first byte begins a character, so this is a boundary.
            let Some(length) = control.match_at(&text[at..]) else {
                at += 1;
                continue;
            };
            let token = &text[at..at + length];
            out.push_str(&text[copied..at]);
            match self.stand_in(Replaced::Text(token.to_owned())) {
                Some(stand_in) => out.push(stand_in),
                None => out.push_str(&spaced(token)),
            }
            at += length;
            copied = at;
        }
        out.push_str(&text[copied..]);
        out
    }

    /// The stand-in of an image; `None` when all are taken.
    pub(super) fn image(&mut self, url: &str) -> Option<char> {
        self.stand_in(Replaced::Image(url.to_owned()))
    }

    /// Puts back what was replaced, each in a segment of its own (neighbouring texts in one).
    pub(super) fn unmask(&self, rendered: String) -> Vec<Segment> {
        if self.replaced.is_empty() {
            return vec![Segment::Template(rendered)];
        }
        let mut segments: Vec<Segment> = Vec::new();
        let mut rest = rendered.as_str();
        while let Some(at) = rest.find(is_stand_in) {
            let (before, tail) = rest.split_at(at);
            if !before.is_empty() {
                segments.push(Segment::Template(before.to_owned()));
            }
            let mut chars = tail.chars();
            match (chars.next().and_then(|c| self.original(c)), segments.last_mut()) {
                (Some(Replaced::Text(text)), Some(Segment::Content(content))) => content.push_str(text),
                (Some(Replaced::Text(text)), _) => segments.push(Segment::Content(text.clone())),
                (Some(Replaced::Image(url)), _) => segments.push(Segment::Image(url.clone())),
                (None, _) => {}
            }
            rest = chars.as_str();
        }
        if !rest.is_empty() {
            segments.push(Segment::Template(rest.to_owned()));
        }
        segments
    }

    /// `None` when all 8,190 stand-ins are taken: only a hostile text has so many *different* control tokens.
    fn stand_in(&mut self, what: Replaced) -> Option<char> {
        let index = self.replaced.iter().position(|known| *known == what);
        let index = match index {
            Some(index) => index,
            None if self.replaced.len() as u32 > LAST_STAND_IN - FIRST_STAND_IN => return None,
            None => {
                self.replaced.push(what);
                self.replaced.len() - 1
            }
        };
        char::from_u32(FIRST_STAND_IN + index as u32)
    }

    fn original(&self, stand_in: char) -> Option<&Replaced> {
        let index = u32::from(stand_in).checked_sub(FIRST_STAND_IN)?;
        self.replaced.get(index as usize)
    }
}

/// The last resort for a text with more different control tokens than there are stand-ins: a zero-width space after
/// the first character breaks the spelling.
fn spaced(token: &str) -> String {
    let mut chars = token.chars();
    let mut out: String = chars.next().into_iter().collect();
    out.push('\u{200B}');
    out.push_str(chars.as_str());
    out
}

#[cfg(test)]
mod tests;
