//! The crate against real kernels.
#![expect(clippy::unwrap_used, reason = "tests")]

mod attacks;
