//! The tools of a turn: the model calls, Council runs, the model reads what came of it, until it answers.

use super::client::Gone;
use super::{Turn, trace};
use crate::context::{BYTES_PER_TOKEN, tool_result};
use crate::{ToolUse, TurnEvent, WhichTools};
use council_core::{
    Input, ModelError, ModelInfo, Scope, ToolCall, ToolChoice, ToolContext, ToolError, ToolOutput, ToolSpec,
};
use serde_json::Value;
use tokio::time::Instant;
use tracing::Instrument as _;

/// What stands for the result of a call when nobody waited for it.
const CANCELLED: &str = "this call was cancelled";

/// What a model may call, and how much more of it.
pub(super) struct Offer {
    scope: Scope,
    specs: Vec<ToolSpec>,
    steps_left: u32,
    /// Bytes that results may still take in the prompt.
    room: usize,
    /// Calls that were made in this turn: name and arguments.
    made: Vec<(String, Value)>,
}

impl Offer {
    /// As the model is given it. Without a step left it has to answer in words.
    pub(super) fn choice(&self) -> (Vec<ToolSpec>, ToolChoice) {
        let choice = if self.is_used_up() {
            ToolChoice::None
        } else {
            ToolChoice::Auto
        };
        (self.specs.clone(), choice)
    }

    /// Whether no step is left.
    pub(super) fn is_used_up(&self) -> bool {
        self.steps_left == 0
    }

    /// As much of a text as a result may have: half of what is left, so that the first is told most of and no number of
    /// calls is too long for the model.
    fn fitting(&mut self, text: String) -> String {
        let most = self.room / 2;
        let text = if text.len() > most {
            let cut = text.floor_char_boundary(most);
            let all = text.len();
            format!(
                "{}\n[cut after {cut} of {all} bytes; ask for less at once]",
                &text[..cut]
            )
        } else {
            text
        };
        self.room = self.room.saturating_sub(text.len());
        text
    }
}

impl Turn {
    /// What this model may call; `None` when the request allows nothing.
    ///
    /// # Errors
    /// When the request names tools, and the model can call none.
    pub(super) fn offer(&self, model: &ModelInfo) -> Result<Option<Offer>, ModelError> {
        let (Some(ToolUse { scope, which }), Input::Chat { tools, .. }) =
            (&self.request.tools, &self.request.generate.input)
        else {
            return Ok(None);
        };
        // Two parties cannot answer the calls of one message.
        if !tools.is_empty() {
            return Ok(None);
        }
        if !model.tools {
            return match which {
                WhichTools::Allowed => Ok(None),
                WhichTools::Named(_) => Err(ModelError::InvalidRequest {
                    field: "tools".to_owned(),
                    message: format!("`{}` cannot call tools; choose another model", model.id),
                }),
            };
        }
        let specs = self.parts.tools.offered(which);
        Ok((!specs.is_empty()).then(|| Offer {
            scope: scope.clone(),
            specs,
            steps_left: self.parts.tools.limits().max_steps,
            room: model.context_length as usize / 2 * BYTES_PER_TOKEN,
            made: Vec::new(),
        }))
    }

    /// Runs what the model called, one call after another, and notes the results for it. What was called and could not
    /// be waited for has a result that says so: a call without one is no conversation that a model understands.
    pub(super) async fn run_tools(&mut self, offer: &mut Offer) -> Result<(), Gone> {
        offer.steps_left = offer.steps_left.saturating_sub(1);
        let mut results = Vec::new();
        let mut waited = Ok(());
        for call in self.record.calls().to_vec() {
            let mut text = CANCELLED.to_owned();
            if waited.is_ok() {
                match self.run_tool(offer, &call).await {
                    Ok(result) => text = result,
                    Err(Gone) => waited = Err(Gone),
                }
            }
            results.push(tool_result(call.id, text));
        }
        self.record.end_step(results);
        waited
    }

    /// Runs one call, and returns what the model reads of it.
    async fn run_tool(&self, offer: &mut Offer, call: &ToolCall) -> Result<String, Gone> {
        self.tell(TurnEvent::ToolStarted(call.clone())).await?;
        let begun = Instant::now();
        let called = tokio::select! {
            biased;
            () = self.client.gone() => return Err(Gone),
            () = self.cancel.cancelled() => return Err(Gone),
            called = self.call_once(offer, call).instrument(trace::tool(&call.name)) => called,
        };
        let latency = begun.elapsed();
        let ok = called.is_ok();
        let ToolOutput { text, data } = called.unwrap_or_else(|error| ToolOutput::text(error.to_string()));
        let text = offer.fitting(text);
        self.tell(TurnEvent::ToolFinished {
            id: call.id.clone(),
            name: call.name.clone(),
            ok,
            text: text.clone(),
            data,
            latency,
        })
        .await?;
        Ok(text)
    }

    /// Calls a tool that was offered, unless the very same call was made before.
    async fn call_once(&self, offer: &mut Offer, call: &ToolCall) -> Result<ToolOutput, ToolError> {
        let tools = &self.parts.tools;
        let mut offered = offer.specs.iter().map(|tool| tool.name.as_str());
        if !offered.clone().any(|name| name == call.name) {
            return Err(tools.unknown(&call.name, &mut offered));
        }
        let written = || Value::String(call.arguments.clone());
        let arguments = serde_json::from_str(&call.arguments).unwrap_or_else(|_| written());
        let made = (call.name.clone(), arguments);
        if offer.made.contains(&made) {
            return Err(ToolError::Failed(
                "this very call was made before, and its result stands above; answer, or call with other arguments"
                    .to_owned(),
            ));
        }
        offer.made.push(made);
        let cancel = self.cancel.child_token();
        let context = ToolContext {
            scope: offer.scope.clone(),
            request_id: self.request.request_id.clone(),
            without_memories: self.request.without_memories.clone(),
            now: self.parts.clock.now(),
            cancel: cancel.clone(),
        };
        let _when_nobody_waits = cancel.drop_guard();
        tools.call_as_written(&call.name, &call.arguments, &context).await
    }
}
