//! What voices, members that rank, and the chair are asked. What they share comes first, so that one prompt's state in the
//! KV cache serves all of them; what is each one's own comes last.

use super::answer::Expected;
use super::config::Voice;
use council_core::{Content, GenerateRequest, Input, Message, OutputFormat, Role, Sampling, ToolChoice};
use serde_json::{Map, Value, json};

/// Most characters of a reply that members and the chair read.
const REPLY_CHARS: usize = 2_000;
/// Most points that a member gives a reply.
const MOST_POINTS: u8 = 10;

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

/// What a member is asked of the replies of others, in this order. Points for each reply, not an order of letters: small
/// models copy the order of an example, or name the letters as they stand (see decision 0018).
pub(super) fn ranking(question: &GenerateRequest, replies: &[&str], seed: Option<u64>) -> GenerateRequest {
    let before = format!(
        "Do not answer this now. Judge these {} replies to it:",
        replies.len()
    );
    let after = "Give each reply points from 0 (wrong or useless) to 10 (right and helpful), as JSON with its letter.";
    GenerateRequest {
        sampling: Sampling {
            temperature: 0.0,
            seed,
            ..Sampling::default()
        },
        max_tokens: Some(16 + 12 * replies.len() as u32),
        stop: Vec::new(),
        format: OutputFormat::JsonSchema(points_schema(replies.len())),
        ..with(question, &[&before, &lettered(replies), after])
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

/// The points of each reply, in the order in which they were shown.
///
/// # Errors
/// What is wrong with them, in words.
pub(super) fn read_points(reply: &str, replies: usize) -> Result<Vec<u8>, String> {
    let no_json = || "its points are no JSON".to_owned();
    let from = reply.find('{').ok_or_else(no_json)?;
    let mut values = serde_json::Deserializer::from_str(&reply[from..]).into_iter::<Value>();
    let Some(Ok(value)) = values.next() else {
        return Err(no_json());
    };
    let of = |place: usize| {
        let name = letter(place);
        let points = value
            .get(&name)
            .ok_or_else(|| format!("it gave reply {name} no points"))?;
        let fitting = points.as_u64().filter(|&points| points <= u64::from(MOST_POINTS));
        fitting
            .map(|points| points as u8)
            .ok_or_else(|| format!("it gave reply {name} {points} points; 0 to {MOST_POINTS} are possible"))
    };
    let points = (0..replies).map(of).collect::<Result<Vec<u8>, String>>()?;
    if points.windows(2).all(|two| two[0] == two[1]) {
        return Err("it gave all replies the same points".to_owned());
    }
    Ok(points)
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

fn points_schema(replies: usize) -> Value {
    let points: Vec<u8> = (0..=MOST_POINTS).collect();
    let letters: Vec<String> = (0..replies).map(letter).collect();
    let properties: Map<String, Value> = letters
        .iter()
        .map(|letter| (letter.clone(), json!({"enum": points})))
        .collect();
    json!({
        "type": "object", "properties": properties, "required": letters, "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests;
