//! The prompt: stored history plus new messages, and what was left out.

use crate::memory::Quotes;
use council_core::{Content, GenerateRequest, Input, MemoryHit, Message, Role};

/// Most stored messages that are read for one prompt; older ones count as left out.
pub const HISTORY_LIMIT: u64 = 1_000;

/// Tokens that a chat template adds around one message, at most (ChatML takes 5, Llama 3 takes 6).
const MESSAGE_TOKENS: u64 = 8;

/// What one image costs, roughly; models differ between 256 and 1,600 tokens.
pub const IMAGE_TOKENS: u64 = 1_600;

/// When history must be cut, the cut moves on in steps of this many messages. If it moved with every turn, no two
/// turns of a long conversation would begin alike, and the model's prefix cache would never hit.
const STEP: u64 = 8;

/// What a conversation holds before the new messages come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Its last messages, oldest first.
    pub recent: Vec<Message>,
    /// How many messages it has in all; at least as many as `recent`.
    pub total: u64,
}

/// What is remembered beyond the conversation and may go into the prompt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recollection {
    /// The memories, best first.
    pub hits: Vec<MemoryHit>,
    /// Most tokens that they may take, as estimated here. That much is kept free of history whether they take it or
    /// not: if it changed with every turn, no two turns would begin alike.
    pub token_cap: u64,
}

/// A request with history put before its new messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// What the model is asked.
    pub request: GenerateRequest,
    /// Oldest stored messages that were left out.
    pub omitted_messages: u64,
    /// Memories that are quoted in it, best first.
    pub recalled: Vec<MemoryHit>,
    /// The text that quotes them; empty without any.
    pub quotes: String,
}

/// Puts as much history as is sure to fit `context_tokens` between the request's leading system messages and its
/// other messages. New messages are never dropped and no message is cut: whether the new ones alone are too long is
/// for the model to say, which knows its tokens. Raw text gets neither history nor memories.
///
/// Memories are quoted at the beginning of the last user message: chat templates differ in where they allow system
/// messages, and what comes before that message is then the same in the next turn, so that the model's prefix cache
/// serves it.
pub fn assemble(
    request: &GenerateRequest,
    history: &History,
    recollection: &Recollection,
    context_tokens: u32,
) -> Prompt {
    let Input::Chat {
        messages,
        tools,
        tool_choice,
    } = &request.input
    else {
        return Prompt {
            request: request.clone(),
            omitted_messages: 0,
            recalled: Vec::new(),
            quotes: String::new(),
        };
    };
    let answer = answer_room(request.max_tokens, context_tokens);
    let context_tokens = u64::from(context_tokens);
    let tools_tokens: u64 = tools
        .iter()
        .map(|tool| {
            let description = tool.description.as_deref().unwrap_or_default();
            text_tokens(&tool.name) + text_tokens(description) + text_tokens(&tool.parameters.to_string())
        })
        .sum();
    let new: u64 = messages.iter().map(message_tokens).sum();
    let room = context_tokens.saturating_sub(answer + tools_tokens + new);
    // New messages are never dropped, and memories are worth less than half of what is left beside them.
    let for_memories = recollection.token_cap.min(room / 2);
    let kept = kept(history, room - for_memories);

    let (instructions, said) = messages.split_at(instructions(messages));
    let mut messages = [instructions, kept, said].concat();
    // What tools found is left aside: if a memory that they found too left the question, the prompt would change before
    // the place where the model was.
    let spoken = messages.iter().filter(|message| message.role != Role::Tool);
    let texts: Vec<String> = spoken.map(Message::joined_text).collect();
    let quotes = Quotes::of(&recollection.hits, &texts, for_memories, text_tokens);
    let question = messages.iter_mut().rfind(|message| message.role == Role::User);
    let quotes = match question {
        Some(question) if !quotes.hits.is_empty() => {
            put_before(question, &quotes.text);
            quotes
        }
        _ => Quotes::default(),
    };
    let input = Input::Chat {
        messages,
        tools: tools.clone(),
        tool_choice: tool_choice.clone(),
    };
    let omitted_messages = history.total.saturating_sub(kept.len() as u64);
    Prompt {
        request: GenerateRequest {
            input,
            ..request.clone()
        },
        omitted_messages,
        recalled: quotes.hits,
        quotes: quotes.text,
    }
}

/// Puts a text at the beginning of a message.
pub(crate) fn put_before(message: &mut Message, text: &str) {
    match message.content.first_mut() {
        Some(Content::Text(first)) => first.insert_str(0, text),
        _ => message.content.insert(0, Content::Text(text.to_owned())),
    }
}

/// What the latest user message of a request says, without what is attached to it.
pub fn question(input: &Input) -> Option<String> {
    latest(input).map(Message::said_text)
}

/// Whether a request has no message before the question, but for instructions.
pub(crate) fn is_first(input: &Input) -> bool {
    match input {
        Input::Chat { messages, .. } => {
            messages
                .iter()
                .filter(|message| message.role != Role::System)
                .count()
                <= 1
        }
        Input::Text(_) => true,
    }
}

/// Whether files are attached to the latest user message of a request.
pub(crate) fn has_files(input: &Input) -> bool {
    latest(input).is_some_and(Message::has_files)
}

fn latest(input: &Input) -> Option<&Message> {
    match input {
        Input::Chat { messages, .. } => messages.iter().rfind(|message| message.role == Role::User),
        Input::Text(_) => None,
    }
}

/// Tokens of a request's messages, as estimated: at least as many as ordinary text has.
pub fn estimate(input: &Input) -> u64 {
    match input {
        Input::Chat { messages, .. } => messages.iter().map(message_tokens).sum(),
        Input::Text(text) => text_tokens(text),
    }
}

/// Tokens of a context that are kept free for an answer: what was asked for, but never so much that a generous
/// `max_tokens` costs the history.
pub fn answer_room(max_tokens: Option<u32>, context_tokens: u32) -> u64 {
    let context_tokens = u64::from(context_tokens);
    max_tokens
        .map_or(context_tokens / 4, u64::from)
        .min(context_tokens / 2)
}

/// What a request adds to its conversation: everything but its leading system messages, which are the application's
/// instructions for this request and come again with the next.
pub fn said(input: &Input) -> Vec<Message> {
    match input {
        Input::Chat { messages, .. } => messages[instructions(messages)..].to_vec(),
        Input::Text(text) => vec![Message::text(Role::User, text)],
    }
}

/// An upper bound for ordinary text: tokenisers take three to four bytes of English or code per token, and about one
/// token per character of Chinese or Japanese, which has three bytes in UTF-8.
pub(crate) fn text_tokens(text: &str) -> u64 {
    (text.len() as u64).div_ceil(BYTES_PER_TOKEN as u64)
}

/// The least bytes of a token, by that estimate.
pub const BYTES_PER_TOKEN: usize = 3;

/// The message that answers a call.
pub(crate) fn tool_result(call_id: String, text: String) -> Message {
    Message {
        tool_call_id: Some(call_id),
        ..Message::text(Role::Tool, text)
    }
}

fn message_tokens(message: &Message) -> u64 {
    let content = message.content.iter().map(|part| match part {
        Content::Text(text) => text_tokens(text),
        Content::File(file) => text_tokens(&file.quoted()),
        Content::ImageUrl(_) | Content::Image(_) => IMAGE_TOKENS,
    });
    let calls = message
        .tool_calls
        .iter()
        .map(|call| text_tokens(&call.id) + text_tokens(&call.name) + text_tokens(&call.arguments));
    let name = message.name.as_deref().map_or(0, text_tokens);
    MESSAGE_TOKENS + content.sum::<u64>() + calls.sum::<u64>() + name
}

/// How many messages at the front are system messages.
fn instructions(messages: &[Message]) -> usize {
    messages
        .iter()
        .take_while(|message| message.role == Role::System)
        .count()
}

/// The newest stored messages whose estimates add up to at most `budget` tokens.
fn kept(history: &History, budget: u64) -> &[Message] {
    let recent = &history.recent;
    let mut left = budget;
    let fitting = recent
        .iter()
        .rev()
        .take_while(|message| {
            let rest = left.checked_sub(message_tokens(message));
            left = rest.unwrap_or(0);
            rest.is_some()
        })
        .count() as u64;
    let total = history.total.max(recent.len() as u64);
    let must_omit = total - fitting;
    if must_omit == 0 {
        return recent;
    }
    let further = must_omit.next_multiple_of(STEP) - must_omit;
    // In a small context a whole step could be most of what fits.
    let keep = if further <= fitting / 2 {
        fitting - further
    } else {
        fitting
    };
    let kept = &recent[recent.len() - keep as usize..];
    // After a cut, begin with a question: a tool result without its call, or an answer without its question, makes
    // some chat templates fail.
    let begin = kept
        .iter()
        .position(|message| matches!(message.role, Role::User | Role::System));
    &kept[begin.unwrap_or(kept.len())..]
}

#[cfg(test)]
mod tests;
