//! Files and texts as documents: a title and the blocks that follow one another.
//!
//! - `decode`: bytes as text
//! - `format`: what a file is, by its name or what it begins with
//! - `plain`, `markdown`, `html`, `pdf`, `code`: one reader for each
//! - `isolate`: readers run where a panic or a hang of theirs is an error

mod code;
mod decode;
mod format;
mod html;
mod isolate;
mod markdown;
mod pdf;
mod plain;

pub(super) use decode::decode;
pub(super) use format::Format;
pub use format::is_binary_name;

pub(super) use isolate::{Deadline, Isolation};

use std::time::Duration;

/// Most text that is taken out of one file, in bytes.
pub(super) const MAX_TEXT_BYTES: usize = 16 << 20;

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It cannot be opened or read.
    #[error("it cannot be read: {0}")]
    Io(String),
    /// It is larger than what is read.
    #[error("it has {bytes} bytes; at most {most} are read: split it")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        most: u64,
    },
    /// It holds more text than what is kept of one file.
    #[error("it holds more than {most} bytes of text: split it")]
    TooMuchText {
        /// The limit.
        most: usize,
    },
    /// It is no text, and of no kind that is understood.
    #[error("it is no text; text, Markdown, HTML, PDF and source code are read")]
    Binary,
    /// It is text of another encoding.
    #[error("it is not UTF-8: byte {at} is the first bad one; convert it to UTF-8")]
    Encoding {
        /// Where.
        at: usize,
    },
    /// It needs a password.
    #[error("it is encrypted; save a copy without a password")]
    Encrypted,
    /// It is not what its name says.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// There is nothing in it that could be remembered.
    #[error("no text is in it; of a scan there are only pictures")]
    NoText,
    /// Its kind is not known.
    #[error("`{0}` is not understood; text, Markdown, HTML, PDF and source code are read")]
    MediaType(String),
    /// Reading took too long.
    #[error("reading took longer than {} s; it is damaged or made to hang readers", .0.as_secs())]
    TimedOut(Duration),
    /// All readers hang.
    #[error("the readers still work on files that took too long; try again later")]
    Busy,
    /// The reader failed in a way that it should not.
    #[error("its reader failed: {0}; it is damaged, or made to break readers")]
    Panicked(String),
}

/// A document as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    /// Its own title, where it has one.
    pub(super) title: Option<String>,
    /// What is in it, in order.
    pub(super) blocks: Vec<Block>,
}

/// Something that stands together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    pub(super) text: String,
    pub(super) place: Place,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// A heading, 1 being the highest level.
    Heading(u8),
    /// Sentences, a list, a table.
    Prose,
    /// Lines that mean something by where they break; `label` says what they are about.
    Code { label: Option<String> },
}

/// Where a block stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Each line of its text is a line of the file, the first being this one, counted from 1.
    Lines(u32),
    /// Somewhere between these lines, counted from 1.
    Span(u32, u32),
    /// On this page, counted from 1.
    Page(u32),
}

/// Reads a document. May take long, and may panic on hostile input: see [`Isolation`].
pub(super) fn read(bytes: &[u8], format: &Format, deadline: &Deadline) -> Result<Document, ReadError> {
    if *format == Format::Pdf {
        return pdf::read(bytes, deadline);
    }
    let text = decode(bytes)?;
    if text.len() > MAX_TEXT_BYTES {
        return Err(ReadError::TooMuchText { most: MAX_TEXT_BYTES });
    }
    let document = match format {
        Format::Markdown => markdown::read(&text),
        Format::Html => html::read(&text, deadline)?,
        Format::Code(_) => code::read(&text),
        Format::Text | Format::Pdf => plain::read(&text),
    };
    Ok(document)
}
