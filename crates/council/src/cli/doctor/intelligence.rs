//! Checks of what answers: the engine in this binary, installed models, remote models.

use super::super::Context;
use super::super::models::default_id;
use super::{Check, Status};
use crate::app::open_library;
use crate::config::Config;
use crate::output::size;
use council_core::EgressRefused;
use council_core::egress::Purpose;
use council_models::config::{Protocol, RemoteConfig};
use council_models::egress::HttpError;
use council_models::embed::install as embedder;
use council_models::hardware::Hardware;
use council_models::remote::bound;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{StatusCode, Url};
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
    let is_remote = |id: &str| context.config.remotes.iter().any(|remote| remote.id() == id);
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
pub(super) async fn remotes(context: &Context) -> Vec<Check> {
    let policy = &context.config.cloud.policy;
    let check = async |remote: &RemoteConfig| {
        let loopback = council_models::remote::is_loopback(&remote.base_url);
        // What else may not be connected to, the gate says.
        if remote.local || loopback || policy.cloud_enabled {
            self::remote(remote, context).await
        } else {
            let finding = "not asked: models on other machines are off (cloud.enabled)";
            Check::ok(&name_of(remote), finding)
        }
    };
    let servers = || {
        let remotes = context.config.remotes.iter();
        remotes.flat_map(|remote| &remote.servers)
    };
    let mut checks = futures::future::join_all(servers().map(check)).await;
    checks.extend(servers().filter_map(public));
    checks
}

/// A server that is sent everything as it is, at an address that anybody may have. Of a name it cannot be told.
fn public(remote: &RemoteConfig) -> Option<Check> {
    let private = council_models::remote::is_private(&remote.base_url)?;
    (remote.local && !private).then(|| {
        Check::new(
            &name_of(remote),
            Status::Warn,
            format!(
                "`local = true`, and {} is no address of a private network: it is sent everything as it is",
                shown(remote)
            ),
            "remove `local` unless the server is yours and the way to it is safe",
        )
    })
}

fn name_of(remote: &RemoteConfig) -> String {
    format!("remote {}", remote.id)
}

async fn remote(remote: &RemoteConfig, context: &Context) -> Check {
    let name = name_of(remote);
    match ask(remote, context).await {
        Ok(status) if status.is_success() => Check::ok(&name, format!("{} answers", shown(remote))),
        Ok(status) => silent(remote, &format!("status {status}")),
        Err(Unasked::Refused(refused)) => Check::ok(&name, format!("not asked: {refused}")),
        Err(Unasked::Failed(reason)) => silent(remote, &reason),
    }
}

fn silent(remote: &RemoteConfig, reason: &str) -> Check {
    Check::new(
        &name_of(remote),
        Status::Warn,
        format!("{} does not answer: {reason}", shown(remote)),
        "check base_url, the key and the network",
    )
}

/// Its address, without what may be secret in it.
fn shown(remote: &RemoteConfig) -> String {
    council_models::remote::host_of(&remote.base_url).unwrap_or_default()
}

/// Why a server gave no answer.
enum Unasked {
    Refused(EgressRefused),
    Failed(String),
}

impl From<HttpError> for Unasked {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Refused(refused) => Self::Refused(refused),
            error @ HttpError::Http(_) => Self::Failed(error.cause()),
        }
    }
}

async fn ask(remote: &RemoteConfig, context: &Context) -> Result<StatusCode, Unasked> {
    let failed = |error: &dyn std::fmt::Display| Unasked::Failed(error.to_string());
    let gate = context
        .gate()
        .await
        .map_err(|error| Unasked::Failed(error.message))?;
    let client = gate.client(
        bound(remote, Purpose::Check),
        remote.timeouts.connect.min(PATIENCE),
    )?;
    let url = Url::parse(&format!("{}/models", remote.base_url)).map_err(|error| failed(&error))?;
    let mut headers = HeaderMap::new();
    if let Some(key) = &remote.api_key {
        let mut put = |name: &'static str, value: &str| {
            let mut value = HeaderValue::from_str(value).map_err(|error| failed(&error))?;
            value.set_sensitive(true);
            headers.insert(name, value);
            Ok::<_, Unasked>(())
        };
        match remote.protocol {
            Protocol::OpenAi => put("authorization", &format!("Bearer {}", key.expose()))?,
            Protocol::Anthropic => {
                put("x-api-key", key.expose())?;
                put("anthropic-version", "2023-06-01")?;
            }
        }
    }
    let asked = async {
        let response = client.get(url, headers).await?;
        let status = response.status();
        response.bytes().await?;
        Ok(status)
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| {
        Err(Unasked::Failed(format!(
            "nothing came for {} s",
            PATIENCE.as_secs()
        )))
    })
}
