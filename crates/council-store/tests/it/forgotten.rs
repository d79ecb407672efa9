//! What a user has forgotten is gone, and so is all that was a removed user's; what is another's stays. What is too old goes.

use super::{store, traces};
use crate::{id, said};
use council_core::forgetting::{Because, FORGOTTEN, Forgetting, Naming, Removed, Wanted};
use council_core::retention::{Expired, Retention, RetentionRules};
use council_core::{
    Attachment, AuditFilter, AuditLine, Branch, Budget, Caps, ConversationChange, ConversationFilter,
    ConversationQuery, ConversationStore, Feedback, Ledger, LedgerEntry, Locality, Message, NanoUsd,
    NewMessage, Outcome, Page, Rating, ReceiptStore, Reservation, Role, SettingsStore, Timestamp, ToolCall,
    Usage,
};
use std::time::Duration;

const ALL: Page = Page { offset: 0, limit: 99 };

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

fn about(user: &str, words: &str) -> Wanted {
    Wanted {
        user: user.to_owned(),
        audit: user == "local",
        naming: Naming::new(words, false).unwrap(),
        messages: Vec::new(),
    }
}

fn filter(user: &str) -> ConversationFilter {
    ConversationFilter {
        user: user.to_owned(),
        ..ConversationFilter::default()
    }
}

/// A turn with a call, a file, a title, a receipt with a note, and a paid call, all of which have the word. Times are seconds.
async fn turn<S>(store: &S, user: &str, word: &str, time: u64)
where
    S: ConversationStore + Ledger + Budget + ReceiptStore,
{
    let request = format!("request-of-{user}");
    let message = |role, text: &str| NewMessage {
        conversation: id("diary").of(user),
        message: Message::text(role, text),
        request_id: request.clone(),
        ..said("diary", text, time)
    };
    store
        .append(message(Role::User, &format!("Where does {word} live?")))
        .await
        .unwrap();
    let mut call = message(Role::Assistant, "");
    call.message.tool_calls = vec![ToolCall {
        id: "call_1".to_owned(),
        name: "memory_load".to_owned(),
        arguments: format!("{{\"query\":\"{word}\"}}"),
    }];
    store.append(call).await.unwrap();
    let mut result = message(Role::Tool, &format!("{word} lives at 7 Quince Lane"));
    result.message.tool_call_id = Some("call_1".to_owned());
    store.append(result).await.unwrap();
    let attachment = Attachment {
        id: format!("file-of-{user}"),
        conversation: id("diary").of(user),
        name: format!("{word}.txt"),
        kind: "text".to_owned(),
        bytes: 1,
        pages: None,
        text: format!("dear {word}"),
        created_at: at(time),
    };
    store.attach(attachment).await.unwrap();
    let change = ConversationChange {
        title: Some(format!("About {word}")),
        folder: Some("people".to_owned()),
        ..ConversationChange::default()
    };
    ConversationStore::change(store, &id("diary").of(user), change)
        .await
        .unwrap();
    let mut receipt = super::receipts::receipt(&request, time);
    receipt.user = user.to_owned();
    receipt.conversation = Some("diary".to_owned());
    store.keep_receipt(receipt).await.unwrap();
    let feedback = Feedback {
        request_id: request.clone(),
        rating: Rating::Up,
        at: at(time),
        note: Some(format!("that is {word}'s")),
    };
    ReceiptStore::note(store, feedback).await.unwrap();
    let reservation = Reservation {
        id: format!("paid-{user}"),
        request_id: request.clone(),
        key: format!("key-of-{user}"),
        model: "gpt".to_owned(),
        amount: NanoUsd(700),
        at: at(time),
        expires_at: at(time + 60),
    };
    store.reserve(reservation, Caps::default()).await.unwrap();
    store.charge(&format!("paid-{user}"), NanoUsd(500)).await.unwrap();
    let entry = LedgerEntry {
        user: user.to_owned(),
        request_id: request,
        started_at: at(time),
        route: "/hybrid".to_owned(),
        model: "gpt".to_owned(),
        locality: Locality::Remote,
        usage: Usage::default(),
        cost_usd: 5e-7,
        latency: Duration::ZERO,
        first_token: None,
        outcome: Outcome::Completed,
    };
    store.settle(entry, vec![]).await.unwrap();
}

async fn texts(store: &impl ConversationStore, user: &str) -> Vec<String> {
    let diary = id("diary").of(user);
    let messages = store.recent_messages(&diary, Branch::Active, 9).await.unwrap();
    messages
        .iter()
        .map(|stored| stored.message.joined_text())
        .collect()
}

async fn finds(store: &impl ConversationStore, user: &str, word: &str) -> usize {
    let query = ConversationQuery {
        user: user.to_owned(),
        text: word.to_owned(),
        archived: false,
        folder: None,
        limit: 9,
    };
    store.search(query).await.unwrap().len()
}

fn line(second: u64, after: &str) -> AuditLine {
    AuditLine {
        at: at(second),
        by: "me".to_owned(),
        setting: "models.default".to_owned(),
        before: String::new(),
        after: after.to_owned(),
    }
}

#[tokio::test]
async fn a_user_forgets_what_is_theirs_in_rows_indexes_and_traces_and_nobody_elses() {
    let (store, home) = store().await;
    for (user, word) in [("local", "Yolanda"), ("anna", "Zelda"), ("ben", "Zelda")] {
        turn(&*store, user, word, 1).await;
    }
    SettingsStore::note(&*store, line(1, "of Zelda")).await.unwrap();
    let named = store.named(&about("anna", "zelda")).await.unwrap();
    let why: Vec<Because> = named.messages.iter().map(|message| message.because).collect();
    assert_eq!(why, [Because::Words, Because::Words, Because::Words]);
    assert_eq!(named.conversations, [id("diary").of("anna")]);
    assert_eq!(named.attachments, ["Zelda.txt"]);
    assert_eq!((named.notes, named.audit), (1, 0));
    assert_eq!(
        texts(&*store, "anna").await[0],
        "Where does Zelda live?",
        "looking changes nothing"
    );

    assert_eq!(store.forget_named(&about("anna", "zelda")).await.unwrap(), named);
    assert_eq!(texts(&*store, "anna").await, [FORGOTTEN, FORGOTTEN, FORGOTTEN]);
    assert_eq!(
        (
            finds(&*store, "anna", "zelda").await,
            finds(&*store, "anna", "live").await
        ),
        (0, 0)
    );
    let diary = store.conversation(&id("diary").of("anna")).await.unwrap();
    assert_eq!((diary.title.as_str(), diary.folder.as_str()), ("", "people"));
    assert!(
        store
            .named(&about("anna", "zelda"))
            .await
            .unwrap()
            .messages
            .is_empty()
    );
    // Calls keep their results.
    let messages = store.tree(&id("diary").of("anna")).await.unwrap();
    assert_eq!(messages[1].message.tool_calls[0].arguments, "{}");
    assert_eq!(messages[2].message.tool_call_id.as_deref(), Some("call_1"));

    // What is another's is as it was, the audit too, which is the owner's.
    assert_eq!(texts(&*store, "ben").await[0], "Where does Zelda live?");
    assert_eq!(finds(&*store, "ben", "zelda").await, 1);
    let lines = store.audit(AuditFilter::default(), ALL).await.unwrap();
    assert_eq!(lines[0].line.after, "of Zelda");
    let (receipt, feedback) = store.receipt("request-of-ben").await.unwrap();
    assert_eq!((receipt.user.as_str(), feedback.len()), ("ben", 1));
    assert_eq!(
        store.forget_named(&about("local", "zelda")).await.unwrap().audit,
        1
    );
    store.forget_named(&about("ben", "zelda")).await.unwrap();
    assert_eq!(traces(&home, "Zelda").await, Vec::<String>::new());
    assert!(!traces(&home, "Yolanda").await.is_empty());
}

#[tokio::test]
async fn all_of_a_removed_user_goes_but_what_was_spent_which_is_nobodys() {
    let (store, home) = store().await;
    for (user, word) in [("local", "Yolanda"), ("anna", "Zelda"), ("ben", "Xenia")] {
        turn(&*store, user, word, 1).await;
    }
    let before = (
        store.spending(at(2)).await.unwrap(),
        store.summary(None, at(0)).await.unwrap(),
    );
    let keys = ["key-of-anna".to_owned()];
    let removed = store.remove_all_of("anna", &keys).await.unwrap();
    let expected = Removed {
        conversations: 1,
        receipts: 1,
        ledger: 1,
        ..Removed::default()
    };
    assert_eq!(removed, expected);
    assert_eq!(store.conversations(filter("anna"), ALL).await.unwrap(), []);
    assert_eq!(store.entries("anna", ALL).await.unwrap(), []);
    let after = (
        store.spending(at(2)).await.unwrap(),
        store.summary(None, at(0)).await.unwrap(),
    );
    assert_eq!(after, before, "what was spent stays spent");
    for trace in [
        "Zelda",
        "request-of-anna",
        "key-of-anna",
        "paid-anna",
        "file-of-anna",
    ] {
        assert_eq!(traces(&home, trace).await, Vec::<String>::new(), "{trace}");
    }
    for user in ["local", "ben"] {
        assert_eq!(texts(&*store, user).await.len(), 3);
        assert_eq!(store.entries(user, ALL).await.unwrap().len(), 1);
        assert!(store.receipt(&format!("request-of-{user}")).await.is_ok());
    }
    assert!(store.remove_all_of("anna", &keys).await.unwrap().is_nothing());
}

#[tokio::test]
async fn what_is_older_than_its_days_goes_and_what_has_none_or_is_pinned_stays() {
    const DAY: u64 = 86_400;
    let (store, home) = store().await;
    turn(&*store, "anna", "Zelda", 10 * DAY).await;
    turn(&*store, "ben", "Xenia", 90 * DAY).await;
    store.append(said("kept", "Wanda", 10 * DAY)).await.unwrap();
    let pin = ConversationChange {
        pinned: Some(true),
        ..ConversationChange::default()
    };
    ConversationStore::change(&*store, &id("kept"), pin)
        .await
        .unwrap();
    for day in [10, 90] {
        SettingsStore::note(&*store, line(day * DAY, "made"))
            .await
            .unwrap();
    }
    let (now, nothing) = (at(100 * DAY), RetentionRules::default());
    assert_eq!(
        Retention::expire(&*store, nothing, now).await,
        Ok(Expired::default())
    );
    let rules = RetentionRules {
        conversations_days: 30,
        ledger_days: 5,
        audit_days: 30,
        ..nothing
    };
    let expected = Expired {
        conversations: 1,
        ledger: 2,
        audit: 1,
        ..Expired::default()
    };
    assert_eq!(store.expired(rules, now).await, Ok(expected));
    assert_eq!(Retention::expire(&*store, rules, now).await, Ok(expected));
    assert_eq!(
        Retention::expire(&*store, rules, now).await,
        Ok(Expired::default()),
        "once is enough"
    );
    assert!(store.conversation(&id("diary").of("anna")).await.is_err());
    assert!(
        store.receipt("request-of-anna").await.is_err(),
        "it goes with its conversation"
    );
    assert!(store.receipt("request-of-ben").await.is_ok());
    assert!(store.conversation(&id("kept")).await.is_ok());
    assert_eq!(store.spending(at(10 * DAY)).await.unwrap().month, NanoUsd(1_000));
    // A clock that is set back makes nothing older.
    assert_eq!(
        Retention::expire(&*store, RetentionRules::all(30), at(20 * DAY)).await,
        Ok(Expired::default())
    );
    assert_eq!(
        Retention::expire(
            &*store,
            RetentionRules {
                receipts_days: 5,
                ..nothing
            },
            now
        )
        .await
        .unwrap()
        .receipts,
        1
    );
    assert_eq!(traces(&home, "xenia's").await, Vec::<String>::new());
}
