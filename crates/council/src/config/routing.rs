//! Who answers, and what may be spent: from checked values to settings.

use super::layers::Values;
use council_agent::routing::Matching;
use council_core::{Accept, Caps, NanoUsd, RoutingRules};
use std::time::Duration;

/// How requests are routed.
#[derive(Clone, Debug, PartialEq)]
pub struct RoutingSettings {
    /// Whether skills are asked at all.
    pub skills: bool,
    /// Longest time that one may take.
    pub skill_time: Duration,
    /// What counts as the same question.
    pub cache: Matching,
    /// Most answers that are kept.
    pub cache_entries: usize,
    /// How long they are.
    pub cache_time: Duration,
    /// Thresholds and ways up.
    pub rules: RoutingRules,
}

/// The settings.
pub(super) fn settings(values: &Values) -> RoutingSettings {
    let number = |key: &str| values.decimal(&format!("routing.{key}"));
    let count = |key: &str| values.integer(&format!("routing.{key}")).unwrap_or_default() as u32;
    RoutingSettings {
        skills: values.boolean("routing.skills"),
        skill_time: values.duration("routing.skill_time").unwrap_or_default(),
        cache: match values.text("routing.cache").as_str() {
            "off" => Matching::Off,
            "exact" => Matching::Exact,
            _ => Matching::Semantic,
        },
        cache_entries: count("cache_entries") as usize,
        cache_time: values.duration("routing.cache_time").unwrap_or_default(),
        rules: RoutingRules {
            try_skill: number("try_skill") as f32,
            help_skill: number("help_skill") as f32,
            support: number("support") as f32,
            quote: number("quote") as f32,
            accept: Accept {
                chat: number("accept.chat"),
                math: number("accept.math"),
                code: number("accept.code"),
                logic: number("accept.logic"),
                knowledge: number("accept.knowledge"),
            },
            sure_kind: number("sure_kind") as f32,
            patience_ms: values
                .duration("routing.patience")
                .map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            larger: values.boolean("routing.larger"),
            council: values.boolean("routing.council"),
            cloud: values.boolean("routing.cloud"),
            hold_back_tokens: count("hold_back_tokens"),
            busy_load: number("busy_load"),
            busy_kv: number("busy_kv"),
            busy_max_tokens: count("busy_max_tokens"),
            ..RoutingRules::default()
        },
    }
}

/// What may be spent.
pub(super) fn caps(values: &Values) -> Caps {
    let cap = |key: &str| values.money(&format!("budget.{key}_usd")).map(NanoUsd::from_usd);
    Caps {
        per_request: cap("per_request"),
        per_key: cap("per_key"),
        daily: cap("daily"),
        monthly: cap("monthly"),
    }
}
