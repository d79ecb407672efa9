//! `POST /orchestrate`.

use super::choice;
use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::original::orchestrate::{OrchestrateAnswer, OrchestrateRequest};
use crate::api::turn_memory::MemoryOrder;
use crate::error::ApiError;
use crate::extract::{JsonBody, Peer, RequestId};
use crate::state::App;
use crate::turns;
use axum::Json;
use axum::extract::State;
use council_agent::{Answerers, Payer, Position, TurnRequest};
use council_core::Answerer;

/// Answer a prompt with the first of several models or skills that can
#[utoipa::path(
    post,
    path = "/orchestrate",
    tag = "original",
    request_body = OrchestrateRequest,
    responses(
        (status = 200, description = "The answer", body = OrchestrateAnswer),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn orchestrate(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    Peer(peer): Peer,
    JsonBody(request): JsonBody<OrchestrateRequest>,
) -> Result<Json<OrchestrateAnswer>, ApiError> {
    let (route, generate) = request.order(&peer)?;
    let named: Vec<Answerer> = route
        .into_iter()
        .map(|name| choice::answerer("route", name))
        .collect::<Result<_, _>>()?;
    let turn = TurnRequest {
        request_id: id.as_str().to_owned(),
        route: "/orchestrate",
        answerers: if named.is_empty() {
            Answerers::Auto { local_only: false }
        } else {
            Answerers::Named(named)
        },
        voters: Vec::new(),
        whole: true,
        user: caller.user.to_string(),
        payer: Payer::default(),
        incognito: false,
        without_memories: Vec::new(),
        knowledge: Some(MemoryOrder::default().scope(&caller.user, None)),
        conversation: None,
        position: Position::End,
        history: Vec::new(),
        memory: None,
        tools: None,
        programs: true,
        generate,
    };
    let answer = turns::collect_one(&app, &caller, turn).await?;
    Ok(Json(OrchestrateAnswer::new(answer, id.as_str())))
}
