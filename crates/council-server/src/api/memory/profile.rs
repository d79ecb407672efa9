//! What is known of a person.

use super::save::text;
use super::{name, optional_name, unknown};
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_agent::memory::{Attribute, ProfileEntry};
use council_core::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which profile.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProfileQuery {
    /// What was learnt in this project; what was learnt outside of any where absent.
    project: Option<String>,
}

impl ProfileQuery {
    pub(crate) fn project(self) -> Result<Option<String>, ApiError> {
        optional_name("project", self.project)
    }
}

/// A fact of a profile.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProfileFact)]
pub(crate) struct ProfileFactObject {
    /// The memory that holds it: there it is corrected, undone and forgotten.
    pub(crate) id: String,
    pub(crate) text: String,
    /// Whom it is about: a name, or `user` where it is not known.
    pub(crate) subject: String,
    /// Since when it is so, in seconds since the Unix epoch.
    pub(crate) since: f64,
    /// How sure it is, 0 to 1.
    pub(crate) confidence: f32,
    /// In how many turns it was said; 0 when a person wrote it.
    pub(crate) evidence: usize,
    pub(crate) pinned: bool,
}

/// What is known under one attribute.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProfileAttribute)]
pub(crate) struct AttributeObject {
    /// Such as `home` or `likes`.
    pub(crate) attribute: &'static str,
    /// Whether a new value takes the place of the former.
    pub(crate) single: bool,
    /// The latest first.
    pub(crate) facts: Vec<ProfileFactObject>,
}

/// Confirmed facts and preferences, by attribute.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryProfile)]
pub(crate) struct ProfileObject {
    /// `profile`.
    pub(crate) object: &'static str,
    /// Those under which something is known.
    pub(crate) attributes: Vec<AttributeObject>,
}

impl ProfileObject {
    /// Entries come ordered by attribute.
    pub(crate) fn new(entries: Vec<ProfileEntry>) -> Self {
        let mut attributes: Vec<AttributeObject> = Vec::new();
        for entry in entries {
            let memory = entry.memory;
            let fact = ProfileFactObject {
                id: memory.id.0,
                text: memory.content.text,
                subject: entry.subject,
                since: memory.content.said_at.as_secs_f64(),
                confidence: memory.content.claim.map_or(0.0, |claim| claim.confidence),
                evidence: entry.evidence,
                pinned: memory.pinned,
            };
            let name = entry.attribute.as_str();
            match attributes.last_mut().filter(|last| last.attribute == name) {
                Some(last) => last.facts.push(fact),
                None => attributes.push(AttributeObject {
                    attribute: name,
                    single: entry.attribute.is_single(),
                    facts: vec![fact],
                }),
            }
        }
        Self {
            object: "profile",
            attributes,
        }
    }
}

/// What a person says of somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SetProfile)]
pub(crate) struct ProfileBody {
    /// The value, such as `Lisbon`, or a sentence.
    #[schema(min_length = 1, max_length = 65_536)]
    pub(crate) text: String,
    /// Whom it is about; the user where absent.
    pub(crate) subject: Option<String>,
    /// The project in which it holds.
    pub(crate) project: Option<String>,
}

impl FromBody for ProfileBody {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

impl ProfileBody {
    /// Where it holds, whom it is about, and what it says.
    pub(crate) fn parts(self, user: &str) -> Result<(Scope, Option<String>, String), ApiError> {
        let scope = Scope {
            user: user.to_owned(),
            project: optional_name("project", self.project)?,
            session: None,
        };
        let subject = self.subject.map(|subject| name("subject", subject)).transpose()?;
        Ok((scope, subject, text("text", self.text)?))
    }
}

/// The attribute of a path.
pub(crate) fn attribute(name: &str) -> Result<Attribute, ApiError> {
    let known = Attribute::ALL.map(Attribute::as_str);
    Attribute::parse(name).ok_or_else(|| unknown("attribute", name, &known))
}
