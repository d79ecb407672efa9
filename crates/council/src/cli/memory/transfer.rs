//! Memories to files and back: exports, and Agent Zero's folder.

mod files;
mod progress;

use super::show;
use crate::cli::client::{Lines, error_message};
use crate::cli::place::{Pieces, Place, broken};
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice, size};
use axum::body::Bytes;
use axum::http::Method;
use files::{folder_to_zip, read_error, write_error, zip_to_folder};
use futures::StreamExt;
use progress::Progress;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

/// Bytes of a file that are read at once.
const PIECE_BYTES: usize = 64 << 10;

/// Writes everything.
pub(super) async fn export(
    place: &Place,
    file: Option<&Path>,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let mut pieces = place.stream(Method::GET, "/v1/memory/export", None).await?;
    let Some(file) = file else {
        while let Some(piece) = pieces.next().await {
            output.write_all(&piece.map_err(|error| broken(&error))?)?;
        }
        output.flush()?;
        return Ok(Exit::Success);
    };
    let mut written = files::Private::create(file)?;
    let mut bytes = 0;
    let mut lines = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| broken(&error))?;
        bytes += piece.len() as u64;
        lines += piece.split(|&byte| byte == b'\n').skip(1).count() as u64;
        let into = written.file();
        into.write_all(&piece)
            .await
            .map_err(|error| write_error(file, &error))?;
    }
    written.keep().await?;
    // The first line is no memory.
    let memories = lines.saturating_sub(1);
    if as_json {
        let file = file.display().to_string();
        output.json_line(&json!({"file": file, "memories": memories, "bytes": bytes}))?;
    } else {
        writeln!(
            output,
            "{memories} memories ({}) in {}",
            size(bytes),
            file.display()
        )?;
    }
    Ok(Exit::Success)
}

/// Reads what `export` wrote.
pub(super) async fn import(
    place: &Place,
    file: &Path,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let (body, length) = if file.as_os_str() == "-" {
        (pieces_of(tokio::io::stdin()), None)
    } else {
        let opened = tokio::fs::File::open(file)
            .await
            .map_err(|error| read_error(file, &error))?;
        let metadata = opened
            .metadata()
            .await
            .map_err(|error| read_error(file, &error))?;
        if metadata.is_dir() {
            let message = format!(
                "{} is a folder; `council memory import-agent-zero` takes Agent Zero's",
                file.display()
            );
            return Err(CommandError::usage(message));
        }
        (pieces_of(opened), Some(metadata.len()))
    };
    let content = ("application/x-ndjson", body);
    let frames = place
        .stream(Method::POST, "/v1/memory/import?stream=true", Some(content))
        .await?;
    follow(frames, length, as_json, output).await
}

/// Takes Agent Zero's memory over.
pub(super) async fn import_agent_zero(
    place: &Place,
    folder: &Path,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let archive = folder_to_zip(folder)?;
    let body: Pieces = futures::stream::iter([Ok(Bytes::from(archive))]).boxed();
    let content = ("application/zip", body);
    let frames = place
        .stream(Method::POST, "/v1/memory/agent-zero?stream=true", Some(content))
        .await?;
    follow(frames, None, as_json, output).await
}

/// Writes a folder that Agent Zero can use.
pub(super) async fn export_agent_zero(
    place: &Place,
    folder: &Path,
    force: bool,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    files::check_free(folder, force)?;
    let mut pieces = place.stream(Method::GET, "/v1/memory/agent-zero", None).await?;
    let mut archive = Vec::new();
    while let Some(piece) = pieces.next().await {
        archive.extend_from_slice(&piece.map_err(|error| broken(&error))?);
    }
    let written = zip_to_folder(&archive, folder)?;
    if as_json {
        let folder = folder.display().to_string();
        output.json_line(&json!({"folder": folder, "files": written}))?;
    } else {
        writeln!(output, "{} in {}", written.join(", "), folder.display())?;
    }
    Ok(Exit::Success)
}

/// A file as a body.
fn pieces_of(file: impl AsyncRead + Send + Unpin + 'static) -> Pieces {
    futures::stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE_BYTES];
        let length = file.read(&mut piece).await?;
        piece.truncate(length);
        Ok((length > 0).then(|| (Bytes::from(piece), file)))
    })
    .boxed()
}

/// Shows how an import goes on, to its end.
async fn follow(
    mut frames: Pieces,
    length: Option<u64>,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let mut progress = Progress::new(length);
    let mut lines = Lines::default();
    let mut last = Value::Null;
    while let Some(piece) = frames.next().await {
        lines.push(&piece.map_err(|error| broken(&error))?);
        while let Some(line) = lines.next() {
            let Some(data) = line.strip_prefix("data:").map(str::trim) else {
                continue;
            };
            let event: Value = serde_json::from_str(data).map_err(|_| {
                CommandError::failure(format!("the server sent a frame that is not JSON: {data}"))
            })?;
            if let Some(message) = error_message(&event["error"]) {
                progress.end();
                return Err(CommandError::usage(message));
            }
            progress.show(&event);
            last = event;
        }
    }
    progress.end();
    if last["done"] != true {
        return Err(CommandError::unavailable(
            "the import broke off; send it again: what is there already is skipped",
        ));
    }
    if as_json {
        output.json_line(&last)?;
        return Ok(Exit::Success);
    }
    for note in last["notes"].as_array().into_iter().flatten() {
        notice(&show::plain(note));
    }
    let count = |name: &str| last[name].as_u64().unwrap_or_default();
    writeln!(
        output,
        "{} imported, {} were there already",
        count("imported"),
        count("skipped")
    )?;
    if count("waiting") > 0 {
        notice(&format!(
            "{} wait for vectors: words find them, meaning does not until the embedder is there (`council pull \
             all-minilm-l6-v2`) and the server runs",
            count("waiting")
        ));
    }
    Ok(Exit::Success)
}
