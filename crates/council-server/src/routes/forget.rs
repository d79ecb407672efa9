//! `/v1/forget`: everything about somebody or something that is the caller's, and its end.

use super::admin::control;
use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::forget::{ForgetEverythingBody, ForgetReport};
use crate::error::{ApiError, Code};
use crate::extract::JsonBody;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_agent::FORGET;
use council_agent::forget::Places;
use council_core::KeyScope;
use council_core::memory::LOCAL_USER;

/// Forget everything about somebody or something
///
/// Looks first: unless `dry_run` is false nothing changes, and the answer says what would go. Messages that name it, with what was
/// said in the same turns, say `[forgotten]` afterwards; memories, facts, parts of documents, receipts, notes and lines that name it
/// are removed or overwritten, the indexes of words and meaning with them, the caches of models are dropped, and the database is
/// written anew, so that nothing of it is left in the file. Nobody makes another user forget. What is of no user (the audit, the history
/// of the terminal, logs, older copies, which go with `with_copies`) is forgotten with the owner's things, by an administrator; a key
/// without the scope `chat` leaves conversations alone.
#[utoipa::path(
    post,
    path = "/v1/forget",
    operation_id = "forget_everything",
    tag = "admin",
    request_body = ForgetEverythingBody,
    responses(
        (status = 200, description = "What would go, or has gone", body = ForgetReport),
        (status = "default", description = "Failure; it can be asked for again", body = ErrorBody),
    ),
)]
pub(crate) async fn forget(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<ForgetEverythingBody>,
) -> Result<Json<ForgetReport>, ApiError> {
    let of_the_machine = &*caller.user == LOCAL_USER && caller.scopes.has(KeyScope::Admin);
    if body.with_copies && !of_the_machine {
        let message = "`with_copies` removes copies that hold what all users had; the owner of the machine does that, as administrator";
        return Err(ApiError::new(Code::Forbidden, message).with_param("with_copies"));
    }
    let order = body.order(&caller.user, of_the_machine)?;
    let kept = app
        .forgetting
        .as_ref()
        .ok_or_else(|| ApiError::new(Code::NotFound, "this server keeps nothing that it could forget"))?;
    let places = Places {
        rows: caller.scopes.has(KeyScope::Chat).then_some(&*kept.rows),
        files: &*kept.files,
    };
    if body.dry_run {
        let found = app.agent.about(places, &order).await?;
        return Ok(Json(ForgetReport::new(&body, found)));
    }
    let forgotten = app.agent.forget(places, &order).await?;
    app.detached.forget_ended();
    // What was forgotten is not named in the audit.
    let (messages, memories) = (forgotten.named.messages.len(), forgotten.memories.len());
    let note = format!("{messages} messages, {memories} memories");
    let settings = &control(&app)?.settings;
    settings.note(FORGET.to_owned(), &note, &caller.by).await?;
    Ok(Json(ForgetReport::new(&body, forgotten)))
}
