//! `POST /orchestrate`.

use super::choice;
use crate::api::error::ErrorBody;
use crate::api::original::orchestrate::{OrchestrateAnswer, OrchestrateRequest};
use crate::error::ApiError;
use crate::extract::{JsonBody, Peer, RequestId};
use crate::state::App;
use crate::turns;
use axum::Json;
use axum::extract::State;
use council_agent::TurnRequest;
use council_core::SkillKind;

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
    id: RequestId,
    Peer(peer): Peer,
    JsonBody(request): JsonBody<OrchestrateRequest>,
) -> Result<Json<OrchestrateAnswer>, ApiError> {
    let (route, generate) = request.order(&peer)?;
    let turn = TurnRequest {
        request_id: id.as_str().to_owned(),
        route: "/orchestrate",
        models: models(&app, route)?,
        conversation: None,
        memory: None,
        tools: None,
        programs: false,
        generate,
    };
    let answer = turns::collect_one(&app, turn).await?;
    Ok(Json(OrchestrateAnswer::new(answer, id.as_str())))
}

/// The models that a route names, in its order. A skill stands for the model that serves it: the default one.
fn models(app: &App, route: Vec<String>) -> Result<Vec<String>, ApiError> {
    let mut models = Vec::new();
    for entry in route {
        let stands_for_default = entry == SkillKind::Chat.as_str() || entry == choice::AUTO;
        if stands_for_default {
            let default = app.agent.models().list().into_iter().find(|model| model.default);
            models.extend(default.map(|model| model.info.id));
        } else {
            models.extend(choice::models(app, Some(entry))?);
        }
    }
    Ok(models)
}
