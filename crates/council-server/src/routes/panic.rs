//! `/v1/panic`: everything that runs stops, and nothing leaves this machine any more.

use super::admin::control;
use crate::api::error::ErrorBody;
use crate::api::panic::PanicObject;
use crate::error::ApiError;
use crate::extract::Admin;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::{AuditEntry, AuditFilter, Page, SettingChange, SettingValue};

/// The line of the audit.
const LINE: &str = "panic";

const LATEST: Page = Page { offset: 0, limit: 1 };

/// Stop everything
///
/// Ends every running turn, vote and program, switches models on other machines off and local-only mode on. The settings
/// `cloud.local_only` and `cloud.enabled` release it.
#[utoipa::path(
    post,
    path = "/v1/panic",
    operation_id = "panic",
    tag = "admin",
    responses(
        (status = 200, description = "What was stopped, and how it stands now", body = PanicObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn stop(State(app): State<App>, Admin(by): Admin) -> Result<Json<PanicObject>, ApiError> {
    let settings = &control(&app)?.settings;
    let stopped_turns = app.agent.running().len();
    // First, because it cannot fail; and again, for what began before nothing could leave any more.
    app.agent.halt().stop();
    let changes = vec![
        SettingChange::set("cloud.local_only", SettingValue::Switch(true))?,
        SettingChange::set("cloud.enabled", SettingValue::Switch(false))?,
    ];
    let switched = settings.change(changes, &by).await;
    app.agent.halt().stop();
    if let Some(sandbox) = &app.sandbox {
        for session in sandbox.sessions().await.iter().filter(|session| session.busy) {
            // One that has ended meanwhile runs no longer, which is what was wanted.
            let _ = sandbox.interrupt_session(&session.id).await;
        }
    }
    switched?;
    let after = format!("stopped {stopped_turns} turns");
    settings.note(LINE.to_owned(), &after, &by).await?;
    tracing::warn!(
        stopped_turns,
        by,
        "everything was stopped by {by}: {stopped_turns} turns"
    );
    let state = state(&app).await?;
    Ok(Json(PanicObject {
        stopped_turns: Some(stopped_turns as u64),
        ..state
    }))
}

/// Ask whether everything was stopped
#[utoipa::path(
    get,
    path = "/v1/panic",
    operation_id = "panic_state",
    tag = "admin",
    responses(
        (status = 200, description = "How it stands", body = PanicObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn look(State(app): State<App>, _: Admin) -> Result<Json<PanicObject>, ApiError> {
    state(&app).await.map(Json)
}

async fn state(app: &App) -> Result<PanicObject, ApiError> {
    let settings = &control(app)?.settings;
    let latest = async |setting: &str| -> Result<Option<AuditEntry>, ApiError> {
        let filter = AuditFilter {
            setting: Some(setting.to_owned()),
            ..AuditFilter::default()
        };
        Ok(settings.audit(filter, LATEST).await?.pop())
    };
    let stopped = latest(LINE).await?;
    let released = latest("cloud.local_only").await?.map(|entry| entry.id);
    let policy = settings.policy();
    // Whoever changed the switch after the line has taken it back, though it may be on again.
    let stands = |entry: &AuditEntry| policy.local_only && released < Some(entry.id);
    Ok(PanicObject {
        active: stopped.as_ref().is_some_and(stands),
        at: stopped.as_ref().map(|entry| entry.line.at.as_secs_f64()),
        by: stopped.map(|entry| entry.line.by),
        cloud_enabled: policy.cloud_enabled,
        local_only: policy.local_only,
        running_turns: app.agent.running().len() as u64,
        stopped_turns: None,
    })
}
