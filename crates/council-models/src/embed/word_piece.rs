//! BERT's uncased tokenizer: clean, lower-case, split at spaces and punctuation, then the longest known pieces.
//!
//! Equal to the `tokenizers` library with this model's `tokenizer.json` but for one thing: `[CLS]`, `[SEP]` and their
//! like in a text are text here, so that nobody can put a marker into a text that is embedded.

use serde::Deserialize;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Longer words are unknown as a whole, as the tokenizer's file has it.
const LONGEST_WORD: usize = 100;

/// The vocabulary, by how pieces are looked up.
pub(super) struct WordPiece {
    /// Pieces that begin a word.
    beginnings: HashMap<Box<str>, u32>,
    /// Pieces that continue one, without their `##`.
    continuations: HashMap<Box<str>, u32>,
    /// How many pieces there are.
    size: usize,
    begin: u32,
    end: u32,
    unknown: u32,
}

#[derive(Deserialize)]
struct TokenizerFile {
    model: Model,
}

#[derive(Deserialize)]
struct Model {
    r#type: Option<String>,
    vocab: HashMap<String, u32>,
}

impl WordPiece {
    /// Reads a `tokenizer.json`.
    pub(super) fn parse(json: &[u8]) -> Result<Self, String> {
        let file: TokenizerFile = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let kind = file.model.r#type.as_deref().unwrap_or("WordPiece");
        if kind != "WordPiece" {
            return Err(format!(
                "its `model.type` is `{kind}`, and only `WordPiece` is understood"
            ));
        }
        let special = |name: &str| {
            let id = file.model.vocab.get(name).copied();
            id.ok_or_else(|| format!("its vocabulary has no `{name}`"))
        };
        let (begin, end, unknown) = (special("[CLS]")?, special("[SEP]")?, special("[UNK]")?);
        let size = file.model.vocab.len();
        if file.model.vocab.values().any(|&id| id as usize >= size) {
            return Err("its vocabulary has gaps".into());
        }
        let (mut beginnings, mut continuations) = (HashMap::with_capacity(size), HashMap::new());
        for (piece, id) in file.model.vocab {
            match piece.strip_prefix("##") {
                Some(rest) if !rest.is_empty() => continuations.insert(rest.into(), id),
                _ => beginnings.insert(piece.into(), id),
            };
        }
        Ok(Self {
            beginnings,
            continuations,
            size,
            begin,
            end,
            unknown,
        })
    }

    /// How many pieces there are; their ids are below.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The ids of a text's pieces between the two markers, at most `limit` in all. Reads no more of the text than
    /// that takes.
    pub(super) fn encode(&self, text: &str, limit: usize) -> Vec<u32> {
        let room = limit.saturating_sub(2);
        let mut ids = vec![self.begin];
        let mut word = Word::default();
        for c in normalised(text) {
            if ids.len() > room {
                break;
            }
            if c.is_whitespace() {
                self.take(&mut word, &mut ids);
            } else if is_punctuation(c) {
                self.take(&mut word, &mut ids);
                word.push(c);
                self.take(&mut word, &mut ids);
            } else {
                word.push(c);
            }
        }
        self.take(&mut word, &mut ids);
        ids.truncate(room + 1);
        ids.push(self.end);
        ids
    }

    /// Appends a word's pieces, and begins a new one.
    fn take(&self, word: &mut Word, ids: &mut Vec<u32>) {
        let before = ids.len();
        let mut rest = word.text.as_str();
        if word.length > LONGEST_WORD {
            ids.push(self.unknown);
            rest = "";
        }
        let mut pieces = &self.beginnings;
        while !rest.is_empty() {
            let longest = ends(rest)
                .rev()
                .find_map(|end| Some((pieces.get(&rest[..end])?, end)));
            let Some((&id, end)) = longest else {
                ids.truncate(before);
                ids.push(self.unknown);
                break;
            };
            ids.push(id);
            rest = &rest[end..];
            pieces = &self.continuations;
        }
        word.text.clear();
        word.length = 0;
    }
}

/// Where each character of a text ends.
fn ends(text: &str) -> impl DoubleEndedIterator<Item = usize> {
    text.char_indices().map(|(start, c)| start + c.len_utf8())
}

/// A word that is being read; of one that is too long only the beginning is kept.
#[derive(Default)]
struct Word {
    text: String,
    /// In characters.
    length: usize,
}

impl Word {
    fn push(&mut self, c: char) {
        self.length = (self.length + 1).min(LONGEST_WORD + 1);
        if self.length <= LONGEST_WORD {
            self.text.push(c);
        }
    }
}

/// The text without control characters and accents, in lower case, with spaces around Chinese characters.
fn normalised(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|&c| !is_removed(c))
        .flat_map(|c| {
            let around = is_chinese(c).then_some(' ');
            around.into_iter().chain([c]).chain(around)
        })
        .nfd()
        .filter(|c| c.is_ascii() || c.general_category() != GeneralCategory::NonspacingMark)
        .flat_map(char::to_lowercase)
}

fn is_removed(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{fffd}' => true,
        _ if c.is_ascii() => c.is_ascii_control(),
        _ => matches!(
            c.general_category(),
            GeneralCategory::Control | GeneralCategory::Format | GeneralCategory::PrivateUse
        ),
    }
}

fn is_punctuation(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_punctuation()
    } else {
        c.general_category_group() == GeneralCategoryGroup::Punctuation
    }
}

/// The blocks of the reference, which leaves out 2B820 to 2B91F.
fn is_chinese(c: char) -> bool {
    matches!(
        c,
        '\u{4e00}'..='\u{9fff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{20000}'..='\u{2a6df}'
            | '\u{2a700}'..='\u{2b73f}'
            | '\u{2b740}'..='\u{2b81f}'
            | '\u{2b920}'..='\u{2ceaf}'
            | '\u{f900}'..='\u{faff}'
            | '\u{2f800}'..='\u{2fa1f}'
    )
}

#[cfg(test)]
mod tests;
