//! `GET /v1/tools` and `POST /v1/tools/{name}`: Council's own tools, Agent Zero's among them.

use crate::access::{Caller, needed_by};
use crate::api::error::ErrorBody;
use crate::api::memory::{
    DeleteTool, DeletedTool, ForgetTool, ForgottenTool, LoadTool, LoadedTool, SaveTool, SavedTool,
};
use crate::api::tools::{ToolArguments, ToolListObject, ToolObject, ToolResultObject};
use crate::api::turn_memory::MemoryOrder;
use crate::error::ApiError;
use crate::extract::{IdPath, JsonBody, RequestId};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use council_core::ToolContext;
use serde_json::Value;

/// List tools
///
/// Those that Council itself can run for a model.
#[utoipa::path(
    get,
    path = "/v1/tools",
    operation_id = "list_tools",
    tag = "tools",
    responses(
        (status = 200, description = "The tools", body = ToolListObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(State(app): State<App>) -> Json<ToolListObject> {
    let tools = app.agent.tools();
    let data = tools.list().map(|tool| ToolObject::new(tool, tools.allows(tool)));
    Json(ToolListObject {
        object: "list",
        data: data.collect(),
    })
}

/// Call a tool
///
/// Directly, as a model would: the body holds its arguments. Who calls a tool by name has allowed it.
#[utoipa::path(
    post,
    path = "/v1/tools/{name}",
    operation_id = "call_tool",
    tag = "tools",
    params(("name" = String, Path, description = "One of `GET /v1/tools`")),
    request_body = ToolArguments,
    responses(
        (status = 200, description = "What it gave", body = ToolResultObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn call(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    IdPath(name): IdPath,
    headers: HeaderMap,
    JsonBody(arguments): JsonBody<ToolArguments>,
) -> Result<Json<ToolResultObject>, ApiError> {
    run(&app, &caller, &id, &headers, &name, arguments).await
}

/// Agent Zero's `memory_load`
///
/// The memories whose meaning is nearest. The score is (1 + cosine) / 2, as in Agent Zero.
#[utoipa::path(
    post,
    path = "/v1/tools/memory_load",
    operation_id = "memory_load",
    tag = "agent zero",
    request_body = LoadTool,
    responses(
        (status = 200, description = "The memories, best first", body = LoadedTool),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn memory_load(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    headers: HeaderMap,
    JsonBody(arguments): JsonBody<ToolArguments>,
) -> Result<Json<ToolResultObject>, ApiError> {
    run(&app, &caller, &id, &headers, "memory_load", arguments).await
}

/// Agent Zero's `memory_save`
#[utoipa::path(
    post,
    path = "/v1/tools/memory_save",
    operation_id = "memory_save",
    tag = "agent zero",
    request_body = SaveTool,
    responses(
        (status = 200, description = "It is stored", body = SavedTool),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn memory_save(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    headers: HeaderMap,
    JsonBody(arguments): JsonBody<ToolArguments>,
) -> Result<Json<ToolResultObject>, ApiError> {
    run(&app, &caller, &id, &headers, "memory_save", arguments).await
}

/// Agent Zero's `memory_delete`
#[utoipa::path(
    post,
    path = "/v1/tools/memory_delete",
    operation_id = "memory_delete",
    tag = "agent zero",
    request_body = DeleteTool,
    responses(
        (status = 200, description = "They are gone for good", body = DeletedTool),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn memory_delete(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    headers: HeaderMap,
    JsonBody(arguments): JsonBody<ToolArguments>,
) -> Result<Json<ToolResultObject>, ApiError> {
    run(&app, &caller, &id, &headers, "memory_delete", arguments).await
}

/// Agent Zero's `memory_forget`
///
/// Forgets all that `memory_load` would find without a limit, at once and for good. `POST /v1/memory/forget` shows it
/// first.
#[utoipa::path(
    post,
    path = "/v1/tools/memory_forget",
    operation_id = "memory_forget",
    tag = "agent zero",
    request_body = ForgetTool,
    responses(
        (status = 200, description = "They are gone for good", body = ForgottenTool),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn memory_forget(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    headers: HeaderMap,
    JsonBody(arguments): JsonBody<ToolArguments>,
) -> Result<Json<ToolResultObject>, ApiError> {
    run(&app, &caller, &id, &headers, "memory_forget", arguments).await
}

/// Calls a tool for whoever waits for the response.
async fn run(
    app: &App,
    caller: &Caller,
    id: &RequestId,
    headers: &HeaderMap,
    name: &str,
    ToolArguments(arguments): ToolArguments,
) -> Result<Json<ToolResultObject>, ApiError> {
    if let Some(tool) = app.agent.tools().list().find(|tool| tool.name == name) {
        caller.needs(needed_by(tool))?;
    }
    let cancel = app.shutdown.child_token();
    let context = ToolContext {
        scope: MemoryOrder::of_headers(headers)?.scope(&caller.user, None),
        request_id: id.as_str().to_owned(),
        without_memories: Vec::new(),
        now: app.agent.clock().now(),
        cancel: cancel.clone(),
    };
    // A client that leaves drops this future.
    let _when_nobody_waits = cancel.drop_guard();
    let called = app.agent.tools().call(name, Value::Object(arguments), &context);
    Ok(Json(called.await?.into()))
}
