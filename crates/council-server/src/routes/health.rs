//! `GET /health`.

use crate::api::openai::models::state_name;
use crate::api::original::health::{CheckObject, HealthAnswer};
use crate::state::{App, CheckStatus, HealthCheck};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use council_core::sandbox::{Backend, SandboxStatus, Tier};
use council_core::{ConversationFilter, ModelState, Page};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// A store that has not answered by then is as good as broken.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);

/// Whether the server can answer
#[utoipa::path(
    get,
    path = "/health",
    tag = "original",
    responses(
        (status = 200, description = "It can answer", body = HealthAnswer),
        (status = 503, description = "It cannot; the checks say why and what to do", body = HealthAnswer),
    ),
)]
pub(crate) async fn health(State(app): State<App>) -> Response {
    let (model, has_model) = model_check(&app);
    let mut checks = vec![model, store_check(&app).await];
    if let Some(sandbox) = &app.sandbox {
        checks.push(sandbox_check(&sandbox.status().await));
    }
    checks.extend(app.health.check().await);
    let failed = checks.iter().any(|check| check.status == CheckStatus::Failed);
    let status = match () {
        () if !has_model => "no_model",
        () if failed => "unavailable",
        () if checks.iter().any(|check| check.status == CheckStatus::Warning) => "degraded",
        () => "ok",
    };
    let answer = HealthAnswer {
        status,
        service: "council",
        version: app.version,
        timestamp: app.agent.clock().now().as_secs_f64(),
        uptime_seconds: app.started.elapsed().as_secs_f64(),
        checks: checks
            .into_iter()
            .map(|check| (check.name.to_owned(), object(check)))
            .collect(),
    };
    if has_model && !failed {
        return Json(answer).into_response();
    }
    let retry = [(header::RETRY_AFTER, HeaderValue::from_static("10"))];
    (StatusCode::SERVICE_UNAVAILABLE, retry, Json(answer)).into_response()
}

/// The default model: present, and in memory or loadable.
pub(super) fn model_check(app: &App) -> (HealthCheck, bool) {
    let default = app.agent.models().list().into_iter().find(|model| model.default);
    let Some(model) = default else {
        let message = "no model is installed; run `council pull` to get the default one".to_owned();
        let values = Map::from_iter([
            ("state".to_owned(), json!("none")),
            ("id".to_owned(), Value::Null),
        ]);
        return (
            HealthCheck {
                name: "model",
                status: CheckStatus::Failed,
                message,
                values,
            },
            false,
        );
    };
    let id = model.info.id;
    let state = state_name(&model.state);
    let (status, message) = match model.state {
        ModelState::Ready => (CheckStatus::Ok, format!("`{id}` is ready")),
        ModelState::Unloaded => (
            CheckStatus::Ok,
            format!("`{id}` is installed; the first request loads it"),
        ),
        ModelState::Loading { progress } => (
            CheckStatus::Ok,
            format!("`{id}` is loading: {:.0} %", progress * 100.0),
        ),
        ModelState::Failed { reason } => (CheckStatus::Failed, format!("`{id}` does not work: {reason}")),
    };
    let values = Map::from_iter([("state".to_owned(), json!(state)), ("id".to_owned(), json!(id))]);
    (
        HealthCheck {
            name: "model",
            status,
            message,
            values,
        },
        true,
    )
}

/// A cheap read.
pub(super) async fn store_check(app: &App) -> HealthCheck {
    let started = Instant::now();
    let reading = app
        .agent
        .conversations()
        .conversations(ConversationFilter::default(), Page { offset: 0, limit: 1 });
    let (status, message) = match tokio::time::timeout(STORE_TIMEOUT, reading).await {
        Ok(Ok(_)) => (CheckStatus::Ok, "the database answers".to_owned()),
        Ok(Err(error)) => (CheckStatus::Failed, error.to_string()),
        Err(_) => {
            let seconds = STORE_TIMEOUT.as_secs();
            (
                CheckStatus::Failed,
                format!("the database did not answer within {seconds} s"),
            )
        }
    };
    let latency_ms = started.elapsed().as_secs_f64() * 1_000.0;
    let values = Map::from_iter([("latency_ms".to_owned(), json!(latency_ms))]);
    HealthCheck {
        name: "store",
        status,
        message,
        values,
    }
}

/// Whether programs are run, and how strongly apart. Without it everything else still answers.
fn sandbox_check(status: &SandboxStatus) -> HealthCheck {
    let (backend, tier) = match &status.protection {
        Some(protection) => (Some(protection.backend), Some(protection.tier)),
        None => (None, None),
    };
    let message = if let (Some(backend), Some(tier)) = (backend, tier) {
        format!("programs run with {} isolation by {backend}", tier.name())
    } else {
        let mut why = String::new();
        for (backend, reason) in &status.rejected {
            // Writing to a string cannot fail.
            let _ = write!(why, "; {backend}: {reason}");
        }
        format!(
            "this machine cannot isolate programs, so none is run; `council sandbox doctor` says what to do{why}"
        )
    };
    HealthCheck {
        name: "sandbox",
        status: match tier {
            Some(Tier::Strong | Tier::Good) => CheckStatus::Ok,
            Some(Tier::Weak) | None => CheckStatus::Warning,
        },
        message,
        values: Map::from_iter([
            ("backend".to_owned(), json!(backend.map(Backend::name))),
            ("tier".to_owned(), json!(tier.map_or("none", Tier::name))),
        ]),
    }
}

fn object(check: HealthCheck) -> CheckObject {
    let status = match check.status {
        CheckStatus::Ok => "ok",
        CheckStatus::Warning => "warning",
        CheckStatus::Failed => "failed",
    };
    CheckObject {
        status,
        message: check.message,
        values: check.values,
    }
}
