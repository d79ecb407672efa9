//! Turns from start to settlement, against models that follow a script and a store in memory.
//! Time is paused throughout: it moves on exactly when everything waits, so that latencies are exact.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod agent_zero;
mod answering;
mod code;
mod conversations;
mod endings;
mod fakes;
mod knowledge;
mod learning;
mod memory;
mod metrics;
mod router;
#[path = "../../examples/train_router/data.rs"]
mod router_data;
mod routing;
mod tools;
mod voting;

use council_agent::code::Programs;
use council_agent::memory::{Learner, LearnerConfig};
use council_agent::routing::{Purse, Router};
use council_agent::vote::{Council, CouncilParts, VoteConfig, VoteMetrics};
use council_agent::{
    Agent, AgentParts, Answerers, Position, ToolLimits, ToolMetrics, Toolbox, TurnError, TurnEvent,
    TurnMetrics, TurnRequest, TurnStream, built_in,
};
use council_core::budget::naive::NaiveBooks;
use council_core::memory::LOCAL_USER;
use council_core::sandbox::{Limits, Sandbox};
use council_core::{Caps, ConversationId, GenerateRequest, LedgerEntry, Message, Role, Tool};
use fakes::{MemoryStore, ScriptedModel, ScriptedModels, StoppedClock};
use futures::StreamExt as _;
use std::sync::Arc;

/// An agent with everything around it.
struct World {
    agent: Agent,
    models: Vec<Arc<ScriptedModel>>,
    store: Arc<MemoryStore>,
    memory: memory::Memory,
    books: Arc<NaiveBooks>,
    registry: prometheus::Registry,
}

impl World {
    fn new(models: impl IntoIterator<Item = ScriptedModel>) -> Self {
        Self::with_store(Arc::default(), models)
    }

    fn with_store(store: Arc<MemoryStore>, models: impl IntoIterator<Item = ScriptedModel>) -> Self {
        let programs = Programs::default();
        Self::assembled(
            store,
            Self::no_learner(),
            vec![],
            ToolLimits::default(),
            programs,
            models,
        )
    }

    /// With these tools after the usual ones.
    fn with_tools(tools: Vec<Arc<dyn Tool>>, limits: ToolLimits, model: ScriptedModel) -> Self {
        let programs = Programs::default();
        Self::assembled(
            Arc::default(),
            Self::no_learner(),
            tools,
            limits,
            programs,
            [model],
        )
    }

    fn no_learner() -> Learner {
        // A learner that learns nothing.
        let config = LearnerConfig {
            facts: false,
            summaries: false,
            ..LearnerConfig::default()
        };
        let memories = memory::memory(&prometheus::Registry::new()).memories;
        Learner::new(
            Arc::new(ScriptedModels(vec![])),
            memories,
            Arc::new(StoppedClock),
            config,
        )
    }

    fn with_learner(learner: Learner, models: impl IntoIterator<Item = ScriptedModel>) -> Self {
        let programs = Programs::default();
        Self::assembled(
            Arc::default(),
            learner,
            vec![],
            ToolLimits::default(),
            programs,
            models,
        )
    }

    /// With a place to run programs in.
    fn with_sandbox(sandbox: Arc<dyn Sandbox>, models: impl IntoIterator<Item = ScriptedModel>) -> Self {
        let programs = Programs::new(Some(sandbox), Limits::default());
        Self::assembled(
            Arc::default(),
            Self::no_learner(),
            vec![],
            ToolLimits::default(),
            programs,
            models,
        )
    }

    /// With this way of deciding who answers, and these bounds of spending.
    fn with_router(router: Router, caps: Caps, models: impl IntoIterator<Item = ScriptedModel>) -> Self {
        let rest = (vec![], ToolLimits::default(), Programs::default());
        Self::routed(Arc::default(), Self::no_learner(), rest, (router, caps), models)
    }

    /// With this way of deciding who answers, and the usual five voices.
    fn with_council(router: Router, models: impl IntoIterator<Item = ScriptedModel>) -> Self {
        let rest = (vec![], ToolLimits::default(), Programs::default());
        let mut world = Self::routed(
            Arc::default(),
            Self::no_learner(),
            rest,
            (router, Caps::default()),
            models,
        );
        let parts = CouncilParts {
            models: Arc::new(ScriptedModels(world.models.clone())),
            config: VoteConfig::default(),
            checkers: vec![],
            spend: None,
            metrics: VoteMetrics::register(&world.registry).unwrap(),
        };
        world.agent = world.agent.clone().with_council(Council::new(parts).unwrap());
        world
    }

    fn assembled(
        store: Arc<MemoryStore>,
        learner: Learner,
        tools: Vec<Arc<dyn Tool>>,
        limits: ToolLimits,
        programs: Programs,
        models: impl IntoIterator<Item = ScriptedModel>,
    ) -> Self {
        let usual = (Router::default(), Caps::default());
        Self::routed(store, learner, (tools, limits, programs), usual, models)
    }

    fn routed(
        store: Arc<MemoryStore>,
        learner: Learner,
        (tools, limits, programs): (Vec<Arc<dyn Tool>>, ToolLimits, Programs),
        (router, caps): (Router, Caps),
        models: impl IntoIterator<Item = ScriptedModel>,
    ) -> Self {
        let models: Vec<_> = models.into_iter().map(Arc::new).collect();
        let registry = prometheus::Registry::new();
        let memory = memory::memory(&registry);
        let tools = built_in(&memory.memories, &programs)
            .into_iter()
            .chain(tools)
            .collect();
        let metrics = ToolMetrics::register(&registry).unwrap();
        let books = Arc::new(NaiveBooks::default());
        let agent = Agent::new(AgentParts {
            router,
            council: None,
            purse: Purse::new(books.clone(), caps, Arc::new(StoppedClock)),
            receipts: books.clone(),
            tools: Toolbox::new(tools, limits, metrics).unwrap(),
            models: Arc::new(ScriptedModels(models.clone())),
            programs,
            learner,
            conversations: store.conversations.clone(),
            ledger: store.clone(),
            memories: memory.memories.clone(),
            clock: Arc::new(StoppedClock),
            metrics: TurnMetrics::register(&registry).unwrap(),
        });
        Self {
            agent,
            models,
            store,
            memory,
            books,
            registry,
        }
    }

    /// All events of a turn.
    async fn events(&self, request: TurnRequest) -> Vec<Result<TurnEvent, TurnError>> {
        self.agent.start(request).collect().await
    }

    /// Returns when every turn is settled. Turns can be started no more.
    async fn settled(&self) {
        self.agent.drain(std::time::Duration::from_hours(2)).await;
    }

    /// The only line of the ledger.
    fn line(&self) -> LedgerEntry {
        let settled = self.store.settled.lock().unwrap();
        assert_eq!(settled.len(), 1);
        settled[0].0.clone()
    }
}

fn user(text: &str) -> Message {
    Message::text(Role::User, text)
}

/// A question for `models` that belongs to no conversation.
fn ask(models: &[&str]) -> TurnRequest {
    TurnRequest {
        request_id: "r1".to_owned(),
        route: "/hybrid",
        answerers: Answerers::models(models.iter().map(|&name| name.to_owned())),
        voters: vec![],
        whole: false,
        user: LOCAL_USER.to_owned(),
        payer: council_agent::Payer::default(),
        incognito: false,
        knowledge: None,
        without_memories: Vec::new(),
        conversation: None,
        position: Position::End,
        history: Vec::new(),
        memory: None,
        tools: None,
        programs: false,
        generate: GenerateRequest::chat(vec![user("why?")]),
    }
}

/// The same in the conversation `c`.
fn ask_in_conversation(request_id: &str, messages: Vec<Message>) -> TurnRequest {
    TurnRequest {
        request_id: request_id.to_owned(),
        conversation: ConversationId::parse("c"),
        generate: GenerateRequest::chat(messages),
        ..ask(&[])
    }
}

/// Reads up to and including the first text.
async fn first_text(stream: &mut TurnStream) -> String {
    while let Some(event) = stream.next().await {
        if let TurnEvent::Text { text, .. } = event.unwrap() {
            return text;
        }
    }
    panic!("the turn ended without text");
}
