//! Everything about somebody or something: where it stands, and making it stand there no longer.

use crate::chat::Role;
use crate::conversation::{ConversationId, MessageId, StoreError};
use async_trait::async_trait;

/// What stands in the place of what was forgotten.
pub const FORGOTTEN: &str = "[forgotten]";

/// Words by which something is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    folded: String,
    within_words: bool,
}

impl Naming {
    /// These words, in upper or lower case. With `within_words` they also count as parts of longer words, such as `Ann` in
    /// `annual`. `None` for words without a letter or digit, which would name everything.
    pub fn new(words: &str, within_words: bool) -> Option<Self> {
        let folded = words.trim().to_lowercase();
        folded
            .chars()
            .any(char::is_alphanumeric)
            .then_some(Self { folded, within_words })
    }

    /// The words, in lower case.
    pub fn words(&self) -> &str {
        &self.folded
    }

    /// Whether a text has them. `O(length)`.
    pub fn is_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let is_end = |character: Option<char>| !character.is_some_and(char::is_alphanumeric);
        // Only where the words themselves end in a letter is a letter after them a longer word.
        let (first, last) = (self.folded.chars().next(), self.folded.chars().next_back());
        text.match_indices(&self.folded).any(|(at, found)| {
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            self.within_words || ((is_end(first) || is_end(before)) && (is_end(last) || is_end(after)))
        })
    }
}

/// Why something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// It has the words.
    Words,
    /// It is of the same turn as what has the words or the meaning.
    Turn,
    /// It is near in meaning.
    Meaning,
}

impl Because {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Turn => "turn",
            Self::Meaning => "meaning",
        }
    }
}

/// A message that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedMessage {
    /// The message.
    pub id: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The title of that.
    pub title: String,
    /// Who said it.
    pub role: Role,
    /// Its text.
    pub text: String,
    /// Why.
    pub because: Because,
}

/// What is to be forgotten, beside memories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Whose; nobody makes another user forget.
    pub user: String,
    /// Whether lines of the audit go too, which are of no user.
    pub audit: bool,
    /// What it is named by.
    pub naming: Naming,
    /// Messages whose meaning is near.
    pub messages: Vec<MessageId>,
}

/// Where something stands, beside memories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Messages, with what was said in the same turns.
    pub messages: Vec<NamedMessage>,
    /// Conversations whose title, folder or settings name it.
    pub conversations: Vec<ConversationId>,
    /// Files that went with questions, by name.
    pub attachments: Vec<String>,
    /// Receipts that name it, by request.
    pub receipts: Vec<String>,
    /// Notes about answers.
    pub notes: u64,
    /// Lines of the audit.
    pub audit: u64,
    /// Lines of the history of `council chat` and of logs in the data directory.
    pub lines: u64,
}

/// What was removed of a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Conversations, with their messages and files.
    pub conversations: u64,
    /// Memories, parts of documents among them.
    pub memories: u64,
    /// Receipts, with what was thought of the answers.
    pub receipts: u64,
    /// Lines of the ledger that are nobody's now.
    pub ledger: u64,
    /// API keys.
    pub keys: u64,
}

impl Removed {
    /// Whether there was nothing.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

/// Forgets what is kept beside memories.
#[async_trait]
pub trait Forgetting: Send + Sync {
    /// Where it stands. Reads everything of the user's: `O(all texts)`.
    async fn named(&self, wanted: &Wanted) -> Result<Named, StoreError>;

    /// Overwrites all of that in one transaction, and then whatever is left of it where the database keeps it. A message keeps its
    /// place and says that it was forgotten. Returns what was.
    async fn forget_named(&self, wanted: &Wanted) -> Result<Named, StoreError>;

    /// Removes conversations and receipts of a user and all traces of them; what was used and spent stays as amounts that are
    /// nobody's. `keys` are the ids of the user's API keys, which paid.
    async fn remove_all_of(&self, user: &str, keys: &[String]) -> Result<Removed, StoreError>;
}

/// What stands beside the database in the data directory, and is the machine's: the history of `council chat`, logs, older copies.
#[async_trait]
pub trait Traces: Send + Sync {
    /// How many lines of history and logs name it.
    async fn lines(&self, naming: &Naming) -> Result<u64, StoreError>;

    /// Removes them; returns how many there were.
    async fn remove_lines(&self, naming: &Naming) -> Result<u64, StoreError>;

    /// Names of older copies of the database, which hold what they held: those from before migrations and restores, and one that
    /// waits for the next start.
    async fn older_copies(&self) -> Result<Vec<String>, StoreError>;

    /// Removes all of them; returns their names.
    async fn remove_older_copies(&self) -> Result<Vec<String>, StoreError>;

    /// Names of the files in the data directory in which the words stand, as letters, wherever in them; models are left out.
    async fn files_with(&self, naming: &Naming) -> Result<Vec<String>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_not_in_longer_ones() {
        let is_in = |words: &str, text: &str| {
            Naming::new(words, false)
                .unwrap_or_else(|| unreachable!())
                .is_in(text)
        };
        for text in ["Ann", "ANN!", "I met ann's cat", "(Ann)", "Jo-Ann", "x Ann\n"] {
            assert!(is_in("Ann", text), "{text}");
        }
        for text in ["", "annual", "Joann", "An n", "Anna"] {
            assert!(!is_in("Ann", text), "{text}");
        }
        assert!(is_in("elm street 3", "at Elm Street 3, Lisbon"));
        assert!(!is_in("elm street 3", "at Elm Street 31"));
        assert!(is_in("Übergröße", "in ÜBERGRÖßE"));
        assert!(is_in("C++", "in C++20, C++ and so on"));
        assert!(is_in(" Ann ", "to Ann"), "spaces around are no words");
        assert!(Naming::new("Ann", true).is_some_and(|naming| naming.is_in("annual")));
        for nothing in ["", "  ", "!?", "-"] {
            assert_eq!(Naming::new(nothing, true), None);
        }
    }
}
