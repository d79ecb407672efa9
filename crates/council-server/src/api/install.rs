//! Models that can be installed, pulls, and benchmarks.

use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_agent::benchmark::Benchmark;
use council_core::Timestamp;
use council_core::install::{CatalogModel, Machine, PullState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What can be installed, and what this machine has for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogList {
    /// `list`.
    pub(crate) object: &'static str,
    pub(crate) machine: MachineObject,
    /// In order of preference.
    pub(crate) data: Vec<CatalogModelObject>,
}

/// What this machine has for models.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MachineObject {
    pub(crate) cpu_model: Option<String>,
    pub(crate) physical_cores: u32,
    /// Null where it cannot be found out.
    pub(crate) memory_bytes: Option<u64>,
    /// What can be had now; null where it cannot be found out.
    pub(crate) available_memory_bytes: Option<u64>,
    /// Room in the models directory.
    pub(crate) disk_free_bytes: Option<u64>,
    pub(crate) gpus: Vec<GpuObject>,
}

/// A graphics processor.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GpuObject {
    pub(crate) name: String,
    /// Null where the driver does not say.
    pub(crate) memory_bytes: Option<u64>,
}

impl From<Machine> for MachineObject {
    fn from(machine: Machine) -> Self {
        let gpu = |(name, memory_bytes)| GpuObject { name, memory_bytes };
        Self {
            cpu_model: machine.cpu_model,
            physical_cores: machine.physical_cores,
            memory_bytes: machine.memory_bytes,
            available_memory_bytes: machine.available_memory_bytes,
            disk_free_bytes: machine.disk_free_bytes,
            gpus: machine.gpus.into_iter().map(gpu).collect(),
        }
    }
}

/// A model that can be installed, or is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogModelObject {
    pub(crate) id: String,
    /// Empty for files that the catalog does not have.
    pub(crate) family: String,
    /// 0 where it is not known.
    pub(crate) parameters: u64,
    pub(crate) quantisation: String,
    /// Empty where it is not known.
    pub(crate) licence: String,
    pub(crate) context_tokens: u32,
    pub(crate) size_bytes: Option<u64>,
    /// Free memory that it needs.
    pub(crate) needs_bytes: Option<u64>,
    /// `fits`, `tight` (something else has to give way), `too_large` or `unknown`.
    pub(crate) fit: &'static str,
    /// Why, with the figures.
    pub(crate) reason: String,
    /// `chat`, `larger`, `base`, `test`, `embedding`.
    pub(crate) roles: Vec<&'static str>,
    pub(crate) note: Option<String>,
    /// Where its file comes from, in the order in which they are tried.
    pub(crate) sources: Vec<String>,
    /// The hash that its file must have, where the catalog says one.
    pub(crate) sha256: Option<String>,
    pub(crate) installed: bool,
    /// Who vouched for the installed file's hash: `catalog`, `hub` or `nobody`.
    pub(crate) verified_by: Option<String>,
    /// Whether it belongs to the set that suits this machine.
    pub(crate) recommended: bool,
}

impl From<CatalogModel> for CatalogModelObject {
    fn from(model: CatalogModel) -> Self {
        Self {
            id: model.id,
            family: model.family,
            parameters: model.parameters,
            quantisation: model.quantisation,
            licence: model.licence,
            context_tokens: model.context_tokens,
            size_bytes: model.size_bytes,
            needs_bytes: model.needs_bytes,
            fit: model.fit.as_str(),
            reason: model.reason,
            roles: model.roles,
            note: model.note,
            sources: model.sources,
            sha256: model.sha256,
            installed: model.installed,
            verified_by: model.verified_by,
            recommended: model.recommended,
        }
    }
}

/// What to pull.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PullOrder {
    /// A name of the catalog, `hf:owner/repo/file.gguf`, or an `http(s)://` URL.
    #[schema(max_length = 2048)]
    pub(crate) model: String,
}

impl FromBody for PullOrder {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        let order: Self = parse_object(body)?;
        let length = order.model.trim().len();
        if (1..=2048).contains(&length) {
            return Ok(order);
        }
        let message = format!("`model` has {length} bytes; it must have 1 to 2048");
        Err(ApiError::invalid("model", message))
    }
}

/// A model on its way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PullObject {
    pub(crate) id: u64,
    /// What was asked for.
    pub(crate) model: String,
    /// `connecting`, `downloading`, `verifying`, `installed`, `failed` or `cancelled`.
    pub(crate) phase: &'static str,
    pub(crate) done_bytes: u64,
    /// Null where it is not known.
    pub(crate) total_bytes: Option<u64>,
    /// Over the last seconds; null while nothing comes.
    pub(crate) bytes_per_second: Option<f64>,
    /// The source that is tried.
    pub(crate) source: Option<String>,
    /// Sources that failed.
    pub(crate) failures: Vec<PullFailureObject>,
    /// Who vouched for the file's hash: `catalog`, `hub` or `nobody`; null before it is installed.
    pub(crate) verified_by: Option<String>,
    /// Why it failed.
    pub(crate) error: Option<String>,
    /// Seconds since the Unix epoch.
    pub(crate) started_at: f64,
    /// Seconds since the Unix epoch; null while it runs.
    pub(crate) ended_at: Option<f64>,
}

/// A source that failed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PullFailureObject {
    pub(crate) source: String,
    pub(crate) error: String,
}

impl From<PullState> for PullObject {
    fn from(state: PullState) -> Self {
        let failure = |(source, error)| PullFailureObject { source, error };
        Self {
            id: state.id,
            model: state.model,
            phase: state.phase.as_str(),
            done_bytes: state.done_bytes,
            total_bytes: state.total_bytes,
            bytes_per_second: state.bytes_per_second,
            source: state.source,
            failures: state.failures.into_iter().map(failure).collect(),
            verified_by: state.verified_by,
            error: state.error,
            started_at: state.started_at.as_secs_f64(),
            ended_at: state.ended_at.map(Timestamp::as_secs_f64),
        }
    }
}

/// The pulls of this process.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PullList {
    /// `list`.
    pub(crate) object: &'static str,
    /// The latest first; of those that ended, the last few.
    pub(crate) data: Vec<PullObject>,
}

/// That a model is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelRemoved {
    pub(crate) id: String,
    /// Bytes of the disk that are free again.
    pub(crate) freed_bytes: u64,
}

/// How fast a model answered one short prompt, with nothing else running.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BenchmarkObject {
    pub(crate) model: String,
    /// Until it was in memory; null where it was there.
    pub(crate) load_ms: Option<f64>,
    /// From the request to the first token.
    pub(crate) first_token_ms: f64,
    pub(crate) prompt_tokens: u32,
    /// Tokens of the prompt that were read in a second.
    pub(crate) prompt_tokens_per_second: Option<f64>,
    pub(crate) answer_tokens: u32,
    /// Tokens that were generated in a second, from the first to the last.
    pub(crate) tokens_per_second: Option<f64>,
    /// Seconds since the Unix epoch.
    pub(crate) at: f64,
}

impl BenchmarkObject {
    pub(crate) fn new(model: String, at: Timestamp, measured: &Benchmark) -> Self {
        let ms = |time: std::time::Duration| time.as_secs_f64() * 1e3;
        Self {
            model,
            load_ms: measured.load.map(ms),
            first_token_ms: ms(measured.first_token),
            prompt_tokens: measured.usage.input_tokens,
            prompt_tokens_per_second: measured.prompt_tokens_per_second(),
            answer_tokens: measured.usage.output_tokens,
            tokens_per_second: measured.tokens_per_second(),
            at: at.as_secs_f64(),
        }
    }
}
