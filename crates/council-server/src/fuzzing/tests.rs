//! Bytes by chance, and bytes that are nearly right: the targets of `fuzz/`, for as long as a test may take.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{chats, folder, form, order};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Names that exports use.
const NAMES: &[&str] = &[
    "conversations",
    "mapping",
    "current_node",
    "message",
    "author",
    "role",
    "content",
    "parts",
    "children",
    "parent",
    "chat_messages",
    "sender",
    "text",
    "uuid",
    "chat",
    "history",
    "messages",
    "currentId",
    "id",
    "title",
    "name",
    "create_time",
    "timestamp",
    "format",
    "version",
    "models",
    "attachments",
    "extracted_content",
    "settings",
];

/// Such names, and others.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![9 => proptest::sample::select(NAMES).prop_map(str::to_owned), 1 => ".{0,6}"]
}

/// JSON that has the names of an export in any place.
fn nearly_an_export() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "(user|assistant|human|system|tool|a|b|c|text|council-conversations)".prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((name(), inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Values of a conversation of `ChatGPT`.
const PLACES: &[&str] = &[
    "/mapping/b/parent",
    "/mapping/b/children",
    "/mapping/b/message/content",
    "/current_node",
    "/mapping/a",
];

/// A conversation of `ChatGPT` of which one value is another.
fn nearly_chatgpt() -> impl Strategy<Value = Value> {
    (proptest::sample::select(PLACES), nearly_an_export()).prop_map(|(place, value)| {
        let message = |text: &str| json!({"author": {"role": "user"}, "content": {"content_type": "text", "parts": [text]}});
        let mut conversation = json!({"title": "t", "current_node": "b", "mapping": {
            "a": {"id": "a", "message": message("x"), "parent": null, "children": ["b"]},
            "b": {"id": "b", "message": message("y"), "parent": "a", "children": []},
        }});
        *conversation.pointer_mut(place).unwrap() = value;
        conversation
    })
}

proptest! {
    #[test]
    fn an_export_of_anything_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(chats(&bytes).is_ok());
    }

    #[test]
    fn an_export_that_is_nearly_one_is_read_or_refused(value in nearly_an_export()) {
        prop_assert!(chats(value.to_string().as_bytes()).is_ok());
    }

    #[test]
    fn a_tree_of_messages_that_names_anything_is_read_or_refused(value in nearly_chatgpt()) {
        prop_assert!(chats(value.to_string().as_bytes()).is_ok());
    }

    #[test]
    fn an_archive_of_anything_is_no_folder(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!folder(&bytes));
    }

    #[test]
    fn a_form_of_anything_has_no_more_than_was_sent(
        parts in proptest::collection::vec(prop_oneof![
            Just(b"--x".to_vec()), Just(b"--x--".to_vec()), Just(b"\r\n".to_vec()), Just(b"\r\n\r\n".to_vec()),
            Just(b"content-disposition: form-data; name=\"a\"".to_vec()),
            Just(b"content-disposition: form-data; name=\"f\"; filename=\"f.txt\"".to_vec()),
            Just(b"content-type: text/plain".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..12),
        ], 0..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        prop_assert!(runtime.block_on(form("x", &parts.concat())).is_ok());
    }

    #[test]
    fn an_order_of_anything_is_understood_or_not(value in nearly_an_export()) {
        order(value.to_string().as_bytes());
    }
}

#[test]
fn what_is_right_is_understood() {
    assert_eq!(
        chats(br#"[{"name": "t", "chat_messages": [{"uuid": "1", "sender": "human", "text": "hi"}]}]"#),
        Ok(1)
    );
    assert!(order(br#"{"subscribe": ["metrics"], "watch": null, "ping": 1}"#));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = b"--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n--x--\r\n";
    assert_eq!(runtime.block_on(form("x", body)), Ok(1));
}
