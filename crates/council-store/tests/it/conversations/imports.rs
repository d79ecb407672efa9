//! Conversations from elsewhere.

use super::store;
use super::{page, texts};
use crate::id;
use council_core::conversation::naive::NaiveConversations;
use council_core::memory::LOCAL_USER;
use council_core::{
    Branch, ConversationQuery, ConversationSettings, ConversationStore, CountFrom, Import,
    ImportedConversation, ImportedMessage, Message, Role, StoreError, Timestamp,
};

fn said(parent: Option<usize>, role: Role, text: &str) -> ImportedMessage {
    ImportedMessage {
        parent,
        message: Message::text(role, text),
        model: None,
        request_id: String::new(),
        created_at: Timestamp::from_millis(2_000),
        finish: None,
    }
}

fn conversation(name: &str, source: Option<&str>) -> ImportedConversation {
    ImportedConversation {
        id: id(name),
        source: source.map(str::to_owned),
        title: "From elsewhere".to_owned(),
        folder: "Old".to_owned(),
        pinned: true,
        archived: false,
        settings: ConversationSettings::default(),
        created_at: Timestamp::from_millis(1_000),
        updated_at: Timestamp::from_millis(3_000),
        messages: vec![
            said(None, Role::User, "why?"),
            said(Some(0), Role::Assistant, "because"),
            said(Some(0), Role::Assistant, "therefore"),
            said(Some(1), Role::User, "really?"),
        ],
        leaf: Some(2),
    }
}

#[tokio::test]
async fn a_tree_comes_as_it_was_and_can_be_searched() {
    let (store, _dir) = store().await;
    let added = store.import(conversation("a", Some("elsewhere:1"))).await;
    assert_eq!(added, Ok(Import::Added(id("a"))));
    let kept = store.conversation(&id("a")).await.unwrap();
    assert_eq!(
        (kept.message_count, kept.pinned, kept.folder.as_str()),
        (2, true, "Old")
    );
    assert_eq!(kept.updated_at, Timestamp::from_millis(3_000));
    let shown = store
        .messages(&id("a"), Branch::Active, CountFrom::Start, page(0, 9))
        .await
        .unwrap();
    assert_eq!(texts(&shown), ["why?", "therefore"]);
    assert_eq!(shown[1].siblings.len(), 2);
    let query = ConversationQuery {
        user: LOCAL_USER.to_owned(),
        text: "really".to_owned(),
        folder: None,
        archived: false,
        limit: 5,
    };
    assert_eq!(store.search(query).await.unwrap().len(), 1);
    let naive = NaiveConversations::default();
    naive
        .import(conversation("a", Some("elsewhere:1")))
        .await
        .unwrap();
    assert_eq!(store.tree(&id("a")).await, naive.tree(&id("a")).await);
    assert_eq!(Ok(kept), naive.conversation(&id("a")).await);
}

#[tokio::test]
async fn what_is_here_already_stays_as_it_is() {
    let (store, _dir) = store().await;
    store
        .import(conversation("a", Some("elsewhere:1")))
        .await
        .unwrap();
    let again = store.import(conversation("b", Some("elsewhere:1"))).await;
    assert_eq!(again, Ok(Import::Existing(id("a"))));
    let same_id = store.import(conversation("a", None)).await;
    assert_eq!(same_id, Ok(Import::Existing(id("a"))));
    assert_eq!(store.tree(&id("a")).await.unwrap().len(), 4);
    store.delete(&id("a")).await.unwrap();
    let anew = store.import(conversation("b", Some("elsewhere:1"))).await;
    assert_eq!(anew, Ok(Import::Added(id("b"))));
}

#[tokio::test]
async fn a_tree_that_cannot_be_is_refused_whole() {
    let (store, _dir) = store().await;
    let mut wrong = conversation("a", None);
    wrong.messages[1].parent = Some(3);
    let refused = store.import(wrong).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
    assert!(store.conversation(&id("a")).await.is_err());
}
