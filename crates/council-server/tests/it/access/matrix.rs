//! Every route of the OpenAPI document with every kind of key. The table is written down here a second time, so that a route
//! does not become public by one slip.

use super::{Network, from_elsewhere};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tower::ServiceExt as _;

/// Method, path, and what it takes: `nothing`, `anybody` (nothing, but no wrong key), `key` (of any scope), or a scope.
const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/", "nothing"),
    ("GET", "/health", "nothing"),
    ("GET", "/healthz", "nothing"),
    ("GET", "/readyz", "nothing"),
    ("GET", "/openapi.json", "nothing"),
    ("DELETE", "/v1/session", "anybody"),
    ("GET", "/v1/session", "anybody"),
    ("POST", "/v1/session", "anybody"),
    ("GET", "/metrics", "key"),
    ("GET", "/stats", "key"),
    ("GET", "/v1/alerts", "key"),
    ("GET", "/v1/metrics/history", "key"),
    ("GET", "/v1/metrics/trend", "key"),
    ("GET", "/v1/sandbox/status", "key"),
    ("GET", "/v1/system", "key"),
    ("POST", "/api/chat", "chat"),
    ("GET", "/budget", "chat"),
    ("POST", "/hybrid", "chat"),
    ("POST", "/hybrid/stream", "chat"),
    ("GET", "/models", "chat"),
    ("POST", "/orchestrate", "chat"),
    ("POST", "/v1/chat/completions", "chat"),
    ("POST", "/v1/completions", "chat"),
    ("GET", "/v1/conversations", "chat"),
    ("POST", "/v1/conversations", "chat"),
    ("GET", "/v1/conversations/export", "chat"),
    ("GET", "/v1/conversations/folders", "chat"),
    ("POST", "/v1/conversations/import", "chat"),
    ("POST", "/v1/conversations/search", "chat"),
    ("DELETE", "/v1/conversations/{id}", "chat"),
    ("GET", "/v1/conversations/{id}", "chat"),
    ("PATCH", "/v1/conversations/{id}", "chat"),
    ("POST", "/v1/conversations/{id}/attachments", "chat"),
    ("GET", "/v1/conversations/{id}/attachments/{attachment}", "chat"),
    ("POST", "/v1/conversations/{id}/context", "chat"),
    ("GET", "/v1/conversations/{id}/export", "chat"),
    ("GET", "/v1/conversations/{id}/messages", "chat"),
    ("POST", "/v1/conversations/{id}/search", "chat"),
    ("POST", "/v1/embeddings", "chat"),
    ("POST", "/v1/feedback", "chat"),
    ("GET", "/v1/ledger", "chat"),
    ("GET", "/v1/models", "chat"),
    ("GET", "/v1/models/catalog", "chat"),
    ("GET", "/v1/models/events", "chat"),
    ("GET", "/v1/models/{id}", "chat"),
    ("GET", "/v1/models/{id}/{name}", "chat"),
    ("GET", "/v1/router/calibration", "chat"),
    ("GET", "/v1/routes", "chat"),
    ("GET", "/v1/routes/{id}", "chat"),
    ("POST", "/v1/routes/{id}/replay", "chat"),
    ("GET", "/v1/tools", "chat"),
    ("POST", "/v1/tools/{name}", "chat"),
    ("GET", "/v1/turns", "chat"),
    ("DELETE", "/v1/turns/{request_id}", "chat"),
    ("GET", "/v1/turns/{request_id}/events", "chat"),
    ("POST", "/vote", "chat"),
    ("GET", "/ws", "chat"),
    ("DELETE", "/v1/knowledge", "memory"),
    ("GET", "/v1/knowledge", "memory"),
    ("POST", "/v1/knowledge", "memory"),
    ("GET", "/v1/memory", "memory"),
    ("POST", "/v1/memory", "memory"),
    ("GET", "/v1/memory/agent-zero", "memory"),
    ("POST", "/v1/memory/agent-zero", "memory"),
    ("GET", "/v1/memory/clusters", "memory"),
    ("POST", "/v1/memory/clusters", "memory"),
    ("GET", "/v1/memory/clusters/{number}", "memory"),
    ("GET", "/v1/memory/export", "memory"),
    ("POST", "/v1/memory/forget", "memory"),
    ("POST", "/v1/memory/import", "memory"),
    ("GET", "/v1/memory/profile", "memory"),
    ("PUT", "/v1/memory/profile/{attribute}", "memory"),
    ("POST", "/v1/memory/search", "memory"),
    ("GET", "/v1/memory/stats", "memory"),
    ("DELETE", "/v1/memory/{id}", "memory"),
    ("GET", "/v1/memory/{id}", "memory"),
    ("PATCH", "/v1/memory/{id}", "memory"),
    ("GET", "/v1/memory/{id}/history", "memory"),
    ("POST", "/v1/memory/{id}/undo", "memory"),
    ("POST", "/v1/tools/memory_delete", "memory"),
    ("POST", "/v1/tools/memory_forget", "memory"),
    ("POST", "/v1/tools/memory_load", "memory"),
    ("POST", "/v1/tools/memory_save", "memory"),
    ("POST", "/v1/sandbox/run", "execute"),
    ("GET", "/v1/sandbox/sessions", "execute"),
    ("DELETE", "/v1/sandbox/sessions/{id}", "execute"),
    ("POST", "/v1/sandbox/sessions/{id}/interrupt", "execute"),
    ("POST", "/v1/sandbox/sessions/{id}/reset", "execute"),
    ("POST", "/admin/apikey/{provider}", "admin"),
    ("GET", "/admin/audit", "admin"),
    ("POST", "/admin/cap/{usd}", "admin"),
    ("POST", "/admin/cloud/{bool}", "admin"),
    ("POST", "/admin/drain/{host}/{bool}", "admin"),
    ("POST", "/admin/local-only/{bool}", "admin"),
    ("POST", "/admin/privacy/{kind}/{action}", "admin"),
    ("GET", "/admin/status", "admin"),
    ("GET", "/v1/audit", "admin"),
    ("POST", "/v1/audit/{id}/undo", "admin"),
    ("POST", "/v1/backup", "admin"),
    ("GET", "/v1/egress", "admin"),
    ("POST", "/v1/forget", "memory"),
    ("POST", "/v1/import", "admin"),
    ("GET", "/v1/keys", "admin"),
    ("POST", "/v1/keys", "admin"),
    ("DELETE", "/v1/keys/{id}", "admin"),
    ("POST", "/v1/models/pull", "admin"),
    ("GET", "/v1/models/pulls", "admin"),
    ("GET", "/v1/models/pulls/events", "admin"),
    ("DELETE", "/v1/models/pulls/{id}", "admin"),
    ("DELETE", "/v1/models/{id}", "admin"),
    ("POST", "/v1/models/{id}/benchmark", "admin"),
    ("POST", "/v1/models/{id}/load", "admin"),
    ("POST", "/v1/models/{id}/unload", "admin"),
    ("GET", "/v1/panic", "admin"),
    ("POST", "/v1/panic", "admin"),
    ("DELETE", "/v1/restore", "admin"),
    ("GET", "/v1/restore", "admin"),
    ("POST", "/v1/restore", "admin"),
    ("GET", "/v1/retention", "admin"),
    ("POST", "/v1/sandbox/selftest", "admin"),
    ("GET", "/v1/sessions", "admin"),
    ("DELETE", "/v1/sessions/{id}", "admin"),
    ("GET", "/v1/settings", "admin"),
    ("PATCH", "/v1/settings", "admin"),
    ("DELETE", "/v1/settings/{key}", "admin"),
    ("GET", "/v1/users", "admin"),
    ("POST", "/v1/users", "admin"),
    ("DELETE", "/v1/users/{name}", "admin"),
];

#[test]
fn every_route_of_the_document_has_its_row_and_no_row_is_without_a_route() {
    let document = council_server::openapi().unwrap();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            documented.insert(format!("{} {path}", method.to_ascii_uppercase()));
        }
    }
    let rows: Vec<String> = ROUTES
        .iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    let known: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(rows.len(), known.len(), "a route has two rows");
    assert_eq!(known, documented);
}

/// Whether a request is let in, and the code of its refusal otherwise.
async fn outcome(network: &Network, method: &str, path: &str, key: Option<&str>) -> (StatusCode, String) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    // Whatever stands for an id: who is let in is decided before it is looked for.
    let path = path.replace(['{', '}'], "");
    let body = if method == Method::GET {
        Value::Null
    } else {
        json!({})
    };
    let request = from_elsewhere(method, &path, key, &body);
    let response = network.app.router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    // A stream that was let in does not end.
    let refusal = if matches!(status.as_u16(), 401 | 403 | 429) {
        let body = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        body["error"]["code"].as_str().unwrap().to_owned()
    } else {
        "let in".to_owned()
    };
    (status, refusal)
}

#[tokio::test]
async fn every_route_lets_in_whom_it_is_for_and_nobody_else() {
    let network = Network::new().await;
    let mut keys = vec![("no key", None)];
    let expiring = json!({"name": "x", "scopes": ["chat", "memory", "execute", "admin"], "expires_in_s": 60});
    keys.push(("expired", Some(network.key(&expiring).await.1)));
    network.later(Duration::from_secs(61));
    let (id, revoked) = network
        .key(&json!({"name": "x", "scopes": ["chat", "memory", "execute", "admin"]}))
        .await;
    network.app.delete(&format!("/v1/keys/{id}")).await.ok();
    keys.push(("revoked", Some(revoked)));
    keys.push(("without scopes", Some(network.key_with(&[]).await)));
    for scope in ["chat", "memory", "execute", "admin"] {
        keys.push((scope, Some(network.key_with(&[scope]).await)));
    }
    keys.push((
        "all",
        Some(network.key_with(&["chat", "memory", "execute", "admin"]).await),
    ));
    let mut wrong = Vec::new();
    for (method, path, need) in ROUTES {
        for (name, key) in &keys {
            let expected = match (*need, *name) {
                ("nothing", _) | ("anybody", "no key") => "let in",
                (_, "expired" | "revoked" | "no key") => "unauthorized",
                ("anybody" | "key", _) | (_, "all") => "let in",
                (need, name) if need == name => "let in",
                _ => "forbidden",
            };
            let (status, found) = outcome(&network, method, path, key.as_deref()).await;
            let status_fits = match expected {
                "unauthorized" => status == StatusCode::UNAUTHORIZED,
                "forbidden" => status == StatusCode::FORBIDDEN,
                _ => true,
            };
            if found != expected || !status_fits {
                wrong.push(format!(
                    "{method} {path} with {name}: {found} ({status}), not {expected}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
