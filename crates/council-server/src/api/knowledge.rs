//! Documents that are remembered.

use super::memory::{optional_name, optional_source};
use crate::error::ApiError;
use crate::extract::{FormField, FromBody, Sent, parse_object};
use council_agent::knowledge::{
    Asked, FileReport, IngestEvent, IngestOrder, IngestReport, Material, understands,
};
use council_core::SourceSummary;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;
use utoipa::{IntoParams, ToSchema};

/// Documents to remember: a `path` of the server's machine, or `text` with a `name`.
#[derive(Debug, Default, PartialEq, Deserialize, ToSchema)]
#[schema(as = KnowledgeAdd)]
pub(crate) struct AddBody {
    /// An absolute path of a file or directory of the server's machine, below one of `knowledge.roots`.
    pub(crate) path: Option<String>,
    /// What the text is called: a path or an address. Sending it again replaces what was remembered.
    #[schema(min_length = 1, max_length = 4096)]
    pub(crate) name: Option<String>,
    /// The text.
    pub(crate) text: Option<String>,
    /// What the text is, such as `text/markdown`; otherwise the end of `name` says it.
    pub(crate) media_type: Option<String>,
    /// The project that it belongs to.
    pub(crate) project: Option<String>,
    /// Tell how far it is, as server-sent events.
    pub(crate) stream: Option<bool>,
    /// Skip what is no text, as in directories, instead of calling it failed.
    pub(crate) skip_binary: Option<bool>,
}

impl FromBody for AddBody {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

/// The same as a form with files.
#[derive(Debug, ToSchema)]
#[schema(as = KnowledgeForm)]
#[expect(
    dead_code,
    reason = "it describes the form for the OpenAPI document; fields are read one by one"
)]
pub(crate) struct AddForm {
    /// A file; may be repeated. Its name is that of the document.
    #[schema(value_type = String, format = Binary)]
    pub(crate) file: Vec<u8>,
    /// Before a file: another name for its document.
    pub(crate) name: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) stream: Option<bool>,
    pub(crate) skip_binary: Option<bool>,
}

/// What is to be remembered.
#[derive(Debug, PartialEq)]
pub(crate) enum AddOrder {
    /// What is at a path, which has to be allowed first.
    Path(PathBuf),
    Sent(Vec<Material>),
}

/// A checked request.
#[derive(Debug, PartialEq)]
pub(crate) struct Add {
    pub(crate) order: AddOrder,
    pub(crate) project: Option<String>,
    pub(crate) stream: bool,
    pub(crate) skip_binary: bool,
}

impl Add {
    pub(crate) fn read(sent: Sent<AddBody>) -> Result<Self, ApiError> {
        match sent {
            Sent::Json(body) => Self::of_body(body),
            Sent::Form(fields) => Self::of_form(fields),
        }
    }

    fn of_body(body: AddBody) -> Result<Self, ApiError> {
        let order = match (body.path, body.text) {
            (Some(_), Some(_)) => {
                return Err(ApiError::invalid(
                    "path",
                    "`path` and `text` are both given; send one",
                ));
            }
            (None, None) => {
                let message = "`text` is missing; send `name` and `text`, `path`, or a form with files";
                return Err(ApiError::invalid("text", message));
            }
            (Some(path), None) => {
                let path = PathBuf::from(path);
                if !path.is_absolute() {
                    return Err(ApiError::invalid(
                        "path",
                        "`path` is not absolute; begin it with `/`",
                    ));
                }
                AddOrder::Path(path)
            }
            (None, Some(text)) => {
                let name = optional_source("name", body.name)?;
                let name = name.ok_or_else(|| {
                    ApiError::invalid("name", "`name` is missing; say what the text is called")
                })?;
                if let Some(media_type) = &body.media_type
                    && !understands(media_type)
                {
                    let message = format!("`media_type` is `{media_type}`, which is not understood");
                    return Err(ApiError::invalid("media_type", message));
                }
                AddOrder::Sent(vec![Material::Bytes {
                    name,
                    media_type: body.media_type,
                    bytes: text.into_bytes(),
                }])
            }
        };
        Ok(Self {
            order,
            project: optional_name("project", body.project)?,
            stream: body.stream.unwrap_or(false),
            skip_binary: body.skip_binary.unwrap_or(false),
        })
    }

    fn of_form(fields: Vec<FormField>) -> Result<Self, ApiError> {
        let (mut files, mut project, mut stream, mut skip_binary) = (Vec::new(), None, false, false);
        let mut named = None;
        for field in fields {
            let at = field.name.clone();
            match (field.name.as_str(), field.file) {
                ("file" | "files" | "file[]" | "files[]", file) => {
                    let name = optional_source(&at, named.take().or(file))?;
                    let name = name.ok_or_else(|| {
                        ApiError::invalid(&at, format!("`{at}` has no file name; send `filename`"))
                    })?;
                    // Clients guess types by the name too, and often wrongly; what they say counts where it is known.
                    let media_type = field.media_type.filter(|media_type| {
                        understands(media_type) && !media_type.starts_with("text/plain")
                    });
                    let bytes = field.bytes.to_vec();
                    files.push(Material::Bytes {
                        name,
                        media_type,
                        bytes,
                    });
                }
                ("project", None) => project = Some(text(&at, &field.bytes)?),
                ("name", None) => named = Some(text(&at, &field.bytes)?),
                ("stream", None) => stream = text(&at, &field.bytes)? == "true",
                ("skip_binary", None) => skip_binary = text(&at, &field.bytes)? == "true",
                _ => {
                    let message = format!(
                        "`{at}` is not understood; the form has `file`, `name`, `project`, `stream`, `skip_binary`"
                    );
                    return Err(ApiError::invalid(at, message));
                }
            }
        }
        if files.is_empty() {
            return Err(ApiError::invalid("file", "`file` is missing; send at least one"));
        }
        Ok(Self {
            order: AddOrder::Sent(files),
            project: optional_name("project", project.filter(|project| !project.is_empty()))?,
            stream,
            skip_binary,
        })
    }

    /// An order for these documents.
    pub(crate) fn of(user: &str, project: Option<String>, materials: Vec<(Material, Asked)>) -> IngestOrder {
        IngestOrder {
            user: user.to_owned(),
            project,
            materials,
        }
    }
}

fn text(at: &str, bytes: &[u8]) -> Result<String, ApiError> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|_| ApiError::invalid(at, format!("`{at}` is not UTF-8")))?;
    Ok(text.trim().to_owned())
}

/// What became of a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeFile)]
pub(crate) struct FileObject {
    /// Its name.
    pub(crate) source: String,
    /// `added`, `replaced`, `unchanged`, `skipped` (no text, found in a directory) or `failed`.
    pub(crate) outcome: &'static str,
    /// Why it was skipped or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Its parts that are remembered now.
    pub(crate) chunks: usize,
    /// Of them, those whose vectors were made now.
    pub(crate) embedded: usize,
    /// Of them, those that wait for vectors, because the embedder is not ready; words find them.
    pub(crate) waiting: usize,
    /// Its size.
    pub(crate) bytes: u64,
}

impl From<FileReport> for FileObject {
    fn from(file: FileReport) -> Self {
        Self {
            outcome: file.outcome.as_str(),
            reason: file.outcome.reason().map(str::to_owned),
            source: file.source,
            chunks: file.chunks,
            embedded: file.embedded,
            waiting: file.waiting,
            bytes: file.bytes,
        }
    }
}

/// What became of all documents of a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeReport)]
pub(crate) struct ReportObject {
    /// `knowledge.report`.
    pub(crate) object: &'static str,
    pub(crate) added: usize,
    pub(crate) replaced: usize,
    pub(crate) unchanged: usize,
    pub(crate) skipped: usize,
    pub(crate) failed: usize,
    /// Parts that were stored now.
    pub(crate) chunks: usize,
    /// Parts that wait for vectors.
    pub(crate) waiting: usize,
    /// One by one, in order.
    pub(crate) files: Vec<FileObject>,
}

impl From<IngestReport> for ReportObject {
    fn from(report: IngestReport) -> Self {
        Self {
            object: "knowledge.report",
            added: report.count("added"),
            replaced: report.count("replaced"),
            unchanged: report.count("unchanged"),
            skipped: report.count("skipped"),
            failed: report.count("failed"),
            chunks: report.chunks_stored(),
            waiting: report.waiting(),
            files: report.files.into_iter().map(FileObject::from).collect(),
        }
    }
}

/// How far it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeEvent)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum EventObject {
    /// A document is being read.
    Started {
        /// Its place, from 0.
        index: usize,
        /// Documents in all.
        count: usize,
        source: String,
    },
    /// Some of its parts have vectors.
    Embedded {
        source: String,
        done: usize,
        chunks: usize,
    },
    /// It is done with.
    Finished {
        index: usize,
        count: usize,
        file: FileObject,
    },
    /// All are done with; nothing follows.
    Report { report: ReportObject },
}

impl From<IngestEvent> for EventObject {
    fn from(event: IngestEvent) -> Self {
        match event {
            IngestEvent::Started { index, count, source } => Self::Started { index, count, source },
            IngestEvent::Embedded { source, done, chunks } => Self::Embedded { source, done, chunks },
            IngestEvent::Finished { index, count, file } => Self::Finished {
                index,
                count,
                file: file.into(),
            },
        }
    }
}

/// A document that is remembered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeSource)]
pub(crate) struct SourceObject {
    /// Its name: a path or an address.
    pub(crate) source: String,
    pub(crate) title: Option<String>,
    pub(crate) media_type: Option<String>,
    /// SHA-256 of what it held when it was read.
    pub(crate) hash: Option<String>,
    /// Its parts.
    pub(crate) chunks: u64,
    /// When its parts were stored, in seconds since the Unix epoch.
    pub(crate) created_at: f64,
}

impl From<SourceSummary> for SourceObject {
    fn from(summary: SourceSummary) -> Self {
        let text = |key: &str| {
            summary
                .metadata
                .get(key)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        Self {
            title: text("title"),
            media_type: text("media_type"),
            hash: text("hash"),
            source: summary.source,
            chunks: summary.parts,
            created_at: summary.created_at.as_secs_f64(),
        }
    }
}

/// Which document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SourceQuery {
    /// Its name, as `GET /v1/knowledge` lists it.
    pub(crate) source: String,
}

/// That a document is forgotten.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeDeleted)]
pub(crate) struct DeletedSource {
    pub(crate) source: String,
    /// `knowledge.deleted`.
    pub(crate) object: &'static str,
    /// True.
    pub(crate) deleted: bool,
    /// Parts that it had.
    pub(crate) chunks: u64,
}
