//! Code in a request: a program that is to be run as it stands, a program that is to be written, or neither.
//!
//! Running something that nobody asked to run is worse than not running something: where words leave it open, the
//! answer is neither. What decides is who is asked to do what (`run this`, `how do I run this`), not single words.
//!
//! - `fence`: blocks of code, and the words around them
//! - `guess`: the language that code is written in
//! - `wish`, `words`: what the words ask for
//! - [`Programs`]: runs them
//! - `report`: what they did, for people and for models

mod fence;
mod guess;
mod programs;
pub(crate) mod report;
mod wish;
mod words;

pub use programs::Programs;

use council_core::sandbox::Language;
use fence::{Block, Tag};

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeRequest {
    /// This program is to be run as it stands.
    Given {
        /// What it is written in.
        language: Language,
        /// Its source.
        source: String,
    },
    /// What this program prints is asked, which running it tells.
    Output {
        /// What it is written in.
        language: Language,
        /// Its source.
        source: String,
    },
    /// A program is to be written and run.
    Write {
        /// In this language, where the request names one.
        language: Option<Language>,
    },
    /// Neither.
    None,
}

/// Most bytes of words in which an order to write a program is looked for: what is longer was pasted, and orders in it
/// are not the user's.
const MOST_WORDS: usize = 2_000;

/// What a request asks for.
pub fn code_in(request: &str) -> CodeRequest {
    let (words, blocks) = fence::split(request);
    if let Some(given) = blocks_to_run(&words, &blocks).or_else(|| labelled(request)) {
        return given;
    }
    if wish::asks_for_output(&words)
        && let Some((language, source)) = only_program(&blocks, None)
    {
        return CodeRequest::Output { language, source };
    }
    let runnable = blocks.iter().any(|block| matches!(block.tag, Tag::Language(_)));
    if runnable || words.len() > MOST_WORDS {
        return CodeRequest::None;
    }
    wish::to_write(&words).map_or(CodeRequest::None, |wish| CodeRequest::Write {
        language: wish.language,
    })
}

/// The program in an answer that should be one: the first block in that language, or else the first without one.
pub(crate) fn block_of(answer: &str, language: Language) -> Option<String> {
    let (_, blocks) = fence::split(answer);
    let tagged = |tag: Tag| blocks.iter().find(move |block| block.tag == tag && !block.inline);
    let block = tagged(Tag::Language(language)).or_else(|| tagged(Tag::None))?;
    Some(block.code.clone())
}

/// The only block that can be run, where the words ask for that.
fn blocks_to_run(words: &str, blocks: &[Block]) -> Option<CodeRequest> {
    let hint = wish::to_run(words)?.language;
    let (language, source) = only_program(blocks, hint)?;
    Some(CodeRequest::Given { language, source })
}

/// The only block that can be run; which of several is meant nobody can tell.
fn only_program(blocks: &[Block], hint: Option<Language>) -> Option<(Language, String)> {
    let language = |block: &Block| match block.tag {
        Tag::Language(language) => Some(language),
        Tag::None => hint.or_else(|| guess::language(&block.code)),
        Tag::Other => None,
    };
    let mut programs = blocks
        .iter()
        .filter_map(|block| Some((language(block)?, &block.code)));
    let (language, source) = programs.next()?;
    programs.next().is_none().then(|| (language, source.clone()))
}

/// `run: …`, `python: …`, `please run this bash: …`: everything after the colon.
fn labelled(request: &str) -> Option<CodeRequest> {
    let request = request.trim_start();
    let line = request.lines().next()?;
    let (label, _) = line.split_once(':')?;
    let rest = &request[label.len() + 1..];
    // Where the program begins on the next line, its indentation is its own.
    let source = match rest.split_once('\n') {
        Some((first, after)) if first.trim().is_empty() => after.trim_end(),
        _ => rest.trim(),
    };
    if source.trim().is_empty() || source.contains("```") {
        return None;
    }
    let source = source
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'))
        .unwrap_or(source);
    let guessed = guess::language(source);
    let language = match wish::label(label)? {
        // An order with a language is plain enough for any program.
        wish::Label::Run(Some(language)) => language,
        wish::Label::Run(None) => guessed?,
        // `python: can't open file` is no program.
        wish::Label::Language(language) => guessed.filter(|guessed| *guessed == language)?,
    };
    let source = source.to_owned();
    Some(CodeRequest::Given { language, source })
}

#[cfg(test)]
mod tests;
