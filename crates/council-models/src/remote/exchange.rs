//! One request to a remote server: its attempts, its timeouts, its answer.

mod attempt;

use super::answer::{Incomplete, ReadAnswer, Step};
use super::failure;
use super::provider::{Permit, Provider, Verdict};
use super::sight;
use super::sse::SseParser;
use super::usage::{self, Traffic};
use crate::config::{Protocol, RemoteConfig};
use crate::egress::{HttpClient, HttpError, HttpResponse};
use crate::{anthropic, openai};
use attempt::Failed;
pub(super) use attempt::pause;
use council_core::{GenerateEvent, GenerateRequest, ModelError, Origin, Usage};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Most bytes read of the body of a failure.
const LONGEST_FAILURE: usize = 64 << 10;

/// A longer pause than this is the caller's to wait for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The version of Anthropic's API that is spoken.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// A request on its way.
pub(super) struct Exchange {
    call: Call,
    /// Attempts that failed.
    failed: u32,
    phase: Phase,
    traffic: Traffic,
    /// What was reported before the answer ended.
    reported: Option<Usage>,
    /// Whether the server may have begun to answer.
    taken: bool,
}

/// What is the same for every attempt.
struct Call {
    config: RemoteConfig,
    provider: Arc<Provider>,
    client: HttpClient,
    /// What it is asked for, and the line that its requests are counted in.
    origin: Origin,
    url: reqwest::Url,
    path: &'static str,
    headers: HeaderMap,
    body: Vec<u8>,
    /// By when the answer must be complete; set with the first attempt.
    deadline: Option<Instant>,
    /// Whether a JSON answer comes as the call of a tool of ours.
    json_by_tool: bool,
}

enum Phase {
    Asking,
    Pausing(Instant),
    Reading(Box<Reading>),
    Over,
}

struct Reading {
    response: HttpResponse,
    sse: SseParser,
    answer: Box<dyn ReadAnswer>,
    permit: Option<Permit>,
    /// By when the first piece must be here.
    first: Instant,
}

impl Exchange {
    /// Checks what can be checked without the server.
    ///
    /// # Errors
    /// [`ModelError::InvalidRequest`], [`ModelError::Upstream`] for an address that is none.
    pub(super) fn prepare(
        request: &GenerateRequest,
        config: RemoteConfig,
        provider: Arc<Provider>,
        client: HttpClient,
    ) -> Result<Self, ModelError> {
        sight::check(request, config.vision)?;
        let (path, body, json_by_tool) = match config.protocol {
            Protocol::OpenAi => {
                let (path, body) = openai::body(request, &config)?;
                (path, body, false)
            }
            Protocol::Anthropic => {
                let (body, json_by_tool) = anthropic::body(request, &config)?;
                ("messages", body, json_by_tool)
            }
        };
        let body = body.to_string().into_bytes();
        Ok(Self {
            traffic: Traffic {
                sent: body.len(),
                streamed: 0,
            },
            call: Call {
                url: endpoint(&config, path)?,
                headers: headers(&config, &request.origin.traceparent)?,
                config,
                provider,
                client,
                origin: request.origin.clone(),
                path,
                body,
                deadline: None,
                json_by_tool,
            },
            failed: 0,
            phase: Phase::Asking,
            reported: None,
            taken: false,
        })
    }

    /// Waits for the server once and appends what came to `events`; `true` when the answer is complete. What was
    /// waited for is lost when it is interrupted.
    ///
    /// # Errors
    /// When no further attempt is made.
    pub(super) async fn step(&mut self, events: &mut VecDeque<GenerateEvent>) -> Result<bool, ModelError> {
        let result = match &mut self.phase {
            Phase::Pausing(until) => {
                sleep_until(*until).await;
                self.phase = Phase::Asking;
                return Ok(false);
            }
            Phase::Asking => {
                let started = Instant::now();
                let total = self.call.config.timeouts.total;
                self.call.deadline.get_or_insert_with(|| started + total);
                let permit = self.call.provider.admit()?;
                self.taken = true;
                match self.call.ask(permit).await {
                    Ok(reading) => {
                        self.phase = Phase::Reading(Box::new(reading));
                        return Ok(false);
                    }
                    Err(failed) => Err(failed),
                }
            }
            Phase::Reading(reading) => {
                let result = self.call.read(reading, events).await;
                self.traffic.streamed = reading.answer.streamed_bytes();
                self.reported = reading.answer.reported();
                if let Err(failed) = &result
                    && let Some(permit) = reading.permit.take()
                {
                    permit.settle(failed.verdict());
                }
                result
            }
            Phase::Over => return Ok(true),
        };
        match result {
            Ok(None) => Ok(false),
            Ok(Some(end)) => {
                let usage = self.count(end.usage);
                self.call.provider.answered();
                events.push_back(GenerateEvent::Usage(usage));
                events.push_back(GenerateEvent::Finish(end.reason));
                self.phase = Phase::Over;
                Ok(true)
            }
            Err(failed) => self.again(failed),
        }
    }

    /// Plans another attempt, or gives up.
    fn again(&mut self, failed: Failed) -> Result<bool, ModelError> {
        self.call.provider.failed(failed.kind, &failed.error);
        let began = self.traffic.streamed > 0;
        self.taken = began || failed.kind == "timeout";
        let retries = self.call.config.retries;
        let until = Instant::now() + pause(retries, self.failed, failed.named_pause);
        let in_time = self.call.deadline.is_none_or(|deadline| until < deadline);
        let short = failed.named_pause.is_none_or(|named| named <= LONGEST_PAUSE);
        if !failed.may_pass || began || self.failed >= retries.most || !in_time || !short {
            self.phase = Phase::Over;
            return Err(failed.error);
        }
        self.failed += 1;
        self.call.provider.retried();
        self.phase = Phase::Pausing(until);
        Ok(false)
    }

    /// What the answer took so far, counted from above, when it will not be complete; `None` when the server cannot
    /// have begun it.
    pub(super) fn used_so_far(&mut self) -> Option<Usage> {
        if let Phase::Reading(reading) = &self.phase {
            self.traffic.streamed = reading.answer.streamed_bytes();
            self.reported = reading.answer.reported();
        }
        self.taken.then(|| self.count(self.reported))
    }

    /// Closes the connection.
    pub(super) fn close(&mut self) {
        self.phase = Phase::Over;
    }

    fn count(&self, reported: Option<Usage>) -> Usage {
        let (usage, estimated) = usage::settle(reported, self.traffic);
        if estimated {
            self.call.provider.estimated(&self.call.config.id);
        }
        usage
    }
}

impl Call {
    async fn ask(&self, permit: Permit) -> Result<Reading, Failed> {
        let result = self.send().await;
        let (response, first) = match result {
            Ok(sent) => sent,
            Err(failed) => {
                permit.settle(failed.verdict());
                return Err(failed);
            }
        };
        Ok(Reading {
            response,
            sse: SseParser::default(),
            answer: match self.config.protocol {
                Protocol::OpenAi => Box::new(openai::Answer::default()),
                Protocol::Anthropic => Box::new(anthropic::Answer::new(self.json_by_tool)),
            },
            permit: Some(permit),
            first,
        })
    }

    async fn send(&self) -> Result<(HttpResponse, Instant), Failed> {
        let mut request = reqwest::Request::new(reqwest::Method::POST, self.url.clone());
        *request.headers_mut() = self.headers.clone();
        *request.body_mut() = Some(self.body.clone().into());
        let first = self.before_deadline(self.config.timeouts.first_token);
        let response = timeout_at(first, self.client.send(request, &self.origin))
            .await
            .map_err(|_| self.timed_out(self.config.timeouts.first_token))?
            .map_err(|error| Failed::transport(&self.config, error))?;
        let status = response.status();
        if !status.is_success() {
            let headers = response.headers().clone();
            let body = self.failure_body(response).await;
            return Err(Failed::status(&self.config, status, &headers, &body, self.path));
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
                Err(Failed::unreadable(failure::upstream(&self.config, message)))
            }
            Some(_) | None => Ok((response, first)),
        }
    }

    /// Reads the next piece of the answer; its end when it was the last.
    async fn read(
        &self,
        reading: &mut Reading,
        events: &mut VecDeque<GenerateEvent>,
    ) -> Result<Option<super::answer::End>, Failed> {
        let Reading {
            response,
            sse,
            answer,
            permit,
            first,
        } = reading;
        let timeouts = &self.config.timeouts;
        let (until, bound) = if answer.streamed_bytes() == 0 && !answer.is_finished() {
            (*first, timeouts.first_token)
        } else {
            (self.before_deadline(timeouts.silence), timeouts.silence)
        };
        let chunk = match timeout_at(until, response.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            // All that can be missing after the finish is the usage.
            Ok(Err(_)) | Err(_) if answer.is_finished() => None,
            Ok(Err(error)) => return Err(Failed::transport(&self.config, error)),
            Err(_) => return Err(self.timed_out(bound)),
        };
        let mut lines = Vec::new();
        let mut done = chunk.is_none();
        match chunk {
            Some(bytes) => sse.push(bytes.as_ref(), &mut lines).map_err(|_| {
                let message = "it sent an event of more than 16 MiB".to_owned();
                Failed::unreadable(failure::upstream(&self.config, message))
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
                Step::Failed(error) => {
                    return Err(Failed::event(&self.config, &error, self.path));
                }
                Step::Unreadable(reason) => {
                    let said = failure::excerpt(&self.config, &data);
                    let message = format!("it sent an event that cannot be read ({reason}): {said}");
                    return Err(Failed::unreadable(failure::upstream(&self.config, message)));
                }
            }
        }
        if !done {
            return Ok(None);
        }
        let end = answer
            .finish(events)
            .map_err(|incomplete| self.incomplete(&incomplete))?;
        response.finished();
        if let Some(permit) = permit.take() {
            permit.settle(Verdict::Reached);
        }
        Ok(Some(end))
    }

    /// The beginning of a failure's body; what cannot be read of it is left out.
    async fn failure_body(&self, mut response: HttpResponse) -> Vec<u8> {
        let mut body = Vec::new();
        let until = self.before_deadline(self.config.timeouts.silence);
        while body.len() < LONGEST_FAILURE {
            match timeout_at(until, response.chunk()).await {
                Ok(Ok(Some(bytes))) => body.extend_from_slice(bytes.as_ref()),
                Ok(Ok(None) | Err(_)) | Err(_) => break,
            }
        }
        body.truncate(LONGEST_FAILURE);
        body
    }

    /// The moment this long from now, or the end of all patience.
    fn before_deadline(&self, after: Duration) -> Instant {
        let until = Instant::now() + after;
        self.deadline.map_or(until, |deadline| until.min(deadline))
    }

    fn timed_out(&self, bound: Duration) -> Failed {
        let total = self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        Failed::timeout(ModelError::UpstreamTimeout {
            provider: self.config.provider.clone(),
            after: if total { self.config.timeouts.total } else { bound },
        })
    }

    fn incomplete(&self, incomplete: &Incomplete) -> Failed {
        match incomplete {
            Incomplete::EndedEarly => {
                let message = "the answer ended early, without a finish reason; try again";
                Failed::broken(failure::upstream(&self.config, message.to_owned()))
            }
            Incomplete::Filtered => {
                let message = "its content filter ended the answer; rephrase the request";
                Failed::refused(failure::upstream(&self.config, message.to_owned()))
            }
        }
    }
}

/// A request for the list of a server's models.
///
/// # Errors
/// [`ModelError::Upstream`] for an address or a key that is none.
pub(super) fn models_request(config: &RemoteConfig) -> Result<reqwest::Request, ModelError> {
    let mut request = reqwest::Request::new(reqwest::Method::GET, endpoint(config, "models")?);
    *request.headers_mut() = headers(config, "")?;
    Ok(request)
}

/// Why there was no answer.
pub(super) fn transport_error(config: &RemoteConfig, error: HttpError) -> ModelError {
    Failed::transport(config, error).error
}

/// The base URL with `path` below it; a query, as some gateways want, stays.
fn endpoint(config: &RemoteConfig, path: &str) -> Result<reqwest::Url, ModelError> {
    let invalid = || {
        let message = "its base URL is not an http(s) URL such as `http://127.0.0.1:8000/v1`; correct it";
        failure::upstream(config, message.to_owned())
    };
    let mut url = reqwest::Url::parse(&config.base_url).map_err(|_| invalid())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid());
    }
    let below = format!("{}/{path}", url.path().trim_end_matches('/'));
    url.set_path(&below);
    Ok(url)
}

fn headers(config: &RemoteConfig, traceparent: &str) -> Result<HeaderMap, ModelError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let (name, prefix) = match config.protocol {
        Protocol::OpenAi => (reqwest::header::AUTHORIZATION, "Bearer "),
        Protocol::Anthropic => (HeaderName::from_static("x-api-key"), ""),
    };
    if config.protocol == Protocol::Anthropic {
        headers.insert("anthropic-version", HeaderValue::from_static(ANTHROPIC_VERSION));
    }
    if let Some(key) = &config.api_key {
        let mut value = HeaderValue::from_str(&format!("{prefix}{}", key.expose())).map_err(|_| {
            let message = "its key has characters that no header can carry; set it anew".to_owned();
            failure::upstream(config, message)
        })?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    // A server that traces too goes on with the trace; one that does not passes it over.
    if let Ok(traceparent) = HeaderValue::from_str(traceparent)
        && !traceparent.is_empty()
    {
        headers.insert("traceparent", traceparent);
    }
    Ok(headers)
}
