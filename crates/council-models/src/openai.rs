//! OpenAI's protocol: chat completions and text completions, always streamed.
//!
//! Works with OpenAI, with Council's own server, llama.cpp's, vLLM, Ollama and the many others that speak this API;
//! what single ones want otherwise is in `dialect`.

mod answer;
mod dialect;
mod request;

use crate::config::RemoteConfig;
use crate::remote::host_of;
use council_core::{GenerateRequest, ModelError};
use dialect::Dialect;
use serde_json::Value;

pub(crate) use answer::{Answer, new_call_id};

/// The path below the base URL, and the body.
///
/// # Errors
/// [`ModelError::InvalidRequest`] for what the API cannot express.
pub(crate) fn body(
    request: &GenerateRequest,
    config: &RemoteConfig,
) -> Result<(&'static str, Value), ModelError> {
    let dialect = Dialect::of(&host_of(&config.base_url).unwrap_or_default());
    request::body(request, &config.model, config.context_tokens, dialect)
}
