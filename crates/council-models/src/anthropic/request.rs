//! The JSON body of a request to Anthropic's `/v1/messages`.
//!
//! What the API has no field for (penalties, `min_p`, `seed`, `logit_bias`, log-probabilities) is left out, as OpenAI's
//! clients expect of unknown fields. Form is forced by a tool that the model must call.

use super::JSON_TOOL;
use crate::config::RemoteConfig;
use council_core::{
    Content, GenerateRequest, Input, Message, ModelError, OutputFormat, Role, Sampling, ToolCall, ToolChoice,
    ToolSpec,
};
use serde_json::{Map, Value, json};

/// Most tokens of an answer when the request names no limit; the API wants one.
const USUAL_TOKENS: u32 = 8_192;

/// The body, and whether the answer comes as the call of [`JSON_TOOL`].
///
/// # Errors
/// [`ModelError::InvalidRequest`] for what the API cannot express.
pub(crate) fn body(request: &GenerateRequest, config: &RemoteConfig) -> Result<(Value, bool), ModelError> {
    let usual_tokens = USUAL_TOKENS.min((config.context_tokens / 2).max(1));
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(config.model));
    body.insert("stream".to_owned(), json!(true));
    let max_tokens = request.max_tokens.unwrap_or(usual_tokens);
    body.insert("max_tokens".to_owned(), json!(max_tokens));
    sampling(&request.sampling, &mut body);
    if !request.stop.is_empty() {
        body.insert("stop_sequences".to_owned(), json!(request.stop));
    }
    if request.stop.iter().any(|stop| stop.trim().is_empty()) {
        return Err(invalid(
            "stop",
            "this model takes no stop string of white space only; use another one",
        ));
    }
    let schema = match &request.format {
        OutputFormat::Text => None,
        OutputFormat::JsonObject => Some(json!({"type": "object"})),
        OutputFormat::JsonSchema(schema) => Some(schema.clone()),
        OutputFormat::Grammar(_) => {
            return Err(invalid(
                "grammar",
                "remote models take no GBNF grammar; use a JSON schema (`response_format`) or a local model",
            ));
        }
    };
    match &request.input {
        Input::Chat {
            messages: conversation,
            tools: offered,
            tool_choice,
        } => {
            messages(conversation, &mut body)?;
            if let Some(schema) = &schema {
                if !offered.is_empty() {
                    return Err(invalid(
                        "response_format",
                        "this model gives an answer in JSON by a tool, and takes no further `tools` beside it",
                    ));
                }
                json_tool(schema, &mut body);
            } else {
                tools(offered, tool_choice, request.parallel_tool_calls, &mut body);
            }
        }
        Input::Text(prompt) => {
            // There is no raw continuation; the text is what the user says.
            body.insert(
                "messages".to_owned(),
                json!([{"role": "user", "content": prompt}]),
            );
            if let Some(schema) = &schema {
                json_tool(schema, &mut body);
            }
        }
    }
    Ok((Value::Object(body), schema.is_some()))
}

/// Newer models refuse `temperature` beside `top_p`, so that only one of them is sent: the one that was set.
fn sampling(sampling: &Sampling, body: &mut Map<String, Value>) {
    let usual = Sampling::default();
    let same = |a: f32, b: f32| (a - b).abs() < f32::EPSILON;
    if same(sampling.temperature, usual.temperature) && !same(sampling.top_p, usual.top_p) {
        body.insert("top_p".to_owned(), decimal(sampling.top_p));
    } else {
        body.insert("temperature".to_owned(), decimal(sampling.temperature.min(1.0)));
    }
    if sampling.top_k != 0 && sampling.top_k != usual.top_k {
        body.insert("top_k".to_owned(), json!(sampling.top_k));
    }
}

/// The shortest decimal for a float: 0.7, not 0.699999988079071.
fn decimal(value: f32) -> Value {
    value
        .to_string()
        .parse::<f64>()
        .map_or(Value::Null, |value| json!(value))
}

/// Instructions stand beside the messages, and speakers take turns: what one says in a row is one message.
fn messages(messages: &[Message], body: &mut Map<String, Value>) -> Result<(), ModelError> {
    if messages.is_empty() {
        return Err(invalid(
            "messages",
            "the list is empty; send at least one message",
        ));
    }
    let mut system = Vec::new();
    let mut turns: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for message in messages {
        let text = message.joined_text();
        let (role, blocks) = match message.role {
            Role::System => {
                system.push(text);
                continue;
            }
            Role::User if message.has_images() => ("user", blocks(message)),
            Role::User => ("user", text_block(&text)),
            Role::Assistant => {
                let mut blocks = text_block(text.trim_end());
                blocks.extend(message.tool_calls.iter().map(tool_use));
                ("assistant", blocks)
            }
            Role::Tool => ("user", vec![tool_result(message, &text)]),
        };
        match turns.last_mut() {
            Some((last, said)) if *last == role => said.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    turns.retain(|(_, blocks)| !blocks.is_empty());
    // A conversation of instructions alone is a question all the same.
    if turns.is_empty() {
        turns.push(("user", text_block(&system.join("\n\n"))));
        system.clear();
    }
    if turns.iter().all(|(_, blocks)| blocks.is_empty()) {
        return Err(invalid("messages", "no message says anything; send some text"));
    }
    let turns: Vec<Value> = turns
        .into_iter()
        .map(|(role, blocks)| json!({"role": role, "content": blocks}))
        .collect();
    if !system.is_empty() {
        body.insert("system".to_owned(), json!(system.join("\n\n")));
    }
    body.insert("messages".to_owned(), json!(turns));
    Ok(())
}

/// The API refuses empty text.
fn text_block(text: &str) -> Vec<Value> {
    if text.trim().is_empty() {
        Vec::new()
    } else {
        vec![json!({"type": "text", "text": text})]
    }
}

/// What is said and what is to be seen, in order.
fn blocks(message: &Message) -> Vec<Value> {
    let block = |part: &Content| match part {
        Content::ImageUrl(url) => vec![json!({"type": "image", "source": source(url)})],
        // Refused before: it is not there to be sent.
        Content::Image(_) => Vec::new(),
        Content::Text(text) => text_block(text),
        Content::File(file) => text_block(&file.quoted()),
    };
    message.content.iter().flat_map(block).collect()
}

/// An image by its bytes, or by where it is.
fn source(url: &str) -> Value {
    let inline = url
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"));
    match inline {
        Some((media_type, data)) => json!({"type": "base64", "media_type": media_type, "data": data}),
        None => json!({"type": "url", "url": url}),
    }
}

fn tool_use(call: &ToolCall) -> Value {
    let input = serde_json::from_str(&call.arguments)
        .ok()
        .filter(Value::is_object)
        .unwrap_or_else(|| json!({}));
    json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
}

fn tool_result(message: &Message, text: &str) -> Value {
    json!({
        "type": "tool_result",
        "tool_use_id": message.tool_call_id.as_deref().unwrap_or_default(),
        "content": text,
    })
}

fn tools(tools: &[ToolSpec], choice: &ToolChoice, parallel: bool, body: &mut Map<String, Value>) {
    if tools.is_empty() {
        return;
    }
    let wire = |tool: &ToolSpec| {
        let mut wire = json!({"name": tool.name, "input_schema": tool.parameters});
        if let Some(description) = &tool.description {
            wire["description"] = json!(description);
        }
        wire
    };
    body.insert("tools".to_owned(), tools.iter().map(wire).collect());
    let mut choice = match choice {
        ToolChoice::Auto => json!({"type": "auto"}),
        ToolChoice::None => json!({"type": "none"}),
        ToolChoice::Required => json!({"type": "any"}),
        ToolChoice::Named(name) => json!({"type": "tool", "name": name}),
    };
    if !parallel && choice["type"] != "none" {
        choice["disable_parallel_tool_use"] = json!(true);
    }
    body.insert("tool_choice".to_owned(), choice);
}

fn json_tool(schema: &Value, body: &mut Map<String, Value>) {
    let tool = json!({"name": JSON_TOOL, "description": "Gives the answer.", "input_schema": schema});
    body.insert("tools".to_owned(), json!([tool]));
    body.insert(
        "tool_choice".to_owned(),
        json!({"type": "tool", "name": JSON_TOOL}),
    );
}

fn invalid(field: &str, message: &str) -> ModelError {
    ModelError::InvalidRequest {
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests;
