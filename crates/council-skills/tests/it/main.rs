//! What the skills answer, from outside.

mod math;
