//! Lists, folders, settings.

use super::store;
use super::{page, titled};
use crate::{id, said};
use council_core::memory::LOCAL_USER;
use council_core::{
    Conversation, ConversationChange, ConversationFilter, ConversationSettings, ConversationStore, Folder,
    ListPlace, MemoryId, NewConversation, Timestamp,
};

fn ids(found: &[Conversation]) -> Vec<&str> {
    found.iter().map(|one| one.id.as_str()).collect()
}

fn put(folder: &str) -> ConversationChange {
    ConversationChange {
        folder: Some(folder.to_owned()),
        ..ConversationChange::default()
    }
}

#[tokio::test]
async fn conversations_are_pinned_put_away_and_put_into_folders() {
    let (store, _dir) = store().await;
    for (name, second) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
        store.append(said(name, "x", second)).await.unwrap();
    }
    let pinned = ConversationChange {
        pinned: Some(true),
        ..put("Work")
    };
    let changed = store.change(&id("a"), pinned).await.unwrap();
    assert_eq!((changed.pinned, changed.folder.as_str()), (true, "Work"));
    assert_eq!(
        changed.updated_at,
        Timestamp::from_millis(1_000),
        "it was not used"
    );
    store.change(&id("b"), put("Work")).await.unwrap();
    let away = ConversationChange {
        archived: Some(true),
        ..ConversationChange::default()
    };
    store.change(&id("c"), away).await.unwrap();
    let listed = async |filter: ConversationFilter| store.conversations(filter, page(0, 9)).await.unwrap();
    let all = ConversationFilter::default;
    assert_eq!(ids(&listed(all()).await), ["d", "b", "a"]);
    let only = |pinned: Option<bool>, folder: Option<&str>, archived: bool| ConversationFilter {
        pinned,
        folder: folder.map(str::to_owned),
        archived,
        ..ConversationFilter::default()
    };
    assert_eq!(ids(&listed(only(Some(true), None, false)).await), ["a"]);
    assert_eq!(ids(&listed(only(Some(false), None, false)).await), ["d", "b"]);
    assert_eq!(ids(&listed(only(None, Some("Work"), false)).await), ["b", "a"]);
    assert_eq!(ids(&listed(only(Some(false), Some("Work"), false)).await), ["b"]);
    assert_eq!(ids(&listed(only(None, Some(""), false)).await), ["d"]);
    assert_eq!(ids(&listed(only(None, None, true)).await), ["c"]);
    let work = Folder {
        name: "Work".to_owned(),
        conversations: 2,
    };
    assert_eq!(store.folders(LOCAL_USER).await.unwrap(), [work]);
    store.change(&id("b"), put("")).await.unwrap();
    store.change(&id("a"), put("")).await.unwrap();
    assert_eq!(store.folders(LOCAL_USER).await.unwrap(), []);
}

#[tokio::test]
async fn a_list_is_continued_from_where_a_page_ended_even_when_that_is_gone() {
    let (store, _dir) = store().await;
    for number in 0..7 {
        // Several of the same moment.
        store
            .append(said(&format!("c{number}"), "x", 10 + number / 3))
            .await
            .unwrap();
    }
    let mut filter = ConversationFilter::default();
    let mut seen = Vec::new();
    loop {
        let found = store.conversations(filter.clone(), page(0, 2)).await.unwrap();
        let Some(last) = found.last() else { break };
        seen.extend(found.iter().map(|one| one.id.as_str().to_owned()));
        filter.after = Some(ListPlace {
            updated_at: last.updated_at,
            id: last.id.clone(),
        });
    }
    assert_eq!(seen, ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]);
    store.delete(&id("c6")).await.unwrap();
    filter.after = Some(ListPlace {
        updated_at: Timestamp::from_millis(12_000),
        id: id("c6"),
    });
    let rest = store.conversations(filter, page(0, 2)).await.unwrap();
    assert_eq!(ids(&rest), ["c5", "c4"]);
}

#[tokio::test]
async fn a_conversation_can_be_made_before_anything_is_said_and_keeps_its_settings() {
    let (store, home) = store().await;
    let settings = ConversationSettings {
        model: Some("tiny".to_owned()),
        system: Some("Be brief.".to_owned()),
        temperature: Some(0.25),
        top_p: Some(1.0),
        max_tokens: Some(u32::MAX),
        seed: Some(-1),
        consent: true,
        without_memories: vec![MemoryId("violin".to_owned())],
    };
    let new = NewConversation {
        id: id("a"),
        title: "Greetings".to_owned(),
        folder: "Work".to_owned(),
        settings: settings.clone(),
        created_at: Timestamp::from_millis(5_000),
    };
    let made = store.create(new.clone()).await.unwrap();
    assert_eq!(
        (made.leaf, made.message_count, &made.settings),
        (None, 0, &settings)
    );
    let again = NewConversation {
        title: "Other".to_owned(),
        ..new
    };
    assert_eq!(store.create(again).await.unwrap(), made);
    store.append(said("a", "x", 6)).await.unwrap();
    drop(store);
    let store = home.open().await;
    let read = store.conversation(&id("a")).await.unwrap();
    assert_eq!(
        (read.settings, read.title.as_str(), read.message_count),
        (settings, "Greetings", 1)
    );
    let without = ConversationChange {
        settings: Some(ConversationSettings::default()),
        ..titled("Hello")
    };
    let changed = store.change(&id("a"), without).await.unwrap();
    assert_eq!(changed.settings, ConversationSettings::default());
}
