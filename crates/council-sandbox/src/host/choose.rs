//! Which backend runs programs on this host: the one that was asked for, or the strongest that holds.

use super::foreign::Foreign;
use super::namespaces::Namespaces;
use super::unavailable::Unavailable;
use crate::config::SandboxConfig;
use council_core::sandbox::{Backend, Sandbox, SandboxError};
use std::sync::Arc;

/// The strongest first. Firejail and an OCI engine are not among them: they are slow, and somebody must want them.
const AUTOMATIC: [Backend; 3] = [Backend::Namespaces, Backend::Bubblewrap, Backend::Landlock];

/// Opens the sandbox that suits this host, after its layers of protection were tried in a real box.
///
/// # Errors
/// A sandbox that runs nothing and says why: the backend that was asked for does not hold here and is not replaced by
/// another, or none does.
pub async fn open(config: SandboxConfig) -> Result<Arc<dyn Sandbox>, Unavailable> {
    if let Some(backend) = config.backend {
        let opened = attempt(backend, &config, Vec::new()).await;
        return opened.map_err(|error| {
            let rejected = vec![(backend, error.to_string())];
            Unavailable::new(named(backend, error), rejected)
        });
    }
    let mut rejected = Vec::new();
    let mut missing = Vec::new();
    for backend in AUTOMATIC {
        match attempt(backend, &config, rejected.clone()).await {
            Ok(sandbox) => return Ok(sandbox),
            Err(error) => {
                let layers = match &error {
                    SandboxError::CannotIsolate { missing, .. } => missing.clone(),
                    _ => vec![backend.name().to_owned()],
                };
                for layer in layers {
                    if !missing.contains(&layer) {
                        missing.push(layer);
                    }
                }
                rejected.push((backend, error.to_string()));
            }
        }
    }
    let reasons: Vec<String> = rejected
        .iter()
        .map(|(backend, why)| format!("{backend}: {why}"))
        .collect();
    let error = SandboxError::CannotIsolate {
        missing,
        message: format!(
            "nothing isolates programs on this host, and none is run: {}",
            reasons.join("; ")
        ),
    };
    Err(Unavailable::new(error, rejected))
}

async fn attempt(
    backend: Backend,
    config: &SandboxConfig,
    rejected: Vec<(Backend, String)>,
) -> Result<Arc<dyn Sandbox>, SandboxError> {
    match backend {
        Backend::Namespaces => {
            let sandbox = Namespaces::start(config.clone()).await?;
            Ok(Arc::new(sandbox))
        }
        Backend::Landlock if !config.allow_weak => Err(SandboxError::CannotIsolate {
            missing: vec!["namespaces".to_owned()],
            message: "`landlock` keeps programs from files and from most calls of the kernel, and from nothing else; \
                      `sandbox.allow_weak = true` allows it"
                .to_owned(),
        }),
        Backend::Bubblewrap | Backend::Landlock | Backend::Firejail | Backend::Docker => {
            Ok(Arc::new(Foreign::start(backend, config, rejected).await?))
        }
    }
}

/// Says which backend it was that somebody asked for.
fn named(backend: Backend, error: SandboxError) -> SandboxError {
    match error {
        SandboxError::CannotIsolate { missing, message } => SandboxError::CannotIsolate {
            missing,
            message: format!("`sandbox.backend` is {backend}, which does not do here: {message}"),
        },
        other => SandboxError::CannotIsolate {
            missing: vec![backend.name().to_owned()],
            message: format!("`sandbox.backend` is {backend}, which does not do here: {other}"),
        },
    }
}
