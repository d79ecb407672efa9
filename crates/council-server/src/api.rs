//! The wire types: what JSON looks like on the way in and out, and the conversions from and to the domain's types.

pub(crate) mod admin;
pub(crate) mod attachments;
pub(crate) mod backup;
pub(crate) mod calibration;
pub(crate) mod context;
pub(crate) mod conversation_transfer;
pub(crate) mod conversations;
pub(crate) mod error;
pub(crate) mod generation;
pub(crate) mod install;
pub(crate) mod knowledge;
pub(crate) mod ledger;
pub(crate) mod memory;
pub(crate) mod monitor;
pub(crate) mod openai;
pub(crate) mod original;
pub(crate) mod page;
pub(crate) mod panic;
pub(crate) mod range;
pub(crate) mod receipts;
pub(crate) mod sandbox;
pub(crate) mod settings;
pub(crate) mod tools;
pub(crate) mod turn_memory;
pub(crate) mod turn_tools;
pub(crate) mod turns;
