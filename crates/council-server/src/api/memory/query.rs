//! Questions to the memory, and lists of it.

use super::object::HitObject;
use super::time::{TimeField, parameter};
use super::{kind, names, optional_name, optional_source, trust};
use crate::error::ApiError;
use crate::extract::{FromBody, optional_object, parse_object};
use council_agent::memory::Question;
use council_core::memory::version_at;
use council_core::{Memory, MemoryFilter, MemoryHit, MemoryVersion, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const MAX_LIMIT: i64 = 1000;
const DEFAULT_LIMIT: i64 = 10;
/// Longest question, in bytes.
const MAX_QUERY_BYTES: usize = 65_536;

/// Which memories are meant. Everything that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = MemoryFilters)]
pub(crate) struct FiltersField {
    /// Of one of these kinds.
    pub(crate) kinds: Option<Vec<String>>,
    /// In one of these areas.
    pub(crate) areas: Option<Vec<String>>,
    /// With all of these labels.
    pub(crate) tags: Option<Vec<String>>,
    /// Said at or after this moment.
    pub(crate) since: Option<TimeField>,
    /// Said before this moment.
    pub(crate) until: Option<TimeField>,
    /// Trusted at least as much as `web`, `tool`, `assistant` or `user`.
    pub(crate) trust: Option<String>,
    /// Of this document.
    pub(crate) source: Option<String>,
    /// Those that are kept apart until somebody confirms them, instead of the others.
    pub(crate) quarantined: Option<bool>,
    /// Those that were superseded or taken back as well.
    pub(crate) retired: Option<bool>,
    /// What was known at this moment, as it was then.
    pub(crate) as_of: Option<TimeField>,
    /// What was so at this moment, as far as is known now.
    pub(crate) valid_at: Option<TimeField>,
}

impl FiltersField {
    /// As the store understands it.
    pub(super) fn filter(
        self,
        user: &str,
        project: Option<String>,
        session: Option<String>,
    ) -> Result<MemoryFilter, ApiError> {
        let kinds = self.kinds.unwrap_or_default();
        let kinds = kinds.iter().enumerate();
        let kinds = kinds.map(|(index, name)| kind(&format!("filters.kinds[{index}]"), name));
        let moment = |at: &str, time: Option<TimeField>| time.map(|time| time.read(at)).transpose();
        let filter = MemoryFilter {
            user: user.to_owned(),
            project: optional_name("project", project)?,
            session: optional_name("session", session)?,
            kinds: kinds.collect::<Result<_, _>>()?,
            areas: names("filters.areas", self.areas.unwrap_or_default())?,
            tags: names("filters.tags", self.tags.unwrap_or_default())?,
            since: moment("filters.since", self.since)?,
            until: moment("filters.until", self.until)?,
            least_trust: self.trust.map(|name| trust("filters.trust", &name)).transpose()?,
            source: optional_source("filters.source", self.source)?,
            not_session: None,
            quarantined: self.quarantined.unwrap_or(false),
            with_retired: self.retired.unwrap_or(false),
            as_of: moment("filters.as_of", self.as_of)?,
            valid_at: moment("filters.valid_at", self.valid_at)?,
        };
        if let (Some(since), Some(until)) = (filter.since, filter.until)
            && since >= until
        {
            let message = "`filters.since` is not before `filters.until`; nothing lies between them";
            return Err(ApiError::invalid("filters.since", message));
        }
        Ok(filter)
    }
}

/// A question to the memory.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MemorySearch)]
pub(crate) struct SearchBody {
    /// The question.
    #[schema(min_length = 1)]
    pub(crate) query: String,
    /// Most hits.
    #[schema(minimum = 1, maximum = 1000, default = 10)]
    pub(crate) limit: Option<i64>,
    /// Only this session.
    pub(crate) session: Option<String>,
    /// Only this project.
    pub(crate) project: Option<String>,
    #[serde(default, deserialize_with = "optional_object")]
    pub(crate) filters: Option<FiltersField>,
    /// When it is asked: what "yesterday" and "last week" are told from. Now, when absent.
    pub(crate) now: Option<TimeField>,
    /// Most tokens of the texts of all hits, as estimated from their bytes; the hits end before the first that would
    /// exceed it.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub(crate) token_budget: Option<i64>,
    /// Say what each sign added to the scores.
    pub(crate) explain: Option<bool>,
}

impl FromBody for SearchBody {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

impl SearchBody {
    /// The question.
    pub(crate) fn question(self, user: &str, now: Timestamp) -> Result<Question, ApiError> {
        Ok(Question {
            text: query(self.query)?,
            limit: limit(self.limit)?,
            filter: self
                .filters
                .unwrap_or_default()
                .filter(user, self.project, self.session)?,
            now: self.now.map_or(Ok(now), |moment| moment.read("now"))?,
            without: Vec::new(),
            token_budget: self.token_budget.map(token_budget).transpose()?,
        })
    }
}

/// A text to look for.
pub(super) fn query(text: String) -> Result<String, ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::invalid(
            "query",
            "`query` is empty; write what to look for",
        ));
    }
    if text.len() > MAX_QUERY_BYTES {
        let message = format!(
            "`query` has {} bytes; at most {MAX_QUERY_BYTES} are possible",
            text.len()
        );
        return Err(ApiError::invalid("query", message));
    }
    Ok(text)
}

/// How many to find.
pub(super) fn limit(limit: Option<i64>) -> Result<usize, ApiError> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) {
        return Ok(limit as usize);
    }
    let message = format!("`limit` is {limit}; it must be 1 to {MAX_LIMIT}");
    Err(ApiError::invalid("limit", message))
}

fn token_budget(tokens: i64) -> Result<u64, ApiError> {
    const MOST: u64 = 1_000_000;
    u64::try_from(tokens)
        .ok()
        .filter(|tokens| *tokens <= MOST)
        .ok_or_else(|| {
            let message = format!("`token_budget` is {tokens}; it must be 0 to {MOST}");
            ApiError::invalid("token_budget", message)
        })
}

/// What was found, best first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemorySearchResult)]
pub(crate) struct SearchResult {
    pub(crate) hits: Vec<HitObject>,
}

impl SearchResult {
    pub(crate) fn new(hits: Vec<MemoryHit>, explain: bool) -> Self {
        Self {
            hits: hits.into_iter().map(|hit| HitObject::new(hit, explain)).collect(),
        }
    }
}

/// Which memories to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// Only this session.
    session: Option<String>,
    /// Only this project.
    project: Option<String>,
    /// Only this kind.
    kind: Option<String>,
    /// Only this area.
    area: Option<String>,
    /// Only with this label.
    tag: Option<String>,
    /// Only of this document.
    source: Option<String>,
    /// Those that are kept apart until somebody confirms them, instead of the others.
    quarantined: Option<bool>,
    /// Those that were superseded or taken back as well.
    retired: Option<bool>,
    /// What was known at this moment, as it was then: seconds since the Unix epoch, or a date and time.
    as_of: Option<String>,
    /// What was so at this moment, as far as is known now.
    valid_at: Option<String>,
}

impl ListQuery {
    /// As the store understands it.
    pub(crate) fn filter(self, user: &str) -> Result<MemoryFilter, ApiError> {
        Ok(MemoryFilter {
            user: user.to_owned(),
            project: optional_name("project", self.project)?,
            session: optional_name("session", self.session)?,
            kinds: self
                .kind
                .map(|name| kind("kind", &name))
                .transpose()?
                .into_iter()
                .collect(),
            areas: optional_name("area", self.area)?.into_iter().collect(),
            tags: optional_name("tag", self.tag)?.into_iter().collect(),
            source: optional_source("source", self.source)?,
            quarantined: self.quarantined.unwrap_or(false),
            with_retired: self.retired.unwrap_or(false),
            as_of: optional_moment("as_of", self.as_of.as_deref())?,
            valid_at: optional_moment("valid_at", self.valid_at.as_deref())?,
            ..MemoryFilter::default()
        })
    }
}

fn optional_moment(at: &str, text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    text.map(|text| parameter(at, text)).transpose()
}

/// Of when a memory is looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AsOfQuery {
    /// As it was at this moment: seconds since the Unix epoch, or a date and time. Now where absent.
    as_of: Option<String>,
}

impl AsOfQuery {
    /// The moment, unless it is now.
    pub(crate) fn moment(&self) -> Result<Option<Timestamp>, ApiError> {
        optional_moment("as_of", self.as_of.as_deref())
    }
}

/// The memory as it was at a moment; `None` where that is not known.
pub(crate) fn memory_at(history: &[MemoryVersion], moment: Timestamp) -> Option<Memory> {
    version_at(history, moment).map(|version| version.memory.clone())
}
