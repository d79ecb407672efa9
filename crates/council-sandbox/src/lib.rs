//! Runs a program that nobody vouches for and reports what it did.

pub mod attacks;
