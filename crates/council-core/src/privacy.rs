//! What must not leave this machine unseen: its kinds, what is done about each, and what leaves all the same.

use std::collections::BTreeMap;

/// A kind of what may be private.
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
    /// An image: nothing says what can be seen in it.
    Image,
}

impl PrivacyKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Email,
        Self::Phone,
        Self::Iban,
        Self::Card,
        Self::NationalId,
        Self::ApiKey,
        Self::Jwt,
        Self::PrivateKey,
        Self::File,
        Self::Image,
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
            Self::Image => "image",
        }
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What is done about it when nobody said otherwise: what opens doors does not leave, what names people leaves as
    /// a placeholder, and what cannot be looked through leaves with the user's word.
    pub fn usual_action(self) -> PrivacyAction {
        match self {
            Self::ApiKey | Self::Jwt | Self::PrivateKey => PrivacyAction::Block,
            Self::Email | Self::Phone | Self::Iban | Self::Card | Self::NationalId | Self::File => {
                PrivacyAction::Redact
            }
            Self::Image => PrivacyAction::Ask,
        }
    }

    /// What can be done about it: no placeholder stands for an image.
    pub fn actions(self) -> &'static [PrivacyAction] {
        match self {
            Self::Image => &[PrivacyAction::Allow, PrivacyAction::Ask, PrivacyAction::Block],
            Self::Email
            | Self::Phone
            | Self::Iban
            | Self::Card
            | Self::NationalId
            | Self::ApiKey
            | Self::Jwt
            | Self::PrivateKey
            | Self::File => &PrivacyAction::ALL,
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

/// What a model elsewhere would be sent: everything that it would read, as it would read it.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Where it would go: a host name or an address, with its port where it is not the usual one.
    pub host: String,
    /// In order; the tools that are offered come last.
    pub messages: Vec<OutgoingMessage>,
}

/// One message of what would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// Who speaks: `system`, `user`, `assistant`, `tool`; `tools` for those that are offered, `format` for how the answer
    /// must look.
    pub role: &'static str,
    /// What is said.
    pub parts: Vec<OutgoingPart>,
}

/// A piece of what would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutgoingPart {
    /// As it is.
    Text(String),
    /// What stands in the place of private text.
    Placeholder {
        /// What that was.
        kind: PrivacyKind,
        /// Such as `[EMAIL_1]`.
        text: String,
    },
    /// An image, as it is.
    Image {
        /// Its size in the message, in bytes.
        bytes: u64,
    },
}

impl std::fmt::Debug for Outgoing {
    /// How much there is, and nothing of what it says.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing")
            .field("host", &self.host)
            .field("messages", &self.messages.len())
            .finish()
    }
}
