//! `council calibrate`, with a model on a server that is played here.

use crate::program::World;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// Plays an OpenAI-compatible server that is right about every question with an even number in it, and surer of those.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            std::thread::spawn(move || while answer(&stream).is_some() {});
        }
    });
    format!("http://{address}/v1")
}

/// Answers one request of a connection; `None` at its end.
fn answer(mut stream: &TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 0 && line != "\r\n" {
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let request: Value = serde_json::from_slice(&body).ok()?;
    let question = request["messages"][0]["content"].as_str()?;
    let number: u32 = question.strip_prefix("Say ")?.parse().ok()?;
    let sure = number.is_multiple_of(2);
    let said = if sure { number } else { number + 1 };
    // Of every ten, one is as sure as it is wrong.
    let logprob = if sure || number % 10 == 5 { -0.01 } else { -1.5 };
    let token = json!({"token": said.to_string(), "bytes": null, "logprob": logprob, "top_logprobs": []});
    let mut chunk = json!({
        "choices": [{
            "index": 0,
            "delta": {"content": said.to_string()},
            "logprobs": {"content": [token]},
            "finish_reason": "stop",
        }],
    });
    if request["model"] == "mute" {
        chunk["choices"][0]["logprobs"] = Value::Null;
    }
    let events = format!("data: {chunk}\n\ndata: [DONE]\n\n");
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\r\n",
        events.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(events.as_bytes()).ok()
}

/// A world with sixty questions in `mine`, and two played models in `c.toml`.
pub(crate) fn world_with_questions() -> World {
    let world = World::new();
    std::fs::create_dir(world.path().join("mine")).unwrap();
    let lines: Vec<String> = (0..60)
        .map(|number| {
            let kind = if number < 40 { "math" } else { "logic" };
            let answer = json!({"type": "number", "value": number.to_string()});
            json!({"id": format!("q{number}"), "kind": kind, "question": format!("Say {number}"), "answer": answer})
                .to_string()
        })
        .collect();
    std::fs::write(world.path().join("mine/a.jsonl"), lines.join("\n")).unwrap();
    let url = server();
    let remote = |id: &str| {
        format!(
            "[[remote]]\nid = \"{id}\"\nprovider = \"here\"\nbase_url = \"{url}\"\nmodel = \"{id}\"\ncontext_tokens = 4096\n"
        )
    };
    let config = [remote("played"), remote("mute")].concat();
    std::fs::write(world.path().join("c.toml"), config).unwrap();
    world
}

#[test]
fn what_was_measured_of_a_model_is_kept_and_a_server_returns_it() {
    let world = world_with_questions();
    let ended = world.run(&[
        "calibrate",
        "--config",
        "c.toml",
        "--model",
        "played",
        "--questions",
        "mine",
        "--json",
    ]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(said["model"], "played");
    assert_eq!(said["answers"].as_array().unwrap().len(), 60);
    let all = &said["calibrations"][0];
    assert_eq!(
        (&all["kind"], &all["asked"], &all["right"]),
        (&json!("all"), &json!(60), &json!(30))
    );
    assert!(all["auroc"].as_f64().unwrap() > 0.8, "{all}");
    let kinds: Vec<&Value> = said["calibrations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|calibration| &calibration["kind"])
        .collect();
    assert_eq!(kinds, ["all", "math", "logic"]);

    let server = world.serve(&["--scripted"]);
    let kept = server.get("/v1/router/calibration");
    let kept: Value = serde_json::from_str(&kept[kept.find('{').unwrap()..]).unwrap();
    let first = kept["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"].is_null())
        .unwrap();
    assert_eq!(
        (
            &first["model"],
            &first["right"],
            &first["auroc"],
            &first["questions_sha256"]
        ),
        (
            &json!("played"),
            &json!(30),
            &all["auroc"],
            &all["questions_sha256"]
        )
    );
}

#[test]
fn a_limit_bounds_the_questions_and_the_table_names_the_kinds() {
    let world = world_with_questions();
    let ended = world.run(&[
        "calibrate",
        "--config",
        "c.toml",
        "--model",
        "played",
        "--questions",
        "mine",
        "--limit",
        "30",
    ]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert!(lines[0].starts_with("played: kept"), "{ended:?}");
    let words: Vec<&str> = lines[2].split_whitespace().collect();
    assert_eq!(words[..2], ["all", "30"], "{ended:?}");
}

#[test]
fn a_model_that_says_nothing_of_its_tokens_cannot_be_calibrated() {
    let world = world_with_questions();
    let ended = world.run(&[
        "calibrate",
        "--config",
        "c.toml",
        "--model",
        "mute",
        "--questions",
        "mine",
    ]);
    assert_eq!(ended.code, Some(69), "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("reports no log-probabilities, of which a calibration is made"),
        "{ended:?}"
    );
}

#[test]
fn questions_that_cannot_be_read_are_refused_before_a_model_is_asked() {
    let world = World::new();
    std::fs::create_dir(world.path().join("mine")).unwrap();
    let ended = world.run(&["calibrate", "--scripted", "--questions", "mine"]);
    assert_eq!(ended.code, Some(64));
    assert!(
        ended
            .stderr
            .contains("there are no questions: give a directory with files *.jsonl"),
        "{ended:?}"
    );
    let answer = json!({"type": "text", "value": "x"});
    let question =
        json!({"id": "a", "kind": "knowledge", "question": "?", "document": "gone.md", "answer": answer});
    std::fs::write(world.path().join("mine/a.jsonl"), question.to_string()).unwrap();
    let ended = world.run(&["calibrate", "--scripted", "--questions", "mine"]);
    assert_eq!(ended.code, Some(64));
    assert!(
        ended
            .stderr
            .contains("question `a` is about the document `gone.md`"),
        "{ended:?}"
    );
    let missing = world.run(&["calibrate", "--scripted", "--questions", "nowhere"]);
    assert_eq!(missing.code, Some(74), "{missing:?}");
}
