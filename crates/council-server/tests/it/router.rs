//! Receipts, replays, feedback and votes over HTTP.

use crate::app::TestApp;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Asks something, and gives the request's id.
async fn asked(app: &TestApp) -> String {
    let answer = app.post("/hybrid", &json!({"prompt": "hi"})).await.ok();
    answer["request_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_leaves_a_receipt_with_the_decision_and_who_was_asked() {
    let app = TestApp::new();
    let id = asked(&app).await;
    let receipt = app.get(&format!("/v1/routes/{id}")).await.ok();
    assert_eq!(receipt["answered_by"], "tiny");
    assert_eq!(receipt["policy"], "cascade");
    assert_eq!(receipt["decision"]["kind"], "chat");
    assert_eq!(receipt["decision"]["plan"][0]["answerer"], "tiny");
    let far = receipt["decision"]["considered"].as_array().unwrap();
    let far = far.iter().find(|one| one["answerer"] == "far").unwrap();
    assert_eq!(far["why_not"], "cloud models are off");
    assert_eq!(receipt["steps"][0]["outcome"], "accepted");
    assert_eq!(receipt["rules"]["accept"]["math"], 0.7);
    assert_eq!(receipt["outcome"], "completed");
    assert_eq!(receipt["feedback"], json!([]));
    let text = receipt.to_string();
    assert!(!text.contains("Hello world"), "nothing of what was said: {text}");
}

#[tokio::test]
async fn receipts_are_listed_newest_first_and_filtered() {
    let app = TestApp::new();
    let first = asked(&app).await;
    let named = json!({"prompt": "hi", "model": "far"});
    app.post("/hybrid", &named).await.ok();
    let all = app.get("/v1/routes").await.ok();
    let by: Vec<&Value> = all["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["answered_by"])
        .collect();
    assert_eq!(by, ["far", "tiny"]);
    assert_eq!(all["data"][0]["decision"], Value::Null);
    assert_eq!(all["data"][0]["sent_to"], json!(["far"]));
    let tiny = app
        .get("/v1/routes?answered_by=tiny&skill=chat&outcome=completed&escalated=false")
        .await
        .ok();
    assert_eq!(tiny["data"][0]["request_id"], first.as_str());
    assert_eq!(tiny["data"].as_array().unwrap().len(), 1);
    for (query, field) in [
        ("skill=magic", "skill"),
        ("outcome=fine", "outcome"),
        ("since=-1", "since"),
    ] {
        let refused = app.get(&format!("/v1/routes?{query}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(refused.json()["error"]["param"], field);
    }
    assert_eq!(app.get("/v1/routes/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_became_of_an_answer_is_noted() {
    let app = TestApp::new();
    let id = asked(&app).await;
    let noted = app
        .post(
            "/v1/feedback",
            &json!({"request_id": id, "rating": "down", "note": "too short"}),
        )
        .await
        .ok();
    assert_eq!(noted["rating"], "down");
    let receipt = app.get(&format!("/v1/routes/{id}")).await.ok();
    assert_eq!(receipt["feedback"][0]["note"], "too short");
    let unknown = app
        .post("/v1/feedback", &json!({"request_id": "none", "rating": "up"}))
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let wrong = app
        .post("/v1/feedback", &json!({"request_id": id, "rating": "great"}))
        .await;
    assert_eq!(wrong.json()["error"]["param"], "rating");
    let long = json!({"request_id": id, "rating": "up", "note": "x".repeat(2_001)});
    assert_eq!(
        app.post("/v1/feedback", &long).await.json()["error"]["param"],
        "note"
    );
}

#[tokio::test]
async fn a_decision_is_made_again_with_other_thresholds() {
    let app = TestApp::new();
    let id = asked(&app).await;
    let replay = |body: Value| {
        let path = format!("/v1/routes/{id}/replay");
        let app = &app;
        async move { app.post(&path, &body).await }
    };
    let same = replay(json!({})).await.ok();
    assert_eq!((&same["changed"], &same["answer"]), (&json!(false), &Value::Null));
    assert_eq!(same["before"], same["after"]);
    let careful = replay(json!({"rules": {"accept": {"chat": 0.9}}})).await.ok();
    assert_eq!(careful["changed"], true, "the council may be asked");
    assert_eq!(careful["after"]["plan"][0]["accept_at"], 0.9);
    let default = replay(json!({"policy": "default"})).await.ok();
    assert_eq!(default["after"]["plan"].as_array().unwrap().len(), 1);
    for (body, field) in [
        (json!({"policy": "dice"}), "policy"),
        (json!({"rules": {"acept": 1}}), "rules.acept"),
        (
            json!({"rules": {"accept": {"chat": "high"}}}),
            "rules.accept.chat",
        ),
        (json!({"rules": 5}), "rules"),
        (json!({"answerer": "far", "policy": "default"}), "answerer"),
        (json!({"run": true}), "prompt"),
    ] {
        let refused = replay(body.clone()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(refused.json()["error"]["param"], field, "{body}");
    }
}

#[tokio::test]
async fn a_question_is_really_asked_again_by_somebody_else() {
    let app = TestApp::new();
    let id = asked(&app).await;
    let path = format!("/v1/routes/{id}/replay");
    let body = json!({"answerer": "far", "run": true, "prompt": "hi again"});
    let replayed = app.post(&path, &body).await.ok();
    assert_eq!(replayed["answer"]["model"], "far");
    assert_ne!(replayed["answer"]["request_id"], id.as_str());
    let own = replayed["answer"]["request_id"].as_str().unwrap();
    assert_eq!(
        app.get(&format!("/v1/routes/{own}")).await.ok()["answered_by"],
        "far"
    );
    // What was said in a conversation is read from it.
    let chat = app
        .post("/api/chat", &json!({"prompt": "remember me"}))
        .await
        .ok();
    let id = chat["request_id"].as_str().unwrap();
    let again = app
        .post(&format!("/v1/routes/{id}/replay"), &json!({"run": true}))
        .await
        .ok();
    assert_eq!(again["answer"]["model"], "tiny");
}

#[tokio::test]
async fn a_vote_has_every_voice_and_the_original_fields() {
    let app = TestApp::new();
    let vote = app.post("/vote", &json!({"prompt": "hi", "top_k": 2})).await.ok();
    assert_eq!(vote["text"], "Hello world");
    assert_eq!(vote["council_voices"].as_array().unwrap().len(), 5);
    assert_eq!(vote["candidates"].as_array().unwrap().len(), 2);
    assert_eq!(vote["council_used"], true);
    for field in [
        "model_used",
        "latency_ms",
        "confidence",
        "total_cost_cents",
        "council_consensus",
    ] {
        assert!(!vote[field].is_null(), "{field}");
    }
    let two = app
        .post("/vote", &json!({"prompt": "hi", "candidates": ["tiny", "Edge"]}))
        .await
        .ok();
    assert_eq!(two["council_voices"].as_array().unwrap().len(), 2);
    for (body, field) in [
        (json!({"prompt": " "}), "prompt"),
        (json!({"prompt": "hi", "candidates": ["nobody"]}), "candidates"),
        (json!({"prompt": "hi", "top_k": 0}), "top_k"),
        (json!({"prompt": "hi", "top_k": 6}), "top_k"),
    ] {
        let refused = app.post("/vote", &body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(refused.json()["error"]["param"], field, "{body}");
    }
}

#[tokio::test]
async fn a_streamed_vote_tells_voice_by_voice_and_ends_with_the_verdict() {
    let app = TestApp::new();
    let frames = app.post("/vote?stream=true", &json!({"prompt": "hi"})).await;
    let events: Vec<Value> = frames
        .text()
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
        .collect();
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert_eq!((of("voice_started"), of("voice_ended"), of("verdict")), (5, 5, 1));
    assert_eq!(events.last().unwrap()["text"], "Hello world");
}

#[tokio::test]
async fn a_council_in_a_conversation_tells_its_verdict_once_before_the_answer() {
    let app = TestApp::new();
    let body = json!({"prompt": "hi", "session_id": "c", "model": "council/vote", "stream": true});
    let answer = app.post("/api/chat", &body).await;
    let frames: Vec<Value> = answer
        .text()
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
        .collect();
    let voices = frames
        .iter()
        .filter(|frame| frame["vote"]["event"] == "voice_ended");
    assert_eq!(voices.count(), 5);
    let verdicts: Vec<usize> = (0..frames.len())
        .filter(|at| frames[*at]["vote"]["event"] == "verdict")
        .collect();
    let [verdict] = verdicts.as_slice() else {
        panic!("{verdicts:?}")
    };
    assert_eq!(
        frames[*verdict]["vote"]["council_voices"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    assert_eq!(frames[verdict + 1]["text"], "Hello world");
}

#[tokio::test]
async fn a_skill_that_is_named_and_missing_is_a_clear_failure() {
    let app = TestApp::new();
    let refused = app
        .post("/orchestrate", &json!({"prompt": "1+1", "route": ["math"]}))
        .await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.json()["error"]["code"], "skill_failed");
    let next = app
        .post(
            "/orchestrate",
            &json!({"prompt": "1+1", "route": ["math", "tiny"]}),
        )
        .await
        .ok();
    assert_eq!(next["model_used"], "tiny");
}
