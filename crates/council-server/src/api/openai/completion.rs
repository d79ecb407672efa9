//! `POST /v1/completions`: request and answer.

use super::chat_request::{MAX_N, StreamOptions};
use super::logprobs::CompletionLogprobs;
use super::usage::{ChunkUsage, UsageObject};
use crate::api::generation::GenerationFields;
use crate::api::range::integer;
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::{GenerateRequest, Input};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A completion request. Fields that are not listed here are ignored.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CompletionRequest {
    #[serde(flatten)]
    pub(crate) completion: CompletionFields,
    #[serde(flatten)]
    pub(crate) generation: GenerationFields,
}

impl FromBody for CompletionRequest {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        Ok(Self {
            completion: parse_object(body)?,
            generation: parse_object(body)?,
        })
    }
}

/// What is particular to completions. `max_tokens` is 16 where absent, as in OpenAI's API: without a chat template
/// few models know when to end.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct CompletionFields {
    /// Text to continue, or up to 8 texts.
    pub(crate) prompt: PromptField,
    /// A model of `GET /v1/models`; the default model where absent.
    pub(crate) model: Option<String>,
    /// Answer as server-sent events.
    pub(crate) stream: Option<bool>,
    pub(crate) stream_options: Option<StreamOptions>,
    /// How many answers to make for each prompt.
    #[schema(minimum = 1, maximum = 8, default = 1)]
    pub(crate) n: Option<i64>,
    /// Refused unless 1.
    pub(crate) best_of: Option<i64>,
    /// Repeat the prompt before the answer.
    pub(crate) echo: Option<bool>,
    /// Refused: fill-in-the-middle is not supported.
    pub(crate) suffix: Option<String>,
    /// How many alternatives to report for each token; null reports nothing.
    #[schema(minimum = 0, maximum = 20)]
    pub(crate) logprobs: Option<i64>,
}

/// One prompt or several; arrays of token ids are refused.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a string or an array of strings")]
pub(crate) enum PromptField {
    One(String),
    Several(Vec<String>),
    #[schema(value_type = Vec<Object>)]
    Tokens(Vec<Value>),
}

/// A validated completion request.
#[derive(Debug)]
pub(crate) struct CompletionOrder {
    pub(crate) model: Option<String>,
    /// One for each prompt.
    pub(crate) generate: Vec<GenerateRequest>,
    /// For each prompt the text to repeat; empty without `echo`.
    pub(crate) echo: Vec<String>,
    pub(crate) n: usize,
    pub(crate) stream: bool,
    pub(crate) include_usage: bool,
    pub(crate) logprobs: bool,
}

const MAX_PROMPTS: usize = 8;
/// Most turns of one request; each takes a place in the model's queue.
const MAX_TURNS: usize = 16;
const DEFAULT_MAX_TOKENS: i64 = 16;

impl CompletionRequest {
    /// Checks every field.
    pub(crate) fn order(self, peer: &str) -> Result<CompletionOrder, ApiError> {
        let fields = self.completion;
        if fields.suffix.is_some_and(|suffix| !suffix.is_empty()) {
            return Err(ApiError::invalid(
                "suffix",
                "`suffix` is not supported; leave it out",
            ));
        }
        let n = integer("n", fields.n, 1..=MAX_N)?.unwrap_or(1) as usize;
        if fields.best_of.is_some_and(|best_of| best_of != 1) {
            let message = "`best_of` is not supported beyond 1; use `n` and choose among the answers";
            return Err(ApiError::invalid("best_of", message));
        }
        let echo = fields.echo.unwrap_or(false);
        let logprobs = integer("logprobs", fields.logprobs, 0..=20)?;
        if echo && logprobs.is_some() {
            let message =
                "`echo` with `logprobs` is not supported: the prompt's tokens have no log-probs here";
            return Err(ApiError::invalid("logprobs", message));
        }
        let prompts = prompts(fields.prompt, n)?;
        let mut generation = self.generation;
        if generation.max_completion_tokens.is_none() {
            generation.max_tokens.get_or_insert(DEFAULT_MAX_TOKENS);
        }
        let one = |prompt: &String| {
            let request = generation.clone().request(Input::Text(prompt.clone()), peer)?;
            Ok(GenerateRequest {
                top_logprobs: logprobs.unwrap_or(0) as u8,
                ..request
            })
        };
        Ok(CompletionOrder {
            model: fields.model,
            generate: prompts.iter().map(one).collect::<Result<_, ApiError>>()?,
            echo: prompts
                .into_iter()
                .map(|prompt| if echo { prompt } else { String::new() })
                .collect(),
            n,
            stream: fields.stream.unwrap_or(false),
            include_usage: fields
                .stream_options
                .and_then(|options| options.include_usage)
                .unwrap_or(false),
            logprobs: logprobs.is_some(),
        })
    }
}

fn prompts(field: PromptField, n: usize) -> Result<Vec<String>, ApiError> {
    let refuse = |message: String| Err(ApiError::invalid("prompt", message));
    let prompts = match field {
        PromptField::One(prompt) => vec![prompt],
        PromptField::Several(prompts) => prompts,
        PromptField::Tokens(tokens) => {
            let count = tokens.len();
            return refuse(format!(
                "`prompt` holds {count} token ids, which are not supported; send text"
            ));
        }
    };
    if prompts.is_empty() || prompts.iter().any(String::is_empty) {
        return refuse("`prompt` is empty; send the text to continue".to_owned());
    }
    if prompts.len() > MAX_PROMPTS {
        return refuse(format!(
            "`prompt` has {} texts; at most {MAX_PROMPTS} are possible",
            prompts.len()
        ));
    }
    if prompts.len() * n > MAX_TURNS {
        let turns = prompts.len() * n;
        return refuse(format!(
            "{} prompts with `n` {n} make {turns} answers; at most {MAX_TURNS} are possible",
            prompts.len()
        ));
    }
    Ok(prompts)
}

/// A whole answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Completion {
    /// `cmpl-…`.
    pub(crate) id: String,
    /// `text_completion`.
    pub(crate) object: &'static str,
    /// Seconds since the Unix epoch.
    pub(crate) created: u64,
    /// The model that answered.
    pub(crate) model: String,
    pub(crate) system_fingerprint: String,
    pub(crate) choices: Vec<CompletionChoice>,
    pub(crate) usage: UsageObject,
}

/// An answer, or what is new in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CompletionChoice {
    pub(crate) text: String,
    /// Prompt number times `n` plus answer number.
    pub(crate) index: usize,
    pub(crate) logprobs: Option<CompletionLogprobs>,
    /// `stop` or `length`; null before the last chunk.
    pub(crate) finish_reason: Option<&'static str>,
}

/// A part of a streamed answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CompletionChunk<'a> {
    pub(crate) id: &'a str,
    /// `text_completion`.
    pub(crate) object: &'static str,
    pub(crate) created: u64,
    pub(crate) model: &'a str,
    pub(crate) system_fingerprint: &'a str,
    /// One, or none in the chunk that carries the usage.
    pub(crate) choices: Vec<CompletionChoice>,
    /// Of the whole request, in the last chunk, when `stream_options.include_usage` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<UsageObject>)]
    pub(crate) usage: Option<ChunkUsage>,
}
