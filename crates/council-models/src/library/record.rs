//! What is written down about a model's file: `<id>.json`.

use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// Where a model's file came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// The source that it was pulled or imported from, in words.
    pub source: String,
    /// The file's name there.
    pub original_name: String,
    /// Hash of what was pulled, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Who vouched for that hash: `catalog`, `hub` or `nobody`.
    pub verified_by: String,
    /// Size of what was pulled, in bytes.
    pub size_bytes: u64,
    /// When it was pulled, in seconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pulled_at: Option<u64>,
    /// The type that the file was converted to afterwards, such as `q8_0`; the hash is then no longer that of the
    /// file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requantised: Option<String>,
}

impl Record {
    /// `None` when there is none or it cannot be read: a model is usable without its record.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let text = std::fs::read(path).ok()?;
        serde_json::from_slice(&text)
            .inspect_err(
                |error| tracing::warn!(path = %path.display(), %error, "a model's record cannot be read"),
            )
            .ok()
    }

    /// Replaces the file as a whole.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        let new = path.with_extension("json.new");
        std::fs::write(&new, text)?;
        std::fs::rename(&new, path)
    }
}
