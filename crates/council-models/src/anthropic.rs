//! Anthropic's protocol: messages, always streamed.

mod answer;
mod request;

pub(crate) use answer::Answer;
pub(crate) use request::body;

/// The tool of ours by which a model gives an answer in JSON.
const JSON_TOOL: &str = "answer_in_json";
