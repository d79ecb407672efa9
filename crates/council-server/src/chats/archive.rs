//! An export as it comes: JSON, or the zip archive in which ChatGPT and Claude send it.

use super::read::{Read, read};
use council_core::Timestamp;
use std::io::{Cursor, Read as _};
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// What a zip archive begins with.
const ZIP: &[u8] = b"PK\x03\x04";

/// Most that the conversations of an archive may have, in bytes: as much as may come without one.
const MAX_BYTES: u64 = 256 << 20;

/// Reads an export and hands over one conversation after the other, as [`read`] does.
///
/// # Errors
/// When it is no JSON, with the place; when the archive is damaged, too large or has no conversations.
pub(crate) fn read_export(
    bytes: &[u8],
    now: Timestamp,
    take: &mut dyn FnMut(Read) -> bool,
) -> Result<(), String> {
    if bytes.starts_with(ZIP) {
        return unpacked(bytes, MAX_BYTES, &mut |content| json(content, now, take));
    }
    json(bytes, now, take)
}

fn json(bytes: &[u8], now: Timestamp, take: &mut dyn FnMut(Read) -> bool) -> Result<(), String> {
    read(bytes, now, take).map_err(|error| {
        format!(
            "the export is not valid JSON: {error}; send the file as it was downloaded, or export it again"
        )
    })
}

/// Hands over each file with conversations, one in memory at a time.
pub(super) fn unpacked(
    archive: &[u8],
    most: u64,
    take: &mut dyn FnMut(&[u8]) -> Result<(), String>,
) -> Result<(), String> {
    let broken =
        |error: ZipError| format!("the archive cannot be read: {error}; send it as it was downloaded");
    let mut archive = ZipArchive::new(Cursor::new(archive)).map_err(broken)?;
    let mut left = most;
    let mut found = false;
    for place in 0..archive.len() {
        let file = archive.by_index(place).map_err(broken)?;
        let name = file.name().map_err(broken)?.into_owned();
        if !holds_conversations(&name) {
            continue;
        }
        found = true;
        let mut content = Vec::new();
        // What an archive says of sizes need not be so.
        let size = file.take(left + 1).read_to_end(&mut content);
        let size = size.map_err(|error| format!("`{name}` of the archive is damaged: {error}"))?;
        left = left.checked_sub(size as u64).ok_or_else(|| {
            format!("the conversations of the archive have more than {most} bytes; send them in parts")
        })?;
        take(&content).map_err(|error| format!("`{name}`: {error}"))?;
    }
    if found {
        return Ok(());
    }
    Err(
        "the archive has no `conversations.json`; send the archive of ChatGPT or Claude, or the file itself"
            .to_owned(),
    )
}

/// `conversations.json`, which large archives have in numbered parts, in any folder.
fn holds_conversations(name: &str) -> bool {
    let path = Path::new(name);
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let json = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    json && stem.is_some_and(|stem| stem.starts_with("conversations"))
}
