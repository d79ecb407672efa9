//! Files as they are attached to a question: their whole text, and nothing of it is remembered.

use super::Knowledge;
use super::read::{self, BlockKind, Document, Format, Place, ReadError};
use std::fmt::Write as _;

/// What was read of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// `text`, `markdown`, `html`, `pdf` or `code`.
    pub kind: &'static str,
    /// Its pages, where it has some.
    pub pages: Option<u32>,
    /// Its text, with `\n` at the ends of lines.
    pub text: String,
}

impl Knowledge {
    /// Reads a file that a client sent; `media_type` where the client says it.
    ///
    /// # Errors
    /// As for documents that are remembered.
    pub async fn read_file(
        &self,
        name: String,
        media_type: Option<String>,
        bytes: Vec<u8>,
    ) -> Result<FileRead, ReadError> {
        let most = self.limits.file_bytes;
        if bytes.len() as u64 > most {
            return Err(ReadError::TooLarge {
                bytes: bytes.len() as u64,
                most,
            });
        }
        self.isolation
            .run(move |deadline| {
                // Browsers call what they do not know a stream of bytes.
                let said = media_type.filter(|media_type| media_type != "application/octet-stream");
                let format = match said.map(|media_type| Format::of_media_type(&media_type)) {
                    Some(Ok(format)) => format,
                    Some(Err(_)) | None => Format::of(&name, &bytes),
                };
                let (kind, shaped) = match format {
                    Format::Text => ("text", false),
                    Format::Markdown => ("markdown", false),
                    Format::Code(_) => ("code", false),
                    Format::Html => ("html", true),
                    Format::Pdf => ("pdf", true),
                };
                let (pages, text) = if shaped {
                    shown(&read::read(&bytes, &format, deadline)?)
                } else {
                    (None, read::decode(&bytes)?)
                };
                if text.trim().is_empty() {
                    return Err(ReadError::NoText);
                }
                Ok(FileRead { kind, pages, text })
            })
            .await
    }
}

/// The blocks of a document one after another, with its headings and where its pages begin.
fn shown(document: &Document) -> (Option<u32>, String) {
    let (mut pages, mut text) = (None, String::new());
    for block in &document.blocks {
        if let Place::Page(page) = block.place
            && pages != Some(page)
        {
            pages = Some(page);
            let _ = writeln!(text, "[page {page}]");
        }
        match &block.kind {
            BlockKind::Heading(level) => {
                let _ = write!(
                    text,
                    "{} {}",
                    "#".repeat(usize::from(*level).clamp(1, 6)),
                    block.text
                );
            }
            BlockKind::Prose | BlockKind::Code { .. } => text.push_str(&block.text),
        }
        text.push_str("\n\n");
    }
    (pages, text)
}
