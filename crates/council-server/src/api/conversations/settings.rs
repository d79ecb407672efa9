//! How a conversation is continued where a request does not say.

use crate::api::original::prompt::PromptRequest;
use crate::api::range::{integer, number};
use crate::api::turn_memory::memory_ids;
use crate::error::ApiError;
use council_core::ConversationSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Most bytes of the instructions.
const MAX_SYSTEM_BYTES: usize = 32 << 10;

/// How a conversation is continued where a request does not say; null: as usual.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConversationSettings)]
pub(crate) struct SettingsObject {
    /// Who answers.
    pub(crate) model: Option<String>,
    /// Instructions that come before the messages; at most 32 KiB.
    pub(crate) system: Option<String>,
    #[schema(minimum = 0, maximum = 2)]
    pub(crate) temperature: Option<f64>,
    #[schema(minimum = 0, maximum = 1)]
    pub(crate) top_p: Option<f64>,
    /// Most tokens of an answer.
    #[schema(minimum = 1)]
    pub(crate) max_tokens: Option<i64>,
    /// Makes answers repeatable.
    pub(crate) seed: Option<i64>,
    /// Private text and images that are asked about go to models on other machines, text as placeholders, as if each
    /// request had `consent`.
    pub(crate) consent: Option<bool>,
    /// Memories that its turns take nothing from; at most 200.
    pub(crate) without_memories: Option<Vec<String>>,
}

/// A change of settings: null takes one away, and what is absent stays.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SettingsOrder(Map<String, Value>);

impl SettingsOrder {
    /// Checks what is to be set.
    pub(crate) fn new(fields: Map<String, Value>) -> Result<Self, ApiError> {
        let order = Self(fields);
        order.clone().over(ConversationSettings::default())?;
        Ok(order)
    }

    /// The settings with the change.
    pub(crate) fn over(self, settings: ConversationSettings) -> Result<ConversationSettings, ApiError> {
        let before = serde_json::to_value(SettingsObject::from(settings));
        let mut all = before.map_err(|error| ApiError::internal(error.to_string()))?;
        if let Value::Object(all) = &mut all {
            all.extend(self.0);
        }
        let all = serde_path_to_error::deserialize(all).map_err(|error| {
            let path = format!("settings.{}", error.path());
            ApiError::invalid(
                path.clone(),
                format!("`{path}` is not understood: {}", error.inner()),
            )
        })?;
        checked(all)
    }
}

fn checked(settings: SettingsObject) -> Result<ConversationSettings, ApiError> {
    let SettingsObject {
        model,
        system,
        temperature,
        top_p,
        max_tokens,
        seed,
        consent,
        without_memories,
    } = settings;
    if model.as_deref() == Some("") {
        let message = "`settings.model` is empty; name one of GET /v1/models, or send null";
        return Err(ApiError::invalid("settings.model", message));
    }
    if let Some(system) = &system
        && system.len() > MAX_SYSTEM_BYTES
    {
        let message = format!(
            "`settings.system` has {} bytes; at most {MAX_SYSTEM_BYTES} are possible",
            system.len()
        );
        return Err(ApiError::invalid("settings.system", message));
    }
    number("settings.temperature", temperature, 0.0..=2.0)?;
    number("settings.top_p", top_p, 0.0..=1.0)?;
    let max_tokens = integer("settings.max_tokens", max_tokens, 1..=i64::from(u32::MAX))?;
    Ok(ConversationSettings {
        model,
        system: system.filter(|system| !system.is_empty()),
        temperature,
        top_p,
        max_tokens: max_tokens.map(|tokens| tokens as u32),
        seed,
        consent: consent.unwrap_or(false),
        without_memories: memory_ids("settings.without_memories", without_memories)?,
    })
}

impl From<ConversationSettings> for SettingsObject {
    fn from(settings: ConversationSettings) -> Self {
        Self {
            model: settings.model,
            system: settings.system,
            temperature: settings.temperature,
            top_p: settings.top_p,
            max_tokens: settings.max_tokens.map(i64::from),
            seed: settings.seed,
            consent: settings.consent.then_some(true),
            without_memories: (!settings.without_memories.is_empty())
                .then(|| settings.without_memories.into_iter().map(|id| id.0).collect()),
        }
    }
}

impl PromptRequest {
    /// The request, with what it does not say as the conversation is set.
    pub(crate) fn or(mut self, settings: ConversationSettings) -> Self {
        let (prompt, generation) = (&mut self.prompt, &mut self.generation);
        prompt.model = prompt.model.take().or(settings.model);
        prompt.system = prompt.system.take().or(settings.system);
        generation.temperature = generation.temperature.or(settings.temperature);
        generation.top_p = generation.top_p.or(settings.top_p);
        generation.max_tokens = generation.max_tokens.or(settings.max_tokens.map(i64::from));
        generation.seed = generation.seed.or(settings.seed);
        generation.consent = generation.consent.or(settings.consent.then_some(true));
        self.memory.left_out_before = settings.without_memories;
        self
    }
}
