//! The embedder with its real weights, from the models directory, against reference vectors.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod embedder;
