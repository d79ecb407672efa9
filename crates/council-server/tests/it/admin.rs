//! Switches, caps, keys and the egress ledger over HTTP.

use crate::app::TestApp;
use crate::fakes::{Step, StoppedClock};
use async_trait::async_trait;
use axum::http::StatusCode;
use council_agent::{EgressPolicy, LiveSettings};
use council_core::egress::Purpose;
use council_core::egress::naive::NaiveEgress;
use council_core::privacy::{Outgoing, OutgoingMessage, OutgoingPart};
use council_core::settings::naive::NaiveSettings;
use council_core::{
    BreakerState, Carried, EgressLog, EgressOutcome, Found, KeyError, ModelError, NewEgress, PrivacyKind,
    ProviderHealth, Providers, Secret, Timestamp,
};
use council_server::Control;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Default)]
struct Kept {
    drained: AtomicBool,
    keys: Mutex<Vec<(String, String)>>,
}

#[async_trait]
impl Providers for Kept {
    fn health(&self) -> Vec<ProviderHealth> {
        vec![ProviderHealth {
            name: "acme".to_owned(),
            host: "api.example.org".to_owned(),
            local: false,
            has_key: true,
            state: BreakerState::Open {
                retry_after: Duration::from_secs(15),
            },
            last_success: None,
            last_error: Some((
                Timestamp::from_millis(5_000),
                "acme failed: it answered 500".to_owned(),
            )),
            usage_estimated: 2,
            up: Some(true),
            draining: self.drained.load(Ordering::Relaxed),
            running: 3,
        }]
    }

    async fn set_key(&self, provider: &str, key: Secret) -> Result<(), KeyError> {
        if provider != "acme" {
            return Err(KeyError::Unknown {
                name: provider.to_owned(),
                known: "acme".to_owned(),
            });
        }
        self.keys
            .lock()
            .unwrap()
            .push((provider.to_owned(), key.expose().to_owned()));
        Ok(())
    }

    fn drain(&self, host: &str, draining: bool) -> bool {
        self.drained.store(draining, Ordering::Relaxed);
        host == "api.example.org"
    }
}

/// A ledger with two calls of a model, a pull, and something that was refused.
async fn ledger() -> Arc<NaiveEgress> {
    let ledger = NaiveEgress::default();
    let line = |model: &str, host: &str, purpose: &str| NewEgress {
        started_at: Timestamp::from_millis(1_500),
        request_id: "req_1".to_owned(),
        model: model.to_owned(),
        host: host.to_owned(),
        purpose: purpose.to_owned(),
        sent_bytes: 120,
        redacted: Vec::new(),
    };
    let carried = |requests, sent_bytes, received_bytes| Carried {
        requests,
        sent_bytes,
        received_bytes,
    };
    let refused = ledger.begin(line("", "elsewhere.example", "pull")).await.unwrap();
    ledger.end(refused, 0, EgressOutcome::Refused).await.unwrap();
    let pull = ledger.begin(line("", "hub.example", "pull")).await.unwrap();
    ledger.add(pull, carried(1, 0, 5_000)).await.unwrap();
    for _ in 0..2 {
        let call = NewEgress {
            redacted: vec![Found {
                kind: PrivacyKind::Email,
                count: 1,
            }],
            ..line("big", "api.example.org", "turn")
        };
        let id = ledger.begin(call).await.unwrap();
        ledger.add(id, carried(2, 300, 900)).await.unwrap();
        ledger.end(id, 30, EgressOutcome::Completed).await.unwrap();
    }
    Arc::new(ledger)
}

async fn app() -> (TestApp, Arc<Kept>) {
    let kept = Arc::new(Kept::default());
    let settings = LiveSettings::open(
        Arc::<NaiveSettings>::default(),
        Arc::new(StoppedClock),
        EgressPolicy::default(),
    )
    .await
    .unwrap();
    let control = Control {
        settings,
        egress: ledger().await,
        providers: kept.clone(),
    };
    let app = TestApp::with(|parts| council_server::ServerParts {
        control: Some(control),
        ..parts
    });
    (app, kept)
}

#[tokio::test]
async fn the_status_tells_the_switches_and_the_providers() {
    let (app, _) = app().await;
    insta::assert_json_snapshot!("admin_status", app.get("/admin/status").await.ok());
}

#[tokio::test]
async fn switches_and_caps_are_set_and_each_change_is_in_the_audit() {
    let (app, _) = app().await;
    let nothing = json!({});
    for path in [
        "/admin/cloud/true",
        "/admin/local-only/true",
        "/admin/cap/2.50",
        "/admin/privacy/email/ask",
    ] {
        app.post(path, &nothing).await.ok();
    }
    let status = app.get("/admin/status").await.ok();
    assert_eq!(
        (
            &status["cloud_enabled"],
            &status["local_only"],
            &status["budget_usd"],
            &status["privacy"]["email"]
        ),
        (&json!(true), &json!(true), &json!(2.5), &json!("ask"))
    );
    let audit = app.get("/admin/audit").await.ok();
    let settings: Vec<&Value> = audit["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["setting"])
        .collect();
    assert_eq!(
        settings,
        [
            "privacy.email",
            "budget.daily_usd",
            "cloud.local_only",
            "cloud.enabled"
        ]
    );
}

#[tokio::test]
async fn values_that_are_none_are_refused_by_name() {
    let (app, _) = app().await;
    for (path, param) in [
        ("/admin/cloud/maybe", "bool"),
        ("/admin/local-only/1", "bool"),
        ("/admin/cap/-1", "usd"),
        ("/admin/cap/NaN", "usd"),
        ("/admin/cap/1e9", "usd"),
        ("/admin/privacy/weather/ask", "kind"),
        ("/admin/privacy/email/shout", "action"),
        ("/admin/drain/api.example.org/soon", "bool"),
    ] {
        let answer = app.post(path, &json!({})).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer.json()["error"]["param"], param, "{path}");
    }
}

#[tokio::test]
async fn a_key_is_taken_and_never_told() {
    let (app, kept) = app().await;
    let answer = app.post("/admin/apikey/acme", &json!({"key": "sk-secret"})).await;
    assert_eq!(answer.ok(), json!({"provider": "acme", "status": "stored"}));
    assert_eq!(
        *kept.keys.lock().unwrap(),
        [("acme".to_owned(), "sk-secret".to_owned())]
    );
    for path in ["/admin/status", "/admin/audit"] {
        let text = app.get(path).await.text().to_owned();
        assert!(!text.contains("sk-secret"), "{text}");
    }
    let unknown = app
        .post("/admin/apikey/other", &json!({"key": "sk-secret"}))
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text().contains("known: acme") && !unknown.text().contains("sk-secret"));
}

#[tokio::test]
async fn a_server_is_drained_and_used_again_and_each_has_its_line_in_the_audit() {
    let (app, _) = app().await;
    for draining in [true, false] {
        let path = format!("/admin/drain/api.example.org/{draining}");
        let status = app.post(&path, &json!({})).await.ok();
        assert_eq!(status["providers"][0]["draining"], draining, "{status}");
        let audit = app.get("/admin/audit").await.ok();
        assert_eq!(audit["data"][0]["setting"], "draining.api.example.org", "{audit}");
        assert_eq!(audit["data"][0]["after"], draining.to_string(), "{audit}");
    }
    let unknown = app.post("/admin/drain/nowhere/true", &json!({})).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(
        unknown.text().contains("servers: api.example.org"),
        "{}",
        unknown.text()
    );
}

#[tokio::test]
async fn what_left_is_listed_in_pages() {
    let (app, _) = app().await;
    insta::assert_json_snapshot!("egress", app.get("/v1/egress?limit=1").await.ok());
}

#[tokio::test]
async fn requests_that_may_not_leave_are_refused_with_what_was_found() {
    for (error, code) in [
        (
            ModelError::NotAllowed {
                model: "big".to_owned(),
                label: "cloud_off",
                reason: "it is at api.example.org, and models on other machines are off".to_owned(),
            },
            "egress_refused",
        ),
        (private(false), "egress_refused"),
        (private(true), "consent_required"),
    ] {
        let app = TestApp::new();
        app.answer([Step::Fail(error)]);
        let answer = app.post("/hybrid", &json!({"prompt": "hi"})).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let error = &answer.json()["error"];
        assert_eq!(error["code"], code);
        if error["message"].as_str().unwrap().contains("(2 × email)") {
            assert_eq!(error["found"], json!([{"kind": "email", "count": 2}]));
        }
        let said = json!({"type": "text", "text": "To "});
        let put_out = json!({"type": "placeholder", "text": "[EMAIL_1]", "kind": "email"});
        let outgoing =
            json!({"host": "api.example.org", "messages": [{"role": "user", "parts": [said, put_out]}]});
        let expected = if code == "consent_required" {
            outgoing
        } else {
            Value::Null
        };
        assert_eq!(error["outgoing"], expected);
    }
}

fn private(may_consent: bool) -> ModelError {
    ModelError::Private {
        model: "big".to_owned(),
        found: vec![Found {
            kind: PrivacyKind::Email,
            count: 2,
        }],
        outgoing: may_consent.then(|| {
            Box::new(Outgoing {
                host: "api.example.org".to_owned(),
                messages: vec![OutgoingMessage {
                    role: "user",
                    parts: vec![OutgoingPart::Text("To ".to_owned()), placeholder()],
                }],
            })
        }),
    }
}

fn placeholder() -> OutgoingPart {
    OutgoingPart::Placeholder {
        kind: PrivacyKind::Email,
        text: "[EMAIL_1]".to_owned(),
    }
}

fn setting<'a>(list: &'a Value, key: &str) -> &'a Value {
    let all = list["data"].as_array().unwrap();
    all.iter().find(|setting| setting["key"] == key).unwrap()
}

#[tokio::test]
async fn every_setting_tells_what_it_does_what_it_may_be_and_where_its_value_comes_from() {
    let (app, _) = app().await;
    let list = app.get("/v1/settings").await.ok();
    for setting in list["data"].as_array().unwrap() {
        let key = &setting["key"];
        assert!(setting["effect"].as_str().unwrap().len() > 20, "{key}");
        assert_eq!(
            (&setting["source"], &setting["value"]),
            (&json!("config"), &setting["default"]),
            "{key}"
        );
    }
    insta::assert_json_snapshot!("setting", setting(&list, "routing.accept.math"));
    insta::assert_json_snapshot!("setting_choice", setting(&list, "privacy.email"));
}

#[tokio::test]
async fn a_setting_is_changed_is_in_the_audit_is_in_force_and_is_taken_back() {
    let (app, _) = app().await;
    let values =
        json!({"values": {"budget.daily_usd": 2.5, "vote.voice_time_limit": 30, "privacy.email": "ask"}});
    let changed = app.patch("/v1/settings", &values).await.ok();
    assert_eq!(changed["data"].as_array().unwrap().len(), 3);
    let budget = setting(&changed, "budget.daily_usd");
    assert_eq!(
        (&budget["value"], &budget["default"], &budget["source"]),
        (&json!(2.5), &Value::Null, &json!("setting"))
    );
    assert_eq!(app.get("/admin/status").await.ok()["budget_usd"], json!(2.5));
    let audit = app.get("/v1/audit?setting=budget.").await.ok();
    let line = &audit["data"][0];
    assert_eq!(
        (
            &line["before"],
            &line["after"],
            &line["undoable"],
            audit["data"].as_array().unwrap().len()
        ),
        (&json!(""), &json!("2.5"), &json!(true), 1)
    );
    let back = app
        .post(&format!("/v1/audit/{}/undo", line["id"]), &json!({}))
        .await
        .ok();
    assert_eq!(setting(&back, "budget.daily_usd")["source"], "config");
    let reset = app.delete("/v1/settings/privacy.email").await.ok();
    assert_eq!(setting(&reset, "privacy.email")["value"], "redact");
    assert_eq!(
        app.get("/v1/audit").await.ok()["data"].as_array().unwrap().len(),
        5
    );
}

#[tokio::test]
async fn an_undo_of_what_was_changed_again_is_a_conflict_until_it_is_forced() {
    let (app, _) = app().await;
    for cap in [10, 20] {
        app.patch("/v1/settings", &json!({"values": {"budget.daily_usd": cap}}))
            .await
            .ok();
    }
    let refused = app.post("/v1/audit/1/undo", &json!({})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let error = &refused.json()["error"];
    assert_eq!(
        (&error["code"], &error["param"]),
        (&json!("conflict"), &json!("budget.daily_usd"))
    );
    let forced = app.post("/v1/audit/1/undo?force=true", &json!({})).await.ok();
    assert_eq!(setting(&forced, "budget.daily_usd")["value"], Value::Null);
    assert_eq!(
        app.post("/v1/audit/99/undo", &json!({})).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        app.post("/v1/audit/x/undo", &json!({})).await.json()["error"]["param"],
        "id"
    );
}

#[tokio::test]
async fn of_several_changes_none_is_made_when_one_is_wrong_and_the_error_names_it() {
    let (app, _) = app().await;
    for (key, value, status, part) in [
        (
            "routing.accept.math",
            json!(1.5),
            400,
            "must be a number from 0 to 1",
        ),
        (
            "routing.accept.math",
            json!("0.5"),
            400,
            "must be a number from 0 to 1",
        ),
        ("privacy.email", json!("shout"), 400, "`redact`"),
        (
            "vote.voice_time_limit",
            json!(600),
            400,
            "the whole vote may take 120 s",
        ),
        ("budget.daily_usd", json!(0.000_000_1), 400, "six decimals"),
        (
            "routing.model.chat",
            json!("nobody"),
            400,
            "installed local model",
        ),
        ("weather", json!(true), 404, "is no setting"),
    ] {
        let answer = app
            .patch(
                "/v1/settings",
                &json!({"values": {"cloud.enabled": true, key: value}}),
            )
            .await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        let error = &answer.json()["error"];
        assert_eq!(error["param"], key);
        assert!(error["message"].as_str().unwrap().contains(part), "{error}");
    }
    assert_eq!(app.get("/admin/status").await.ok()["cloud_enabled"], false);
    assert_eq!(app.get("/v1/audit").await.ok()["data"], json!([]));
    assert_eq!(
        app.patch("/v1/settings", &json!({"values": {}})).await.json()["error"]["param"],
        "values"
    );
    assert_eq!(
        app.delete("/v1/settings/weather").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_egress_ledger_is_searched_by_host_purpose_and_outcome() {
    let (app, _) = app().await;
    let hosts = async |query: &str| {
        let page = app.get(&format!("/v1/egress?{query}")).await.ok();
        let of = |list: &Value| {
            let hosts = list
                .as_array()
                .unwrap()
                .iter()
                .map(|line| line["host"].as_str().unwrap().to_owned());
            hosts.collect::<Vec<_>>()
        };
        (of(&page["data"]), of(&page["totals"]))
    };
    let (lines, totals) = hosts("purpose=pull").await;
    assert_eq!(lines, ["hub.example", "elsewhere.example"]);
    assert_eq!(totals, ["hub.example", "elsewhere.example"]);
    assert_eq!(hosts("host=api.").await.1, ["api.example.org"]);
    assert_eq!(hosts("outcome=refused").await.0, ["elsewhere.example"]);
    assert_eq!(hosts("since=2").await.0, Vec::<String>::new());
    // What is no call of a model tells what was carried where calls tell their text.
    let pull = app.get("/v1/egress?host=hub").await.ok();
    assert_eq!(pull["data"][0]["received_bytes"], 5_000);
    let wrong = app.get("/v1/egress?outcome=lost").await;
    assert_eq!(wrong.json()["error"]["param"], "outcome");
    let wrong = app.get("/v1/egress?purpose=nope").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(wrong.json()["error"]["param"], "purpose");
    let message = wrong.json()["error"]["message"].to_string();
    // Every purpose that anything can have is named, and taken.
    for purpose in council_core::egress::PURPOSES {
        assert!(message.contains(purpose), "{message}");
        app.get(&format!("/v1/egress?purpose={purpose}")).await.ok();
    }
    for purpose in Purpose::ALL {
        assert!(message.contains(purpose.as_str()), "{message}");
    }
}
