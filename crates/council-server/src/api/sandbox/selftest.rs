//! What came of a self-test.

use council_core::sandbox::{AttackReport, Protection, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// What came of a self-test of the sandbox.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SelfTest {
    /// Always `sandbox.selftest`.
    object: &'static str,
    /// What isolated the attacks.
    backend: Option<&'static str>,
    /// How strongly.
    tier: Option<&'static str>,
    /// Attacks that were stopped.
    held: usize,
    /// Attacks that got through.
    breached: usize,
    /// Attacks that failed by themselves, so that nothing is known.
    failed: usize,
    /// One by one.
    attacks: Vec<Attack>,
}

/// One attack.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Attack {
    /// Unique within its group.
    name: String,
    /// Such as `files`, `kernel`, `resources`.
    group: String,
    /// What it would mean if it got through.
    harm: String,
    /// `held`, `breached` or `failed`.
    verdict: &'static str,
    /// How it was stopped, what it got, or why it failed.
    detail: String,
    /// How long it took, in milliseconds.
    took_ms: f64,
}

impl SelfTest {
    /// The table of these attacks.
    pub(crate) fn new(protection: Option<&Protection>, attacks: &[AttackReport]) -> Self {
        let count = |verdict| attacks.iter().filter(|attack| attack.verdict == verdict).count();
        Self {
            object: "sandbox.selftest",
            backend: protection.map(|protection| protection.backend.name()),
            tier: protection.map(|protection| protection.tier.name()),
            held: count(Verdict::Held),
            breached: count(Verdict::Breached),
            failed: count(Verdict::Failed),
            attacks: attacks.iter().map(Attack::new).collect(),
        }
    }
}

impl Attack {
    fn new(attack: &AttackReport) -> Self {
        Self {
            name: attack.name.clone(),
            group: attack.group.clone(),
            harm: attack.harm.clone(),
            verdict: attack.verdict.name(),
            detail: attack.detail.clone(),
            took_ms: attack.took.as_secs_f64() * 1000.0,
        }
    }
}
