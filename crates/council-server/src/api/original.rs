//! The original routes' wire types. Their fields are frozen: never dropped, never retyped; ours stand beside them.

pub(crate) mod answer;
pub(crate) mod budget;
pub(crate) mod health;
pub(crate) mod models;
pub(crate) mod orchestrate;
pub(crate) mod prompt;
pub(crate) mod stats;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the route comes with the turns that vote")
)]
pub(crate) mod vote;
