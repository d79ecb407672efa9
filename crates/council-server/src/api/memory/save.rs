//! What is to be remembered.

use super::time::TimeField;
use super::{kind, name, names, optional_name, optional_source, trust};
use crate::error::ApiError;
use crate::extract::{FromBody, objects, optional_object, parse_object};
use council_core::{Claim, MemoryId, MemoryKind, NewMemory, Scope, Timestamp, Trust};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Longest text of one memory, in bytes.
pub(super) const MAX_TEXT_BYTES: usize = 65_536;
/// Most memories of one request.
const MAX_ITEMS: usize = 10_000;
/// Largest metadata of one memory, as JSON, in bytes.
const MAX_METADATA_BYTES: usize = 16_384;

/// Something to be remembered.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct SaveItem {
    /// The text.
    #[schema(min_length = 1, max_length = 65_536)]
    pub(crate) text: String,
    /// `turn` (something that was said), `fact`, `preference`, `note`, `summary` or `document`.
    #[schema(default = "note")]
    pub(crate) kind: Option<String>,
    /// Who said it.
    pub(crate) speaker: Option<String>,
    /// The session, such as a conversation, that it belongs to.
    pub(crate) session: Option<String>,
    /// The project that it belongs to.
    pub(crate) project: Option<String>,
    /// When it was said; now where absent.
    pub(crate) timestamp: Option<TimeField>,
    /// When it became so: another name for `timestamp`, of which one is enough.
    pub(crate) valid_from: Option<TimeField>,
    /// When it ceased to be so, or will; never, as far as is known, where absent.
    pub(crate) valid_to: Option<TimeField>,
    /// A part of the memory by purpose.
    #[schema(default = "main")]
    pub(crate) area: Option<String>,
    /// Labels.
    pub(crate) tags: Option<Vec<String>>,
    /// Whatever else belongs to it.
    #[schema(value_type = Option<Object>)]
    pub(crate) metadata: Option<Map<String, Value>>,
    /// Where it came from: `user`, `assistant`, `tool` or `web`.
    #[schema(default = "user")]
    pub(crate) trust: Option<String>,
    /// The document that it is a part of: a path or an address.
    #[schema(max_length = 4_096)]
    pub(crate) source: Option<String>,
    /// What a fact or a preference says, beside its text.
    #[serde(default, deserialize_with = "optional_object")]
    pub(crate) claim: Option<ClaimField>,
    /// The memories whose place it takes: they are no longer so from `timestamp` on, and kept as what was so before.
    /// Not within `items`.
    pub(crate) supersedes: Option<Vec<String>>,
}

/// What a fact or a preference says.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = SaveMemoryClaim)]
pub(crate) struct ClaimField {
    /// Whom it is about.
    pub(crate) subject: String,
    /// What about them, such as `home` or `likes`.
    pub(crate) attribute: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SaveMany {
    /// Memories, in the order in which they were said.
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 10_000)]
    pub(crate) items: Vec<SaveItem>,
}

/// One memory, or several as `items`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = SaveMemory)]
pub(crate) enum SaveBody {
    One(Box<SaveItem>),
    Many(SaveMany),
}

impl FromBody for SaveBody {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        #[derive(Deserialize)]
        struct Shape {
            items: Option<serde::de::IgnoredAny>,
        }
        let shape: Shape = parse_object(body)?;
        if shape.items.is_some() {
            return Ok(Self::Many(parse_object(body)?));
        }
        Ok(Self::One(Box::new(parse_object(body)?)))
    }
}

/// What a request to remember means.
#[derive(Debug, PartialEq)]
pub(crate) struct SaveOrder {
    pub(crate) memories: Vec<NewMemory>,
    /// What they take the place of.
    pub(crate) supersedes: Vec<MemoryId>,
    /// Whether they were given as a list.
    pub(crate) is_list: bool,
}

impl SaveBody {
    /// What to remember.
    pub(crate) fn order(self, user: &str, now: Timestamp) -> Result<SaveOrder, ApiError> {
        let items = match self {
            Self::One(mut item) => {
                let supersedes = item.supersedes.take().unwrap_or_default();
                return Ok(SaveOrder {
                    memories: vec![memory(user, "", *item, now)?],
                    supersedes: supersedes.into_iter().map(MemoryId).collect(),
                    is_list: false,
                });
            }
            Self::Many(many) => many.items,
        };
        if items.is_empty() || items.len() > MAX_ITEMS {
            let message = format!("`items` has {} entries; send 1 to {MAX_ITEMS}", items.len());
            return Err(ApiError::invalid("items", message));
        }
        let memories = items.into_iter().enumerate();
        let memories = memories.map(|(index, item)| memory(user, &format!("items[{index}]."), item, now));
        Ok(SaveOrder {
            memories: memories.collect::<Result<_, _>>()?,
            supersedes: Vec::new(),
            is_list: true,
        })
    }
}

fn memory(user: &str, before: &str, item: SaveItem, now: Timestamp) -> Result<NewMemory, ApiError> {
    let at = |field: &str| format!("{before}{field}");
    let metadata = metadata(&at("metadata"), item.metadata.unwrap_or_default())?;
    if item.supersedes.is_some() {
        let field = at("supersedes");
        let message = format!("`{field}` is possible for a single memory only; send it without `items`");
        return Err(ApiError::invalid(field, message));
    }
    let kind_field = item.kind.map(|name| kind(&at("kind"), &name));
    let trust_field = item.trust.map(|name| trust(&at("trust"), &name));
    let (said_at, valid_to) = validity(before, item.timestamp, item.valid_from, item.valid_to, now)?;
    Ok(NewMemory {
        text: text(&at("text"), item.text)?,
        kind: kind_field.transpose()?.unwrap_or(MemoryKind::Note),
        speaker: optional_name(&at("speaker"), item.speaker)?,
        scope: Scope {
            user: user.to_owned(),
            project: optional_name(&at("project"), item.project)?,
            session: optional_name(&at("session"), item.session)?,
        },
        said_at,
        valid_to,
        area: name(&at("area"), item.area.unwrap_or_else(|| "main".to_owned()))?,
        tags: names(&at("tags"), item.tags.unwrap_or_default())?,
        metadata,
        trust: trust_field.transpose()?.unwrap_or(Trust::User),
        claim: item.claim.map(|field| claim(&at("claim"), field)).transpose()?,
        source: optional_source(&at("source"), item.source)?,
        quarantined: false,
    })
}

/// From when on something is so, and until when.
fn validity(
    before: &str,
    timestamp: Option<TimeField>,
    valid_from: Option<TimeField>,
    valid_to: Option<TimeField>,
    now: Timestamp,
) -> Result<(Timestamp, Option<Timestamp>), ApiError> {
    let moment = |field: &str, time: Option<TimeField>| {
        let at = format!("{before}{field}");
        time.map(|time| time.read(&at)).transpose()
    };
    let (said_at, from) = (moment("timestamp", timestamp)?, moment("valid_from", valid_from)?);
    if let (Some(said_at), Some(from)) = (said_at, from)
        && said_at != from
    {
        let field = format!("{before}valid_from");
        let message =
            format!("`{field}` and `{before}timestamp` are two moments; they mean the same, so send one");
        return Err(ApiError::invalid(field, message));
    }
    let begin = from.or(said_at).unwrap_or(now);
    let end = moment("valid_to", valid_to)?;
    if end.is_some_and(|end| end <= begin) {
        let field = format!("{before}valid_to");
        let message = format!(
            "`{field}` is not after the moment from which it is so; send an earlier `{before}valid_from`, which is now \
             where it is absent"
        );
        return Err(ApiError::invalid(field, message));
    }
    Ok((begin, end))
}

/// A claim that a person makes: sure, and resting on nothing else.
fn claim(at: &str, field: ClaimField) -> Result<Claim, ApiError> {
    Ok(Claim {
        subject: name(&format!("{at}.subject"), field.subject)?,
        attribute: name(&format!("{at}.attribute"), field.attribute)?,
        confidence: 1.0,
        extractor: None,
        evidence: Vec::new(),
    })
}

/// Metadata that can be remembered.
pub(super) fn metadata(at: &str, metadata: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    let size = serde_json::to_vec(&metadata).map_or(usize::MAX, |json| json.len());
    if size > MAX_METADATA_BYTES {
        let message = format!("`{at}` has {size} bytes; at most {MAX_METADATA_BYTES} are kept");
        return Err(ApiError::invalid(at, message));
    }
    Ok(metadata)
}

/// A text that can be remembered.
pub(super) fn text(at: &str, text: String) -> Result<String, ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::invalid(
            at,
            format!("`{at}` is empty; write what to remember"),
        ));
    }
    if text.len() > MAX_TEXT_BYTES {
        let bytes = text.len();
        let message =
            format!("`{at}` has {bytes} bytes; at most {MAX_TEXT_BYTES} are one memory, so split it");
        return Err(ApiError::invalid(at, message));
    }
    Ok(text)
}

/// What was stored.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct MemoryIds {
    /// For a single memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// For `items`, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ids: Option<Vec<String>>,
}
