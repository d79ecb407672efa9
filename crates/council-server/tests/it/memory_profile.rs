//! `/v1/memory/profile` and `/v1/memory/clusters` over HTTP.

use crate::app::TestApp;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn put(app: &TestApp, attribute: &str, body: &Value) -> crate::app::Answer {
    let path = format!("/v1/memory/profile/{attribute}");
    app.send(crate::app::request(Method::PUT, &path, body.to_string().into()))
        .await
}

#[tokio::test]
async fn a_profile_shows_what_a_person_wrote_and_its_latest_value_only() {
    let app = TestApp::new();
    assert_eq!(
        app.get("/v1/memory/profile").await.json(),
        json!({"object": "profile", "attributes": []})
    );
    let first = put(&app, "home", &json!({"text": "Oslo"})).await.json();
    assert_eq!(
        (&first["text"], &first["kind"]),
        (&json!("The user lives in Oslo."), &json!("fact"))
    );
    put(&app, "home", &json!({"text": "Lisbon"})).await;
    put(&app, "likes", &json!({"text": "jazz", "subject": "Eve"})).await;
    put(&app, "likes", &json!({"text": "tea", "project": "novel"})).await;
    let mut profile = app.get("/v1/memory/profile").await.json();
    for attribute in profile["attributes"].as_array_mut().unwrap() {
        for fact in attribute["facts"].as_array_mut().unwrap() {
            fact["id"] = json!("id");
            fact["since"] = json!(0);
        }
    }
    let fact = |subject: &str, text: &str| {
        json!([{
            "id": "id", "text": text, "subject": subject, "since": 0, "confidence": 1.0, "evidence": 0, "pinned": false,
        }])
    };
    assert_eq!(
        profile["attributes"],
        json!([
            {"attribute": "home", "single": true, "facts": fact("user", "The user lives in Lisbon.")},
            {"attribute": "likes", "single": false, "facts": fact("Eve", "Eve likes jazz.")},
        ])
    );
    let novel = app.get("/v1/memory/profile?project=novel").await.json();
    assert_eq!(novel["attributes"][0]["facts"][0]["text"], "The user likes tea.");
}

#[tokio::test]
async fn an_unknown_attribute_is_refused_with_those_that_there_are() {
    let app = TestApp::new();
    let answer = put(&app, "shoe_size", &json!({"text": "42"})).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(
        message.starts_with("`attribute` is `shoe_size`; choose one of name, nickname,"),
        "{message}"
    );
    let empty = put(&app, "home", &json!({"text": " "})).await;
    assert_eq!(
        (empty.status, &empty.json()["error"]["param"]),
        (StatusCode::BAD_REQUEST, &json!("text"))
    );
}

#[tokio::test]
async fn topics_are_listed_and_their_members_shown() {
    let app = TestApp::new();
    let items: Vec<Value> = (0..12)
        .map(|number| match number % 3 {
            0 => json!({"text": "stormy sea sailing"}),
            _ => json!({"text": "rye bread baking"}),
        })
        .collect();
    app.post("/v1/memory", &json!({"items": items})).await;
    let clusters = app.get("/v1/memory/clusters").await.json();
    assert_eq!(
        (&clusters["memories"], &clusters["considered"]),
        (&json!(12), &json!(12))
    );
    let sizes: Vec<&Value> = clusters["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|topic| &topic["size"])
        .collect();
    assert_eq!(sizes, [&json!(8), &json!(4)]);
    assert_eq!(clusters["data"][1]["examples"].as_array().unwrap().len(), 4);
    let sea = app.get("/v1/memory/clusters/1?limit=3").await.json();
    assert_eq!(
        (sea["data"].as_array().unwrap().len(), &sea["has_more"]),
        (3, &json!(true))
    );
    assert!(
        sea["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|memory| memory["text"] == "stormy sea sailing")
    );
    let one = app.get("/v1/memory/clusters?limit=1").await.json();
    assert_eq!(one["data"].as_array().unwrap().len(), 1);
    for (path, status) in [
        ("/v1/memory/clusters/7", StatusCode::NOT_FOUND),
        ("/v1/memory/clusters/x", StatusCode::NOT_FOUND),
        ("/v1/memory/clusters?limit=0", StatusCode::BAD_REQUEST),
        ("/v1/memory/clusters?limit=-1", StatusCode::BAD_REQUEST),
        ("/v1/memory/clusters/0?limit=0", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(app.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn topics_are_found_anew_when_somebody_asks_for_it() {
    let app = TestApp::new();
    let save = async |text: &str| {
        app.post("/v1/memory", &json!({"text": text, "project": "novel"}))
            .await
    };
    for number in 0..8 {
        save(&format!("rye bread baking {number}")).await;
    }
    let known = app.get("/v1/memory/clusters?project=novel").await.json();
    assert_eq!(known["memories"], 8);
    save("one more").await;
    let anew = app.post("/v1/memory/clusters?project=novel", &json!({})).await;
    assert_eq!(
        (anew.status, &anew.json()["memories"]),
        (StatusCode::OK, &json!(9))
    );
    let later = app.get("/v1/memory/clusters?project=novel").await.json();
    assert_eq!(later, anew.json());
    let refused = app.post("/v1/memory/clusters?limit=33", &json!({})).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_number_out_of_range_in_a_query_is_answered_with_the_range() {
    let app = TestApp::new();
    for (path, field, range) in [
        ("/v1/memory/clusters?limit=-1", "limit", "1 to 32"),
        ("/v1/memory?limit=-1", "limit", "between 1 and 500"),
        ("/v1/memory?limit=501", "limit", "between 1 and 500"),
        ("/v1/memory?offset=-1", "offset", "0 or more"),
        ("/v1/conversations?limit=-7", "limit", "between 1 and 500"),
    ] {
        let answer = app.get(path).await;
        let error = answer.json()["error"].clone();
        assert_eq!(
            (answer.status, &error["param"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{path}"
        );
        assert!(
            error["message"].as_str().unwrap().contains(range),
            "{path}: {error}"
        );
    }
}
