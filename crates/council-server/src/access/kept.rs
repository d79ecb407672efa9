//! Keys, users and sessions in memory, so that no request waits for the disk and what is revoked is so at once. Where other
//! processes have the same store, what they changed is taken over: see `follow`.

use super::token::same;
use council_core::{AccessStore, ApiKey, KeptKey, KeptSession, StoreError, Timestamp, User};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is kept. What is added is stored first; what is taken away goes from here first.
#[derive(Default)]
pub(super) struct Kept {
    keys: Vec<Entry>,
    users: BTreeMap<String, User>,
    sessions: BTreeMap<String, KeptSession>,
}

struct Entry {
    key: Arc<ApiKey>,
    hash: Arc<str>,
    /// The fast digest of the whole key, once its secret was found right.
    verified: Option<[u8; 32]>,
}

impl Kept {
    pub(super) async fn read(store: &dyn AccessStore, now: Timestamp) -> Result<Self, StoreError> {
        let mut kept = Self::default();
        for key in store.keys().await? {
            kept.add_key(key);
        }
        for user in store.users().await? {
            kept.add_user(user);
        }
        for session in store.sessions(now).await? {
            kept.add_session(session);
        }
        Ok(kept)
    }

    /// Takes over what was read again. A secret that was found right stays so as long as its hash is the same.
    pub(super) fn take_over(&mut self, mut read: Self) {
        for entry in &mut read.keys {
            if let Some(known) = self.entry(&entry.key.id).filter(|known| known.hash == entry.hash) {
                entry.verified = known.verified;
            }
        }
        *self = read;
    }

    fn entry(&self, id: &str) -> Option<&Entry> {
        self.keys.iter().find(|entry| entry.key.id == id)
    }

    fn entry_mut(&mut self, id: &str) -> Option<&mut Entry> {
        self.keys.iter_mut().find(|entry| entry.key.id == id)
    }

    /// The key with this id, if this is the digest that was found right.
    pub(super) fn known(&self, id: &str, digest: &[u8; 32]) -> Option<Arc<ApiKey>> {
        let entry = self.entry(id)?;
        let known = entry.verified.as_ref().is_some_and(|known| same(known, digest));
        known.then(|| Arc::clone(&entry.key))
    }

    pub(super) fn hash(&self, id: &str) -> Option<Arc<str>> {
        self.entry(id).map(|entry| Arc::clone(&entry.hash))
    }

    /// Notes that the key with this digest has the right secret.
    pub(super) fn verified(&mut self, id: &str, digest: [u8; 32]) -> Option<Arc<ApiKey>> {
        let entry = self.entry_mut(id)?;
        entry.verified = Some(digest);
        Some(Arc::clone(&entry.key))
    }

    pub(super) fn keys(&self) -> Vec<Arc<ApiKey>> {
        self.keys.iter().map(|entry| Arc::clone(&entry.key)).collect()
    }

    pub(super) fn key(&self, id: &str) -> Option<Arc<ApiKey>> {
        self.entry(id).map(|entry| Arc::clone(&entry.key))
    }

    pub(super) fn add_key(&mut self, kept: KeptKey) {
        self.keys.push(Entry {
            key: Arc::new(kept.key),
            hash: kept.hash.into(),
            verified: None,
        });
    }

    pub(super) fn used(&mut self, id: &str, now: Timestamp) {
        if let Some(entry) = self.entry_mut(id) {
            Arc::make_mut(&mut entry.key).last_used_at = Some(now);
        }
    }

    /// Revokes the keys that are meant, and ends their sessions.
    pub(super) fn revoke(&mut self, now: Timestamp, meant: impl Fn(&ApiKey) -> bool) {
        for entry in self.keys.iter_mut().filter(|entry| meant(&entry.key)) {
            Arc::make_mut(&mut entry.key).revoked_at.get_or_insert(now);
            self.sessions.retain(|_, session| session.key != entry.key.id);
        }
    }

    pub(super) fn users(&self) -> Vec<User> {
        self.users.values().cloned().collect()
    }

    pub(super) fn has_user(&self, name: &str) -> bool {
        self.users.contains_key(name)
    }

    pub(super) fn add_user(&mut self, user: User) {
        self.users.insert(user.name.clone(), user);
    }

    pub(super) fn remove_user(&mut self, name: &str, now: Timestamp) {
        self.users.remove(name);
        self.revoke(now, |key| key.user == name);
    }

    /// Lets go of the keys of a removed user.
    pub(super) fn delete_keys(&mut self, user: &str) {
        self.keys.retain(|entry| entry.key.user != user);
    }

    /// The key with which a session was opened, and when it ends.
    pub(super) fn session(&self, digest: &str, now: Timestamp) -> Option<(Arc<ApiKey>, Timestamp)> {
        let session = self
            .sessions
            .get(digest)
            .filter(|session| session.expires_at > now)?;
        Some((self.key(&session.key)?, session.expires_at))
    }

    /// The sessions that have not ended, each with the key that opened it, the latest first.
    pub(super) fn sessions(&self, now: Timestamp) -> Vec<(KeptSession, Arc<ApiKey>)> {
        let open = self.sessions.values().filter(|session| session.expires_at > now);
        let keyed = open.filter_map(|session| Some((session.clone(), self.key(&session.key)?)));
        let mut sessions: Vec<_> = keyed.collect();
        sessions.sort_by_key(|(session, _)| std::cmp::Reverse(session.created_at));
        sessions
    }

    pub(super) fn add_session(&mut self, session: KeptSession) {
        let now = session.created_at;
        self.sessions.retain(|_, old| old.expires_at > now);
        self.sessions.insert(session.digest.clone(), session);
    }

    pub(super) fn remove_session(&mut self, digest: &str) {
        self.sessions.remove(digest);
    }
}
