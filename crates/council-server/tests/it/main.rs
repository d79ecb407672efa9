//! The server against fakes: every route, every class of bad input, streams, disconnects, and a real socket.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod access;
mod admin;
mod agent_zero;
mod app;
mod calibration;
mod conversations;
mod errors;
mod fake_memory;
mod fakes;
mod install;
mod knowledge;
mod live;
mod masked;
mod memory;
mod memory_profile;
mod memory_transfer;
mod models;
mod monitor;
mod openai_chat;
mod openai_completions;
mod openai_embeddings;
mod openapi;
mod operations;
mod original;
mod panic;
mod ready;
mod router;
mod sandbox;
mod sockets;
mod streams;
mod tools;
mod turn_memory;
mod turns;
