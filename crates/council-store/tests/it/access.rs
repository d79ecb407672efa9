//! `AccessStore`, method by method.

use super::{Kept, SHARED, store};
use crate::{id, said};
use council_core::{
    AccessStore, ApiKey, AuditFilter, ConversationFilter, ConversationId, ConversationQuery,
    ConversationStore, KeptKey, KeptSession, NanoUsd, NewMessage, Page, Scopes, SettingsStore, StoreError,
    Timestamp, User,
};

const ALL: Page = Page {
    offset: 0,
    limit: 1_000,
};

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

fn user(name: &str) -> User {
    User {
        name: name.to_owned(),
        created_at: at(1),
    }
}

fn key(id: &str, user: &str) -> KeptKey {
    KeptKey {
        key: ApiKey {
            id: id.to_owned(),
            name: "laptop".to_owned(),
            user: user.to_owned(),
            scopes: Scopes::parse("chat,memory").unwrap(),
            created_at: at(2),
            expires_at: Some(at(99)),
            revoked_at: None,
            last_used_at: None,
            daily: Some(NanoUsd(1_500_000_000)),
            per_minute: Some(30),
        },
        hash: "$argon2id$secret".to_owned(),
    }
}

fn session(digest: &str, key: &str) -> KeptSession {
    KeptSession {
        digest: digest.to_owned(),
        key: key.to_owned(),
        created_at: at(3),
        expires_at: at(50),
    }
}

#[tokio::test]
async fn what_was_added_is_there_after_a_restart_as_it_was() {
    let (store, home) = store().await;
    store.add_user(user("anna"), "terminal").await.unwrap();
    store.add_key(key("k1", "anna"), "terminal").await.unwrap();
    let bare = KeptKey {
        key: ApiKey {
            id: "k2".to_owned(),
            scopes: Scopes::default(),
            expires_at: None,
            daily: None,
            per_minute: None,
            ..key("k2", "local").key
        },
        hash: "other".to_owned(),
    };
    store.add_key(bare.clone(), "terminal").await.unwrap();
    store.add_session(session("d1", "k1")).await.unwrap();
    drop(store);
    let store: std::sync::Arc<Kept> = home.open().await;
    assert_eq!(store.users().await, Ok(vec![user("anna")]));
    assert_eq!(store.keys().await, Ok(vec![key("k1", "anna"), bare]));
    assert_eq!(store.sessions(at(4)).await, Ok(vec![session("d1", "k1")]));
    assert_eq!(store.sessions(at(50)).await, Ok(vec![]));
}

#[tokio::test]
async fn a_revoked_key_stays_in_the_list_and_its_sessions_end() {
    let (store, _home) = store().await;
    store.add_key(key("k1", "local"), "a").await.unwrap();
    store.add_key(key("k2", "local"), "a").await.unwrap();
    store.add_session(session("d1", "k1")).await.unwrap();
    store.add_session(session("d2", "k2")).await.unwrap();
    store.revoke_key("k1", at(10), "b").await.unwrap();
    store.revoke_key("k1", at(11), "c").await.unwrap();
    let keys = store.keys().await.unwrap();
    assert_eq!(keys[0].key.revoked_at, Some(at(10)));
    assert_eq!(keys[1].key.revoked_at, None);
    assert_eq!(store.sessions(at(12)).await, Ok(vec![session("d2", "k2")]));
    assert_eq!(
        store.revoke_key("k9", at(10), "b").await,
        Err(StoreError::NotFound {
            what: "key",
            id: "k9".to_owned()
        })
    );
}

#[tokio::test]
async fn a_removed_user_leaves_no_key_that_is_taken() {
    let (store, _home) = store().await;
    store.add_user(user("anna"), "a").await.unwrap();
    store.add_key(key("k1", "anna"), "a").await.unwrap();
    store.add_key(key("k2", "local"), "a").await.unwrap();
    assert!(matches!(
        store.add_user(user("anna"), "a").await,
        Err(StoreError::Invalid(_))
    ));
    store.remove_user("anna", at(10), "a").await.unwrap();
    assert_eq!(store.users().await, Ok(vec![]));
    let keys = store.keys().await.unwrap();
    assert_eq!(keys[0].key.revoked_at, Some(at(10)));
    assert_eq!(keys[1].key.revoked_at, None);
    assert!(matches!(
        store.remove_user("anna", at(11), "a").await,
        Err(StoreError::NotFound { .. })
    ));
}

#[tokio::test]
async fn every_change_has_its_line_in_the_audit_and_no_line_has_a_secret() {
    let (store, _home) = store().await;
    store.add_user(user("anna"), "terminal").await.unwrap();
    store.add_key(key("k1", "anna"), "terminal").await.unwrap();
    store.revoke_key("k1", at(5), "10.0.0.7").await.unwrap();
    store.remove_user("anna", at(6), "terminal").await.unwrap();
    let lines = store.audit(AuditFilter::default(), ALL).await.unwrap();
    let lines: Vec<String> = lines
        .into_iter()
        .rev()
        .map(|entry| {
            format!(
                "{}: {} by {}",
                entry.line.setting, entry.line.after, entry.line.by
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "user.anna: added by terminal",
            "key.k1: added for anna with chat,memory by terminal",
            "key.k1: revoked by 10.0.0.7",
            "user.anna: removed by terminal",
        ]
    );
}

#[tokio::test]
async fn a_use_is_noted_and_a_session_is_removed() {
    let (store, _home) = store().await;
    store.add_key(key("k1", "local"), "a").await.unwrap();
    store.key_used("k1", at(20)).await.unwrap();
    assert_eq!(store.keys().await.unwrap()[0].key.last_used_at, Some(at(20)));
    store.add_session(session("d1", "k1")).await.unwrap();
    store.remove_session("d1").await.unwrap();
    store.remove_session("d1").await.unwrap();
    assert_eq!(store.sessions(at(4)).await, Ok(vec![]));
}

#[tokio::test]
async fn two_users_have_conversations_of_the_same_name_and_neither_sees_the_others() {
    let (store, _home) = store().await;
    let of = |user: &str| id("c").of(user);
    for user in ["local", "anna", "ben"] {
        let message = NewMessage {
            conversation: of(user),
            ..said("c", &format!("a secret of {user}"), 1)
        };
        store.append(message).await.unwrap();
    }
    for user in ["local", "anna", "ben"] {
        let filter = ConversationFilter {
            user: user.to_owned(),
            ..ConversationFilter::default()
        };
        let listed = store.conversations(filter, ALL).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].id, of(user));
        let tree = store.tree(&of(user)).await.unwrap();
        assert_eq!(tree.len(), 1);
        assert_eq!(tree[0].message.joined_text(), format!("a secret of {user}"));
        let query = ConversationQuery {
            user: user.to_owned(),
            text: "secret".to_owned(),
            folder: None,
            archived: false,
            limit: 10,
        };
        let hits = store.search(query).await.unwrap();
        let found: Vec<&ConversationId> = hits.iter().map(|hit| &hit.conversation.id).collect();
        assert_eq!(found, [&of(user)]);
    }
    store.delete(&of("anna")).await.unwrap();
    assert!(store.conversation(&of("anna")).await.is_err());
    assert!(store.conversation(&of("ben")).await.is_ok());
    assert!(store.conversation(&of("local")).await.is_ok());
}

#[tokio::test]
async fn a_key_needs_a_user_and_a_change_is_a_new_revision_where_others_can_make_one() {
    let (store, _home) = store().await;
    assert!(matches!(
        store.add_key(key("k1", "anna"), "a").await,
        Err(StoreError::NotFound { what: "user", .. })
    ));
    assert_eq!(store.keys().await, Ok(vec![]));
    let mut last = AccessStore::revision(&*store).await.unwrap();
    assert_eq!(last.is_some(), SHARED);
    let mut is_new = async |is: bool| {
        let now = AccessStore::revision(&*store).await.unwrap();
        assert_eq!(now > last, is && SHARED, "{last:?}, then {now:?}");
        last = now;
    };
    store.add_user(user("anna"), "a").await.unwrap();
    is_new(true).await;
    store.add_key(key("k1", "anna"), "a").await.unwrap();
    is_new(true).await;
    store.key_used("k1", at(20)).await.unwrap();
    is_new(false).await;
    store.add_session(session("d1", "k1")).await.unwrap();
    is_new(true).await;
    store.remove_session("d1").await.unwrap();
    is_new(true).await;
    store.revoke_key("k1", at(10), "b").await.unwrap();
    is_new(true).await;
    // What was refused is no change.
    assert!(store.revoke_key("k9", at(10), "b").await.is_err());
    is_new(false).await;
    store.remove_user("anna", at(11), "b").await.unwrap();
    is_new(true).await;
    assert_eq!(store.delete_keys("anna").await, Ok(1));
    is_new(true).await;
    assert_eq!(store.keys().await, Ok(vec![]));
}
