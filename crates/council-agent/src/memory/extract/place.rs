//! How a fact joins those that are known: anew, once more, or in another's place.

use super::slot::{self, value, values_agree};
use super::{Attribute, Fact, Refusal};
use crate::english::lower_words;
use council_core::{Memory, MemoryId, Timestamp};

/// A fact that is remembered.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::memory) struct Known {
    /// Its memory.
    pub(in crate::memory) id: MemoryId,
    /// Its statement.
    pub(in crate::memory) text: String,
    /// Whom it is about.
    pub(in crate::memory) subject: String,
    /// What about them.
    pub(in crate::memory) attribute: Attribute,
    /// Since when it is so.
    pub(in crate::memory) said_at: Timestamp,
    /// Whether a person holds on to it.
    pub(in crate::memory) pinned: bool,
    /// Whether it waits for a person's word.
    pub(in crate::memory) quarantined: bool,
}

impl Known {
    /// A fact or preference of the store; `None` for what claims nothing, or an attribute of another version.
    pub(in crate::memory) fn read(memory: &Memory) -> Option<Self> {
        let claim = memory.content.claim.as_ref()?;
        Some(Self {
            id: memory.id.clone(),
            text: memory.content.text.clone(),
            subject: claim.subject.clone(),
            attribute: Attribute::parse(&claim.attribute)?,
            said_at: memory.content.said_at,
            pinned: memory.pinned,
            quarantined: memory.content.quarantined,
        })
    }

    fn is_negative(&self) -> bool {
        slot::negated(&lower_words(&self.text))
    }
}

/// What becomes of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::memory) enum Placement {
    /// It is new.
    New,
    /// This one says so already.
    Again(MemoryId),
    /// These are so no more.
    Instead(Vec<MemoryId>),
    /// It contradicts what a person holds on to: a person must say.
    Review,
}

/// How `fact`, which was said at `said_at`, joins what is known.
///
/// # Errors
/// [`Refusal::Outdated`] when something later contradicts it.
pub(in crate::memory) fn place(
    fact: &Fact,
    said_at: Timestamp,
    known: &[Known],
) -> Result<Placement, Refusal> {
    let negative = slot::negated(&lower_words(&fact.text));
    let own = |attribute: Attribute| value(&fact.text, &fact.subject, attribute);
    let mine = own(fact.attribute);
    let others = known
        .iter()
        .filter(|other| other.subject.eq_ignore_ascii_case(&fact.subject));
    let mut contradicted: Vec<&Known> = Vec::new();
    for other in others {
        let theirs = value(&other.text, &other.subject, other.attribute);
        let same_attribute = other.attribute == fact.attribute;
        let opposite = matches!(
            (other.attribute, fact.attribute),
            (Attribute::Likes, Attribute::Dislikes) | (Attribute::Dislikes, Attribute::Likes)
        );
        let says_so = if fact.attribute.is_single() {
            same_attribute && !mine.is_empty() && mine.is_subset(&theirs)
        } else {
            mine == theirs && (same_attribute || !opposite) && other.is_negative() == negative
        };
        if says_so && !fact.ended {
            return Ok(Placement::Again(other.id.clone()));
        }
        let all = own(Attribute::Other);
        let is_over = fact.ended && !other.is_negative() && !theirs.is_empty() && theirs.is_subset(&all);
        let other_value =
            fact.attribute.is_single() && same_attribute && !(values_agree(&mine, &theirs) && mine == theirs);
        if (is_over || other_value || (opposite && mine == theirs)) && !other.quarantined {
            contradicted.push(other);
        } else if fact.ended && mine == theirs && other.is_negative() {
            return Ok(Placement::Again(other.id.clone()));
        }
    }
    if contradicted.is_empty() {
        return Ok(Placement::New);
    }
    if contradicted.iter().any(|other| other.said_at > said_at) {
        return Err(Refusal::Outdated);
    }
    if contradicted.iter().any(|other| other.pinned) {
        return Ok(Placement::Review);
    }
    Ok(Placement::Instead(
        contradicted.into_iter().map(|other| other.id.clone()).collect(),
    ))
}
