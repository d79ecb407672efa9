//! Where a text stands within one conversation.

use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::{MessageId, Role, StoredMessage};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;

const MAX_TEXT_CHARS: usize = 1_000;

/// What to find in a conversation.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = FindInConversation)]
pub(crate) struct FindFields {
    /// The text, anywhere in a message, in any case; not all blank.
    #[schema(min_length = 1, max_length = 1000)]
    text: String,
}

/// A checked [`FindFields`]: the text in lower case.
#[derive(Debug)]
pub(crate) struct FindOrder(String);

impl FromBody for FindOrder {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let FindFields { text } = parse_object(body)?;
        let chars = text.chars().count();
        if text.trim().is_empty() || chars > MAX_TEXT_CHARS {
            let message = format!("`text` has {chars} characters; send 1 to {MAX_TEXT_CHARS}, not all blank");
            return Err(ApiError::invalid("text", message));
        }
        Ok(Self(text.to_lowercase()))
    }
}

/// Messages of a conversation that have a text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundInConversation)]
pub(crate) struct FoundList {
    /// `list`.
    object: &'static str,
    /// In the order in which they stand; versions in one place, the oldest first.
    data: Vec<FoundObject>,
}

/// A message that has the text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundMessage)]
pub(crate) struct FoundObject {
    message_id: i64,
    /// `user` or `assistant`.
    role: &'static str,
    /// Its place on its branch.
    depth: u64,
    /// How often the message has the text.
    matches: u64,
    /// Whether it is on the active branch; otherwise it is part of another version.
    active: bool,
}

impl FoundList {
    /// Looks through all branches. `leaf` is the end of the active one.
    pub(crate) fn new(tree: &[StoredMessage], leaf: Option<MessageId>, order: &FindOrder) -> Self {
        let parents: HashMap<MessageId, Option<MessageId>> =
            tree.iter().map(|stored| (stored.id, stored.parent)).collect();
        let above = |id: &MessageId| parents.get(id).copied().flatten();
        let active: HashSet<MessageId> = std::iter::successors(leaf, above).collect();
        let mut data: Vec<FoundObject> = Vec::new();
        for stored in tree {
            if !matches!(stored.message.role, Role::User | Role::Assistant) {
                continue;
            }
            let text = stored.message.said_text().to_lowercase();
            let matches = text.matches(order.0.as_str()).count() as u64;
            if matches > 0 {
                data.push(FoundObject {
                    message_id: stored.id.0,
                    role: stored.message.role.as_str(),
                    depth: stored.depth,
                    matches,
                    active: active.contains(&stored.id),
                });
            }
        }
        data.sort_by_key(|found| (found.depth, found.message_id));
        Self { object: "list", data }
    }
}
