//! Memories, and questions to them.

mod clusters;
mod counts;
mod forget;
mod history;
mod import;
mod object;
mod profile;
mod query;
mod record;
mod save;
mod time;
mod tools;

pub(crate) use clusters::{ClusterMembers, ClusterQuery, ClustersObject, ClustersQuery};
pub(crate) use counts::MemoryCountsObject;
pub(crate) use forget::{ForgetBody, ForgetOrder, ForgetResult};
pub(crate) use history::HistoryObject;
pub(crate) use import::{ImportEvent, ImportObject};
pub(crate) use object::{HitObject, MemoryChangeBody, MemoryObject};
pub(crate) use profile::{ProfileBody, ProfileObject, ProfileQuery, attribute};
pub(crate) use query::{AsOfQuery, ListQuery, SearchBody, SearchResult, memory_at};
pub(crate) use record::{HeaderObject, RecordObject};
pub(crate) use save::{MemoryIds, SaveBody, SaveOrder};
pub(crate) use tools::{
    DeleteTool, DeletedTool, ForgetTool, ForgottenTool, LoadTool, LoadedTool, SaveTool, SavedTool,
};

use crate::error::ApiError;
use council_core::{MemoryKind, Trust};

fn kind(at: &str, name: &str) -> Result<MemoryKind, ApiError> {
    let known = MemoryKind::ALL.map(MemoryKind::as_str);
    MemoryKind::parse(name).ok_or_else(|| unknown(at, name, &known))
}

fn trust(at: &str, name: &str) -> Result<Trust, ApiError> {
    let known = Trust::ALL.map(Trust::as_str);
    Trust::parse(name).ok_or_else(|| unknown(at, name, &known))
}

fn unknown(at: &str, name: &str, known: &[&str]) -> ApiError {
    let message = format!("`{at}` is `{name}`; choose one of {}", known.join(", "));
    ApiError::invalid(at, message)
}

/// Most characters of a name: of a session, a project, an area, a label, a speaker.
const MAX_NAME_CHARS: usize = 128;

/// A name of 1 to 128 characters without control characters.
fn name(at: &str, text: String) -> Result<String, ApiError> {
    let chars = text.chars().count();
    if (1..=MAX_NAME_CHARS).contains(&chars) && !text.chars().any(char::is_control) {
        return Ok(text);
    }
    let message = format!("`{at}` must have 1 to {MAX_NAME_CHARS} characters and no control characters");
    Err(ApiError::invalid(at, message))
}

pub(crate) fn optional_name(at: &str, text: Option<String>) -> Result<Option<String>, ApiError> {
    text.map(|text| name(at, text)).transpose()
}

/// Longest path or address of a document, in bytes.
const MAX_SOURCE_BYTES: usize = 4_096;

/// The path or address of a document.
pub(crate) fn optional_source(at: &str, source: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(source) = source else { return Ok(None) };
    if (1..=MAX_SOURCE_BYTES).contains(&source.len()) && !source.chars().any(char::is_control) {
        return Ok(Some(source));
    }
    let message = format!("`{at}` must have 1 to {MAX_SOURCE_BYTES} bytes and no control characters");
    Err(ApiError::invalid(at, message))
}

fn names(at: &str, texts: Vec<String>) -> Result<Vec<String>, ApiError> {
    let texts = texts.into_iter().enumerate();
    texts
        .map(|(index, text)| name(&format!("{at}[{index}]"), text))
        .collect()
}

#[cfg(test)]
mod tests;
