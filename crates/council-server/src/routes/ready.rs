//! `GET /healthz` and `GET /readyz`: what supervisors and load balancers ask. Everything else about the server's health
//! is at `GET /health`.

use super::health::{model_check, store_check};
use crate::api::openai::models::state_name;
use crate::api::ready::{AliveAnswer, ReadyAnswer, ReadyModel, ReadyReason};
use crate::state::{App, CheckStatus};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use council_core::ModelState;

/// Whether the process runs
///
/// Looks at nothing else: a server that is busy, starting or without a model is alive, and killing it would not help.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "server",
    responses((status = 200, description = "It runs", body = AliveAnswer)),
)]
pub(crate) async fn alive(State(app): State<App>) -> Json<AliveAnswer> {
    Json(AliveAnswer {
        status: "alive",
        version: app.version,
        uptime_seconds: app.started.elapsed().as_secs_f64(),
    })
}

/// Whether requests should be sent here
///
/// Not while the default model is loaded for the first time, how far it is being told in percent; not where it cannot be
/// loaded or is not there, where nothing can be stored, and once the server stops. A model that was unloaded because
/// nobody used it does not count: the next request loads it.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "server",
    responses(
        (status = 200, description = "They should", body = ReadyAnswer),
        (status = 503, description = "They should not; `reasons` say why and what to do", body = ReadyAnswer),
    ),
)]
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let mut checks = vec![model_check(&app).0, store_check(&app).await];
    checks.extend(app.health.check().await);
    let mut reasons: Vec<ReadyReason> = checks
        .into_iter()
        .filter(|check| check.status == CheckStatus::Failed)
        .map(|check| ReadyReason {
            name: check.name,
            message: check.message,
        })
        .collect();
    let model = default_model(&app);
    let starting = !app.prepared.is_cancelled();
    if let Some(model) = model.as_ref().filter(|model| starting && model.state != "failed") {
        let far = model
            .load_percent
            .map_or(String::new(), |percent| format!(": {percent:.0} %"));
        reasons.push(ReadyReason {
            name: "model",
            message: format!("`{}` is loaded for the first time{far}", model.id),
        });
    }
    let stopping = app.shutdown.is_cancelled();
    if stopping {
        reasons.push(ReadyReason {
            name: "server",
            message: "the server is stopping; send requests to another one, or again in some seconds"
                .to_owned(),
        });
    }
    let status = match () {
        () if stopping => "stopping",
        () if reasons.is_empty() => "ready",
        () if starting && reasons.len() == 1 && reasons.iter().all(|reason| reason.name == "model") => {
            "starting"
        }
        () => "unavailable",
    };
    let is_ready = reasons.is_empty();
    let answer = ReadyAnswer {
        status,
        reasons,
        model,
        uptime_seconds: app.started.elapsed().as_secs_f64(),
    };
    if is_ready {
        return Json(answer).into_response();
    }
    // While a model loads, every second counts.
    let after = HeaderValue::from_static(if status == "starting" { "1" } else { "10" });
    let retry = [(header::RETRY_AFTER, after)];
    (StatusCode::SERVICE_UNAVAILABLE, retry, Json(answer)).into_response()
}

fn default_model(app: &App) -> Option<ReadyModel> {
    let model = app
        .agent
        .models()
        .list()
        .into_iter()
        .find(|model| model.default)?;
    Some(ReadyModel {
        id: model.info.id,
        state: state_name(&model.state),
        load_percent: match model.state {
            ModelState::Loading { progress } => Some(progress * 100.0),
            ModelState::Unloaded | ModelState::Ready | ModelState::Failed { .. } => None,
        },
    })
}
