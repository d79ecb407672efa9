//! What a program did.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use council_core::sandbox::{Artifact, Language, RunReport, SessionId, Start};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::time::Duration;
use utoipa::ToSchema;

/// What a program did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxResult)]
pub(crate) struct RunObject {
    /// `sandbox.result`.
    pub(crate) object: &'static str,
    /// `ok`, `error` (it ended by itself with another exit status than 0), `timeout`, `cpu`, `memory`, `output_limit`,
    /// `killed`, or `refused` (nothing of it ran; `stderr` says why).
    #[schema(examples("ok"))]
    pub(crate) status: &'static str,
    /// Its exit status, where it ended by itself.
    pub(crate) exit: Option<i32>,
    /// The signal that ended it, where one did.
    pub(crate) signal: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error, with the traceback of an exception.
    pub(crate) stderr: String,
    /// True where standard output has bytes that are no UTF-8; in `stdout` they are `U+FFFD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stdout_lossy: Option<bool>,
    /// The same of standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stderr_lossy: Option<bool>,
    pub(crate) truncated: TruncatedObject,
    /// The value of the last expression, as the language prints it; Python and JavaScript only.
    pub(crate) value: Option<String>,
    /// Files that it left in `/box`, plots among them.
    pub(crate) artifacts: Vec<ArtifactObject>,
    /// From the moment when it could run until it had ended.
    pub(crate) wall_ms: f64,
    /// Processor time of all its processes.
    pub(crate) cpu_ms: f64,
    /// Most resident memory of its first process.
    pub(crate) max_rss_bytes: u64,
    /// Until it could run.
    pub(crate) queue_ms: f64,
    /// What isolated it.
    pub(crate) backend: &'static str,
    /// How strongly: `strong`, `good` or `weak`.
    pub(crate) tier: &'static str,
    /// Whether its process was there already.
    pub(crate) warm: bool,
    /// How its process came to be: `warm`, `cold` or `session` (there from an earlier run).
    pub(crate) start: &'static str,
    pub(crate) language: &'static str,
    pub(crate) session_id: Option<String>,
    /// Why what the session knew is gone, where it is; this run began anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_lost: Option<String>,
}

/// What was longer than what is kept of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxTruncated)]
pub(crate) struct TruncatedObject {
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
    /// Not every file is here, or not whole.
    pub(crate) artifacts: bool,
    /// The value of the last expression.
    pub(crate) value: bool,
}

/// A file that a program left.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxArtifact)]
pub(crate) struct ArtifactObject {
    /// Relative to `/box`.
    pub(crate) name: String,
    pub(crate) mime: String,
    /// Bytes.
    pub(crate) size: usize,
    /// SHA-256, in hexadecimal.
    pub(crate) sha256: String,
    /// Its bytes as base64.
    pub(crate) data: String,
}

impl From<Artifact> for ArtifactObject {
    fn from(artifact: Artifact) -> Self {
        use std::fmt::Write;
        let mut sha256 = String::new();
        for byte in Sha256::digest(&artifact.content) {
            // Writing to a string cannot fail.
            let _ = write!(sha256, "{byte:02x}");
        }
        Self {
            name: artifact.name,
            mime: artifact.mime,
            size: artifact.content.len(),
            sha256,
            data: BASE64_STANDARD.encode(&artifact.content),
        }
    }
}

impl RunObject {
    pub(crate) fn new(report: RunReport, language: Language, session: Option<&SessionId>) -> Self {
        let (stdout, stdout_lossy) = text(report.stdout, report.truncated.stdout);
        let (stderr, stderr_lossy) = text(report.stderr, report.truncated.stderr);
        Self {
            object: "sandbox.result",
            status: report.status.name(),
            exit: report.exit,
            signal: report.signal,
            stdout,
            stderr,
            stdout_lossy: stdout_lossy.then_some(true),
            stderr_lossy: stderr_lossy.then_some(true),
            truncated: TruncatedObject {
                stdout: report.truncated.stdout,
                stderr: report.truncated.stderr,
                artifacts: report.truncated.artifacts,
                value: report.truncated.value,
            },
            value: report.value,
            artifacts: report.artifacts.into_iter().map(Into::into).collect(),
            wall_ms: ms(report.wall),
            cpu_ms: ms(report.cpu),
            max_rss_bytes: report.max_rss_bytes,
            queue_ms: ms(report.queue),
            backend: report.backend.name(),
            tier: report.tier.name(),
            warm: report.start != Start::Cold,
            start: report.start.name(),
            language: language.name(),
            session_id: session.map(|id| id.as_str().to_owned()),
            session_lost: report.session_lost,
        }
    }
}

/// Bytes as text, and whether some of them were none. The character that a cut went through is left out.
fn text(mut bytes: Vec<u8>, cut: bool) -> (String, bool) {
    if cut
        && let Err(error) = std::str::from_utf8(&bytes)
        && error.error_len().is_none()
    {
        bytes.truncate(error.valid_up_to());
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    }
}

/// Milliseconds, to the microsecond.
pub(super) fn ms(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_said_to_be_lost_unless_only_a_cut_made_them_so() {
        let lossy = |bytes: &[u8], cut| text(bytes.to_vec(), cut);
        assert_eq!(lossy("naïve".as_bytes(), false), ("naïve".to_owned(), false));
        assert_eq!(lossy(b"a\xff", false), ("a\u{fffd}".to_owned(), true));
        assert_eq!(lossy(b"a\xc3", false), ("a\u{fffd}".to_owned(), true));
        assert_eq!(lossy(b"a\xc3", true), ("a".to_owned(), false));
        assert_eq!(
            lossy(b"\xff a\xc3", true),
            ("\u{fffd} a\u{fffd}".to_owned(), true)
        );
    }
}
