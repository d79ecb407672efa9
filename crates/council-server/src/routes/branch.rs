//! What a turn takes from its conversation: where it goes, and how that is set.

use crate::access::Caller;
use crate::api::original::prompt::{PlaceOrder, PromptOrder, PromptRequest};
use crate::error::ApiError;
use crate::state::App;
use council_agent::Position;
use council_core::{Branch, ConversationId, Input, MessageId, Role, StoreError, StoredMessage};

/// How far before an answer its question is looked for: a longer run of tools is not made.
const LOOKED_THROUGH: u64 = 1_000;

/// A request, with what it does not say as its conversation is set.
pub(super) async fn as_set(
    app: &App,
    caller: &Caller,
    request: PromptRequest,
) -> Result<PromptRequest, ApiError> {
    // An id that is none is refused with the other fields.
    let Some(id) = request
        .prompt
        .session_id
        .as_deref()
        .and_then(ConversationId::parse)
    else {
        return Ok(request);
    };
    let id = id.of(&caller.user);
    match app.agent.conversations().conversation(&id).await {
        Ok(conversation) => Ok(request.or(conversation.settings)),
        Err(StoreError::NotFound { .. }) => Ok(request),
        Err(error) => Err(error.into()),
    }
}

/// The position that an order names. What is asked anew is put into the order.
pub(super) async fn position(app: &App, order: &mut PromptOrder) -> Result<Position, ApiError> {
    let message = match order.place {
        PlaceOrder::End => return Ok(Position::End),
        PlaceOrder::After(after) => return Ok(Position::After(after)),
        PlaceOrder::Regenerate(message) => message,
    };
    let StoredMessage {
        id, parent, message, ..
    } = question(app, order, message).await?;
    if let Input::Chat { messages, .. } = &mut order.generate.input
        && let Some(last) = messages.last_mut()
    {
        *last = message;
    }
    Ok(Position::Again {
        question: id,
        after: parent,
    })
}

/// The question that a message answers; itself where it is one.
async fn question(app: &App, order: &PromptOrder, message: MessageId) -> Result<StoredMessage, ApiError> {
    let missing = || StoreError::NotFound {
        what: "message",
        id: message.0.to_string(),
    };
    let Some(conversation) = &order.conversation else {
        return Err(missing().into());
    };
    let branch = app
        .agent
        .conversations()
        .recent_messages(conversation, Branch::EndingAt(message), LOOKED_THROUGH)
        .await?;
    let asked = branch
        .into_iter()
        .rfind(|stored| stored.message.role == Role::User);
    asked.ok_or_else(|| missing().into())
}
