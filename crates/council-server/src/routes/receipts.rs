//! `/v1/routes`: why requests were answered by whom; and `/v1/feedback`.

use super::choice;
use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::original::answer::latency_ms;
use crate::api::original::prompt::chat;
use crate::api::page::PageObject;
use crate::api::receipts::{
    DecisionObject, FeedbackObject, FeedbackRequest, ReceiptAnswer, ReceiptObject, ReceiptQuery,
    ReplayAnswer, ReplayRequest, ReplayedAnswer, plan,
};
use crate::error::ApiError;
use crate::extract::{IdPath, JsonBody, PageQuery, Paging, Peer, QueryOf, RequestId};
use crate::state::App;
use crate::turns;
use axum::Json;
use axum::extract::State;
use council_agent::routing::{Cascade, Fixed};
use council_agent::{Answerers, Payer, Position, TurnRequest};
use council_core::{
    ConversationId, Decision, Feedback, GenerateRequest, Receipt, Role, RoutingPolicy, RoutingRules,
    StoreError,
};
use serde_json::Value;

/// List why requests were answered by whom, newest first
#[utoipa::path(
    get,
    path = "/v1/routes",
    operation_id = "list_routes",
    tag = "router",
    params(PageQuery, ReceiptQuery),
    responses(
        (status = 200, description = "A page of receipts", body = PageObject<ReceiptObject>),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    paging: Paging,
    QueryOf(query): QueryOf<ReceiptQuery>,
) -> Result<Json<PageObject<ReceiptObject>>, ApiError> {
    let (found, _) = app
        .agent
        .receipts()
        .receipts(query.filter(&caller.user)?, paging.probe())
        .await?;
    Ok(Json(PageObject::new(&paging, found)))
}

/// Why a request was answered by whom
#[utoipa::path(
    get,
    path = "/v1/routes/{id}",
    operation_id = "get_route",
    tag = "router",
    params(("id" = String, Path, description = "The request's id: `x-request-id`")),
    responses(
        (status = 200, description = "The receipt, and what became of the answer", body = ReceiptAnswer),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn retrieve(
    State(app): State<App>,
    caller: Caller,
    IdPath(id): IdPath,
) -> Result<Json<ReceiptAnswer>, ApiError> {
    let (receipt, feedback) = theirs(&app, &caller, &id).await?;
    Ok(Json(ReceiptAnswer {
        receipt: receipt.into(),
        feedback: feedback.into_iter().map(Into::into).collect(),
    }))
}

/// Say what became of an answer
#[utoipa::path(
    post,
    path = "/v1/feedback",
    operation_id = "add_feedback",
    tag = "router",
    request_body = FeedbackRequest,
    responses(
        (status = 200, description = "What was noted", body = FeedbackObject),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn feedback(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<FeedbackRequest>,
) -> Result<Json<FeedbackObject>, ApiError> {
    let feedback = request.order(app.agent.clock().now())?;
    theirs(&app, &caller, &feedback.request_id).await?;
    app.agent.receipts().note(feedback.clone()).await?;
    Ok(Json(feedback.into()))
}

/// Decide again, with another policy, other thresholds or somebody else
///
/// From what was known then. With `run`, the question is really asked again, outside of its conversation.
#[utoipa::path(
    post,
    path = "/v1/routes/{id}/replay",
    operation_id = "replay_route",
    tag = "router",
    params(("id" = String, Path, description = "The request's id: `x-request-id`")),
    request_body = ReplayRequest,
    responses(
        (status = 200, description = "Both decisions, and the answer where it was asked for", body = ReplayAnswer),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn replay(
    State(app): State<App>,
    caller: Caller,
    request_id: RequestId,
    Peer(peer): Peer,
    IdPath(id): IdPath,
    JsonBody(request): JsonBody<ReplayRequest>,
) -> Result<Json<ReplayAnswer>, ApiError> {
    let (receipt, _) = theirs(&app, &caller, &id).await?;
    let (after, answerers) = match &request.answerer {
        Some(_) if request.policy.is_some() || request.rules.is_some() => {
            let message = "`answerer` names who answers, so that there is nothing to decide; leave out `policy` and `rules`";
            return Err(ApiError::invalid("answerer", message));
        }
        Some(name) => (
            None,
            Answerers::Named(vec![choice::answerer("answerer", name.clone())?]),
        ),
        None => {
            let decision = decide_again(&receipt, &request)?;
            (Some(decision.clone()), Answerers::Decided(Box::new(decision)))
        }
    };
    let changed = match (&receipt.decision, &after) {
        (Some(before), Some(after)) => plan(before) != plan(after),
        _ => true,
    };
    let answer = if request.run.unwrap_or(false) {
        let prompt = question(&app, &receipt, request.prompt).await?;
        let mut generate = GenerateRequest::chat(Vec::new());
        generate.input = chat(None, prompt);
        generate.client = peer;
        let turn = TurnRequest {
            request_id: request_id.as_str().to_owned(),
            route: "/v1/routes/{id}/replay",
            answerers,
            voters: Vec::new(),
            whole: true,
            user: caller.user.to_string(),
            payer: Payer::default(),
            incognito: false,
            without_memories: Vec::new(),
            knowledge: Some(crate::api::turn_memory::MemoryOrder::default().scope(&caller.user, None)),
            conversation: None,
            position: Position::End,
            history: Vec::new(),
            memory: None,
            tools: None,
            programs: true,
            generate,
        };
        let answer = turns::collect_one(&app, &caller, turn).await?;
        let summary = answer.summary;
        Some(ReplayedAnswer {
            request_id: request_id.as_str().to_owned(),
            text: answer.text,
            latency_ms: latency_ms(&summary),
            skill_type: summary.skill.as_str(),
            confidence: summary.confidence,
            cost_usd: summary.cost_usd,
            model: summary.model,
        })
    } else {
        None
    };
    Ok(Json(ReplayAnswer {
        request_id: id,
        before: receipt.decision.as_ref().map(DecisionObject::from),
        after: after.as_ref().map(DecisionObject::from),
        changed,
        answer,
    }))
}

/// A receipt of the caller's, and what became of the answer; those of others do not exist.
async fn theirs(app: &App, caller: &Caller, id: &str) -> Result<(Receipt, Vec<Feedback>), ApiError> {
    let (receipt, feedback) = app.agent.receipts().receipt(id).await?;
    if receipt.user == *caller.user {
        return Ok((receipt, feedback));
    }
    let (what, id) = ("receipt", id.to_owned());
    Err(StoreError::NotFound { what, id }.into())
}

/// The decision on what was known then.
fn decide_again(receipt: &Receipt, request: &ReplayRequest) -> Result<Decision, ApiError> {
    let (Some(features), Some(state), Some(rules)) = (&receipt.features, &receipt.state, &receipt.rules)
    else {
        let message =
            "the request named who answers, so that nothing was decided; send `answerer` to name another";
        return Err(ApiError::invalid("answerer", message));
    };
    let policy: &dyn RoutingPolicy = match request.policy.as_deref() {
        None | Some("cascade") => &Cascade,
        Some("default") => &Fixed,
        Some(other) => {
            let message = format!("`policy` cannot be `{other}`; possible: cascade, default");
            return Err(ApiError::invalid("policy", message));
        }
    };
    Ok(policy.decide(features, state, &changed_rules(rules, request.rules.as_ref())?))
}

/// The thresholds of then, with some in the place of others.
fn changed_rules(rules: &RoutingRules, changes: Option<&Value>) -> Result<RoutingRules, ApiError> {
    let mut all = serde_json::to_value(rules).map_err(|error| ApiError::internal(error.to_string()))?;
    if let Some(changes) = changes {
        merge("rules", &mut all, changes)?;
    }
    serde_json::from_value(all)
        .map_err(|error| ApiError::invalid("rules", format!("`rules` cannot be read: {error}")))
}

/// Puts values in the place of others of the same name.
fn merge(path: &str, into: &mut Value, changes: &Value) -> Result<(), ApiError> {
    let (Value::Object(into), Value::Object(changes)) = (into, changes) else {
        return Err(ApiError::invalid(path, format!("`{path}` must be an object")));
    };
    for (name, value) in changes {
        let path = format!("{path}.{name}");
        let Some(old) = into.get_mut(name) else {
            let known: Vec<&str> = into.keys().map(String::as_str).collect();
            let message = format!(
                "`{path}` is not known; possible in its place: {}",
                known.join(", ")
            );
            return Err(ApiError::invalid(path, message));
        };
        if old.is_object() {
            merge(&path, old, value)?;
        } else if std::mem::discriminant(old) == std::mem::discriminant(value) {
            *old = value.clone();
        } else {
            return Err(ApiError::invalid(
                path.clone(),
                format!("`{path}` has the wrong type: {value}"),
            ));
        }
    }
    Ok(())
}

/// What was asked: as it is sent again, or as the conversation has it.
async fn question(app: &App, receipt: &Receipt, sent: Option<String>) -> Result<String, ApiError> {
    if let Some(sent) = sent.filter(|sent| !sent.trim().is_empty()) {
        return Ok(sent);
    }
    let conversation = receipt.conversation.as_deref().and_then(ConversationId::parse);
    if let Some(id) = conversation.map(|id| id.of(&receipt.user)) {
        let tree = match app.agent.conversations().tree(&id).await {
            Err(StoreError::NotFound { .. }) => vec![],
            tree => tree?,
        };
        let answered = tree.iter().find(|stored| stored.request_id == receipt.request_id);
        // Of an answer that was made anew, the question came with another request.
        let mut before = answered;
        while let Some(stored) = before {
            if stored.message.role == Role::User {
                return Ok(stored.message.joined_text());
            }
            before = tree.iter().find(|other| Some(other.id) == stored.parent);
        }
    }
    let message = "the question is not kept, because it belongs to no conversation; send it as `prompt`";
    Err(ApiError::invalid("prompt", message))
}
