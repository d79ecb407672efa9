//! Agent Zero's folder as a zip archive.

use crate::error::{ApiError, Code};
use axum::body::{Body, Bytes};
use council_agent::agent_zero::folder::{self, Folder, Read};
use council_core::Timestamp;
use futures::StreamExt;
use std::io::{Cursor, Read as _, Write as _};
use std::time::Duration;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Largest archive, and most that its files may have together, in bytes.
const MAX_BYTES: usize = 256 << 20;

const PICKLE: &str = "index.pkl";
const INDEX: &str = "index.faiss";
const MODEL: &str = "embedding.json";

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(Code::InvalidRequest, message)
}

fn too_large() -> ApiError {
    ApiError::new(
        Code::BodyTooLarge,
        format!("the folder has more than {MAX_BYTES} bytes; leave index.faiss out, which is not needed"),
    )
}

/// The whole body; the client may take `patience` for each piece.
pub(crate) async fn body(body: Body, patience: Duration) -> Result<Bytes, ApiError> {
    let mut pieces = body.into_data_stream();
    let mut whole = Vec::new();
    loop {
        match tokio::time::timeout(patience, pieces.next()).await {
            Ok(None) => return Ok(whole.into()),
            Ok(Some(Ok(piece))) if whole.len() + piece.len() <= MAX_BYTES => whole.extend_from_slice(&piece),
            Ok(Some(Ok(_))) => return Err(too_large()),
            Ok(Some(Err(error))) => return Err(invalid(format!("the body could not be read: {error}"))),
            Err(_) => {
                let seconds = patience.as_secs();
                let message = format!("nothing of the body arrived within {seconds} s");
                return Err(ApiError::new(Code::RequestTimeout, message));
            }
        }
    }
}

/// The memories of an archive. Its files may be in a folder of it.
pub(crate) fn unpack(archive: &[u8], user: &str, now: Timestamp) -> Result<Read, ApiError> {
    let broken = |error: zip::result::ZipError| {
        invalid(format!("the body is no zip archive that can be read: {error}"))
    };
    let mut archive = ZipArchive::new(Cursor::new(archive)).map_err(broken)?;
    let mut files = Folder::default();
    let mut found = false;
    let mut left = MAX_BYTES as u64;
    for place in 0..archive.len() {
        let file = archive.by_index(place).map_err(broken)?;
        let name = file.name().map_err(broken)?;
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        if ![PICKLE, INDEX, MODEL].contains(&name.as_str()) {
            continue;
        }
        let mut content = Vec::new();
        // What an archive says of sizes need not be so.
        let read = file.take(left + 1).read_to_end(&mut content);
        let read = read.map_err(|error| invalid(format!("`{name}` of the archive is damaged: {error}")))?;
        left = left.checked_sub(read as u64).ok_or_else(too_large)?;
        match name.as_str() {
            PICKLE if found => return Err(invalid(format!("the archive has `{PICKLE}` twice"))),
            PICKLE => (files.index_pkl, found) = (content, true),
            INDEX => files.index_faiss = Some(content),
            _ => files.embedding_json = Some(content),
        }
    }
    if !found {
        let message = format!("the archive has no `{PICKLE}`, which holds the texts of an Agent Zero memory");
        return Err(ApiError::invalid(PICKLE, message));
    }
    folder::read(&files, user, now).map_err(|error| ApiError::invalid(PICKLE, error.to_string()))
}

/// The archive of a folder, uncompressed: vectors do not shrink.
pub(crate) fn pack(folder: &Folder) -> Result<Vec<u8>, ApiError> {
    let written = write(folder);
    written.map_err(|error| ApiError::internal(format!("the archive could not be written: {error}")))
}

fn write(folder: &Folder) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in [
        (PICKLE, Some(&folder.index_pkl)),
        (INDEX, folder.index_faiss.as_ref()),
        (MODEL, folder.embedding_json.as_ref()),
    ] {
        if let Some(content) = content {
            archive.start_file(name, options)?;
            archive.write_all(content)?;
        }
    }
    Ok(archive.finish()?.into_inner())
}
