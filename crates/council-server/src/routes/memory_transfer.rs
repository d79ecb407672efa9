//! `/v1/memory/export`, `/v1/memory/import`: all of the memory as lines of JSON.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::memory::{HeaderObject, ImportEvent, ImportObject, RecordObject};
use crate::error::ApiError;
use crate::extract::{Flags, RequestId};
use crate::imports::Import;
use crate::sse;
use crate::state::App;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use council_core::{MemoryId, MemoryRecord};
use futures::StreamExt;

/// Records that are read at once.
const PAGE: usize = 200;

/// Export everything
///
/// Lines of JSON: first what it is (`format`, `version`), then a memory with its whole history per line, in the order
/// in which they were stored. Vectors are left out: they are made anew.
#[utoipa::path(
    get,
    path = "/v1/memory/export",
    operation_id = "export_memory",
    tag = "memory",
    responses(
        (status = 200, description = "The lines. A connection that breaks off is an export that failed",
            content((RecordObject = "application/x-ndjson"))),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn export(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    let mut first = Vec::new();
    line(&HeaderObject::new(app.agent.clock().now()), &mut first)?;
    // Read before the answer begins, so that a store that fails at once is a proper error.
    let after = page(&app, &caller.user, None, &mut first).await?;
    let rest = futures::stream::try_unfold((app, caller, after), |(app, caller, after)| async move {
        let Some(after) = after else { return Ok(None) };
        let mut lines = Vec::new();
        let after = page(&app, &caller.user, Some(&after), &mut lines)
            .await
            .map_err(|error| {
                error.log("export");
                std::io::Error::other(error.message)
            })?;
        Ok(Some((Bytes::from(lines), (app, caller, after))))
    });
    let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(first))]);
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"memory.jsonl\"",
        ),
    ];
    Ok((headers, Body::from_stream(first.chain(rest))).into_response())
}

/// Appends a page of lines; returns where the next begins.
async fn page(
    app: &App,
    user: &str,
    after: Option<&MemoryId>,
    into: &mut Vec<u8>,
) -> Result<Option<MemoryId>, ApiError> {
    let records = app.agent.memories().store().export(user, after, PAGE).await?;
    let last = records
        .last()
        .map(|record: &MemoryRecord| record.memory.id.clone());
    for record in records {
        line(&RecordObject::from(record), into)?;
    }
    Ok(last)
}

fn line(value: &impl serde::Serialize, into: &mut Vec<u8>) -> Result<(), ApiError> {
    serde_json::to_writer(&mut *into, value).map_err(|error| ApiError::internal(error.to_string()))?;
    into.push(b'\n');
    Ok(())
}

/// Import an export
///
/// Lines as `GET /v1/memory/export` gives them, of any number; one line has at most 32 MiB. A memory whose id is there
/// already stays as it is, so that an import that broke off can be sent again. A line that cannot be read ends it: the
/// error names the line and the field, and all lines before it are stored. With `stream=true` events say how far it is.
#[utoipa::path(
    post,
    path = "/v1/memory/import",
    operation_id = "import_memory",
    tag = "memory",
    params(Flags),
    request_body(content = RecordObject, content_type = "application/x-ndjson"),
    responses(
        (status = 200, description = "What was done; with `stream` as events, the last of which is `done` or an error",
            content((ImportObject = "application/json"), (ImportEvent = "text/event-stream"))),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn import(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    flags: Flags,
    request: Request,
) -> Result<Response, ApiError> {
    let (memories, now) = (app.agent.memories().clone(), app.agent.clock().now());
    let import = Import::of_lines(
        memories,
        caller.user,
        now,
        request.into_body(),
        app.limits.body_timeout,
    );
    respond(&app, &id, &flags, import).await
}

/// Runs an import and answers once or as events.
pub(super) async fn respond(
    app: &App,
    id: &RequestId,
    flags: &Flags,
    import: Import,
) -> Result<Response, ApiError> {
    if flags.stream != Some(true) {
        return Ok(Json(import.run().await?).into_response());
    }
    let id = id.clone();
    let events = futures::stream::unfold(import, move |mut import| {
        let id = id.clone();
        async move {
            let event = match import.step().await? {
                Ok(progress) => ImportEvent::Progress(progress),
                Err(error) => {
                    error.log(id.as_str());
                    ImportEvent::Failed(error.body(id.as_str()))
                }
            };
            Some((event, import))
        }
    });
    Ok(sse::values(events.boxed(), app.limits.keep_alive))
}
