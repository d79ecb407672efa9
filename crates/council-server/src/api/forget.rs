//! Everything about somebody or something, and its end.

use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_agent::forget::{ForgetOrder, Forgotten, NamedMemory};
use council_core::forgetting::{NamedMessage, Naming};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of a text that are shown.
const SHOWN: usize = 200;

/// What is to be forgotten.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgetEverythingBody {
    /// Who or what, in the words by which it is named: `Ada Lovelace`, `Elm Street 3`.
    pub(crate) about: String,
    /// Only look; this is so unless it is said otherwise.
    #[serde(default = "yes")]
    pub(crate) dry_run: bool,
    /// Memories whose meaning is at least this near go too, as a cosine; null: only what has the words.
    #[serde(default = "usual_cosine")]
    #[schema(minimum = -1, maximum = 1, default = 0.6)]
    pub(crate) least_cosine: Option<f32>,
    /// Whether the words also count as parts of longer ones, such as `Ann` in `annual`.
    #[serde(default)]
    pub(crate) within_words: bool,
    /// Whether older copies of the database in the data directory go too: for the owner of the machine, as administrator.
    #[serde(default)]
    pub(crate) with_copies: bool,
}

impl FromBody for ForgetEverythingBody {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

fn yes() -> bool {
    true
}

#[expect(clippy::unnecessary_wraps, reason = "what serde asks for")]
fn usual_cosine() -> Option<f32> {
    Some(0.6)
}

impl ForgetEverythingBody {
    pub(crate) fn order(&self, user: &str, of_the_machine: bool) -> Result<ForgetOrder, ApiError> {
        let naming = Naming::new(&self.about, self.within_words).ok_or_else(|| {
            let message = format!(
                "`about` is `{}`, which names nothing; give a word with a letter or a digit",
                self.about
            );
            ApiError::invalid("about", message)
        })?;
        if let Some(cosine) = self.least_cosine
            && !(-1.0..=1.0).contains(&cosine)
        {
            let message = format!("`least_cosine` is {cosine}; give a number from -1 to 1, or null");
            return Err(ApiError::invalid("least_cosine", message));
        }
        Ok(ForgetOrder {
            user: user.to_owned(),
            about: self.about.trim().to_owned(),
            naming,
            least_cosine: self.least_cosine,
            of_the_machine,
            with_copies: self.with_copies,
        })
    }
}

/// What names it, or did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForgetReport {
    pub(crate) about: String,
    /// Whether nothing was done.
    pub(crate) dry_run: bool,
    /// The threshold of nearness in meaning; null where meanings were not compared.
    pub(crate) least_cosine: Option<f32>,
    /// Messages whose text goes. They keep their places and say `[forgotten]`.
    pub(crate) messages: Vec<ForgottenMessage>,
    /// Conversations whose title, folder or instructions name it; those go.
    pub(crate) conversations: Vec<String>,
    /// Memories that go, parts of documents and facts among them; what rests on them alone goes with them.
    pub(crate) memories: Vec<ForgottenMemory>,
    /// Names of attached files whose text goes.
    pub(crate) attachments: Vec<String>,
    /// Requests whose receipts go.
    pub(crate) receipts: Vec<String>,
    /// Notes about answers that go.
    pub(crate) notes: u64,
    /// Lines of the audit whose values go.
    pub(crate) audit: u64,
    /// Lines of the history of `council chat` and of logs in the data directory that go.
    pub(crate) lines: u64,
    /// Older copies of the database, which hold what they held. They go with `with_copies` only.
    pub(crate) copies: Vec<String>,
    /// Whether these copies were removed.
    pub(crate) copies_removed: bool,
    /// Files of the data directory in which the words still stand; empty in a dry run.
    pub(crate) files: Vec<String>,
    /// Models whose caches of prompts were dropped.
    pub(crate) unloaded: Vec<String>,
}

/// A message that goes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForgottenMessage {
    pub(crate) id: i64,
    pub(crate) conversation: String,
    pub(crate) title: String,
    pub(crate) role: &'static str,
    /// At most 200 characters.
    pub(crate) text: String,
    /// `words`: it has them; `turn`: it is of the same turn; `meaning`: it is near in meaning.
    pub(crate) because: &'static str,
}

/// A memory that goes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForgottenMemory {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    /// At most 200 characters.
    pub(crate) text: String,
    /// The document that it is a part of.
    pub(crate) source: Option<String>,
    /// `words` or `meaning`.
    pub(crate) because: &'static str,
    /// How near its meaning is, where that was compared.
    pub(crate) cosine: Option<f32>,
}

impl From<NamedMessage> for ForgottenMessage {
    fn from(message: NamedMessage) -> Self {
        Self {
            id: message.id.0,
            conversation: message.conversation.as_str().to_owned(),
            title: message.title,
            role: message.role.as_str(),
            text: message.text.chars().take(SHOWN).collect(),
            because: message.because.as_str(),
        }
    }
}

impl From<NamedMemory> for ForgottenMemory {
    fn from(memory: NamedMemory) -> Self {
        Self {
            id: memory.id.0,
            kind: memory.kind.as_str(),
            text: memory.text.chars().take(SHOWN).collect(),
            source: memory.source,
            because: memory.because.as_str(),
            cosine: memory.cosine,
        }
    }
}

impl ForgetReport {
    pub(crate) fn new(body: &ForgetEverythingBody, forgotten: Forgotten) -> Self {
        let named = forgotten.named;
        let ids = named.conversations.iter().map(|id| id.as_str().to_owned());
        Self {
            about: body.about.clone(),
            dry_run: body.dry_run,
            least_cosine: body.least_cosine.filter(|_| forgotten.compared_meanings),
            conversations: ids.collect(),
            messages: named.messages.into_iter().map(Into::into).collect(),
            memories: forgotten.memories.into_iter().map(Into::into).collect(),
            attachments: named.attachments,
            receipts: named.receipts,
            notes: named.notes,
            audit: named.audit,
            lines: named.lines,
            copies: forgotten.copies,
            copies_removed: body.with_copies && !body.dry_run,
            files: forgotten.files,
            unloaded: forgotten.unloaded,
        }
    }
}
