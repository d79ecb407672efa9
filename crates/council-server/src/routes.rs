//! The routes, one file per resource.

pub(crate) mod admin;
pub(crate) mod agent_zero;
pub(crate) mod api_chat;
pub(crate) mod branch;
pub(crate) mod budget;
pub(crate) mod calibration;
pub(crate) mod choice;
pub(crate) mod conversation_search;
pub(crate) mod conversations;
pub(crate) mod egress;
mod frames;
pub(crate) mod health;
pub(crate) mod hybrid;
pub(crate) mod knowledge;
pub(crate) mod ledger;
pub(crate) mod memory;
pub(crate) mod memory_clusters;
pub(crate) mod memory_history;
pub(crate) mod memory_profile;
pub(crate) mod memory_transfer;
pub(crate) mod metrics;
pub(crate) mod models;
pub(crate) mod openai_chat;
pub(crate) mod openai_completions;
pub(crate) mod openai_embeddings;
pub(crate) mod openai_models;
pub(crate) mod orchestrate;
pub(crate) mod receipts;
pub(crate) mod root;
pub(crate) mod sandbox;
pub(crate) mod stats;
pub(crate) mod tools;
pub(crate) mod turns;
pub(crate) mod vote;

pub(crate) use frames::FrameEncoder;
