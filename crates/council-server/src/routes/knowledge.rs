//! `/v1/knowledge`: documents that are remembered.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::knowledge::{
    Add, AddBody, AddForm, AddOrder, DeletedSource, EventObject, ReportObject, SourceObject, SourceQuery,
};
use crate::api::page::PageObject;
use crate::error::{ApiError, Code};
use crate::extract::{JsonOrForm, PageQuery, Paging, QueryOf};
use crate::sse;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use council_agent::knowledge::{Asked, Below, IngestOrder, Material, files, resolve_below};
use council_core::StoreError;
use futures::{StreamExt, stream};
use std::path::PathBuf;
use tokio::sync::mpsc;

/// Events that may wait for a slow client; then the work waits for it.
const WAITING_EVENTS: usize = 64;

/// Remember documents
///
/// A text with a name, files in a form, or a path of the server's machine below one of `knowledge.roots`. A document of
/// the same name is replaced; one that has not changed costs nothing. What cannot be read is in the report.
#[utoipa::path(
    post,
    path = "/v1/knowledge",
    operation_id = "add_knowledge",
    tag = "knowledge",
    request_body(content(
        (AddBody = "application/json"),
        (AddForm = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "What became of each; with `stream`, events", content(
            (ReportObject = "application/json"),
            (EventObject = "text/event-stream"),
        )),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    JsonOrForm(sent): JsonOrForm<AddBody>,
) -> Result<Response, ApiError> {
    let add = Add::read(sent)?;
    let asked = if add.skip_binary {
        Asked::WithDirectory
    } else {
        Asked::ByName
    };
    let materials = match add.order {
        AddOrder::Sent(materials) => materials.into_iter().map(|material| (material, asked)).collect(),
        AddOrder::Path(path) => allowed(&app, path).await?,
    };
    let order = Add::of(&caller.user, add.project, materials);
    if add.stream {
        return Ok(streamed(&app, order));
    }
    let report = app.knowledge.ingest_quietly(order).await;
    Ok(Json(ReportObject::from(report)).into_response())
}

/// The files at a path, where the configuration allows it.
async fn allowed(app: &App, path: PathBuf) -> Result<Vec<(Material, Asked)>, ApiError> {
    let roots = app.knowledge_roots.clone();
    let shown = path.display().to_string();
    let found = tokio::task::spawn_blocking(move || match resolve_below(&path, &roots) {
        Below::Yes(path) => Some(files(&path)),
        Below::No => None,
    });
    let found = found
        .await
        .map_err(|error| ApiError::internal(error.to_string()))?;
    let Some(found) = found else {
        let message =
            format!("`path` is `{shown}`, which does not exist below a directory of `knowledge.roots`");
        return Err(ApiError::new(Code::Forbidden, message)
            .with_hint("send the text or the file itself, or add the directory to the configuration"));
    };
    found.map_err(|error| ApiError::invalid("path", error.to_string()))
}

/// Works and tells how far it is. A client that goes away ends the work after the document that is being stored.
fn streamed(app: &App, order: IngestOrder) -> Response {
    let knowledge = app.knowledge.clone();
    let (sender, receiver) = mpsc::channel(WAITING_EVENTS);
    let work = stream::once(async move {
        let report = knowledge.ingest(order, sender).await;
        EventObject::Report {
            report: report.into(),
        }
    });
    let events = stream::unfold(receiver, |mut receiver| async move {
        let event = receiver.recv().await?;
        Some((EventObject::from(event), receiver))
    });
    // The report is ready when the last event may still be on its way: it waits its turn.
    let (mut events, mut work) = (Box::pin(events.fuse()), Box::pin(work));
    let mut report = None;
    let all = stream::poll_fn(move |context| {
        use std::task::Poll;
        if report.is_none()
            && let Poll::Ready(done) = work.poll_next_unpin(context)
        {
            report = Some(done);
        }
        match events.poll_next_unpin(context) {
            Poll::Ready(Some(event)) => Poll::Ready(Some(event)),
            Poll::Ready(None) => match &mut report {
                Some(report) => Poll::Ready(report.take()),
                None => Poll::Pending,
            },
            Poll::Pending => Poll::Pending,
        }
    });
    let all = all.take_until(app.shutdown.clone().cancelled_owned());
    sse::values(all.boxed(), app.limits.keep_alive)
}

/// List the documents that are remembered, by name
#[utoipa::path(
    get,
    path = "/v1/knowledge",
    operation_id = "list_knowledge",
    tag = "knowledge",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of them", body = PageObject<SourceObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
) -> Result<Json<PageObject<SourceObject>>, ApiError> {
    let sources = app.knowledge.sources(&caller.user).await?;
    let page = paging.probe();
    let part = sources
        .into_iter()
        .skip(page.offset as usize)
        .take(page.limit as usize)
        .collect();
    Ok(Json(PageObject::new::<council_core::SourceSummary>(
        &paging, part,
    )))
}

/// Forget a document
///
/// All its parts are gone; no file of the data directory holds their text any more.
#[utoipa::path(
    delete,
    path = "/v1/knowledge",
    operation_id = "delete_knowledge",
    tag = "knowledge",
    params(SourceQuery),
    responses(
        (status = 200, description = "It is gone", body = DeletedSource),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    QueryOf(query): QueryOf<SourceQuery>,
) -> Result<Json<DeletedSource>, ApiError> {
    let chunks = app.knowledge.remove(&caller.user, &query.source).await?;
    if chunks == 0 {
        return Err(StoreError::NotFound {
            what: "document",
            id: query.source,
        }
        .into());
    }
    Ok(Json(DeletedSource {
        source: query.source,
        object: "knowledge.deleted",
        deleted: true,
        chunks,
    }))
}
