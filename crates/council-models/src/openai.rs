//! An OpenAI-compatible server as a [`LanguageModel`]: chat completions and text completions, always streamed.
//!
//! Works with OpenAI, with Council's own server, llama.cpp's, vLLM and the many others that speak this API. Usage is
//! what the server reports; where it reports none, none is reported. The key appears in no error and no log.

mod answer;
mod failure;
mod request;
mod sse;

use crate::config::RemoteConfig;
use answer::{Answer, Incomplete, Step};
use council_core::{
    EventStream, FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Locality, ModelError, ModelInfo,
};
use futures::StreamExt;
use futures::stream;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use sse::SseParser;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Most bytes read of the body of a failure.
const LONGEST_FAILURE: usize = 64 << 10;

/// A model at a remote server.
pub struct RemoteModel {
    info: ModelInfo,
    config: Arc<RemoteConfig>,
    client: reqwest::Client,
}

impl RemoteModel {
    /// A model at the server that `config` names. Connects only when it is asked something. The client decides about
    /// proxies, TLS and whether anything may leave this machine.
    pub fn new(config: RemoteConfig, client: reqwest::Client) -> Arc<Self> {
        let info = ModelInfo {
            id: config.id.clone(),
            provider: config.provider.clone(),
            context_length: config.context_tokens,
            locality: Locality::Remote,
            price: config.price,
            chat: true,
            tools: true,
            vision: false,
            size_bytes: None,
        };
        Arc::new(Self {
            info,
            config: Arc::new(config),
            client,
        })
    }

    fn prepare(&self, request: &GenerateRequest) -> Result<Exchange, ModelError> {
        let (path, body) = request::body(request, &self.config.model, self.config.context_tokens)?;
        let url = self.endpoint(path)?;
        let mut builder = self
            .client
            .post(url)
            .header(ACCEPT, "text/event-stream")
            .json(&body);
        if let Some(key) = &self.config.api_key {
            builder = builder.bearer_auth(key);
        }
        Ok(Exchange {
            config: Arc::clone(&self.config),
            path,
            phase: Phase::Asking(Box::new(builder)),
        })
    }

    /// The base URL with `path` below it; a query, as some gateways want, stays.
    fn endpoint(&self, path: &str) -> Result<reqwest::Url, ModelError> {
        let invalid = || {
            let message = "its base URL is not an http(s) URL such as `http://127.0.0.1:8000/v1`; correct it";
            failure::upstream(&self.config, message.to_owned())
        };
        let mut url = reqwest::Url::parse(&self.config.base_url).map_err(|_| invalid())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid());
        }
        let below = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&below);
        Ok(url)
    }
}

impl LanguageModel for RemoteModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn generate(&self, request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        let exchange = match self.prepare(&request) {
            Ok(exchange) => exchange,
            Err(error) => return stream::iter([Err(error)]).boxed(),
        };
        let state = Reader {
            exchange,
            cancel,
            events: VecDeque::new(),
        };
        stream::unfold(state, |mut reader| async move {
            let event = reader.next().await?;
            Some((event, reader))
        })
        .boxed()
    }
}

/// One request and its answer. Dropping it closes the connection, which is how a server learns of a cancel.
struct Exchange {
    config: Arc<RemoteConfig>,
    path: &'static str,
    phase: Phase,
}

enum Phase {
    /// Not yet sent.
    Asking(Box<reqwest::RequestBuilder>),
    /// The answer is coming.
    Reading(Box<Reading>),
    /// Finished or failed.
    Over,
}

struct Reading {
    response: reqwest::Response,
    sse: SseParser,
    answer: Answer,
}

struct Reader {
    exchange: Exchange,
    cancel: CancellationToken,
    events: VecDeque<GenerateEvent>,
}

impl Reader {
    async fn next(&mut self) -> Option<Result<GenerateEvent, ModelError>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(Ok(event));
            }
            if matches!(self.exchange.phase, Phase::Over) {
                return None;
            }
            let cancelled = self.cancel.cancelled();
            let step = self.exchange.step(&mut self.events);
            let result = tokio::select! {
                biased;
                () = cancelled => None,
                result = step => Some(result),
            };
            match result {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    self.exchange.phase = Phase::Over;
                    return Some(Err(error));
                }
                None => {
                    self.exchange.phase = Phase::Over;
                    self.events
                        .push_back(GenerateEvent::Finish(FinishReason::Cancelled));
                }
            }
        }
    }
}

impl Exchange {
    /// Waits for the server once and appends what came to `events`. When it is interrupted, the exchange is over.
    async fn step(&mut self, events: &mut VecDeque<GenerateEvent>) -> Result<(), ModelError> {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Asking(builder) => {
                let response = self.ask(*builder).await?;
                self.phase = Phase::Reading(Box::new(Reading {
                    response,
                    sse: SseParser::default(),
                    answer: Answer::default(),
                }));
            }
            Phase::Reading(mut reading) => {
                if !self.read(&mut reading, events).await? {
                    self.phase = Phase::Reading(reading);
                }
            }
            Phase::Over => {}
        }
        Ok(())
    }

    async fn ask(&self, builder: reqwest::RequestBuilder) -> Result<reqwest::Response, ModelError> {
        let response = timeout(self.config.timeout, builder.send())
            .await
            .map_err(|_| self.timed_out())?
            .map_err(|error| failure::from_transport(&self.config, error))?;
        let status = response.status();
        if !status.is_success() {
            let headers = response.headers().clone();
            let body = self.failure_body(response).await;
            return Err(failure::from_status(
                &self.config,
                status,
                &headers,
                &body,
                self.path,
            ));
        }
        let kind = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        match kind.map(str::to_owned) {
            Some(kind) if !kind.starts_with("text/event-stream") => {
                let body = self.failure_body(response).await;
                let said = failure::excerpt(&self.config, &String::from_utf8_lossy(&body));
                let message =
                    format!("it answered with `{kind}` where an event stream was asked for: {said}");
                Err(failure::upstream(&self.config, message))
            }
            Some(_) | None => Ok(response),
        }
    }

    /// Reads the next piece of the answer; `true` when it was the last.
    async fn read(
        &self,
        reading: &mut Reading,
        events: &mut VecDeque<GenerateEvent>,
    ) -> Result<bool, ModelError> {
        let Reading {
            response,
            sse,
            answer,
        } = reading;
        let chunk = match timeout(self.config.timeout, response.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            // All that can be missing after the finish is the usage.
            Ok(Err(_)) | Err(_) if answer.is_finished() => None,
            Ok(Err(error)) => return Err(failure::from_transport(&self.config, error)),
            Err(_) => return Err(self.timed_out()),
        };
        let mut lines = Vec::new();
        let mut done = chunk.is_none();
        match chunk {
            Some(bytes) => sse.push(&bytes, &mut lines).map_err(|_| {
                let message = "it sent an event of more than 16 MiB".to_owned();
                failure::upstream(&self.config, message)
            })?,
            None => lines.extend(sse.finish()),
        }
        for data in lines {
            match answer.read(&data, events) {
                Step::Continue => {}
                Step::Done => {
                    done = true;
                    break;
                }
                Step::Failed(error) => return Err(failure::from_event(&self.config, &error, self.path)),
                Step::Unreadable(reason) => {
                    let said = failure::excerpt(&self.config, &data);
                    let message = format!("it sent an event that cannot be read ({reason}): {said}");
                    return Err(failure::upstream(&self.config, message));
                }
            }
        }
        if done {
            answer
                .finish(events)
                .map_err(|incomplete| self.incomplete(&incomplete))?;
        }
        Ok(done)
    }

    /// The beginning of a failure's body; what cannot be read of it is left out.
    async fn failure_body(&self, mut response: reqwest::Response) -> Vec<u8> {
        let mut body = Vec::new();
        while body.len() < LONGEST_FAILURE {
            match timeout(self.config.timeout, response.chunk()).await {
                Ok(Ok(Some(bytes))) => body.extend_from_slice(&bytes),
                Ok(Ok(None) | Err(_)) | Err(_) => break,
            }
        }
        body.truncate(LONGEST_FAILURE);
        body
    }

    fn timed_out(&self) -> ModelError {
        ModelError::UpstreamTimeout {
            provider: self.config.provider.clone(),
            after: self.config.timeout,
        }
    }

    fn incomplete(&self, incomplete: &Incomplete) -> ModelError {
        let message = match incomplete {
            Incomplete::EndedEarly => "the answer ended early, without a finish reason; try again",
            Incomplete::Filtered => "its content filter ended the answer; rephrase the request",
        };
        failure::upstream(&self.config, message.to_owned())
    }
}
