//! What is forgotten is in no table, no index and no file any more, and nothing else is touched.

use crate::{id, said, store};
use council_core::forgetting::{Because, FORGOTTEN, Forgetting, Naming, Traces, Wanted};
use council_core::memory::LOCAL_USER;
use council_core::{
    Attachment, Branch, Content, ConversationChange, ConversationQuery, ConversationStore, Message,
    MessageId, NewMessage, Role, Timestamp, ToolCall,
};
use council_store::Store;
use std::path::Path;
use std::sync::Arc;

fn wanted(words: &str) -> Wanted {
    Wanted {
        user: LOCAL_USER.to_owned(),
        audit: true,
        naming: Naming::new(words, false).unwrap(),
        messages: Vec::new(),
    }
}

/// The files below a directory in which a text stands, in any of their parts.
pub(crate) fn files_with(dir: &Path, text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        let found = bytes
            .windows(text.len())
            .any(|window| window.eq_ignore_ascii_case(text.as_bytes()));
        names.extend(found.then(|| entry.file_name().to_string_lossy().into_owned()));
    }
    names
}

fn message(conversation: &str, request: &str, role: Role, text: &str) -> NewMessage {
    NewMessage {
        message: Message::text(role, text),
        request_id: request.to_owned(),
        ..said(conversation, text, 1)
    }
}

async fn texts(store: &Arc<Store>, conversation: &str) -> Vec<String> {
    let messages = store
        .recent_messages(&id(conversation), Branch::Active, 100)
        .await
        .unwrap();
    messages
        .iter()
        .map(|stored| stored.message.joined_text())
        .collect()
}

async fn finds(store: &Arc<Store>, word: &str) -> usize {
    let query = ConversationQuery {
        user: LOCAL_USER.to_owned(),
        text: word.to_owned(),
        archived: false,
        folder: None,
        limit: 10,
    };
    store.search(query).await.unwrap().len()
}

/// Two conversations, one of which has a turn about Zelda among others, and long texts around them.
async fn life(store: &Arc<Store>) -> Vec<MessageId> {
    let long = "something else that is long ".repeat(300);
    let mut ids = Vec::new();
    for (request, role, text) in [
        ("r1", Role::User, "How are roses cut?"),
        ("r1", Role::Assistant, long.as_str()),
        ("r2", Role::User, "Where does Zelda live?"),
        ("r2", Role::Assistant, "At 7 Quince Lane."),
        ("r3", Role::User, "And what is zeldas?"),
        ("r3", Role::Assistant, long.as_str()),
    ] {
        ids.push(store.append(message("one", request, role, text)).await.unwrap());
    }
    store
        .append(message(
            "two",
            "r4",
            Role::User,
            &format!("{long} (ZELDA) {long}"),
        ))
        .await
        .unwrap();
    let change = ConversationChange {
        title: Some("Zelda's house".to_owned()),
        ..ConversationChange::default()
    };
    store.change(&id("one"), change).await.unwrap();
    let attachment = |name: &str, text: &str| Attachment {
        id: format!("a-{name}"),
        conversation: id("two"),
        name: name.to_owned(),
        kind: "text".to_owned(),
        bytes: 1,
        pages: None,
        text: text.to_owned(),
        created_at: Timestamp::from_millis(1),
    };
    store
        .attach(attachment("letter.txt", "dear Zelda, ..."))
        .await
        .unwrap();
    store
        .attach(attachment("roses.txt", "cut them in March"))
        .await
        .unwrap();
    ids
}

#[tokio::test]
async fn everything_about_somebody_is_found_with_its_turns_and_nothing_is_changed_by_looking() {
    let (store, _dir) = store();
    let ids = life(&store).await;
    let named = store.named(&wanted("zelda")).await.unwrap();
    let found: Vec<(MessageId, Because)> = named
        .messages
        .iter()
        .map(|message| (message.id, message.because))
        .collect();
    assert_eq!(found[..2], [(ids[2], Because::Words), (ids[3], Because::Turn)]);
    assert_eq!(found.len(), 3, "`zeldas` is another word: {found:?}");
    assert_eq!(
        (named.conversations, named.attachments),
        (vec![id("one")], vec!["letter.txt".to_owned()])
    );
    assert_eq!(texts(&store, "one").await[2], "Where does Zelda live?");
    assert_eq!(
        store.named(&wanted("nobody")).await.unwrap(),
        council_core::forgetting::Named::default()
    );
    // By meaning, a message goes with its turn.
    let by_meaning = Wanted {
        messages: vec![ids[0]],
        ..wanted("nobody")
    };
    let named = store.named(&by_meaning).await.unwrap();
    let found: Vec<Because> = named.messages.iter().map(|message| message.because).collect();
    assert_eq!(found, [Because::Meaning, Because::Turn]);
}

#[tokio::test]
async fn what_is_forgotten_is_in_no_index_and_in_no_file_and_the_rest_stays() {
    let (store, dir) = store();
    life(&store).await;
    std::fs::write(
        dir.path().join("chat-history.txt"),
        "where is zelda?\nwhere are roses?\n",
    )
    .unwrap();
    assert_eq!(finds(&store, "quince").await, 1);
    let naming = wanted("Zelda").naming;
    assert_eq!(store.lines(&naming).await, Ok(1));
    assert_eq!(store.remove_lines(&naming).await, Ok(1));
    let named = store.forget_named(&wanted("Zelda")).await.unwrap();
    assert_eq!(named.messages.len(), 3);
    let texts = texts(&store, "one").await;
    assert_eq!(
        (texts[0].as_str(), texts[2].as_str(), texts[3].as_str()),
        ("How are roses cut?", FORGOTTEN, FORGOTTEN)
    );
    assert_eq!(texts[4], "And what is zeldas?");
    assert_eq!(store.conversation(&id("one")).await.unwrap().title, "");
    for word in ["quince", "zelda"] {
        let within = finds(&store, word).await;
        assert_eq!(
            within,
            usize::from(word == "zelda"),
            "only `zeldas` begins so: {word}"
        );
    }
    assert_eq!(finds(&store, "roses").await, 1);
    assert_eq!(
        store.attachment(&id("two"), "a-letter.txt").await.unwrap().text,
        FORGOTTEN
    );
    assert_eq!(
        store.attachment(&id("two"), "a-roses.txt").await.unwrap().text,
        "cut them in March"
    );
    for gone in [
        "Zelda live",
        "Quince",
        "(ZELDA)",
        "dear Zelda",
        "Zelda's house",
        "where is zelda",
    ] {
        assert_eq!(files_with(dir.path(), gone), Vec::<String>::new(), "{gone}");
    }
    let history = std::fs::read_to_string(dir.path().join("chat-history.txt")).unwrap();
    assert_eq!(history, "where are roses?\n");
    // The letters are still there within a longer word, and that is told.
    assert_eq!(store.files_with(&naming).await.unwrap(), ["council.db"]);
    let within = Wanted {
        naming: Naming::new("Zelda", true).unwrap(),
        ..wanted("Zelda")
    };
    store.forget_named(&within).await.unwrap();
    assert_eq!(store.files_with(&naming).await.unwrap(), Vec::<String>::new());
    assert_eq!(files_with(dir.path(), "zelda"), Vec::<String>::new());
    assert_eq!(finds(&store, "zelda").await, 0);
    // And so it is after the next start.
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(finds(&store, "roses").await, 1);
    assert_eq!(files_with(dir.path(), "zelda"), Vec::<String>::new());
}

#[tokio::test]
async fn a_call_that_is_forgotten_keeps_its_result() {
    let (store, _dir) = store();
    let mut call = message("one", "r1", Role::Assistant, "");
    call.message.tool_calls = vec![ToolCall {
        id: "call_1".to_owned(),
        name: "memory_load".to_owned(),
        arguments: "{\"query\":\"\\u005aelda\"}".to_owned(),
    }];
    store.append(call).await.unwrap();
    let mut result = message("one", "r1", Role::Tool, "nothing");
    result.message.tool_call_id = Some("call_1".to_owned());
    store.append(result).await.unwrap();
    store.forget_named(&wanted("zelda")).await.unwrap();
    let messages = store
        .recent_messages(&id("one"), Branch::Active, 9)
        .await
        .unwrap();
    assert_eq!(messages[0].message.tool_calls[0].arguments, "{}");
    assert_eq!(messages[0].message.tool_calls[0].id, "call_1");
    assert_eq!(messages[1].message.tool_call_id.as_deref(), Some("call_1"));
    assert_eq!(messages[1].message.content, [Content::Text(FORGOTTEN.to_owned())]);
}

#[tokio::test]
async fn older_copies_hold_what_they_held_until_they_are_removed() {
    let (store, dir) = store();
    life(&store).await;
    let copy = store_copy(&store, dir.path()).await;
    store.forget_named(&wanted("Zelda")).await.unwrap();
    assert_eq!(store.older_copies().await.unwrap(), std::slice::from_ref(&copy));
    assert!(
        store
            .files_with(&wanted("Quince").naming)
            .await
            .unwrap()
            .contains(&copy)
    );
    assert_eq!(store.remove_older_copies().await.unwrap(), [copy]);
    assert_eq!(files_with(dir.path(), "Quince"), Vec::<String>::new());
}

/// A copy as one from before a migration.
async fn store_copy(store: &Arc<Store>, dir: &Path) -> String {
    use council_core::backup::Backups as _;
    let copy = store.back_up().await.unwrap();
    let name = "council.db.backup-v3".to_owned();
    std::fs::rename(copy, dir.join(&name)).unwrap();
    name
}
