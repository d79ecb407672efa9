//! Who may call what: users, their API keys, and the sessions that browsers open with them.

#[cfg(any(test, feature = "naive"))]
pub mod naive;

use crate::budget::NanoUsd;
use crate::clock::Timestamp;
use crate::conversation::StoreError;
use async_trait::async_trait;
use std::fmt;

/// Something that a key allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyScope {
    /// Asking models, and the conversations that come of it.
    Chat,
    /// What is remembered: memories and documents.
    Memory,
    /// Running programs in the sandbox.
    Execute,
    /// Running the server: settings, keys, models, backups.
    Admin,
}

impl KeyScope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Memory, Self::Execute, Self::Admin];

    /// The scope's name in JSON, on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Memory => "memory",
            Self::Execute => "execute",
            Self::Admin => "admin",
        }
    }

    /// The scope with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// A set of scopes. The empty one still tells a key from none: it may look at measurements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// All scopes.
    pub fn all() -> Self {
        KeyScope::ALL.into_iter().collect()
    }

    /// Whether a scope is in the set.
    pub fn has(self, scope: KeyScope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// The set without a scope.
    pub fn without(self, scope: KeyScope) -> Self {
        Self(self.0 & !(1 << scope as u8))
    }

    /// The scopes, in their order.
    pub fn iter(self) -> impl Iterator<Item = KeyScope> {
        KeyScope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }

    /// Reads names with commas between them, as `Display` writes them; the name at fault otherwise.
    ///
    /// # Errors
    /// The first name that is no scope.
    pub fn parse(text: &str) -> Result<Self, String> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        names
            .map(|name| KeyScope::parse(name).ok_or_else(|| name.to_owned()))
            .collect()
    }
}

impl FromIterator<KeyScope> for Scopes {
    fn from_iter<I: IntoIterator<Item = KeyScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | (1 << scope as u8)))
    }
}

impl fmt::Display for Scopes {
    /// Names with commas between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(KeyScope::as_str).collect();
        f.write_str(&names.join(","))
    }
}

/// Somebody with conversations and memories of their own. The owner of the machine
/// ([`LOCAL_USER`](crate::memory::LOCAL_USER)) is one without an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name, which is the identifier too.
    pub name: String,
    /// When the user was added.
    pub created_at: Timestamp,
}

impl User {
    /// Longest name, in characters.
    pub const MAX_NAME: usize = 32;

    /// Whether this can be a name: letters a to z, digits, `.`, `_`, `-`, with a letter or digit first.
    pub fn is_name(text: &str) -> bool {
        let fits = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        (1..=Self::MAX_NAME).contains(&text.len())
            && text.as_bytes().first().is_some_and(fits)
            && text.bytes().all(|byte| fits(&byte) || b"._-".contains(&byte))
    }
}

/// What is known of an API key. Its secret is known to its holder alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The part of the key that is no secret, by which it is found.
    pub id: String,
    /// What it is for, in its maker's words.
    pub name: String,
    /// Whose conversations and memories it opens.
    pub user: String,
    /// What it allows.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused; `None`: never.
    pub expires_at: Option<Timestamp>,
    /// Since when it is refused because somebody took it back.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// What calls of paid models with it may cost in a day; `None`: as `budget.per_key_usd` says.
    pub daily: Option<NanoUsd>,
    /// Most requests in a minute; `None`: as configured.
    pub per_minute: Option<u32>,
}

/// Whether a key is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It is.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
}

impl KeyState {
    /// The state's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl ApiKey {
    /// Whether it is taken at this time.
    pub fn state(&self, now: Timestamp) -> KeyState {
        if self.revoked_at.is_some() {
            KeyState::Revoked
        } else if self.expires_at.is_some_and(|end| now >= end) {
            KeyState::Expired
        } else {
            KeyState::Active
        }
    }
}

/// A key with what its secret is checked by.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptKey {
    /// The key.
    pub key: ApiKey,
    /// A slow, salted hash of the secret, in the PHC string format.
    pub hash: String,
}

impl fmt::Debug for KeptKey {
    /// Without the hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptKey")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// A session that was opened with a key, and ends with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSession {
    /// SHA-256 of its token, in hexadecimal digits. The token has 256 random bits, so that a fast hash is enough.
    pub digest: String,
    /// The key's id.
    pub key: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Keeps users, keys and sessions. A returned `Ok` is on disk. A change by an administrator has its line in the audit, or
/// is not made; secrets and hashes are in no line.
#[async_trait]
pub trait AccessStore: Send + Sync {
    /// The users, by name, without the owner of the machine.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// Adds a user.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there is one of this name.
    async fn add_user(&self, user: User, by: &str) -> Result<(), StoreError>;

    /// Removes a user and revokes the user's keys; conversations and memories stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn remove_user(&self, name: &str, at: Timestamp, by: &str) -> Result<(), StoreError>;

    /// All keys, revoked ones too, the oldest first.
    async fn keys(&self) -> Result<Vec<KeptKey>, StoreError>;

    /// Deletes the keys of a user, who is removed, with their sessions; returns how many there were.
    async fn delete_keys(&self, user: &str) -> Result<u64, StoreError>;

    /// Adds a key.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when its user is neither the owner of the machine nor there.
    async fn add_key(&self, key: KeptKey, by: &str) -> Result<(), StoreError>;

    /// Takes a key back for good, and ends its sessions. One that was revoked stays as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn revoke_key(&self, id: &str, at: Timestamp, by: &str) -> Result<(), StoreError>;

    /// Notes when a key was used.
    async fn key_used(&self, id: &str, at: Timestamp) -> Result<(), StoreError>;

    /// The sessions that have not ended.
    async fn sessions(&self, now: Timestamp) -> Result<Vec<KeptSession>, StoreError>;

    /// Adds a session, and removes those that have ended by the time it was opened.
    async fn add_session(&self, session: KeptSession) -> Result<(), StoreError>;

    /// Removes a session, where it is.
    async fn remove_session(&self, digest: &str) -> Result<(), StoreError>;

    /// A number that grows with each change of users, keys and sessions, where other processes can make one; uses of keys are
    /// none. `None` where this process alone has the store. What was changed before it was asked for is in what is read after.
    async fn revision(&self) -> Result<Option<i64>, StoreError> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
