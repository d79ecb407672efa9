//! Council's own tools: what a model can have done here.
//!
//! - [`Toolbox`]: all of them, and what a request may use of them
//! - [`memory`]: Agent Zero's memory tools
//! - [`knowledge`]: looking things up in documents
//! - [`code`]: running programs
//! - `schema`: whether arguments follow a tool's schema
//! - [`metrics`]: calls, and how long they took

pub mod code;
pub mod knowledge;
pub mod memory;
pub mod metrics;
pub(crate) mod schema;

pub use metrics::ToolMetrics;

use crate::WhichTools;
use crate::code::Programs;
use crate::memory::Memories;
use council_core::{Effect, Tool, ToolContext, ToolDescription, ToolError, ToolOutput, ToolSpec};
use futures::FutureExt as _;
use serde_json::Value;
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// Longest name, in bytes; OpenAI's limit.
const MAX_NAME_BYTES: usize = 64;

/// The tools that every Council has, in the order in which models read of them; `run_code` where there is a sandbox.
pub fn built_in(memories: &Memories, programs: &Programs) -> Vec<Arc<dyn Tool>> {
    let mut tools: Vec<Arc<dyn Tool>> = vec![
        Arc::new(memory::Load::new(memories.clone())),
        Arc::new(memory::Save::new(memories.clone())),
        Arc::new(memory::Delete::new(memories.clone())),
        Arc::new(memory::Forget::new(memories.clone())),
        Arc::new(knowledge::Search::new(memories.clone())),
    ];
    if programs.has_sandbox() {
        tools.push(Arc::new(code::Run::new(programs.clone())));
    }
    tools
}

/// What a turn may do with tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolLimits {
    /// Most answers of a model in one turn that may call tools; after them it has to answer in words.
    pub max_steps: u32,
    /// The strongest effect of tools that a request need not name.
    pub allow_effects: Effect,
}

impl Default for ToolLimits {
    /// Four steps; everything that stays on this machine.
    fn default() -> Self {
        Self {
            max_steps: 4,
            allow_effects: Effect::Executes,
        }
    }
}

/// Why tools cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToolboxError {
    /// Two tools have one name.
    #[error("two tools are called `{0}`; rename one of them")]
    Taken(String),
    /// Models and other programs could not call it.
    #[error("a tool is called `{0}`; a name has 1 to {MAX_NAME_BYTES} letters, digits, `_` and `-`")]
    Name(String),
}

/// Tools in an order, each with a name of its own. Clones share everything.
#[derive(Clone)]
pub struct Toolbox {
    tools: Arc<[Arc<dyn Tool>]>,
    limits: ToolLimits,
    metrics: ToolMetrics,
}

impl Toolbox {
    /// These tools.
    ///
    /// # Errors
    /// When two have the same name, or one has a name that models cannot call.
    pub fn new(
        tools: Vec<Arc<dyn Tool>>,
        limits: ToolLimits,
        metrics: ToolMetrics,
    ) -> Result<Self, ToolboxError> {
        let mut names = HashSet::new();
        for tool in &tools {
            let name = &tool.spec().name;
            if !is_name(name) {
                return Err(ToolboxError::Name(name.clone()));
            }
            if !names.insert(name.as_str()) {
                return Err(ToolboxError::Taken(name.clone()));
            }
            metrics.expect(name);
        }
        Ok(Self {
            tools: tools.into(),
            limits,
            metrics,
        })
    }

    /// All of them, in their order.
    pub fn list(&self) -> impl Iterator<Item = &ToolDescription> {
        self.tools.iter().map(|tool| tool.spec())
    }

    /// What a turn may do with them.
    pub fn limits(&self) -> ToolLimits {
        self.limits
    }

    /// Whether requests that name no tool may use this one.
    pub fn allows(&self, tool: &ToolDescription) -> bool {
        tool.effect <= self.limits.allow_effects
    }

    /// What a model is given, in the order of this box. Names that no tool has are left out.
    pub fn offered(&self, which: &WhichTools) -> Vec<ToolSpec> {
        let meant = |tool: &&ToolDescription| match which {
            WhichTools::Allowed => self.allows(tool),
            WhichTools::Named(names) => names.contains(&tool.name),
        };
        self.list()
            .filter(meant)
            .map(ToolDescription::for_model)
            .collect()
    }

    /// Calls a tool, after a look at its arguments. A tool that panics has failed, and nothing else has.
    ///
    /// # Errors
    /// [`ToolError::Unknown`], [`ToolError::InvalidArgument`], and whatever the tool fails with.
    pub async fn call(
        &self,
        name: &str,
        arguments: Value,
        context: &ToolContext,
    ) -> Result<ToolOutput, ToolError> {
        self.call_with(name, Ok(arguments), context).await
    }

    /// Calls a tool with arguments as a model wrote them.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub(crate) async fn call_as_written(
        &self,
        name: &str,
        arguments: &str,
        context: &ToolContext,
    ) -> Result<ToolOutput, ToolError> {
        // Models write nothing where a tool needs nothing.
        let arguments = if arguments.trim().is_empty() {
            "{}"
        } else {
            arguments
        };
        let arguments = serde_json::from_str(arguments).map_err(|error| {
            let message = format!("the arguments are not valid JSON: {error}; write an object");
            ToolError::invalid("", message)
        });
        self.call_with(name, arguments, context).await
    }

    async fn call_with(
        &self,
        name: &str,
        arguments: Result<Value, ToolError>,
        context: &ToolContext,
    ) -> Result<ToolOutput, ToolError> {
        let Some(tool) = self.tools.iter().find(|tool| tool.spec().name == name) else {
            return Err(self.unknown(name, self.list().map(|tool| tool.name.as_str())));
        };
        let mut timer = self.metrics.begin(name);
        let called = async {
            let arguments = arguments?;
            schema::check(&tool.spec().parameters, &arguments)?;
            tool.call(arguments, context).await
        };
        // Unwind safe: of a call that panicked nothing is used any more but its name.
        let called = AssertUnwindSafe(called).catch_unwind().await;
        let called = called.unwrap_or_else(|_| {
            tracing::error!(
                request_id = context.request_id,
                tool = name,
                "the tool `{name}` panicked"
            );
            Err(ToolError::Failed(format!(
                "`{name}` has a defect and failed; the server's log says where"
            )))
        });
        timer.ended(&called);
        called
    }

    /// Counts a call of a tool that is not there, or not for this caller.
    pub(crate) fn unknown<'a>(&self, name: &str, known: impl Iterator<Item = &'a str>) -> ToolError {
        self.metrics.unknown();
        let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
        let hint = if known.is_empty() {
            "there are none".to_owned()
        } else {
            format!("there are {}", known.join(", "))
        };
        ToolError::Unknown {
            name: name.to_owned(),
            hint,
        }
    }
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests;
