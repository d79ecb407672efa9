//! all-MiniLM-L6-v2 in this process: texts as vectors, computed on the processor.
//!
//! - [`install`]: its files, where they come from and how they get here
//! - `word_piece`: text to tokens
//! - `tensors`: the weights' file
//! - `linear`, `attention`, `network`: the computation
//! - `queue`, `worker`: who is next, and the threads that compute
//!
//! Why not a general runtime: for this one network ONNX Runtime needs a shared library of its own beside the binary, and
//! the pure Rust ones take two to ten times as long for a short text or need the graph to be exported first. The
//! matrix kernels are those of `rten`, which picks AVX-512 with or without VNNI, AVX2, NEON or plain code at run time;
//! around them the network is 300 lines.

mod attention;
pub mod install;
mod linear;
mod network;
mod queue;
mod tensors;
mod word_piece;
mod worker;

use async_trait::async_trait;
use council_core::{EmbedKind, Embedded, Embedder, EmbedderInfo, ModelError};
use install::{NAME, Stamp};
use network::{HIDDEN, MAX_TOKENS, Network};
use queue::Job;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tensors::Tensors;
use tokio::sync::{Semaphore, oneshot, watch};
use word_piece::WordPiece;
use worker::{ROUND_TOKENS, Workers};

/// Most threads by default: more make no single text faster, and language models need the processor too.
const MAX_THREADS: usize = 4;
/// Most requests at a time; each may have many texts.
const MAX_REQUESTS: usize = 512;
/// Most parts of documents' requests that wait for a thread.
const MAX_WAITING: usize = 64;
/// When to try again while the weights are loading.
const LOADING_RETRY: Duration = Duration::from_secs(1);
/// When to try again while there are none.
const MISSING_RETRY: Duration = Duration::from_secs(30);

/// A computation that cannot be: a defect, told to whoever asked.
#[derive(Debug)]
struct Failed(String);

/// The embedder. It answers once its weights are loaded, which begins when they are installed. Clones share them.
#[derive(Clone)]
pub struct MiniLm(Arc<Inner>);

struct Inner {
    info: EmbedderInfo,
    models_dir: PathBuf,
    threads: usize,
    state: watch::Sender<State>,
    requests: Semaphore,
    places: Arc<Semaphore>,
}

#[derive(Clone)]
enum State {
    Missing,
    Loading,
    Ready(Arc<Workers>),
    /// These files cannot be used.
    Broken {
        files: Stamp,
        reason: String,
    },
}

impl MiniLm {
    /// Opens the model in a models directory. It is loaded, on a thread of its own, when the first text comes: a server
    /// that embeds nothing does not hold its 70 MB. With one thread for every processor core, at most 4.
    pub fn open(models_dir: &Path) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_threads(models_dir, cores.min(MAX_THREADS))
    }

    /// The same with this many threads.
    pub fn with_threads(models_dir: &Path, threads: usize) -> Self {
        Self(Arc::new(Inner {
            info: EmbedderInfo {
                id: NAME.to_owned(),
                dimensions: HIDDEN,
                max_tokens: MAX_TOKENS,
            },
            models_dir: models_dir.to_owned(),
            threads,
            state: watch::Sender::new(State::Missing),
            requests: Semaphore::new(MAX_REQUESTS),
            places: Arc::new(Semaphore::new(MAX_WAITING)),
        }))
    }

    /// Looks whether the model has been installed or replaced meanwhile, and then begins to load it. Cheap; every
    /// request that finds no model does it too.
    pub fn refresh(&self) {
        let Some(files) = Stamp::of(&self.0.models_dir) else {
            return;
        };
        let begins = self.0.state.send_if_modified(|state| match state {
            State::Ready(_) | State::Loading => false,
            State::Broken { files: tried, .. } if *tried == files => false,
            State::Missing | State::Broken { .. } => {
                *state = State::Loading;
                true
            }
        });
        if begins {
            let embedder = self.clone();
            let thread = std::thread::Builder::new().name("embedder-load".into());
            if let Err(error) = thread.spawn(move || embedder.load(files)) {
                let reason = format!("no thread can be started: {error}");
                self.0.state.send_replace(State::Broken { files, reason });
            }
        }
    }

    /// Begins to load where that has not begun, and waits until it has ended, well or not: a quarter of a second.
    ///
    /// # Errors
    /// [`ModelError::NotReady`] where it did not end well, or nothing is installed.
    pub async fn loaded(&self) -> Result<(), ModelError> {
        if matches!(*self.0.state.borrow(), State::Missing | State::Broken { .. }) {
            self.refresh();
        }
        let mut states = self.0.state.subscribe();
        // The sender is part of `self`, so that this cannot fail.
        let _ = states.wait_for(|state| !matches!(state, State::Loading)).await;
        self.workers().map(|_| ())
    }

    fn load(&self, files: Stamp) {
        let begun = Instant::now();
        let state = match load(&self.0.models_dir, self.0.threads) {
            Ok(workers) => {
                tracing::info!(
                    model = NAME,
                    seconds = begun.elapsed().as_secs_f64(),
                    "{NAME} is loaded"
                );
                State::Ready(Arc::new(workers))
            }
            Err(reason) => {
                tracing::error!(model = NAME, reason, "{NAME} cannot be used: {reason}");
                State::Broken { files, reason }
            }
        };
        self.0.state.send_replace(state);
    }

    fn workers(&self) -> Result<Arc<Workers>, ModelError> {
        let (message, retry_after) = match &*self.0.state.borrow() {
            State::Ready(workers) => return Ok(Arc::clone(workers)),
            State::Loading => (format!("the embedding model `{NAME}` is loading"), LOADING_RETRY),
            State::Missing => (
                format!("the embedding model is not installed; `council pull {NAME}` fetches it"),
                MISSING_RETRY,
            ),
            State::Broken { reason, .. } => (
                format!(
                    "the embedding model `{NAME}` cannot be used: {reason}; `council pull {NAME}` fetches it again"
                ),
                MISSING_RETRY,
            ),
        };
        Err(ModelError::NotReady { message, retry_after })
    }
}

/// Verifies, reads and rounds the weights, and starts the threads.
fn load(models_dir: &Path, threads: usize) -> Result<Workers, String> {
    let [weights, tokenizer] = install::verified(models_dir)?;
    let tokenizer_text =
        std::fs::read(&tokenizer).map_err(|error| format!("{}: {error}", tokenizer.display()))?;
    let words =
        WordPiece::parse(&tokenizer_text).map_err(|problem| format!("{}: {problem}", tokenizer.display()))?;
    let mut tensors = Tensors::open(&weights).map_err(|error| error.to_string())?;
    let network = Network::load(&mut tensors, words.size()).map_err(|error| error.to_string())?;
    Workers::start(words, network, threads).map_err(|error| format!("no threads can be started: {error}"))
}

#[async_trait]
impl Embedder for MiniLm {
    fn info(&self) -> &EmbedderInfo {
        &self.0.info
    }

    async fn embed(&self, texts: Vec<String>, kind: EmbedKind) -> Result<Embedded, ModelError> {
        let _request = self.0.requests.try_acquire().map_err(|_| ModelError::Busy {
            model: NAME.to_owned(),
            queued: MAX_REQUESTS,
            retry_after: LOADING_RETRY,
        })?;
        self.loaded().await?;
        let workers = self.workers()?;
        let stopped = || ModelError::Internal("the embedder's threads ended".to_owned());
        let mut answers = Vec::new();
        for texts in parts(texts) {
            // Questions do not wait for a place, and so not for documents either.
            let place = match kind {
                EmbedKind::Query => None,
                EmbedKind::Document => {
                    let place = Arc::clone(&self.0.places).acquire_owned().await;
                    Some(place.map_err(|_| stopped())?)
                }
            };
            let (answer, answered) = oneshot::channel();
            workers.queue().push(kind, Job { texts, answer, place });
            answers.push(answered);
        }
        let mut embedded = Embedded {
            vectors: Vec::new(),
            tokens: 0,
        };
        for answer in answers {
            let done = answer
                .await
                .map_err(|_| stopped())?
                .map_err(ModelError::Internal)?;
            embedded.vectors.extend(done.vectors);
            embedded.tokens = embedded.tokens.saturating_add(done.tokens as u32);
        }
        Ok(embedded)
    }
}

/// Texts in parts of about one round each, so that several threads share a request and others get between.
fn parts(texts: Vec<String>) -> Vec<Vec<String>> {
    let mut parts: Vec<Vec<String>> = Vec::new();
    let mut room = 0;
    for text in texts {
        // A token of English has about four bytes. Close enough to share the work.
        let tokens = (text.len() / 4 + 2).min(MAX_TOKENS);
        match parts.last_mut() {
            Some(part) if tokens <= room => {
                room -= tokens;
                part.push(text);
            }
            _ => {
                room = ROUND_TOKENS - tokens;
                parts.push(vec![text]);
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests;
