//! Language models: llama.cpp in supervised worker processes, OpenAI-compatible servers, and a scripted fake for
//! tests; which models exist, how they get onto this machine, and which of them are in memory.
//!
//! Getting models:
//! - [`catalog`]: the models that Council knows by name
//! - [`library`]: the directory of installed models
//! - [`pull`]: brings a model into the library, verified
//! - [`gguf`]: reads a model file's header without trusting it
//! - [`hardware`]: what this machine has, and which models suit it
//!
//! The network:
//! - [`egress`]: the one gate to it, and the only clients of HTTP
//!
//! Talking to models:
//! - [`template`]: a model's own chat template
//! - [`stop`]: turns the bytes of tokens into text, up to a stop string
//! - [`tool_calls`]: finds tool calls in what a model writes
//! - [`constraint`]: forces output into a form
//!
//! Running models:
//! - [`config`]: how models are run
//! - [`protocol`]: what supervisor and worker process say to each other
//! - [`engine`]: the worker process: one model, one context, continuous batching (feature `llama`)
//! - [`queue`]: who is next
//! - [`supervisor`]: starts, watches and restarts one worker
//! - [`llama`]: a local model as a [`council_core::LanguageModel`]
//! - [`remote`]: a model at another server as one: attempts, timeouts, a circuit breaker
//! - `openai`, `anthropic`: what such servers speak
//! - [`prices`]: what well-known ones charge
//! - [`scripted`]: a fake one, for tests
//! - [`resident`]: which models are in memory
//! - [`installer`]: what can be installed, and pulls in the background
//! - [`metrics`]: model metrics
//!
//! Searching by meaning:
//! - [`embed`]: texts as vectors

mod anthropic;
pub mod catalog;
pub mod config;
pub mod constraint;
pub mod egress;
pub mod embed;
pub mod engine;
pub mod gguf;
pub mod hardware;
mod identifier;
pub mod installer;
pub mod library;
pub mod llama;
pub mod metrics;
mod openai;
pub mod prices;
mod process_memory;
pub mod protocol;
pub mod pull;
pub mod queue;
pub mod remote;
pub mod resident;
pub mod scripted;
pub mod stop;
pub mod supervisor;
pub mod template;
pub mod tool_calls;
