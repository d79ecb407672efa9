//! Exports and imports of conversations.

use crate::access::Caller;
use crate::api::conversation_transfer::{
    ConversationExport, ExportQuery, ImportQuery, ImportReport, ImportedObject,
};
use crate::api::error::ErrorBody;
use crate::api::original::prompt::conversation_id;
use crate::chats::{self, ExportedConversation, FORMAT, Read, VERSION, html, markdown};
use crate::error::ApiError;
use crate::extract::{IdPath, LargeBody, QueryOf};
use crate::state::App;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use council_core::{
    Branch, Content, Conversation, ConversationFilter, ConversationId, Import, KeyScope, Page, Scope,
    StoreError, StoredMessage, TurnMemory,
};
use futures::StreamExt as _;
use std::collections::VecDeque;
use tokio::sync::mpsc;

/// Conversations whose ids are read at once.
const PAGE: u64 = 1_000;

/// Conversations that are read ahead of those that are stored.
const AHEAD: usize = 4;

/// Messages that are read at once.
const MESSAGES: u64 = 1_000_000;

/// Export one conversation
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/export",
    operation_id = "export_conversation",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation, percent-encoded"), ExportQuery),
    responses(
        (status = 200, description = "The conversation", content(
            (ConversationExport = "application/json"),
            (String = "text/markdown"),
            (String = "text/html"),
        )),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn export_one(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
    QueryOf(query): QueryOf<ExportQuery>,
) -> Result<Response, ApiError> {
    let id = conversation_id(&caller.user, "id", &id)?;
    let conversations = app.agent.conversations();
    let conversation = conversations.conversation(&id).await?;
    let format = query.format.as_deref().unwrap_or("json");
    let (media_type, text) = match format {
        "json" => {
            let tree = with_images(&app, &id, conversations.tree(&id).await?).await?;
            let export = ConversationExport {
                format: FORMAT,
                version: VERSION,
                exported_at: app.agent.clock().now().as_secs_f64(),
                conversations: vec![ExportedConversation::new(conversation.clone(), tree)],
            };
            ("application/json", json(&export)?)
        }
        "md" => {
            let branch = conversations
                .recent_messages(&id, Branch::Active, MESSAGES)
                .await?;
            (
                "text/markdown; charset=utf-8",
                markdown(&conversation, &branch).into_bytes(),
            )
        }
        "html" => {
            let branch = conversations
                .recent_messages(&id, Branch::Active, MESSAGES)
                .await?;
            let branch = with_images(&app, &id, branch).await?;
            (
                "text/html; charset=utf-8",
                html(&conversation, &branch).into_bytes(),
            )
        }
        other => {
            let message = format!("`format` is `{other}`; choose one of json, md, html");
            return Err(ApiError::invalid("format", message));
        }
    };
    let name = file_name(&conversation);
    let disposition = format!("attachment; filename=\"{name}.{format}\"");
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, text).into_response())
}

/// Export all conversations
///
/// With all their branches, put away or not. `POST /v1/conversations/import` takes it.
#[utoipa::path(
    get,
    path = "/v1/conversations/export",
    operation_id = "export_conversations",
    tag = "conversations",
    responses(
        (status = 200, description = "The conversations. A connection that breaks off is an export that failed",
            body = ConversationExport),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn export(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    let ids = all_ids(&app, &caller.user).await?;
    let head = format!(
        "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"exported_at\":{},\"conversations\":[",
        app.agent.clock().now().as_secs_f64()
    );
    let items = futures::stream::try_unfold((app, ids, true), |(app, mut ids, first)| async move {
        loop {
            let Some(id) = ids.pop_front() else {
                return Ok(None);
            };
            let item = one(&app, &id).await.map_err(|error| {
                error.log("export");
                std::io::Error::other(error.message)
            })?;
            // One that was removed meanwhile is not there.
            if let Some(mut item) = item {
                if !first {
                    item.insert(0, b',');
                }
                return Ok(Some((Bytes::from(item), (app, ids, false))));
            }
        }
    });
    let once = |text: String| futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(text))]);
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"conversations.json\"",
        ),
    ];
    let body = once(head).chain(items).chain(once("]}".to_owned()));
    Ok((headers, Body::from_stream(body)).into_response())
}

async fn all_ids(app: &App, user: &str) -> Result<VecDeque<ConversationId>, ApiError> {
    let mut ids = VecDeque::new();
    for archived in [false, true] {
        let mut page = Page {
            offset: 0,
            limit: PAGE,
        };
        loop {
            let filter = ConversationFilter {
                user: user.to_owned(),
                archived,
                ..ConversationFilter::default()
            };
            let found = app.agent.conversations().conversations(filter, page).await?;
            let last = (found.len() as u64) < PAGE;
            ids.extend(found.into_iter().map(|conversation| conversation.id));
            if last {
                break;
            }
            page.offset += PAGE;
        }
    }
    Ok(ids)
}

async fn one(app: &App, id: &ConversationId) -> Result<Option<Vec<u8>>, ApiError> {
    let read = async {
        let conversations = app.agent.conversations();
        Ok::<(Conversation, Vec<StoredMessage>), StoreError>((
            conversations.conversation(id).await?,
            with_images(app, id, conversations.tree(id).await?).await?,
        ))
    };
    match read.await {
        Ok((conversation, tree)) => json(&ExportedConversation::new(conversation, tree)).map(Some),
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The messages with the images themselves, where the conversation still keeps them.
async fn with_images(
    app: &App,
    id: &ConversationId,
    mut messages: Vec<StoredMessage>,
) -> Result<Vec<StoredMessage>, StoreError> {
    let parts = messages.iter_mut().flat_map(|stored| &mut stored.message.content);
    for part in parts {
        let Content::Image(image) = part else { continue };
        match app.agent.conversations().attachment(id, &image.id).await {
            Ok(kept) if kept.is_image() => *part = Content::ImageUrl(kept.text),
            Ok(_) | Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(messages)
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(value).map_err(|error| ApiError::internal(error.to_string()))
}

/// What of a title can stand in a header and in every file system.
fn file_name(conversation: &Conversation) -> String {
    let words = conversation.title.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).take(8).collect();
    let name = words.join("-").to_ascii_lowercase();
    if name.is_empty() {
        "conversation".to_owned()
    } else {
        name
    }
}

/// Import conversations
///
/// What `GET /v1/conversations/export` gives, ChatGPT's or Claude's `conversations.json` or the zip archive that has it, or
/// Open WebUI's export; at most 256 MiB, unpacked. What is here already stays as it is, so that importing again adds only what is new. What was said in them is
/// remembered as if it had been said here, unless `memory` is `off`; its meaning is worked out in the background.
#[utoipa::path(
    post,
    path = "/v1/conversations/import",
    operation_id = "import_conversations",
    tag = "conversations",
    params(ImportQuery),
    request_body(description = "The export, as it is", content((Object = "application/json"), (Vec<u8> = "application/zip"))),
    responses(
        (status = 200, description = "What became of each", body = ImportReport),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn import(
    State(app): State<App>,
    caller: Caller,
    QueryOf(query): QueryOf<ImportQuery>,
    LargeBody(body): LargeBody,
) -> Result<Json<ImportReport>, ApiError> {
    let remembers = remembers(&app, &caller, &query)?;
    let now = app.agent.clock().now();
    let (sender, mut found) = mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        chats::read_export(&body, now, &mut |read| sender.blocking_send(read).is_ok())
    });
    let mut report = ImportReport {
        object: "conversations.imported",
        ..ImportReport::default()
    };
    while let Some(read) = found.recv().await {
        let object = keep(
            &app,
            &caller.user,
            read,
            remembers.then_some(&mut report.remembered),
        )
        .await?;
        match object.status {
            "imported" => report.imported += 1,
            "existing" => report.existing += 1,
            _ => report.failed += 1,
        }
        report.conversations.push(object);
    }
    let read = reading
        .await
        .map_err(|error| ApiError::internal(error.to_string()))?;
    if let Err(message) = read {
        if report.conversations.is_empty() {
            return Err(ApiError::new(crate::error::Code::InvalidRequest, message));
        }
        report.error = Some(message);
    }
    Ok(Json(report))
}

/// As a turn does where its request does not say.
fn remembers(app: &App, caller: &Caller, query: &ImportQuery) -> Result<bool, ApiError> {
    match query.memory.as_deref() {
        None => Ok(app.turn_memory() == TurnMemory::On),
        Some("on") => caller.needs(KeyScope::Memory).map(|()| true),
        Some("off") => Ok(false),
        Some(other) => {
            let message = format!("`memory` is `{other}`; it must be `on` or `off`");
            Err(ApiError::invalid("memory", message))
        }
    }
}

/// Keeps one, and what was said in it as memories, which are counted where there is somewhere to count.
async fn keep(
    app: &App,
    user: &str,
    read: Read,
    remembered: Option<&mut u64>,
) -> Result<ImportedObject, ApiError> {
    let program = read.program;
    let mut found = match read.found {
        Ok(found) => found,
        Err(failed) => {
            return Ok(ImportedObject {
                id: None,
                title: failed.title,
                program,
                status: "failed",
                messages: 0,
                left_out: vec![],
                error: Some(failed.why),
            });
        }
    };
    found.conversation.id = found.conversation.id.of(user);
    let title = found.conversation.title.clone();
    let messages = found.conversation.messages.len() as u64;
    let said = match remembered {
        Some(_) => found.conversation.messages.clone(),
        None => Vec::new(),
    };
    let mut problem = None;
    let (id, status) = match app.agent.conversations().import(found.conversation).await? {
        Import::Added(id) => {
            let scope = Scope {
                user: user.to_owned(),
                project: None,
                session: Some(id.as_str().to_owned()),
            };
            match (app.agent.memories().take_over(&scope, &said).await, remembered) {
                (Ok(stored), Some(remembered)) => *remembered += stored,
                (Ok(_), None) => {}
                // The conversation is here all the same.
                (Err(error), _) => problem = Some(format!("it could not be remembered: {error}")),
            }
            (id, "imported")
        }
        Import::Existing(id) => (id, "existing"),
    };
    Ok(ImportedObject {
        id: Some(id.as_str().to_owned()),
        title,
        program,
        status,
        messages,
        left_out: found.left_out.in_words(),
        error: problem,
    })
}
