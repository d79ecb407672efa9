//! How a request says which of Council's own tools its turn may use, and how answers tell what was run.

use crate::access::{Caller, needed_by};
use crate::error::ApiError;
use crate::state::App;
use council_agent::{ToolUse, WhichTools};
use council_core::{Scope, ToolCall};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use utoipa::ToSchema;

/// `auto` (all that the configuration allows), `none`, or the names of some of `GET /v1/tools`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "expected `auto`, `none` or an array of names")]
#[schema(as = OwnTools)]
pub(crate) enum ToolsField {
    Mode(String),
    Names(Vec<String>),
}

/// What a request says about Council's own tools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ToolsOrder {
    /// Nothing: as configured.
    #[default]
    Usual,
    None,
    Some(WhichTools),
}

impl ToolsField {
    pub(crate) fn order(self) -> Result<ToolsOrder, ApiError> {
        match self {
            Self::Mode(mode) => match mode.as_str() {
                "auto" => Ok(ToolsOrder::Some(WhichTools::Allowed)),
                "none" => Ok(ToolsOrder::None),
                _ => {
                    let message = format!("`tools` is `{mode}`; send `auto`, `none` or an array of names");
                    Err(ApiError::invalid("tools", message))
                }
            },
            Self::Names(names) if names.is_empty() => Ok(ToolsOrder::None),
            Self::Names(names) => Ok(ToolsOrder::Some(WhichTools::Named(names))),
        }
    }
}

impl ToolsOrder {
    /// Whether the request asks for tools.
    pub(crate) fn asks(&self) -> bool {
        matches!(self, Self::Some(_))
    }

    /// The use of the tools, where `usual` is whether they are offered when the request does not say.
    pub(crate) fn tool_use(
        self,
        app: &App,
        caller: &Caller,
        scope: Scope,
        usual: bool,
    ) -> Result<Option<ToolUse>, ApiError> {
        let which = match self {
            Self::None => return Ok(None),
            Self::Usual if !usual => return Ok(None),
            Self::Usual => WhichTools::Allowed,
            Self::Some(which) => which,
        };
        if let WhichTools::Named(names) = &which {
            let known: Vec<&str> = app.agent.tools().list().map(|tool| tool.name.as_str()).collect();
            if let Some(stranger) = names.iter().find(|name| !known.contains(&name.as_str())) {
                let message = format!("`tools` names `{stranger}`; choose among {}", known.join(", "));
                return Err(ApiError::invalid("tools", message));
            }
            for tool in app.agent.tools().list().filter(|tool| names.contains(&tool.name)) {
                caller.needs(needed_by(tool))?;
            }
        }
        Ok(Some(ToolUse { scope, which }))
    }
}

/// A tool that Council runs on the way to an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ToolRun)]
pub(crate) struct ToolRunObject {
    /// The call's.
    pub(crate) id: String,
    /// The tool's.
    pub(crate) name: String,
    /// As the model wrote them: a JSON object as text.
    pub(crate) arguments: String,
    /// `running`, `ok` or `failed`.
    pub(crate) status: &'static str,
    /// What the model reads of it; null while it runs.
    pub(crate) result: Option<String>,
    /// What programs read of it; null while it runs, and where there is nothing beside the result.
    #[schema(value_type = Option<Object>)]
    pub(crate) data: Value,
    /// From the call to its end; null while it runs.
    pub(crate) latency_ms: Option<f64>,
}

/// The runs of a turn, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct ToolRuns(pub(crate) Vec<ToolRunObject>);

impl ToolRuns {
    /// One begins.
    pub(crate) fn started(&mut self, call: ToolCall) -> ToolRunObject {
        let run = ToolRunObject {
            id: call.id,
            name: call.name,
            arguments: call.arguments,
            status: "running",
            result: None,
            data: Value::Null,
            latency_ms: None,
        };
        self.0.push(run.clone());
        run
    }

    /// The one that began last has ended: they run one after another.
    pub(crate) fn finished(
        &mut self,
        ok: bool,
        text: String,
        data: Value,
        latency: Duration,
    ) -> Option<ToolRunObject> {
        let run = self.0.last_mut()?;
        run.status = if ok { "ok" } else { "failed" };
        run.result = Some(text);
        run.data = data;
        run.latency_ms = Some(latency.as_secs_f64() * 1_000.0);
        Some(run.clone())
    }
}
