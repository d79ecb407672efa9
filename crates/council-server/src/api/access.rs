//! Keys, users and sessions.

use super::range;
use crate::access::{Caller, NewKey, session_id};
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::forgetting::Removed;
use council_core::memory::LOCAL_USER;
use council_core::{ApiKey, KeptSession, KeyScope, NanoUsd, Scopes, Timestamp, User};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// Longest name of a key, in characters.
const MOST_NAME: usize = 80;

/// Longest life of a key: ten years.
const MOST_SECONDS: i64 = 10 * 366 * 86_400;

/// What is known of an API key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyObject {
    /// The part of the key after `cnc_`, which is no secret.
    pub(crate) id: String,
    /// `key`.
    pub(crate) object: &'static str,
    /// What it is for.
    pub(crate) name: String,
    /// Whose conversations and memories it opens; `local` is the owner of the server's machine.
    pub(crate) user: String,
    /// What it allows: some of `chat`, `memory`, `execute`, `admin`.
    pub(crate) scopes: Vec<&'static str>,
    /// `active`, `expired` or `revoked`.
    pub(crate) state: &'static str,
    /// Times are seconds since the Unix epoch.
    pub(crate) created_at: f64,
    /// Null: it does not expire.
    pub(crate) expires_at: Option<f64>,
    pub(crate) revoked_at: Option<f64>,
    /// To the minute; null: never.
    pub(crate) last_used_at: Option<f64>,
    /// What calls of paid models with it may cost in a day; null: as `budget.per_key_usd` says.
    pub(crate) daily_usd: Option<f64>,
    /// Most requests in a minute; null: as configured.
    pub(crate) per_minute: Option<u32>,
}

impl KeyObject {
    pub(crate) fn new(key: &ApiKey, now: Timestamp) -> Self {
        Self {
            id: key.id.clone(),
            object: "key",
            name: key.name.clone(),
            user: key.user.clone(),
            scopes: names(key.scopes),
            state: key.state(now).as_str(),
            created_at: key.created_at.as_secs_f64(),
            expires_at: key.expires_at.map(Timestamp::as_secs_f64),
            revoked_at: key.revoked_at.map(Timestamp::as_secs_f64),
            last_used_at: key.last_used_at.map(Timestamp::as_secs_f64),
            daily_usd: key.daily.map(NanoUsd::as_usd),
            per_minute: key.per_minute,
        }
    }
}

/// A list that is told whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyList {
    /// `list`.
    pub(crate) object: &'static str,
    /// The oldest first; revoked ones too.
    pub(crate) data: Vec<KeyObject>,
}

/// A key that was made just now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewKeyObject {
    /// The key itself, which is told here and never again: `Authorization: Bearer cnc_…`.
    pub(crate) secret: String,
    pub(crate) key: KeyObject,
}

/// A key that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewKeyFields)]
// A misspelt end or scope must not make a key that lasts for ever or may do more.
#[serde(deny_unknown_fields)]
pub(crate) struct NewKeyFields {
    /// What it is for.
    #[schema(min_length = 1, max_length = 80)]
    pub(crate) name: String,
    /// Whose conversations and memories it opens; where absent those of `local`, the owner of the server's machine.
    pub(crate) user: Option<String>,
    /// What it allows: some of `chat`, `memory`, `execute`, `admin`. One without scopes may look at measurements.
    pub(crate) scopes: Vec<String>,
    /// Seconds until it expires; where absent it does not.
    #[schema(minimum = 60, maximum = 316_224_000)]
    pub(crate) expires_in_s: Option<i64>,
    /// What calls of paid models with it may cost in a day; where absent as `budget.per_key_usd` says.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub(crate) daily_usd: Option<f64>,
    /// Most requests in a minute; where absent as configured.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub(crate) per_minute: Option<i64>,
}

/// The same, checked.
pub(crate) struct KeyOrder(pub(crate) NewKey);

impl FromBody for KeyOrder {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let fields: NewKeyFields = parse_object(body)?;
        let name = fields.name.trim().to_owned();
        if !(1..=MOST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            let message = format!("`name` must be 1 to {MOST_NAME} characters without control characters");
            return Err(ApiError::invalid("name", message));
        }
        let scope = |name: &String| {
            KeyScope::parse(name).ok_or_else(|| {
                let known = KeyScope::ALL.map(KeyScope::as_str).join(", ");
                ApiError::invalid("scopes", format!("`scopes` has `{name}`; choose among {known}"))
            })
        };
        let seconds = range::integer("expires_in_s", fields.expires_in_s, 60..=MOST_SECONDS)?;
        let daily = range::number("daily_usd", fields.daily_usd, 0.0..=1e6)?;
        let per_minute = range::integer("per_minute", fields.per_minute, 1..=1_000_000)?;
        Ok(Self(NewKey {
            name,
            user: fields.user.unwrap_or_else(|| LOCAL_USER.to_owned()),
            scopes: fields.scopes.iter().map(scope).collect::<Result<Scopes, _>>()?,
            lasts: seconds.map(|seconds| Duration::from_secs(seconds.unsigned_abs())),
            daily: daily.and(fields.daily_usd).map(NanoUsd::from_usd),
            per_minute: per_minute.and_then(|most| u32::try_from(most).ok()),
        }))
    }
}

/// Somebody with conversations and memories of their own.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserObject {
    pub(crate) name: String,
    /// `user`.
    pub(crate) object: &'static str,
    /// Whether it is the owner of the server's machine, who always is.
    pub(crate) owner: bool,
    /// Seconds since the Unix epoch; null for the owner.
    pub(crate) created_at: Option<f64>,
    /// How many keys there are that are taken.
    pub(crate) active_keys: usize,
}

impl UserObject {
    fn new(name: &str, created_at: Option<Timestamp>, keys: &[impl AsRef<ApiKey>], now: Timestamp) -> Self {
        let theirs = keys.iter().map(AsRef::as_ref).filter(|key| key.user == name);
        Self {
            name: name.to_owned(),
            object: "user",
            owner: created_at.is_none(),
            created_at: created_at.map(Timestamp::as_secs_f64),
            active_keys: theirs
                .filter(|key| key.state(now) == council_core::KeyState::Active)
                .count(),
        }
    }

    pub(crate) fn owner(keys: &[impl AsRef<ApiKey>], now: Timestamp) -> Self {
        Self::new(LOCAL_USER, None, keys, now)
    }

    pub(crate) fn of(user: &User, keys: &[impl AsRef<ApiKey>], now: Timestamp) -> Self {
        Self::new(&user.name, Some(user.created_at), keys, now)
    }
}

/// The users.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserList {
    /// `list`.
    pub(crate) object: &'static str,
    /// The owner first, then by name.
    pub(crate) data: Vec<UserObject>,
}

/// A user who is to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewUserFields)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUserFields {
    /// 1 to 32 of a to z, 0 to 9, `.`, `_` and `-`, beginning with a letter or digit.
    #[schema(min_length = 1, max_length = 32)]
    pub(crate) name: String,
}

impl FromBody for NewUserFields {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

/// What becomes of what a user had.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UserData {
    /// It stays, and is there again for a user of the same name.
    Keep,
    /// It goes for good.
    Delete,
}

/// How a user is removed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RemoveUserQuery {
    /// What becomes of what the user had.
    #[param(inline)]
    pub(crate) data: UserData,
}

/// That a user was removed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemovedUser {
    pub(crate) name: String,
    /// `user.removed`.
    pub(crate) object: &'static str,
    pub(crate) removed: bool,
    /// What went with the user; null where it was kept.
    pub(crate) deleted: Option<DeletedData>,
}

/// What went with a user. What was used and spent stays, as amounts that are nobody's.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletedData {
    /// Conversations, with their messages and files.
    pub(crate) conversations: u64,
    /// Memories, parts of documents among them.
    pub(crate) memories: u64,
    pub(crate) receipts: u64,
    /// Lines of the ledger that are nobody's now.
    pub(crate) ledger: u64,
    pub(crate) keys: u64,
}

impl From<Removed> for DeletedData {
    fn from(removed: Removed) -> Self {
        Self {
            conversations: removed.conversations,
            memories: removed.memories,
            receipts: removed.receipts,
            ledger: removed.ledger,
            keys: removed.keys,
        }
    }
}

/// The key that opens a session.
#[derive(Deserialize, ToSchema)]
#[schema(as = SessionFields)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionFields {
    /// The whole key: `cnc_…`.
    pub(crate) key: String,
}

impl FromBody for SessionFields {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

/// Whom requests of this client come from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhoObject {
    /// `session`.
    pub(crate) object: &'static str,
    /// Whether anything but this may be asked as things are: false where a key is needed and there is none.
    pub(crate) authenticated: bool,
    /// Whether a client where this one is needs a key.
    pub(crate) key_required: bool,
    /// How the server knows: `owner` (a client on its machine, without a key), `key` (a key in a header) or `session` (a
    /// cookie); null where nobody is known.
    pub(crate) by: Option<&'static str>,
    /// `local` is the owner of the server's machine.
    pub(crate) user: Option<String>,
    /// Some of `chat`, `memory`, `execute`, `admin`.
    pub(crate) scopes: Vec<&'static str>,
    /// The key that is used, where one is.
    pub(crate) key: Option<UsedKey>,
    /// When the session ends, in seconds since the Unix epoch; null where there is none.
    pub(crate) expires_at: Option<f64>,
}

/// Sessions of browsers that are open.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    /// `list`.
    pub(crate) object: &'static str,
    /// The latest first.
    pub(crate) data: Vec<SessionObject>,
}

/// A session that a browser opened with a key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionObject {
    /// By it the session is ended; nobody gets in with it.
    pub(crate) id: String,
    /// Whose requests it makes.
    pub(crate) user: String,
    /// The key that opened it; the session ends with that.
    pub(crate) key: UsedKey,
    /// Seconds since the Unix epoch.
    pub(crate) opened_at: f64,
    /// Seconds since the Unix epoch.
    pub(crate) expires_at: f64,
    /// Whether it is the one through which this was asked.
    pub(crate) current: bool,
}

impl SessionObject {
    pub(crate) fn new(session: &KeptSession, key: &ApiKey, asking: Option<&str>) -> Self {
        let id = session_id(&session.digest).to_owned();
        Self {
            user: key.user.clone(),
            key: UsedKey {
                id: key.id.clone(),
                name: key.name.clone(),
            },
            opened_at: session.created_at.as_secs_f64(),
            expires_at: session.expires_at.as_secs_f64(),
            current: asking == Some(id.as_str()),
            id,
        }
    }
}

/// A key that is in use.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsedKey {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl WhoObject {
    pub(crate) fn new(caller: Option<&Caller>, key_required: bool) -> Self {
        let key = caller.and_then(|caller| caller.key.as_ref());
        let by = |caller: &Caller| match (caller.session_ends, &caller.key) {
            (Some(_), _) => "session",
            (None, Some(_)) => "key",
            (None, None) => "owner",
        };
        Self {
            object: "session",
            authenticated: caller.is_some(),
            key_required,
            by: caller.map(by),
            user: caller.map(|caller| caller.user.to_string()),
            scopes: caller.map(|caller| names(caller.scopes)).unwrap_or_default(),
            key: key.map(|key| UsedKey {
                id: key.id.clone(),
                name: key.name.clone(),
            }),
            expires_at: caller
                .and_then(|caller| caller.session_ends)
                .map(Timestamp::as_secs_f64),
        }
    }
}

fn names(scopes: Scopes) -> Vec<&'static str> {
    scopes.iter().map(KeyScope::as_str).collect()
}
