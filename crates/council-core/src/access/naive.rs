//! Users, keys and sessions in memory, for tests.

use super::{AccessStore, KeptKey, KeptSession, User};
use crate::clock::Timestamp;
use crate::conversation::StoreError;
use crate::memory::LOCAL_USER;
use async_trait::async_trait;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps everything until it is dropped.
#[derive(Debug, Default)]
pub struct NaiveAccess(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    users: Vec<User>,
    keys: Vec<KeptKey>,
    sessions: Vec<KeptSession>,
    audit: Vec<String>,
    /// Where several use it: how often it was changed.
    revision: Option<i64>,
    fails: bool,
}

impl NaiveAccess {
    /// One that several processes are said to use.
    pub fn shared() -> Self {
        let kept = Kept {
            revision: Some(0),
            ..Kept::default()
        };
        Self(Mutex::new(kept))
    }

    /// From now on it can, or cannot, be asked for its revision, as when a server is not there.
    pub fn fail(&self, fails: bool) {
        self.kept().fails = fails;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.kept();
        kept.revision = kept.revision.map(|revision| revision + 1);
        kept
    }

    /// Lines of the audit: what, and by whom.
    pub fn audit(&self) -> Vec<String> {
        self.kept().audit.clone()
    }
}

fn missing(what: &'static str, id: &str) -> StoreError {
    StoreError::NotFound {
        what,
        id: id.to_owned(),
    }
}

impl Kept {
    fn revoke(&mut self, at: Timestamp, which: impl Fn(&KeptKey) -> bool) {
        for kept in self.keys.iter_mut().filter(|kept| which(kept)) {
            kept.key.revoked_at.get_or_insert(at);
            self.sessions.retain(|session| session.key != kept.key.id);
        }
    }
}

#[async_trait]
impl AccessStore for NaiveAccess {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        Ok(self.kept().users.clone())
    }

    async fn add_user(&self, user: User, by: &str) -> Result<(), StoreError> {
        let mut kept = self.changed();
        if kept.users.iter().any(|known| known.name == user.name) {
            let message = format!("there is a user `{}` already; choose another name", user.name);
            return Err(StoreError::Invalid(message));
        }
        kept.audit.push(format!("user.{} added by {by}", user.name));
        kept.users.push(user);
        kept.users.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    }

    async fn remove_user(&self, name: &str, at: Timestamp, by: &str) -> Result<(), StoreError> {
        let mut kept = self.changed();
        let place = kept.users.iter().position(|user| user.name == name);
        kept.users.remove(place.ok_or_else(|| missing("user", name))?);
        kept.revoke(at, |kept| kept.key.user == name);
        kept.audit.push(format!("user.{name} removed by {by}"));
        Ok(())
    }

    async fn keys(&self) -> Result<Vec<KeptKey>, StoreError> {
        Ok(self.kept().keys.clone())
    }

    async fn delete_keys(&self, user: &str) -> Result<u64, StoreError> {
        let mut kept = self.changed();
        kept.revoke(Timestamp::default(), |kept| kept.key.user == user);
        let before = kept.keys.len();
        kept.keys.retain(|kept| kept.key.user != user);
        Ok((before - kept.keys.len()) as u64)
    }

    async fn add_key(&self, key: KeptKey, by: &str) -> Result<(), StoreError> {
        let mut kept = self.changed();
        let user = &key.key.user;
        if user != LOCAL_USER && kept.users.iter().all(|known| known.name != *user) {
            return Err(missing("user", user));
        }
        kept.audit.push(format!("key.{} added by {by}", key.key.id));
        kept.keys.push(key);
        Ok(())
    }

    async fn revoke_key(&self, id: &str, at: Timestamp, by: &str) -> Result<(), StoreError> {
        let mut kept = self.changed();
        if !kept.keys.iter().any(|kept| kept.key.id == id) {
            return Err(missing("key", id));
        }
        kept.revoke(at, |kept| kept.key.id == id);
        kept.audit.push(format!("key.{id} revoked by {by}"));
        Ok(())
    }

    async fn key_used(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        for kept in self.kept().keys.iter_mut().filter(|kept| kept.key.id == id) {
            kept.key.last_used_at = Some(at);
        }
        Ok(())
    }

    async fn sessions(&self, now: Timestamp) -> Result<Vec<KeptSession>, StoreError> {
        let kept = self.kept();
        let open = kept.sessions.iter().filter(|session| session.expires_at > now);
        Ok(open.cloned().collect())
    }

    async fn add_session(&self, session: KeptSession) -> Result<(), StoreError> {
        let mut kept = self.changed();
        kept.sessions.retain(|old| old.expires_at > session.created_at);
        kept.sessions.push(session);
        Ok(())
    }

    async fn remove_session(&self, digest: &str) -> Result<(), StoreError> {
        self.changed().sessions.retain(|session| session.digest != digest);
        Ok(())
    }

    async fn revision(&self) -> Result<Option<i64>, StoreError> {
        let kept = self.kept();
        if kept.fails {
            return Err(StoreError::Failed("it is not there".to_owned()));
        }
        Ok(kept.revision)
    }
}
