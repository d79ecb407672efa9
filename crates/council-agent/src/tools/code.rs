//! `run_code`: runs a program that the model wrote, apart from this machine.

use super::memory::arguments::read;
use crate::code::Programs;
use crate::code::report::{data, for_model};
use async_trait::async_trait;
use council_core::sandbox::{Language, SandboxError};
use council_core::{Effect, Tool, ToolContext, ToolDescription, ToolError, ToolOutput};
use serde::Deserialize;
use serde_json::{Value, json};

/// The tool.
pub struct Run {
    spec: ToolDescription,
    programs: Programs,
}

#[derive(Deserialize)]
struct Arguments {
    language: String,
    code: String,
    stdin: Option<String>,
}

impl Run {
    /// In this sandbox.
    pub fn new(programs: Programs) -> Self {
        let names = Language::ALL.map(Language::name);
        let parameters = json!({
            "type": "object",
            "properties": {
                "language": {"type": "string", "enum": names},
                "code": {"type": "string", "description": "the whole program; it prints what it finds"},
                "stdin": {"type": "string", "description": "what it reads from standard input"},
            },
            "required": ["language", "code"],
            "additionalProperties": false,
        });
        let spec = ToolDescription {
            name: "run_code".to_owned(),
            description: "Runs a program, without network, for a few seconds, and gives back what it printed. Use it \
                          to calculate, to count, and to work with data. Variables and files stay until the next \
                          call."
                .to_owned(),
            parameters,
            effect: Effect::Executes,
        };
        Self { spec, programs }
    }
}

#[async_trait]
impl Tool for Run {
    fn spec(&self) -> &ToolDescription {
        &self.spec
    }

    async fn call(&self, arguments: Value, context: &ToolContext) -> Result<ToolOutput, ToolError> {
        let Arguments {
            language,
            code,
            stdin,
        } = read(arguments)?;
        let language = Language::from_name(&language).ok_or_else(|| {
            let names = Language::ALL.map(|language| format!("`{language}`")).join(", ");
            let message = format!("`language` is `{language}`; it must be one of {names}");
            ToolError::invalid("language", message)
        })?;
        let mut program = self.programs.program(
            language,
            &code,
            &context.scope.user,
            context.scope.session.as_deref(),
        );
        program.stdin = stdin.unwrap_or_default().into_bytes();
        let report = self.programs.run(program).await.map_err(|error| match &error {
            SandboxError::InvalidProgram { field, .. } => {
                ToolError::invalid(field.clone(), error.to_string())
            }
            _ => ToolError::Failed(error.to_string()),
        })?;
        Ok(ToolOutput {
            text: for_model(&report),
            data: data(&report),
        })
    }
}
