//! What one user has, another does not see: it does not exist.

use super::{Network, code, from_elsewhere};
use crate::fakes::Step;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const ALL: [&str; 4] = ["chat", "memory", "execute", "admin"];

/// A server with the users anna and ben, and a key of each with every scope.
async fn two() -> (Network, String, String) {
    let network = Network::new().await;
    let mut keys = Vec::new();
    for user in ["anna", "ben"] {
        network.app.post("/v1/users", &json!({ "name": user })).await.ok();
        keys.push(
            network
                .key(&json!({"name": user, "user": user, "scopes": ALL}))
                .await
                .1,
        );
    }
    let ben = keys.pop().unwrap();
    (network, keys.pop().unwrap(), ben)
}

/// Everything that anna has.
struct Annas {
    request: String,
    message: i64,
    attachment: String,
    memory: String,
}

async fn annas(network: &Network, anna: &str) -> Annas {
    network.app.answer([Step::Say("the vault code is 4711")]);
    let body = json!({"prompt": "what is my secret?", "session_id": "diary"});
    let said = network
        .ask(Method::POST, "/api/chat", Some(anna), &body)
        .await
        .ok();
    let messages = network.get("/v1/conversations/diary/messages", anna).await.ok();
    let body = json!({"name": "secret.txt", "text": "the vault is in Oslo"});
    let attached = network
        .ask(
            Method::POST,
            "/v1/conversations/diary/attachments",
            Some(anna),
            &body,
        )
        .await
        .ok();
    let body = json!({"text": "the vault opens at nine"});
    let saved = network
        .ask(Method::POST, "/v1/memory", Some(anna), &body)
        .await
        .ok();
    let body = json!({"name": "plan.txt", "text": "the vault plan"});
    network
        .ask(Method::POST, "/v1/knowledge", Some(anna), &body)
        .await
        .ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Annas {
        request: text(&said["request_id"]),
        message: messages["data"][0]["id"].as_i64().unwrap(),
        attachment: text(&attached["data"][0]["id"]),
        memory: text(&saved["id"]),
    }
}

#[tokio::test]
async fn another_users_things_do_not_exist() {
    let (network, anna, ben) = two().await;
    let theirs = annas(&network, &anna).await;
    let Annas { request, memory, .. } = &theirs;
    let things = [
        ("GET", "/v1/conversations/diary".to_owned(), Value::Null),
        (
            "PATCH",
            "/v1/conversations/diary".to_owned(),
            json!({"title": "mine now"}),
        ),
        ("DELETE", "/v1/conversations/diary".to_owned(), json!({})),
        ("GET", "/v1/conversations/diary/messages".to_owned(), Value::Null),
        ("GET", "/v1/conversations/diary/export".to_owned(), Value::Null),
        ("GET", format!("/v1/routes/{request}"), Value::Null),
        ("POST", format!("/v1/routes/{request}/replay"), json!({})),
        (
            "POST",
            "/v1/feedback".to_owned(),
            json!({"request_id": request, "rating": "up"}),
        ),
        ("GET", format!("/v1/turns/{request}/events"), Value::Null),
        ("DELETE", format!("/v1/turns/{request}"), json!({})),
        ("GET", format!("/v1/memory/{memory}"), Value::Null),
        ("PATCH", format!("/v1/memory/{memory}"), json!({"pinned": true})),
        ("GET", format!("/v1/memory/{memory}/history"), Value::Null),
        ("POST", format!("/v1/memory/{memory}/undo"), json!({})),
        ("DELETE", format!("/v1/memory/{memory}"), json!({})),
        ("DELETE", "/v1/knowledge?source=plan.txt".to_owned(), json!({})),
        (
            "POST",
            "/api/chat".to_owned(),
            json!({"prompt": "?", "session_id": "diary", "attachments": [theirs.attachment]}),
        ),
        (
            "POST",
            "/api/chat".to_owned(),
            json!({"session_id": "diary", "regenerate": theirs.message}),
        ),
    ];
    for (method, path, body) in &things {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = network.ask(method.clone(), path, Some(&ben), body).await;
        assert_eq!(
            answer.status,
            StatusCode::NOT_FOUND,
            "{method} {path}: {}",
            answer.text()
        );
        assert_eq!(code(&answer), "not_found", "{method} {path}");
        assert!(!answer.text().contains("vault"), "{method} {path}");
    }
    // And all of it is still there.
    network.get("/v1/conversations/diary", &anna).await.ok();
    network.get(&format!("/v1/memory/{memory}"), &anna).await.ok();
    network.get(&format!("/v1/routes/{request}"), &anna).await.ok();
}

#[tokio::test]
async fn no_list_search_export_or_count_tells_of_another_user() {
    let (network, anna, ben) = two().await;
    annas(&network, &anna).await;
    // Without a word that is looked for below: some answers say the question again.
    let search = json!({"query": "opens at nine"});
    let reads = [
        ("GET", "/v1/conversations", Value::Null),
        ("GET", "/v1/conversations/folders", Value::Null),
        ("GET", "/v1/conversations/export", Value::Null),
        ("POST", "/v1/conversations/search", search.clone()),
        ("GET", "/v1/memory", Value::Null),
        ("POST", "/v1/memory/search", search.clone()),
        ("POST", "/v1/memory/forget", search.clone()),
        ("GET", "/v1/memory/export", Value::Null),
        ("GET", "/v1/memory/profile", Value::Null),
        ("GET", "/v1/memory/clusters", Value::Null),
        ("GET", "/v1/knowledge", Value::Null),
        ("GET", "/v1/routes", Value::Null),
        ("GET", "/v1/ledger", Value::Null),
        ("GET", "/v1/turns", Value::Null),
        ("GET", "/v1/memory/agent-zero", Value::Null),
        ("POST", "/v1/tools/memory_load", search),
    ];
    for (method, path, body) in &reads {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let of_ben = network
            .app
            .send(from_elsewhere(method.clone(), path, Some(&ben), body))
            .await;
        assert_eq!(of_ben.status, StatusCode::OK, "{method} {path}");
        let text = String::from_utf8_lossy(&of_ben.body);
        for word in ["vault", "diary", "/api/chat", "plan.txt"] {
            assert!(!text.contains(word), "{method} {path} tells `{word}`: {text}");
        }
        // The owner of the machine is a user like others.
        let of_owner = network
            .app
            .send(crate::app::request(method.clone(), path, body.to_string().into()))
            .await;
        let text = String::from_utf8_lossy(&of_owner.body);
        assert!(
            !text.contains("vault") && !text.contains("diary"),
            "{method} {path}: {text}"
        );
    }
    let stats = network.get("/v1/memory/stats", &ben).await.ok();
    assert_eq!(stats["memories"], 0, "{stats}");
    let budget = network.get("/budget", &ben).await.ok();
    assert_eq!(budget["requests_today"], 0, "{budget}");
    let budget = network.get("/budget", &anna).await.ok();
    assert_eq!(budget["requests_today"], 1, "{budget}");
}

#[tokio::test]
async fn two_users_have_conversations_of_the_same_name() {
    let (network, anna, ben) = two().await;
    annas(&network, &anna).await;
    network.app.answer([Step::Say("hello Ben")]);
    let body = json!({"prompt": "who am I?", "session_id": "diary"});
    network
        .ask(Method::POST, "/api/chat", Some(&ben), &body)
        .await
        .ok();
    let asked = network
        .app
        .models
        .script
        .requests
        .lock()
        .unwrap()
        .last()
        .cloned()
        .unwrap();
    assert!(
        !format!("{asked:?}").contains("vault"),
        "nothing of anna's is in the prompt: {asked:?}"
    );
    let bens = network.get("/v1/conversations/diary/messages", &ben).await.ok();
    assert_eq!(bens["data"].as_array().unwrap().len(), 2);
    network
        .ask(Method::DELETE, "/v1/conversations/diary", Some(&ben), &json!({}))
        .await
        .ok();
    network.get("/v1/conversations/diary", &anna).await.ok();
}

#[tokio::test]
async fn a_key_without_a_scope_does_not_get_round_it_through_a_chat() {
    let network = Network::new().await;
    let memory = network.key_with(&["chat", "memory"]).await;
    let body = json!({"text": "the vault opens at nine"});
    network
        .ask(Method::POST, "/v1/memory", Some(&memory), &body)
        .await
        .ok();
    let chat = network.key_with(&["chat"]).await;
    network.app.answer([Step::Say("ok")]);
    let body = json!({"prompt": "when does the vault open?", "session_id": "s"});
    let said = network
        .ask(Method::POST, "/api/chat", Some(&chat), &body)
        .await
        .ok();
    assert!(!said.to_string().contains("nine"), "{said}");
    let asked = network
        .app
        .models
        .script
        .requests
        .lock()
        .unwrap()
        .last()
        .cloned()
        .unwrap();
    assert!(!format!("{asked:?}").contains("nine"), "{asked:?}");
    for body in [
        json!({"prompt": "?", "session_id": "s", "memory": "on"}),
        json!({"prompt": "?", "session_id": "s", "tools": ["memory_load"]}),
    ] {
        let refused = network.ask(Method::POST, "/api/chat", Some(&chat), &body).await;
        assert_eq!(code(&refused), "forbidden", "{body}");
        assert!(refused.text().contains("`memory`"), "{}", refused.text());
    }
    let tool = network
        .ask(
            Method::POST,
            "/v1/tools/memory_load",
            Some(&chat),
            &json!({"query": "vault"}),
        )
        .await;
    assert_eq!(code(&tool), "forbidden");
}
