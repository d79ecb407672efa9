//! A request becomes a job: template, grammar, sampling.

use crate::constraint::Constraint;
use crate::protocol::{Job, JobId, JobSampling, PromptPart};
use crate::template::{ChatTemplate, Segment, TemplateError};
use crate::tool_calls::{ToolCallParser, ToolFormat};
use council_core::{GenerateRequest, Input, ModelError, OutputFormat, Sampling, ToolChoice};

/// A job, and what is needed to understand its output.
pub(super) struct Prepared {
    pub(super) job: Job,
    pub(super) parser: Option<ToolCallParser>,
}

impl Prepared {
    pub(super) fn new(
        id: JobId,
        request: GenerateRequest,
        template: Result<&ChatTemplate, &TemplateError>,
        format: ToolFormat,
    ) -> Result<Self, ModelError> {
        let mut constraint = match &request.format {
            OutputFormat::Text => None,
            OutputFormat::JsonObject => Some(Constraint::JsonSchema("{\"type\":\"object\"}".to_owned())),
            OutputFormat::JsonSchema(schema) => Some(Constraint::JsonSchema(schema.to_string())),
            OutputFormat::Grammar(grammar) => Some(Constraint::Grammar(grammar.clone())),
        };
        let mut parser = None;
        let (prompt, add_bos) = match &request.input {
            Input::Text(text) => (
                vec![PromptPart::Text {
                    text: text.clone(),
                    control: true,
                }],
                true,
            ),
            Input::Chat {
                messages,
                tools,
                tool_choice,
            } => {
                if messages.is_empty() {
                    return Err(ModelError::InvalidRequest {
                        field: "messages".to_owned(),
                        message: "it is empty; send at least one message".to_owned(),
                    });
                }
                let offered = if *tool_choice == ToolChoice::None {
                    &[]
                } else {
                    tools.as_slice()
                };
                if !offered.is_empty() {
                    // A form that was asked for by name wins over the form of a call that may or may not come.
                    if constraint.is_none() {
                        // Small models that must call repeat themselves until the limit when they may go on.
                        let parallel = *tool_choice == ToolChoice::Auto && request.parallel_tool_calls;
                        constraint = format.constraint(offered, tool_choice, parallel);
                    }
                    parser = Some(ToolCallParser::new(format, offered));
                }
                let template = template.map_err(|error| ModelError::Internal(error.to_string()))?;
                let segments = template
                    .render_segments(messages, offered, true)
                    .map_err(|error| refused(&error))?;
                (segments.into_iter().map(part).collect(), false)
            }
        };
        let job = Job {
            id,
            prompt,
            add_bos,
            sampling: sampling(request.sampling),
            max_tokens: request.max_tokens,
            stop: request.stop,
            control_text: parser.is_some(),
            constraint,
            top_logprobs: request.top_logprobs,
        };
        Ok(Self { job, parser })
    }
}

fn refused(error: &TemplateError) -> ModelError {
    match error {
        TemplateError::Refused(_) | TemplateError::Image(_) => ModelError::InvalidRequest {
            field: "messages".to_owned(),
            message: error.to_string(),
        },
        TemplateError::Syntax(_) | TemplateError::Failed(_) | TemplateError::Date(_) => {
            ModelError::Internal(error.to_string())
        }
    }
}

fn part(segment: Segment) -> PromptPart {
    match segment {
        Segment::Template(text) => PromptPart::Text { text, control: true },
        Segment::Content(text) => PromptPart::Text { text, control: false },
        Segment::Image(url) => PromptPart::Image(url),
    }
}

fn sampling(sampling: Sampling) -> JobSampling {
    JobSampling {
        temperature: sampling.temperature,
        top_k: sampling.top_k,
        top_p: sampling.top_p,
        min_p: sampling.min_p,
        repetition_penalty: sampling.repetition_penalty,
        presence_penalty: sampling.presence_penalty,
        frequency_penalty: sampling.frequency_penalty,
        seed: sampling.seed.unwrap_or_else(crate::identifier::random_bits),
        logit_bias: sampling.logit_bias,
    }
}
