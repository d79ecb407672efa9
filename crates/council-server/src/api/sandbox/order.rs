//! What is to be run.

use crate::error::ApiError;
use crate::extract::{FromBody, optional_object, optional_objects, parse_object};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use council_core::sandbox::{InputFile, Language, Limits, Program, RunLimits, SessionId};
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;

/// The usual alphabet; padding may be left out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A program to run.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SandboxRun)]
pub(crate) struct RunBody {
    /// `python`, `bash` or `javascript`.
    #[schema(examples("python"))]
    pub(crate) language: String,
    /// The program; at most 2 MiB. Empty is a program that does nothing.
    #[schema(examples("print(2 + 2)"))]
    pub(crate) code: String,
    /// What it reads from standard input.
    pub(crate) stdin: Option<String>,
    /// The same as base64, for bytes that are no text.
    pub(crate) stdin_base64: Option<String>,
    /// Files that stand in `/box`, its working directory.
    #[serde(default, deserialize_with = "optional_objects")]
    #[schema(max_items = 256)]
    pub(crate) files: Option<Vec<FileField>>,
    /// What it may use; otherwise the configured limits.
    #[serde(default, deserialize_with = "optional_object")]
    pub(crate) limits: Option<LimitFields>,
    /// The session that it continues or begins: variables and files stay from run to run.
    #[schema(min_length = 1, max_length = 128)]
    pub(crate) session_id: Option<String>,
    /// Send what it writes while it runs, as server-sent events.
    pub(crate) stream: Option<bool>,
}

impl FromBody for RunBody {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

/// A file, with `content` or `content_base64`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SandboxFile)]
pub(crate) struct FileField {
    /// Relative to `/box`, with `/` between folders.
    #[schema(examples("data/input.csv"))]
    pub(crate) name: String,
    /// Its text.
    pub(crate) content: Option<String>,
    /// Its bytes as base64.
    pub(crate) content_base64: Option<String>,
}

/// What a run may use; each at most what is configured (`GET /v1/sandbox/status`).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = SandboxLimitFields)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitFields {
    /// From start to end, in milliseconds.
    #[schema(minimum = 1)]
    pub(crate) wall_ms: Option<i64>,
    /// Processor time of all its processes, in milliseconds.
    #[schema(minimum = 1)]
    pub(crate) cpu_ms: Option<i64>,
    /// Memory of all its processes.
    #[schema(minimum = 1)]
    pub(crate) memory_bytes: Option<i64>,
    /// Processes and threads at once.
    #[schema(minimum = 1)]
    pub(crate) processes: Option<i64>,
    /// Open files of a process.
    #[schema(minimum = 1)]
    pub(crate) open_files: Option<i64>,
    /// Largest file.
    #[schema(minimum = 0)]
    pub(crate) file_bytes: Option<i64>,
    /// Each of `/tmp` and `/box`.
    #[schema(minimum = 1)]
    pub(crate) disk_bytes: Option<i64>,
    /// Files and folders in each of them.
    #[schema(minimum = 1)]
    pub(crate) inodes: Option<i64>,
    /// Of standard output that is kept.
    #[schema(minimum = 0)]
    pub(crate) stdout_bytes: Option<i64>,
    /// Of standard error that is kept.
    #[schema(minimum = 0)]
    pub(crate) stderr_bytes: Option<i64>,
    /// Files that are returned.
    #[schema(minimum = 0)]
    pub(crate) artifacts: Option<i64>,
    /// All of them together.
    #[schema(minimum = 0)]
    pub(crate) artifact_bytes: Option<i64>,
}

impl LimitFields {
    /// These over the usual ones. Which of them are possible is for [`Program::check`] to say.
    fn over(&self, usual: Limits) -> Result<Limits, ApiError> {
        let bytes = |name, value, usual| number(name, value, usual);
        let count = |name, value, usual: u32| {
            let number = number(name, value, u64::from(usual))?;
            Ok::<_, ApiError>(u32::try_from(number).unwrap_or(u32::MAX))
        };
        let time = |name, value: Option<i64>, usual: Duration| {
            let Some(value) = value else { return Ok(usual) };
            number(name, Some(value), 0).map(Duration::from_millis)
        };
        Ok(Limits {
            wall: time("wall_ms", self.wall_ms, usual.wall)?,
            cpu: time("cpu_ms", self.cpu_ms, usual.cpu)?,
            memory_bytes: bytes("memory_bytes", self.memory_bytes, usual.memory_bytes)?,
            processes: count("processes", self.processes, usual.processes)?,
            open_files: count("open_files", self.open_files, usual.open_files)?,
            file_bytes: bytes("file_bytes", self.file_bytes, usual.file_bytes)?,
            disk_bytes: bytes("disk_bytes", self.disk_bytes, usual.disk_bytes)?,
            inodes: bytes("inodes", self.inodes, usual.inodes)?,
            stdout_bytes: bytes("stdout_bytes", self.stdout_bytes, usual.stdout_bytes)?,
            stderr_bytes: bytes("stderr_bytes", self.stderr_bytes, usual.stderr_bytes)?,
            artifacts: count("artifacts", self.artifacts, usual.artifacts)?,
            artifact_bytes: bytes("artifact_bytes", self.artifact_bytes, usual.artifact_bytes)?,
        })
    }
}

fn number(name: &str, value: Option<i64>, usual: u64) -> Result<u64, ApiError> {
    let Some(value) = value else { return Ok(usual) };
    u64::try_from(value).map_err(|_| {
        let field = format!("limits.{name}");
        let message = format!("`{field}` is {value}; it must not be negative");
        ApiError::invalid(field, message)
    })
}

/// A checked request.
#[derive(Debug, PartialEq)]
pub(crate) struct RunOrder {
    pub(crate) program: Program,
    pub(crate) stream: bool,
}

impl RunBody {
    /// The program, within these limits.
    pub(crate) fn order(self, limits: &RunLimits) -> Result<RunOrder, ApiError> {
        let stdin = bytes("stdin", self.stdin, self.stdin_base64)?.unwrap_or_default();
        let files = self.files.unwrap_or_default().into_iter().enumerate();
        let program = Program {
            language: language(&self.language)?,
            source: self.code,
            stdin,
            files: files
                .map(|(index, field)| file(index, field))
                .collect::<Result<_, _>>()?,
            limits: self.limits.unwrap_or_default().over(limits.usual)?,
            session: self
                .session_id
                .map(|id| session_id("session_id", id))
                .transpose()?,
        };
        program.check(&limits.maximum)?;
        Ok(RunOrder {
            program,
            stream: self.stream.unwrap_or(false),
        })
    }
}

fn language(name: &str) -> Result<Language, ApiError> {
    Language::from_name(name).ok_or_else(|| {
        let names = Language::ALL.map(|language| format!("`{language}`")).join(", ");
        let message = format!("`language` is `{name}`; it must be one of {names}");
        ApiError::invalid("language", message)
    })
}

/// A session's id.
pub(crate) fn session_id(field: &str, id: String) -> Result<SessionId, ApiError> {
    SessionId::new(id).ok_or_else(|| {
        let message = format!("`{field}` must be 1 to 128 visible ASCII characters");
        ApiError::invalid(field, message)
    })
}

fn file(index: usize, field: FileField) -> Result<InputFile, ApiError> {
    let at = format!("files[{index}].content");
    let content = bytes(&at, field.content, field.content_base64)?;
    let content = content.ok_or_else(|| {
        let message = format!("`{at}` is missing; send it, or `content_base64`");
        ApiError::invalid(&*at, message)
    })?;
    Ok(InputFile {
        name: field.name,
        content,
    })
}

/// What a field holds that is sent as text or as base64.
fn bytes(field: &str, text: Option<String>, base64: Option<String>) -> Result<Option<Vec<u8>>, ApiError> {
    match (text, base64) {
        (Some(_), Some(_)) => {
            let message = format!("`{field}` and `{field}_base64` are both given; send one");
            Err(ApiError::invalid(field, message))
        }
        (Some(text), None) => Ok(Some(text.into_bytes())),
        (None, Some(base64)) => BASE64.decode(base64).map(Some).map_err(|error| {
            let field = format!("{field}_base64");
            let message = format!("`{field}` is not base64: {error}");
            ApiError::invalid(field, message)
        }),
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests;
