//! Lists of conversations, folders, and searches.

use super::ConversationObject;
use super::change::folder;
use crate::api::range::integer;
use crate::error::ApiError;
use crate::extract::{FromBody, Paging, parse_object};
use council_core::{
    Conversation, ConversationFilter, ConversationHit, ConversationId, ConversationQuery, Folder,
    FoundMessage, ListPlace, Snippet, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// Which conversations.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// Those after the end of another page: its `next`. Costs the same wherever in the list that is.
    after: Option<String>,
    /// Only pinned ones, or only others.
    pinned: Option<bool>,
    /// Only those in this folder; empty: in none.
    folder: Option<String>,
    /// Those that were put away, instead of those that were not.
    #[param(default = false)]
    archived: Option<bool>,
}

impl ListQuery {
    /// Which of this user's conversations.
    pub(crate) fn filter(self, user: &str) -> Result<ConversationFilter, ApiError> {
        let after = self.after.as_deref().map(|cursor| place(user, cursor));
        Ok(ConversationFilter {
            user: user.to_owned(),
            pinned: self.pinned,
            folder: self.folder,
            archived: self.archived.unwrap_or(false),
            after: after.transpose()?,
        })
    }
}

/// A page of conversations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConversationPage {
    /// `list`.
    object: &'static str,
    data: Vec<ConversationObject>,
    offset: u64,
    limit: u64,
    /// Whether more follow after these.
    has_more: bool,
    /// Where these end, for `after`; absent when nothing follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl ConversationPage {
    pub(crate) fn new(paging: &Paging, mut found: Vec<Conversation>) -> Self {
        let has_more = paging.cut(&mut found);
        Self {
            object: "list",
            offset: paging.offset,
            limit: paging.limit,
            has_more,
            next: found.last().filter(|_| has_more).map(cursor),
            data: found.into_iter().map(Into::into).collect(),
        }
    }
}

/// Nanoseconds and the id: the place in the list, whatever becomes of the conversation.
fn cursor(conversation: &Conversation) -> String {
    let used = conversation.updated_at.since(Timestamp::default());
    format!("{}.{}", used.as_nanos(), conversation.id.as_str())
}

fn place(user: &str, cursor: &str) -> Result<ListPlace, ApiError> {
    let parsed = cursor.split_once('.').and_then(|(nanos, id)| {
        Some(ListPlace {
            updated_at: Timestamp::from_duration(Duration::from_nanos(nanos.parse().ok()?)),
            id: ConversationId::parse(id)?.of(user),
        })
    });
    parsed.ok_or_else(|| {
        let message = format!("`after` is `{cursor}`; send the `next` of another page");
        ApiError::invalid("after", message)
    })
}

/// The folders.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FolderList {
    /// `list`.
    pub(crate) object: &'static str,
    /// By name.
    pub(crate) data: Vec<FolderObject>,
}

/// A folder.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Folder)]
pub(crate) struct FolderObject {
    name: String,
    /// How many it has that were not put away.
    conversations: u64,
}

impl From<Folder> for FolderObject {
    fn from(folder: Folder) -> Self {
        Self {
            name: folder.name,
            conversations: folder.conversations,
        }
    }
}

/// What to look for in conversations.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConversationSearch)]
pub(crate) struct SearchFields {
    /// Words; the last may be the beginning of one.
    #[schema(min_length = 1, max_length = 1000)]
    query: String,
    /// Most conversations.
    #[schema(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// Only in this folder; empty: in none.
    folder: Option<String>,
    /// In those that were put away, instead of those that were not.
    #[schema(default = false)]
    archived: Option<bool>,
    /// Look by meaning as well, in what is remembered of conversations.
    #[schema(default = true)]
    meaning: Option<bool>,
}

/// A checked [`SearchFields`].
pub(crate) struct SearchOrder {
    pub(crate) query: ConversationQuery,
    pub(crate) meaning: bool,
}

const MAX_QUERY_CHARS: usize = 1_000;

impl FromBody for SearchOrder {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let fields: SearchFields = parse_object(body)?;
        let chars = fields.query.chars().count();
        if fields.query.trim().is_empty() || chars > MAX_QUERY_CHARS {
            let message =
                format!("`query` has {chars} characters; send 1 to {MAX_QUERY_CHARS}, not all blank");
            return Err(ApiError::invalid("query", message));
        }
        let limit = integer("limit", fields.limit, 1..=100)?.unwrap_or(20);
        Ok(Self {
            query: ConversationQuery {
                // The handler knows.
                user: String::new(),
                text: fields.query,
                folder: fields.folder.as_deref().map(folder).transpose()?,
                archived: fields.archived.unwrap_or(false),
                limit: limit as usize,
            },
            meaning: fields.meaning.unwrap_or(true),
        })
    }
}

/// Where something was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConversationHits)]
pub(crate) struct HitList {
    /// `list`.
    pub(crate) object: &'static str,
    /// Those with the words in their title, then those with the words in a message, the best first, then those that are
    /// near in meaning, the nearest first.
    pub(crate) data: Vec<HitObject>,
    /// How long it took.
    pub(crate) took_ms: f64,
    /// Why it was not looked by meaning, where that was so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) problems: Vec<String>,
}

/// A conversation in which something was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConversationHit)]
pub(crate) struct HitObject {
    conversation: ConversationObject,
    /// `title`, `words` or `meaning`.
    by: &'static str,
    /// The message; null: only the title has the words.
    message_id: Option<i64>,
    /// Who said it: `user` or `assistant`.
    role: Option<&'static str>,
    /// The message's place on its branch.
    depth: Option<u64>,
    /// When it was said, in seconds since the Unix epoch.
    created_at: Option<f64>,
    /// The part of the message that has the words; empty where only the title has them.
    snippet: String,
    /// Parts of the snippet that are marked: from, to, in UTF-16 code units, as JavaScript counts.
    marks: Vec<[usize; 2]>,
    /// Comparable within those of the same `by`, more is better.
    score: f64,
}

impl HitObject {
    /// Found by meaning.
    pub(crate) fn near(conversation: Conversation, message: FoundMessage, cosine: f32) -> Self {
        Self::new(conversation, "meaning", Some(message), f64::from(cosine))
    }

    fn new(conversation: Conversation, by: &'static str, message: Option<FoundMessage>, score: f64) -> Self {
        Self {
            conversation: conversation.into(),
            by,
            message_id: message.as_ref().map(|message| message.id.0),
            role: message.as_ref().map(|message| message.role.as_str()),
            depth: message.as_ref().map(|message| message.depth),
            created_at: message.as_ref().map(|message| message.created_at.as_secs_f64()),
            marks: message
                .as_ref()
                .map(|message| marks(&message.snippet))
                .unwrap_or_default(),
            snippet: message.map(|message| message.snippet.text).unwrap_or_default(),
            score,
        }
    }

    /// The conversation that it is in.
    pub(crate) fn is_in(&self, id: &ConversationId) -> bool {
        self.conversation.id == id.as_str()
    }
}

impl From<ConversationHit> for HitObject {
    fn from(hit: ConversationHit) -> Self {
        let by = if hit.in_title { "title" } else { "words" };
        Self::new(hit.conversation, by, hit.message, hit.score)
    }
}

fn marks(snippet: &Snippet) -> Vec<[usize; 2]> {
    let units = |at: usize| {
        snippet
            .text
            .get(..at)
            .map_or(0, |before| before.encode_utf16().count())
    };
    snippet
        .marks
        .iter()
        .map(|mark| [units(mark.start), units(mark.end)])
        .collect()
}
