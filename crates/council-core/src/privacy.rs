//! What must not leave this machine unseen: its kinds, and what is done about each.

use std::collections::BTreeMap;

/// A kind of private text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrivacyKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A bank account number (IBAN).
    Iban,
    /// A payment card's number.
    Card,
    /// A number that a state gave a person.
    NationalId,
    /// A password, or a key of a service.
    ApiKey,
    /// A signed token (JWT).
    Jwt,
    /// A private key.
    PrivateKey,
    /// A file that the user marked as private.
    File,
}

impl PrivacyKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Email,
        Self::Phone,
        Self::Iban,
        Self::Card,
        Self::NationalId,
        Self::ApiKey,
        Self::Jwt,
        Self::PrivateKey,
        Self::File,
    ];

    /// The kind's name in configuration, metrics, JSON and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::Card => "card",
            Self::NationalId => "national_id",
            Self::ApiKey => "api_key",
            Self::Jwt => "jwt",
            Self::PrivateKey => "private_key",
            Self::File => "file",
        }
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What is done about it when nobody said otherwise: what opens doors does not leave, what names people leaves as
    /// a placeholder.
    pub fn usual_action(self) -> PrivacyAction {
        match self {
            Self::ApiKey | Self::Jwt | Self::PrivateKey => PrivacyAction::Block,
            Self::Email | Self::Phone | Self::Iban | Self::Card | Self::NationalId | Self::File => {
                PrivacyAction::Redact
            }
        }
    }
}

/// What is done about private text that is about to leave this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrivacyAction {
    /// It is sent.
    Allow,
    /// A placeholder is sent in its stead, and undone in the answer.
    Redact,
    /// Nothing is sent before the request comes again with consent; then as redacted.
    Ask,
    /// Nothing is sent.
    Block,
}

impl PrivacyAction {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Allow, Self::Redact, Self::Ask, Self::Block];

    /// The action's name in configuration, metrics, JSON and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Redact => "redact",
            Self::Ask => "ask",
            Self::Block => "block",
        }
    }

    /// The action with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// What is done about each kind; a kind that is not named has its [usual action](PrivacyKind::usual_action).
pub type PrivacyActions = BTreeMap<PrivacyKind, PrivacyAction>;

/// How many different private texts of one kind were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The kind.
    pub kind: PrivacyKind,
    /// How many, at least 1.
    pub count: u32,
}

/// `2 × email, 1 × card`.
pub fn in_words(found: &[Found]) -> String {
    let each = found
        .iter()
        .map(|found| format!("{} × {}", found.count, found.kind.as_str()));
    each.collect::<Vec<_>>().join(", ")
}
