//! `/v1/settings` and `/v1/audit`: what may be changed at run time, who changed it, and back. For clients on this machine
//! only.

use super::admin::control;
use crate::api::error::ErrorBody;
use crate::api::page::PageObject;
use crate::api::settings::{AuditEntryObject, SettingList, SettingObject, SettingsPatch};
use crate::error::{ApiError, Code};
use crate::extract::{Admin, IdPath, JsonBody, PageQuery, Paging, QueryOf};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_core::{AuditFilter, Locality, Setting, SettingChange, SettingValue, Timestamp};
use serde::Deserialize;
use std::time::Duration;
use utoipa::IntoParams;

/// List the settings
///
/// Every one with its value, what it does, what it may be, and where its value comes from.
#[utoipa::path(
    get,
    path = "/v1/settings",
    operation_id = "list_settings",
    tag = "admin",
    responses(
        (status = 200, description = "The settings, group by group", body = SettingList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(State(app): State<App>, _: Admin) -> Result<Json<SettingList>, ApiError> {
    told(&app, |_| true)
}

/// Change settings
///
/// All that are named, or none. Each change has its line in the audit and counts from the next request on.
#[utoipa::path(
    patch,
    path = "/v1/settings",
    operation_id = "change_settings",
    tag = "admin",
    request_body = SettingsPatch,
    responses(
        (status = 200, description = "Those that were named, as they are now", body = SettingList),
        (status = "default", description = "Failure; nothing has changed", body = ErrorBody),
    ),
)]
pub(crate) async fn change(
    State(app): State<App>,
    Admin(by): Admin,
    JsonBody(patch): JsonBody<SettingsPatch>,
) -> Result<Json<SettingList>, ApiError> {
    let control = control(&app)?;
    let changes = patch.changes()?;
    for change in &changes {
        if let Some(SettingValue::Model(Some(id))) = &change.value {
            is_local(&app, change.setting, id)?;
        }
    }
    control.settings.change(changes, &by).await?;
    told(&app, |setting| patch.values.contains_key(setting.key))
}

/// Set a setting back
///
/// To what is configured.
#[utoipa::path(
    delete,
    path = "/v1/settings/{key}",
    operation_id = "reset_setting",
    tag = "admin",
    params(("key" = String, Path, description = "The setting's key")),
    responses(
        (status = 200, description = "The setting, as it is now", body = SettingList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn reset(
    State(app): State<App>,
    Admin(by): Admin,
    IdPath(key): IdPath,
) -> Result<Json<SettingList>, ApiError> {
    let change = SettingChange::reset(&key)?;
    control(&app)?.settings.change(vec![change], &by).await?;
    told(&app, |setting| setting.key == key)
}

/// Which lines of the audit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Of settings whose keys begin so.
    setting: Option<String>,
    /// By whom: the peer's address.
    by: Option<String>,
    /// Not before, in seconds since the Unix epoch.
    since: Option<f64>,
    /// Before, in seconds since the Unix epoch.
    until: Option<f64>,
}

impl AuditQuery {
    fn filter(self) -> Result<AuditFilter, ApiError> {
        Ok(AuditFilter {
            since: moment("since", self.since)?,
            until: moment("until", self.until)?,
            setting: self.setting,
            by: self.by,
        })
    }
}

/// A moment in the query, in seconds since the Unix epoch.
pub(super) fn moment(param: &str, seconds: Option<f64>) -> Result<Option<Timestamp>, ApiError> {
    let valid = |seconds: f64| Duration::try_from_secs_f64(seconds).ok();
    let read = seconds.map(|seconds| {
        valid(seconds).map(Timestamp::from_duration).ok_or_else(|| {
            let message = format!("`{param}` is {seconds}; it must be seconds since the Unix epoch");
            ApiError::invalid(param, message)
        })
    });
    read.transpose()
}

/// List who changed what
///
/// Newest first. Secrets are never in it.
#[utoipa::path(
    get,
    path = "/v1/audit",
    operation_id = "list_audit",
    tag = "admin",
    params(AuditQuery, PageQuery),
    responses(
        (status = 200, description = "A page of the changes", body = PageObject<AuditEntryObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn audit(
    State(app): State<App>,
    _: Admin,
    QueryOf(query): QueryOf<AuditQuery>,
    paging: Paging,
) -> Result<Json<PageObject<AuditEntryObject>>, ApiError> {
    let settings = &control(&app)?.settings;
    let found = settings.audit(query.filter()?, paging.probe()).await?;
    Ok(Json(PageObject::new(&paging, found)))
}

/// Whether a later change is overwritten.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UndoQuery {
    /// Undo also what was changed again since.
    #[param(default = false)]
    force: Option<bool>,
}

/// Take a change back
///
/// The setting gets the value that it had before this line, which is a change of its own. Refused where the setting was
/// changed again since, unless `force` says otherwise.
#[utoipa::path(
    post,
    path = "/v1/audit/{id}/undo",
    operation_id = "undo_change",
    tag = "admin",
    params(("id" = i64, Path, description = "The line's number"), UndoQuery),
    responses(
        (status = 200, description = "The setting, as it is now", body = SettingList),
        (status = "default", description = "Failure; nothing has changed", body = ErrorBody),
    ),
)]
pub(crate) async fn undo(
    State(app): State<App>,
    Admin(by): Admin,
    IdPath(id): IdPath,
    QueryOf(query): QueryOf<UndoQuery>,
) -> Result<Json<SettingList>, ApiError> {
    let number = id.parse().map_err(|_| {
        let message = format!("`id` is `{id}`; it must be the number of a line of GET /v1/audit");
        ApiError::invalid("id", message)
    })?;
    let force = query.force.unwrap_or(false);
    let undone = control(&app)?.settings.undo(number, force, &by).await?;
    told(&app, |setting| setting == undone)
}

/// The settings that are wanted, as they are now.
fn told(app: &App, wanted: impl Fn(&Setting) -> bool) -> Result<Json<SettingList>, ApiError> {
    let settings = &control(app)?.settings;
    let configured = settings.configured();
    let all = settings.all().into_iter().filter(|state| wanted(state.setting));
    Ok(Json(SettingList {
        object: "list",
        data: all.map(|state| SettingObject::new(state, configured)).collect(),
    }))
}

/// A model that is asked first is one of this machine: what is asked elsewhere is decided after it.
fn is_local(app: &App, setting: &Setting, id: &str) -> Result<(), ApiError> {
    let models = app.agent.models().list();
    let local: Vec<&str> = models
        .iter()
        .filter(|model| model.info.locality == Locality::Local && model.info.chat)
        .map(|model| model.info.id.as_str())
        .collect();
    if local.contains(&id) {
        return Ok(());
    }
    let (key, known) = (setting.key, local.join(", "));
    let message =
        format!("`{key}` is `{id}`; it must be the id of an installed local model for chat: {known}");
    Err(ApiError::new(Code::InvalidRequest, message).with_param(key))
}
