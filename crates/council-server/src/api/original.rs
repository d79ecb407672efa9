//! The original routes' wire types. Their fields are frozen: never dropped, never retyped; ours stand beside them.

pub(crate) mod answer;
pub(crate) mod budget;
pub(crate) mod frames;
pub(crate) mod health;
pub(crate) mod models;
pub(crate) mod orchestrate;
pub(crate) mod prompt;
pub(crate) mod stats;
pub(crate) mod vote;
