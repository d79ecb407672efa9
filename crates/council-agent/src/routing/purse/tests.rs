//! What a call can cost at most.

use super::most_input_tokens;
use council_core::{Content, Input, Message, Role, ToolChoice, ToolSpec};
use serde_json::json;

#[test]
fn a_prompt_is_taken_for_more_tokens_than_it_has() {
    let words = "The quick brown fox jumps over the lazy dog. ".repeat(10);
    let chat = |messages: Vec<Message>, tools: Vec<ToolSpec>| Input::Chat {
        messages,
        tools,
        tool_choice: ToolChoice::Auto,
    };
    // Ten tokens a sentence.
    assert!(most_input_tokens(&Input::Text(words.clone())) > 150);
    let plain = most_input_tokens(&chat(vec![Message::text(Role::User, words.clone())], vec![]));
    assert!(plain > 150);
    let mut pictured = Message::text(Role::User, words);
    pictured
        .content
        .push(Content::ImageUrl("data:image/png;base64,AAAA".to_owned()));
    assert!(most_input_tokens(&chat(vec![pictured], vec![])) > plain + 1_600);
    let tool = ToolSpec {
        name: "find".to_owned(),
        description: Some("Finds what is lost.".to_owned()),
        parameters: json!({"type": "object"}),
        strict: false,
    };
    let with_tool = most_input_tokens(&chat(vec![Message::text(Role::User, "x")], vec![tool]));
    assert!(with_tool > 40, "{with_tool}");
}
