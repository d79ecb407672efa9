//! The panic switch over HTTP.

use crate::app::{TestApp, piece};
use crate::fakes::{Step, StoppedClock};
use async_trait::async_trait;
use council_agent::{EgressPolicy, LiveSettings};
use council_core::egress::naive::NaiveEgress;
use council_core::settings::naive::NaiveSettings;
use council_core::{KeyError, ProviderHealth, Providers, Secret};
use council_server::{Control, ServerParts};
use serde_json::json;
use std::sync::Arc;

/// No provider.
struct Nothing;

#[async_trait]
impl Providers for Nothing {
    fn health(&self) -> Vec<ProviderHealth> {
        Vec::new()
    }

    async fn set_key(&self, provider: &str, _: Secret) -> Result<(), KeyError> {
        Err(KeyError::Unknown {
            name: provider.to_owned(),
            known: String::new(),
        })
    }

    fn drain(&self, _: &str, _: bool) -> bool {
        false
    }
}

/// Settings over this policy, and nothing else.
pub(crate) async fn control(policy: EgressPolicy) -> Control {
    let store = Arc::<NaiveSettings>::default();
    Control {
        settings: LiveSettings::open(store, Arc::new(StoppedClock), policy)
            .await
            .unwrap(),
        egress: Arc::<NaiveEgress>::default(),
        providers: Arc::new(Nothing),
    }
}

#[tokio::test]
async fn the_panic_switch_ends_what_runs_and_closes_the_way_out_until_a_setting_opens_it() {
    let control = control(EgressPolicy {
        cloud_enabled: true,
        ..EgressPolicy::default()
    })
    .await;
    let app = TestApp::with(|parts| ServerParts {
        control: Some(control),
        ..parts
    });
    let before = app.get("/v1/panic").await.ok();
    assert_eq!((&before["active"], &before["at"]), (&json!(false), &json!(null)));
    app.answer([Step::Say("Hel"), Step::Hang]);
    let mut stream = app
        .stream("/hybrid", &json!({"prompt": "hi", "stream": true}))
        .await;
    assert!(piece(&mut stream).await.contains("Hel"));

    let stopped = app.post("/v1/panic", &json!({})).await.ok();
    app.models.script.ended(1).await;
    assert_eq!(
        (
            &stopped["active"],
            &stopped["stopped_turns"],
            &stopped["local_only"],
            &stopped["cloud_enabled"]
        ),
        (&json!(true), &json!(1), &json!(true), &json!(false))
    );
    let audit = app.get("/v1/audit").await.ok();
    let settings: Vec<&serde_json::Value> = audit["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["setting"])
        .collect();
    assert_eq!(settings, ["panic", "cloud.enabled", "cloud.local_only"]);

    // What begins afterwards runs.
    app.answer([Step::Say("Hello")]);
    assert_eq!(
        app.post("/hybrid", &json!({"prompt": "hi"})).await.ok()["text"],
        "Hello"
    );
    assert_eq!(app.get("/v1/panic").await.ok()["active"], true);
    app.patch("/v1/settings", &json!({"values": {"cloud.local_only": false}}))
        .await
        .ok();
    assert_eq!(app.get("/v1/panic").await.ok()["active"], false);
    // Who wants to work locally later on has not panicked.
    app.patch("/v1/settings", &json!({"values": {"cloud.local_only": true}}))
        .await
        .ok();
    assert_eq!(app.get("/v1/panic").await.ok()["active"], false);
}

#[tokio::test]
async fn programs_that_were_switched_off_are_refused_and_the_status_says_so() {
    let control = control(EgressPolicy::default()).await;
    let sandbox = Arc::new(council_core::sandbox::scripted::ScriptedSandbox::default());
    let metrics = council_agent::sandbox::SandboxMetrics::register(&prometheus::Registry::new()).unwrap();
    let limits = council_core::sandbox::Limits::default();
    let settings = control.settings.clone();
    let guarded = council_agent::sandbox::guarded(sandbox, limits, metrics, Some(settings));
    let app = TestApp::with(|parts| ServerParts {
        control: Some(control),
        sandbox: Some(guarded),
        ..parts
    });
    let program = json!({"language": "python", "code": "print(1)"});
    app.post("/v1/sandbox/run", &program).await.ok();
    let off = json!({"values": {"sandbox.enabled": false, "sandbox.limits.wall": 2}});
    app.patch("/v1/settings", &off).await.ok();
    let refused = app.post("/v1/sandbox/run", &program).await;
    assert!(refused.text().contains("switched off"), "{}", refused.text());
    let status = app.get("/v1/sandbox/status").await.ok();
    assert_eq!(
        (&status["available"], &status["limits"]["default"]["wall_ms"]),
        (&json!(false), &json!(2_000))
    );
}
