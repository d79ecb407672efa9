//! What may be changed while the process runs, beside the configuration, which may not.

use crate::clock::Timestamp;
use crate::conversation::{Page, StoreError};
use crate::privacy::{PrivacyAction, PrivacyActions, PrivacyKind};
use async_trait::async_trait;

/// The largest daily cap: 1,000,000 US dollars.
const LARGEST_CAP_MICRO_USD: u64 = 1_000_000_000_000;

/// Everything that was set at run time. What was not is as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether models on other machines may be asked.
    pub cloud_enabled: Option<bool>,
    /// Whether every connection to another machine is refused, whatever else is set.
    pub local_only: Option<bool>,
    /// Most that a day may cost, in millionths of a US dollar.
    pub daily_cap_micro_usd: Option<u64>,
    /// What is done about private text, where it differs from the configuration.
    pub privacy: PrivacyActions,
}

/// One change of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingChange {
    /// Whether models on other machines may be asked.
    CloudEnabled(bool),
    /// Whether every connection to another machine is refused.
    LocalOnly(bool),
    /// Most that a day may cost, in millionths of a US dollar.
    DailyCap(u64),
    /// What is done about one kind of private text.
    Privacy(PrivacyKind, PrivacyAction),
}

impl SettingChange {
    /// The setting's name in the database and in the audit.
    pub fn name(&self) -> String {
        match self {
            Self::CloudEnabled(_) => "cloud_enabled".to_owned(),
            Self::LocalOnly(_) => "local_only".to_owned(),
            Self::DailyCap(_) => "daily_cap_micro_usd".to_owned(),
            Self::Privacy(kind, _) => format!("privacy.{}", kind.as_str()),
        }
    }

    /// The new value as text.
    pub fn value(&self) -> String {
        match self {
            Self::CloudEnabled(yes) | Self::LocalOnly(yes) => yes.to_string(),
            Self::DailyCap(micro_usd) => micro_usd.to_string(),
            Self::Privacy(_, action) => action.as_str().to_owned(),
        }
    }

    /// The change that [`name`](Self::name) and [`value`](Self::value) tell.
    pub fn parse(name: &str, value: &str) -> Option<Self> {
        match name {
            "cloud_enabled" => value.parse().ok().map(Self::CloudEnabled),
            "local_only" => value.parse().ok().map(Self::LocalOnly),
            "daily_cap_micro_usd" => {
                let cap = value.parse().ok().filter(|cap| *cap <= LARGEST_CAP_MICRO_USD);
                cap.map(Self::DailyCap)
            }
            _ => {
                let kind = PrivacyKind::parse(name.strip_prefix("privacy.")?)?;
                Some(Self::Privacy(kind, PrivacyAction::parse(value)?))
            }
        }
    }
}

impl Settings {
    /// Makes the change.
    pub fn apply(&mut self, change: SettingChange) {
        match change {
            SettingChange::CloudEnabled(yes) => self.cloud_enabled = Some(yes),
            SettingChange::LocalOnly(yes) => self.local_only = Some(yes),
            SettingChange::DailyCap(micro_usd) => self.daily_cap_micro_usd = Some(micro_usd),
            SettingChange::Privacy(kind, action) => {
                self.privacy.insert(kind, action);
            }
        }
    }
}

/// An amount such as `10` or `2.50` in millionths of a US dollar, exactly: at most six decimals, 0 to 1,000,000.
pub fn micro_usd(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() > 7 || fraction.len() > 6 {
        return None;
    }
    let fraction: u64 = format!("{fraction:0<6}").parse().ok()?;
    let amount = whole.parse::<u64>().ok()? * 1_000_000 + fraction;
    (amount <= LARGEST_CAP_MICRO_USD).then_some(amount)
}

/// One change that was made, or that a key was set, which is never told itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// Who: the peer's address, or `terminal`.
    pub by: String,
    /// The setting.
    pub setting: String,
    /// Its value before; empty: as configured.
    pub before: String,
    /// Its value after.
    pub after: String,
}

/// Keeps the settings. A returned `Ok` is on disk.
#[async_trait]
pub trait SettingsStore: Send + Sync {
    /// All that was set.
    async fn settings(&self) -> Result<Settings, StoreError>;

    /// Makes a change and writes its line to the audit, both or neither.
    async fn change(&self, change: SettingChange, at: Timestamp, by: &str) -> Result<(), StoreError>;

    /// Writes a line to the audit about something that is kept elsewhere.
    async fn note(&self, line: AuditLine) -> Result<(), StoreError>;

    /// The latest lines of the audit, newest first.
    async fn audit(&self, page: Page) -> Result<Vec<AuditLine>, StoreError>;
}

#[cfg(test)]
mod tests;
