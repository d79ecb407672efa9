//! Files with conversations.

use super::store;
use crate::{id, said};
use council_core::memory::LOCAL_USER;
use council_core::{
    Attachment, Content, ConversationQuery, ConversationStore, FileText, StoreError, Timestamp,
};

fn file(conversation: &str) -> Attachment {
    Attachment {
        id: "att_1".to_owned(),
        conversation: id(conversation),
        name: "notes.pdf".to_owned(),
        kind: "pdf".to_owned(),
        bytes: 1_234,
        pages: Some(3),
        text: "What is in it.".to_owned(),
        created_at: Timestamp::from_millis(7_000),
    }
}

#[tokio::test]
async fn a_file_is_kept_with_its_conversation_and_goes_with_it() {
    let (store, _dir) = store().await;
    assert!(
        store.attach(file("a")).await.is_err(),
        "there is no such conversation"
    );
    store.append(said("a", "x", 1)).await.unwrap();
    store.append(said("b", "x", 1)).await.unwrap();
    store.attach(file("a")).await.unwrap();
    assert_eq!(store.attachment(&id("a"), "att_1").await, Ok(file("a")));
    let missing = Err(StoreError::NotFound {
        what: "attachment",
        id: "att_1".to_owned(),
    });
    assert_eq!(store.attachment(&id("b"), "att_1").await, missing);
    store.delete(&id("a")).await.unwrap();
    store.append(said("a", "x", 1)).await.unwrap();
    assert_eq!(store.attachment(&id("a"), "att_1").await, missing);
}

#[tokio::test]
async fn what_an_attached_file_says_is_not_found_as_said() {
    let (store, _dir) = store().await;
    let mut message = said("a", "look at this", 1);
    message.message.content.insert(
        0,
        Content::File(FileText {
            id: "att_1".to_owned(),
            name: "notes.txt".to_owned(),
            text: "marmalade".to_owned(),
            left_out_bytes: 0,
        }),
    );
    store.append(message).await.unwrap();
    let find = |text: &str| ConversationQuery {
        user: LOCAL_USER.to_owned(),
        text: text.to_owned(),
        folder: None,
        archived: false,
        limit: 5,
    };
    assert_eq!(store.search(find("marmalade")).await.unwrap().len(), 0);
    assert_eq!(store.search(find("look")).await.unwrap().len(), 1);
}
