//! `/v1/backup`, `/v1/restore` and `/v1/import`: a copy of everything that is kept, and back. For clients on this machine only.

use super::admin::control;
use crate::api::backup::{MergeObject, MergeQuery, RestoreObject};
use crate::api::error::ErrorBody;
use crate::error::{ApiError, Code};
use crate::extract::{Admin, QueryOf};
use crate::state::App;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use council_core::backup::Backups;
use futures::StreamExt;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Bytes of one piece of a download.
const PIECE: usize = 64 << 10;

/// A file that goes with this.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // It may have been taken over, and a file that stays has a name that nobody reads.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Copy everything that is kept
///
/// Conversations, memories, documents, receipts, the ledger, settings and the audit, as one SQLite file. Models, keys of
/// providers, and memories that are kept in PostgreSQL are not in it. The server goes on meanwhile. Where the disk has no room for the
/// copy, the answer is 507 and nothing is left of it. A copy that was sent whole counts as the last good backup.
#[utoipa::path(
    post,
    path = "/v1/backup",
    operation_id = "backup",
    tag = "admin",
    responses(
        (status = 200, description = "The copy", content_type = "application/vnd.sqlite3"),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn backup(State(app): State<App>, Admin(by): Admin) -> Result<Response, ApiError> {
    let kept = Arc::clone(backups(&app)?);
    let copy = Temporary(kept.back_up().await?);
    let unreadable = |error: std::io::Error| ApiError::internal(format!("the copy cannot be read: {error}"));
    let file = File::open(&copy.0).await.map_err(unreadable)?;
    let length = file.metadata().await.map_err(unreadable)?.len();
    control(&app)?
        .settings
        .note("backup".to_owned(), "made", &by)
        .await?;
    let name = format!("council-{}.db", app.agent.clock().now().as_secs());
    let now = app.agent.clock().now();
    // The file goes when the last piece was sent, or the client has left.
    let pieces = futures::stream::unfold(
        (file, copy, length, kept),
        move |(mut file, copy, left, kept)| async move {
            let mut piece = vec![0; PIECE];
            match file.read(&mut piece).await {
                Ok(0) => None,
                Ok(read) => {
                    piece.truncate(read);
                    let left = left.saturating_sub(read as u64);
                    // Nobody asks for more than was announced, so that this is the end.
                    if left == 0
                        && let Err(error) = kept.made(now).await
                    {
                        tracing::warn!("it was not noted that a backup was made: {error}");
                    }
                    Some((Ok(Bytes::from(piece)), (file, copy, left, kept)))
                }
                Err(error) => Some((Err(error), (file, copy, left, kept))),
            }
        },
    );
    let headers = [
        (CONTENT_TYPE, "application/vnd.sqlite3".to_owned()),
        (CONTENT_LENGTH, length.to_string()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Put a backup back
///
/// The body is the file. It is checked (whole, of Council, of a version that is understood) and waits for the next start,
/// which puts it in the place of the database; the present one is kept beside it.
#[utoipa::path(
    post,
    path = "/v1/restore",
    operation_id = "restore",
    tag = "admin",
    request_body(content = String, content_type = "application/octet-stream", description = "A file of `POST /v1/backup`"),
    responses(
        (status = 200, description = "It waits for the next start", body = RestoreObject),
        (status = "default", description = "Failure; nothing has changed", body = ErrorBody),
    ),
)]
pub(crate) async fn restore(
    State(app): State<App>,
    Admin(by): Admin,
    body: Body,
) -> Result<Json<RestoreObject>, ApiError> {
    let backups = backups(&app)?;
    let upload = Temporary(backups.place_for_upload().await?);
    receive(&app, body, &upload).await?;
    let staged = backups.stage(upload.0.clone()).await?;
    control(&app)?
        .settings
        .note("restore".to_owned(), "staged", &by)
        .await?;
    Ok(Json(Some(staged).into()))
}

/// Ask what waits for the next start
#[utoipa::path(
    get,
    path = "/v1/restore",
    operation_id = "restore_state",
    tag = "admin",
    responses(
        (status = 200, description = "What waits", body = RestoreObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn look(State(app): State<App>, _: Admin) -> Result<Json<RestoreObject>, ApiError> {
    Ok(Json(backups(&app)?.staged().await?.into()))
}

/// Take back what waits for the next start
#[utoipa::path(
    delete,
    path = "/v1/restore",
    operation_id = "cancel_restore",
    tag = "admin",
    responses(
        (status = 200, description = "Nothing waits any more", body = RestoreObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn take_back(
    State(app): State<App>,
    Admin(by): Admin,
) -> Result<Json<RestoreObject>, ApiError> {
    backups(&app)?.unstage().await?;
    control(&app)?
        .settings
        .note("restore".to_owned(), "taken back", &by)
        .await?;
    Ok(Json(None.into()))
}

/// Add what is in a backup
///
/// The body is the file. What is in it and not here is added: conversations, memories, receipts, lines of the ledger and of the
/// audit, settings that were not made here. What is there already stays as it is, and API keys are not taken over. All of it or
/// nothing. Settings count from the next start on.
#[utoipa::path(
    post,
    path = "/v1/import",
    operation_id = "import",
    tag = "admin",
    params(MergeQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "A file of `POST /v1/backup`"),
    responses(
        (status = 200, description = "What was added", body = MergeObject),
        (status = "default", description = "Failure; nothing has changed", body = ErrorBody),
    ),
)]
pub(crate) async fn import(
    State(app): State<App>,
    Admin(by): Admin,
    QueryOf(query): QueryOf<MergeQuery>,
    body: Body,
) -> Result<Json<MergeObject>, ApiError> {
    let backups = backups(&app)?;
    let upload = Temporary(backups.place_for_upload().await?);
    receive(&app, body, &upload).await?;
    let merged = backups.merge(upload.0.clone(), query.dry_run).await?;
    if !query.dry_run {
        app.agent.memories().store().reload().await?;
        let rows: u64 = merged.iter().map(|merged| merged.added).sum();
        let note = format!("{rows} rows");
        control(&app)?
            .settings
            .note("import".to_owned(), &note, &by)
            .await?;
    }
    Ok(Json(MergeObject::new(query.dry_run, merged)))
}

/// Writes the body to the file, piece by piece: it may be larger than other bodies.
async fn receive(app: &App, body: Body, to: &Temporary) -> Result<(), ApiError> {
    let unwritable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::StorageFull => {
            ApiError::new(Code::StorageFull, "the disk is full; the database is as it was")
        }
        _ => ApiError::internal(format!("the upload cannot be written: {error}")),
    };
    let mut file = File::create(&to.0).await.map_err(unwritable)?;
    let (mut pieces, patience) = (body.into_data_stream(), app.limits.body_timeout);
    loop {
        match tokio::time::timeout(patience, pieces.next()).await {
            Ok(None) => break,
            Ok(Some(Ok(piece))) => file.write_all(&piece).await.map_err(unwritable)?,
            Ok(Some(Err(error))) => {
                let message = format!("the body could not be read: {error}");
                return Err(ApiError::new(Code::InvalidRequest, message));
            }
            Err(_) => {
                let message = format!("nothing of the body arrived within {} s", patience.as_secs());
                return Err(ApiError::new(Code::RequestTimeout, message));
            }
        }
    }
    file.flush().await.map_err(unwritable)
}

fn backups(app: &App) -> Result<&Arc<dyn Backups>, ApiError> {
    app.backups
        .as_ref()
        .ok_or_else(|| ApiError::new(Code::NotFound, "this server makes no backups: what it keeps is not in its data directory; where that is PostgreSQL, use `pg_dump`"))
}
