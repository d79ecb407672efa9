//! The `council` program from the outside: what it prints, how it ends, how it reacts to signals and closed pipes.
//! Answers come from the labelled fake, so that no model and no llama.cpp is needed.

#![expect(clippy::unwrap_used, reason = "tests")]

mod ask;
mod bench_router;
mod calibrate;
mod chat;
mod cloud;
mod configuration;
mod documents;
mod help;
mod ingest;
mod memory;
mod metrics_documented;
mod models;
mod monitoring;
mod postgres;
mod program;
mod sandbox;
mod serve;
