//! The route table, which is the OpenAPI table too, and the layers around it.
//!
//! - `needs`: what each route needs of whoever calls it

mod events;
mod needs;

pub(crate) use needs::{Need, Needs};

use crate::access::Access;
use crate::detached::Detached;
use crate::middleware::{HttpMetrics, authorise, cors, guard, identify, measure, panic_to_response, secure};
use crate::monitor::exported::MonitorMetrics;
use crate::routes::{
    admin, agent_zero, api_chat, attachments, backup, budget, calibration, context, conversation_search,
    conversation_transfer, conversations, egress, forget, health, hybrid, install, keys, knowledge, ledger,
    live, memory, memory_clusters, memory_history, memory_profile, memory_transfer, metrics, models, monitor,
    openai_chat, openai_completions, openai_embeddings, openai_models, orchestrate, panic, ready, receipts,
    retention, root, sandbox, session, sessions, settings, stats, tools, turns, users, vote,
};
use crate::state::{App, ServerParts, ServerState};
use crate::stats::TurnStats;
use axum::Router;
use axum::body::Bytes;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Council",
        description = "A language model assistant on your own machine. Failures have one shape everywhere: \
                       `ErrorBody`. Every response carries `x-request-id`.",
        license(name = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "openai", description = "For clients of OpenAI's API"),
        (name = "original", description = "The original routes"),
        (name = "conversations", description = "What was said"),
        (name = "memory", description = "What is remembered beyond a conversation"),
        (name = "tools", description = "What models can have done, and direct calls of it"),
        (name = "agent zero", description = "Agent Zero's tools on that memory, and its folder"),
        (name = "knowledge", description = "Documents that are remembered"),
        (name = "sandbox", description = "Programs that run in isolation"),
        (name = "models", description = "What is in memory"),
        (name = "ledger", description = "What it took, and what left this machine"),
        (name = "router", description = "Who answers, and how far that can be relied on"),
        (name = "monitor", description = "How the process and its machine do, and did"),
        (name = "admin", description = "Switches, caps, keys and users: what needs the scope `admin`"),
        (name = "session", description = "Whom requests come from"),
        (name = "server", description = "The server itself"),
    )
)]
struct Document;

/// Those of the routes below whose requests are turns, as the metrics of turns name them.
const TURN_ROUTES: [&str; 8] = [
    "/hybrid",
    "/hybrid/stream",
    "/api/chat",
    "/orchestrate",
    "/vote",
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/routes/{id}/replay",
];

/// Every documented route.
fn table() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(openai_chat::chat_completions))
        .routes(routes!(openai_completions::completions))
        .routes(routes!(openai_embeddings::embeddings))
        .routes(routes!(openai_models::list))
        .routes(routes!(openai_models::events))
        .routes(routes!(install::catalog))
        .routes(routes!(install::pull))
        .routes(routes!(install::pulls))
        .routes(routes!(install::events))
        .routes(routes!(install::cancel))
        .routes(routes!(install::benchmark))
        .routes(routes!(openai_models::retrieve, install::remove))
        .routes(routes!(openai_models::retrieve_with_slash))
        .routes(routes!(openai_models::load))
        .routes(routes!(openai_models::unload))
        .routes(routes!(hybrid::hybrid))
        .routes(routes!(hybrid::hybrid_stream))
        .routes(routes!(orchestrate::orchestrate))
        .routes(routes!(api_chat::chat))
        .routes(routes!(models::models))
        .routes(routes!(budget::budget))
        .routes(routes!(health::health))
        .routes(routes!(ready::alive))
        .routes(routes!(ready::ready))
        .routes(routes!(stats::stats))
        .routes(routes!(metrics::metrics))
        .routes(routes!(conversations::list, conversations::create))
        .routes(routes!(conversations::folders))
        .routes(routes!(conversation_search::search))
        .routes(routes!(conversation_search::find))
        .routes(routes!(conversation_transfer::export))
        .routes(routes!(conversation_transfer::import))
        .routes(routes!(conversation_transfer::export_one))
        .routes(routes!(
            conversations::retrieve,
            conversations::change,
            conversations::delete
        ))
        .routes(routes!(conversations::messages))
        .routes(routes!(attachments::upload))
        .routes(routes!(attachments::content))
        .routes(routes!(context::count))
        .routes(routes!(turns::list))
        .routes(routes!(turns::events))
        .routes(routes!(turns::stop))
        .routes(routes!(memory::save, memory::list))
        .routes(routes!(memory::search))
        .routes(routes!(memory::forget))
        .routes(routes!(memory_profile::profile))
        .routes(routes!(memory_profile::set))
        .routes(routes!(memory_clusters::list, memory_clusters::find))
        .routes(routes!(memory_clusters::members))
        .routes(routes!(memory::retrieve, memory::change, memory::delete))
        .routes(routes!(memory_history::history))
        .routes(routes!(memory_history::undo))
        .routes(routes!(memory_history::stats))
        .routes(routes!(memory_transfer::export))
        .routes(routes!(memory_transfer::import))
        .routes(routes!(agent_zero::export, agent_zero::import))
        .routes(routes!(tools::list))
        .routes(routes!(tools::call))
        .routes(routes!(tools::memory_load))
        .routes(routes!(tools::memory_save))
        .routes(routes!(tools::memory_delete))
        .routes(routes!(tools::memory_forget))
        .routes(routes!(knowledge::add, knowledge::list, knowledge::remove))
        .routes(routes!(sandbox::run))
        .routes(routes!(sandbox::status))
        .routes(routes!(sandbox::selftest))
        .routes(routes!(sandbox::sessions))
        .routes(routes!(sandbox::delete))
        .routes(routes!(sandbox::interrupt))
        .routes(routes!(sandbox::reset))
        .routes(routes!(vote::vote))
        .routes(routes!(ledger::list))
        .routes(routes!(receipts::list))
        .routes(routes!(receipts::retrieve))
        .routes(routes!(receipts::replay))
        .routes(routes!(receipts::feedback))
        .routes(routes!(calibration::list))
        .routes(routes!(egress::list))
        .routes(routes!(live::socket))
        .routes(routes!(monitor::system))
        .routes(routes!(monitor::history))
        .routes(routes!(monitor::trend))
        .routes(routes!(monitor::alerts))
        .routes(routes!(admin::status))
        .routes(routes!(admin::cloud))
        .routes(routes!(admin::local_only))
        .routes(routes!(admin::cap))
        .routes(routes!(admin::privacy))
        .routes(routes!(admin::api_key))
        .routes(routes!(admin::drain))
        .routes(routes!(admin::audit))
        .routes(routes!(settings::list, settings::change))
        .routes(routes!(settings::reset))
        .routes(routes!(settings::audit))
        .routes(routes!(settings::undo))
        .routes(routes!(panic::stop, panic::look))
        .routes(routes!(backup::backup))
        .routes(routes!(backup::restore, backup::look, backup::take_back))
        .routes(routes!(keys::list, keys::add))
        .routes(routes!(keys::revoke))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(users::list, users::add))
        .routes(routes!(users::remove))
        .routes(routes!(session::look, session::open, session::close))
        .routes(routes!(backup::import))
        .routes(routes!(forget::forget))
        .routes(routes!(retention::look))
        .routes(routes!(root::root))
        .routes(routes!(root::openapi))
}

/// The OpenAPI document, as served at `/openapi.json`.
///
/// # Errors
/// When it is not JSON, which is a defect.
pub fn openapi() -> serde_json::Result<serde_json::Value> {
    as_served(&table().into_openapi())
}

fn as_served(document: &utoipa::openapi::OpenApi) -> serde_json::Result<serde_json::Value> {
    let mut document = serde_json::to_value(document)?;
    events::describe(&mut document);
    Ok(document)
}

/// The whole server as one service.
///
/// # Errors
/// When `parts.registry` has a metric of one of the server's names already, as after a second call with the same.
pub fn router(parts: ServerParts) -> Result<Router, prometheus::Error> {
    let (table, document) = table().split_for_parts();
    let openapi = as_served(&document)
        .and_then(|document| serde_json::to_vec(&document))
        .map_err(|error| prometheus::Error::Msg(format!("the OpenAPI document is not JSON: {error}")))?;
    let needs = Needs::of(&document).map_err(prometheus::Error::Msg)?;
    let clock = Arc::clone(parts.agent.clock());
    let access = match parts.access {
        Some(access) => access,
        None => {
            Arc::new(Access::without_keys(clock).map_err(|error| prometheus::Error::Msg(error.to_string()))?)
        }
    };
    let app: App = Arc::new(ServerState {
        access,
        needs,
        started_at: parts.agent.clock().now(),
        started: Instant::now(),
        stats: TurnStats::register(&parts.registry)?,
        http: HttpMetrics::register(&parts.registry)?,
        agent: parts.agent,
        registry: parts.registry,
        version: parts.version,
        health: parts.health,
        limits: parts.limits,
        knowledge: parts.knowledge,
        knowledge_roots: parts.knowledge_roots,
        installer: parts.installer,
        backups: parts.backups,
        forgetting: parts.forgetting,
        retention: parts.retention,
        benchmark: tokio::sync::Mutex::default(),
        turn_memory: parts.turn_memory,
        sandbox: parts.sandbox,
        control: parts.control,
        monitor: parts.monitor,
        run_limits: parts.run_limits,
        calibrations: parts.calibrations,
        turn_tools: parts.turn_tools,
        hosts: parts.hosts,
        has_ui: parts.ui.is_some(),
        prepared: parts.prepared,
        shutdown: parts.shutdown,
        sockets: Arc::new(Semaphore::new(parts.limits.sockets)),
        detached: Detached::default(),
        openapi: Bytes::from(openapi),
        fingerprint: format!("council-{}", parts.version),
    });
    app.agent.metrics().expect_routes(&TURN_ROUTES);
    app.monitor
        .show_in(MonitorMetrics::register(&app.registry, app.version)?);
    let ui = parts
        .ui
        .unwrap_or_else(|| Router::new().route("/chat", get(root::no_ui)));
    Ok(table
        .with_state(app.clone())
        // Only around the API: the page itself holds nothing that is anybody's.
        .route_layer(from_fn_with_state(app.clone(), authorise))
        .merge(ui)
        .fallback(root::not_found)
        .method_not_allowed_fallback(root::method_not_allowed)
        // From the inside out: a panic is an answer that the layers above still measure and identify.
        .layer(CatchPanicLayer::custom(panic_to_response))
        .layer(from_fn_with_state(app.clone(), guard))
        .layer(from_fn_with_state(app.clone(), cors))
        .layer(from_fn_with_state(app, measure))
        .layer(from_fn(secure))
        .layer(from_fn(identify)))
}
