//! What may leave this machine, and the models elsewhere: from checked values to settings.

use super::layers::{Remote, Values};
use council_agent::EgressPolicy;
use council_core::{Price, PrivacyAction, PrivacyKind};
use council_models::config::{Protocol, RemoteConfig, Retries, Timeouts};
use council_models::prices::Prices;
use council_models::remote;
use std::path::PathBuf;

/// What may leave this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloudConfig {
    /// The switches and what is done about private text, until settings say otherwise.
    pub policy: EgressPolicy,
    /// Files whose names are private.
    pub private_files: Vec<PathBuf>,
    /// Ids of remote models of which nobody said what they charge.
    pub unpriced: Vec<String>,
}

pub(super) fn settings(values: &Values) -> CloudConfig {
    let action = |kind: PrivacyKind| {
        let action = PrivacyAction::parse(&values.text(&format!("privacy.{}", kind.as_str())));
        (kind, action.unwrap_or(kind.usual_action()))
    };
    CloudConfig {
        policy: EgressPolicy {
            cloud_enabled: values.boolean("cloud.enabled"),
            local_only: values.boolean("cloud.local_only"),
            privacy: PrivacyKind::ALL.into_iter().map(action).collect(),
        },
        private_files: values.paths("privacy.files"),
        unpriced: Vec::new(),
    }
}

/// A `[[remote]]` section, and whether it is known what the model charges: the section says, or the table, or it costs
/// nothing because it is on this machine or counted so.
pub(super) fn remote(section: &Remote, prices: &Prices) -> (RemoteConfig, bool) {
    let values = &section.values;
    let model = values.text("model");
    let base_url = values.text("base_url").trim_end_matches('/').to_owned();
    let local = values.boolean("local");
    let said = values.is_set("input_usd_per_million") || values.is_set("output_usd_per_million");
    let known = prices.of(&base_url, &model).filter(|_| !said);
    let price = known.unwrap_or(Price {
        input_usd: values.decimal("input_usd_per_million"),
        output_usd: values.decimal("output_usd_per_million"),
    });
    let priced = said || known.is_some() || local || remote::is_loopback(&base_url);
    let usual = Timeouts::default();
    let silence = values.duration("timeout").unwrap_or(usual.silence);
    let config = RemoteConfig {
        id: values.text("id"),
        provider: values.text("provider"),
        protocol: match values.text("protocol").as_str() {
            "anthropic" => Protocol::Anthropic,
            _ => Protocol::OpenAi,
        },
        base_url,
        model,
        api_key: section.api_key.clone(),
        context_tokens: values.integer("context_tokens").unwrap_or_default() as u32,
        price,
        local,
        timeouts: Timeouts {
            connect: values.duration("connect_timeout").unwrap_or(usual.connect),
            first_token: values.duration("first_token_timeout").unwrap_or(silence),
            silence,
            total: values.duration("total_timeout").unwrap_or(usual.total),
        },
        retries: Retries {
            most: values.integer("retries").unwrap_or_default() as u32,
            ..Retries::default()
        },
    };
    (config, priced)
}
