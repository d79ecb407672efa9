//! `ConversationStore`, method by method.

mod attachments;
mod branches;
mod imports;
mod lists;
mod search;

use super::{Kept, SHARED, store};
use crate::{id, said};
use council_core::{
    AnswerEnd, AttachedImage, Branch, Content, Conversation, ConversationChange, ConversationFilter,
    ConversationSettings, ConversationStore, CountFrom, FileText, Message, MessageId, NewMessage, Page,
    Place, Role, StoreError, Timestamp, ToolCall,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use std::time::Duration;

fn page(offset: u64, limit: u64) -> Page {
    Page { offset, limit }
}

fn texts(messages: &[council_core::StoredMessage]) -> Vec<String> {
    messages
        .iter()
        .map(|stored| stored.message.joined_text())
        .collect()
}

fn titled(title: &str) -> ConversationChange {
    ConversationChange {
        title: Some(title.to_owned()),
        ..ConversationChange::default()
    }
}

fn missing(id: &str) -> StoreError {
    StoreError::NotFound {
        what: "conversation",
        id: id.to_owned(),
    }
}

#[tokio::test]
async fn the_first_message_makes_the_conversation_and_later_ones_update_it() {
    let (store, _dir) = store().await;
    let first = store.append(said("a", "one", 10)).await.unwrap();
    let second = store.append(said("a", "two", 20)).await.unwrap();
    assert!(first < second);
    let expected = Conversation {
        id: id("a"),
        title: String::new(),
        created_at: Timestamp::from_millis(10_000),
        updated_at: Timestamp::from_millis(20_000),
        message_count: 2,
        leaf: Some(second),
        pinned: false,
        archived: false,
        folder: String::new(),
        settings: ConversationSettings::default(),
    };
    assert_eq!(store.conversation(&id("a")).await, Ok(expected));
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_make_a_conversation_older() {
    let (store, _dir) = store().await;
    store.append(said("a", "one", 20)).await.unwrap();
    store.append(said("a", "two", 10)).await.unwrap();
    let conversation = store.conversation(&id("a")).await.unwrap();
    assert_eq!(conversation.updated_at, Timestamp::from_millis(20_000));
    let messages = store
        .messages(&id("a"), Branch::Active, CountFrom::Start, page(0, 10))
        .await
        .unwrap();
    assert_eq!(texts(&messages), ["one", "two"]);
}

#[tokio::test]
async fn messages_keep_every_field() {
    let (store, _dir) = store().await;
    let new = NewMessage {
        conversation: id("a"),
        place: Place::Leaf,
        finish: Some(AnswerEnd::Stopped),
        message: Message {
            role: Role::Assistant,
            content: vec![
                Content::Text("look".into()),
                Content::ImageUrl("data:image/png;base64,AA==".into()),
            ],
            tool_calls: vec![ToolCall {
                id: "c1".into(),
                name: "run".into(),
                arguments: "{\"x\": 1}".into(),
            }],
            tool_call_id: Some("c0".into()),
            name: Some("Ada".into()),
        },
        model: Some("tiny".into()),
        request_id: "r1".into(),
        created_at: Timestamp::from_duration(Duration::new(1_700_000_000, 123_456_789)),
    };
    let message_id = store.append(new.clone()).await.unwrap();
    let stored = store
        .messages(&id("a"), Branch::Active, CountFrom::Start, page(0, 10))
        .await
        .unwrap();
    let expected = council_core::StoredMessage {
        id: message_id,
        parent: None,
        depth: 1,
        siblings: vec![message_id],
        finish: new.finish,
        message: new.message,
        model: new.model,
        request_id: new.request_id,
        created_at: new.created_at,
    };
    assert_eq!(stored, [expected]);
}

#[tokio::test]
async fn conversations_come_last_used_first_and_in_pages() {
    let (store, _dir) = store().await;
    for (conversation, second) in [("a", 10), ("b", 20), ("c", 30), ("a", 40), ("d", 40)] {
        store.append(said(conversation, "x", second)).await.unwrap();
    }
    let ids = async |page| -> Vec<String> {
        let conversations = store
            .conversations(ConversationFilter::default(), page)
            .await
            .unwrap();
        conversations
            .iter()
            .map(|conversation| conversation.id.as_str().to_owned())
            .collect()
    };
    // Of two used at the same moment, the one that was made later comes first.
    assert_eq!(ids(page(0, 10)).await, ["d", "a", "c", "b"]);
    assert_eq!(ids(page(1, 2)).await, ["a", "c"]);
    assert_eq!(ids(page(4, 2)).await, Vec::<String>::new());
    assert_eq!(ids(page(u64::MAX, 1)).await, Vec::<String>::new());
}

#[tokio::test]
async fn messages_come_oldest_first_and_in_pages() {
    let (store, _dir) = store().await;
    for number in 0..5 {
        store
            .append(said("a", &number.to_string(), number))
            .await
            .unwrap();
        store.append(said("other", "noise", number)).await.unwrap();
    }
    assert_eq!(
        texts(
            &store
                .messages(&id("a"), Branch::Active, CountFrom::Start, page(0, 1_000))
                .await
                .unwrap()
        ),
        ["0", "1", "2", "3", "4"]
    );
    assert_eq!(
        texts(
            &store
                .messages(&id("a"), Branch::Active, CountFrom::Start, page(3, 1))
                .await
                .unwrap()
        ),
        ["3"]
    );
    assert_eq!(
        store
            .messages(&id("a"), Branch::Active, CountFrom::Start, page(5, 1))
            .await,
        Ok(vec![])
    );
}

#[tokio::test]
async fn recent_messages_are_the_last_ones_oldest_first() {
    let (store, _dir) = store().await;
    for number in 0..5 {
        store
            .append(said("a", &number.to_string(), number))
            .await
            .unwrap();
    }
    assert_eq!(
        texts(&store.recent_messages(&id("a"), Branch::Active, 2).await.unwrap()),
        ["3", "4"]
    );
    assert_eq!(
        texts(
            &store
                .recent_messages(&id("a"), Branch::Active, u64::MAX)
                .await
                .unwrap()
        ),
        ["0", "1", "2", "3", "4"]
    );
    assert_eq!(
        store.recent_messages(&id("a"), Branch::Active, 0).await,
        Ok(vec![])
    );
    assert_eq!(
        store.recent_messages(&id("unknown"), Branch::Active, 5).await,
        Ok(vec![])
    );
}

#[tokio::test]
async fn a_page_outside_1_to_1000_is_refused() {
    let (store, _dir) = store().await;
    store.append(said("a", "x", 1)).await.unwrap();
    for limit in [0, 1_001] {
        let error = store
            .conversations(ConversationFilter::default(), page(0, limit))
            .await
            .unwrap_err();
        let expected = format!("a page holds 1 to 1000 entries, and this one asks for {limit}");
        assert!(error.to_string().ends_with(&expected), "{error}");
        assert!(
            store
                .messages(&id("a"), Branch::Active, CountFrom::Start, page(0, limit))
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn a_title_is_kept_and_can_be_taken_away() {
    let (store, _dir) = store().await;
    store.append(said("a", "x", 1)).await.unwrap();
    store.change(&id("a"), titled("Grüße & 漢字")).await.unwrap();
    assert_eq!(store.conversation(&id("a")).await.unwrap().title, "Grüße & 漢字");
    store.append(said("a", "y", 2)).await.unwrap();
    assert_eq!(store.conversation(&id("a")).await.unwrap().title, "Grüße & 漢字");
    store.change(&id("a"), titled("")).await.unwrap();
    assert_eq!(store.conversation(&id("a")).await.unwrap().title, "");
}

#[tokio::test]
async fn a_deleted_conversation_takes_its_messages_along_and_its_ids_never_return() {
    let (store, _dir) = store().await;
    store.append(said("keep", "kept", 1)).await.unwrap();
    let MessageId(last) = store.append(said("a", "gone", 2)).await.unwrap();
    store.delete(&id("a")).await.unwrap();
    assert_eq!(store.conversation(&id("a")).await, Err(missing("a")));
    assert_eq!(
        store.recent_messages(&id("a"), Branch::Active, 5).await,
        Ok(vec![])
    );
    assert_eq!(
        texts(
            &store
                .messages(&id("keep"), Branch::Active, CountFrom::Start, page(0, 5))
                .await
                .unwrap()
        ),
        ["kept"]
    );

    let MessageId(next) = store.append(said("a", "new", 3)).await.unwrap();
    assert!(next > last);
    assert_eq!(
        texts(
            &store
                .messages(&id("a"), Branch::Active, CountFrom::Start, page(0, 5))
                .await
                .unwrap()
        ),
        ["new"]
    );
    assert_eq!(store.conversation(&id("a")).await.unwrap().message_count, 1);
}

#[tokio::test]
async fn an_unknown_conversation_is_named() {
    let (store, _dir) = store().await;
    assert_eq!(store.conversation(&id("x")).await, Err(missing("x")));
    assert_eq!(
        store
            .messages(&id("x"), Branch::Active, CountFrom::Start, page(0, 1))
            .await,
        Err(missing("x"))
    );
    assert_eq!(store.change(&id("x"), titled("title")).await, Err(missing("x")));
    assert_eq!(store.delete(&id("x")).await, Err(missing("x")));
}

#[tokio::test]
async fn a_time_that_does_not_fit_is_refused_and_nothing_is_stored() {
    let (store, _dir) = store().await;
    let late = NewMessage {
        created_at: Timestamp::from_duration(Duration::MAX),
        ..said("a", "x", 1)
    };
    assert!(matches!(store.append(late).await, Err(StoreError::Invalid(_))));
    assert_eq!(store.conversation(&id("a")).await, Err(missing("a")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writers_and_readers_lose_nothing() {
    const WRITERS: u64 = 16;
    const EACH: u64 = 20;
    let (store, _dir) = store().await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        writers.spawn(async move {
            for number in 0..EACH {
                // Half of them share one conversation.
                let conversation = if writer % 2 == 0 {
                    "shared".to_owned()
                } else {
                    format!("own-{writer}")
                };
                let message = said(&conversation, &format!("{writer}.{number}"), number);
                store.append(message).await.unwrap();
                // Read your own write, while others write.
                let recent = store
                    .recent_messages(&id(&conversation), Branch::Active, 1_000)
                    .await
                    .unwrap();
                assert!(texts(&recent).contains(&format!("{writer}.{number}")));
            }
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer.unwrap();
    }
    let shared = store
        .messages(&id("shared"), Branch::Active, CountFrom::Start, page(0, 1_000))
        .await
        .unwrap();
    assert_eq!(shared.len() as u64, WRITERS / 2 * EACH);
    assert!(shared.is_sorted_by_key(|stored| stored.id));
    for writer in (0..WRITERS).step_by(2) {
        let own: Vec<String> = (0..EACH).map(|number| format!("{writer}.{number}")).collect();
        let prefix = format!("{writer}.");
        let seen: Vec<String> = texts(&shared)
            .into_iter()
            .filter(|text| text.starts_with(&prefix))
            .collect();
        assert_eq!(seen, own);
    }
    for conversation in store
        .conversations(ConversationFilter::default(), page(0, 1_000))
        .await
        .unwrap()
    {
        let messages = store
            .messages(&conversation.id, Branch::Active, CountFrom::Start, page(0, 1_000))
            .await
            .unwrap();
        assert_eq!(conversation.message_count, messages.len() as u64);
    }
}

/// Any text: every plane of Unicode, control characters and NUL.
fn text() -> impl Strategy<Value = String> {
    // A server that others share keeps every character but one.
    let kept = |text: Vec<char>| text.into_iter().filter(|c| !SHARED || *c != '\0').collect();
    proptest::collection::vec(any::<char>(), 0..20).prop_map(kept)
}

fn message() -> impl Strategy<Value = Message> {
    let role = prop_oneof![
        Just(Role::System),
        Just(Role::User),
        Just(Role::Assistant),
        Just(Role::Tool)
    ];
    let file = (text(), text(), text(), any::<u32>()).prop_map(|(id, name, text, left_out)| {
        Content::File(FileText {
            id,
            name,
            text,
            left_out_bytes: left_out.into(),
        })
    });
    let part = prop_oneof![
        text().prop_map(Content::Text),
        text().prop_map(Content::ImageUrl),
        (text(), text()).prop_map(|(id, name)| Content::Image(AttachedImage { id, name })),
        file
    ];
    let call = (text(), text(), text()).prop_map(|(id, name, arguments)| ToolCall { id, name, arguments });
    let content = proptest::collection::vec(part, 0..4);
    let tool_calls = proptest::collection::vec(call, 0..3);
    let option = || proptest::option::of(text());
    (role, content, tool_calls, option(), option()).prop_map(
        |(role, content, tool_calls, tool_call_id, name)| Message {
            role,
            content,
            tool_calls,
            tool_call_id,
            name,
        },
    )
}

#[test]
fn any_message_comes_back_as_it_went_in_even_after_reopening() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (store, home) = runtime.block_on(store());
    let mut written = Vec::new();
    let strategy = (message(), proptest::option::of(text()), text(), 0..u64::MAX / 2);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(200)
    });
    for _ in 0..200 {
        let (message, model, request_id, ns) = strategy.new_tree(&mut runner).unwrap().current();
        written.push(NewMessage {
            conversation: id("any"),
            place: Place::Leaf,
            finish: None,
            message,
            model,
            request_id,
            created_at: Timestamp::from_duration(Duration::from_nanos(ns)),
        });
    }
    runtime.block_on(async {
        for new in &written {
            store.append(new.clone()).await.unwrap();
        }
    });
    drop(store);
    let store = runtime.block_on(home.open());
    let read = runtime
        .block_on(store.messages(&id("any"), Branch::Active, CountFrom::Start, page(0, 1_000)))
        .unwrap();
    assert_eq!(read.len(), written.len());
    for (stored, new) in read.into_iter().zip(written) {
        let read = NewMessage {
            conversation: id("any"),
            place: Place::Leaf,
            finish: stored.finish,
            message: stored.message,
            model: stored.model,
            request_id: stored.request_id,
            created_at: stored.created_at,
        };
        assert_eq!(read, new);
    }
}
