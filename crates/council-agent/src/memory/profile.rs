//! What is known of a person: confirmed facts and preferences, by attribute.

use super::extract::{Attribute, Fact, Known, Placement, place};
use super::{Memories, MemoryError};
use crate::english::{lower_words, third_person};
use council_core::{
    Claim, Memory, MemoryFilter, MemoryId, MemoryKind, NewMemory, Page, Scope, Timestamp, Trust,
};

/// Facts that are read at once.
const PAGE: u64 = 1_000;

/// Most facts of a user that are read. Beyond that the oldest are left out.
const MOST: u64 = 10_000;

/// Key of a fact's metadata: the turns that said so again.
pub(super) const SAID_AGAIN: &str = "said_again_in";

/// How a subject is called whose name is not known.
const SUBJECT: &str = "user";

/// A fact of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileEntry {
    /// What it is about.
    pub attribute: Attribute,
    /// Whom it is about; `user` where the name is not known.
    pub subject: String,
    /// How often it was said; 0 when a person wrote it.
    pub evidence: usize,
    /// The fact.
    pub memory: Memory,
}

impl Memories {
    /// What is confirmed about a user and theirs, by attribute, the latest first; in this project, or outside of any.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn profile(&self, user: &str, project: Option<&str>) -> Result<Vec<ProfileEntry>, MemoryError> {
        let mut entries: Vec<ProfileEntry> = self
            .facts(user, project, false)
            .await?
            .into_iter()
            .filter(|memory| memory.content.trust == Trust::User)
            .filter_map(entry)
            .collect();
        entries.sort_by_key(|entry| entry.attribute);
        Ok(entries)
    }

    /// The profile as lines of a prompt, those of the attributes with one value first, as many as fit `max_tokens` (of
    /// three bytes).
    ///
    /// # Errors
    /// When the store fails.
    pub async fn profile_text(
        &self,
        user: &str,
        project: Option<&str>,
        max_tokens: u64,
    ) -> Result<String, MemoryError> {
        let mut left = usize::try_from(max_tokens.saturating_mul(3)).unwrap_or(usize::MAX);
        let mut text = String::new();
        for entry in self.profile(user, project).await? {
            let line = format!("- {}\n", entry.memory.content.text.replace('\n', " "));
            // A long one gives way to shorter ones.
            if let Some(rest) = left.checked_sub(line.len()) {
                left = rest;
                text.push_str(&line);
            }
        }
        Ok(text)
    }

    /// Writes down what a person says of somebody: the value of an attribute or a sentence. Of an attribute with one
    /// value the former ones are superseded, those that wait for confirmation too; to others it is added, unless it is
    /// known. Returns the fact's identifier.
    ///
    /// # Errors
    /// When nothing could be stored.
    pub async fn set_profile(
        &self,
        scope: Scope,
        attribute: Attribute,
        subject: Option<&str>,
        text: &str,
        now: Timestamp,
    ) -> Result<MemoryId, MemoryError> {
        let subject = subject.unwrap_or(SUBJECT);
        let text = stated(attribute, subject, text.trim());
        let mut known = self.facts(&scope.user, scope.project.as_deref(), false).await?;
        known.extend(self.facts(&scope.user, scope.project.as_deref(), true).await?);
        let known: Vec<Known> = known.iter().filter_map(Known::read).collect();
        let of_slot =
            |other: &&Known| other.subject.eq_ignore_ascii_case(subject) && other.attribute == attribute;
        let fact = Fact {
            subject: subject.to_owned(),
            attribute,
            text: text.clone(),
            quote: String::new(),
            ended: false,
            confidence: 1.0,
        };
        let old = if attribute.is_single() {
            let same = known
                .iter()
                .filter(of_slot)
                .find(|other| other.text == text && !other.quarantined);
            if let Some(same) = same {
                return Ok(same.id.clone());
            }
            known
                .iter()
                .filter(of_slot)
                .map(|other| other.id.clone())
                .collect()
        } else {
            // What a person says goes before what they hold on to.
            let unpinned: Vec<Known> = known
                .into_iter()
                .map(|other| Known {
                    pinned: false,
                    ..other
                })
                .collect();
            match place(&fact, now, &unpinned) {
                Ok(Placement::Again(id))
                    if unpinned.iter().any(|other| other.id == id && !other.quarantined) =>
                {
                    return Ok(id);
                }
                Ok(Placement::Again(id)) => vec![id],
                Ok(Placement::Instead(old)) => old,
                Ok(Placement::New | Placement::Review) | Err(_) => Vec::new(),
            }
        };
        let claim = Claim {
            subject: subject.to_owned(),
            attribute: attribute.as_str().to_owned(),
            confidence: 1.0,
            extractor: None,
            evidence: Vec::new(),
        };
        let fact = NewMemory {
            claim: Some(claim),
            ..NewMemory::new(attribute.kind(), scope.clone(), text, now)
        };
        let ids = self.supersede(&scope.user, old, vec![fact]).await?;
        ids.into_iter().next().ok_or_else(|| {
            council_core::StoreError::Failed("the store returned no identifier of a new fact".to_owned())
                .into()
        })
    }

    /// The facts and preferences of a user in a project, or outside of any, the latest first: those that are kept
    /// apart, or those that are not.
    pub(super) async fn facts(
        &self,
        user: &str,
        project: Option<&str>,
        quarantined: bool,
    ) -> Result<Vec<Memory>, MemoryError> {
        let filter = MemoryFilter {
            user: user.to_owned(),
            project: project.map(str::to_owned),
            kinds: vec![MemoryKind::Fact, MemoryKind::Preference],
            quarantined,
            ..MemoryFilter::default()
        };
        let mut facts: Vec<Memory> = Vec::new();
        loop {
            let page = Page {
                offset: facts.len() as u64,
                limit: PAGE,
            };
            let (more, _) = self.store().memories(filter.clone(), page).await?;
            let full = more.len() as u64 == PAGE;
            facts.extend(more);
            if !full || facts.len() as u64 >= MOST {
                break;
            }
        }
        facts.retain(|memory| memory.content.scope.project.as_deref() == project);
        Ok(facts)
    }
}

fn entry(memory: Memory) -> Option<ProfileEntry> {
    let claim = memory.content.claim.as_ref()?;
    Some(ProfileEntry {
        attribute: Attribute::parse(&claim.attribute)?,
        subject: claim.subject.clone(),
        evidence: claim.evidence.len() + said_again(&memory).len(),
        memory,
    })
}

/// The turns that said a fact again.
pub(super) fn said_again(memory: &Memory) -> Vec<String> {
    let listed = memory
        .content
        .metadata
        .get(SAID_AGAIN)
        .and_then(|ids| ids.as_array());
    let ids = listed.into_iter().flatten().filter_map(|id| id.as_str());
    ids.map(str::to_owned).collect()
}

/// A value as a sentence: "Oslo" is "The user lives in Oslo." Sentences stay.
fn stated(attribute: Attribute, subject: &str, text: &str) -> String {
    let name = if subject == SUBJECT { "The user" } else { subject };
    let words = lower_words(text);
    let first = words.first().map(String::as_str).unwrap_or_default();
    let begins = lower_words(name)
        .into_iter()
        .next()
        .is_some_and(|own| first == own || first == format!("{own}'s"));
    let value = text.trim_end_matches(['.', ' ']);
    if ["i", "i'm", "i've", "my", "our", "we"].contains(&first) {
        return third_person(text, name);
    }
    if begins || words.len() > 8 || text.ends_with('.') {
        return text.to_owned();
    }
    match attribute {
        Attribute::Home => format!("{name} lives in {value}."),
        Attribute::Nickname => format!("{name} wants to be called {value}."),
        Attribute::Pronouns => format!("{name}'s pronouns are {value}."),
        Attribute::Age => format!("{name} is {value} years old."),
        Attribute::Job => format!("{name} works as {value}."),
        Attribute::Employer => format!("{name} works for {value}."),
        Attribute::Timezone => format!("{name}'s time zone is {value}."),
        Attribute::Likes => format!("{name} likes {value}."),
        Attribute::Dislikes => format!("{name} dislikes {value}."),
        Attribute::Allergy => format!("{name} is allergic to {value}."),
        Attribute::Name
        | Attribute::Birthday
        | Attribute::Partner
        | Attribute::Language
        | Attribute::Diet
        | Attribute::Hobby
        | Attribute::Goal => format!("{name}'s {} is {value}.", attribute.as_str()),
        Attribute::Family
        | Attribute::Pet
        | Attribute::Health
        | Attribute::Skill
        | Attribute::Device
        | Attribute::Project
        | Attribute::Plan
        | Attribute::Habit
        | Attribute::Event
        | Attribute::Other => format!("{name}, {}: {value}.", attribute.as_str()),
    }
}
