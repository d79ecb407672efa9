//! What reads bytes that come from elsewhere, apart from the server: for the targets in `fuzz/` and for tests. Each takes
//! anything, and says no or what it found; none may panic, or find more than was sent.

use crate::{chats, extract, folders, live};
use axum::body::Bytes;
use council_core::{Content, Timestamp};

/// Reads an export of conversations of another program; how many messages were found.
///
/// # Errors
/// When more text was found than was sent, which would be made up.
pub fn chats(bytes: &[u8]) -> Result<usize, String> {
    let (mut messages, mut text_bytes) = (0, 0);
    let mut take = |read: chats::Read| {
        if let Ok(found) = read.found {
            for said in &found.conversation.messages {
                messages += 1;
                text_bytes += said.message.content.iter().map(size).sum::<usize>();
            }
        }
        true
    };
    // Neither JSON nor an archive is an answer like any other.
    let _ = chats::read_export(bytes, Timestamp::default(), &mut take);
    // An escape such as `\u00e9` takes more bytes than what it stands for; nothing takes fewer but the words for a part that is
    // left out. What an archive unpacks to has its own limit.
    if bytes.starts_with(b"PK") {
        return Ok(messages);
    }
    let most = bytes.len() * 4 + messages * 200;
    if text_bytes > most {
        return Err(format!("{text_bytes} bytes of text from {} bytes", bytes.len()));
    }
    Ok(messages)
}

fn size(part: &Content) -> usize {
    match part {
        Content::Text(text) => text.len(),
        Content::File(file) => file.text.len(),
        Content::ImageUrl(url) => url.len(),
        Content::Image(image) => image.name.len(),
    }
}

/// Reads an archive with Agent Zero's folder; whether there was one.
pub fn folder(bytes: &[u8]) -> bool {
    folders::unpack(bytes, "fuzz", Timestamp::default()).is_ok()
}

/// Reads a form with this separator; how many fields it has.
///
/// # Errors
/// When its fields have more bytes than the form.
pub async fn form(boundary: &str, bytes: &[u8]) -> Result<usize, String> {
    let content_type = format!("multipart/form-data; boundary={boundary}");
    let read = extract::fields(&content_type, Bytes::copy_from_slice(bytes)).await;
    let fields = read.unwrap_or_default();
    let found: usize = fields
        .iter()
        .map(|field| field.bytes.len() + field.name.len())
        .sum();
    if found > bytes.len() {
        return Err(format!("{found} bytes in a form of {}", bytes.len()));
    }
    Ok(fields.len())
}

/// Reads what a client sends over the WebSocket; whether it is understood.
pub fn order(bytes: &[u8]) -> bool {
    live::is_order(bytes)
}

#[cfg(test)]
mod tests;
