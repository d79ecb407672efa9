//! Checks of what answers: the engine in this binary, installed models, remote models.

use super::super::Context;
use super::super::models::default_id;
use super::{Check, Status};
use crate::app::open_library;
use crate::config::Config;
use crate::output::size;
use council_models::config::{Protocol, RemoteConfig};
use council_models::embed::install as embedder;
use council_models::hardware::Hardware;
use serde_json::json;
use std::fmt::Write as _;
use std::time::Duration;

/// Longest wait for a remote server.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was compiled into this binary.
pub(super) fn engine() -> Check {
    let features = [
        ("llama.cpp", cfg!(feature = "llama")),
        ("CUDA", cfg!(feature = "cuda")),
        ("Metal", cfg!(feature = "metal")),
        ("ROCm", cfg!(feature = "rocm")),
        ("Vulkan", cfg!(feature = "vulkan")),
    ];
    let there: Vec<&str> = features
        .into_iter()
        .filter_map(|(name, there)| there.then_some(name))
        .collect();
    let values = json!({ "features": there });
    if there.is_empty() {
        return Check::new(
            "engine",
            Status::Warn,
            "this binary was built without llama.cpp: only remote models can answer",
            "build it with `make build`",
        )
        .with(values);
    }
    Check::ok("engine", there.join(", ")).with(values)
}

/// Which models are installed, whether the default one fits into memory, and what is recommended.
pub(super) fn models(context: &Context, hardware: &Hardware) -> Vec<Check> {
    let library = match open_library(&context.config.models_dir) {
        Ok(library) => library,
        Err(error) => {
            return vec![Check::new(
                "models",
                Status::Fail,
                error.to_string(),
                "correct or move what it names",
            )];
        }
    };
    let mut checks = Vec::new();
    let installed = library.list();
    let default = default_id(&installed, context.config.models.default.as_deref());
    let ids: Vec<&str> = installed.iter().map(|model| model.id.as_str()).collect();
    let is_remote = |id: &str| context.config.remotes.iter().any(|remote| remote.id == id);
    checks.push(match &default {
        None => Check::new(
            "models",
            Status::Warn,
            "none is installed",
            "`council pull` fetches what suits this machine",
        ),
        Some(id) if !ids.contains(&id.as_str()) && !is_remote(id) => Check::new(
            "models",
            Status::Fail,
            format!("the default model `{id}` is not installed"),
            format!("`council pull {id}`, or change models.default"),
        ),
        Some(id) => Check::ok("models", format!("{} installed, default {id}", ids.len())),
    });
    if let Some(model) = installed.iter().find(|model| Some(&model.id) == default.as_ref()) {
        checks.push(fit(&model.id, model.size_bytes, hardware.available_memory_bytes));
    }
    for broken in library.broken() {
        let remedy = format!("`council rm {}`, then pull it again", broken.id);
        checks.push(Check::new(
            "broken model",
            Status::Warn,
            format!("{}: {}", broken.id, broken.reason),
            remedy,
        ));
    }
    if let Some(advice) = library.catalog().recommend(hardware) {
        let mut finding = format!("default {}", advice.default);
        if let Some(larger) = &advice.larger {
            let _ = write!(finding, ", larger {larger}");
        }
        if let Some(strongest) = &advice.with_hub {
            let _ = write!(finding, ", strongest {} ({})", strongest.name, strongest.reason);
        }
        checks.push(Check::ok("recommended", finding).with(json!({
            "default": advice.default,
            "larger": advice.larger,
            "with_hub": advice.with_hub.map(|fit| fit.name),
            "fits": advice.fits.iter().map(|fit| fit.name.clone()).collect::<Vec<_>>(),
        })));
    }
    checks
}

/// Whether the embedding model is there, without which memories are found by their words only.
pub(super) fn embedder(config: &Config) -> Check {
    let name = embedder::NAME;
    match embedder::installed_bytes(&config.models_dir) {
        Some(bytes) => Check::ok("embedder", format!("{name} ({}) is installed", size(bytes)))
            .with(json!({ "id": name, "size_bytes": bytes })),
        None => Check::new(
            "embedder",
            Status::Warn,
            format!("{name} is not installed: memories and documents are found by their words only"),
            format!("`council pull {name}`"),
        )
        .with(json!({ "id": name, "size_bytes": null })),
    }
}

/// Whether a model's weights fit into memory with room for its KV cache. An estimate; loading checks exactly.
pub(super) fn fit(id: &str, size_bytes: u64, available_bytes: u64) -> Check {
    let values = json!({ "size_bytes": size_bytes, "available_memory_bytes": available_bytes });
    if size_bytes + size_bytes / 4 > available_bytes {
        return Check::new(
            "default model",
            Status::Warn,
            format!(
                "{id} has {}, and {} of memory are available",
                size(size_bytes),
                size(available_bytes)
            ),
            "choose a smaller one with models.default, or close other programs",
        )
        .with(values);
    }
    Check::ok(
        "default model",
        format!("{id} ({}) fits into memory", size(size_bytes)),
    )
    .with(values)
}

/// Whether each remote server answers.
pub(super) async fn remotes(config: &Config) -> Vec<Check> {
    let policy = &config.cloud.policy;
    let check = async |remote: &RemoteConfig| {
        let loopback = council_models::remote::is_loopback(&remote.base_url);
        let may_be_asked = if policy.local_only {
            remote.local && loopback
        } else {
            remote.local || loopback || policy.cloud_enabled
        };
        if may_be_asked {
            self::remote(remote).await
        } else {
            let name = format!("remote {}", remote.id);
            let finding = "not asked: models on other machines are off (cloud.enabled, cloud.local_only)";
            Check::ok(&name, finding)
        }
    };
    futures::future::join_all(config.remotes.iter().map(check)).await
}

async fn remote(remote: &RemoteConfig) -> Check {
    let name = format!("remote {}", remote.id);
    let failed = |reason: String| {
        let finding = format!("{} does not answer: {reason}", remote.base_url);
        Check::new(
            &name,
            Status::Warn,
            finding,
            "check base_url, the key and the network",
        )
    };
    let client = council_models::remote::client_builder(&remote.timeouts).timeout(PATIENCE);
    let client = match client.build() {
        Ok(client) => client,
        Err(error) => return failed(error.to_string()),
    };
    let mut request = client.get(format!("{}/models", remote.base_url));
    if let Some(key) = &remote.api_key {
        request = match remote.protocol {
            Protocol::OpenAi => request.bearer_auth(key),
            Protocol::Anthropic => request
                .header("x-api-key", key)
                .header("anthropic-version", "2023-06-01"),
        };
    }
    match request.send().await {
        Ok(response) if response.status().is_success() => {
            Check::ok(&name, format!("{} answers", remote.base_url))
        }
        Ok(response) => failed(format!("status {}", response.status())),
        Err(error) => failed(error.to_string()),
    }
}
