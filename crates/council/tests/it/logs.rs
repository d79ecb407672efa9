//! What the server logs: lines that say whose they are, and never what was said.

use crate::cloud::{KEY, StandIn};
use crate::program::World;
use serde_json::{Value, json};

/// A word of prompts, answers, memories and programs that no log may have.
const WORD: &str = "heliotrope";

/// The lines of a server's log, as it answered requests of all kinds that have the word, and asked a model elsewhere with a key.
fn lines(level: &str) -> Vec<String> {
    let (world, stand_in) = (World::new(), StandIn::start());
    let config = world.path().join("council.toml");
    let remote = |id: &str, address: &str| {
        format!(
            "[[remote]]\nid = \"{id}\"\nprovider = \"{id}\"\nbase_url = \"http://{address}/v1\"\nmodel = \"m\"\n\
             context_tokens = 4096\nretries = 0\napi_key_env = \"FAR_KEY\"\n"
        )
    };
    let text = format!(
        "log = \"{level}\"\nlog_format = \"json\"\n{}{}",
        remote("near", &stand_in.address),
        remote("far", "127.0.0.1:1")
    );
    std::fs::write(&config, text).unwrap();
    let mut server = world.serve_with(
        &["--scripted", "--config", config.to_str().unwrap()],
        &[("FAR_KEY", KEY)],
    );
    let log = server.read_log();
    let post = |path: &str, body: Value| server.post(path, &body.to_string());
    let prompt = format!("my {WORD} is blue");
    let chat = |model: &str| json!({"model": model, "messages": [{"role": "user", "content": prompt}]});
    post("/hybrid", json!({"prompt": prompt, "session_id": "talk"}));
    post("/hybrid/stream", json!({"prompt": prompt}));
    post("/v1/chat/completions", chat("near"));
    post("/v1/chat/completions", chat("far"));
    post("/v1/chat/completions", json!({"messages": prompt}));
    post("/vote", json!({"prompt": prompt}));
    post("/v1/memory", json!({"text": prompt}));
    post("/v1/memory/search", json!({"query": prompt}));
    post("/v1/tools/memory_load", json!({"query": prompt}));
    post(
        "/v1/sandbox/run",
        json!({"language": "python", "code": format!("print('{WORD}')")}),
    );
    post("/admin/apikey/near", json!({"key": KEY}));
    server.send_sigterm();
    assert_eq!(server.finish().code, Some(0));
    log.join().unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn prompts_answers_and_keys_are_in_no_line_at_info_and_at_debug() {
    for level in ["info", "debug"] {
        let lines = lines(level);
        assert!(!lines.is_empty(), "{level}: nothing was logged");
        for line in &lines {
            assert!(!line.contains(WORD) && !line.contains(KEY), "{level}: {line}");
        }
    }
}

#[test]
fn every_line_of_a_turn_has_the_ids_of_its_request_and_its_conversation() {
    let lines = lines("debug");
    let parsed: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| unreachable!("{error}: {line}")))
        .collect();
    let of_turn: Vec<&Value> = parsed
        .iter()
        .filter(|line| line["conversation_id"] == "talk")
        .collect();
    assert!(!of_turn.is_empty(), "{lines:#?}");
    for line in of_turn {
        assert!(
            line["request_id"]
                .as_str()
                .is_some_and(|id| id.starts_with("req_")),
            "{line}"
        );
        assert_eq!(line["turn_id"], line["request_id"], "{line}");
        assert!(
            line["timestamp"].is_string() && line["level"].is_string(),
            "{line}"
        );
    }
    let answered = parsed.iter().filter(|line| {
        line["message"]
            .as_str()
            .is_some_and(|text| text.contains("is answered with"))
    });
    for line in answered {
        assert!(
            line["request_id"]
                .as_str()
                .is_some_and(|id| id.starts_with("req_")),
            "{line}"
        );
    }
}
