//! What voices, members that rank, and the chair are asked. What they share comes first, so that one prompt's state in the
//! KV cache serves all of them; what is each one's own comes last.

use super::answer::Expected;
use super::config::Voice;
use council_core::{Content, GenerateRequest, Input, Message, OutputFormat, Role, Sampling, ToolChoice};
use serde_json::{Value, json};

/// Most characters of a reply that members and the chair read.
const REPLY_CHARS: usize = 2_000;
/// Most replies that a member ranks by a schema with all orders in it, 120 of five; more are listed one by one.
const ENUMERATED: usize = 5;

/// What a voice is asked.
pub(super) fn voice(
    question: &GenerateRequest,
    voice: &Voice,
    expected: Expected,
    max_tokens: u32,
    seed: Option<u64>,
) -> GenerateRequest {
    let shared = match expected {
        Expected::Number | Expected::Short => {
            "If the question has one short answer (a number, a name, yes or no, a letter), end with the line \
             `Answer: ` and that answer alone."
        }
        // The form is fixed, or the program is the answer.
        Expected::Json | Expected::Code => "",
    };
    let persona = if voice.persona.is_empty() {
        String::new()
    } else {
        format!("How to answer: {}", voice.persona)
    };
    let most = voice.max_tokens.unwrap_or(max_tokens);
    GenerateRequest {
        sampling: Sampling {
            seed,
            ..voice.sampling.clone()
        },
        max_tokens: Some(question.max_tokens.map_or(most, |asked| asked.min(most))),
        ..with(question, &[shared, &persona])
    }
}

/// What a member is asked of the replies of others, in this order.
pub(super) fn ranking(question: &GenerateRequest, replies: &[&str], seed: Option<u64>) -> GenerateRequest {
    let order: Vec<String> = (0..replies.len()).map(letter).collect();
    let task = format!(
        "Do not answer this now. Below are {} replies to it. Rank them: what is right comes before what is wrong, then what \
         helps more. Give their letters from best to worst as JSON, such as {{\"ranking\": \"{}\"}}.",
        replies.len(),
        order.iter().rev().cloned().collect::<Vec<_>>().join(" ")
    );
    GenerateRequest {
        sampling: Sampling {
            temperature: 0.0,
            seed,
            ..Sampling::default()
        },
        max_tokens: Some(16 + 8 * replies.len() as u32),
        stop: Vec::new(),
        format: OutputFormat::JsonSchema(ranking_schema(&order)),
        ..with(question, &[&task, &lettered(replies)])
    }
}

/// What the chair is asked to make of the best replies.
pub(super) fn chair(
    question: &GenerateRequest,
    replies: &[&str],
    max_tokens: u32,
    seed: Option<u64>,
) -> GenerateRequest {
    let task = "Below are drafts of an answer to this, the best first. Write the answer: keep what is right and helpful in \
                them, leave out what is wrong or said twice. Do not speak of the drafts.";
    GenerateRequest {
        sampling: Sampling {
            temperature: 0.3,
            seed,
            ..Sampling::default()
        },
        max_tokens: Some(
            question
                .max_tokens
                .map_or(max_tokens, |asked| asked.min(max_tokens)),
        ),
        ..with(question, &[task, &lettered(replies)])
    }
}

/// The letters of a ranking as places of replies, the best first.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn read_ranking(reply: &str, replies: usize) -> Result<Vec<usize>, String> {
    let wrong = |what: &str| format!("its ranking {what}");
    let from = reply.find('{').ok_or_else(|| wrong("is no JSON"))?;
    let mut values = serde_json::Deserializer::from_str(&reply[from..]).into_iter::<Value>();
    let Some(Ok(value)) = values.next() else {
        return Err(wrong("is no JSON"));
    };
    let letters: Vec<String> = match value.get("ranking") {
        Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => return Err(wrong("has no `ranking`")),
    };
    let mut places: Vec<usize> = Vec::new();
    for named in &letters {
        match (0..replies).find(|&place| letter(place) == *named) {
            Some(place) if places.contains(&place) => {
                return Err(wrong(&format!("names reply {named} twice")));
            }
            Some(place) => places.push(place),
            None => return Err(wrong(&format!("names `{named}`, which is no reply"))),
        }
    }
    if places.len() < replies {
        return Err(wrong(&format!("names {} of {replies} replies", places.len())));
    }
    Ok(places)
}

/// The text of the last message of the user.
pub(super) fn asked(question: &GenerateRequest) -> String {
    match &question.input {
        Input::Text(text) => text.clone(),
        Input::Chat { messages, .. } => messages
            .iter()
            .rev()
            .find(|message| message.role == Role::User)
            .map(Message::joined_text)
            .unwrap_or_default(),
    }
}

/// The question with more text at the end of its last message. Tools are the client's, and not a voice's.
fn with(question: &GenerateRequest, more: &[&str]) -> GenerateRequest {
    let mut messages = match &question.input {
        Input::Chat { messages, .. } => messages.clone(),
        Input::Text(text) => vec![Message::text(Role::User, text.as_str())],
    };
    if messages.last().is_none_or(|last| last.role != Role::User) {
        messages.push(Message {
            content: Vec::new(),
            ..Message::text(Role::User, "")
        });
    }
    if let Some(last) = messages.last_mut() {
        for text in more.iter().filter(|text| !text.is_empty()) {
            let before = if last.content.is_empty() { "" } else { "\n\n" };
            last.content.push(Content::Text(format!("{before}{text}")));
        }
    }
    GenerateRequest {
        input: Input::Chat {
            messages,
            tools: Vec::new(),
            tool_choice: ToolChoice::None,
        },
        ..question.clone()
    }
}

fn lettered(replies: &[&str]) -> String {
    let replies = replies.iter().enumerate().map(|(place, reply)| {
        let end = reply.char_indices().nth(REPLY_CHARS);
        let cut = end.map_or_else(|| (*reply).to_owned(), |(at, _)| format!("{} …", &reply[..at]));
        format!("[{}]\n{}", letter(place), cut.trim())
    });
    replies.collect::<Vec<_>>().join("\n\n")
}

fn letter(place: usize) -> String {
    char::from(b'A' + (place % 26) as u8).to_string()
}

fn ranking_schema(letters: &[String]) -> Value {
    let ranking = if letters.len() <= ENUMERATED {
        let orders: Vec<String> = orders(letters).into_iter().map(|order| order.join(" ")).collect();
        json!({"type": "string", "enum": orders})
    } else {
        json!({
            "type": "array", "items": {"type": "string", "enum": letters},
            "minItems": letters.len(), "maxItems": letters.len(),
        })
    };
    json!({
        "type": "object", "properties": {"ranking": ranking},
        "required": ["ranking"], "additionalProperties": false,
    })
}

/// All orders of the letters.
fn orders(letters: &[String]) -> Vec<Vec<String>> {
    let Some((last, others)) = letters.split_last() else {
        return vec![Vec::new()];
    };
    orders(others)
        .into_iter()
        .flat_map(|order| {
            (0..=order.len()).map(move |at| {
                let mut order = order.clone();
                order.insert(at, last.clone());
                order
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
