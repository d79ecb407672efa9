//! What the skills answer, from outside.
