//! Tools: what a model can have done for it, and what it hears of that.

use crate::chat::ToolSpec;
use crate::clock::Timestamp;
use crate::conversation::StoreError;
use crate::memory::{MemoryId, Scope};
use crate::model::ModelError;
use async_trait::async_trait;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// What a tool does to the world, at most; the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// Looks at what this machine holds; changes nothing.
    ReadOnly,
    /// Changes what this machine holds, such as memories.
    Writes,
    /// Runs a program.
    Executes,
    /// Sends something to another machine.
    Egress,
}

impl Effect {
    /// All of them, the mildest first.
    pub const ALL: [Self; 4] = [Self::ReadOnly, Self::Writes, Self::Executes, Self::Egress];

    /// The effect's name in the configuration and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::Writes => "writes",
            Self::Executes => "executes",
            Self::Egress => "egress",
        }
    }

    /// The effect with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.as_str() == name)
    }
}

/// A tool, as models and people read of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolDescription {
    /// Unique: letters, digits, `_` and `-`, at most 64.
    pub name: String,
    /// What it does and when to call it, for the model.
    pub description: String,
    /// JSON Schema of the arguments (an object schema).
    pub parameters: Value,
    /// What it does to the world.
    pub effect: Effect,
}

impl ToolDescription {
    /// What of it a model is given.
    pub fn for_model(&self) -> ToolSpec {
        ToolSpec {
            name: self.name.clone(),
            description: Some(self.description.clone()),
            parameters: self.parameters.clone(),
            strict: false,
        }
    }
}

/// For whom and why a tool is called.
#[derive(Clone, Debug)]
pub struct ToolContext {
    /// The user, the project, and as the session the conversation, where there is one.
    pub scope: Scope,
    /// The request that the call is part of.
    pub request_id: String,
    /// Memories that it does not look at.
    pub without_memories: Vec<MemoryId>,
    /// When the call was made.
    pub now: Timestamp,
    /// Ends the call: nobody waits for it any more.
    pub cancel: CancellationToken,
}

/// What a tool gives back.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolOutput {
    /// For the model.
    pub text: String,
    /// For programs and the user interface: an object, or null where the text says everything.
    pub data: Value,
}

impl ToolOutput {
    /// An output that is a text and nothing else.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            data: Value::Null,
        }
    }
}

/// Why a call gave nothing. A model reads the message and may try again.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ToolError {
    /// No tool has this name.
    #[error("no tool is called `{name}`; {hint}")]
    Unknown {
        /// What was called.
        name: String,
        /// What could be called, in words.
        hint: String,
    },
    /// An argument is missing or not what it must be.
    #[error("{message}")]
    InvalidArgument {
        /// Its path, such as `limit` or `files[0].name`; empty for the arguments as a whole.
        field: String,
        /// What is wrong with which value and what would be right, the field included.
        message: String,
    },
    /// A model that the tool needs failed.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// What is stored could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not do what it is for; the message says why and what to do.
    #[error("{0}")]
    Failed(String),
    /// Nobody waited for it any more.
    #[error("the call was cancelled")]
    Cancelled,
}

impl ToolError {
    /// The argument `field` is at fault; the message names it already.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::InvalidArgument {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// Something that a model can have done: built in, a skill, or another program's.
#[async_trait]
pub trait Tool: Send + Sync {
    /// What it is. The same each time.
    fn spec(&self) -> &ToolDescription;

    /// Does it. `arguments` follow the schema as far as whoever calls has checked it. Dropping the future ends the
    /// work; `context.cancel` says the same to work that runs elsewhere.
    ///
    /// # Errors
    /// A program that failed within a tool that runs programs is an output; an error is a call that gave nothing.
    async fn call(&self, arguments: Value, context: &ToolContext) -> Result<ToolOutput, ToolError>;
}
