//! What a model is, the trait that every model implements, and the set of models that this process can use.

use crate::generate::{GenerateEvent, GenerateRequest};
use crate::privacy::{Found, Outgoing};
use async_trait::async_trait;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Where a model computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locality {
    /// On this machine; nothing leaves it.
    Local,
    /// On another machine; prompts leave this one.
    Remote,
}

/// What a model charges, in US dollars per million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Price {
    /// Per million prompt tokens.
    pub input_usd: f64,
    /// Per million generated tokens.
    pub output_usd: f64,
}

/// What is known about a model without running it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInfo {
    /// Identifier in every API; never contains `:`.
    pub id: String,
    /// Who serves it: `llama.cpp`, the name of a remote provider, or `scripted (fake)`.
    pub provider: String,
    /// Longest prompt plus answer, in tokens.
    pub context_length: u32,
    /// Where it computes.
    pub locality: Locality,
    /// What it charges; zero for local models.
    pub price: Price,
    /// Whether it was trained for chat, that is, has a chat template.
    pub chat: bool,
    /// Whether it can call tools.
    pub tools: bool,
    /// Whether it sees images.
    pub vision: bool,
    /// Size on disk in bytes, where it has one.
    pub size_bytes: Option<u64>,
}

/// Why a model could not answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// No model has this id.
    #[error("model `{id}` is not installed; {hint}")]
    NotFound {
        /// What was asked for.
        id: String,
        /// What would work, in words.
        hint: String,
    },
    /// A field of the request does not fit this model.
    #[error("`{field}`: {message}")]
    InvalidRequest {
        /// The field, as the API names it.
        field: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// Prompt (plus requested answer) does not fit the context; nothing was cut.
    #[error(
        "the prompt has {prompt_tokens} tokens, and the context of `{model}` holds {context_tokens} including the answer; shorten the prompt or choose a model with a longer context"
    )]
    ContextTooLong {
        /// The model.
        model: String,
        /// Tokens of the prompt.
        prompt_tokens: u32,
        /// Tokens of the context.
        context_tokens: u32,
    },
    /// The queue is full.
    #[error("{}", busy_text(model, *queued, *retry_after))]
    Busy {
        /// The model.
        model: String,
        /// Requests that wait; 0 where that is not known, as with remote servers.
        queued: usize,
        /// When a place is likely to be free.
        retry_after: Duration,
    },
    /// The model is loading, restarting, or none is installed.
    #[error("{message}")]
    NotReady {
        /// What is going on and what to do.
        message: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// Loading it would take more memory than is free.
    #[error(
        "`{model}` needs about {} MiB and {} MiB are free; choose a smaller model, a shorter context, or unload another model",
        needed_bytes / (1 << 20), free_bytes / (1 << 20)
    )]
    DoesNotFit {
        /// The model.
        model: String,
        /// Estimated need in bytes: weights, KV cache and compute buffers.
        needed_bytes: u64,
        /// Free memory in bytes, after unloading everything that may be unloaded.
        free_bytes: u64,
    },
    /// A remote server failed.
    #[error("{provider} failed: {message}")]
    Upstream {
        /// The server's name.
        provider: String,
        /// What it said.
        message: String,
    },
    /// A remote server did not answer in time.
    #[error("{provider} did not answer within {} s", after.as_secs())]
    UpstreamTimeout {
        /// The server's name.
        provider: String,
        /// How long it was given.
        after: Duration,
    },
    /// The request may not leave this machine as things are set.
    #[error("`{model}` was not asked: {reason}")]
    NotAllowed {
        /// The model.
        model: String,
        /// What forbids it, in a word, for metrics and the ledger.
        label: &'static str,
        /// What forbids it and what to do.
        reason: String,
    },
    /// The request holds private text that may not leave this machine, or not before the user agrees.
    #[error("{}", private_text(model, found, outgoing.is_some()))]
    Private {
        /// The model.
        model: String,
        /// What was found.
        found: Vec<Found>,
        /// What would be sent once the user agrees; `None` where nothing may.
        outgoing: Option<Box<Outgoing>>,
    },
    /// A defect of ours.
    #[error("internal error: {0}")]
    Internal(String),
}

fn private_text(model: &str, found: &[Found], may_consent: bool) -> String {
    let found = crate::privacy::in_words(found);
    if may_consent {
        format!(
            "`{model}` is on another machine, and the request holds what is private ({found}); send it again with \
             `\"consent\": true`, which replaces text by placeholders, or choose a local model"
        )
    } else {
        format!(
            "`{model}` is on another machine, and the request holds what may not leave this one ({found}); take it \
             out, or choose a local model"
        )
    }
}

fn busy_text(model: &str, queued: usize, retry_after: Duration) -> String {
    let seconds = retry_after.as_secs().max(1);
    match queued {
        0 => format!("`{model}` takes no more requests at the moment; try again in {seconds} s"),
        queued => {
            format!("`{model}` has {queued} requests waiting, which is its limit; try again in {seconds} s")
        }
    }
}

/// The events of one answer; ends with one `Finish` or one error. Dropping it stops generation.
pub type EventStream = BoxStream<'static, Result<GenerateEvent, ModelError>>;

/// Anything that continues a prompt.
pub trait LanguageModel: Send + Sync {
    /// What is known about the model.
    fn info(&self) -> &ModelInfo;

    /// Starts one answer. Work begins when the stream is first polled or earlier; `cancel` ends it with
    /// [`FinishReason::Cancelled`](crate::FinishReason::Cancelled) and the usage so far. Every failure travels in
    /// the stream.
    fn generate(&self, request: GenerateRequest, cancel: CancellationToken) -> EventStream;

    /// Tokens of a request's prompt in the model's own vocabulary, its template included. `None` where that cannot be said
    /// without loading the model, or at all, as of models elsewhere.
    fn count_tokens(&self, _request: GenerateRequest) -> BoxFuture<'static, Option<u32>> {
        std::future::ready(None).boxed()
    }
}

/// Whether a model can answer at once.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelState {
    /// Installed, not in memory.
    Unloaded,
    /// Being read into memory.
    Loading {
        /// How much is done, [0, 1].
        progress: f32,
    },
    /// In memory (or remote and configured).
    Ready,
    /// Died or could not be loaded; the next attempt follows after a pause.
    Failed {
        /// Why.
        reason: String,
    },
}

/// What a resident model is doing. All zero for models that are not in memory or not ours to look into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModelActivity {
    /// Requests that generate or prefill now.
    pub active: u32,
    /// Requests that wait.
    pub queued: u32,
    /// Most requests that can run at once.
    pub slots: u32,
    /// Cells of the KV cache in use, in tokens.
    pub kv_used_tokens: u32,
    /// Cells of the KV cache, in tokens.
    pub kv_capacity_tokens: u32,
    /// Resident memory of the model's process, in bytes.
    pub memory_bytes: u64,
}

/// A model and how it is.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelStatus {
    /// What it is.
    pub info: ModelInfo,
    /// Whether it can answer at once.
    pub state: ModelState,
    /// What it is doing.
    pub activity: ModelActivity,
    /// Whether it answers requests that name no model.
    pub default: bool,
}

/// Something that happened to a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelEvent {
    /// The model's id.
    pub id: String,
    /// Its state from now on.
    pub state: ModelState,
}

/// The models that this process can use.
#[async_trait]
pub trait Models: Send + Sync {
    /// All of them, in order of preference.
    fn list(&self) -> Vec<ModelStatus>;

    /// The model with this id, or the default one. Does not load it; the first request does.
    ///
    /// # Errors
    /// [`ModelError::NotFound`] for an unknown id, [`ModelError::NotReady`] when no model is installed at all.
    fn get(&self, id: Option<&str>) -> Result<Arc<dyn LanguageModel>, ModelError>;

    /// Loads a model and returns when it is ready. Does nothing for one that is.
    ///
    /// # Errors
    /// [`ModelError::DoesNotFit`], [`ModelError::NotReady`] with the reason when it cannot be loaded.
    async fn load(&self, id: &str) -> Result<(), ModelError>;

    /// Gives a model's memory back once its running requests have ended.
    ///
    /// # Errors
    /// [`ModelError::NotFound`].
    async fn unload(&self, id: &str) -> Result<(), ModelError>;

    /// State changes from now on: load progress, ready, failed, unloaded.
    fn events(&self) -> BoxStream<'static, ModelEvent>;
}
