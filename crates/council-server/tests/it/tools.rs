//! Council's own tools over HTTP: listed, called directly, and run for a model.

use crate::app::TestApp;
use crate::fakes::Step;
use axum::http::StatusCode;
use council_core::{FinishReason, Input, ToolCall};
use serde_json::{Value, json};

const NOTE: &str = "the kettle is blue";

fn call(id: &str, name: &str, arguments: &Value) -> Step {
    Step::Call(ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_string(),
    })
}

/// The model remembers something, and then says so.
fn remembering(app: &TestApp) {
    let save = call("call_1", "memory_save", &json!({"text": NOTE}));
    app.answer([save, Step::Finish(FinishReason::ToolCalls)]);
    app.answer([Step::Say("Noted.")]);
}

/// Names of the tools that the model was offered in its request with this number.
fn offered(app: &TestApp, number: usize) -> Vec<String> {
    let requests = app.models.script.requests.lock().unwrap();
    match &requests[number].input {
        Input::Chat { tools, .. } => tools.iter().map(|tool| tool.name.clone()).collect(),
        Input::Text(_) => panic!("not a chat"),
    }
}

fn chat(body: &Value) -> Value {
    let mut whole = json!({"messages": [{"role": "user", "content": "remember it"}]});
    whole
        .as_object_mut()
        .unwrap()
        .extend(body.as_object().unwrap().clone());
    whole
}

#[tokio::test]
async fn the_tools_are_listed_with_their_schemas_and_effects() {
    let app = TestApp::new();
    let list = app.get("/v1/tools").await.ok();
    let tools: Vec<(&Value, &Value, &Value)> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| (&tool["name"], &tool["effect"], &tool["enabled"]))
        .collect();
    let expected = [
        ("memory_load", "read_only"),
        ("memory_save", "writes"),
        ("memory_delete", "writes"),
        ("memory_forget", "writes"),
        ("knowledge_search", "read_only"),
    ];
    let expected = expected.map(|(name, effect)| (json!(name), json!(effect), json!(true)));
    let tools: Vec<_> = tools
        .into_iter()
        .map(|(a, b, c)| (a.clone(), b.clone(), c.clone()))
        .collect();
    assert_eq!(tools, expected);
    assert_eq!(list["data"][0]["parameters"]["required"], json!(["query"]));
}

#[tokio::test]
async fn a_tool_is_called_directly_and_fails_by_name() {
    let app = TestApp::new();
    let found = app
        .post("/v1/tools/knowledge_search", &json!({"query": "harbour dues"}))
        .await
        .ok();
    assert_eq!(
        found,
        json!({"result": "No document says anything about: harbour dues", "hits": []})
    );
    for (name, body, status, param) in [
        (
            "knowledge_search",
            json!({}),
            StatusCode::BAD_REQUEST,
            json!("query"),
        ),
        (
            "knowledge_search",
            json!({"query": "x", "limit": 51}),
            StatusCode::BAD_REQUEST,
            json!("limit"),
        ),
        ("nothing", json!({}), StatusCode::NOT_FOUND, Value::Null),
    ] {
        let answer = app.post(&format!("/v1/tools/{name}"), &body).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["param"]),
            (status, &param),
            "{body}"
        );
    }
    let array = app.post("/v1/tools/knowledge_search", &json!(["query"])).await;
    assert_eq!(array.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_memory_that_a_tool_finds_is_the_same_object_as_elsewhere() {
    let app = TestApp::new();
    let item = json!({
        "text": NOTE, "kind": "fact", "speaker": "Ada", "session": "s", "project": "p", "tags": ["t"],
        "metadata": {"n": 0.1}, "claim": {"subject": "Ada", "attribute": "home"},
    });
    let id = app.post("/v1/memory", &item).await.ok()["id"].clone();
    let memory = app
        .get(&format!("/v1/memory/{}", id.as_str().unwrap()))
        .await
        .ok();
    let loaded = app
        .post("/v1/tools/memory_load", &json!({"query": NOTE}))
        .await
        .ok();
    let mut hit = loaded["hits"][0].clone();
    hit.as_object_mut().unwrap().shift_remove("score");
    assert_eq!(hit, memory);
    assert_eq!(hit.to_string(), memory.to_string(), "in the same order too");
}

#[tokio::test]
async fn a_chat_runs_tools_when_it_is_allowed_to_and_says_so() {
    let app = TestApp::new();
    remembering(&app);
    let body = json!({"prompt": "remember it", "session_id": "s", "tools": "auto", "memory": "off"});
    let answer = app.post("/api/chat", &body).await.ok();
    assert_eq!(answer["text"], "Noted.");
    let runs = answer["tool_runs"].as_array().unwrap();
    let [run] = &runs[..] else { panic!("{answer}") };
    let id = run["data"]["id"].as_str().unwrap();
    assert!(run["latency_ms"].as_f64().unwrap() >= 0.0);
    let mut run = run.clone();
    run.as_object_mut().unwrap().shift_remove("latency_ms");
    assert_eq!(
        run,
        json!({
            "id": "call_1", "name": "memory_save", "arguments": json!({"text": NOTE}).to_string(), "status": "ok",
            "result": format!("The memory is saved with id {id}"), "data": {"id": id},
        })
    );
    assert_eq!(app.get("/v1/memory/stats").await.ok()["memories"], 1);
    assert_eq!(
        app.get("/v1/ledger").await.ok()["data"].as_array().unwrap().len(),
        1
    );
    let messages = app.get("/v1/conversations/s/messages").await.ok();
    let roles: Vec<&Value> = messages["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| &message["role"])
        .collect();
    assert_eq!(json!(roles), json!(["user", "assistant", "tool", "assistant"]));
    assert_eq!(
        messages["data"][1]["tool_calls"][0]["id"],
        messages["data"][2]["tool_call_id"]
    );
}

#[tokio::test]
async fn a_stream_tells_when_a_tool_begins_and_what_it_gave() {
    let app = TestApp::new();
    remembering(&app);
    let body = json!({"prompt": "remember it", "tools": ["memory_save"], "stream": true});
    let frames = app.post("/hybrid", &body).await.json_events();
    let runs: Vec<(&Value, &Value, bool)> = frames
        .as_array()
        .unwrap()
        .iter()
        .filter(|frame| frame["tool_run"].is_object())
        .map(|frame| {
            assert_eq!((&frame["text"], &frame["partial"]), (&json!(""), &json!(true)));
            let run = &frame["tool_run"];
            (&run["name"], &run["status"], run["result"].is_string())
        })
        .collect();
    let name = json!("memory_save");
    assert_eq!(
        runs,
        [(&name, &json!("running"), false), (&name, &json!("ok"), true)]
    );
    assert_eq!(offered(&app, 0), ["memory_save"]);
    assert_eq!(frames.as_array().unwrap().last().unwrap()["done"], true);
    remembering(&app);
    let plain = app
        .post(
            "/hybrid/stream",
            &json!({"prompt": "remember it", "tools": "auto"}),
        )
        .await;
    assert_eq!(plain.events(), ["Noted.", "[STREAM_COMPLETE]"]);
}

#[tokio::test]
async fn openai_clients_are_told_under_council_and_get_no_calls_to_answer() {
    let app = TestApp::new();
    remembering(&app);
    let body = chat(&json!({"model": "council/auto", "tools": "auto"}));
    let answer = app.post("/v1/chat/completions", &body).await.ok();
    let choice = &answer["choices"][0];
    assert_eq!(
        (&choice["message"]["content"], &choice["finish_reason"]),
        (&json!("Noted."), &json!("stop"))
    );
    assert_eq!(choice["message"]["tool_calls"], Value::Null);
    assert_eq!(answer["council"]["tool_runs"][0]["status"], "ok");
    remembering(&app);
    let body = chat(&json!({"tools": ["memory_save", "memory_load"], "stream": true}));
    let events = app.post("/v1/chat/completions", &body).await.json_events();
    let statuses: Vec<&Value> = events
        .as_array()
        .unwrap()
        .iter()
        .filter(|chunk| chunk["council"]["tool_runs"].is_array())
        .map(|chunk| {
            assert_eq!(chunk["choices"][0]["delta"], json!({}));
            &chunk["council"]["tool_runs"][0]["status"]
        })
        .collect();
    assert_eq!(json!(statuses), json!(["running", "ok"]));
}

#[tokio::test]
async fn nothing_is_offered_unless_the_request_or_the_configuration_says_so() {
    let own = 5;
    for (by_default, path, body, expected) in [
        (false, "/hybrid", json!({"prompt": "hi"}), 0),
        (
            false,
            "/v1/chat/completions",
            chat(&json!({"model": "council/auto"})),
            0,
        ),
        (true, "/hybrid", json!({"prompt": "hi"}), own),
        (true, "/hybrid", json!({"prompt": "hi", "tools": "none"}), 0),
        (true, "/hybrid", json!({"prompt": "hi", "tools": []}), 0),
        (true, "/api/chat", json!({"prompt": "hi", "incognito": true}), 0),
        (
            true,
            "/v1/chat/completions",
            chat(&json!({"model": "council/auto"})),
            own,
        ),
        (true, "/v1/chat/completions", chat(&json!({})), 0),
        (
            true,
            "/v1/chat/completions",
            chat(&json!({"model": "council/auto", "n": 2})),
            0,
        ),
        (
            true,
            "/v1/chat/completions",
            chat(&json!({"model": "council/auto", "tool_choice": "none"})),
            0,
        ),
        (
            true,
            "/v1/chat/completions",
            chat(
                &json!({"model": "council/auto", "tools": [{"type": "function", "function": {"name": "f"}}]}),
            ),
            1,
        ),
    ] {
        let app = TestApp::with(|mut parts| {
            parts.turn_tools = by_default;
            parts
        });
        app.post(path, &body).await.ok();
        assert_eq!(offered(&app, 0).len(), expected, "{path} {body}");
    }
}

#[tokio::test]
async fn calls_of_the_clients_functions_are_the_clients_even_with_a_name_of_ours() {
    let app = TestApp::new();
    let save = call("call_1", "memory_save", &json!({"text": NOTE}));
    app.answer([save, Step::Finish(FinishReason::ToolCalls)]);
    let theirs = json!([{"type": "function", "function": {"name": "memory_save"}}]);
    let body = chat(&json!({"model": "council/auto", "tools": theirs}));
    let answer = app.post("/v1/chat/completions", &body).await.ok();
    let choice = &answer["choices"][0];
    assert_eq!(choice["finish_reason"], "tool_calls");
    assert_eq!(
        choice["message"]["tool_calls"][0]["function"]["name"],
        "memory_save"
    );
    let memories = app.get("/v1/memory").await.ok();
    let notes = memories["data"].as_array().unwrap().iter();
    assert_eq!(notes.filter(|memory| memory["text"] == NOTE).count(), 0);
}

#[tokio::test]
async fn what_is_wrong_with_tools_is_named() {
    let app = TestApp::new();
    let function = json!({"type": "function", "function": {"name": "f"}});
    for (path, body, param, words) in [
        (
            "/hybrid",
            json!({"prompt": "hi", "tools": "all"}),
            "tools",
            "`all`",
        ),
        (
            "/hybrid",
            json!({"prompt": "hi", "tools": ["saw"]}),
            "tools",
            "names `saw`; choose among memory_load",
        ),
        (
            "/hybrid",
            json!({"prompt": "hi", "tools": 3}),
            "tools",
            "expected `auto`, `none` or an array of names",
        ),
        (
            "/api/chat",
            json!({"prompt": "hi", "tools": "auto", "incognito": true}),
            "incognito",
            "uses no tools",
        ),
        (
            "/v1/chat/completions",
            chat(&json!({"tools": "auto", "n": 2})),
            "n",
            "must be 1 where Council runs tools",
        ),
        (
            "/v1/chat/completions",
            chat(&json!({"tools": "auto", "tool_choice": "required"})),
            "tool_choice",
            "must be `auto` or `none`",
        ),
        (
            "/v1/chat/completions",
            chat(&json!({"tools": ["memory_save", function]})),
            "tools",
            "expected one of the two",
        ),
        (
            "/v1/chat/completions",
            chat(&json!({"tools": [function, 3]})),
            "tools[1]",
            "expected an object",
        ),
    ] {
        let answer = app.post(path, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        let error = &answer.json()["error"];
        assert_eq!(error["param"], param, "{error}");
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
    }
    assert_eq!(
        app.models.script.requests.lock().unwrap().len(),
        0,
        "no model was asked"
    );
}
