//! `knowledge_search`: what documents say about something, and where.

use super::memory::arguments::{read, text};
use super::memory::object;
use crate::knowledge::citation;
use crate::memory::{Memories, Question};
use async_trait::async_trait;
use council_core::{
    Effect, MemoryFilter, MemoryHit, MemoryKind, Tool, ToolContext, ToolDescription, ToolError, ToolOutput,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Parts of documents where no limit is given: about a page.
const LIMIT: usize = 5;

/// The tool.
pub struct Search {
    spec: ToolDescription,
    memories: Memories,
}

#[derive(Deserialize)]
struct Arguments {
    query: String,
    limit: Option<usize>,
    source: Option<String>,
}

impl Search {
    /// Over the documents among these memories.
    pub fn new(memories: Memories) -> Self {
        let parameters = json!({
            "type": "object",
            "properties": {
                "query": {"type": "string", "minLength": 1, "description": "what to look for"},
                "limit": {
                    "type": "integer", "minimum": 1, "maximum": 50, "default": LIMIT,
                    "description": "most passages",
                },
                "source": {"type": "string", "description": "only this document: its path or address"},
            },
            "required": ["query"],
            "additionalProperties": false,
        });
        let spec = ToolDescription {
            name: "knowledge_search".to_owned(),
            description:
                "Finds passages about something in the user's documents, each with the place where it stands."
                    .to_owned(),
            parameters,
            effect: Effect::ReadOnly,
        };
        Self { spec, memories }
    }
}

#[async_trait]
impl Tool for Search {
    fn spec(&self) -> &ToolDescription {
        &self.spec
    }

    async fn call(&self, arguments: Value, context: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        let query = text("query", arguments.query, "write what to look for")?;
        let question = Question {
            text: query.clone(),
            filter: MemoryFilter {
                user: context.scope.user.clone(),
                project: context.scope.project.clone(),
                kinds: vec![MemoryKind::Document],
                source: arguments.source,
                ..MemoryFilter::default()
            },
            limit: arguments.limit.unwrap_or(LIMIT),
            without: context.without_memories.clone(),
            now: context.now,
            token_budget: None,
        };
        let hits = self.memories.recall(question).await?;
        let found: Vec<Value> = hits
            .iter()
            .map(|hit| object::scored(object::decimal(hit.score), &hit.memory))
            .collect();
        Ok(ToolOutput {
            text: passages(&hits, &query),
            data: json!({"hits": found}),
        })
    }
}

/// Each passage below the place where it stands.
fn passages(hits: &[MemoryHit], query: &str) -> String {
    if hits.is_empty() {
        return format!("No document says anything about: {query}");
    }
    let passage = |hit: &MemoryHit| {
        let content = &hit.memory.content;
        let place = citation(content).unwrap_or_else(|| hit.memory.id.0.clone());
        format!("[{place}]\n{}", content.text)
    };
    hits.iter().map(passage).collect::<Vec<_>>().join("\n\n")
}
