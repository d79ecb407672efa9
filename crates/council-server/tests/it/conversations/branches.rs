//! Versions of questions and answers.

use crate::app::TestApp;
use crate::fakes::Step;
use axum::http::StatusCode;
use serde_json::{Value, json};

const MESSAGES: &str = "/v1/conversations/c/messages";

async fn ask(app: &TestApp, body: Value, answer: &'static str) -> Value {
    app.answer([Step::Say(answer)]);
    let mut body = body;
    body["session_id"] = "c".into();
    body["memory"] = "off".into();
    app.post("/api/chat", &body).await.ok()
}

/// The texts of a page of messages.
async fn texts(app: &TestApp, query: &str) -> Vec<String> {
    let page = app.get(&format!("{MESSAGES}?{query}")).await.ok();
    let messages = page["data"].as_array().unwrap().iter();
    messages
        .map(|message| message["content"][0]["text"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_answer_is_made_anew_by_another_model_and_either_can_be_shown() {
    let app = TestApp::new();
    let first = ask(&app, json!({"prompt": "why?"}), "because").await;
    let again = json!({"regenerate": first["message_id"], "model": "far"});
    let second = ask(&app, again, "therefore").await;
    assert_eq!(second["question_id"], first["question_id"]);
    assert_eq!(texts(&app, "").await, ["why?", "therefore"]);
    let answer = app.get(&format!("{MESSAGES}?offset=1")).await.ok()["data"][0].clone();
    assert_eq!(
        (
            &answer["sibling_ids"],
            &answer["parent_id"],
            &answer["model"],
            &answer["finish"]
        ),
        (
            &json!([first["message_id"], second["message_id"]]),
            &first["question_id"],
            &json!("far"),
            &json!("stop")
        )
    );
    let through = format!("through={}", first["message_id"]);
    assert_eq!(texts(&app, &through).await, ["why?", "because"]);
    let changed = app
        .patch("/v1/conversations/c", &json!({"leaf_id": first["message_id"]}))
        .await
        .ok();
    assert_eq!(
        (&changed["leaf_id"], &changed["message_count"]),
        (&first["message_id"], &json!(2))
    );
    assert_eq!(texts(&app, "").await, ["why?", "because"]);
}

#[tokio::test]
async fn a_question_is_asked_otherwise_beside_the_old_one_even_at_the_beginning() {
    let app = TestApp::new();
    let first = ask(&app, json!({"prompt": "why?"}), "because").await;
    ask(&app, json!({"prompt": "really?"}), "yes").await;
    ask(
        &app,
        json!({"prompt": "surely?", "parent_id": first["message_id"]}),
        "no",
    )
    .await;
    assert_eq!(texts(&app, "").await, ["why?", "because", "surely?", "no"]);
    ask(&app, json!({"prompt": "who?", "parent_id": 0}), "you").await;
    assert_eq!(texts(&app, "").await, ["who?", "you"]);
    let asked = app.models.script.requests.lock().unwrap().last().unwrap().clone();
    let council_core::Input::Chat { messages, .. } = asked.input else {
        panic!("not a chat")
    };
    assert_eq!(messages.len(), 1, "nothing of another branch is in the prompt");
}

#[tokio::test]
async fn the_end_of_a_branch_is_read_without_its_beginning() {
    let app = TestApp::new();
    for (question, answer) in [("1", "2"), ("3", "4"), ("5", "6")] {
        ask(&app, json!({"prompt": question}), answer).await;
    }
    assert_eq!(texts(&app, "from_end=true&limit=2").await, ["5", "6"]);
    assert_eq!(
        texts(&app, "from_end=true&limit=3&offset=2").await,
        ["2", "3", "4"]
    );
    let has_more = |query: &'static str| {
        let app = &app;
        async move { app.get(&format!("{MESSAGES}?{query}")).await.ok()["has_more"].clone() }
    };
    assert_eq!(has_more("from_end=true&limit=3&offset=2").await, true);
    assert_eq!(has_more("from_end=true&limit=6").await, false);
}

#[tokio::test]
async fn what_cannot_be_branched_from_is_refused_by_name() {
    let app = TestApp::new();
    ask(&app, json!({"prompt": "why?"}), "because").await;
    for (body, status, said) in [
        (
            json!({"session_id": "c", "regenerate": 2, "prompt": "x"}),
            400,
            "`regenerate` answers what was asked before; leave `prompt` out",
        ),
        (
            json!({"session_id": "c", "regenerate": 2, "parent_id": 1}),
            400,
            "`regenerate` and `parent_id` exclude each other; send one",
        ),
        (
            json!({"prompt": "x", "parent_id": 1}),
            400,
            "`parent_id` is about a conversation; send its `session_id`",
        ),
        (
            json!({"session_id": "c", "prompt": "x", "parent_id": -1}),
            400,
            "`parent_id` is -1; name a message, or 0 for the beginning",
        ),
        (
            json!({"session_id": "c", "prompt": "x", "parent_id": 99}),
            404,
            "message `99` does not exist",
        ),
        (
            json!({"session_id": "c", "regenerate": 99}),
            404,
            "message `99` does not exist",
        ),
        (
            json!({"session_id": "new", "regenerate": 1}),
            404,
            "message `1` does not exist",
        ),
    ] {
        let answer = app.post("/api/chat", &body).await;
        assert_eq!(answer.status.as_u16(), status, "{body}");
        assert_eq!(answer.json()["error"]["message"], said, "{body}");
    }
    let elsewhere = app.patch("/v1/conversations/c", &json!({"leaf_id": 99})).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    assert_eq!(texts(&app, "").await, ["why?", "because"]);
}
