//! The worker process: one model, one context, continuous batching.
//!
//! - [`scheduler`]: what each step computes; generic over [`backend::Backend`], so it is tested without llama.cpp
//! - [`plan`]: chunked prefill beside decoding
//! - [`prefix`], [`cells`]: the prefix cache and the books of the KV cache
//! - [`sequence`]: one request
//! - [`sampler`], [`logits`]: the choice of the next token
//! - [`llama`]: llama.cpp as a backend (feature `llama`)
//! - [`worker`]: the process around it (feature `llama`)

pub mod backend;
pub mod cells;
#[cfg(feature = "llama")]
pub mod llama;
pub mod logits;
pub mod plan;
pub mod prefix;
pub mod sampler;
pub mod scheduler;
pub mod sequence;
#[cfg(feature = "llama")]
pub mod worker;

#[cfg(feature = "llama")]
pub use worker::run_worker;
