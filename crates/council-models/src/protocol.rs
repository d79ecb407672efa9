//! What supervisor and worker process say to each other: frames of JSON over a socket pair.
//!
//! A frame is its length in bytes as a little-endian `u32`, then that many bytes of JSON. JSON, because a frame is
//! sent per step (milliseconds) and a person can read it in a trace; the cost is microseconds.

use crate::config::EngineConfig;
use crate::constraint::Constraint;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Longest frame in bytes; a longer one means that the other side is not speaking this protocol.
pub const MAX_FRAME_BYTES: usize = 64 << 20;

/// Identifies a job within one worker's life.
pub type JobId = u64;

/// From the supervisor to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// First frame: which model, and how.
    Load(Box<LoadOrder>),
    /// Generate.
    Submit(Box<Job>),
    /// Only say how many tokens its prompt has; answered by [`FromWorker::Counted`].
    Count(Box<Job>),
    /// Stop generating for this job; answered by [`Output::Done`] if it was still running.
    Cancel(JobId),
}

/// Which model a worker loads, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadOrder {
    /// The GGUF file (the first one of a split model).
    pub path: PathBuf,
    /// The projector of a model that sees images.
    pub projector: Option<PathBuf>,
    /// How it computes.
    pub engine: ResolvedEngine,
}

/// [`EngineConfig`] with every choice made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResolvedEngine {
    /// What was asked for.
    pub config: EngineConfig,
    /// Threads while generating.
    pub threads: u32,
    /// Threads while reading prompts.
    pub threads_batch: u32,
    /// Longest prompt plus answer, in tokens.
    pub context_tokens: u32,
    /// Most tokens per step.
    pub batch_tokens: u32,
    /// Most requests that run at once.
    pub slots: u32,
    /// Most cells of the KV cache plus tokens of finished turns in host memory.
    pub kv_capacity_tokens: u32,
    /// Layers on the GPU.
    pub gpu_layers: u32,
}

/// One piece of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PromptPart {
    /// A text.
    Text {
        /// The text.
        text: String,
        /// Whether control tokens written out in it (`<|im_end|>`) mean those tokens. False for what users wrote.
        control: bool,
    },
    /// An image, as a `data:` URL.
    Image(String),
}

/// One request to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its identifier.
    pub id: JobId,
    /// The prompt.
    pub prompt: Vec<PromptPart>,
    /// Whether the begin-of-sequence token is put before it when the model wants one. Templates write their own.
    pub add_bos: bool,
    /// How tokens are chosen.
    pub sampling: JobSampling,
    /// Most tokens to generate.
    pub max_tokens: Option<u32>,
    /// Generation ends before the first of these.
    pub stop: Vec<String>,
    /// Whether control tokens are written out as text: some formats of tool calls are made of them.
    pub control_text: bool,
    /// The form of the output.
    pub constraint: Option<Constraint>,
    /// Alternatives to report per token.
    pub top_logprobs: u8,
}

/// [`council_core::Sampling`] with the seed drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobSampling {
    /// Divides the logits; 0 takes the most likely token.
    pub temperature: f32,
    /// Keep that many; 0 keeps all.
    pub top_k: u32,
    /// Keep the most likely up to this probability.
    pub top_p: f32,
    /// Drop what is less likely than this share of the most likely.
    pub min_p: f32,
    /// Multiplicative penalty on recent tokens.
    pub repetition_penalty: f32,
    /// Additive penalty on used tokens.
    pub presence_penalty: f32,
    /// Additive penalty per use.
    pub frequency_penalty: f32,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Biases of single tokens.
    pub logit_bias: Vec<(u32, f32)>,
}

/// From the worker to the supervisor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromWorker {
    /// Loading goes on; share done, [0, 1].
    Progress(f32),
    /// Loaded; jobs may come.
    Ready(WorkerReady),
    /// Could not load; the worker ends.
    LoadFailed(String),
    /// What one step made.
    Step(Step),
    /// How many tokens a prompt has; `None` when it cannot be read.
    Counted {
        /// The job.
        id: JobId,
        /// Its tokens.
        tokens: Option<u32>,
    },
}

/// What a loaded worker is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerReady {
    /// Longest prompt plus answer that it takes, in tokens.
    pub context_tokens: u32,
    /// Entries of the vocabulary.
    pub vocab_tokens: u32,
    /// From the start of the process to here, in seconds.
    pub load_seconds: f64,
}

/// What one step made: outputs of all jobs, and how full the engine is after it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Outputs, in order.
    pub outputs: Vec<Output>,
    /// Cells in use.
    pub kv_used_tokens: u32,
    /// Cells allocated.
    pub kv_capacity_tokens: u32,
    /// Tokens of finished turns whose state is kept in host memory.
    pub saved_tokens: u32,
    /// Seconds that the step's computation took.
    pub seconds: f64,
    /// Prompt tokens computed in it.
    pub prompt_tokens: u32,
    /// Sequences that generated in it.
    pub decoding: u32,
    /// Threads that computed it.
    pub threads: u32,
}

/// What happened to one job in a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// The job got a slot.
    Started {
        /// The job.
        id: JobId,
        /// Tokens of its prompt.
        input_tokens: u32,
        /// Those whose state was reused.
        cached_tokens: u32,
    },
    /// More text.
    Text {
        /// The job.
        id: JobId,
        /// Whole characters; may be empty.
        text: String,
        /// The tokens whose text is complete with this.
        tokens: Vec<TokenOut>,
    },
    /// The job ended.
    Done {
        /// The job.
        id: JobId,
        /// Why.
        reason: DoneReason,
        /// Tokens of its prompt.
        input_tokens: u32,
        /// Those whose state was reused.
        cached_tokens: u32,
        /// Tokens generated.
        output_tokens: u32,
    },
    /// The job failed; nothing follows.
    Failed {
        /// The job.
        id: JobId,
        /// Why.
        failure: JobFailure,
    },
}

/// One token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenOut {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its log-probability.
    pub logprob: f32,
    /// Alternatives: bytes and log-probability, most likely first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<(Vec<u8>, f32)>,
}

/// Why a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DoneReason {
    /// End of turn or stop string.
    Stop,
    /// Limit of tokens or context.
    Length,
    /// Cancelled.
    Cancelled,
}

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobFailure {
    /// Prompt longer than the context.
    TooLong {
        /// Tokens of the prompt.
        prompt_tokens: u32,
        /// Tokens of the context.
        context_tokens: u32,
    },
    /// A field does not fit the model.
    Invalid {
        /// The field.
        field: String,
        /// What is wrong.
        message: String,
    },
    /// llama.cpp refused.
    Engine(String),
}

impl Output {
    /// The job that this is about.
    pub fn id(&self) -> JobId {
        match self {
            Self::Started { id, .. }
            | Self::Text { id, .. }
            | Self::Done { id, .. }
            | Self::Failed { id, .. } => *id,
        }
    }
}

/// One frame's bytes, length included.
///
/// # Errors
/// When the value is longer than [`MAX_FRAME_BYTES`].
pub fn encode(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, value)?;
    let length = frame.len() - 4;
    if length > MAX_FRAME_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "frame too long"));
    }
    frame[..4].copy_from_slice(&(length as u32).to_le_bytes());
    Ok(frame)
}

/// Writes one frame.
///
/// # Errors
/// When the other side is gone.
pub fn write_frame(writer: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    writer.write_all(&encode(value)?)
}

/// Reads one frame; `None` at the end of the stream.
///
/// # Errors
/// When the stream breaks off inside a frame or the frame is not of this protocol.
pub fn read_frame<T: DeserializeOwned>(reader: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match reader.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut body = vec![0; checked_length(length)?];
    reader.read_exact(&mut body)?;
    Ok(Some(serde_json::from_slice(&body)?))
}

/// [`read_frame`] for the supervisor's side.
///
/// # Errors
/// The same.
pub async fn read_frame_async<T: DeserializeOwned>(
    reader: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match reader.read_exact(&mut length).await {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut body = vec![0; checked_length(length)?];
    reader.read_exact(&mut body).await?;
    Ok(Some(serde_json::from_slice(&body)?))
}

fn checked_length(bytes: [u8; 4]) -> io::Result<usize> {
    let length = u32::from_le_bytes(bytes) as usize;
    if length > MAX_FRAME_BYTES {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("frame of {length} bytes"),
        ));
    }
    Ok(length)
}
