//! Blocks of code in a text, and the words around them.

use council_core::sandbox::Language;

/// What the opening line of a block says of its language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// One that can be run.
    Language(Language),
    /// Nothing.
    None,
    /// Another one, such as `json` or `rust`.
    Other,
}

/// A block of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) tag: Tag,
    pub(super) code: String,
    /// Within a line of words.
    pub(super) inline: bool,
}

/// The words of a text with ` … ` in the place of each block, and the blocks.
pub(super) fn split(text: &str) -> (String, Vec<Block>) {
    let (mut words, mut blocks) = (String::new(), Vec::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((fence, info)) = opening(line) else {
            inline(line, &mut words, &mut blocks);
            words.push('\n');
            continue;
        };
        let mut code = Vec::new();
        // A block that is never closed goes to the end of the text.
        for line in lines.by_ref() {
            if line.trim_start().starts_with(fence) && line.trim().trim_start_matches(&fence[..1]).is_empty()
            {
                break;
            }
            code.push(line);
        }
        words.push_str(" … \n");
        blocks.push(Block {
            tag: tag(info),
            code: code.join("\n"),
            inline: false,
        });
    }
    (words, blocks)
}

/// The fence and the rest of a line that opens a block.
fn opening(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start();
    let fence = ["```", "~~~"].into_iter().find(|fence| line.starts_with(fence))?;
    let info = line.trim_start_matches(&fence[..1]);
    // With a second fence it is code within one line.
    (!info.contains(fence)).then_some((fence, info))
}

/// Code between backticks within a line.
fn inline(line: &str, words: &mut String, blocks: &mut Vec<Block>) {
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let (before, from) = rest.split_at(at);
        let ticks = from.len() - from.trim_start_matches('`').len();
        let (fence, after) = from.split_at(ticks);
        words.push_str(before);
        let Some((code, end)) = after.split_once(fence) else {
            words.push_str(from);
            return;
        };
        let (tag, code) = if ticks >= 3 {
            with_tag(code)
        } else {
            (Tag::None, code)
        };
        blocks.push(Block {
            tag,
            code: code.trim().to_owned(),
            inline: true,
        });
        words.push_str(" … ");
        rest = end;
    }
    words.push_str(rest);
}

/// A language that stands before code in one line.
fn with_tag(code: &str) -> (Tag, &str) {
    match code.split_once(' ') {
        Some((first, rest)) if Language::from_name(first).is_some() => (tag(first), rest),
        _ => (Tag::None, code),
    }
}

fn tag(info: &str) -> Tag {
    let name = info.split([' ', '{', ',', ':']).find(|word| !word.is_empty());
    match name {
        None => Tag::None,
        Some(name) => Language::from_name(name).map_or(Tag::Other, Tag::Language),
    }
}
