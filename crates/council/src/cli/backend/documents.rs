//! Documents: through a running server, or in this process.

use super::Backend;
use crate::exit::CommandError;
use council_agent::knowledge::{Asked, FileReport, IngestOrder, Material, Outcome, is_binary_name};
use council_core::memory::LOCAL_USER;
use serde_json::{Value, json};
use std::path::Path;

/// What became of a document.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cli) struct FileResult {
    pub(in crate::cli) source: String,
    /// `added`, `replaced`, `unchanged`, `skipped` or `failed`.
    pub(in crate::cli) outcome: String,
    pub(in crate::cli) reason: Option<String>,
    pub(in crate::cli) chunks: u64,
    /// Parts that wait for the embedder.
    pub(in crate::cli) waiting: u64,
}

impl FileResult {
    /// For programs.
    pub(in crate::cli) fn to_json(&self) -> Value {
        json!({
            "event": "file",
            "source": self.source,
            "outcome": self.outcome,
            "reason": self.reason,
            "chunks": self.chunks,
            "waiting": self.waiting,
        })
    }

    pub(in crate::cli) fn failed(source: String, reason: String) -> Self {
        Self {
            source,
            outcome: Outcome::Failed(String::new()).as_str().to_owned(),
            reason: Some(reason),
            chunks: 0,
            waiting: 0,
        }
    }
}

impl From<FileReport> for FileResult {
    fn from(file: FileReport) -> Self {
        Self {
            outcome: file.outcome.as_str().to_owned(),
            reason: file.outcome.reason().map(str::to_owned),
            source: file.source,
            chunks: file.chunks as u64,
            waiting: file.waiting as u64,
        }
    }
}

impl Backend {
    /// Remembers a file. Through a server, its content is sent: what the server may read itself is for its
    /// configuration to say.
    pub(in crate::cli) async fn remember_file(
        &self,
        path: &Path,
        asked: Asked,
        project: Option<&str>,
        most_bytes: u64,
    ) -> Result<FileResult, CommandError> {
        match self {
            Self::Server(client) => {
                let source = path.display().to_string();
                if asked == Asked::WithDirectory && is_binary_name(path) {
                    let outcome = Outcome::Skipped(String::new()).as_str().to_owned();
                    return Ok(FileResult {
                        outcome,
                        ..FileResult::failed(source, "it is no text".to_owned())
                    });
                }
                let size = tokio::fs::metadata(path).await.map(|metadata| metadata.len());
                if let Ok(bytes) = size
                    && bytes > most_bytes
                {
                    let reason = format!("it has {bytes} bytes; at most {most_bytes} are read: split it");
                    return Ok(FileResult::failed(source, reason));
                }
                match tokio::fs::read(path).await {
                    Ok(bytes) => client.remember_document(source, bytes, asked, project).await,
                    Err(error) => Ok(FileResult::failed(source, format!("it cannot be read: {error}"))),
                }
            }
            Self::Process(app) => {
                let order = IngestOrder {
                    user: LOCAL_USER.to_owned(),
                    project: project.map(str::to_owned),
                    materials: vec![(Material::File(path.to_owned()), asked)],
                };
                let mut report = app.knowledge().ingest_quietly(order).await;
                let file = report.files.pop();
                file.map(FileResult::from)
                    .ok_or_else(|| CommandError::failure("nothing became of the document"))
            }
        }
    }

    /// The documents that are remembered: name, type, parts.
    pub(in crate::cli) async fn documents(&self) -> Result<Vec<(String, String, u64)>, CommandError> {
        match self {
            Self::Server(client) => client.documents().await,
            Self::Process(app) => {
                let sources = app.knowledge().sources(LOCAL_USER).await;
                let sources = sources.map_err(|error| CommandError::io(error.to_string()))?;
                let row = |source: council_core::SourceSummary| {
                    let media_type = source.metadata.get("media_type").and_then(Value::as_str);
                    let media_type = media_type.unwrap_or_default().to_owned();
                    (source.source, media_type, source.parts)
                };
                Ok(sources.into_iter().map(row).collect())
            }
        }
    }

    /// Forgets a document; returns how many parts it had.
    pub(in crate::cli) async fn forget_document(&self, source: &str) -> Result<u64, CommandError> {
        match self {
            Self::Server(client) => client.forget_document(source).await,
            Self::Process(app) => {
                let gone = app.knowledge().remove(LOCAL_USER, source).await;
                gone.map_err(|error| CommandError::io(error.to_string()))
            }
        }
    }
}
