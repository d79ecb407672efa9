//! Words in conversations.

use super::titled;
use super::{Kept, store};
use crate::{id, said};
use council_core::memory::LOCAL_USER;
use council_core::{
    ConversationChange, ConversationHit, ConversationQuery, ConversationStore, Message, NewMessage, Role,
};

async fn find(store: &Kept, text: &str) -> Vec<ConversationHit> {
    let query = ConversationQuery {
        user: LOCAL_USER.to_owned(),
        text: text.to_owned(),
        folder: None,
        archived: false,
        limit: 10,
    };
    store.search(query).await.unwrap()
}

async fn names(store: &Kept, text: &str) -> Vec<String> {
    let hits = find(store, text).await;
    hits.iter()
        .map(|hit| hit.conversation.id.as_str().to_owned())
        .collect()
}

#[tokio::test]
async fn words_are_found_in_messages_with_their_place_and_in_titles_first() {
    let (store, _dir) = store().await;
    store
        .append(said("a", "Where do I plant the cherry tree?", 1))
        .await
        .unwrap();
    let answer = NewMessage {
        message: Message::text(
            Role::Assistant,
            "A cherry wants the sunny wall, not the north side.",
        ),
        ..said("a", "", 2)
    };
    let answer = store.append(answer).await.unwrap();
    store.append(said("b", "Nothing of that kind", 3)).await.unwrap();
    store.change(&id("b"), titled("Cherry cake")).await.unwrap();

    assert_eq!(names(&store, "cherry").await, ["b", "a"]);
    let hits = find(&store, "sunny wall").await;
    assert_eq!(hits.len(), 1);
    let message = hits[0].message.clone().unwrap();
    assert_eq!(
        (message.id, message.role, message.depth),
        (answer, Role::Assistant, 2)
    );
    let marked: Vec<&str> = message
        .snippet
        .marks
        .iter()
        .map(|mark| &message.snippet.text[mark.clone()])
        .collect();
    assert_eq!(marked, ["sunny", "wall"]);
    assert!(!hits[0].in_title);
    assert_eq!(
        find(&store, "cherry cake").await[0].message,
        None,
        "only the title has both"
    );
}

#[tokio::test]
async fn the_last_word_may_be_a_beginning_and_accents_and_case_do_not_matter() {
    let (store, _dir) = store().await;
    store
        .append(said("a", "Die Größe der Überschrift", 1))
        .await
        .unwrap();
    for query in ["größe", "GRÖSSE uber", "uberschr", "die ubers"] {
        let found = names(&store, query).await;
        // `ß` is a letter of its own, so that `GRÖSSE` is found by the other word only.
        assert_eq!(found, ["a"], "{query}");
    }
    assert!(names(&store, "berschrift").await.is_empty());
}

#[tokio::test]
async fn where_nothing_has_all_words_any_will_do() {
    let (store, _dir) = store().await;
    store.append(said("a", "apples and pears", 1)).await.unwrap();
    store.append(said("b", "apples and plums", 2)).await.unwrap();
    assert_eq!(names(&store, "apples plums").await, ["b"]);
    assert_eq!(names(&store, "plums quinces").await, ["b"]);
    for nothing in ["", "  ", "\"", "*", "-- ()", "\u{0}"] {
        assert!(names(&store, nothing).await.is_empty(), "{nothing:?}");
    }
    // What would be an operator is a word like others.
    for harmless in [
        "apples AND",
        "NEAR(apples",
        "text:apples",
        "apples*",
        "^apples",
        "a\"b OR c",
    ] {
        names(&store, harmless).await;
    }
}

#[tokio::test]
async fn what_is_removed_or_renamed_is_found_no_more_and_the_put_away_only_when_asked_for() {
    let (store, _home) = store().await;
    store.append(said("a", "apples", 1)).await.unwrap();
    store.change(&id("a"), titled("pears")).await.unwrap();
    store.change(&id("a"), titled("plums")).await.unwrap();
    assert!(names(&store, "pears").await.is_empty());
    let away = ConversationChange {
        archived: Some(true),
        ..ConversationChange::default()
    };
    store.append(said("b", "apples", 2)).await.unwrap();
    store.change(&id("b"), away).await.unwrap();
    assert_eq!(names(&store, "apples").await, ["a"]);
    let query = ConversationQuery {
        user: LOCAL_USER.to_owned(),
        text: "apples".to_owned(),
        folder: None,
        archived: true,
        limit: 10,
    };
    assert_eq!(store.search(query).await.unwrap()[0].conversation.id, id("b"));
    store.delete(&id("a")).await.unwrap();
    store.delete(&id("b")).await.unwrap();
    assert!(names(&store, "apples").await.is_empty());
    assert!(names(&store, "plums").await.is_empty());
}

#[tokio::test]
async fn a_message_is_found_by_its_text() {
    let (store, _dir) = store().await;
    store
        .append(said("a", "one \"quoted\" thing\nand more", 1))
        .await
        .unwrap();
    let later = store
        .append(said("a", "one \"quoted\" thing again", 2))
        .await
        .unwrap();
    let found = store
        .saying(&id("a"), "one \"quoted\" thing")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.id, later);
    assert!(store.saying(&id("a"), "another").await.unwrap().is_none());
    assert!(store.saying(&id("b"), "one").await.unwrap().is_none());
}

#[tokio::test]
async fn of_very_many_messages_with_a_word_the_latest_come_first() {
    let (store, _dir) = store().await;
    for name in ["early", "late"] {
        let many = (0..600).map(|_| said(name, "apples", 1)).collect();
        let ledger: &dyn council_core::Ledger = &*store;
        ledger
            .settle(super::super::ledger::entry(name, 1), many)
            .await
            .unwrap();
    }
    assert_eq!(
        names(&store, "apples").await,
        ["late"],
        "as many as are looked at are of it"
    );
}
