//! `/admin/…`: switches, caps and keys. For clients on this machine only.

use crate::api::admin::{AdminStatus, ApiKey, ApiKeyStored, AuditObject};
use crate::api::error::ErrorBody;
use crate::api::page::PageObject;
use crate::error::{ApiError, Code};
use crate::extract::{Admin, IdPath, JsonBody, PageQuery, Paging};
use crate::state::{App, Control};
use axum::Json;
use axum::extract::{Path, State};
use council_core::settings::micro_usd;
use council_core::{AuditFilter, NanoUsd, PrivacyAction, PrivacyKind, Secret, SettingChange, SettingValue};

/// Look at the switches and the providers
#[utoipa::path(
    get,
    path = "/admin/status",
    operation_id = "admin_status",
    tag = "admin",
    responses(
        (status = 200, description = "What is switched on", body = AdminStatus),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn status(State(app): State<App>, _: Admin) -> Result<Json<AdminStatus>, ApiError> {
    tell(&app)
}

/// Switch models on other machines on or off
#[utoipa::path(
    post,
    path = "/admin/cloud/{bool}",
    operation_id = "admin_cloud",
    tag = "admin",
    params(("bool" = bool, Path, description = "`true` or `false`")),
    responses(
        (status = 200, description = "What is switched on now", body = AdminStatus),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn cloud(
    State(app): State<App>,
    admin: Admin,
    IdPath(value): IdPath,
) -> Result<Json<AdminStatus>, ApiError> {
    change(&app, &admin, "cloud.enabled", switch(&value)?).await
}

/// Refuse every connection to another machine, or no longer
#[utoipa::path(
    post,
    path = "/admin/local-only/{bool}",
    operation_id = "admin_local_only",
    tag = "admin",
    params(("bool" = bool, Path, description = "`true` or `false`")),
    responses(
        (status = 200, description = "What is switched on now", body = AdminStatus),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn local_only(
    State(app): State<App>,
    admin: Admin,
    IdPath(value): IdPath,
) -> Result<Json<AdminStatus>, ApiError> {
    change(&app, &admin, "cloud.local_only", switch(&value)?).await
}

/// Set what a day may cost
#[utoipa::path(
    post,
    path = "/admin/cap/{usd}",
    operation_id = "admin_cap",
    tag = "admin",
    params(("usd" = f64, Path, description = "US dollars, 0 to 1000000, with at most six decimals")),
    responses(
        (status = 200, description = "What is switched on now", body = AdminStatus),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn cap(
    State(app): State<App>,
    admin: Admin,
    IdPath(value): IdPath,
) -> Result<Json<AdminStatus>, ApiError> {
    let Some(amount) = micro_usd(&value) else {
        let message = format!(
            "`usd` is `{value}`; it must be an amount from 0 to 1000000 with at most six decimals, such as `2.50`"
        );
        return Err(ApiError::invalid("usd", message));
    };
    let amount = NanoUsd(amount * 1_000);
    change(
        &app,
        &admin,
        "budget.daily_usd",
        SettingValue::Money(Some(amount)),
    )
    .await
}

/// Say what is done about one kind of private text
#[utoipa::path(
    post,
    path = "/admin/privacy/{kind}/{action}",
    operation_id = "admin_privacy",
    tag = "admin",
    params(
        ("kind" = String, Path, description = "`email`, `phone`, `iban`, `card`, `national_id`, `api_key`, `jwt`, \
            `private_key`, `file` or `image`"),
        ("action" = String, Path, description = "`allow`, `redact` (not of images), `ask` or `block`"),
    ),
    responses(
        (status = 200, description = "What is switched on now", body = AdminStatus),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn privacy(
    State(app): State<App>,
    admin: Admin,
    Path((kind, action)): Path<(String, String)>,
) -> Result<Json<AdminStatus>, ApiError> {
    let unknown = |field: &str, value: &str, known: Vec<&str>| {
        let message = format!("`{field}` is `{value}`; it must be one of {}", known.join(", "));
        ApiError::invalid(field, message)
    };
    let Some(parsed) = PrivacyKind::parse(&kind) else {
        let known = PrivacyKind::ALL.map(PrivacyKind::as_str).to_vec();
        return Err(unknown("kind", &kind, known));
    };
    let Some(done) = PrivacyAction::parse(&action).filter(|done| parsed.actions().contains(done)) else {
        let known = parsed.actions().iter().map(|action| action.as_str()).collect();
        return Err(unknown("action", &action, known));
    };
    let key = format!("privacy.{}", parsed.as_str());
    change(&app, &admin, &key, SettingValue::Choice(done.as_str().to_owned())).await
}

/// Set a provider's key
///
/// Kept in a file that only the server's user may read, used from now on in place of the configured one, and never
/// told again.
#[utoipa::path(
    post,
    path = "/admin/apikey/{provider}",
    operation_id = "admin_api_key",
    tag = "admin",
    params(("provider" = String, Path, description = "The provider's name in the configuration, percent-encoded")),
    request_body = ApiKey,
    responses(
        (status = 200, description = "The key is kept, or gone", body = ApiKeyStored),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn api_key(
    State(app): State<App>,
    Admin(by): Admin,
    IdPath(provider): IdPath,
    JsonBody(ApiKey { key }): JsonBody<ApiKey>,
) -> Result<Json<ApiKeyStored>, ApiError> {
    let control = control(&app)?;
    let key = Secret::from(key);
    let status = if key.expose().trim().is_empty() {
        "removed"
    } else {
        "stored"
    };
    control.providers.set_key(&provider, key).await?;
    control
        .settings
        .note(format!("api_key.{provider}"), status, &by)
        .await?;
    Ok(Json(ApiKeyStored { provider, status }))
}

/// Empty a server of a pool, or use it again
///
/// It gets no new requests that another server of its pool can take; what runs there goes on. Until Council is started
/// again, and in this process only.
#[utoipa::path(
    post,
    path = "/admin/drain/{host}/{bool}",
    operation_id = "admin_drain",
    tag = "admin",
    params(
        ("host" = String, Path, description = "The server, as `host` in the status names it"),
        ("bool" = bool, Path, description = "`true` or `false`"),
    ),
    responses(
        (status = 200, description = "How the providers are now", body = AdminStatus),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn drain(
    State(app): State<App>,
    Admin(by): Admin,
    Path((host, value)): Path<(String, String)>,
) -> Result<Json<AdminStatus>, ApiError> {
    let control = control(&app)?;
    let draining = switch(&value)? == SettingValue::Switch(true);
    if !control.providers.drain(&host, draining) {
        let known: Vec<String> = control
            .providers
            .health()
            .into_iter()
            .map(|known| known.host)
            .collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        let message = format!("no remote model is at `{host}`; servers: {known}");
        return Err(ApiError::new(Code::NotFound, message).with_param("host"));
    }
    let key = format!("draining.{host}");
    control.settings.note(key, &draining.to_string(), &by).await?;
    tell(&app)
}

/// List who changed what, newest first
#[utoipa::path(
    get,
    path = "/admin/audit",
    operation_id = "admin_audit",
    tag = "admin",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of the changes", body = PageObject<AuditObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn audit(
    State(app): State<App>,
    _: Admin,
    paging: Paging,
) -> Result<Json<PageObject<AuditObject>>, ApiError> {
    let found = control(&app)?
        .settings
        .audit(AuditFilter::default(), paging.probe())
        .await?;
    Ok(Json(PageObject::new(&paging, found)))
}

async fn change(
    app: &App,
    Admin(by): &Admin,
    key: &str,
    value: SettingValue,
) -> Result<Json<AdminStatus>, ApiError> {
    let change = SettingChange::set(key, value)?;
    control(app)?.settings.change(vec![change], by).await?;
    tell(app)
}

fn tell(app: &App) -> Result<Json<AdminStatus>, ApiError> {
    let control = control(app)?;
    let policy = control.settings.policy();
    let action = |kind: PrivacyKind| policy.privacy.get(&kind).copied().unwrap_or(kind.usual_action());
    Ok(Json(AdminStatus {
        cloud_enabled: policy.cloud_enabled,
        local_only: policy.local_only,
        budget_usd: control.settings.current().caps.daily.map(NanoUsd::as_usd),
        sandbox_enabled: app.sandbox.is_some() && control.settings.current().sandbox.enabled,
        status: "ok",
        privacy: PrivacyKind::ALL
            .into_iter()
            .map(|kind| (kind.as_str(), action(kind).as_str()))
            .collect(),
        providers: control.providers.health().into_iter().map(Into::into).collect(),
    }))
}

fn switch(value: &str) -> Result<SettingValue, ApiError> {
    value.parse().map(SettingValue::Switch).map_err(|_| {
        let message = format!("`bool` is `{value}`; it must be `true` or `false`");
        ApiError::invalid("bool", message)
    })
}

/// Settings, keys and the egress ledger.
pub(super) fn control(app: &App) -> Result<&Control, ApiError> {
    app.control
        .as_ref()
        .ok_or_else(|| ApiError::new(Code::NotFound, "this server was started without settings"))
}
