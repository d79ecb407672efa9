//! What each route needs of whoever calls it. A test holds this table against the OpenAPI document, and a server with a
//! route that is not in it does not start.

use axum::http::Method;
use council_core::KeyScope;
use std::collections::HashMap;

/// What a route needs of whoever calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: whoever reaches the server may know it.
    Nothing,
    /// Nothing, and who calls is looked at all the same.
    Anybody,
    /// A key, whatever it allows, or to be on this machine.
    Key,
    /// A key with this scope, or to be on this machine.
    Scope(KeyScope),
}

use Need::{Anybody, Key, Nothing};
const CHAT: Need = Need::Scope(KeyScope::Chat);
const MEMORY: Need = Need::Scope(KeyScope::Memory);
const EXECUTE: Need = Need::Scope(KeyScope::Execute);
const ADMIN: Need = Need::Scope(KeyScope::Admin);

/// Method, path as in the OpenAPI document, need.
const NEEDS: &[(&str, &str, Need)] = &[
    ("GET", "/", Nothing),
    ("GET", "/health", Nothing),
    ("GET", "/healthz", Nothing),
    ("GET", "/readyz", Nothing),
    ("GET", "/openapi.json", Nothing),
    ("DELETE", "/v1/session", Anybody),
    ("GET", "/v1/session", Anybody),
    ("POST", "/v1/session", Anybody),
    ("GET", "/metrics", Key),
    ("GET", "/stats", Key),
    ("GET", "/v1/alerts", Key),
    ("GET", "/v1/metrics/history", Key),
    ("GET", "/v1/metrics/trend", Key),
    ("GET", "/v1/sandbox/status", Key),
    ("GET", "/v1/system", Key),
    ("POST", "/api/chat", CHAT),
    ("GET", "/budget", CHAT),
    ("POST", "/hybrid", CHAT),
    ("POST", "/hybrid/stream", CHAT),
    ("GET", "/models", CHAT),
    ("POST", "/orchestrate", CHAT),
    ("POST", "/v1/chat/completions", CHAT),
    ("POST", "/v1/completions", CHAT),
    ("GET", "/v1/conversations", CHAT),
    ("POST", "/v1/conversations", CHAT),
    ("GET", "/v1/conversations/export", CHAT),
    ("GET", "/v1/conversations/folders", CHAT),
    ("POST", "/v1/conversations/import", CHAT),
    ("POST", "/v1/conversations/search", CHAT),
    ("DELETE", "/v1/conversations/{id}", CHAT),
    ("GET", "/v1/conversations/{id}", CHAT),
    ("PATCH", "/v1/conversations/{id}", CHAT),
    ("POST", "/v1/conversations/{id}/attachments", CHAT),
    ("GET", "/v1/conversations/{id}/attachments/{attachment}", CHAT),
    ("POST", "/v1/conversations/{id}/context", CHAT),
    ("GET", "/v1/conversations/{id}/export", CHAT),
    ("GET", "/v1/conversations/{id}/messages", CHAT),
    ("POST", "/v1/conversations/{id}/search", CHAT),
    ("POST", "/v1/embeddings", CHAT),
    ("POST", "/v1/feedback", CHAT),
    ("GET", "/v1/ledger", CHAT),
    ("GET", "/v1/models", CHAT),
    ("GET", "/v1/models/catalog", CHAT),
    ("GET", "/v1/models/events", CHAT),
    ("GET", "/v1/models/{id}", CHAT),
    ("GET", "/v1/models/{id}/{name}", CHAT),
    ("GET", "/v1/router/calibration", CHAT),
    ("GET", "/v1/routes", CHAT),
    ("GET", "/v1/routes/{id}", CHAT),
    ("POST", "/v1/routes/{id}/replay", CHAT),
    ("GET", "/v1/tools", CHAT),
    ("POST", "/v1/tools/{name}", CHAT),
    ("GET", "/v1/turns", CHAT),
    ("DELETE", "/v1/turns/{request_id}", CHAT),
    ("GET", "/v1/turns/{request_id}/events", CHAT),
    ("POST", "/vote", CHAT),
    ("GET", "/ws", CHAT),
    ("DELETE", "/v1/knowledge", MEMORY),
    ("GET", "/v1/knowledge", MEMORY),
    ("POST", "/v1/knowledge", MEMORY),
    ("GET", "/v1/memory", MEMORY),
    ("POST", "/v1/memory", MEMORY),
    ("GET", "/v1/memory/agent-zero", MEMORY),
    ("POST", "/v1/memory/agent-zero", MEMORY),
    ("GET", "/v1/memory/clusters", MEMORY),
    ("POST", "/v1/memory/clusters", MEMORY),
    ("GET", "/v1/memory/clusters/{number}", MEMORY),
    ("GET", "/v1/memory/export", MEMORY),
    ("POST", "/v1/forget", MEMORY),
    ("POST", "/v1/memory/forget", MEMORY),
    ("POST", "/v1/memory/import", MEMORY),
    ("GET", "/v1/memory/profile", MEMORY),
    ("PUT", "/v1/memory/profile/{attribute}", MEMORY),
    ("POST", "/v1/memory/search", MEMORY),
    ("GET", "/v1/memory/stats", MEMORY),
    ("DELETE", "/v1/memory/{id}", MEMORY),
    ("GET", "/v1/memory/{id}", MEMORY),
    ("PATCH", "/v1/memory/{id}", MEMORY),
    ("GET", "/v1/memory/{id}/history", MEMORY),
    ("POST", "/v1/memory/{id}/undo", MEMORY),
    ("POST", "/v1/tools/memory_delete", MEMORY),
    ("POST", "/v1/tools/memory_forget", MEMORY),
    ("POST", "/v1/tools/memory_load", MEMORY),
    ("POST", "/v1/tools/memory_save", MEMORY),
    ("POST", "/v1/sandbox/run", EXECUTE),
    ("GET", "/v1/sandbox/sessions", EXECUTE),
    ("DELETE", "/v1/sandbox/sessions/{id}", EXECUTE),
    ("POST", "/v1/sandbox/sessions/{id}/interrupt", EXECUTE),
    ("POST", "/v1/sandbox/sessions/{id}/reset", EXECUTE),
    ("POST", "/admin/apikey/{provider}", ADMIN),
    ("GET", "/admin/audit", ADMIN),
    ("POST", "/admin/cap/{usd}", ADMIN),
    ("POST", "/admin/cloud/{bool}", ADMIN),
    ("POST", "/admin/drain/{host}/{bool}", ADMIN),
    ("POST", "/admin/local-only/{bool}", ADMIN),
    ("POST", "/admin/privacy/{kind}/{action}", ADMIN),
    ("GET", "/admin/status", ADMIN),
    ("GET", "/v1/audit", ADMIN),
    ("POST", "/v1/audit/{id}/undo", ADMIN),
    ("POST", "/v1/backup", ADMIN),
    ("GET", "/v1/egress", ADMIN),
    ("POST", "/v1/import", ADMIN),
    ("GET", "/v1/keys", ADMIN),
    ("POST", "/v1/keys", ADMIN),
    ("DELETE", "/v1/keys/{id}", ADMIN),
    ("POST", "/v1/models/pull", ADMIN),
    ("GET", "/v1/models/pulls", ADMIN),
    ("GET", "/v1/models/pulls/events", ADMIN),
    ("DELETE", "/v1/models/pulls/{id}", ADMIN),
    ("DELETE", "/v1/models/{id}", ADMIN),
    ("POST", "/v1/models/{id}/benchmark", ADMIN),
    ("POST", "/v1/models/{id}/load", ADMIN),
    ("POST", "/v1/models/{id}/unload", ADMIN),
    ("GET", "/v1/panic", ADMIN),
    ("POST", "/v1/panic", ADMIN),
    ("DELETE", "/v1/restore", ADMIN),
    ("GET", "/v1/restore", ADMIN),
    ("POST", "/v1/restore", ADMIN),
    ("GET", "/v1/retention", ADMIN),
    ("POST", "/v1/sandbox/selftest", ADMIN),
    ("GET", "/v1/sessions", ADMIN),
    ("DELETE", "/v1/sessions/{id}", ADMIN),
    ("GET", "/v1/settings", ADMIN),
    ("PATCH", "/v1/settings", ADMIN),
    ("DELETE", "/v1/settings/{key}", ADMIN),
    ("GET", "/v1/users", ADMIN),
    ("POST", "/v1/users", ADMIN),
    ("DELETE", "/v1/users/{name}", ADMIN),
];

/// The table, to be looked up.
pub(crate) struct Needs(HashMap<&'static str, Vec<(&'static str, Need)>>);

impl Needs {
    /// The needs of the operations of a document.
    ///
    /// # Errors
    /// The first operation that has no row, or row that has no operation.
    pub(super) fn of(document: &utoipa::openapi::OpenApi) -> Result<Self, String> {
        let value = serde_json::to_value(document).map_err(|error| error.to_string())?;
        let mut needs: HashMap<&str, Vec<(&str, Need)>> = HashMap::new();
        for &(method, path, need) in NEEDS {
            let operation = &value["paths"][path][method.to_ascii_lowercase()];
            if operation.is_null() {
                return Err(format!("`{method} {path}` needs something, and is no route"));
            }
            needs.entry(path).or_default().push((method, need));
        }
        let paths = value["paths"].as_object().into_iter().flatten();
        for (path, item) in paths {
            for method in item.as_object().into_iter().flat_map(|item| item.keys()) {
                let method = method.to_ascii_uppercase();
                let mut rows = needs.get(path.as_str()).into_iter().flatten();
                if !rows.any(|(known, _)| *known == method) {
                    return Err(format!(
                        "`{method} {path}` has no row in router/needs.rs that says what it needs"
                    ));
                }
            }
        }
        Ok(Self(needs))
    }

    /// What a request needs; a method that its path does not take is answered with that, and needs nothing.
    pub(crate) fn get(&self, method: &Method, path: &str) -> Need {
        let method = if method == Method::HEAD {
            Method::GET
        } else {
            method.clone()
        };
        let mut rows = self.0.get(path).into_iter().flatten();
        rows.find_map(|(known, need)| (*known == method.as_str()).then_some(*need))
            .unwrap_or(Nothing)
    }
}
