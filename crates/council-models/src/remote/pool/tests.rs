//! Tests of what a prompt begins with.

use super::*;
use council_core::Message;

fn chat(texts: &[(Role, &str)]) -> Input {
    GenerateRequest::chat(
        texts
            .iter()
            .map(|(role, text)| Message::text(*role, *text))
            .collect(),
    )
    .input
}

#[test]
fn all_turns_of_a_conversation_begin_alike_and_conversations_differ() {
    let first = chat(&[(Role::System, "Be brief."), (Role::User, "Who was Ada?")]);
    let second = chat(&[
        (Role::System, "Be brief. It is Monday."),
        (Role::User, "Who was Ada?"),
        (Role::Assistant, "A mathematician."),
        (Role::User, "When was she born?"),
    ]);
    assert_eq!(prefix(&first), prefix(&second));
    let other = chat(&[(Role::System, "Be brief."), (Role::User, "Who was Alan?")]);
    assert_ne!(prefix(&first), prefix(&other));
}

#[test]
fn what_is_recalled_before_a_long_first_question_does_not_count() {
    let question = "x".repeat(PREFIX_BYTES);
    let recalled = chat(&[(Role::User, &format!("Ada likes tea.\n{question}"))]);
    assert_eq!(prefix(&recalled), prefix(&chat(&[(Role::User, &question)])));
}

#[test]
fn a_text_is_known_by_its_beginning() {
    let text = |end: &str| Input::Text(format!("{}{end}", "é".repeat(PREFIX_BYTES)));
    assert_eq!(prefix(&text("a")), prefix(&text("b")));
    assert_ne!(
        prefix(&Input::Text("a".to_owned())),
        prefix(&Input::Text("b".to_owned()))
    );
    assert_eq!(prefix(&chat(&[])), prefix(&Input::Text(String::new())));
}
