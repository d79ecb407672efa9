//! Exports of other programs, whole and broken.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::read::read;
use super::*;
use proptest::prelude::*;
use serde_json::json;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn all(value: &Value) -> Vec<Read> {
    let mut found = Vec::new();
    read(value.to_string().as_bytes(), NOW, &mut |read| {
        found.push(read);
        true
    })
    .unwrap();
    found
}

/// The only conversation of an export.
fn only(value: &Value) -> (&'static str, Found) {
    let mut found = all(value);
    assert_eq!(found.len(), 1);
    let Some(Read {
        program,
        found: Ok(found),
    }) = found.pop()
    else {
        panic!("it failed")
    };
    (program, found)
}

/// Messages as `place after parent: role: text`.
fn shown(found: &Found) -> Vec<String> {
    let messages = found.conversation.messages.iter();
    messages
        .map(|said| {
            let message = &said.message;
            let parent = said.parent.map_or("-".to_owned(), |parent| parent.to_string());
            format!("{parent} {}: {}", message.role.as_str(), message.said_text())
        })
        .collect()
}

fn node(parent: Option<&str>, role: &str, text: &str, at: f64) -> Value {
    json!({
        "parent": parent, "children": [],
        "message": {
            "author": {"role": role}, "create_time": at, "metadata": {"model_slug": "gpt-x"},
            "content": {"content_type": "text", "parts": [text]},
        },
    })
}

#[test]
fn a_tree_of_chatgpt_keeps_its_branches_and_says_what_is_left_out() {
    let mut mapping = json!({
        "root": {"parent": null, "message": null},
        "sys": node(Some("root"), "system", "", 1.0),
        "q": node(Some("sys"), "user", "why?", 2.0),
        "a1": node(Some("q"), "assistant", "because", 3.0),
        "a2": node(Some("q"), "assistant", "therefore", 4.0),
        "tool": node(Some("a2"), "tool", "looked up", 5.0),
        "a3": node(Some("tool"), "assistant", "so it is", 6.0),
    });
    mapping["q"]["message"]["content"] = json!({"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer"}, "why?"]});
    let export = json!([{
        "title": "A\nquestion", "create_time": 1.5, "update_time": 7.0, "current_node": "a1",
        "conversation_id": "x", "mapping": mapping,
    }]);
    let (program, found) = only(&export);
    assert_eq!(program, "chatgpt");
    assert_eq!(
        shown(&found),
        [
            "- user: why?",
            "0 assistant: because",
            "0 assistant: therefore",
            "2 assistant: so it is"
        ]
    );
    let conversation = &found.conversation;
    assert_eq!(
        (
            conversation.title.as_str(),
            conversation.leaf,
            conversation.source.as_deref()
        ),
        ("A question", Some(1), Some("chatgpt:x"))
    );
    assert_eq!(conversation.updated_at, Timestamp::from_millis(7_000));
    assert_eq!(conversation.messages[1].model.as_deref(), Some("gpt-x"));
    assert_eq!(
        found.left_out.in_words(),
        ["1 × images", "1 × messages of the system or of tools"]
    );
}

#[test]
fn an_export_of_claude_is_read_in_order_or_as_a_tree_with_the_text_of_files() {
    let message = |uuid: &str, sender: &str, text: &str| {
        json!({
            "uuid": uuid, "sender": sender, "text": "", "created_at": "2026-01-02T03:04:05.5Z",
            "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": text}],
            "attachments": [], "files": [],
        })
    };
    let mut first = message("1", "human", "why?");
    first["attachments"] =
        json!([{"file_name": "a.txt", "extracted_content": "inside"}, {"file_name": "b.bin"}]);
    let mut export = json!([{
        "uuid": "u", "name": "Why", "created_at": "2026-01-02T03:04:05Z",
        "chat_messages": [first, message("2", "assistant", "because"), message("3", "human", "so?")],
    }]);
    let (program, found) = only(&export);
    assert_eq!(program, "claude");
    assert_eq!(
        shown(&found),
        ["- user: why?", "0 assistant: because", "1 user: so?"]
    );
    assert!(
        found.conversation.messages[0]
            .message
            .joined_text()
            .contains("inside")
    );
    assert_eq!(found.left_out.in_words(), ["1 × files", "3 × thoughts"]);

    for (at, parent) in [(0, Value::Null), (1, json!("1")), (2, json!("1"))] {
        export[0]["chat_messages"][at]["parent_message_uuid"] = parent;
    }
    let (_, found) = only(&export);
    assert_eq!(
        shown(&found),
        ["- user: why?", "0 assistant: because", "0 user: so?"]
    );
}

#[test]
fn a_tree_of_open_webui_keeps_its_branches() {
    let export = json!([{
        "id": "w", "title": "Why", "created_at": 1_700_000_000, "pinned": true,
        "chat": {"system": "Be brief.", "history": {"currentId": "b", "messages": {
            "b": {"parentId": "a", "role": "assistant", "content": "because", "model": "m", "timestamp": 1_700_000_002},
            "a": {"parentId": null, "role": "user", "content": "why?", "timestamp": 1_700_000_001},
            "c": {"parentId": "a", "role": "assistant", "content": "therefore", "timestamp": 1_700_000_003_000_i64},
        }}},
    }]);
    let (program, found) = only(&export);
    assert_eq!(program, "open_webui");
    assert_eq!(
        shown(&found),
        ["- user: why?", "0 assistant: because", "0 assistant: therefore"]
    );
    let conversation = &found.conversation;
    assert_eq!((conversation.leaf, conversation.pinned), (Some(1), true));
    assert_eq!(conversation.settings.system.as_deref(), Some("Be brief."));
    assert_eq!(
        conversation.messages[2].created_at,
        Timestamp::from_millis(1_700_000_003_000)
    );
}

#[test]
fn circles_are_left_out_and_parents_that_are_missing_are_the_beginning() {
    let mapping = json!({
        "a": node(Some("b"), "user", "round", 1.0),
        "b": node(Some("a"), "assistant", "and round", 2.0),
        "self": node(Some("self"), "user", "me", 3.0),
        "lost": node(Some("nobody"), "user", "hello", 4.0),
    });
    let (_, found) = only(&json!([{"mapping": mapping, "current_node": "a"}]));
    assert_eq!(shown(&found), ["- user: hello"]);
    assert_eq!(found.conversation.leaf, None);
    assert_eq!(
        found.left_out.in_words(),
        ["3 × messages that follow one another in a circle"]
    );
}

#[test]
fn a_chain_of_many_messages_is_read_without_recursion() {
    let mut mapping = serde_json::Map::new();
    for number in 0..20_000 {
        let parent = (number > 0).then(|| (number - 1).to_string());
        mapping.insert(
            number.to_string(),
            node(parent.as_deref(), "user", "x", f64::from(number)),
        );
    }
    let (_, found) = only(&json!([{"mapping": mapping}]));
    assert_eq!(found.conversation.messages.last().unwrap().parent, Some(19_998));
}

#[test]
fn what_is_no_conversation_fails_by_itself() {
    let good = json!({"mapping": {"q": node(None, "user", "why?", 1.0)}});
    let found = all(&json!([1, null, {"title": "?"}, good, {"mapping": {}}]));
    let why: Vec<Option<String>> = found
        .into_iter()
        .map(|read| read.found.err().map(|failed| failed.why))
        .collect();
    let unknown = Some(
        "it is no conversation of Council, ChatGPT, Claude or Open WebUI; send what one of them exports"
            .to_owned(),
    );
    let empty = Some("nothing was said in it that can be kept".to_owned());
    assert_eq!(why, [unknown.clone(), unknown.clone(), unknown, None, empty]);
}

#[test]
fn what_comes_before_a_break_is_handed_over() {
    let good = json!({"mapping": {"q": node(None, "user", "why?", 1.0)}});
    let text = format!("[{good}, {{\"mapping\": ");
    let mut found = 0;
    let read = read(text.as_bytes(), NOW, &mut |_| {
        found += 1;
        true
    });
    assert_eq!(found, 1);
    assert!(read.unwrap_err().contains("line 1"));
}

/// A zip archive of these files.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn an_archive_is_read_as_it_was_sent() {
    let chat = |text: &str| json!([{"mapping": {"q": node(None, "user", text, 1.0)}}]).to_string();
    let archive = zip(&[
        ("user.json", "{}"),
        ("sent/conversations-000.json", &chat("why?")),
        ("sent/image.png", "no image"),
        ("sent/conversations-001.json", &chat("how?")),
        ("__MACOSX/sent/._conversations-001.json", "no JSON"),
    ]);
    let mut found = Vec::new();
    let mut take = |read: Read| {
        found.extend(shown(&read.found.ok().unwrap()));
        true
    };
    read_export(&archive, NOW, &mut take).unwrap();
    assert_eq!(found, ["- user: why?", "- user: how?"]);
}

#[test]
fn an_archive_without_conversations_a_damaged_and_a_huge_one_are_refused_in_words() {
    let refused = |archive: &[u8]| read_export(archive, NOW, &mut |_| true).unwrap_err();
    assert!(refused(&zip(&[("user.json", "{}")])).contains("no `conversations.json`"));
    let broken = zip(&[("conversations.json", "[{")]);
    assert!(refused(&broken).starts_with("`conversations.json`: the export is not valid JSON: "));
    let whole = zip(&[("conversations.json", "[]")]);
    assert!(refused(&whole[..whole.len() / 2]).contains("the archive cannot be read"));
    let most = |most| archive::unpacked(&whole, most, &mut |_| Ok(()));
    assert_eq!(most(2), Ok(()));
    assert!(most(1).unwrap_err().contains("more than 1 bytes"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let field = prop::sample::select(vec![
        "mapping",
        "message",
        "author",
        "role",
        "content",
        "parts",
        "content_type",
        "parent",
        "chat_messages",
        "sender",
        "uuid",
        "text",
        "type",
        "chat",
        "history",
        "messages",
        "parentId",
        "currentId",
        "leaf_id",
        "id",
        "parent_id",
        "created_at",
        "timestamp",
        "settings",
        "title",
        "conversations",
        "attachments",
        "files",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "user",
            "assistant",
            "human",
            "text",
            "a",
            "b",
            "",
            "9999-99-99"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        let key = prop_oneof![
            field.clone().prop_map(str::to_owned),
            "[ab]".prop_map(String::from)
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn hostile_exports_never_panic_and_trees_are_whole(value in any_json()) {
        for read in all(&json!([value, {"mapping": value}, {"chat_messages": [value]}, {"chat": {"history": {"messages": value}}}])) {
            let Ok(found) = read.found else { continue };
            let messages = &found.conversation.messages;
            for (at, said) in messages.iter().enumerate() {
                prop_assert!(said.parent.is_none_or(|parent| parent < at));
            }
            prop_assert!(found.conversation.leaf.is_none_or(|leaf| leaf < messages.len()));
        }
    }
}
