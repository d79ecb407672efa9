//! Messages, tools and tool calls: the common ground of every chat model.

use serde_json::Value;
use std::borrow::Cow;

/// Who speaks in a [`Message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Instructions from the operator or the application (`system`, `developer`).
    System,
    /// The person or program that asks.
    User,
    /// The model.
    Assistant,
    /// The result of a tool call.
    Tool,
}

impl Role {
    /// The role's name in chat templates, in OpenAI's API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }

    /// The role with this name; `developer` is an alias of `system`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "system" | "developer" => Some(Self::System),
            "user" => Some(Self::User),
            "assistant" => Some(Self::Assistant),
            "tool" | "function" => Some(Self::Tool),
            _ => None,
        }
    }
}

/// One part of a message's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// An image by URL or `data:` URI; models without vision refuse it by name.
    ImageUrl(String),
    /// An image that was attached to a question. The conversation keeps it, and a model that sees is sent it as an
    /// [`ImageUrl`](Self::ImageUrl) in its place.
    Image(AttachedImage),
    /// A file that was attached to a question. Models read its text; it is not what the user said.
    File(FileText),
}

impl Content {
    /// Whether it is there to be seen.
    pub fn is_image(&self) -> bool {
        matches!(self, Self::ImageUrl(_) | Self::Image(_))
    }
}

/// Which of a conversation's attachments an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedImage {
    /// Identifies the attachment.
    pub id: String,
    /// The file's name.
    pub name: String,
}

/// The text of an attached file, as far as it is shown to models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileText {
    /// Identifies the attachment.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// Its text, from its beginning.
    pub text: String,
    /// Bytes of the text that follow and are left out.
    pub left_out_bytes: u64,
}

impl FileText {
    /// The text as models read it: with its name, and how much of it is left out.
    pub fn quoted(&self) -> String {
        let Self {
            name,
            text,
            left_out_bytes,
            ..
        } = self;
        // Longer than any in the text, so that the text cannot end the quotation.
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let rest = match left_out_bytes {
            0 => String::new(),
            bytes => format!("\n(The last {bytes} bytes of the file are left out.)"),
        };
        format!(
            "The file \"{name}\":\n{fence}\n{}\n{fence}{rest}\n\n",
            text.trim_end_matches('\n')
        )
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order. Empty for an assistant message that only calls tools.
    pub content: Vec<Content>,
    /// Tools that the assistant called in this message.
    pub tool_calls: Vec<ToolCall>,
    /// For [`Role::Tool`]: the call that this message answers.
    pub tool_call_id: Option<String>,
    /// The participant's name, where the client gave one.
    pub name: Option<String>,
}

impl Message {
    /// A message with one text part and nothing else.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            content: vec![Content::Text(text.into())],
            tool_calls: Vec::new(),
            tool_call_id: None,
            name: None,
        }
    }

    /// All that a model reads of it, joined without a separator: texts, and files as they are quoted.
    pub fn joined_text(&self) -> String {
        self.content
            .iter()
            .filter_map(|part| match part {
                Content::Text(text) => Some(Cow::Borrowed(text.as_str())),
                Content::File(file) => Some(Cow::Owned(file.quoted())),
                Content::ImageUrl(_) | Content::Image(_) => None,
            })
            .collect()
    }

    /// What was said: all text parts, joined without a separator, and nothing of files.
    pub fn said_text(&self) -> String {
        self.content
            .iter()
            .filter_map(|part| match part {
                Content::Text(text) => Some(text.as_str()),
                Content::File(_) | Content::ImageUrl(_) | Content::Image(_) => None,
            })
            .collect()
    }

    /// Whether files are attached to it.
    pub fn has_files(&self) -> bool {
        self.content.iter().any(|part| matches!(part, Content::File(_)))
    }

    /// Whether there is something to be seen in it.
    pub fn has_images(&self) -> bool {
        self.content.iter().any(Content::is_image)
    }
}

/// A function that the model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// The function's name: letters, digits, `_` and `-`.
    pub name: String,
    /// What it does, for the model.
    pub description: Option<String>,
    /// JSON Schema of the arguments (an object schema).
    pub parameters: Value,
    /// Whether the arguments must follow the schema exactly.
    pub strict: bool,
}

/// One call that the model made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// Unique within the conversation; the tool's result refers to it.
    pub id: String,
    /// The called function.
    pub name: String,
    /// The arguments as the model wrote them: a JSON object in text form.
    pub arguments: String,
}

/// Whether and which tool the model must call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ToolChoice {
    /// The model decides.
    #[default]
    Auto,
    /// No tool may be called.
    None,
    /// At least one tool must be called.
    Required,
    /// This tool must be called.
    Named(String),
}

#[cfg(test)]
mod tests;
