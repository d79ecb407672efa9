//! What the host does with bytes that come from a box, apart from the box: for the targets in `fuzz/` and for tests.
//! A box may say anything; nothing of it may end the host's process, or take more memory than what was said.

use super::channel::Channel;
use super::result::{Collected, report};
use super::run::{Pending, take};
use crate::frame::{self, Frame};
use council_core::sandbox::{RunReport, Start};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixStream;

/// Reads frames until there is none, by the reader of the box and by that of the host, which hears them in pieces of
/// this many bytes. Both must understand the same; how many frames those were.
///
/// # Errors
/// Where the two differ, in words.
pub async fn frames(bytes: &[u8], piece_bytes: usize) -> Result<usize, String> {
    let mut rest = bytes;
    let mut plain = Vec::new();
    let ended = loop {
        match frame::read(&mut rest) {
            Ok(Some(frame)) => plain.push(frame),
            Ok(None) => break true,
            Err(_) => break false,
        }
    };
    let (ours, mut theirs) = UnixStream::pair().map_err(|error| error.to_string())?;
    let speak = async move {
        for piece in bytes.chunks(piece_bytes.max(1)) {
            // A reader that met nonsense hears no more.
            if theirs.write_all(piece).await.is_err() {
                return;
            }
        }
    };
    let hear = async move {
        let mut channel = Channel::new(ours);
        let mut heard = Vec::new();
        loop {
            match channel.next().await {
                Ok(Some(frame)) => heard.push(frame),
                Ok(None) => return (heard, true),
                Err(_) => return (heard, false),
            }
        }
    };
    let ((), heard) = tokio::join!(speak, hear);
    let taken: usize = plain.iter().map(|frame| frame.body.len()).sum();
    if taken > bytes.len() {
        return Err(format!("{taken} bytes of frames in {}", bytes.len()));
    }
    let count = plain.len();
    if heard == (plain, ended) {
        Ok(count)
    } else {
        Err(format!("{heard:?} was heard of {count} frames, whole: {ended}"))
    }
}

/// Takes these bytes for what a box says of its run, and makes the report of it; `None` where they are none.
///
/// # Errors
/// Where the report has more than was said, in words.
pub fn reported(bytes: &[u8]) -> Result<Option<RunReport>, String> {
    let mut rest = bytes;
    let mut collected = Collected::default();
    let mut pending = Pending::default();
    while let Ok(Some(Frame { kind, body })) = frame::read(&mut rest) {
        match take(Frame { kind, body }, &mut collected, &mut pending) {
            Ok(None) => {}
            Err(_) => return Ok(None),
            Ok(Some(ending)) => {
                let report = report(&ending, collected, Duration::ZERO, Start::Cold);
                let files: usize = report.artifacts.iter().map(|file| file.content.len()).sum();
                let kept = report.stdout.len() + report.stderr.len() + files;
                return if kept <= bytes.len() && report.artifacts.iter().all(|file| !file.mime.is_empty()) {
                    Ok(Some(report))
                } else {
                    Err(format!("{kept} bytes of {}: {report:?}", bytes.len()))
                };
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
