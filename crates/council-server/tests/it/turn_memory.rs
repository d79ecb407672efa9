//! What turns take from the memory and leave there, over HTTP.

use crate::app::{Answer, TestApp, request};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const FACT: &str = "my violin is at the luthier in Bern";

/// With one thing remembered from another session.
async fn knowing() -> TestApp {
    let app = TestApp::new();
    let item = json!({"text": FACT, "kind": "turn", "speaker": "Ada", "session": "earlier"});
    app.post("/v1/memory", &item).await.ok();
    app
}

/// Everything that is remembered, oldest first.
async fn remembered(app: &TestApp) -> Vec<Value> {
    let mut list = app.get("/v1/memory").await.ok()["data"]
        .as_array()
        .unwrap()
        .clone();
    list.reverse();
    list
}

fn texts(memories: &Value) -> Vec<&str> {
    let memories = memories.as_array().unwrap();
    memories
        .iter()
        .map(|memory| memory["text"].as_str().unwrap())
        .collect()
}

/// The frames of a stream that are JSON.
fn frames(answer: &Answer) -> Vec<Value> {
    let data = answer
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("data: "));
    data.filter_map(|json| serde_json::from_str(json).ok()).collect()
}

async fn openai(app: &TestApp, body: &Value, headers: &[(&'static str, &'static str)]) -> Answer {
    let mut request = request(Method::POST, "/v1/chat/completions", Body::from(body.to_string()));
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    app.send(request).await
}

fn chat(text: &str) -> Value {
    json!({"messages": [{"role": "user", "content": text}]})
}

#[tokio::test]
async fn a_chat_recalls_before_its_answer_and_remembers_after_it() {
    let app = knowing().await;
    let body = json!({"prompt": "where is my violin", "session_id": "now"});
    let answer = app.post("/api/chat", &body).await.ok();
    assert_eq!(texts(&answer["memories"]), [FACT]);
    let context = answer["memory_context"].as_str().unwrap();
    assert!(context.contains(FACT) && context.contains("Ada"), "{context}");
    let list = remembered(&app).await;
    assert_eq!(list.len(), 3);
    let ids: Vec<&Value> = list[1..].iter().map(|memory| &memory["id"]).collect();
    assert_eq!(json!(ids), answer["remembered"]);
    assert_eq!(
        (&list[1]["text"], &list[1]["trust"], &list[1]["session"]),
        (&json!("where is my violin"), &json!("user"), &json!("now"))
    );
    assert_eq!(list[2]["trust"], "assistant");
}

#[tokio::test]
async fn a_conversation_leaves_a_memory_out_until_that_is_taken_back() {
    let app = knowing().await;
    let id = remembered(&app).await[0]["id"].clone();
    let ask = |prompt: &str, extra: Value| {
        let mut body = json!({"prompt": prompt, "session_id": "now", "memory": "read"});
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        body
    };
    let question = "where is my violin";
    let once = json!({"without_memories": [id.clone()]});
    for (extra, recalled) in [(json!({}), vec![FACT]), (once, vec![]), (json!({}), vec![FACT])] {
        let answer = app.post("/api/chat", &ask(question, extra)).await.ok();
        assert_eq!(texts(&answer["memories"]), recalled);
    }
    for (list, recalled) in [(json!([id]), vec![]), (Value::Null, vec![FACT])] {
        let change = json!({"settings": {"without_memories": list}});
        let changed = app.patch("/v1/conversations/now", &change).await.ok();
        assert_eq!(changed["settings"]["without_memories"], list);
        for _ in 0..2 {
            let answer = app.post("/api/chat", &ask(question, json!({}))).await.ok();
            assert_eq!(texts(&answer["memories"]), recalled);
        }
        let elsewhere = json!({"prompt": question, "session_id": "other", "memory": "read"});
        let answer = app.post("/api/chat", &elsewhere).await.ok();
        assert_eq!(texts(&answer["memories"]), [FACT]);
    }
}

#[tokio::test]
async fn a_prompt_uses_the_memory_only_within_a_conversation_or_when_asked() {
    let app = knowing().await;
    for (extra, recalled, stored) in [
        (json!({}), 0, 0),
        (json!({"session_id": "now"}), 1, 2),
        (json!({"session_id": "now", "memory": "off"}), 0, 0),
        (json!({"session_id": "now", "memory": "read"}), 1, 0),
        (json!({"memory": true}), 1, 2),
    ] {
        let before = remembered(&app).await.len();
        let mut body = json!({"prompt": "where is the violin of mine"});
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        let answer = app.post("/hybrid", &body).await.ok();
        let facts = texts(&answer["memories"])
            .into_iter()
            .filter(|text| *text == FACT)
            .count();
        assert_eq!(facts, recalled, "{extra}");
        assert_eq!(remembered(&app).await.len() - before, stored, "{extra}");
    }
}

#[tokio::test]
async fn an_incognito_turn_leaves_no_trace_but_its_ledger_line() {
    let app = knowing().await;
    let body = json!({"prompt": "where is my violin", "incognito": true, "session_id": "secret"});
    for path in ["/api/chat", "/hybrid"] {
        let answer = app.post(path, &body).await.ok();
        assert_eq!(
            (texts(&answer["memories"]), &answer["remembered"]),
            (vec![], &json!([]))
        );
    }
    assert_eq!(app.post("/api/chat", &body).await.ok()["session_id"], Value::Null);
    assert_eq!(remembered(&app).await.len(), 1);
    assert_eq!(app.get("/v1/conversations").await.ok()["data"], json!([]));
    assert_eq!(app.store.entries.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn an_incognito_turn_knows_what_its_client_says_was_said_before() {
    let app = TestApp::new();
    let history = json!([
        {"role": "user", "content": "Call me Ada."},
        {"role": "assistant", "content": "Gladly, Ada."},
    ]);
    let body = json!({"prompt": "Who am I?", "incognito": true, "history": history, "model": "tiny"});
    app.post("/api/chat", &body).await.ok();
    let asked = app.models.script.requests.lock().unwrap().pop().unwrap();
    let council_core::Input::Chat { messages, .. } = asked.input else {
        panic!("not a chat")
    };
    let said: Vec<String> = messages.iter().map(council_core::Message::joined_text).collect();
    assert_eq!(said, ["Call me Ada.", "Gladly, Ada.", "Who am I?"]);
    assert_eq!(app.get("/v1/conversations").await.ok()["data"], json!([]));
    let counted = json!({"prompt": "Who am I?", "history": history});
    let counted = app.post("/v1/conversations/none/context", &counted).await.ok();
    assert_eq!(counted["messages"], 2);
}

#[tokio::test]
async fn what_contradicts_itself_is_refused_by_field() {
    let app = TestApp::new();
    for (extra, param) in [
        (json!({"memory": "write"}), "memory"),
        (json!({"memory": true, "incognito": true}), "incognito"),
        (json!({"project": "a\nb"}), "project"),
        (json!({"history": []}), "history"),
        (
            json!({"incognito": true, "history": [{"role": "tool", "content": "x"}]}),
            "history[0].role",
        ),
        (json!({"without_memories": [""]}), "without_memories"),
        (json!({"without_memories": vec!["x"; 201]}), "without_memories"),
    ] {
        let mut body = json!({"prompt": "hi"});
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        let answer = app.post("/api/chat", &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{extra}");
        assert_eq!(answer.json()["error"]["param"], param, "{extra}");
    }
    let answer = openai(&app, &chat("hi"), &[("x-council-memory", "maybe")]).await;
    assert_eq!(answer.json()["error"]["param"], "x-council-memory");
}

#[tokio::test]
async fn frames_tell_what_was_recalled_first_and_what_is_remembered_last() {
    let app = knowing().await;
    let body = json!({"prompt": "where is my violin", "session_id": "now", "stream": true});
    let frames = frames(&app.post("/api/chat", &body).await);
    assert_eq!(
        (texts(&frames[0]["memories"]), &frames[0]["text"]),
        (vec![FACT], &json!(""))
    );
    let last = frames.last().unwrap();
    assert_eq!(
        (&last["done"], last["remembered"].as_array().unwrap().len()),
        (&json!(true), 2)
    );
}

#[tokio::test]
async fn openai_clients_use_the_memory_when_they_ask_for_it() {
    let app = knowing().await;
    let plain = openai(&app, &chat("where is my violin"), &[]).await.ok();
    assert_eq!(plain.get("council"), None);
    assert_eq!(remembered(&app).await.len(), 1);

    let headers = [
        ("x-council-memory", "on"),
        ("x-council-session", "now"),
        ("x-council-project", "music"),
    ];
    let project = openai(&app, &chat("where is my violin"), &headers).await.ok();
    assert_eq!(
        project["council"]["memories"],
        json!([]),
        "the fact is of no project"
    );
    let list = remembered(&app).await;
    assert_eq!(
        (&list[1]["session"], &list[1]["project"]),
        (&json!("now"), &json!("music"))
    );

    let mut body = chat("where is my violin");
    body["model"] = json!("council/auto");
    let own = openai(&app, &body, &[]).await.ok();
    assert!(texts(&own["council"]["memories"]).contains(&FACT));
    assert_eq!(own["council"]["remembered"].as_array().unwrap().len(), 2);
    let session = remembered(&app).await.last().unwrap()["session"].clone();
    assert!(session.as_str().unwrap().starts_with("openai_"), "{session}");

    body["stream"] = json!(true);
    let chunks = frames(&openai(&app, &body, &[("x-council-memory", "read")]).await);
    let told: Vec<&Value> = chunks.iter().filter_map(|chunk| chunk.get("council")).collect();
    assert_eq!(told.len(), 1);
    assert!(texts(&told[0]["memories"]).contains(&FACT));
    assert!(
        chunks
            .iter()
            .all(|chunk| chunk["choices"].as_array().unwrap().len() == 1)
    );
}

#[tokio::test]
async fn of_several_answers_the_first_is_remembered() {
    let app = TestApp::new();
    let mut body = chat("where is my violin");
    body["n"] = json!(3);
    let answer = openai(&app, &body, &[("x-council-memory", "on")]).await.ok();
    assert_eq!(answer["council"]["remembered"].as_array().unwrap().len(), 2);
    assert_eq!(remembered(&app).await.len(), 2);
}
