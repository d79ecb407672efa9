//! `/v1/sandbox`: runs programs, and tells what keeps them apart from this machine.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::page::PageObject;
use crate::api::sandbox::{
    RunBody, RunEventObject, RunEvents, RunObject, RunOrder, SelfTest, SessionChange, SessionObject,
    StatusObject, session_id,
};
use crate::error::ApiError;
use crate::extract::{IdPath, JsonBody, PageQuery, Paging, RequestId};
use crate::sse;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use council_core::sandbox::{Program, RunEvent, RunStatus, RunStream, Sandbox, SandboxError};
use futures::{StreamExt, stream};
use std::sync::Arc;

/// Run a program
///
/// In isolation: no network, no file of this machine, limits on time, memory and all else. A program that fails, or
/// that a limit ends, is a result and no error. A client that goes away ends its program.
#[utoipa::path(
    post,
    path = "/v1/sandbox/run",
    operation_id = "run_program",
    tag = "sandbox",
    request_body = RunBody,
    responses(
        (status = 200, description = "What it did; with `stream` as events, the last of which is `finished` or `failed`",
            content((RunObject = "application/json"), (RunEventObject = "text/event-stream"))),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn run(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    JsonBody(body): JsonBody<RunBody>,
) -> Result<Response, ApiError> {
    let RunOrder { mut program, stream } = body.order(&app.run_limits())?;
    program.session = program.session.map(|id| id.of(&caller.user));
    let sandbox = sandbox(&app)?;
    let (language, session) = (program.language, program.session.clone());
    if stream {
        let events = RunEvents::new(language, session, id.as_str());
        return streamed(&app, sandbox, program, events).await;
    }
    let mut happening = start(&app, sandbox, program);
    while let Some(event) = happening.next().await {
        if let RunEvent::Finished(report) = event? {
            return Ok(Json(RunObject::new(*report, language, session.as_ref())).into_response());
        }
    }
    Err(without_end().into())
}

/// Dropping what happens kills the program; so does the panic switch, and so does a server that stops, which is not the
/// program's doing and told apart.
fn start(app: &App, sandbox: &Arc<dyn Sandbox>, program: Program) -> RunStream {
    let agent = Arc::clone(&app.agent);
    let happening = sandbox.run(program, agent.halt().token());
    happening
        .map(move |event| match event {
            Ok(RunEvent::Finished(report)) if report.status == RunStatus::Killed && agent.is_stopping() => {
                Err(SandboxError::Stopping)
            }
            other => other,
        })
        .boxed()
}

fn without_end() -> SandboxError {
    SandboxError::Internal("a run ended without a report".to_owned())
}

/// Tells what happens. What fails before anything happened gets its own status.
async fn streamed(
    app: &App,
    sandbox: &Arc<dyn Sandbox>,
    program: Program,
    events: RunEvents,
) -> Result<Response, ApiError> {
    let mut happening = start(app, sandbox, program);
    let first = match tokio::time::timeout(app.limits.first_event_wait, happening.next()).await {
        Ok(Some(first)) => vec![Ok(first?)],
        Ok(None) => return Err(without_end().into()),
        Err(_) => Vec::new(),
    };
    let all = stream::iter(first).chain(happening);
    let told = all.scan(events, |events, item| {
        let told = events.of(item);
        std::future::ready(Some(stream::iter(told)))
    });
    Ok(sse::values(told.flatten().boxed(), app.limits.keep_alive))
}

fn sandbox(app: &App) -> Result<&Arc<dyn Sandbox>, ApiError> {
    let none = || SandboxError::CannotIsolate {
        missing: Vec::new(),
        message: "this server has no sandbox, so that it runs no programs".to_owned(),
    };
    app.sandbox.as_ref().ok_or_else(|| none().into())
}

/// What protects this machine from programs
///
/// The backend and its layers, each found by trying; languages; processes that are kept ready; limits.
#[utoipa::path(
    get,
    path = "/v1/sandbox/status",
    operation_id = "sandbox_status",
    tag = "sandbox",
    responses(
        (status = 200, description = "How it is", body = StatusObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn status(State(app): State<App>) -> Result<Json<StatusObject>, ApiError> {
    let status = sandbox(&app)?.status().await;
    let status = StatusObject::new(status, app.run_limits());
    Ok(Json(status.switched(app.runs_programs())))
}

/// Attack this machine from within the sandbox
///
/// Every attack of the suite that Council is tested with, on this very host: over 250, from reading the environment to
/// fork bombs. Takes a minute or so; one at a time.
#[utoipa::path(
    post,
    path = "/v1/sandbox/selftest",
    operation_id = "sandbox_selftest",
    tag = "sandbox",
    responses(
        (status = 200, description = "What came of each attack", body = SelfTest),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn selftest(State(app): State<App>) -> Result<Json<SelfTest>, ApiError> {
    let sandbox = sandbox(&app)?;
    let status = sandbox.status().await;
    let attacks = sandbox.attack().await?;
    Ok(Json(SelfTest::new(status.protection.as_ref(), &attacks)))
}

/// List the sessions that are kept, the last used first
#[utoipa::path(
    get,
    path = "/v1/sandbox/sessions",
    operation_id = "list_sandbox_sessions",
    tag = "sandbox",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of them", body = PageObject<SessionObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn sessions(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
) -> Result<Json<PageObject<SessionObject>>, ApiError> {
    let sessions = sandbox(&app)?.sessions().await;
    let page = paging.probe();
    let part = sessions
        .into_iter()
        .filter(|session| session.id.user() == &*caller.user)
        .skip(page.offset as usize)
        .take(page.limit as usize)
        .collect();
    Ok(Json(PageObject::new(&paging, part)))
}

/// End a session
///
/// Its variables and files are gone.
#[utoipa::path(
    delete,
    path = "/v1/sandbox/sessions/{id}",
    operation_id = "delete_sandbox_session",
    tag = "sandbox",
    params(("id" = String, Path, description = "The session, percent-encoded")),
    responses(
        (status = 200, description = "It is gone", body = SessionChange),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
) -> Result<Json<SessionChange>, ApiError> {
    let id = session_id("id", id)?.of(&caller.user);
    sandbox(&app)?.end_session(&id).await?;
    Ok(Json(SessionChange::deleted(&id)))
}

/// Interrupt what runs in a session
///
/// As Ctrl-C does: the program ends, variables stay.
#[utoipa::path(
    post,
    path = "/v1/sandbox/sessions/{id}/interrupt",
    operation_id = "interrupt_sandbox_session",
    tag = "sandbox",
    params(("id" = String, Path, description = "The session, percent-encoded")),
    responses(
        (status = 200, description = "It is interrupted", body = SessionChange),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn interrupt(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
) -> Result<Json<SessionChange>, ApiError> {
    let id = session_id("id", id)?.of(&caller.user);
    sandbox(&app)?.interrupt_session(&id).await?;
    Ok(Json(SessionChange::interrupted(&id)))
}

/// Reset a session
///
/// It ends, and the next run under its id begins it anew.
#[utoipa::path(
    post,
    path = "/v1/sandbox/sessions/{id}/reset",
    operation_id = "reset_sandbox_session",
    tag = "sandbox",
    params(("id" = String, Path, description = "The session, percent-encoded")),
    responses(
        (status = 200, description = "It begins anew", body = SessionChange),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn reset(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
) -> Result<Json<SessionChange>, ApiError> {
    let id = session_id("id", id)?.of(&caller.user);
    sandbox(&app)?.end_session(&id).await?;
    Ok(Json(SessionChange::reset(&id)))
}
