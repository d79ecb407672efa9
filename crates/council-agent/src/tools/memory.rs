//! Agent Zero's memory tools, with its parameters and its words.

pub(super) mod arguments;
pub(super) mod object;

use crate::agent_zero::tools;
use crate::memory::{Memories, MemoryError};
use arguments::{DeleteArguments, ForgetArguments, LoadArguments, SaveArguments, read};
use async_trait::async_trait;
use council_core::{Effect, MemoryId, Tool, ToolContext, ToolDescription, ToolError, ToolOutput};
use serde_json::{Value, json};

impl From<MemoryError> for ToolError {
    fn from(error: MemoryError) -> Self {
        match error {
            MemoryError::Store(error) => Self::Store(error),
            MemoryError::Embedder(error) => Self::Model(error),
        }
    }
}

/// `memory_load`: what is remembered about something.
pub struct Load {
    spec: ToolDescription,
    memories: Memories,
}

/// `memory_save`: remembers a text.
pub struct Save {
    spec: ToolDescription,
    memories: Memories,
}

/// `memory_delete`: forgets by identifier.
pub struct Delete {
    spec: ToolDescription,
    memories: Memories,
}

/// `memory_forget`: forgets what is about something.
pub struct Forget {
    spec: ToolDescription,
    memories: Memories,
}

fn spec(name: &str, description: &str, effect: Effect, parameters: Value) -> ToolDescription {
    ToolDescription {
        name: name.to_owned(),
        description: description.to_owned(),
        parameters,
        effect,
    }
}

fn threshold() -> Value {
    json!({
        "type": "number", "minimum": 0, "maximum": 1, "default": tools::THRESHOLD,
        "description": "least likeness, 0 to 1",
    })
}

fn filter() -> Value {
    json!({
        "type": "string", "maxLength": 4096, "default": "",
        "description": "a condition on the metadata, such as: area == 'main' and timestamp > '2025'",
    })
}

impl Load {
    /// Over these memories.
    pub fn new(memories: Memories) -> Self {
        let parameters = json!({
            "type": "object",
            "properties": {
                "query": {"type": "string", "minLength": 1, "description": "what it is about"},
                "threshold": threshold(),
                "limit": {
                    "type": "integer", "minimum": 1, "maximum": 1000, "default": tools::LIMIT,
                    "description": "most memories",
                },
                "filter": filter(),
            },
            "required": ["query"],
        });
        let description =
            "Looks up what is remembered about something: what the user said before, facts, notes.";
        Self {
            spec: spec("memory_load", description, Effect::ReadOnly, parameters),
            memories,
        }
    }
}

#[async_trait]
impl Tool for Load {
    fn spec(&self) -> &ToolDescription {
        &self.spec
    }

    async fn call(&self, arguments: Value, context: &ToolContext) -> Result<ToolOutput, ToolError> {
        let (query, limit) = read::<LoadArguments>(arguments)?.question()?;
        let mut hits = tools::load(&self.memories, &context.scope.user, &query, limit).await?;
        hits.retain(|hit| !context.without_memories.contains(&hit.memory.id));
        let found: Vec<Value> = hits
            .iter()
            .map(|hit| object::scored(hit.score, &hit.memory))
            .collect();
        Ok(ToolOutput {
            text: tools::text(&hits, &query.text),
            data: json!({"hits": found}),
        })
    }
}

impl Save {
    /// Into these memories.
    pub fn new(memories: Memories) -> Self {
        let parameters = json!({
            "type": "object",
            "properties": {
                "text": {
                    "type": "string", "minLength": 1, "maxLength": 65_536,
                    "description": "what to remember, complete in itself",
                },
                "area": {
                    "type": "string", "default": "main",
                    "description": "a part of the memory by purpose: main, fragments, solutions or another",
                },
            },
            "required": ["text"],
            // Further arguments are metadata.
            "additionalProperties": true,
        });
        let description = "Remembers a text for later conversations.";
        Self {
            spec: spec("memory_save", description, Effect::Writes, parameters),
            memories,
        }
    }
}

#[async_trait]
impl Tool for Save {
    fn spec(&self) -> &ToolDescription {
        &self.spec
    }

    async fn call(&self, arguments: Value, context: &ToolContext) -> Result<ToolOutput, ToolError> {
        let (text, area, metadata) = read::<SaveArguments>(arguments)?.note()?;
        let user = &context.scope.user;
        let MemoryId(id) = tools::save(&self.memories, user, text, area, metadata, context.now).await?;
        Ok(ToolOutput {
            text: format!("The memory is saved with id {id}"),
            data: json!({"id": id}),
        })
    }
}

impl Delete {
    /// From these memories.
    pub fn new(memories: Memories) -> Self {
        let parameters = json!({
            "type": "object",
            "properties": {
                "ids": {
                    "type": "string", "minLength": 1,
                    "description": "identifiers of memories, with commas between them",
                },
            },
            "required": ["ids"],
        });
        let description = "Forgets memories for good, by their ids as memory_load shows them.";
        Self {
            spec: spec("memory_delete", description, Effect::Writes, parameters),
            memories,
        }
    }
}

#[async_trait]
impl Tool for Delete {
    fn spec(&self) -> &ToolDescription {
        &self.spec
    }

    async fn call(&self, arguments: Value, context: &ToolContext) -> Result<ToolOutput, ToolError> {
        let ids = read::<DeleteArguments>(arguments)?.ids()?;
        let gone = tools::delete(&self.memories, &context.scope.user, ids).await?;
        Ok(ToolOutput {
            text: format!("{} memories deleted", gone.len()),
            data: json!({"deleted": texts(gone)}),
        })
    }
}

impl Forget {
    /// From these memories.
    pub fn new(memories: Memories) -> Self {
        let parameters = json!({
            "type": "object",
            "properties": {
                "query": {"type": "string", "minLength": 1, "description": "what it is about"},
                "threshold": threshold(),
                "filter": filter(),
            },
            "required": ["query"],
        });
        let description = "Forgets for good all memories about something. Only when the user asks for it.";
        Self {
            spec: spec("memory_forget", description, Effect::Writes, parameters),
            memories,
        }
    }
}

#[async_trait]
impl Tool for Forget {
    fn spec(&self) -> &ToolDescription {
        &self.spec
    }

    async fn call(&self, arguments: Value, context: &ToolContext) -> Result<ToolOutput, ToolError> {
        let query = read::<ForgetArguments>(arguments)?.question()?;
        let gone = tools::forget(&self.memories, &context.scope.user, &query).await?;
        Ok(ToolOutput {
            text: format!("{} memories forgotten", gone.len()),
            data: json!({"forgotten": texts(gone)}),
        })
    }
}

fn texts(ids: Vec<MemoryId>) -> Vec<String> {
    ids.into_iter().map(|id| id.0).collect()
}
