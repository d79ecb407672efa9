//! `POST /vote`.

use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::original::vote::{VoteAnswer, VoteFrame, VoteOrder, VoteRequest};
use crate::error::ApiError;
use crate::extract::{Flags, JsonBody, Peer, RequestId};
use crate::sse::{self, Encode, Frames};
use crate::state::App;
use crate::turns;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use council_agent::vote::VoteEvent;
use council_agent::{Answerers, Payer, Position, TurnEvent, TurnRequest};
use council_core::Answerer;

/// Put a prompt to the council
#[utoipa::path(
    post,
    path = "/vote",
    tag = "original",
    params(Flags),
    request_body = VoteRequest,
    responses(
        (status = 200, description = "The verdict; with `stream` as frames, voice by voice", content(
            (VoteAnswer = "application/json"),
            (VoteFrame = "text/event-stream"),
        )),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn vote(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    Peer(peer): Peer,
    flags: Flags,
    JsonBody(request): JsonBody<VoteRequest>,
) -> Result<Response, ApiError> {
    let council = app
        .agent
        .council()
        .ok_or_else(|| ApiError::internal("this Council has no voices"))?;
    let VoteOrder {
        candidates,
        top_k,
        stream,
        generate,
    } = request.order(&council, &peer)?;
    let turn = TurnRequest {
        request_id: id.as_str().to_owned(),
        route: "/vote",
        answerers: Answerers::Named(vec![Answerer::Council]),
        voters: candidates,
        whole: true,
        user: caller.user.to_string(),
        payer: Payer::default(),
        incognito: false,
        knowledge: None,
        without_memories: Vec::new(),
        conversation: None,
        position: Position::End,
        history: Vec::new(),
        memory: None,
        tools: None,
        programs: false,
        generate,
    };
    if stream || flags.stream.unwrap_or(false) {
        let encoder = VoteEncoder {
            top_k,
            request_id: id.as_str().to_owned(),
        };
        let begun = turns::begin(
            turns::start(&app, &caller, vec![turn]),
            app.limits.first_event_wait,
        )
        .await?;
        return Ok(sse::respond(&app, id, begun, encoder));
    }
    let summary = turns::collect_one(&app, &caller, turn).await?.summary;
    let decided = summary
        .vote
        .ok_or_else(|| ApiError::internal("a vote ended without a verdict"))?;
    let answer = VoteAnswer::new(&decided, summary.confidence, top_k, id.as_str());
    Ok(Json(answer).into_response())
}

/// A vote in frames.
struct VoteEncoder {
    top_k: usize,
    request_id: String,
}

impl Encode for VoteEncoder {
    fn event(&mut self, _index: usize, event: TurnEvent, frames: &mut Frames) {
        match event {
            // Told at the end, with how sure the answer is.
            TurnEvent::Vote(event) if matches!(*event, VoteEvent::Verdict(_)) => {}
            TurnEvent::Vote(event) => {
                frames.json(&VoteFrame::new(*event, None, self.top_k, &self.request_id));
            }
            TurnEvent::Done(summary) => {
                if let Some(decided) = &summary.vote {
                    let answer = VoteAnswer::new(decided, summary.confidence, self.top_k, &self.request_id);
                    frames.json(&VoteFrame::Verdict(Box::new(answer)));
                }
            }
            // The verdict has the text.
            TurnEvent::Decision { .. }
            | TurnEvent::Recalled { .. }
            | TurnEvent::Text { .. }
            | TurnEvent::ToolCall(_)
            | TurnEvent::ToolStarted(_)
            | TurnEvent::ToolFinished { .. }
            | TurnEvent::Remembered { .. } => {}
        }
    }

    fn failed(&mut self, error: &ApiError, frames: &mut Frames) {
        frames.json(&VoteFrame::failed(error, &self.request_id));
    }

    fn finished(&mut self, _frames: &mut Frames) {}
}
