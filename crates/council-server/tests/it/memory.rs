//! `/v1/memory` over HTTP.

use crate::app::TestApp;
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn saved() -> TestApp {
    let app = TestApp::new();
    let items = json!({"items": [
        {"text": "tea is better than coffee", "kind": "turn", "speaker": "Ada", "session": "s1"},
        {"text": "the ship sails on monday", "kind": "turn", "speaker": "Ben", "session": "s1", "tags": ["trip"]},
    ]});
    let answer = app.post("/v1/memory", &items).await;
    assert_eq!(answer.json(), json!({"ids": ["m000000001", "m000000002"]}));
    app
}

#[tokio::test]
async fn a_memory_that_was_saved_is_found_listed_and_read() {
    let app = saved().await;
    let found = app
        .post(
            "/v1/memory/search",
            &json!({"query": "when sails the ship", "limit": 1, "explain": true}),
        )
        .await;
    assert_eq!(found.status, StatusCode::OK);
    let hit = &found.json()["hits"][0];
    assert_eq!(hit["id"], "m000000002");
    assert_eq!((&hit["speaker"], &hit["session"]), (&json!("Ben"), &json!("s1")));
    assert!(hit["score"].is_number() && hit["why"]["cosine"].is_number());
    let listed = app.get("/v1/memory?tag=trip").await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    let read = app.get("/v1/memory/m000000001").await.json();
    assert_eq!(read["text"], "tea is better than coffee");
}

#[tokio::test]
async fn a_memory_is_corrected_pinned_and_forgotten() {
    let app = saved().await;
    let change = json!({"text": "coffee is better than tea", "pinned": true});
    let changed = app.patch("/v1/memory/m000000001", &change).await.json();
    assert_eq!(
        (&changed["text"], &changed["pinned"]),
        (&change["text"], &json!(true))
    );
    let gone = app.delete("/v1/memory/m000000001").await;
    assert_eq!(
        gone.json(),
        json!({"id": "m000000001", "object": "memory.deleted", "deleted": true})
    );
    let again = app.delete("/v1/memory/m000000001").await;
    assert_eq!(
        (again.status, &again.json()["error"]["code"]),
        (StatusCode::NOT_FOUND, &json!("not_found"))
    );
}

#[tokio::test]
async fn forgetting_by_question_shows_first_and_forgets_what_is_named() {
    let app = saved().await;
    let preview = app
        .post("/v1/memory/forget", &json!({"query": "the ship sails on monday"}))
        .await
        .json();
    assert_eq!(preview["preview"][0]["id"], "m000000002");
    assert!(preview.get("forgotten").is_none());
    assert_eq!(
        app.get("/v1/memory/m000000002").await.status,
        StatusCode::OK,
        "nothing is gone yet"
    );
    let ids = json!({"ids": ["m000000002", "m000000009"]});
    let forgotten = app.post("/v1/memory/forget", &ids).await.json();
    assert_eq!(forgotten, json!({"forgotten": ["m000000002"]}));
}

#[tokio::test]
async fn without_an_embedder_texts_are_kept_and_found_by_words() {
    let app = TestApp::new();
    app.post("/v1/memory", &json!({"text": "down"})).await.ok();
    let found = app
        .post("/v1/memory/search", &json!({"query": "down"}))
        .await
        .ok();
    assert_eq!(found["hits"][0]["text"], "down");
    // What to forget is never guessed by words.
    let preview = app.post("/v1/memory/forget", &json!({"query": "down"})).await;
    assert_eq!(preview.status, StatusCode::SERVICE_UNAVAILABLE);
    let message = preview.json()["error"]["message"].to_string();
    assert!(message.contains("council pull"), "{message}");
}

#[tokio::test]
async fn what_was_so_for_a_time_is_found_for_that_time() {
    let app = TestApp::new();
    let leave = json!({"text": "on leave", "valid_from": 100, "valid_to": 200});
    let id = app.post("/v1/memory", &leave).await.json()["id"].clone();
    let kept = app
        .get(&format!("/v1/memory/{}", id.as_str().unwrap()))
        .await
        .json();
    assert_eq!(
        (&kept["timestamp"], &kept["valid_to"]),
        (&json!(100.0), &json!(200.0))
    );
    for (moment, count) in [(99, 0), (100, 1), (199, 1), (200, 0)] {
        let found = app.get(&format!("/v1/memory?valid_at={moment}")).await.json();
        assert_eq!(found["data"].as_array().unwrap().len(), count, "{moment}");
    }
    let refused = app
        .post(
            "/v1/memory",
            &json!({"text": "a", "valid_from": 2, "valid_to": 1}),
        )
        .await;
    assert_eq!(
        (refused.status, &refused.json()["error"]["param"]),
        (StatusCode::BAD_REQUEST, &json!("valid_to"))
    );
}

#[tokio::test]
async fn a_new_memory_takes_the_place_of_another_which_is_kept_as_what_was_so() {
    let app = TestApp::new();
    let rome = json!({"text": "Ada lives in Rome", "kind": "fact", "timestamp": 100, "source": "/notes.md",
        "claim": {"subject": "Ada", "attribute": "home"}});
    let old = app.post("/v1/memory", &rome).await.json()["id"].clone();
    let paris = json!({"text": "Ada lives in Paris", "kind": "fact", "timestamp": 200, "supersedes": [old]});
    let new = app.post("/v1/memory", &paris).await.json()["id"].clone();
    let first = app
        .get(&format!("/v1/memory/{}", old.as_str().unwrap()))
        .await
        .json();
    assert_eq!(
        (&first["valid_to"], &first["superseded_by"]),
        (&json!(200.0), &new)
    );
    assert!(first["retired_at"].is_number());
    assert_eq!(first["source"], "/notes.md");
    let claim =
        json!({"subject": "Ada", "attribute": "home", "confidence": 1.0, "extractor": null, "evidence": []});
    assert_eq!(first["claim"], claim);
    let texts = |answer: Value, list: &str| -> Vec<String> {
        let entries = answer[list].as_array().unwrap().iter();
        entries
            .map(|entry| entry["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let listed = async |query: &str| texts(app.get(&format!("/v1/memory?{query}")).await.json(), "data");
    assert_eq!(listed("kind=fact").await, ["Ada lives in Paris"]);
    assert_eq!(
        listed("retired=true").await,
        ["Ada lives in Paris", "Ada lives in Rome"]
    );
    assert_eq!(listed("valid_at=150").await, ["Ada lives in Rome"]);
    assert_eq!(listed("source=/notes.md").await, Vec::<String>::new());
    let search = json!({"query": "where lives Ada", "filters": {"valid_at": 150}});
    let found = app.post("/v1/memory/search", &search).await.json();
    assert_eq!(texts(found, "hits"), ["Ada lives in Rome"]);
    let unknown = json!({"text": "x", "supersedes": ["0000000000"]});
    assert_eq!(
        app.post("/v1/memory", &unknown).await.status,
        StatusCode::NOT_FOUND
    );
    let in_list = json!({"items": [{"text": "x", "supersedes": [new]}]});
    let refused = app.post("/v1/memory", &in_list).await.json();
    assert_eq!(refused["error"]["param"], "items[0].supersedes");
}

#[tokio::test]
async fn what_is_kept_apart_is_found_only_when_asked_for_until_a_person_confirms_it() {
    let app = TestApp::new();
    let page = json!({"text": "the page says so", "trust": "web"});
    let id = app.post("/v1/memory", &page).await.json()["id"].clone();
    let path = format!("/v1/memory/{}", id.as_str().unwrap());
    let set = async |quarantined: bool| {
        app.patch(&path, &json!({"quarantined": quarantined}))
            .await
            .json()
    };
    assert_eq!(set(true).await["quarantined"], true);
    let count = async |query: &str| {
        let list = app.get(&format!("/v1/memory{query}")).await.json();
        list["data"].as_array().unwrap().len()
    };
    assert_eq!((count("").await, count("?quarantined=true").await), (0, 1));
    let changed = set(false).await;
    assert_eq!(
        (&changed["quarantined"], &changed["trust"]),
        (&json!(false), &json!("user"))
    );
    assert_eq!((count("").await, count("?quarantined=true").await), (1, 0));
}

#[tokio::test]
async fn a_memory_is_not_known_before_it_was_stored() {
    let app = saved().await;
    let path = "/v1/memory/m000000001";
    assert_eq!(
        app.get(&format!("{path}?as_of=1")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        app.get(&format!("{path}?as_of=2200-01-01")).await.status,
        StatusCode::OK
    );
    let bad = app.get(&format!("{path}?as_of=then")).await;
    assert_eq!(bad.json()["error"]["param"], "as_of");
    let listed = app.get("/v1/memory?as_of=1").await.json();
    assert_eq!(listed["data"], json!([]));
}

#[tokio::test]
async fn what_is_wrong_is_named_by_field() {
    let app = TestApp::new();
    for (path, body, field) in [
        ("/v1/memory", json!({"text": ""}), "text"),
        ("/v1/memory/search", json!({"query": ""}), "query"),
        ("/v1/memory/forget", json!({}), "query"),
    ] {
        let answer = app.post(path, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer.json()["error"]["param"], field, "{path}");
    }
}
