//! What may leave this machine, and the models elsewhere: from checked values to settings.

use super::layers::{Remote, Values};
use council_agent::EgressPolicy;
use council_core::{HostList, Price, PrivacyAction, PrivacyKind};
use council_models::config::{PoolConfig, Protocol, RemoteConfig, Retries, Timeouts};
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
            allow: HostList::parse(&values.text("egress.allow")).unwrap_or_default(),
            // That is agreed to while the process runs, and never before.
            consent_hosts: HostList(Vec::new()),
            privacy: PrivacyKind::ALL.into_iter().map(action).collect(),
        },
        private_files: values.paths("privacy.files"),
        unpriced: Vec::new(),
    }
}

/// A `[[remote]]` section: a model, and the servers that have it.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteSettings {
    /// The provider's name; of several servers each has a name of its own, in which this one is.
    pub provider: String,
    /// The model at each server; not empty.
    pub servers: Vec<RemoteConfig>,
    /// How they share requests; `None`: there is one, which takes as many as come.
    pub pool: Option<PoolConfig>,
}

impl RemoteSettings {
    /// The model's id in Council.
    pub fn id(&self) -> &str {
        self.servers.first().map_or("", |server| &server.id)
    }
}

/// A `[[remote]]` section, and whether it is known what the model charges: the section says, or the table, or it costs
/// nothing because it is on this machine or counted so.
pub(super) fn remote(section: &Remote, prices: &Prices) -> (RemoteSettings, bool) {
    let urls = section.values.text("base_url");
    let urls: Vec<&str> = urls.split(' ').collect();
    let (mut servers, priced): (Vec<RemoteConfig>, Vec<bool>) =
        urls.iter().map(|url| server(section, url, prices)).unzip();
    let provider = section.values.text("provider");
    // What is set aside must suffice wherever the answer comes from.
    let price = servers.iter().fold(Price::default(), |most, server| Price {
        input_usd: most.input_usd.max(server.price.input_usd),
        output_usd: most.output_usd.max(server.price.output_usd),
    });
    for server in &mut servers {
        server.price = price;
        if urls.len() > 1 {
            let host = remote::host_of(&server.base_url).unwrap_or_default();
            server.provider = format!("{provider} at {host}");
        }
    }
    let values = &section.values;
    let max_concurrent = values.integer("max_concurrent").map(|most| most as u32);
    let pool = PoolConfig {
        max_concurrent,
        queue_limit: values.integer("queue_limit").unwrap_or_default() as u32,
        health_interval: values.duration("health_interval").filter(|_| urls.len() > 1),
        retries: servers
            .first()
            .map_or_else(Retries::default, |server| server.retries),
        total: servers
            .first()
            .map_or_else(Timeouts::default, |server| server.timeouts)
            .total,
    };
    let settings = RemoteSettings {
        provider,
        servers,
        pool: (urls.len() > 1 || max_concurrent.is_some()).then_some(pool),
    };
    (settings, priced.iter().all(|priced| *priced))
}

/// The model of a section at one of its servers.
fn server(section: &Remote, base_url: &str, prices: &Prices) -> (RemoteConfig, bool) {
    let values = &section.values;
    let model = values.text("model");
    let base_url = base_url.to_owned();
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
        vision: values.boolean("vision"),
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
