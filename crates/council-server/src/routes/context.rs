//! `/v1/conversations/{id}/context`: how full a model's context would be.

use super::{attachments, choice};
use crate::access::Caller;
use crate::api::context::{ContextFields, ContextObject};
use crate::api::error::ErrorBody;
use crate::api::original::prompt::{self, PlaceOrder, PromptOrder, conversation_id};
use crate::api::turn_memory::MemoryOrder;
use crate::api::turn_tools::ToolsOrder;
use crate::error::ApiError;
use crate::extract::{IdPath, JsonBody};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use council_agent::context::{self, HISTORY_LIMIT, History, Recollection};
use council_core::{Branch, ConversationSettings, GenerateRequest, MessageId, StoreError};

/// Count what a question would take of a model's context
///
/// By the rules of a turn: what would be left out is left out here. The conversation need not exist yet.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/context",
    operation_id = "count_context",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation, percent-encoded")),
    request_body = ContextFields,
    responses(
        (status = 200, description = "How full it would be", body = ContextObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn count(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
    JsonBody(fields): JsonBody<ContextFields>,
) -> Result<Json<ContextObject>, ApiError> {
    let id = conversation_id(&caller.user, "id", &id)?;
    let conversations = app.agent.conversations();
    let settings = match conversations.conversation(&id).await {
        Err(StoreError::NotFound { .. }) => ConversationSettings::default(),
        conversation => conversation?.settings,
    };
    let model = choice::model(&app, fields.model.or(settings.model).as_deref())?;
    let info = model.info().clone();
    let system = fields.system.or(settings.system);
    let max_tokens = fields
        .max_tokens
        .map(|tokens| tokens as u32)
        .or(settings.max_tokens);
    let mut order = PromptOrder {
        model: Some(info.id.clone()),
        conversation: Some(id.clone()),
        attachments: prompt::attachments(fields.attachments, true, PlaceOrder::End)?,
        generate: GenerateRequest {
            max_tokens,
            ..GenerateRequest::new(prompt::chat(system, fields.prompt.unwrap_or_default()))
        },
        place: PlaceOrder::End,
        history: Vec::new(),
        memory: MemoryOrder::default(),
        tools: ToolsOrder::None,
        stream: false,
        detached: false,
    };
    attachments::attach(&app, &mut order).await?;
    let branch = match fields.parent_id {
        Some(0) => None,
        Some(parent) => Some(Branch::EndingAt(MessageId(parent))),
        None => Some(Branch::Active),
    };
    let history = match (fields.history, branch) {
        (Some(said), _) => {
            let recent = prompt::said_before(said)?;
            let total = recent.len() as u64;
            History { total, recent }
        }
        (None, None) => History::default(),
        (None, Some(branch)) => {
            let recent = conversations.recent_messages(&id, branch, HISTORY_LIMIT).await?;
            History {
                total: recent.last().map_or(0, |last| last.depth),
                recent: recent.into_iter().map(|stored| stored.message).collect(),
            }
        }
    };
    let nothing = Recollection {
        hits: vec![],
        token_cap: app.agent.memories().prompt_tokens(),
    };
    let prompt = context::assemble(&order.generate, &history, &nothing, info.context_length);
    let estimated = context::estimate(&prompt.request.input);
    let counted = model.count_tokens(prompt.request).await;
    let used_tokens = counted.map_or(estimated, u64::from);
    Ok(Json(ContextObject {
        context_length: info.context_length,
        used_tokens,
        exact: counted.is_some(),
        answer_tokens: context::answer_room(max_tokens, info.context_length),
        memory_tokens: nothing.token_cap,
        messages: history.total - prompt.omitted_messages,
        omitted_messages: prompt.omitted_messages,
        fits: used_tokens < u64::from(info.context_length),
        model: info.id,
    }))
}
