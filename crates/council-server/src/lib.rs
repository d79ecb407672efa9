//! The edge: HTTP, server-sent events, OpenAPI, metrics. Parses and validates requests, turns them into
//! [`TurnRequest`](council_agent::TurnRequest)s, and re-phrases what happens in a turn for each API's clients.
//!
//! This crate alone knows HTTP status codes and JSON bodies; domain types are never serialised, each has its own
//! wire type under `api`.
//!
//! - [`state`]: what the server is made of, and its limits
//! - [`access`]: whom a request comes from, and whether it may do what it asks
//! - `router`: the route table, which is the OpenAPI table too, and the layers around it
//! - [`serve`]: accepts connections until told to stop
//! - `error`: every failure as a status, a code and a sentence
//! - `extract`: JSON bodies, paging and request ids out of a request
//! - `middleware`: request ids, metrics, the `Host` and `Origin` guard, security headers
//! - `turns`: runs turns and collects their answers
//! - `chats`: conversations from elsewhere and to elsewhere
//! - `detached`: turns that go on when their client leaves
//! - `imports`: memories from elsewhere, in batches
//! - `folders`: Agent Zero's folder as a zip archive
//! - `fuzzing`: what reads bytes from elsewhere, apart from the server
//! - `sse`: turns as server-sent events
//! - [`monitor`]: how the process and its machine do, and did
//! - `live`: what happens now, over one WebSocket
//! - `stats`: what this process has answered so far
//! - `api`: the wire types
//! - `routes`: one file per resource
//! - [`ui`]: the web page

pub mod access;
mod api;
mod chats;
mod detached;
mod error;
mod extract;
mod folders;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod imports;
mod live;
mod middleware;
pub mod monitor;
mod router;
mod routes;
pub mod serve;
mod sse;
pub mod state;
mod stats;
mod turns;
pub mod ui;

pub use access::{Access, AccessRules, HashCost};
pub use chats::markdown as conversation_markdown;
pub use extract::PeerAddr;
pub use monitor::Monitor;
pub use router::{openapi, router};
pub use serve::{ConnectionMetrics, ServeOptions, serve, serve_with};
pub use state::{
    CheckStatus, Control, Forgetful, HealthCheck, HealthChecks, HostPolicy, Limits, NoHealthChecks,
    ServerParts,
};
