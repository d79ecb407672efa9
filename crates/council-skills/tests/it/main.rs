//! What the skills answer, from outside.

mod logic;
mod math;
