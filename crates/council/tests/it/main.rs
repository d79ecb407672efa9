//! The `council` program from the outside: what it prints, how it ends, how it reacts to signals and closed pipes.
//! Answers come from the labelled fake, so that no model and no llama.cpp is needed.

#![expect(clippy::unwrap_used, reason = "tests")]

mod ask;
mod bench_router;
mod calibrate;
mod chat;
mod cloud;
mod configuration;
mod data;
mod documents;
mod egress;
#[cfg(feature = "encryption")]
mod encryption;
mod forgetting;
mod help;
#[cfg(feature = "llama")]
mod images;
mod ingest;
mod keys;
mod logs;
mod memory;
mod metrics_documented;
mod models;
mod monitored;
mod monitoring;
mod postgres;
mod program;
mod sandbox;
mod secrets;
mod serve;
mod service;
mod traces;
