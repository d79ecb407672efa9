//! What single OpenAI-compatible servers want otherwise than the others.

use serde_json::{Map, Value, json};

/// Whose server it is, as far as that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// vLLM, llama.cpp, Ollama, another Council, and whoever else.
    Common,
    /// OpenAI itself.
    OpenAi,
    /// Mistral.
    Mistral,
    /// OpenRouter.
    OpenRouter,
}

impl Dialect {
    /// By the host name of the server.
    pub(super) fn of(host: &str) -> Self {
        let name = host.split(':').next().unwrap_or_default();
        let is = |domain: &str| {
            name == domain
                || name
                    .strip_suffix(domain)
                    .is_some_and(|before| before.ends_with('.'))
        };
        match () {
            () if is("openai.com") => Self::OpenAi,
            () if is("mistral.ai") => Self::Mistral,
            () if is("openrouter.ai") => Self::OpenRouter,
            () => Self::Common,
        }
    }

    /// Changes a body from the common form into this server's.
    pub(super) fn adapt(self, model: &str, body: &mut Map<String, Value>) {
        match self {
            Self::Common => {}
            Self::OpenAi => openai(model, body),
            Self::Mistral => mistral(body),
            // Without it, costs and counts of tokens are those of another tokeniser.
            Self::OpenRouter => {
                body.insert("usage".to_owned(), json!({"include": true}));
            }
        }
    }
}

/// <https://platform.openai.com/docs/api-reference/chat/create>: `max_tokens` is deprecated and refused by reasoning
/// models, which also take no sampling; fields of other servers are refused by name.
fn openai(model: &str, body: &mut Map<String, Value>) {
    for foreign in ["top_k", "min_p", "repetition_penalty"] {
        body.remove(foreign);
    }
    if !body.contains_key("messages") {
        return;
    }
    rename(body, "max_tokens", "max_completion_tokens");
    let reasons = model.starts_with("gpt-5")
        || model
            .strip_prefix('o')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if reasons {
        for field in [
            "temperature",
            "top_p",
            "presence_penalty",
            "frequency_penalty",
            "logprobs",
            "top_logprobs",
            "logit_bias",
        ] {
            body.remove(field);
        }
    }
}

/// <https://docs.mistral.ai/api>: an unknown field is refused; usage comes unasked; ids of calls have nine letters and
/// digits.
fn mistral(body: &mut Map<String, Value>) {
    for foreign in [
        "stream_options",
        "top_k",
        "min_p",
        "repetition_penalty",
        "logprobs",
        "top_logprobs",
        "logit_bias",
    ] {
        body.remove(foreign);
    }
    rename(body, "seed", "random_seed");
    if body.get("tool_choice").is_some_and(|choice| choice == "required") {
        body.insert("tool_choice".to_owned(), json!("any"));
    }
    let messages = body.get_mut("messages").and_then(Value::as_array_mut);
    for message in messages.into_iter().flatten() {
        if let Some(id) = message.get_mut("tool_call_id") {
            shorten(id);
        }
        let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut);
        for call in calls.into_iter().flatten() {
            if let Some(id) = call.get_mut("id") {
                shorten(id);
            }
        }
    }
}

/// The same id always becomes the same one: FNV-1a, in base 36.
fn shorten(id: &mut Value) {
    let Some(text) = id.as_str() else { return };
    if text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return;
    }
    let mut hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut short = String::new();
    for _ in 0..9 {
        short.push(char::from_digit((hash % 36) as u32, 36).unwrap_or('0'));
        hash /= 36;
    }
    *id = json!(short);
}

fn rename(body: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = body.remove(from) {
        body.insert(to.to_owned(), value);
    }
}

#[cfg(test)]
mod tests;
