//! What may be changed while the process runs, beside the configuration, which may not.
//!
//! Each thing that can be set is one line of [`SETTINGS`]: its key, which is the configuration's where that has one, what
//! its value looks like, what it does, and the field of [`Settings`] that it is. The API, the audit and the admin page
//! come from that table.
//!
//! - [`table`]: the table
//! - [`value`]: values, how they are written, and what is accepted
//! - [`store`]: what is kept, and who changed what
//! - `naive`: the same in memory, for tests

#[cfg(any(test, feature = "naive"))]
pub mod naive;
pub mod store;
pub mod table;
pub mod value;

pub use store::{AuditEntry, AuditFilter, AuditLine, SettingsStore, StoredChange, StoredSetting};
pub use table::{SETTINGS, Setting, SettingGroup, SettingScope};
pub use value::{SettingKind, SettingValue, micro_usd};

use crate::budget::Caps;
use crate::egress::HostList;
use crate::privacy::PrivacyActions;
use crate::retention::RetentionRules;
use crate::routing::RoutingRules;
use crate::sandbox::RunLimits;
use std::time::Duration;

/// Everything that may be changed at run time, with a value for each: what was set, else what is configured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The model that answers requests that name none; `None`: the first installed one.
    pub default_model: Option<String>,
    /// Whether models on other machines may be asked.
    pub cloud_enabled: bool,
    /// Whether every connection to another machine is refused, whatever else is set.
    pub local_only: bool,
    /// Which hosts may be connected to.
    pub egress_allow: HostList,
    /// Hosts that are sent what would otherwise be asked about.
    pub consent_hosts: HostList,
    /// What is done about private text; a kind that is not named has its usual action.
    pub privacy: PrivacyActions,
    /// What may be spent.
    pub caps: Caps,
    /// Thresholds and ways up of the router.
    pub rules: RoutingRules,
    /// Who votes, and what a vote may take.
    pub vote: VoteRules,
    /// What is remembered and learnt.
    pub memory: MemoryRules,
    /// Whether programs are run, and what they may use.
    pub sandbox: SandboxRules,
    /// After how many days things go.
    pub retention: RetentionRules,
}

/// Who votes, and what a vote may take.
#[derive(Clone, Debug, PartialEq)]
pub struct VoteRules {
    /// Names of the voices that sit; empty: all that are configured.
    pub voices: Vec<String>,
    /// Fewest voices that must answer.
    pub quorum: usize,
    /// Longest time for one reply, one ranking, and the chair.
    pub voice_time_limit: Duration,
    /// Longest time for the whole vote.
    pub total_time_limit: Duration,
    /// Most that one vote may cost, in US dollars.
    pub cost_cap_usd: f64,
    /// Most tokens of one reply.
    pub max_tokens: u32,
}

impl Default for VoteRules {
    fn default() -> Self {
        Self {
            voices: Vec::new(),
            quorum: 2,
            voice_time_limit: Duration::from_mins(1),
            total_time_limit: Duration::from_mins(2),
            cost_cap_usd: 0.1,
            max_tokens: 512,
        }
    }
}

/// What a turn does with the memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TurnMemory {
    /// Recalls before the answer and remembers after it.
    #[default]
    On,
    /// Recalls, and remembers nothing.
    Read,
    /// Neither.
    Off,
}

impl TurnMemory {
    /// All of them, by name.
    pub const NAMES: [&'static str; 3] = ["on", "read", "off"];

    /// What is meant by `on`, `read` or `off`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "on" => Some(Self::On),
            "read" => Some(Self::Read),
            "off" => Some(Self::Off),
            _ => None,
        }
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Read => "read",
            Self::Off => "off",
        }
    }
}

/// What is remembered and learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryRules {
    /// What a turn of a conversation does with the memory when its request does not say.
    pub turns: TurnMemory,
    /// Most tokens of a prompt that memories take; 0: none are put into prompts.
    pub prompt_tokens: u64,
    /// Whether facts and preferences are learnt in the background.
    pub facts: bool,
    /// Whether sessions are summarised in the background.
    pub summaries: bool,
}

impl Default for MemoryRules {
    fn default() -> Self {
        Self {
            turns: TurnMemory::On,
            prompt_tokens: 512,
            facts: true,
            summaries: true,
        }
    }
}

/// Whether programs are run, and what they may use. The most that a request may ask for is configured and cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SandboxRules {
    /// Whether programs are run at all.
    pub enabled: bool,
    /// What they may use.
    pub limits: RunLimits,
}

impl Default for SandboxRules {
    fn default() -> Self {
        Self {
            enabled: true,
            limits: RunLimits::default(),
        }
    }
}

/// Why a setting was not changed. Nothing was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// There is none of this name.
    #[error("`{key}` is no setting; GET /v1/settings lists all of them")]
    Unknown {
        /// What was named.
        key: String,
    },
    /// It cannot have this value.
    #[error("`{key}` is {value}; it must be {accepted}")]
    Invalid {
        /// The setting.
        key: String,
        /// What it was to be.
        value: String,
        /// What would be accepted.
        accepted: String,
    },
    /// Its value does not go with another one.
    #[error("`{key}` {message}")]
    Contradiction {
        /// The setting.
        key: String,
        /// What is wrong and what would be right; goes on after the key.
        message: String,
    },
}

impl SettingError {
    /// The setting at fault.
    pub fn key(&self) -> &str {
        match self {
            Self::Unknown { key } | Self::Invalid { key, .. } | Self::Contradiction { key, .. } => key,
        }
    }
}

/// One change: a value, or back to what is configured.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingChange {
    /// What is changed.
    pub setting: &'static Setting,
    /// Its new value; `None`: as configured.
    pub value: Option<SettingValue>,
}

impl SettingChange {
    /// To this value.
    ///
    /// # Errors
    /// [`SettingError`] when there is no such setting or it cannot have the value.
    pub fn set(key: &str, value: SettingValue) -> Result<Self, SettingError> {
        let setting = Setting::of(key)?;
        setting.check(&value)?;
        Ok(Self {
            setting,
            value: Some(value),
        })
    }

    /// Back to what is configured.
    ///
    /// # Errors
    /// [`SettingError::Unknown`].
    pub fn reset(key: &str) -> Result<Self, SettingError> {
        let setting = Setting::of(key)?;
        Ok(Self { setting, value: None })
    }

    /// To the value that this text says; empty: as configured. As in the audit.
    ///
    /// # Errors
    /// [`SettingError`] when there is no such setting or it cannot have the value.
    pub fn read(key: &str, text: &str) -> Result<Self, SettingError> {
        if text.is_empty() {
            return Self::reset(key);
        }
        let setting = Setting::of(key)?;
        let value = setting.kind.parse(text).ok_or_else(|| setting.invalid(text))?;
        Self::set(key, value)
    }
}

impl Settings {
    /// Whether the values go together. `configured` says which voices there are and the most that programs may use.
    ///
    /// # Errors
    /// [`SettingError::Contradiction`].
    pub fn check(&self, configured: &Self) -> Result<(), SettingError> {
        let wrong = |key: &str, message: String| {
            let key = key.to_owned();
            Err(SettingError::Contradiction { key, message })
        };
        let (vote, known) = (&self.vote, &configured.vote.voices);
        if !known.is_empty() {
            if let Some(unknown) = vote.voices.iter().find(|name| !known.contains(name)) {
                let message = format!("names `{unknown}`; the voices are {}", known.join(", "));
                return wrong("vote.voices", message);
            }
            let many = if vote.voices.is_empty() {
                known.len()
            } else {
                vote.voices.len()
            };
            if vote.quorum > many {
                let message = format!("is {} of {many} voices; it must be from 1 to {many}", vote.quorum);
                return wrong("vote.quorum", message);
            }
        }
        if vote.voice_time_limit > vote.total_time_limit {
            let message = format!(
                "is {} s and the whole vote may take {} s; lower one or raise `vote.total_time_limit`",
                vote.voice_time_limit.as_secs_f64(),
                vote.total_time_limit.as_secs_f64()
            );
            return wrong("vote.voice_time_limit", message);
        }
        self.check_limits(configured)
    }

    /// The most that a setting may be where the configuration says so, in the setting's unit; `self` is what is configured.
    pub fn most(&self, key: &str) -> Option<f64> {
        let most = &self.sandbox.limits.maximum;
        match key {
            "vote.quorum" => Some(self.vote.voices.len() as f64).filter(|voices| *voices > 0.0),
            "sandbox.limits.wall" => Some(most.wall.as_secs_f64()),
            "sandbox.limits.cpu" => Some(most.cpu.as_secs_f64()),
            "sandbox.limits.memory_mib" => Some((most.memory_bytes >> 20) as f64),
            "sandbox.limits.processes" => Some(f64::from(most.processes)),
            "sandbox.limits.stdout_kib" => Some((most.stdout_bytes >> 10) as f64),
            _ => None,
        }
    }

    /// Programs may use what the configuration allows at most.
    fn check_limits(&self, configured: &Self) -> Result<(), SettingError> {
        for setting in SETTINGS
            .iter()
            .filter(|setting| setting.key.starts_with("sandbox.limits."))
        {
            let (value, unit) = match (setting.get(self), setting.kind) {
                (SettingValue::Count(count), SettingKind::Count { unit, .. }) => (count as f64, unit),
                (SettingValue::Duration(time), _) => (time.as_secs_f64(), "s"),
                _ => continue,
            };
            let most = configured.most(setting.key).unwrap_or(f64::INFINITY);
            if value > most {
                let maximum = setting.key.replacen("limits", "maximum", 1);
                return Err(SettingError::Contradiction {
                    key: setting.key.to_owned(),
                    message: format!(
                        "is {value} {unit}; the configuration's `{maximum}` allows {most} {unit} at most"
                    ),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
