//! What is asked, word by word, and how rankings are read.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{asked, chair, ranking, read_points, voice};
use crate::vote::Voice;
use crate::vote::answer::Expected;
use council_core::{GenerateRequest, Input, Message, OutputFormat, Role};
use serde_json::json;

fn question() -> GenerateRequest {
    GenerateRequest {
        client: "someone".to_owned(),
        max_tokens: Some(100),
        ..GenerateRequest::chat(vec![
            Message::text(Role::System, "Be brief."),
            Message::text(Role::User, "What is 15 % of 240?"),
        ])
    }
}

fn last(request: &GenerateRequest) -> String {
    let Input::Chat { messages, .. } = &request.input else {
        return String::new();
    };
    messages.last().unwrap().joined_text()
}

#[test]
fn voices_share_everything_but_the_end_of_their_prompt() {
    let five = Voice::five();
    let prompts: Vec<String> = five
        .iter()
        .map(|each| last(&voice(&question(), each, Expected::Number, 512, None)))
        .collect();
    let shared = prompts[0].split("How to answer: ").next().unwrap();
    assert!(shared.starts_with("What is 15 % of 240?\n\nIf the question has one short answer"));
    for (prompt, voice) in prompts.iter().zip(&five) {
        assert_eq!(*prompt, format!("{shared}How to answer: {}", voice.persona));
    }
}

#[test]
fn a_voice_keeps_the_client_and_the_lower_bound_of_tokens() {
    let mut each = Voice::plain("m");
    let request = voice(&question(), &each, Expected::Code, 512, Some(7));
    assert_eq!(last(&request), "What is 15 % of 240?");
    assert_eq!(request.client, "someone");
    assert_eq!(request.max_tokens, Some(100));
    assert_eq!(request.sampling.seed, Some(7));
    each.max_tokens = Some(50);
    assert_eq!(
        voice(&question(), &each, Expected::Short, 512, None).max_tokens,
        Some(50)
    );
}

#[test]
fn no_voice_is_named_to_the_members_or_the_chair() {
    let replies = ["one", "two", "three"];
    let asked = [
        last(&ranking(&question(), &replies, None)),
        last(&chair(&question(), &replies, 512, None)),
    ];
    for prompt in asked {
        for voice in Voice::five() {
            assert!(
                !prompt.contains(&voice.name) && !prompt.contains(&voice.persona),
                "{prompt}"
            );
        }
        assert!(prompt.contains("[A]\none\n\n[B]\ntwo\n\n[C]\nthree"), "{prompt}");
    }
}

#[test]
fn the_form_of_a_ranking_has_points_for_every_reply_and_nothing_else() {
    let request = ranking(&question(), &["a", "b", "c"], None);
    let OutputFormat::JsonSchema(schema) = request.format else {
        unreachable!("a ranking has a schema");
    };
    assert_eq!(schema["required"], json!(["A", "B", "C"]));
    assert_eq!(schema["properties"]["C"]["enum"].as_array().unwrap().len(), 11);
    assert_eq!(schema["additionalProperties"], json!(false));
}

#[test]
fn points_are_read_or_refused_with_the_reason() {
    assert_eq!(
        read_points("{\"A\": 3, \"B\": 10, \"C\": 0}", 3),
        Ok(vec![3, 10, 0])
    );
    assert_eq!(
        read_points("Here: {\"B\": 1, \"A\": 2} I hope it helps.", 2),
        Ok(vec![2, 1])
    );
    let refused = |reply: &str| read_points(reply, 2).unwrap_err();
    assert_eq!(refused("B is best"), "its points are no JSON");
    assert_eq!(refused("{\"A\": "), "its points are no JSON");
    assert_eq!(refused("{\"A\": 3}"), "it gave reply B no points");
    assert_eq!(
        refused("{\"A\": 3, \"B\": 11}"),
        "it gave reply B 11 points; 0 to 10 are possible"
    );
    assert_eq!(
        refused("{\"A\": 3, \"B\": \"x\"}"),
        "it gave reply B \"x\" points; 0 to 10 are possible"
    );
    assert_eq!(
        refused("{\"A\": 5, \"B\": 5}"),
        "it gave all replies the same points"
    );
}

#[test]
fn the_question_is_what_the_user_said_last() {
    assert_eq!(asked(&question()), "What is 15 % of 240?");
    assert_eq!(asked(&GenerateRequest::new(Input::Text("raw".to_owned()))), "raw");
}
