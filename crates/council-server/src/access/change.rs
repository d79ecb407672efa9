//! Keys, users and sessions come and go. Each change is stored before it counts.

use super::{Access, Caller, Place, token};
use crate::error::{ApiError, Code};
use council_core::memory::LOCAL_USER;
use council_core::{AccessStore, ApiKey, KeptKey, KeptSession, NanoUsd, Scopes, StoreError, Timestamp, User};
use std::sync::Arc;
use std::time::Duration;

/// How long a session lasts, unless its key ends before.
const SESSION: Duration = Duration::from_hours(24 * 30);

/// A key that is to be made.
pub(crate) struct NewKey {
    pub(crate) name: String,
    pub(crate) user: String,
    pub(crate) scopes: Scopes,
    /// From now on; `None`: for ever.
    pub(crate) lasts: Option<Duration>,
    pub(crate) daily: Option<NanoUsd>,
    pub(crate) per_minute: Option<u32>,
}

/// What a session is called: a piece of its digest, from which nobody gets to its token.
pub(crate) fn session_id(digest: &str) -> &str {
    digest.get(..16).unwrap_or(digest)
}

/// A session that was opened.
pub(crate) struct Opened {
    pub(crate) caller: Caller,
    /// What the browser keeps.
    pub(crate) token: String,
    /// How long it lasts.
    pub(crate) lasts: Duration,
}

impl Access {
    fn store(&self) -> Result<&Arc<dyn AccessStore>, ApiError> {
        self.store
            .as_ref()
            .ok_or_else(|| ApiError::new(Code::NotFound, "this server keeps no keys"))
    }

    /// The keys, revoked ones too, the oldest first.
    pub(crate) fn keys(&self) -> Vec<Arc<ApiKey>> {
        self.kept().keys()
    }

    /// Makes a key; the second value is the key itself, which nobody learns again.
    pub(crate) async fn add_key(&self, new: NewKey, by: &str) -> Result<(Arc<ApiKey>, String), ApiError> {
        let store = self.store()?;
        let _in_order = self.order.lock().await;
        self.look().await?;
        if new.user != LOCAL_USER && !self.kept().has_user(&new.user) {
            let message = format!("`user` is `{}`, and there is no such user", new.user);
            let hint = "GET /v1/users lists them; POST /v1/users adds one";
            return Err(ApiError::invalid("user", message).with_hint(hint));
        }
        let (id, secret) = (token::fresh_id()?, token::fresh_secret()?);
        let (text, cost) = (secret.clone(), self.rules.cost);
        let hashed = tokio::task::spawn_blocking(move || token::hash(&text, cost)).await;
        let hash = hashed.map_err(|error| ApiError::internal(error.to_string()))??;
        let now = self.clock.now();
        let kept = KeptKey {
            key: ApiKey {
                id: id.clone(),
                name: new.name,
                user: new.user,
                scopes: new.scopes,
                created_at: now,
                expires_at: new.lasts.map(|lasts| now.after(lasts)),
                revoked_at: None,
                last_used_at: None,
                daily: new.daily,
                per_minute: new.per_minute,
            },
            hash,
        };
        store.add_key(kept.clone(), by).await?;
        let key = Arc::new(kept.key.clone());
        self.kept_mut().add_key(kept);
        tracing::info!(key = id, by, "key {id} was added for {} (by {by})", key.user);
        Ok((key, token::text(&id, &secret)))
    }

    /// Takes a key back, from the next request on.
    pub(crate) async fn revoke_key(&self, id: &str, by: &str) -> Result<Arc<ApiKey>, ApiError> {
        let store = self.store()?;
        let _in_order = self.order.lock().await;
        let now = self.clock.now();
        // In memory first: it is refused from here on, also when the client leaves or the disk fails.
        self.kept_mut().revoke(now, |key| key.id == id);
        self.changes.send_replace(());
        store.revoke_key(id, now, by).await?;
        tracing::info!(key = id, by, "key {id} was revoked (by {by})");
        if self.kept().key(id).is_none() {
            self.look().await?;
        }
        let revoked = self.kept().key(id);
        revoked.ok_or_else(|| ApiError::internal("a key that was revoked is not kept"))
    }

    /// The users beside the owner of this machine, by name.
    pub(crate) fn users(&self) -> Vec<User> {
        self.kept().users()
    }

    pub(crate) async fn add_user(&self, name: &str, by: &str) -> Result<User, ApiError> {
        if !User::is_name(name) || name == LOCAL_USER {
            let message = format!(
                "`name` is `{name}`; it must be 1 to {} of a to z, 0 to 9, `.`, `_` and `-`, begin with a letter or \
                 digit, and not be `{LOCAL_USER}`, who is the owner of this machine",
                User::MAX_NAME
            );
            return Err(ApiError::invalid("name", message));
        }
        let store = self.store()?;
        let _in_order = self.order.lock().await;
        self.look().await?;
        let user = User {
            name: name.to_owned(),
            created_at: self.clock.now(),
        };
        if self.kept().has_user(name) {
            let message = format!("there is a user `{name}` already; choose another name");
            return Err(ApiError::new(Code::Conflict, message).with_param("name"));
        }
        store.add_user(user.clone(), by).await?;
        self.kept_mut().add_user(user.clone());
        Ok(user)
    }

    /// Removes a user, whose keys are revoked; conversations and memories stay.
    pub(crate) async fn remove_user(&self, name: &str, by: &str) -> Result<(), ApiError> {
        let store = self.store()?;
        let _in_order = self.order.lock().await;
        let now = self.clock.now();
        self.kept_mut().remove_user(name, now);
        self.changes.send_replace(());
        store.remove_user(name, now, by).await?;
        Ok(())
    }

    /// The ids of a user's keys.
    pub(crate) fn keys_of(&self, user: &str) -> Vec<String> {
        let keys = self.kept().keys();
        let theirs = keys.iter().filter(|key| key.user == user);
        theirs.map(|key| key.id.clone()).collect()
    }

    /// Deletes the keys of a removed user, which were revoked; returns how many there were.
    pub(crate) async fn delete_keys(&self, user: &str) -> Result<u64, ApiError> {
        let store = self.store()?;
        let _in_order = self.order.lock().await;
        let deleted = store.delete_keys(user).await?;
        self.kept_mut().delete_keys(user);
        Ok(deleted)
    }

    /// Opens a session with a key.
    pub(crate) async fn open_session(&self, key: &str, place: Place) -> Result<Opened, ApiError> {
        let store = self.store()?;
        let caller = self.by_key(key, place).await?;
        let Some(key) = caller.key.clone() else {
            let message =
                "a session is opened with a key of `council key add`, not with that of a running server";
            return Err(ApiError::invalid("key", message));
        };
        let now = self.clock.now();
        let ends = key
            .expires_at
            .map_or(now.after(SESSION), |end| end.min(now.after(SESSION)));
        let token = token::fresh_secret()?;
        let session = KeptSession {
            digest: token::digest(&token),
            key: key.id.clone(),
            created_at: now,
            expires_at: ends,
        };
        store.add_session(session.clone()).await?;
        let digest = session.digest.as_str().into();
        self.kept_mut().add_session(session);
        Ok(Opened {
            caller: Caller {
                session_ends: Some(ends),
                session: Some(digest),
                ..caller
            },
            token,
            lasts: ends.since(now),
        })
    }

    /// The sessions of browsers, the latest first.
    pub(crate) fn sessions(&self) -> Vec<(KeptSession, Arc<ApiKey>)> {
        self.kept().sessions(self.clock.now())
    }

    /// Ends the session with this id, and tells what it was.
    pub(crate) async fn end_session(&self, id: &str) -> Result<(KeptSession, Arc<ApiKey>), ApiError> {
        let missing = || StoreError::NotFound {
            what: "session",
            id: id.to_owned(),
        };
        let found = self
            .sessions()
            .into_iter()
            .find(|(session, _)| session_id(&session.digest) == id);
        let (session, key) = found.ok_or_else(missing)?;
        self.kept_mut().remove_session(&session.digest);
        self.store()?.remove_session(&session.digest).await?;
        Ok((session, key))
    }

    /// The id of the session that has this token.
    pub(crate) fn session_of(token: &str) -> String {
        session_id(&token::digest(token)).to_owned()
    }

    /// Ends a session, where there is one.
    pub(crate) async fn close_session(&self, token: &str) -> Result<(), StoreError> {
        let digest = token::digest(token);
        self.kept_mut().remove_session(&digest);
        self.changes.send_replace(());
        match &self.store {
            Some(store) => store.remove_session(&digest).await,
            None => Ok(()),
        }
    }

    /// A time as the wire has it.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
