//! The fields about generation that every route takes, and their ranges.

use super::range::{integer, number};
use crate::error::ApiError;
use council_core::{GenerateRequest, Input, Origin, OutputFormat, Sampling};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::ops::Bound;
use utoipa::ToSchema;

/// How to generate; every field is optional.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub(crate) struct GenerationFields {
    /// How much chance there is in the choice of tokens; 0 always takes the most likely one.
    #[schema(minimum = 0, maximum = 2, default = 0.7)]
    pub(crate) temperature: Option<f64>,
    /// Only the most likely tokens that together have this probability are considered.
    #[schema(minimum = 0, maximum = 1, default = 0.95)]
    pub(crate) top_p: Option<f64>,
    /// Only this many of the most likely tokens are considered; 0 considers all.
    #[schema(minimum = 0, default = 40)]
    pub(crate) top_k: Option<i64>,
    /// Tokens less likely than this share of the most likely one are not considered.
    #[schema(minimum = 0, maximum = 1, default = 0)]
    pub(crate) min_p: Option<f64>,
    /// Makes recent tokens less likely; 1 is off. `repeat_penalty` is the same.
    #[serde(alias = "repeat_penalty")]
    #[schema(exclusive_minimum = 0, maximum = 10, default = 1)]
    pub(crate) repetition_penalty: Option<f64>,
    /// Makes tokens that were used less likely, once.
    #[schema(minimum = -2, maximum = 2, default = 0)]
    pub(crate) presence_penalty: Option<f64>,
    /// Makes tokens that were used less likely, for each use.
    #[schema(minimum = -2, maximum = 2, default = 0)]
    pub(crate) frequency_penalty: Option<f64>,
    /// Added to the logits of single tokens, by token id of the model's vocabulary.
    pub(crate) logit_bias: Option<BTreeMap<String, f64>>,
    /// Makes the answer repeatable.
    pub(crate) seed: Option<i64>,
    /// The answer ends before the first of these; at most 16.
    pub(crate) stop: Option<Stop>,
    /// Most tokens to generate.
    #[schema(minimum = 1)]
    pub(crate) max_tokens: Option<i64>,
    /// The newer name of `max_tokens`, which it overrides.
    #[schema(minimum = 1)]
    pub(crate) max_completion_tokens: Option<i64>,
    /// The form of the answer.
    pub(crate) response_format: Option<ResponseFormat>,
    /// A GBNF grammar that the answer follows, from its rule `root`.
    pub(crate) grammar: Option<String>,
    /// Who asks; requests of one user queue fairly against those of another.
    pub(crate) user: Option<String>,
    /// Private text that is asked about may go to a model on another machine, as placeholders.
    #[schema(default = false)]
    pub(crate) consent: Option<bool>,
}

/// One stop string or several.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a string or an array of strings")]
pub(crate) enum Stop {
    One(String),
    Several(Vec<String>),
}

/// The form of an answer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ResponseFormat {
    /// `text`, `json_object` or `json_schema`.
    pub(crate) r#type: String,
    /// For `json_schema`.
    pub(crate) json_schema: Option<JsonSchemaFormat>,
}

/// A JSON Schema that the answer follows; its `name` and `strict` are ignored.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct JsonSchemaFormat {
    /// The schema; always followed exactly.
    #[schema(value_type = Option<Object>)]
    pub(crate) schema: Option<Map<String, Value>>,
}

const MAX_STOPS: usize = 16;
const MAX_STOP_BYTES: usize = 1_024;

impl GenerationFields {
    /// The request that these fields and `input` make; `peer` stands in for `user`.
    pub(crate) fn request(self, input: Input, peer: &str) -> Result<GenerateRequest, ApiError> {
        let sampling = self.sampling()?;
        let max_tokens = self.max_tokens()?;
        let format = format(self.response_format, self.grammar)?;
        let stop = stops(self.stop)?;
        let client = self
            .user
            .filter(|user| !user.is_empty())
            .unwrap_or_else(|| peer.to_owned());
        Ok(GenerateRequest {
            sampling,
            max_tokens,
            stop,
            format,
            client,
            origin: Origin {
                consent: self.consent.unwrap_or(false),
                ..Origin::default()
            },
            ..GenerateRequest::new(input)
        })
    }

    fn sampling(&self) -> Result<Sampling, ApiError> {
        let default = Sampling::default();
        let mut top_k =
            integer("top_k", self.top_k, 0..=i64::from(u32::MAX))?.map_or(default.top_k, |k| k as u32);
        let mut top_p = number("top_p", self.top_p, 0.0..=1.0)?.unwrap_or(default.top_p);
        // OpenAI takes 0, which leaves the most likely token only.
        if top_p <= 0.0 {
            (top_p, top_k) = (1.0, 1);
        }
        let penalty = (Bound::Excluded(0.0), Bound::Included(10.0));
        Ok(Sampling {
            temperature: number("temperature", self.temperature, 0.0..=2.0)?.unwrap_or(default.temperature),
            top_k,
            top_p,
            min_p: number("min_p", self.min_p, 0.0..=1.0)?.unwrap_or(default.min_p),
            repetition_penalty: number("repetition_penalty", self.repetition_penalty, penalty)?
                .unwrap_or(default.repetition_penalty),
            presence_penalty: number("presence_penalty", self.presence_penalty, -2.0..=2.0)?
                .unwrap_or(default.presence_penalty),
            frequency_penalty: number("frequency_penalty", self.frequency_penalty, -2.0..=2.0)?
                .unwrap_or(default.frequency_penalty),
            // The bits of a negative seed are as good as any.
            seed: self.seed.map(|seed| seed as u64),
            logit_bias: self.logit_bias()?,
        })
    }

    fn logit_bias(&self) -> Result<Vec<(u32, f32)>, ApiError> {
        let Some(biases) = &self.logit_bias else {
            return Ok(Vec::new());
        };
        let one = |(token, bias): (&String, &f64)| {
            let field = format!("logit_bias.{token}");
            let id = token.parse::<u32>().map_err(|_| {
                ApiError::invalid(
                    &*field,
                    format!("`logit_bias` has the key `{token}`; keys are token ids"),
                )
            })?;
            let bias = number(&field, Some(*bias), -100.0..=100.0)?.unwrap_or_default();
            Ok((id, bias))
        };
        biases.iter().map(one).collect()
    }

    fn max_tokens(&self) -> Result<Option<u32>, ApiError> {
        let range = 1..=i64::from(u32::MAX);
        let old = integer("max_tokens", self.max_tokens, range.clone())?;
        let new = integer("max_completion_tokens", self.max_completion_tokens, range)?;
        Ok(new.or(old).map(|tokens| tokens as u32))
    }
}

fn stops(stop: Option<Stop>) -> Result<Vec<String>, ApiError> {
    let stops = match stop {
        None => Vec::new(),
        Some(Stop::One(one)) => vec![one],
        Some(Stop::Several(several)) => several,
    };
    if stops.len() > MAX_STOPS {
        let message = format!(
            "`stop` has {} strings; at most {MAX_STOPS} are possible",
            stops.len()
        );
        return Err(ApiError::invalid("stop", message));
    }
    for text in &stops {
        if text.is_empty() {
            return Err(ApiError::invalid(
                "stop",
                "`stop` holds an empty string, which would end every answer",
            ));
        }
        if text.len() > MAX_STOP_BYTES {
            let message = format!(
                "`stop` holds a string of {} bytes; at most {MAX_STOP_BYTES} are possible",
                text.len()
            );
            return Err(ApiError::invalid("stop", message));
        }
    }
    Ok(stops)
}

fn format(format: Option<ResponseFormat>, grammar: Option<String>) -> Result<OutputFormat, ApiError> {
    let format = match format {
        None => OutputFormat::Text,
        Some(format) => match format.r#type.as_str() {
            "text" => OutputFormat::Text,
            "json_object" => OutputFormat::JsonObject,
            "json_schema" => {
                let field = "response_format.json_schema.schema";
                let schema = format.json_schema.and_then(|json_schema| json_schema.schema);
                let schema = schema.ok_or_else(|| {
                    ApiError::invalid(
                        field,
                        format!("`{field}` is missing; `json_schema` needs a schema"),
                    )
                })?;
                OutputFormat::JsonSchema(Value::Object(schema))
            }
            other => {
                let message = format!(
                    "`response_format.type` is `{other}`; it must be `text`, `json_object` or `json_schema`"
                );
                return Err(ApiError::invalid("response_format.type", message));
            }
        },
    };
    match (format, grammar) {
        (format, None) => Ok(format),
        (OutputFormat::Text, Some(grammar)) if grammar.trim().is_empty() => Err(ApiError::invalid(
            "grammar",
            "`grammar` is empty; it needs a rule `root`",
        )),
        (OutputFormat::Text, Some(grammar)) => Ok(OutputFormat::Grammar(grammar)),
        (_, Some(_)) => Err(ApiError::invalid(
            "grammar",
            "`grammar` and `response_format` exclude each other; send one",
        )),
    }
}

#[cfg(test)]
mod tests;
