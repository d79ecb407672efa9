//! Switches, caps, keys and the egress ledger over HTTP.

use crate::app::TestApp;
use crate::fakes::{Step, StoppedClock};
use async_trait::async_trait;
use axum::http::StatusCode;
use council_agent::{EgressPolicy, LiveSettings};
use council_core::{
    AuditLine, BreakerState, EgressEntry, EgressId, EgressLog, EgressOutcome, Found, KeyError, ModelError,
    NewEgress, Page, PrivacyKind, ProviderHealth, Providers, SettingChange, Settings, SettingsStore,
    StoreError, Timestamp,
};
use council_server::Control;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Default)]
struct Kept {
    audit: Mutex<Vec<AuditLine>>,
    keys: Mutex<Vec<(String, String)>>,
}

#[async_trait]
impl SettingsStore for Kept {
    async fn settings(&self) -> Result<Settings, StoreError> {
        Ok(Settings::default())
    }

    async fn change(&self, change: SettingChange, at: Timestamp, by: &str) -> Result<(), StoreError> {
        self.note(AuditLine {
            at,
            by: by.to_owned(),
            setting: change.name(),
            before: String::new(),
            after: change.value(),
        })
        .await
    }

    async fn note(&self, line: AuditLine) -> Result<(), StoreError> {
        self.audit.lock().unwrap().insert(0, line);
        Ok(())
    }

    async fn audit(&self, page: Page) -> Result<Vec<AuditLine>, StoreError> {
        let audit = self.audit.lock().unwrap();
        Ok(audit
            .iter()
            .skip(page.offset as usize)
            .take(page.limit as usize)
            .cloned()
            .collect())
    }
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
        }]
    }

    async fn set_key(&self, provider: &str, key: String) -> Result<(), KeyError> {
        if provider != "acme" {
            return Err(KeyError::Unknown {
                name: provider.to_owned(),
                known: "acme".to_owned(),
            });
        }
        self.keys.lock().unwrap().push((provider.to_owned(), key));
        Ok(())
    }
}

#[async_trait]
impl EgressLog for Kept {
    async fn begin(&self, _: NewEgress) -> Result<EgressId, StoreError> {
        Ok(EgressId(1))
    }

    async fn end(&self, _: EgressId, _: u64, _: EgressOutcome) -> Result<(), StoreError> {
        Ok(())
    }

    async fn lines(&self, page: Page) -> Result<Vec<EgressEntry>, StoreError> {
        let line = |id| EgressEntry {
            id: EgressId(id),
            call: NewEgress {
                started_at: Timestamp::from_millis(1_500),
                request_id: "req_1".to_owned(),
                model: "big".to_owned(),
                host: "api.example.org".to_owned(),
                purpose: "turn".to_owned(),
                sent_bytes: 120,
                redacted: vec![Found {
                    kind: PrivacyKind::Email,
                    count: 1,
                }],
            },
            received_bytes: 30,
            outcome: EgressOutcome::Completed,
        };
        Ok([2, 1].map(line).into_iter().take(page.limit as usize).collect())
    }
}

async fn app() -> (TestApp, Arc<Kept>) {
    let kept = Arc::new(Kept::default());
    let settings = LiveSettings::open(kept.clone(), Arc::new(StoppedClock), EgressPolicy::default())
        .await
        .unwrap();
    let control = Control {
        settings,
        egress: kept.clone(),
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
            "daily_cap_micro_usd",
            "local_only",
            "cloud_enabled"
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
        if error["message"].as_str().unwrap().contains("private text") {
            assert_eq!(error["found"], json!([{"kind": "email", "count": 2}]));
        }
    }
}

fn private(may_consent: bool) -> ModelError {
    ModelError::Private {
        model: "big".to_owned(),
        found: vec![Found {
            kind: PrivacyKind::Email,
            count: 2,
        }],
        may_consent,
    }
}
