//! What is asked, word by word, and how rankings are read.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{asked, chair, ranking, read_ranking, voice};
use crate::vote::Voice;
use crate::vote::answer::Expected;
use council_core::{GenerateRequest, Input, Message, OutputFormat, Role};

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
fn the_form_of_a_ranking_allows_every_order_and_nothing_else() {
    let request = ranking(&question(), &["a", "b", "c", "d"], None);
    let OutputFormat::JsonSchema(schema) = request.format else {
        unreachable!("a ranking has a schema");
    };
    let orders = schema["properties"]["ranking"]["enum"].as_array().unwrap();
    assert_eq!(orders.len(), 24);
    for order in orders {
        let reply = format!("{{\"ranking\": {order}}}");
        assert!(read_ranking(&reply, 4).is_ok(), "{reply}");
    }
}

#[test]
fn rankings_are_read_or_refused_with_the_reason() {
    assert_eq!(read_ranking("{\"ranking\": \"C A B\"}", 3), Ok(vec![2, 0, 1]));
    assert_eq!(
        read_ranking("Here it is: {\"ranking\": [\"B\", \"A\"]} I hope it helps.", 2),
        Ok(vec![1, 0])
    );
    let refused = |reply: &str| read_ranking(reply, 3).unwrap_err();
    assert_eq!(refused("B is best"), "its ranking is no JSON");
    assert_eq!(refused("{\"order\": \"A B C\"}"), "its ranking has no `ranking`");
    assert_eq!(
        refused("{\"ranking\": \"A A B\"}"),
        "its ranking names reply A twice"
    );
    assert_eq!(
        refused("{\"ranking\": \"A D B\"}"),
        "its ranking names `D`, which is no reply"
    );
    assert_eq!(
        refused("{\"ranking\": \"A B\"}"),
        "its ranking names 2 of 3 replies"
    );
}

#[test]
fn the_question_is_what_the_user_said_last() {
    assert_eq!(asked(&question()), "What is 15 % of 240?");
    assert_eq!(asked(&GenerateRequest::new(Input::Text("raw".to_owned()))), "raw");
}
