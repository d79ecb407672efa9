//! How a request says what its turn takes from the memory and leaves there, and how answers tell what that was.

use super::memory::{HitObject, optional_name};
use crate::error::ApiError;
use crate::turns::MemoryReport;
use axum::http::HeaderMap;
use council_agent::MemoryUse;
use council_core::{Input, MemoryId, Role, Scope, TurnMemory};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `x-council-memory`: `on`, `read` or `off`.
const MEMORY_HEADER: &str = "x-council-memory";
/// `x-council-session`: the session that the turn belongs to.
const SESSION_HEADER: &str = "x-council-session";
/// `x-council-project`: the project.
const PROJECT_HEADER: &str = "x-council-project";

/// `on` (recall before the answer, remember after it), `read` (only recall) or `off`; true is `on`, false is `off`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "`on`, `read`, `off` or a boolean")]
#[schema(as = TurnMemory)]
pub(crate) enum MemoryField {
    Switch(bool),
    Mode(String),
}

impl MemoryField {
    fn mode(&self, at: &str) -> Result<TurnMemory, ApiError> {
        match self {
            Self::Switch(true) => Ok(TurnMemory::On),
            Self::Switch(false) => Ok(TurnMemory::Off),
            Self::Mode(name) => TurnMemory::parse(name).ok_or_else(|| {
                let message = format!("`{at}` is `{name}`; choose one of on, read, off");
                ApiError::invalid(at, message)
            }),
        }
    }
}

/// The memory fields of the original routes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub(crate) struct MemoryFields {
    /// What the turn takes from the memory and leaves there. Where absent: as configured (`memory.turns`) within a
    /// conversation, and nothing without one.
    pub(crate) memory: Option<MemoryField>,
    /// Recall and remember nothing, and store nothing of what is said; only the ledger counts the request.
    pub(crate) incognito: Option<bool>,
    /// Memories that this turn does not take anything from, beside those that its conversation is set to leave out; at
    /// most 200.
    pub(crate) without_memories: Option<Vec<String>>,
    /// Those that its conversation leaves out.
    #[serde(skip)]
    pub(crate) left_out_before: Vec<MemoryId>,
    /// The project within which to recall and remember.
    #[schema(min_length = 1, max_length = 128)]
    pub(crate) project: Option<String>,
}

/// What a validated request says.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryOrder {
    mode: Option<TurnMemory>,
    pub(crate) incognito: bool,
    /// Memories that it takes nothing from.
    pub(crate) without: Vec<MemoryId>,
    session: Option<String>,
    project: Option<String>,
}

impl MemoryFields {
    pub(crate) fn order(self) -> Result<MemoryOrder, ApiError> {
        let mode = self.memory.map(|field| field.mode("memory")).transpose()?;
        let incognito = self.incognito.unwrap_or(false);
        if incognito && mode.is_some_and(|mode| mode != TurnMemory::Off) {
            let message = "`incognito` neither recalls nor remembers; leave `memory` out, or `incognito`";
            return Err(ApiError::invalid("incognito", message));
        }
        let mut without = memory_ids("without_memories", self.without_memories)?;
        without.extend(self.left_out_before);
        Ok(MemoryOrder {
            mode,
            incognito,
            without,
            session: None,
            project: optional_name("project", self.project)?,
        })
    }
}

impl MemoryOrder {
    /// What the headers of a request in OpenAI's shape say.
    pub(crate) fn of_headers(headers: &HeaderMap) -> Result<Self, ApiError> {
        let value = |name: &'static str| match headers.get(name).map(|value| value.to_str()) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text.to_owned())),
            Some(Err(_)) => {
                let message = format!("the header `{name}` must be visible ASCII");
                Err(ApiError::invalid(name, message))
            }
        };
        let mode = value(MEMORY_HEADER)?.map(|name| MemoryField::Mode(name).mode(MEMORY_HEADER));
        Ok(Self {
            mode: mode.transpose()?,
            incognito: false,
            without: Vec::new(),
            session: optional_name(SESSION_HEADER, value(SESSION_HEADER)?)?,
            project: optional_name(PROJECT_HEADER, value(PROJECT_HEADER)?)?,
        })
    }

    /// Whether the request itself asks for the memory.
    pub(crate) fn asks(&self) -> bool {
        self.mode.is_some_and(|mode| mode != TurnMemory::Off)
    }

    /// Whose memory and files it is about; `session` stands in for one that the request does not name.
    pub(crate) fn scope(&self, user: &str, session: Option<&str>) -> Scope {
        Scope {
            user: user.to_owned(),
            project: self.project.clone(),
            session: self.session.clone().or_else(|| session.map(str::to_owned)),
        }
    }

    /// The use of the memory, where `usual` is what happens when the request does not say.
    pub(crate) fn memory_use(
        &self,
        user: &str,
        session: Option<&str>,
        usual: TurnMemory,
    ) -> Option<MemoryUse> {
        let mode = if self.incognito {
            TurnMemory::Off
        } else {
            self.mode.unwrap_or(usual)
        };
        (mode != TurnMemory::Off).then(|| MemoryUse {
            scope: self.scope(user, session),
            recall: true,
            store: mode == TurnMemory::On,
        })
    }
}

/// Most memories of a list.
const MAX_IDS: usize = 200;
/// Longest identifier of a memory, in bytes.
const MAX_ID_BYTES: usize = 64;

/// Memories in the field `at`, each once.
pub(crate) fn memory_ids(at: &str, ids: Option<Vec<String>>) -> Result<Vec<MemoryId>, ApiError> {
    let ids = ids.unwrap_or_default();
    if ids.len() > MAX_IDS {
        let message = format!("`{at}` has {} entries; at most {MAX_IDS} are possible", ids.len());
        return Err(ApiError::invalid(at, message));
    }
    if let Some(id) = ids.iter().find(|id| id.is_empty() || id.len() > MAX_ID_BYTES) {
        let message =
            format!("`{at}` has `{id}`, which is no memory's id; ids have 1 to {MAX_ID_BYTES} bytes");
        return Err(ApiError::invalid(at, message));
    }
    let mut once = Vec::new();
    for id in ids.into_iter().map(MemoryId) {
        if !once.contains(&id) {
            once.push(id);
        }
    }
    Ok(once)
}

/// A session for a client that sends its whole conversation each time and no name for it: conversations that begin
/// with the same messages are the same.
pub(crate) fn session_of(input: &Input) -> Option<String> {
    let Input::Chat { messages, .. } = input else {
        return None;
    };
    let first = messages.iter().position(|message| message.role == Role::User)?;
    // FNV-1a: the name must be the same in every process and version.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for message in &messages[..=first] {
        for byte in message.joined_text().bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Some(format!("openai_{hash:016x}"))
}

/// What an answer took from the memory and left there.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = TurnMemoryReport)]
pub(crate) struct MemoryReportObject {
    /// Memories that went into this answer, best first.
    pub(crate) memories: Vec<HitObject>,
    /// Ids of what is remembered of this turn: the question, then the answer; a long one in several parts.
    pub(crate) remembered: Vec<String>,
    /// Why nothing could be recalled or remembered, where that is so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) memory_problems: Vec<String>,
}

impl From<MemoryReport> for MemoryReportObject {
    fn from(report: MemoryReport) -> Self {
        Self {
            memories: report
                .hits
                .into_iter()
                .map(|hit| HitObject::new(hit, false))
                .collect(),
            remembered: report.remembered.into_iter().map(|id| id.0).collect(),
            memory_problems: report.problems,
        }
    }
}

#[cfg(test)]
mod tests;
