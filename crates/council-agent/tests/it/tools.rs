//! Turns in which the model calls Council's own tools.

mod bounds;
mod calls;
mod endings;
mod memories;

use crate::fakes::{ScriptedModel, Step, stop};
use crate::{World, ask, ask_in_conversation, user};
use async_trait::async_trait;
use council_agent::{ToolLimits, ToolUse, TurnEvent, TurnRequest, WhichTools};
use council_core::{
    Effect, FinishReason, GenerateEvent, Input, Message, Scope, Tool, ToolCall, ToolContext, ToolDescription,
    ToolError, ToolOutput,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a fake tool does.
#[derive(Clone, Copy)]
pub(crate) enum Deed {
    /// Says its arguments.
    Echo,
    /// Says this many bytes.
    Tell(usize),
    Fail,
    Panic,
    Wait(Duration),
}

/// Notes how it was called.
pub(crate) struct FakeTool {
    spec: ToolDescription,
    deed: Deed,
    pub(crate) calls: Mutex<Vec<(Value, ToolContext)>>,
    /// Calls that run.
    pub(crate) running: Arc<AtomicUsize>,
}

/// Takes `word`, which must be a string of at most five characters, and may take `times`.
pub(crate) fn tool(name: &str, effect: Effect, deed: Deed) -> Arc<FakeTool> {
    let parameters = json!({
        "type": "object",
        "properties": {
            "word": {"type": "string", "maxLength": 5},
            "times": {"type": "integer", "minimum": 1},
        },
        "required": ["word"],
        "additionalProperties": false,
    });
    Arc::new(FakeTool {
        spec: ToolDescription {
            name: name.to_owned(),
            description: "says it".to_owned(),
            parameters,
            effect,
        },
        deed,
        calls: Mutex::default(),
        running: Arc::default(),
    })
}

/// Counts down when the call ends, however it does.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Tool for FakeTool {
    fn spec(&self) -> &ToolDescription {
        &self.spec
    }

    async fn call(&self, arguments: Value, context: &ToolContext) -> Result<ToolOutput, ToolError> {
        self.running.fetch_add(1, Ordering::SeqCst);
        let _running = Running(Arc::clone(&self.running));
        let text = format!("said {}", arguments["word"]);
        self.calls
            .lock()
            .unwrap()
            .push((arguments.clone(), context.clone()));
        match self.deed {
            Deed::Echo => Ok(ToolOutput {
                text,
                data: json!({"heard": arguments}),
            }),
            Deed::Tell(bytes) => Ok(ToolOutput::text("x".repeat(bytes))),
            Deed::Fail => Err(ToolError::Failed("the mouth is shut; open it".to_owned())),
            Deed::Panic => panic!("a defect of the fake"),
            Deed::Wait(time) => {
                tokio::time::sleep(time).await;
                Ok(ToolOutput::text(text))
            }
        }
    }
}

/// A model's answer that calls tools: identifier, name and arguments of each.
pub(crate) fn calling(calls: &[(&str, &str, &str)]) -> Vec<Step> {
    let calls = calls.iter().map(|(id, name, arguments)| {
        Step::Say(GenerateEvent::ToolCall(ToolCall {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
            arguments: (*arguments).to_owned(),
        }))
    });
    let [usage, _] = stop();
    let finish = Step::Say(GenerateEvent::Finish(FinishReason::ToolCalls));
    calls.chain([usage, finish]).collect()
}

pub(crate) fn world(tools: &[&Arc<FakeTool>], model: ScriptedModel) -> World {
    limited(tools, ToolLimits::default(), model)
}

pub(crate) fn limited(tools: &[&Arc<FakeTool>], limits: ToolLimits, model: ScriptedModel) -> World {
    let tools = tools.iter().map(|tool| Arc::clone(tool) as Arc<dyn Tool>);
    World::with_tools(tools.collect(), limits, model)
}

pub(crate) fn scope() -> Scope {
    Scope {
        user: "ada".to_owned(),
        project: None,
        session: Some("c".to_owned()),
    }
}

/// With the tools that need not be named.
pub(crate) fn with_tools(request: TurnRequest) -> TurnRequest {
    TurnRequest {
        tools: Some(ToolUse {
            scope: scope(),
            which: WhichTools::Allowed,
        }),
        ..request
    }
}

pub(crate) fn naming(request: TurnRequest, names: &[&str]) -> TurnRequest {
    TurnRequest {
        tools: Some(ToolUse {
            scope: scope(),
            which: WhichTools::Named(names.iter().map(|&name| name.to_owned()).collect()),
        }),
        ..request
    }
}

pub(crate) fn question() -> TurnRequest {
    with_tools(ask(&[]))
}

pub(crate) fn question_in_conversation(request_id: &str, text: &str) -> TurnRequest {
    with_tools(ask_in_conversation(request_id, vec![user(text)]))
}

/// What each tool gave: identifier, whether it gave something, and the text.
pub(crate) fn results(events: &[Result<TurnEvent, council_agent::TurnError>]) -> Vec<(String, bool, String)> {
    let finished = events.iter().filter_map(|event| match event {
        Ok(TurnEvent::ToolFinished { id, ok, text, .. }) => Some((id.clone(), *ok, text.clone())),
        _ => None,
    });
    finished.collect()
}

/// The messages of the model's request with this number.
pub(crate) fn asked(world: &World, number: usize) -> Vec<Message> {
    let asked = world.models[0].asked.lock().unwrap();
    let Input::Chat { messages, .. } = &asked[number].input else {
        panic!("not a chat")
    };
    messages.clone()
}

/// As `role: text`, with the calls of an assistant and the call that a result answers.
pub(crate) fn lines(messages: &[Message]) -> Vec<String> {
    let line = |message: &Message| {
        let calls: Vec<&str> = message.tool_calls.iter().map(|call| call.id.as_str()).collect();
        let answers = message.tool_call_id.clone().map(|id| format!(" to {id}"));
        let calls = (!calls.is_empty()).then(|| format!(" [{}]", calls.join(" ")));
        let role = message.role.as_str();
        let (answers, calls) = (answers.unwrap_or_default(), calls.unwrap_or_default());
        format!("{role}{answers}: {}{calls}", message.joined_text())
    };
    messages.iter().map(line).collect()
}
