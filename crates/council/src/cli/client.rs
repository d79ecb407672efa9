//! Talks to a running Council server through its OpenAI-compatible routes.

mod documents;

use super::Context;
use super::backend::{Answer, Piece, Pieces, Question};
use crate::config::Config;
use crate::exit::CommandError;
use council_core::egress::{Purpose, Standing};
use council_core::{Origin, Usage};
use council_models::egress::{HttpClient, HttpError, HttpResponse, bound_to, place_of};
use futures::{Stream, StreamExt};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A client of one server.
#[derive(Clone)]
pub(super) struct Client {
    http: HttpClient,
    url: String,
    /// Shown with each request.
    key: Option<String>,
}

impl Client {
    /// A client of the server at `url`; nothing is sent yet.
    pub(super) async fn new(url: &str, context: &Context) -> Result<Self, CommandError> {
        let url = url.trim_end_matches('/').to_owned();
        let bound = bound_to(Purpose::Server, &url, standing(&url, &context.config));
        if bound.names.is_empty() || !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(CommandError::usage(format!(
                "the server's URL must begin with http:// or https://: {url}"
            )));
        }
        let http = context.gate().await?.client(bound, CONNECT_TIMEOUT);
        let http = http.map_err(|error| {
            CommandError::failure(format!("cannot make an HTTP client: {}", chain(&error)))
        })?;
        let key = None;
        Ok(Self { http, url, key })
    }

    /// The same, with a key.
    pub(super) fn with_key(self, key: Option<String>) -> Self {
        Self { key, ..self }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Whether a Council server answers there, whatever its health.
    pub(super) async fn probe(&self, within: Duration) -> Result<(), String> {
        self.health(within).await.map(|_| ())
    }

    /// Whether the server can answer, and what it says of its health.
    pub(super) async fn health(&self, within: Duration) -> Result<(bool, Value), String> {
        let asked = async {
            let response = self.asked(Method::GET, "/health", None).await;
            let response = response.map_err(|error| chain(&error))?;
            let well = response.status().is_success();
            let body = response.bytes().await.map_err(|error| chain(&error))?;
            Ok::<_, String>((well, body))
        };
        let answer = tokio::time::timeout(within, asked).await;
        let (well, body) = answer.map_err(|_| format!("nothing came for {} ms", within.as_millis()))??;
        let health: Value =
            serde_json::from_slice(&body).map_err(|_| "its /health is not JSON".to_owned())?;
        match health["service"].as_str() {
            Some(service) if service.to_lowercase().contains("council") => Ok((well, health)),
            _ => Err("something else listens there".to_owned()),
        }
    }

    /// The ids of the server's models, in its order.
    pub(super) async fn models(&self) -> Result<Vec<String>, CommandError> {
        let list = self
            .json(self.send(Method::GET, "/v1/models", None).await?)
            .await?;
        let entries = list["data"].as_array().cloned().unwrap_or_default();
        Ok(entries
            .iter()
            .filter_map(|entry| entry["id"].as_str().map(str::to_owned))
            .collect())
    }

    /// Starts a streamed answer.
    pub(super) fn ask(&self, question: Question) -> Pieces {
        let client = self.clone();
        let started = Instant::now();
        let stream = async_stream(client, question, started);
        stream.boxed()
    }

    async fn open_stream(&self, question: &Question) -> Result<HttpResponse, CommandError> {
        let content = ("application/json", body(question).to_string().into());
        self.send(Method::POST, "/v1/chat/completions", Some(content))
            .await
    }

    /// The response, or the error that its body describes.
    async fn checked(&self, response: HttpResponse) -> Result<HttpResponse, CommandError> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = response.bytes().await.unwrap_or_default();
        let otherwise = format!("the server at {} answered {status}", self.url);
        Err(refusal(
            status.as_u16(),
            &String::from_utf8_lossy(&body),
            otherwise,
        ))
    }

    /// Sends a request to `path` and returns the response, or the error that its body describes.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        content: Option<(&str, reqwest::Body)>,
    ) -> Result<HttpResponse, CommandError> {
        let response = self.asked(method, path, content).await;
        self.checked(response.map_err(|error| self.unreachable(&error))?)
            .await
    }

    /// Sends a request to `path` and returns the response, whatever it says.
    async fn asked(
        &self,
        method: Method,
        path: &str,
        content: Option<(&str, reqwest::Body)>,
    ) -> Result<HttpResponse, Asked> {
        let url = Url::parse(&format!("{}{path}", self.url)).map_err(Asked::Url)?;
        let mut request = Request::new(method, url);
        if let Some((content_type, body)) = content {
            let value = HeaderValue::from_str(content_type).map_err(Asked::Header)?;
            request.headers_mut().insert(CONTENT_TYPE, value);
            *request.body_mut() = Some(body);
        }
        if let Some(key) = &self.key {
            let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(Asked::Header)?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        Ok(self.http.send(request, &Origin::default()).await?)
    }

    /// The body as JSON.
    pub(super) async fn json(&self, response: HttpResponse) -> Result<Value, CommandError> {
        let body = response.bytes().await;
        let body = body.map_err(|error| self.unreachable(&error))?;
        serde_json::from_slice(&body).map_err(|error| self.unreachable(&error))
    }

    pub(super) fn unreachable(&self, error: &dyn std::error::Error) -> CommandError {
        CommandError::unavailable(format!("the connection to {} failed: {}", self.url, chain(error)))
    }
}

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
enum Asked {
    #[error("its URL is none: {0}")]
    Url(<Url as std::str::FromStr>::Err),
    #[error(transparent)]
    Header(reqwest::header::InvalidHeaderValue),
    #[error(transparent)]
    Http(#[from] HttpError),
}

/// Council's own server is the one that this configuration describes, and whatever listens on loopback.
fn standing(url: &str, config: &Config) -> Standing {
    let place = |url: &str| Url::parse(url).ok().as_ref().and_then(place_of);
    match place(url) {
        Some(place) if place.is_loopback() => Standing::Own,
        there if there.is_some() && there == place(&config.local_url()) => Standing::Own,
        _ => Standing::Foreign,
    }
}

/// State of a streamed answer between two pieces.
enum Phase {
    /// Nothing has been sent.
    Asking(Question),
    /// Frames arrive.
    Reading {
        bytes: futures::stream::BoxStream<'static, Result<Vec<u8>, HttpError>>,
        lines: Lines,
    },
    /// Nothing more will come.
    Ended,
}

fn async_stream(
    client: Client,
    question: Question,
    started: Instant,
) -> impl Stream<Item = Result<Piece, CommandError>> + Send {
    struct State {
        client: Client,
        phase: Phase,
        answer: Answer,
        started: Instant,
    }
    let state = State {
        client,
        phase: Phase::Asking(question),
        answer: Answer::default(),
        started,
    };
    futures::stream::unfold(state, |mut state| async move {
        loop {
            match &mut state.phase {
                Phase::Asking(question) => match state.client.open_stream(question).await {
                    Ok(response) => {
                        state.phase = Phase::Reading {
                            bytes: response.into_stream().boxed(),
                            lines: Lines::default(),
                        };
                    }
                    Err(error) => {
                        state.phase = Phase::Ended;
                        return Some((Err(error), state));
                    }
                },
                Phase::Reading { bytes, lines } => {
                    if let Some(line) = lines.next() {
                        match read_frame(&line, &mut state.answer) {
                            Frame::Nothing => {}
                            Frame::Text(text) => {
                                state
                                    .answer
                                    .first_token
                                    .get_or_insert_with(|| state.started.elapsed());
                                return Some((Ok(Piece::Text(text)), state));
                            }
                            Frame::End => {
                                state.phase = Phase::Ended;
                                state.answer.latency = state.started.elapsed();
                                let answer = std::mem::take(&mut state.answer);
                                return Some((Ok(Piece::Done(answer)), state));
                            }
                            Frame::Failed(message) => {
                                state.phase = Phase::Ended;
                                return Some((Err(CommandError::failure(message)), state));
                            }
                        }
                        continue;
                    }
                    match bytes.next().await {
                        Some(Ok(chunk)) => lines.push(&chunk),
                        Some(Err(error)) => {
                            let error = state.client.unreachable(&error);
                            state.phase = Phase::Ended;
                            return Some((Err(error), state));
                        }
                        None => {
                            state.phase = Phase::Ended;
                            let message = "the server closed the connection before the answer was complete";
                            return Some((Err(CommandError::unavailable(message)), state));
                        }
                    }
                }
                Phase::Ended => return None,
            }
        }
    })
}

fn body(question: &Question) -> Value {
    let messages: Vec<Value> = question
        .messages
        .iter()
        .map(|message| json!({ "role": message.role.as_str(), "content": message.joined_text() }))
        .collect();
    let mut body = json!({
        "messages": messages,
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    if let Some(model) = &question.model {
        body["model"] = json!(model);
    }
    if let Some(temperature) = question.temperature {
        body["temperature"] = json!(temperature);
    }
    if let Some(max_tokens) = question.max_tokens {
        body["max_tokens"] = json!(max_tokens);
    }
    body
}

/// What one line of the event stream means.
#[derive(Debug, PartialEq)]
enum Frame {
    Nothing,
    Text(String),
    End,
    Failed(String),
}

fn read_frame(line: &str, answer: &mut Answer) -> Frame {
    let Some(data) = line.strip_prefix("data:").map(str::trim) else {
        return Frame::Nothing;
    };
    if data == "[DONE]" {
        return Frame::End;
    }
    let Ok(chunk) = serde_json::from_str::<Value>(data) else {
        return Frame::Failed(format!("the server sent a frame that is not JSON: {data}"));
    };
    if let Some(message) = error_message(&chunk["error"]) {
        return Frame::Failed(message);
    }
    if let Some(model) = chunk["model"].as_str() {
        model.clone_into(&mut answer.model);
    }
    if let Some(usage) = chunk["usage"].as_object() {
        let count = |value: &Value| value.as_u64().unwrap_or_default() as u32;
        answer.usage = Some(Usage {
            input_tokens: usage.get("prompt_tokens").map(count).unwrap_or_default(),
            cached_tokens: count(&chunk["usage"]["prompt_tokens_details"]["cached_tokens"]),
            output_tokens: usage.get("completion_tokens").map(count).unwrap_or_default(),
        });
    }
    let choice = &chunk["choices"][0];
    if let Some(reason) = choice["finish_reason"].as_str() {
        reason.clone_into(&mut answer.finish_reason);
    }
    match choice["delta"]["content"].as_str() {
        Some(text) if !text.is_empty() => Frame::Text(text.to_owned()),
        _ => Frame::Nothing,
    }
}

/// The error that a response with this status and body is.
pub(super) fn refusal(status: u16, body: &str, otherwise: String) -> CommandError {
    let error = serde_json::from_str::<Value>(body).ok();
    let message = error.as_ref().and_then(|body| error_message(&body["error"]));
    let message = message.unwrap_or(otherwise);
    match status {
        400 | 413 | 422 => CommandError::usage(message),
        404 | 429 | 502..=504 => CommandError::unavailable(message),
        _ => CommandError::failure(message),
    }
}

/// Message and hint of an error object.
pub(super) fn error_message(error: &Value) -> Option<String> {
    let message = error["message"].as_str().or_else(|| error.as_str())?;
    Some(match error["hint"].as_str() {
        Some(hint) if !message.contains(hint) => format!("{message}; {hint}"),
        _ => message.to_owned(),
    })
}

/// Cuts a byte stream into lines. A character that arrives in two pieces is put together before it is read.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pending: Vec<u8>,
}

impl Lines {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    pub(super) fn next(&mut self) -> Option<String> {
        let end = self.pending.iter().position(|&byte| byte == b'\n')?;
        let line: Vec<u8> = self.pending.drain(..=end).collect();
        Some(String::from_utf8_lossy(&line).trim_end().to_owned())
    }
}

/// An error with its causes: reqwest's own text leaves out why.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests;
