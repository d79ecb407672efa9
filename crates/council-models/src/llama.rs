//! A local model as a [`LanguageModel`]: turns requests into jobs for its supervisor, and replies into events.

mod prepare;
mod stream;

use crate::config::EngineConfig;
use crate::hardware::Hardware;
use crate::library::InstalledModel;
use crate::protocol::ResolvedEngine;
use crate::supervisor::{Supervisor, SupervisorConfig};
use crate::template::{ChatTemplate, TemplateError};
use crate::tool_calls::ToolFormat;
use council_core::{
    EventStream, FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Locality, ModelInfo,
    ModelState, ModelStatus, Price, Usage,
};
use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt};
use prepare::Prepared;
use tokio_util::sync::CancellationToken;

/// Longest default context, in tokens. Models trained for more can be given more in the configuration.
const LONGEST_DEFAULT_CONTEXT: u32 = 32_768;
/// Default tokens per step, llama.cpp's own.
const DEFAULT_BATCH: u32 = 512;
/// Default number of requests that run at once.
const DEFAULT_SLOTS: u32 = 8;
/// Share of the memory that one model's KV cache may take unless configured.
const KV_SHARE_OF_MEMORY: u64 = 8;

/// An installed model with its template and its supervisor.
pub struct LlamaModel {
    info: ModelInfo,
    /// An error is kept and given to those who chat; raw completions work all the same.
    template: Result<ChatTemplate, TemplateError>,
    tool_format: ToolFormat,
    supervisor: Supervisor,
    /// Memory that loading takes, estimated, in bytes.
    needed_bytes: u64,
}

impl LlamaModel {
    /// Starts the model's supervisor, not yet its worker. Needs a tokio runtime.
    pub fn start(installed: &InstalledModel, supervisor: SupervisorConfig) -> Self {
        let gguf = &installed.gguf;
        let source = gguf.chat_template.as_deref();
        let template = match source {
            Some(source) => ChatTemplate::new(source, gguf.bos_token.as_deref(), gguf.eos_token.as_deref()),
            None => ChatTemplate::chatml(),
        };
        let sees = installed.projector.is_some();
        let template = template.map(|template| template.with_images(sees));
        let info = ModelInfo {
            id: installed.id.clone(),
            provider: "llama.cpp".to_owned(),
            context_length: supervisor.engine.context_tokens,
            locality: Locality::Local,
            price: Price::default(),
            chat: source.is_some(),
            tools: source.is_some_and(|source| source.contains("tools")),
            vision: sees,
            size_bytes: Some(installed.size_bytes),
        };
        let projector_bytes = installed.projector.as_ref().map_or(0, |file| file.size_bytes);
        let kv_bytes = gguf.kv_bytes_per_token(supervisor.engine.config.kv_type);
        Self {
            info,
            template,
            tool_format: source.map_or(ToolFormat::Hermes, ToolFormat::detect),
            needed_bytes: needed_bytes(gguf.tensor_bytes + projector_bytes, kv_bytes),
            supervisor: Supervisor::start(supervisor),
        }
    }

    /// Its supervisor.
    pub fn supervisor(&self) -> &Supervisor {
        &self.supervisor
    }

    /// Memory that loading takes, estimated, in bytes: weights, a first KV cache and compute buffers.
    pub fn needed_bytes(&self) -> u64 {
        self.needed_bytes
    }

    /// Its state and activity.
    pub fn status(&self, default: bool) -> ModelStatus {
        let mut status = self.supervisor.status();
        status.activity.memory_bytes = status.process_id.map_or(0, crate::process_memory::resident_bytes);
        ModelStatus {
            info: self.info.clone(),
            state: status.state,
            activity: status.activity,
            default,
        }
    }

    /// Whether its memory is in use.
    pub fn is_resident(&self) -> bool {
        match self.supervisor.status().state {
            ModelState::Ready | ModelState::Loading { .. } => true,
            ModelState::Unloaded | ModelState::Failed { .. } => false,
        }
    }
}

impl LanguageModel for LlamaModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn generate(&self, request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        if cancel.is_cancelled() {
            let end = [
                GenerateEvent::Usage(Usage::default()),
                GenerateEvent::Finish(FinishReason::Cancelled),
            ];
            return futures::stream::iter(end.map(Ok)).boxed();
        }
        let priority = request.priority;
        let client = request.client.clone();
        let id = self.supervisor.next_job_id();
        match Prepared::new(id, request, self.template.as_ref(), self.tool_format) {
            Ok(prepared) => {
                let ticket = self.supervisor.submit(prepared.job, priority, client);
                stream::events(self.info.id.clone(), ticket, prepared.parser, cancel)
            }
            Err(error) => futures::stream::once(async { Err(error) }).boxed(),
        }
    }

    fn count_tokens(&self, request: GenerateRequest) -> BoxFuture<'static, Option<u32>> {
        let id = self.supervisor.next_job_id();
        let prepared = Prepared::new(id, request, self.template.as_ref(), self.tool_format);
        let supervisor = self.supervisor.clone();
        async move { supervisor.count(prepared.ok()?.job).await }.boxed()
    }
}

fn needed_bytes(tensor_bytes: u64, kv_bytes_per_token: u64) -> u64 {
    const FIRST_CELLS: u64 = 2048;
    const COMPUTE_BUFFERS: u64 = 128 << 20;
    tensor_bytes + kv_bytes_per_token * FIRST_CELLS + COMPUTE_BUFFERS
}

/// Makes every choice that the configuration leaves open.
pub fn resolve(config: &EngineConfig, installed: &InstalledModel, hardware: &Hardware) -> ResolvedEngine {
    let gguf = &installed.gguf;
    let trained = if gguf.context_length == 0 {
        LONGEST_DEFAULT_CONTEXT
    } else {
        gguf.context_length
    };
    let context = config
        .context_tokens
        .unwrap_or(trained.min(LONGEST_DEFAULT_CONTEXT))
        .max(16);
    let cores = hardware.physical_cores.max(1);
    let slots = config.slots.unwrap_or(DEFAULT_SLOTS).max(1);
    let kv_bytes = config
        .kv_cache_bytes
        .unwrap_or(hardware.memory_bytes / KV_SHARE_OF_MEMORY);
    let affordable = kv_bytes / gguf.kv_bytes_per_token(config.kv_type).max(1);
    // One full context for everybody together, unless more was asked for.
    let wanted = if config.kv_cache_bytes.is_some() {
        u64::from(context) * u64::from(slots)
    } else {
        context.into()
    };
    let kv_capacity_tokens = u32::try_from(affordable.min(wanted)).unwrap_or(u32::MAX).max(256);
    ResolvedEngine {
        threads: config.threads.unwrap_or(cores).max(1),
        threads_batch: config.threads_batch.or(config.threads).unwrap_or(cores).max(1),
        context_tokens: context.min(kv_capacity_tokens),
        batch_tokens: config.batch_tokens.unwrap_or(DEFAULT_BATCH).max(slots),
        slots,
        kv_capacity_tokens,
        // Without a GPU back end llama.cpp ignores the number.
        gpu_layers: config.gpu_layers.unwrap_or(if GPU_BACKEND { 999 } else { 0 }),
        config: config.clone(),
    }
}

/// Whether a GPU back end is compiled in.
const GPU_BACKEND: bool = cfg!(any(
    feature = "cuda",
    feature = "metal",
    feature = "rocm",
    feature = "vulkan"
));
