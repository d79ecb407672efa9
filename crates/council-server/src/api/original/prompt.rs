//! The request of `/hybrid`, `/hybrid/stream` and `/api/chat`.

use crate::api::generation::GenerationFields;
use crate::api::openai::chat_request::ChatCompletionRequest;
use crate::api::turn_memory::{MemoryFields, MemoryOrder};
use crate::api::turn_tools::{ToolsField, ToolsOrder};
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_core::{ConversationId, GenerateRequest, Input, Message, MessageId, Role, ToolChoice};
use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;

/// A prompt and how to answer it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PromptRequest {
    #[serde(flatten)]
    pub(crate) prompt: PromptFields,
    #[serde(flatten)]
    pub(crate) memory: MemoryFields,
    #[serde(flatten)]
    pub(crate) generation: GenerationFields,
}

impl FromBody for PromptRequest {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        Ok(Self {
            prompt: parse_object(body)?,
            memory: parse_object(body)?,
            generation: parse_object(body)?,
        })
    }
}

/// What is particular to the original routes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct PromptFields {
    /// What to answer. `query` is the same.
    #[serde(alias = "query")]
    pub(crate) prompt: Option<String>,
    /// Answer as server-sent events.
    pub(crate) stream: Option<bool>,
    /// A model of `GET /models`; the default model where absent.
    pub(crate) model: Option<String>,
    /// The conversation that this continues; it is made when it does not exist.
    #[schema(min_length = 1, max_length = 128)]
    pub(crate) session_id: Option<String>,
    /// Instructions that come before the prompt.
    pub(crate) system: Option<String>,
    /// Which of Council's own tools the model may use. Where absent: as configured (`agent.tools`).
    pub(crate) tools: Option<ToolsField>,
    /// The message of the conversation that the prompt follows, beside what follows it already; 0: at the beginning. Where
    /// absent: the last message of the active branch.
    #[schema(minimum = 0)]
    pub(crate) parent_id: Option<i64>,
    /// A message of the conversation: its answer, or itself where it is one, is made anew beside the old one. Without
    /// `prompt` and `parent_id`.
    pub(crate) regenerate: Option<i64>,
    /// Files of the conversation (`POST /v1/conversations/{id}/attachments`) that the prompt is about; at most 20. Their
    /// text stands before it, as far as half of the model's context holds.
    pub(crate) attachments: Option<Vec<String>>,
    /// With `incognito`: what was said before, oldest first, because the server keeps nothing of it; at most 1,000 messages.
    /// The oldest are left out where they do not fit the model's context.
    pub(crate) history: Option<Vec<SaidField>>,
    /// With `stream`: the turn goes on when its client leaves, and its events can be had again
    /// (`GET /v1/turns/{request_id}/events`).
    pub(crate) detached: Option<bool>,
}

/// Something that was said before.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = SaidBefore)]
pub(crate) struct SaidField {
    /// `user` or `assistant`.
    role: String,
    /// The words.
    content: String,
}

/// Where in its conversation a prompt goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PlaceOrder {
    #[default]
    End,
    After(Option<MessageId>),
    Regenerate(MessageId),
}

/// A validated prompt.
#[derive(Debug)]
pub(crate) struct PromptOrder {
    pub(crate) model: Option<String>,
    pub(crate) conversation: Option<ConversationId>,
    pub(crate) place: PlaceOrder,
    pub(crate) attachments: Vec<String>,
    pub(crate) history: Vec<Message>,
    pub(crate) memory: MemoryOrder,
    pub(crate) tools: ToolsOrder,
    pub(crate) generate: GenerateRequest,
    pub(crate) stream: bool,
    pub(crate) detached: bool,
}

impl PromptRequest {
    /// Checks every field.
    pub(crate) fn order(self, user: &str, peer: &str) -> Result<PromptOrder, ApiError> {
        let fields = self.prompt;
        let place = place(&fields)?;
        let prompt = match place {
            // What is asked stands in the conversation.
            PlaceOrder::Regenerate(_) => String::new(),
            PlaceOrder::End | PlaceOrder::After(_) => text(fields.prompt)?,
        };
        let conversation = fields
            .session_id
            .map(|id| conversation_id(user, "session_id", &id))
            .transpose()?;
        let memory = self.memory.order()?;
        let attachments = attachments(
            fields.attachments,
            conversation.is_some() && !memory.incognito,
            place,
        )?;
        if fields.history.is_some() && !memory.incognito {
            let message = "`history` is for `incognito` turns, of which the server keeps nothing; leave it out, or send \
                           `incognito` too";
            return Err(ApiError::invalid("history", message));
        }
        let history = said_before(fields.history.unwrap_or_default())?;
        let mut tools = fields
            .tools
            .map(ToolsField::order)
            .transpose()?
            .unwrap_or_default();
        if memory.incognito {
            if tools.asks() {
                let message =
                    "`incognito` uses no tools, which could remember; leave `tools` out, or `incognito`";
                return Err(ApiError::invalid("incognito", message));
            }
            tools = ToolsOrder::None;
        }
        let input = chat(fields.system, prompt);
        Ok(PromptOrder {
            model: fields.model,
            // Of an incognito turn nothing is stored.
            conversation: conversation.filter(|_| !memory.incognito),
            place,
            attachments,
            history,
            memory,
            tools,
            generate: self.generation.request(input, peer)?,
            stream: fields.stream.unwrap_or(false),
            detached: fields.detached.unwrap_or(false),
        })
    }
}

/// Where the prompt goes, which is within a conversation.
fn place(fields: &PromptFields) -> Result<PlaceOrder, ApiError> {
    let place = match (fields.parent_id, fields.regenerate) {
        (None, None) => return Ok(PlaceOrder::End),
        (Some(_), Some(_)) => {
            let message = "`regenerate` and `parent_id` exclude each other; send one";
            return Err(ApiError::invalid("regenerate", message));
        }
        (Some(parent), None) if parent < 0 => {
            let message = format!("`parent_id` is {parent}; name a message, or 0 for the beginning");
            return Err(ApiError::invalid("parent_id", message));
        }
        (Some(0), None) => ("parent_id", PlaceOrder::After(None)),
        (Some(parent), None) => ("parent_id", PlaceOrder::After(Some(MessageId(parent)))),
        (None, Some(_)) if fields.prompt.is_some() => {
            let message = "`regenerate` answers what was asked before; leave `prompt` out";
            return Err(ApiError::invalid("prompt", message));
        }
        (None, Some(message)) => ("regenerate", PlaceOrder::Regenerate(MessageId(message))),
    };
    match place {
        (field, _) if fields.session_id.is_none() => {
            let message = format!("`{field}` is about a conversation; send its `session_id`");
            Err(ApiError::invalid("session_id", message))
        }
        (_, place) => Ok(place),
    }
}

/// Most messages that are said to come before a prompt.
const MAX_HISTORY: usize = 1_000;

/// What a client tells of its conversation.
pub(crate) fn said_before(fields: Vec<SaidField>) -> Result<Vec<Message>, ApiError> {
    if fields.len() > MAX_HISTORY {
        let message = format!(
            "`history` has {} messages; send the last {MAX_HISTORY} of them",
            fields.len()
        );
        return Err(ApiError::invalid("history", message));
    }
    let message = |(at, SaidField { role, content }): (usize, SaidField)| {
        if let Some(role @ (Role::User | Role::Assistant)) = Role::parse(&role) {
            return Ok(Message::text(role, content));
        }
        let field = format!("history[{at}].role");
        let message = format!("`{field}` is `{role}`; choose `user` or `assistant`");
        Err(ApiError::invalid(field, message))
    };
    fields.into_iter().enumerate().map(message).collect()
}

/// Most files of one prompt.
const MAX_ATTACHMENTS: usize = 20;

/// The files of a prompt, which belong to its conversation.
pub(crate) fn attachments(
    ids: Option<Vec<String>>,
    has_conversation: bool,
    place: PlaceOrder,
) -> Result<Vec<String>, ApiError> {
    let ids = ids.unwrap_or_default();
    let refuse = |message: String| Err(ApiError::invalid("attachments", message));
    match ids.len() {
        0 => Ok(ids),
        many if many > MAX_ATTACHMENTS => refuse(format!(
            "`attachments` has {many} entries; at most {MAX_ATTACHMENTS} are possible"
        )),
        _ if matches!(place, PlaceOrder::Regenerate(_)) => refuse(
            "`regenerate` takes the files of the question as they are; leave `attachments` out".to_owned(),
        ),
        _ if !has_conversation => refuse(
            "`attachments` are kept with a conversation; send its `session_id`, and not `incognito`"
                .to_owned(),
        ),
        _ => Ok(ids),
    }
}

/// The prompt, which must say something.
pub(crate) fn text(prompt: Option<String>) -> Result<String, ApiError> {
    match prompt {
        Some(prompt) if !prompt.trim().is_empty() => Ok(prompt),
        Some(_) => Err(ApiError::invalid(
            "prompt",
            "`prompt` is empty; send the text to answer",
        )),
        None => Err(ApiError::invalid(
            "prompt",
            "`prompt` is missing; send the text to answer",
        )),
    }
}

/// A conversation of at most a system message and a prompt.
pub(crate) fn chat(system: Option<String>, prompt: String) -> Input {
    let system = system
        .filter(|system| !system.is_empty())
        .map(|system| Message::text(Role::System, system));
    let messages = system
        .into_iter()
        .chain([Message::text(Role::User, prompt)])
        .collect();
    Input::Chat {
        messages,
        tools: Vec::new(),
        tool_choice: ToolChoice::Auto,
    }
}

/// A conversation's identifier in `field`.
pub(crate) fn conversation_id(user: &str, field: &str, id: &str) -> Result<ConversationId, ApiError> {
    ConversationId::parse(id).map(|id| id.of(user)).ok_or_else(|| {
        let most = ConversationId::MAX_CHARS;
        ApiError::invalid(
            field,
            format!("`{field}` must be 1 to {most} characters without control characters"),
        )
    })
}

/// `POST /hybrid` takes both shapes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum HybridRequest {
    /// The original shape, answered in the original shape.
    Prompt(Box<PromptRequest>),
    /// OpenAI's shape, answered in OpenAI's shape.
    OpenAi(Box<ChatCompletionRequest>),
}

/// Tells the two shapes apart.
#[derive(Deserialize)]
struct Shape {
    messages: Option<IgnoredAny>,
}

impl FromBody for HybridRequest {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let shape: Shape = parse_object(body)?;
        if shape.messages.is_some() {
            ChatCompletionRequest::from_body(body).map(|request| Self::OpenAi(Box::new(request)))
        } else {
            PromptRequest::from_body(body).map(|request| Self::Prompt(Box::new(request)))
        }
    }
}
