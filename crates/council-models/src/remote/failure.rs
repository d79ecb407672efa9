//! What went wrong at a remote server, as one of our errors.

use crate::config::RemoteConfig;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use council_core::ModelError;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::time::Duration;

/// Anthropic's "overloaded": <https://docs.anthropic.com/en/api/errors>.
const OVERLOADED: u16 = 529;

/// Wait before another try when the server names none.
const DEFAULT_RETRY: Duration = Duration::from_secs(5);

/// Longest message of a server that is passed on, in characters.
const LONGEST_MESSAGE: usize = 500;

/// What a server said about its failure.
#[derive(Debug, Default)]
struct Reported {
    message: String,
    code: String,
    param: Option<String>,
    prompt_tokens: Option<u32>,
    context_tokens: Option<u32>,
}

/// A failure that came with an HTTP status. `path` is the part of the URL that was asked.
pub(super) fn from_status(
    config: &RemoteConfig,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    path: &str,
) -> ModelError {
    let reported = read(config, body);
    let said = if reported.message.is_empty() {
        String::new()
    } else {
        format!(": {}", reported.message)
    };
    let name = &config.model;
    match status.as_u16() {
        429 | OVERLOADED if reported.code != "insufficient_quota" => ModelError::Busy {
            model: config.id.clone(),
            queued: 0,
            retry_after: retry_after(headers).unwrap_or(DEFAULT_RETRY),
        },
        400 | 413 | 422 => invalid(config, reported, path),
        401 | 403 => upstream(
            config,
            format!(
                "it refused the credentials ({status}){said}; check the key of `{}`",
                config.id
            ),
        ),
        404 => upstream(
            config,
            format!("it knows no model `{name}`, or the base URL is wrong ({status}){said}"),
        ),
        _ => upstream(config, format!("it answered {status}{said}")),
    }
}

/// A failure that came as an event of the stream, or as an event's `error` field.
pub(super) fn from_event(config: &RemoteConfig, error: &Value, path: &str) -> ModelError {
    let reported = report(config, error);
    if is_context_code(&reported.code) {
        return invalid(config, reported, path);
    }
    let message = if reported.message.is_empty() {
        "no reason given".to_owned()
    } else {
        reported.message
    };
    upstream(config, format!("it broke off: {message}"))
}

/// A failure without an answer: no connection, or a broken one.
pub(super) fn from_transport(config: &RemoteConfig, error: reqwest::Error) -> ModelError {
    let url = shown_url(&config.base_url);
    let connecting = error.is_connect();
    let mut reason = String::new();
    // The address is shown once, without what may be secret in it.
    let error = error.without_url();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(inner) = cause {
        reason = inner.to_string();
        cause = inner.source();
    }
    let reason = redact(config, &reason);
    if connecting {
        let remedy = "check that the server is running and that its base URL is right";
        upstream(config, format!("no connection to {url}: {reason}; {remedy}"))
    } else {
        upstream(config, format!("the connection to {url} broke: {reason}"))
    }
}

/// [`ModelError::Upstream`] of this server.
pub(super) fn upstream(config: &RemoteConfig, message: String) -> ModelError {
    ModelError::Upstream {
        provider: config.provider.clone(),
        message,
    }
}

/// The beginning of something unexpected that a server sent, fit for a message.
pub(super) fn excerpt(config: &RemoteConfig, text: &str) -> String {
    let text = redact(config, text.trim());
    let mut short: String = text.chars().take(LONGEST_MESSAGE).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn invalid(config: &RemoteConfig, reported: Reported, path: &str) -> ModelError {
    let input = if path == "completions" {
        "prompt"
    } else {
        "messages"
    };
    if is_context_code(&reported.code) || is_context_message(&reported.message) {
        if let Some((prompt_tokens, context_tokens)) = counts(&reported) {
            return ModelError::ContextTooLong {
                model: config.id.clone(),
                prompt_tokens,
                context_tokens,
            };
        }
        return ModelError::InvalidRequest {
            field: input.to_owned(),
            message: format!(
                "too long for the context of `{}`: {}",
                config.id, reported.message
            ),
        };
    }
    let message = match reported.message.as_str() {
        "" => format!("{} refused it without a reason", config.provider),
        message => format!("{} refused it: {message}", config.provider),
    };
    ModelError::InvalidRequest {
        field: reported.param.unwrap_or_else(|| "request".to_owned()),
        message,
    }
}

/// OpenAI's code (also vLLM's and ours), and llama.cpp's.
fn is_context_code(code: &str) -> bool {
    matches!(code, "context_length_exceeded" | "exceed_context_size_error")
}

/// OpenAI's words and Anthropic's.
fn is_context_message(message: &str) -> bool {
    message.contains("maximum context length") || message.starts_with("prompt is too long: ")
}

/// Tokens of the prompt and of the context: llama.cpp sends them as fields, the others in words.
fn counts(reported: &Reported) -> Option<(u32, u32)> {
    if let (Some(prompt), Some(context)) = (reported.prompt_tokens, reported.context_tokens) {
        return Some((prompt, context));
    }
    let message = &reported.message;
    let after = |words: &str| {
        let tail = message.split_once(words)?.1;
        let digits: String = tail
            .chars()
            .take_while(|c| c.is_ascii_digit() || *c == ',')
            .filter(char::is_ascii_digit)
            .collect();
        digits.parse::<u32>().ok()
    };
    let before = |words: &str| {
        let head = message.split_once(words)?.0;
        let start = head.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        head[start..].parse::<u32>().ok()
    };
    let context = after("maximum context length is ")
        .or_else(|| after("` holds "))
        .or_else(|| after(" tokens > "))?;
    let prompt = before(" in the messages")
        .or_else(|| before(" in your prompt"))
        .or_else(|| after("resulted in "))
        .or_else(|| after("the prompt has "))
        .or_else(|| after("you requested "))
        .or_else(|| after("prompt is too long: "))?;
    Some((prompt, context))
}

/// OpenAI's `{"error": {"message", "type", "code", "param"}}`, FastAPI's `{"detail"}`, or plain text.
fn read(config: &RemoteConfig, body: &[u8]) -> Reported {
    let text = String::from_utf8_lossy(body);
    match serde_json::from_str::<Value>(&text) {
        Ok(json) => report(config, json.get("error").unwrap_or(&json)),
        Err(_) => Reported {
            message: excerpt(config, &text),
            ..Reported::default()
        },
    }
}

fn report(config: &RemoteConfig, error: &Value) -> Reported {
    let text = |key: &str| {
        error
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let number = |key: &str| {
        error
            .get(key)
            .and_then(Value::as_u64)
            .and_then(|n| u32::try_from(n).ok())
    };
    let message = match (error, error.get("detail")) {
        (Value::String(message), _) | (_, Some(Value::String(message))) => message.clone(),
        (_, Some(detail)) => detail.to_string(),
        (_, None) => text("message").unwrap_or_default().to_owned(),
    };
    Reported {
        message: excerpt(config, &message),
        // llama.cpp puts the status into `code` and the kind into `type`.
        code: text("code")
            .or_else(|| text("type"))
            .unwrap_or_default()
            .to_owned(),
        param: text("param").map(str::to_owned),
        prompt_tokens: number("n_prompt_tokens"),
        context_tokens: number("n_ctx"),
    }
}

/// Whether the same request may be taken a moment later, by the status of this answer.
pub(super) fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504 | OVERLOADED)
}

/// `Retry-After` in seconds, or OpenAI's `retry-after-ms`.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let seconds = number("retry-after-ms")
        .map(|ms| ms / 1000.0)
        .or_else(|| number("retry-after"));
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

/// Some servers repeat the key that they refuse, or the address that they were asked at.
fn redact(config: &RemoteConfig, text: &str) -> String {
    let key = config.api_key.as_ref().map(|key| key.expose().to_owned());
    let url = reqwest::Url::parse(&config.base_url).ok();
    let in_url = url.iter().flat_map(|url| {
        let password = url.password().map(str::to_owned);
        // As it is sent, which whoever repeats a request's headers repeats.
        let sent = password
            .as_ref()
            .map(|password| BASE64_STANDARD.encode(format!("{}:{password}", url.username())));
        let query = url.query_pairs().map(|(_, value)| value.into_owned());
        sent.into_iter().chain(password).chain(query).collect::<Vec<_>>()
    });
    key.into_iter()
        .chain(in_url)
        // What is as short as a word of the message cannot be told from one, and is no secret.
        .filter(|secret| secret.len() >= 4)
        .fold(text.to_owned(), |text, secret| text.replace(&secret, "***"))
}

/// A URL without user name, password and query, where a secret may be.
pub fn shown_url(url: &str) -> String {
    let Ok(mut url) = reqwest::Url::parse(url) else {
        return "its base URL".to_owned();
    };
    // Fails only for URLs that can have no user name.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

#[cfg(test)]
mod tests;
