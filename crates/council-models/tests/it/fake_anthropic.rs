//! The same server speaking Anthropic's messages. What it does depends on the model that is asked for.

use crate::fake_openai::{HangUp, KEY, Shared, broken, events};
use axum::extract::{Json, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) async fn messages(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let key = header("x-api-key");
    shared.requests.lock().unwrap().push((key, body.clone()));
    assert_eq!(header("anthropic-version").as_deref(), Some("2023-06-01"));
    assert!(body["max_tokens"].as_u64().is_some_and(|tokens| tokens > 0));
    let asked = shared.requests.lock().unwrap().len();
    let watch = HangUp(Some(shared.hung_up.clone()));
    let model = body["model"].as_str().unwrap();
    match model {
        "counting" => events(watch, counting(&body), 1000),
        "tools" => events(watch, stream::iter(tools()), 11),
        "overloaded-once" if asked == 1 => {
            let body =
                json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
            (StatusCode::from_u16(529).unwrap(), Json(body)).into_response()
        }
        "overloaded-once" | "plain" => {
            let mut frames = vec![start(10), text_delta("fine")];
            frames.extend(end("end_turn", Some(1)));
            events(watch, stream::iter(frames), 7)
        }
        "overloaded-midway" => {
            let error =
                json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
            events(
                watch,
                stream::iter(vec![start(10), text_delta("a"), frame(&error)]),
                1000,
            )
        }
        "breaks-off" => broken(&[start(10), text_delta("a piece of text")]),
        "status-401" => {
            let error =
                json!({"type": "authentication_error", "message": format!("invalid x-api-key {KEY}")});
            (
                StatusCode::UNAUTHORIZED,
                Json(json!({"type": "error", "error": error})),
            )
                .into_response()
        }
        "too-long" => {
            let error = json!({"type": "invalid_request_error",
                "message": "prompt is too long: 5000 tokens > 4096 maximum"});
            (
                StatusCode::BAD_REQUEST,
                Json(json!({"type": "error", "error": error})),
            )
                .into_response()
        }
        other => panic!("the fake server knows no model `{other}`"),
    }
}

fn frame(event: &Value) -> String {
    format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap())
}

fn start(input_tokens: u64) -> String {
    frame(
        &json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant",
        "content": [], "stop_reason": null, "usage": {"input_tokens": input_tokens, "cache_read_input_tokens": 6,
        "cache_creation_input_tokens": 0, "output_tokens": 1}}}),
    )
}

fn text_delta(text: &str) -> String {
    frame(&json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}))
}

fn end(reason: &str, output_tokens: Option<u64>) -> Vec<String> {
    vec![
        frame(&json!({"type": "content_block_stop", "index": 0})),
        frame(&json!({"type": "message_delta", "delta": {"stop_reason": reason},
            "usage": {"output_tokens": output_tokens}})),
        frame(&json!({"type": "message_stop"})),
    ]
}

/// `number1 number2 …`, as many as are asked for, up to a stop sequence.
fn counting(body: &Value) -> impl Stream<Item = String> + Send + 'static {
    let most = body["max_tokens"].as_u64().unwrap();
    let stops: Vec<String> = body["stop_sequences"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|stop| stop.as_str().unwrap().to_owned())
        .collect();
    let words: Vec<String> = (1..=most).map(|number| format!("number{number} ")).collect();
    let all = words.concat();
    let stopped = stops.iter().filter_map(|stop| all.find(stop.as_str())).min();
    let said = &all[..stopped.unwrap_or(all.len())];
    let begin =
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}});
    let mut frames = vec![start(11), frame(&begin), frame(&json!({"type": "ping"}))];
    frames.extend(said.split_inclusive(' ').map(text_delta));
    let (reason, generated) = match stopped {
        Some(_) => ("stop_sequence", said.split_inclusive(' ').count() as u64),
        None => ("max_tokens", most),
    };
    frames.extend(end(reason, Some(generated)));
    stream::iter(frames).then(|frame| async {
        tokio::task::yield_now().await;
        frame
    })
}

fn tools() -> Vec<String> {
    let block = json!({"type": "content_block_start", "index": 1, "content_block":
        {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {}}});
    let piece = |json: &str| {
        let delta = json!({"type": "input_json_delta", "partial_json": json});
        frame(&json!({"type": "content_block_delta", "index": 1, "delta": delta}))
    };
    let mut frames = vec![
        start(10),
        text_delta("I add."),
        frame(&block),
        piece(""),
        piece("{\"a\": "),
        piece("1}"),
    ];
    frames.extend(end("tool_use", Some(9)));
    frames
}
