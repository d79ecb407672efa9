//! The worker process: one model, one context, continuous batching.
//!
//! - [`scheduler`]: what each step computes; generic over [`backend::Backend`], so it is tested without llama.cpp
//! - [`plan`]: chunked prefill beside decoding
//! - [`kv`]: where the state of sequences lives; [`cells`] its books, [`prefix`] the turns that are over
//! - [`tokens`]: from text to tokens; [`sequence`]: one request
//! - [`image`]: images among the tokens of a prompt; [`pixels`]: their files; [`positions`]: where their neighbours stand
//! - [`sampler`], [`logits`]: the choice of the next token; [`grammar`]: which may be chosen
//! - [`threads`]: how many compute; [`pages`]: where the weights lie
//! - [`llama`]: llama.cpp as a backend (feature `llama`); [`eye`]: its projector, which turns images into what the model sees
//! - [`worker`]: the process around it (feature `llama`)

pub mod backend;
pub mod cells;
#[cfg(feature = "llama")]
pub mod eye;
pub mod grammar;
pub mod image;
pub mod kv;
#[cfg(feature = "llama")]
pub mod llama;
pub mod logits;
#[cfg(feature = "llama")]
pub mod pages;
pub mod pixels;
pub mod plan;
pub mod positions;
pub mod prefix;
pub mod sampler;
pub mod scheduler;
pub mod sequence;
pub mod threads;
pub mod tokens;
#[cfg(feature = "llama")]
pub mod worker;

#[cfg(feature = "llama")]
pub use worker::run_worker;
