//! `POST /v1/completions`.

use super::choice;
use super::openai_chat::variants;
use crate::access::Caller;
use crate::api::error::ErrorBody;
use crate::api::openai::completion::{Completion, CompletionChoice, CompletionChunk, CompletionRequest};
use crate::api::openai::finish_reason;
use crate::api::openai::logprobs::CompletionLogprobs;
use crate::api::openai::usage::{ChunkUsage, UsageObject};
use crate::error::ApiError;
use crate::extract::{JsonBody, Peer, RequestId};
use crate::sse::{self, Encode, Frames};
use crate::state::App;
use crate::turns;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use council_agent::{Answerers, TurnEvent, TurnRequest};
use council_core::{GenerateRequest, Usage};

const ROUTE: &str = "/v1/completions";

/// Continue a text
///
/// OpenAI's (legacy) completions: the text goes to the model as it stands, without a chat template.
#[utoipa::path(
    post,
    path = "/v1/completions",
    tag = "openai",
    request_body = CompletionRequest,
    responses(
        (status = 200, description = "The answer; with `stream` as events that end with `[DONE]`", content(
            (Completion = "application/json"),
            (CompletionChunk = "text/event-stream"),
        )),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn completions(
    State(app): State<App>,
    caller: Caller,
    id: RequestId,
    Peer(peer): Peer,
    JsonBody(request): JsonBody<CompletionRequest>,
) -> Result<Response, ApiError> {
    let order = request.order(&peer)?;
    let answerers = choice::answerers(order.model, Answerers::Default)?;
    let requests = requests(&id, &answerers, &order.generate, order.n);
    let count = requests.len();
    let turns = turns::start(&app, &caller, requests);
    let completion_id = format!("cmpl-{}", id.as_str().trim_start_matches("req_"));
    let created = app.agent.clock().now().as_secs();
    if order.stream {
        let begun = turns::begin(turns, app.limits.first_event_wait).await?;
        let encoder = CompletionEncoder {
            request_id: id.as_str().to_owned(),
            id: completion_id,
            created,
            model: String::new(),
            fingerprint: app.fingerprint.clone(),
            include_usage: order.include_usage,
            logprobs: order.logprobs,
            n: order.n,
            offsets: vec![0; count],
            echo: order.echo,
            usages: vec![Usage::default(); count],
        };
        return Ok(sse::respond(&app, id, begun, encoder));
    }
    let answers = turns::collect(turns, count).await?;
    let usages: Vec<Usage> = answers.iter().map(|answer| answer.summary.usage).collect();
    let model = answers
        .first()
        .map(|answer| answer.summary.model.clone())
        .unwrap_or_default();
    let choices = answers
        .into_iter()
        .enumerate()
        .map(|(index, answer)| CompletionChoice {
            text: format!("{}{}", order.echo[index / order.n], answer.text),
            index,
            logprobs: order
                .logprobs
                .then(|| CompletionLogprobs::new(&answer.logprobs, &mut 0)),
            finish_reason: Some(finish_reason(answer.summary.finish)),
        });
    let completion = Completion {
        id: completion_id,
        object: "text_completion",
        created,
        model,
        system_fingerprint: app.fingerprint.clone(),
        choices: choices.collect(),
        usage: UsageObject::sum(&usages, order.n),
    };
    Ok(Json(completion).into_response())
}

/// `n` turns for each prompt, in the order of the choices.
fn requests(
    id: &RequestId,
    answerers: &Answerers,
    prompts: &[GenerateRequest],
    n: usize,
) -> Vec<TurnRequest> {
    let turns = prompts
        .iter()
        .flat_map(|generate| variants(id, ROUTE, answerers, generate, n));
    let mut turns: Vec<TurnRequest> = turns.collect();
    if turns.len() > 1 {
        for (index, turn) in turns.iter_mut().enumerate() {
            turn.request_id = format!("{}-{index}", id.as_str());
        }
    }
    turns
}

/// Turns as chunks.
struct CompletionEncoder {
    request_id: String,
    id: String,
    created: u64,
    model: String,
    fingerprint: String,
    include_usage: bool,
    logprobs: bool,
    /// Answers for each prompt.
    n: usize,
    /// For each answer where its next token begins, in characters.
    offsets: Vec<usize>,
    /// For each prompt the text to repeat.
    echo: Vec<String>,
    usages: Vec<Usage>,
}

impl CompletionEncoder {
    fn chunk(&self, choice: Option<CompletionChoice>, usage: ChunkUsage, frames: &mut Frames) {
        frames.json(&CompletionChunk {
            id: &self.id,
            object: "text_completion",
            created: self.created,
            model: &self.model,
            system_fingerprint: &self.fingerprint,
            choices: choice.into_iter().collect(),
            usage: self.include_usage.then_some(usage),
        });
    }
}

impl Encode for CompletionEncoder {
    fn event(&mut self, index: usize, event: TurnEvent, frames: &mut Frames) {
        match event {
            TurnEvent::Decision { model, .. } => {
                self.model = model;
                let text = self.echo[index / self.n].clone();
                if !text.is_empty() {
                    let choice = CompletionChoice {
                        text,
                        index,
                        logprobs: None,
                        finish_reason: None,
                    };
                    self.chunk(Some(choice), ChunkUsage::Pending, frames);
                }
            }
            TurnEvent::Text { text, logprobs } => {
                let logprobs = (self.logprobs && !logprobs.is_empty())
                    .then(|| CompletionLogprobs::new(&logprobs, &mut self.offsets[index]));
                if !text.is_empty() || logprobs.is_some() {
                    let choice = CompletionChoice {
                        text,
                        index,
                        logprobs,
                        finish_reason: None,
                    };
                    self.chunk(Some(choice), ChunkUsage::Pending, frames);
                }
            }
            // Raw text is generated without tools and without memory.
            TurnEvent::ToolCall(_)
            | TurnEvent::ToolStarted(_)
            | TurnEvent::ToolFinished { .. }
            | TurnEvent::Recalled { .. }
            | TurnEvent::Vote(_)
            | TurnEvent::Remembered { .. } => {}
            TurnEvent::Done(summary) => {
                self.usages[index] = summary.usage;
                let finish_reason = Some(finish_reason(summary.finish));
                let choice = CompletionChoice {
                    text: String::new(),
                    index,
                    logprobs: None,
                    finish_reason,
                };
                self.chunk(Some(choice), ChunkUsage::Pending, frames);
            }
        }
    }

    fn failed(&mut self, error: &ApiError, frames: &mut Frames) {
        frames.json(&error.body(&self.request_id));
    }

    fn finished(&mut self, frames: &mut Frames) {
        if self.include_usage {
            let usage = UsageObject::sum(&self.usages, self.n);
            self.chunk(None, ChunkUsage::Final(usage), frames);
        }
        frames.text("[DONE]");
    }
}
