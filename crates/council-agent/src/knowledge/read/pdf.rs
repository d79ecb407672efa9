//! PDF: the text of each page, in the order in which the page shows it.
//!
//! - `font`: codes as characters, and how wide they are
//! - `table`: which characters codes are, as the file says
//! - `page`: where the text of a page goes, and where words, lines and paragraphs end

mod font;
mod page;
mod table;

use super::{Block, BlockKind, Deadline, Document, MAX_TEXT_BYTES, Place, ReadError};
use font::Fonts;
use lopdf::{LoadOptions, Object};

/// Most that one compressed stream may unpack to, in bytes. A page's text takes some kilobytes.
const MAX_STREAM_BYTES: usize = 64 << 20;

/// Most pages.
const MAX_PAGES: usize = 20_000;

/// Reads a PDF.
pub(super) fn read(bytes: &[u8], deadline: &Deadline) -> Result<Document, ReadError> {
    let options = LoadOptions::with_max_decompressed_size(MAX_STREAM_BYTES);
    let pdf = lopdf::Document::load_mem_with_options(bytes, options).map_err(|error| refusal(&error))?;
    if pdf.is_encrypted() {
        return Err(ReadError::Encrypted);
    }
    deadline.check()?;
    let mut fonts = Fonts::default();
    let mut document = Document {
        title: title(&pdf),
        blocks: Vec::new(),
    };
    let mut total = 0;
    for (number, id) in (1_u32..).zip(pdf.page_iter()).take(MAX_PAGES) {
        for text in page::read(&pdf, id, &mut fonts, deadline)? {
            total += text.len();
            if total > MAX_TEXT_BYTES {
                return Err(ReadError::TooMuchText { most: MAX_TEXT_BYTES });
            }
            document.blocks.push(Block {
                kind: BlockKind::Prose,
                text,
                place: Place::Page(number),
            });
        }
    }
    if document.blocks.is_empty() {
        return Err(ReadError::NoText);
    }
    Ok(document)
}

fn refusal(error: &lopdf::Error) -> ReadError {
    match error {
        lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_) => ReadError::Encrypted,
        error => ReadError::Damaged(chain(error)),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The title that the file gives itself; programs write the name of the source file there, which is none.
fn title(pdf: &lopdf::Document) -> Option<String> {
    let info = pdf
        .trailer
        .get_deref(b"Info", pdf)
        .and_then(Object::as_dict)
        .ok()?;
    let title = lopdf::decode_text_string(info.get_deref(b"Title", pdf).ok()?).ok()?;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_file_name = title.contains("Microsoft Word - ") || (title.contains('.') && !title.contains(' '));
    Some(title).filter(|title| !title.is_empty() && !is_file_name)
}

#[cfg(test)]
mod tests;
