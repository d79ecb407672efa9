//! Who sits in the council, and what a vote may take.

use super::ConfigError;
use super::layers::{Source, Values};
use council_agent::vote::{Chair, Voice, VoteConfig, VoteError};
use council_core::Sampling;

/// The settings. Without a `[[voice]]` the usual five sit. A usual value of ours follows a smaller council or a shorter
/// vote; one that somebody set against the others is a contradiction.
pub(super) fn settings(values: &Values, sections: &[Values]) -> Result<VoteConfig, ConfigError> {
    let usual = VoteConfig::default();
    let voices: Vec<Voice> = if sections.is_empty() {
        usual.voices
    } else {
        sections.iter().map(voice).collect()
    };
    let number = |key: &str| values.integer(key).unwrap_or_default();
    let time = |key: &str| values.duration(key).unwrap_or_default();
    let mut config = VoteConfig {
        quorum: number("vote.quorum") as usize,
        voice_time_limit: time("vote.voice_time_limit"),
        total_time_limit: time("vote.total_time_limit"),
        cost_cap_usd: values.decimal("vote.cost_cap_usd"),
        max_tokens: number("vote.max_tokens") as u32,
        chair: match values.text("vote.chair").as_str() {
            "best" => Chair::Best,
            "off" => Chair::Off,
            model => Chair::Model(model.to_owned()),
        },
        voices,
    };
    let is_usual = |key: &str| {
        values
            .entry(key)
            .is_some_and(|(_, source)| *source == Source::Default)
    };
    if is_usual("vote.quorum") {
        config.quorum = config.quorum.min(config.voices.len());
    }
    if is_usual("vote.voice_time_limit") {
        config.voice_time_limit = config.voice_time_limit.min(config.total_time_limit);
    }
    match config.check() {
        Err(VoteError::Invalid { field, message }) => {
            let set = values
                .entry(&field)
                .or_else(|| sections.first().and_then(|first| first.entry("name")));
            Err(ConfigError::Contradiction {
                origin: set.map_or_else(String::new, |(_, source)| source.to_string()),
                key: field,
                message,
            })
        }
        // Nothing else can be wrong with a configuration.
        Ok(()) | Err(_) => Ok(config),
    }
}

fn voice(values: &Values) -> Voice {
    let (name, usual) = (values.text("name"), Sampling::default());
    Voice {
        model: values.optional_text("model"),
        persona: values.text("persona"),
        sampling: Sampling {
            temperature: values.decimal("temperature") as f32,
            top_p: values.decimal("top_p") as f32,
            top_k: values.integer("top_k").map_or(usual.top_k, |top_k| top_k as u32),
            ..usual
        },
        weight: values.decimal("weight"),
        max_tokens: values.integer("max_tokens").map(|tokens| tokens as u32),
        name,
    }
}
