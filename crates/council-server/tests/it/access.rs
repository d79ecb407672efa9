//! Who is let in: every route of the OpenAPI document with every kind of key, sessions, keys and users over HTTP.

mod matrix;
mod open;
mod users;

use crate::app::{Answer, TestApp, request};
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode};
use council_core::access::naive::NaiveAccess;
use council_core::{Clock, Timestamp};
use council_server::{Access, AccessRules, HashCost, HostPolicy, PeerAddr};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

struct HandClock(Mutex<Timestamp>);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A server that other machines reach.
struct Network {
    app: TestApp,
    clock: Arc<HandClock>,
    store: Arc<NaiveAccess>,
}

impl Network {
    async fn new() -> Self {
        let rules = AccessRules {
            loopback: false,
            ..AccessRules::default()
        };
        Self::with(rules, HostPolicy::network()).await
    }

    async fn with(rules: AccessRules, hosts: HostPolicy) -> Self {
        let clock = Arc::new(HandClock(Mutex::new(Timestamp::from_millis(1_000_000_000))));
        let store = Arc::<NaiveAccess>::default();
        // As cheap as it can be: what it costs is no matter of these tests.
        let cost = HashCost {
            memory_kib: 8,
            passes: 1,
        };
        let rules = AccessRules { cost, ..rules };
        let access = Access::open(store.clone(), clock.clone(), rules).await.unwrap();
        let app = TestApp::with(|parts| council_server::ServerParts {
            access: Some(Arc::new(access)),
            hosts,
            ..parts
        });
        Self { app, clock, store }
    }

    fn later(&self, time: Duration) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.after(time);
    }

    /// Makes a key as the owner, in this process; its id and the key itself.
    async fn key(&self, fields: &Value) -> (String, String) {
        let made = self.app.post("/v1/keys", fields).await.ok();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["key"]["id"]), text(&made["secret"]))
    }

    async fn key_with(&self, scopes: &[&str]) -> String {
        self.key(&json!({"name": "test", "scopes": scopes})).await.1
    }

    /// A request from another machine, with a key or without.
    async fn ask(&self, method: Method, path: &str, key: Option<&str>, body: &Value) -> Answer {
        self.app.send(from_elsewhere(method, path, key, body)).await
    }

    async fn get(&self, path: &str, key: &str) -> Answer {
        self.ask(Method::GET, path, Some(key), &Value::Null).await
    }
}

fn from_elsewhere(method: Method, path: &str, key: Option<&str>, body: &Value) -> Request<Body> {
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    let mut request = from("192.0.2.7:5000", request(method, path, body));
    if let Some(key) = key {
        let bearer = HeaderValue::from_str(&format!("Bearer {key}")).unwrap();
        request.headers_mut().insert("authorization", bearer);
    }
    request
}

fn from(peer: &str, mut request: Request<Body>) -> Request<Body> {
    request.extensions_mut().insert(PeerAddr(peer.parse().unwrap()));
    request
}

fn code(answer: &Answer) -> String {
    answer.json()["error"]["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_misspelt_end_makes_no_key_that_lasts_for_ever() {
    let network = Network::new().await;
    let (_, admin) = network.key(&json!({"name": "admin", "scopes": ["admin"]})).await;
    let order = json!({"name": "phone", "scopes": ["chat"], "expires_at": "tomorrow"});
    let refused = network.ask(Method::POST, "/v1/keys", Some(&admin), &order).await;
    assert_eq!(
        (refused.status, code(&refused)),
        (StatusCode::BAD_REQUEST, "invalid_request".to_owned())
    );
    assert!(refused.text().contains("expires_in_s"), "{}", refused.text());
    let listed = network.get("/v1/keys", &admin).await.ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_is_told_once_and_listed_without_its_secret() {
    let network = Network::new().await;
    let (id, secret) = network
        .key(
            &json!({"name": "laptop", "scopes": ["chat", "admin"], "expires_in_s": 3_600, "daily_usd": 1.5,
                     "per_minute": 30}),
        )
        .await;
    assert!(secret.starts_with(&format!("cnc_{id}_")));
    let listed = network.get("/v1/keys", &secret).await;
    assert!(!listed.text().contains(secret.rsplit('_').next().unwrap()));
    assert_eq!(
        listed.ok()["data"],
        json!([{
            "id": id, "object": "key", "name": "laptop", "user": "local", "scopes": ["chat", "admin"],
            "state": "active", "created_at": 1_000_000.0, "expires_at": 1_003_600.0, "revoked_at": null,
            "last_used_at": 1_000_000.0, "daily_usd": 1.5, "per_minute": 30
        }])
    );
    let revoked = network
        .ask(
            Method::DELETE,
            &format!("/v1/keys/{id}"),
            Some(&secret),
            &Value::Null,
        )
        .await;
    assert_eq!(revoked.ok()["state"], "revoked");
    let after = network.get("/v1/keys", &secret).await;
    assert_eq!(
        (after.status, code(&after)),
        (StatusCode::UNAUTHORIZED, "unauthorized".to_owned())
    );
    let audit = network.store.audit();
    assert_eq!(audit[0], format!("key.{id} added by in process"));
    assert_eq!(audit[1], format!("key.{id} revoked by local (key {id})"));
}

#[tokio::test]
async fn what_is_wrong_with_a_new_key_is_said_by_field() {
    let network = Network::new().await;
    for (body, field) in [
        (json!({"scopes": []}), "name"),
        (json!({"name": " ", "scopes": []}), "name"),
        (json!({"name": "x"}), "scopes"),
        (json!({"name": "x", "scopes": ["root"]}), "scopes"),
        (json!({"name": "x", "scopes": [], "user": "nobody"}), "user"),
        (
            json!({"name": "x", "scopes": [], "expires_in_s": 5}),
            "expires_in_s",
        ),
        (json!({"name": "x", "scopes": [], "daily_usd": -1}), "daily_usd"),
        (json!({"name": "x", "scopes": [], "per_minute": 0}), "per_minute"),
    ] {
        let refused = network.app.post("/v1/keys", &body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(refused.json()["error"]["param"], field, "{body}");
    }
    let unknown = network.app.delete("/v1/keys/none").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn users_are_added_listed_and_removed_with_their_keys() {
    let network = Network::new().await;
    let added = network.app.post("/v1/users", &json!({"name": "anna"})).await.ok();
    assert_eq!(added["active_keys"], 0);
    let again = network.app.post("/v1/users", &json!({"name": "anna"})).await;
    assert_eq!(code(&again), "conflict");
    let (_, secret) = network
        .key(&json!({"name": "phone", "user": "anna", "scopes": ["chat"]}))
        .await;
    let users = network.app.get("/v1/users").await.ok();
    assert_eq!(users["data"][0]["name"], "local");
    assert_eq!(users["data"][0]["owner"], true);
    assert_eq!(users["data"][1]["name"], "anna");
    assert_eq!(users["data"][1]["active_keys"], 1);
    assert_eq!(network.get("/v1/session", &secret).await.ok()["user"], "anna");
    network.app.delete("/v1/users/anna?data=keep").await.ok();
    assert_eq!(
        network.get("/v1/models", &secret).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        network.app.delete("/v1/users/anna?data=keep").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_session_stands_for_its_key_until_it_is_closed() {
    let network = Network::new().await;
    let (id, secret) = network
        .key(&json!({"name": "browser", "scopes": ["chat"], "expires_in_s": 7_200}))
        .await;
    let nobody = network
        .ask(Method::GET, "/v1/session", None, &Value::Null)
        .await
        .ok();
    assert_eq!(
        nobody,
        json!({"object": "session", "authenticated": false, "key_required": true, "by": null, "user": null,
               "scopes": [], "key": null, "expires_at": null})
    );
    let body = json!({ "key": secret });
    let opened = network.ask(Method::POST, "/v1/session", None, &body).await;
    let cookie = opened.header("set-cookie").to_owned();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Max-Age=7200; HttpOnly; SameSite=Strict");
    assert_eq!(opened.header("cache-control"), "no-store");
    assert!(!opened.text().contains(pair), "the token is in the cookie only");
    assert_eq!(
        opened.ok(),
        json!({"object": "session", "authenticated": true, "key_required": true, "by": "session", "user": "local",
               "scopes": ["chat"], "key": {"id": id, "name": "browser"}, "expires_at": 1_007_200.0})
    );
    let with_cookie = |method: Method, path: &str| {
        let mut request = from_elsewhere(method, path, None, &Value::Null);
        request
            .headers_mut()
            .insert("cookie", HeaderValue::from_str(pair).unwrap());
        request
    };
    let models = network.app.send(with_cookie(Method::GET, "/v1/models")).await;
    assert_eq!(models.status, StatusCode::OK);
    let settings = network.app.send(with_cookie(Method::GET, "/v1/settings")).await;
    assert_eq!(code(&settings), "forbidden");
    let mut foreign = with_cookie(Method::POST, "/v1/conversations");
    foreign
        .headers_mut()
        .insert("origin", HeaderValue::from_static("https://evil.example"));
    let foreign = network.app.send(foreign).await;
    assert_eq!(
        code(&foreign),
        "forbidden",
        "a page elsewhere does not write with it"
    );
    let closed = network.app.send(with_cookie(Method::DELETE, "/v1/session")).await;
    assert!(
        closed
            .header("set-cookie")
            .starts_with("council-session=; Path=/; Max-Age=0")
    );
    assert_eq!(closed.ok()["authenticated"], false);
    let models = network.app.send(with_cookie(Method::GET, "/v1/models")).await;
    assert_eq!(code(&models), "unauthorized");
}

#[tokio::test]
async fn sessions_are_listed_without_their_tokens_and_each_can_be_ended_from_elsewhere() {
    let network = Network::new().await;
    let (id, secret) = network.key(&json!({"name": "browser", "scopes": ["chat"]})).await;
    let open = async || {
        let opened = network
            .ask(Method::POST, "/v1/session", None, &json!({ "key": secret }))
            .await;
        let cookie = opened.header("set-cookie").to_owned();
        cookie.split_once("; ").unwrap().0.to_owned()
    };
    let works = async |cookie: &str| {
        let mut request = from_elsewhere(Method::GET, "/v1/models", None, &Value::Null);
        let value = HeaderValue::from_str(cookie).unwrap();
        request.headers_mut().insert("cookie", value);
        network.app.send(request).await.status == StatusCode::OK
    };
    let (one, other) = (open().await, open().await);
    let list = network.app.get("/v1/sessions").await;
    for cookie in [&one, &other] {
        let (_, token) = cookie.split_once('=').unwrap();
        assert!(!list.text().contains(token), "{}", list.text());
    }
    let sessions = list.ok()["data"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 2);
    for session in &sessions {
        assert_eq!(
            (&session["user"], &session["key"], &session["current"]),
            (
                &json!("local"),
                &json!({"id": id, "name": "browser"}),
                &json!(false)
            )
        );
    }
    let ended = sessions[0]["id"].as_str().unwrap();
    network.app.delete(&format!("/v1/sessions/{ended}")).await.ok();
    assert_ne!(works(&one).await, works(&other).await, "one of them has ended");
    assert_eq!(
        network.app.get("/v1/sessions").await.ok()["data"],
        json!([sessions[1]])
    );
    let twice = network.app.delete(&format!("/v1/sessions/{ended}")).await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_session_over_https_has_a_cookie_for_https_only() {
    let network = Network::new().await;
    let secret = network.key_with(&["chat"]).await;
    let mut request = from_elsewhere(Method::POST, "/v1/session", None, &json!({ "key": secret }));
    request
        .headers_mut()
        .insert("x-forwarded-proto", HeaderValue::from_static("https"));
    let opened = network.app.send(request).await;
    assert!(opened.header("set-cookie").ends_with("; SameSite=Strict; Secure"));
}

#[tokio::test]
async fn who_guesses_at_the_door_is_told_how_long_to_wait() {
    let network = Network::new().await;
    let body = json!({"key": format!("cnc_{}_{}", "0".repeat(12), "0".repeat(64))});
    for _ in 0..5 {
        let wrong = network.ask(Method::POST, "/v1/session", None, &body).await;
        assert_eq!(code(&wrong), "unauthorized");
        assert_eq!(wrong.header("www-authenticate"), "Bearer realm=\"council\"");
    }
    let locked = network.ask(Method::POST, "/v1/session", None, &body).await;
    assert_eq!(
        (locked.status, code(&locked)),
        (StatusCode::TOO_MANY_REQUESTS, "rate_limited".to_owned())
    );
    assert_eq!(locked.header("retry-after"), "1");
    assert_eq!(
        network.get("/v1/models", "cnc_other").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
}

#[tokio::test]
async fn a_key_and_an_address_may_ask_so_often_in_a_minute() {
    let rules = AccessRules {
        loopback: false,
        per_key: 2,
        per_address: 3,
        ..AccessRules::default()
    };
    let network = Network::with(rules, HostPolicy::network()).await;
    let secret = network.key_with(&["chat"]).await;
    for _ in 0..2 {
        network.get("/v1/models", &secret).await.ok();
    }
    let refused = network.get("/v1/models", &secret).await;
    assert_eq!(
        (refused.status, code(&refused)),
        (StatusCode::TOO_MANY_REQUESTS, "rate_limited".to_owned())
    );
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    for _ in 0..3 {
        network.ask(Method::GET, "/health", None, &Value::Null).await.ok();
    }
    let refused = network.ask(Method::GET, "/health", None, &Value::Null).await;
    assert_eq!(code(&refused), "rate_limited");
    let metrics = network.app.get("/metrics").await;
    assert!(
        metrics
            .text()
            .contains("council_http_refused_total{code=\"rate_limited\"} 2")
    );
}

#[tokio::test]
async fn other_apis_clients_on_this_machine_are_let_in_with_whatever_key_they_send() {
    let app = TestApp::new();
    for (name, value) in [
        ("authorization", "Bearer sk-none"),
        ("x-api-key", "none"),
        ("authorization", "Basic eDp5"),
    ] {
        let mut asked = from(
            "127.0.0.1:5000",
            request(Method::GET, "/v1/models", Body::empty()),
        );
        asked.headers_mut().insert(name, HeaderValue::from_static(value));
        app.send(asked).await.ok();
    }
    let who = app
        .send(from(
            "127.0.0.1:5000",
            request(Method::GET, "/v1/session", Body::empty()),
        ))
        .await
        .ok();
    assert_eq!((&who["by"], &who["user"]), (&json!("owner"), &json!("local")));
    assert_eq!(who["scopes"], json!(["chat", "memory", "execute", "admin"]));
    let elsewhere = app
        .send(from_elsewhere(
            Method::GET,
            "/v1/models",
            Some("sk-none"),
            &Value::Null,
        ))
        .await;
    assert_eq!(code(&elsewhere), "unauthorized");
}

#[tokio::test]
async fn pages_of_configured_origins_may_call_and_no_others() {
    let hosts = HostPolicy {
        allowed_origins: vec!["https://app.example".to_owned()],
        allowed_hosts: vec!["council.example".to_owned()],
        ..HostPolicy::network()
    };
    let rules = AccessRules {
        loopback: false,
        ..AccessRules::default()
    };
    let network = Network::with(rules, hosts).await;
    let secret = network.key_with(&["chat"]).await;
    let call = |method: Method, origin: &'static str, host: &'static str| {
        let mut asked = from_elsewhere(method, "/v1/conversations", Some(&secret), &json!({}));
        asked
            .headers_mut()
            .insert("origin", HeaderValue::from_static(origin));
        asked.headers_mut().insert("host", HeaderValue::from_static(host));
        asked
    };
    let allowed = network
        .app
        .send(call(Method::POST, "https://app.example", "council.example"))
        .await;
    assert_eq!(allowed.status, StatusCode::OK, "{}", allowed.text());
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        "https://app.example"
    );
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    let mut preflight = call(Method::OPTIONS, "https://app.example", "council.example");
    preflight.headers_mut().remove("authorization");
    preflight
        .headers_mut()
        .insert("access-control-request-method", HeaderValue::from_static("POST"));
    let preflight = network.app.send(preflight).await;
    assert_eq!(preflight.status, StatusCode::NO_CONTENT);
    assert!(
        preflight
            .header("access-control-allow-headers")
            .contains("authorization")
    );
    let foreign = network
        .app
        .send(call(Method::POST, "https://evil.example", "council.example"))
        .await;
    assert_eq!(code(&foreign), "forbidden");
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    let renamed = network
        .app
        .send(call(Method::GET, "https://app.example", "evil.example"))
        .await;
    assert_eq!(code(&renamed), "forbidden");
    let closed = Network::new().await;
    let read = closed
        .app
        .send(call(Method::GET, "https://app.example", "council.example"))
        .await;
    assert_eq!(read.header("access-control-allow-origin"), "");
}
