//! The JSON body of a request to an OpenAI-compatible server.

use super::dialect::Dialect;
use council_core::{
    Content, GenerateRequest, Input, Message, ModelError, OutputFormat, Role, Sampling, ToolChoice, ToolSpec,
};
use serde_json::{Map, Value, json};

/// The path below the base URL, and the body.
///
/// # Errors
/// [`ModelError::InvalidRequest`] for what the API cannot express.
pub(super) fn body(
    request: &GenerateRequest,
    model: &str,
    context_tokens: u32,
    dialect: Dialect,
) -> Result<(&'static str, Value), ModelError> {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(model));
    body.insert("stream".to_owned(), json!(true));
    body.insert("stream_options".to_owned(), json!({"include_usage": true}));
    sampling(&request.sampling, &mut body);
    if !request.stop.is_empty() {
        body.insert("stop".to_owned(), json!(request.stop));
    }
    let path = match &request.input {
        Input::Chat {
            messages: conversation,
            tools: offered,
            tool_choice,
        } => {
            body.insert("messages".to_owned(), messages(conversation)?);
            tools(offered, tool_choice, &mut body);
            // Only said when it is not what every server takes for granted: some refuse the field.
            if !offered.is_empty() && !request.parallel_tool_calls {
                body.insert("parallel_tool_calls".to_owned(), json!(false));
            }
            if let Some(max_tokens) = request.max_tokens {
                body.insert("max_tokens".to_owned(), json!(max_tokens));
            }
            if request.top_logprobs > 0 {
                body.insert("logprobs".to_owned(), json!(true));
                body.insert("top_logprobs".to_owned(), json!(request.top_logprobs));
            }
            "chat/completions"
        }
        Input::Text(prompt) => {
            let max_tokens = request
                .max_tokens
                .unwrap_or_else(|| room_after(prompt, context_tokens));
            body.insert("max_tokens".to_owned(), json!(max_tokens));
            body.insert("prompt".to_owned(), json!(prompt));
            if request.top_logprobs > 0 {
                body.insert("logprobs".to_owned(), json!(request.top_logprobs));
            }
            "completions"
        }
    };
    response_format(&request.format, &mut body)?;
    dialect.adapt(model, &mut body);
    Ok((path, Value::Object(body)))
}

/// Neutral values are left out, and `top_k` also where it is our own default: OpenAI's server refuses the fields
/// that it does not know, while llama.cpp's, vLLM's and ours know them.
fn sampling(sampling: &Sampling, body: &mut Map<String, Value>) {
    let Sampling {
        temperature,
        top_k,
        top_p,
        min_p,
        repetition_penalty,
        presence_penalty,
        frequency_penalty,
        seed,
        logit_bias,
    } = sampling;
    let differs = |value: f32, neutral: f32| (value - neutral).abs() > f32::EPSILON;
    let mut put = |name: &str, needed: bool, value: Value| {
        if needed {
            body.insert(name.to_owned(), value);
        }
    };
    put("temperature", true, decimal(*temperature));
    put("top_p", differs(*top_p, 1.0), decimal(*top_p));
    put(
        "top_k",
        *top_k != 0 && *top_k != Sampling::default().top_k,
        json!(top_k),
    );
    put("min_p", differs(*min_p, 0.0), decimal(*min_p));
    put(
        "repetition_penalty",
        differs(*repetition_penalty, 1.0),
        decimal(*repetition_penalty),
    );
    put(
        "presence_penalty",
        differs(*presence_penalty, 0.0),
        decimal(*presence_penalty),
    );
    put(
        "frequency_penalty",
        differs(*frequency_penalty, 0.0),
        decimal(*frequency_penalty),
    );
    put("seed", seed.is_some(), json!(seed));
    let biases: Map<String, Value> = logit_bias
        .iter()
        .map(|(token, bias)| (token.to_string(), decimal(*bias)))
        .collect();
    put("logit_bias", !biases.is_empty(), Value::Object(biases));
}

/// The shortest decimal for a float: 0.7, not 0.699999988079071.
fn decimal(value: f32) -> Value {
    value
        .to_string()
        .parse::<f64>()
        .map_or(Value::Null, |value| json!(value))
}

/// How many tokens surely fit after `prompt`, because a token has at least one byte; at least a quarter of the
/// context, because most tokens have four. Servers take a missing `max_tokens` for 16 here.
fn room_after(prompt: &str, context_tokens: u32) -> u32 {
    let prompt_bytes = u32::try_from(prompt.len()).unwrap_or(u32::MAX);
    context_tokens
        .saturating_sub(prompt_bytes)
        .max(context_tokens / 4)
        .max(1)
}

fn messages(messages: &[Message]) -> Result<Value, ModelError> {
    if messages.is_empty() {
        return Err(ModelError::InvalidRequest {
            field: "messages".to_owned(),
            message: "the list is empty; send at least one message".to_owned(),
        });
    }
    Ok(messages.iter().map(wire_message).collect())
}

fn wire_message(message: &Message) -> Value {
    let only_calls =
        message.role == Role::Assistant && message.joined_text().is_empty() && !message.tool_calls.is_empty();
    let mut wire = json!({
        "role": message.role.as_str(),
        "content": if only_calls { Value::Null } else { content(message) },
    });
    if let Some(name) = &message.name {
        wire["name"] = json!(name);
    }
    if let Some(id) = &message.tool_call_id {
        wire["tool_call_id"] = json!(id);
    }
    if !message.tool_calls.is_empty() {
        let call = |call: &council_core::ToolCall| {
            json!({
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            })
        };
        wire["tool_calls"] = message.tool_calls.iter().map(call).collect();
    }
    wire
}

/// Parts only where there is something to be seen: every server understands text.
fn content(message: &Message) -> Value {
    if !message.has_images() {
        return json!(message.joined_text());
    }
    let part = |part: &Content| match part {
        Content::ImageUrl(url) => Some(json!({"type": "image_url", "image_url": {"url": url}})),
        // Refused before: it is not there to be sent.
        Content::Image(_) => None,
        Content::Text(text) if text.is_empty() => None,
        Content::Text(text) => Some(json!({"type": "text", "text": text})),
        Content::File(file) => Some(json!({"type": "text", "text": file.quoted()})),
    };
    message.content.iter().filter_map(part).collect()
}

fn tools(tools: &[ToolSpec], choice: &ToolChoice, body: &mut Map<String, Value>) {
    if tools.is_empty() {
        return;
    }
    let tools: Vec<Value> = tools.iter().map(wire_tool).collect();
    body.insert("tools".to_owned(), json!(tools));
    let choice = match choice {
        ToolChoice::Auto => return,
        ToolChoice::None => json!("none"),
        ToolChoice::Required => json!("required"),
        ToolChoice::Named(name) => json!({"type": "function", "function": {"name": name}}),
    };
    body.insert("tool_choice".to_owned(), choice);
}

fn wire_tool(tool: &ToolSpec) -> Value {
    let mut function = json!({"name": tool.name, "parameters": tool.parameters});
    if let Some(description) = &tool.description {
        function["description"] = json!(description);
    }
    if tool.strict {
        function["strict"] = json!(true);
    }
    json!({"type": "function", "function": function})
}

fn response_format(format: &OutputFormat, body: &mut Map<String, Value>) -> Result<(), ModelError> {
    let format = match format {
        OutputFormat::Text => return Ok(()),
        OutputFormat::JsonObject => json!({"type": "json_object"}),
        OutputFormat::JsonSchema(schema) => {
            json!({"type": "json_schema", "json_schema": {"name": "answer", "strict": true, "schema": schema}})
        }
        OutputFormat::Grammar(_) => {
            return Err(ModelError::InvalidRequest {
                field: "grammar".to_owned(),
                message: "remote models take no GBNF grammar; use a JSON schema (`response_format`) or a local model"
                    .to_owned(),
            });
        }
    };
    body.insert("response_format".to_owned(), format);
    Ok(())
}

#[cfg(test)]
mod tests;
