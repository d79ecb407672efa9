//! Placeholders go in, and come out again.

use super::super::Scanner;
use super::super::redact::{Inspection, bytes};
use super::super::restore::{Form, Placeholders, Restorer};
use council_core::{
    Content, Found, GenerateRequest, Input, Message, PrivacyAction, PrivacyActions, PrivacyKind, Role,
    ToolCall,
};
use proptest::prelude::*;

const SECRETS: &[&str] = &[
    "ada@example.org",
    "+49 171 1234567",
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111",
    "123-45-6789",
    "password: Sw0rdf!sh",
    "sk-ant-api03-a1B2c3D4e5F6g7H8i9J0",
    "-----BEGIN PRIVATE KEY-----\nMI\"IB\\\n-----END PRIVATE KEY-----",
];

fn all(action: PrivacyAction) -> PrivacyActions {
    PrivacyKind::ALL.into_iter().map(|kind| (kind, action)).collect()
}

fn ask(text: &str) -> GenerateRequest {
    GenerateRequest::chat(vec![Message::text(Role::User, text)])
}

fn redacted(request: &GenerateRequest) -> (GenerateRequest, Placeholders) {
    let inspection = Inspection::of(request, &Scanner::default());
    let mut sent = request.clone();
    let placeholders = inspection.redact(&mut sent, &all(PrivacyAction::Redact)).unwrap();
    (sent, placeholders)
}

fn texts(request: &GenerateRequest) -> Vec<String> {
    match &request.input {
        Input::Chat { messages, .. } => messages.iter().map(Message::joined_text).collect(),
        Input::Text(text) => vec![text.clone()],
    }
}

#[test]
fn the_same_text_gets_the_same_placeholder_in_all_messages() {
    let request = GenerateRequest::chat(vec![
        Message::text(Role::User, "I am ada@example.org, he is bob@example.org."),
        Message::text(Role::Assistant, "Hello ada@example.org"),
    ]);
    let (sent, placeholders) = redacted(&request);
    assert_eq!(
        texts(&sent),
        ["I am [EMAIL_1], he is [EMAIL_2].", "Hello [EMAIL_1]"]
    );
    assert_eq!(placeholders.restore("Dear [EMAIL_2]"), "Dear bob@example.org");
}

#[test]
fn a_secret_is_replaced_also_where_nothing_gives_it_away() {
    let request = GenerateRequest::chat(vec![
        Message::text(Role::User, "password: Sw0rdf!sh"),
        Message::text(Role::User, "Why is Sw0rdf!sh weak?"),
    ]);
    assert_eq!(texts(&redacted(&request).0)[1], "Why is [API_KEY_1] weak?");
}

#[test]
fn what_the_user_wrote_in_the_form_of_a_placeholder_stays() {
    let (sent, placeholders) = redacted(&ask("What is [EMAIL_1]? Mine is ada@example.org"));
    assert_eq!(texts(&sent), ["What is [EMAIL_1]? Mine is [EMAIL_2]"]);
    assert_eq!(
        placeholders.restore("[EMAIL_1] [EMAIL_2]"),
        "[EMAIL_1] ada@example.org"
    );
}

#[test]
fn arguments_and_results_of_tools_are_redacted_and_restored() {
    let pem = SECRETS[7];
    let mut called = Message::text(Role::Assistant, "");
    called.tool_calls = vec![ToolCall {
        id: "c".to_owned(),
        name: "send".to_owned(),
        arguments:
            serde_json::json!({"to": "ada@example.org", "card": 4_111_111_111_111_111_u64, "key": pem})
                .to_string(),
    }];
    let mut result = Message::text(Role::Tool, "sent to ada@example.org");
    result.tool_call_id = Some("c".to_owned());
    let request = GenerateRequest::chat(vec![called, result]);
    let (sent, placeholders) = redacted(&request);
    let Input::Chat { messages, .. } = &sent.input else {
        unreachable!()
    };
    let arguments = &messages[0].tool_calls[0].arguments;
    assert_eq!(
        arguments,
        r#"{"to":"[EMAIL_1]","card":"[CARD_1]","key":"[PRIVATE_KEY_1]"}"#
    );
    assert_eq!(messages[1].joined_text(), "sent to [EMAIL_1]");
    let restored: serde_json::Value =
        serde_json::from_str(&placeholders.restore_arguments(arguments)).unwrap();
    assert_eq!(restored["key"], pem);
    // Arguments that are cut are restored as what is within a string.
    assert_eq!(
        placeholders.restore_arguments(r#"{"key": "[PRIVATE_KEY_1]"#),
        format!(
            "{{\"key\": {}",
            serde_json::json!(pem).to_string().trim_end_matches('"')
        )
    );
}

#[test]
fn an_answer_in_json_stays_json() {
    let (_, placeholders) = redacted(&ask(SECRETS[7]));
    let mut restorer = Restorer::new(placeholders, Form::Json);
    let mut answer = restorer.push("{\"key\": \"[PRIVATE_");
    answer.push_str(&restorer.push("KEY_1]\"}"));
    answer.push_str(&restorer.finish());
    let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(json["key"], SECRETS[7]);
}

#[test]
fn kinds_are_counted_by_what_is_done_about_them() {
    let request = ask("ada@example.org bob@example.org ada@example.org 4111 1111 1111 1111");
    let inspection = Inspection::of(&request, &Scanner::default());
    let mut actions = all(PrivacyAction::Redact);
    actions.insert(PrivacyKind::Card, PrivacyAction::Allow);
    let found = |kind, count| vec![Found { kind, count }];
    assert_eq!(
        inspection.found(&actions, PrivacyAction::Redact),
        found(PrivacyKind::Email, 2)
    );
    assert_eq!(
        inspection.found(&actions, PrivacyAction::Allow),
        found(PrivacyKind::Card, 1)
    );
    let mut sent = request.clone();
    inspection.redact(&mut sent, &actions).unwrap();
    assert_eq!(
        texts(&sent),
        ["[EMAIL_1] [EMAIL_2] [EMAIL_1] 4111 1111 1111 1111"]
    );
    assert_eq!(bytes(&sent), texts(&sent)[0].len() as u64);
}

#[test]
fn placeholders_are_shown_without_what_they_stand_for() {
    let (_, placeholders) = redacted(&ask("ada@example.org"));
    assert_eq!(format!("{placeholders:?}"), "[\"[EMAIL_1]\"]");
}

#[test]
fn a_document_full_of_addresses_is_replaced_in_one_go() {
    let text: Vec<String> = (0..20_000).map(|number| format!("a{number}@b.co")).collect();
    let (sent, placeholders) = redacted(&ask(&text.join(" ")));
    let sent = &texts(&sent)[0];
    assert!(
        !sent.contains('@') && sent.ends_with("[EMAIL_20000]"),
        "{}",
        &sent[..100]
    );
    assert_eq!(placeholders.restore("[EMAIL_20000]"), "a19999@b.co");
}

#[test]
fn inline_images_are_left_alone() {
    let mut request = ask("");
    if let Input::Chat { messages, .. } = &mut request.input {
        messages[0].content = vec![Content::ImageUrl(
            "data:image/png;base64,4111111111111111".to_owned(),
        )];
    }
    assert_eq!(redacted(&request).0, request);
}

/// Words, secrets, brackets, and what resembles a placeholder.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[a-zA-Zäöü0-9.,:@\\-]{1,8}",
        1 => Just("[EMAIL_1]".to_owned()),
        1 => Just("[".to_owned()),
        3 => proptest::sample::select(SECRETS).prop_map(str::to_owned),
    ];
    proptest::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn what_was_redacted_and_restored_is_what_it_was(text in text()) {
        let (sent, placeholders) = redacted(&ask(&text));
        prop_assert_eq!(placeholders.restore(&texts(&sent)[0]), text);
    }

    #[test]
    fn nothing_that_was_found_is_in_what_is_sent(text in text()) {
        let scanner = Scanner::default();
        let values: Vec<String> = scanner.find(&text).into_iter().map(|found| text[found.range].to_owned()).collect();
        let (sent, _) = redacted(&ask(&text));
        let sent = &texts(&sent)[0];
        for value in values {
            prop_assert!(!sent.contains(&value), "{value:?} is in {sent:?}");
        }
    }

    #[test]
    fn pieces_are_restored_as_the_whole_is(text in text(), cuts in proptest::collection::vec(1_usize..7, 1..40)) {
        let (sent, placeholders) = redacted(&ask(&text));
        let sent: Vec<char> = texts(&sent)[0].chars().collect();
        let mut restorer = Restorer::new(placeholders, Form::Text);
        let mut answer = String::new();
        let mut rest = sent.as_slice();
        for cut in cuts.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, left) = rest.split_at(cut.min(rest.len()));
            answer.push_str(&restorer.push(&piece.iter().collect::<String>()));
            rest = left;
        }
        answer.push_str(&restorer.finish());
        prop_assert_eq!(answer, text);
    }

    #[test]
    fn any_text_is_looked_at_without_a_fault(text in "\\PC{0,200}") {
        for finding in Scanner::default().find(&text) {
            prop_assert!(!text[finding.range].is_empty());
        }
    }
}
