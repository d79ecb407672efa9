//! Settings, and who changed what.

use super::admin::AuditObject;
use crate::error::ApiError;
use crate::extract::{FromBody, parse_object};
use council_agent::SettingState;
use council_core::{
    AuditEntry, HostList, NanoUsd, Setting, SettingChange, SettingKind, SettingValue, Settings,
    egress::HostPattern, settings::micro_usd,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::time::Duration;
use utoipa::ToSchema;

/// One setting.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingObject {
    /// Its name everywhere: the configuration's key where it has one.
    pub(crate) key: &'static str,
    /// `models`, `routing`, `council`, `cloud`, `privacy`, `sandbox` or `memory`.
    pub(crate) group: &'static str,
    /// What its value looks like: `switch` (true or false), `count` (a whole number), `decimal`, `money` (US dollars, or
    /// null for no bound), `duration` (seconds), `choice` (one of `choices`), `model` (a local model's id, or null for the
    /// default model), `voices` (names, some of `choices`) or `hosts` (patterns of hosts).
    pub(crate) kind: &'static str,
    /// Its value now.
    pub(crate) value: Value,
    /// Its value when nothing is set: what is configured.
    pub(crate) default: Value,
    /// The smallest value, of numbers.
    pub(crate) min: Option<f64>,
    /// The largest value, of numbers.
    pub(crate) max: Option<f64>,
    /// What is counted: `tokens`, `voices`, `processes`, `MiB`, `KiB`, `s` or `usd`.
    pub(crate) unit: Option<&'static str>,
    /// What there is to choose from.
    pub(crate) choices: Option<Vec<String>>,
    /// Where its value comes from: `config` or `setting`.
    pub(crate) source: &'static str,
    /// What it does.
    pub(crate) effect: &'static str,
    /// From when on a change counts: `next_call` (of a model on another machine), `next_turn`, `next_vote`, `next_run`
    /// (of a program) or `next_message`.
    pub(crate) scope: &'static str,
    /// Since when it is set, in seconds since the Unix epoch; null where it is not.
    pub(crate) since: Option<f64>,
    /// Why what was set is not in force, where that is so.
    pub(crate) problem: Option<String>,
}

/// Settings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingList {
    /// `list`.
    pub(crate) object: &'static str,
    pub(crate) data: Vec<SettingObject>,
}

impl SettingObject {
    /// `all` is what is configured.
    pub(crate) fn new(state: SettingState, all: &Settings) -> Self {
        let SettingState {
            setting,
            value,
            configured,
            since,
            problem,
        } = state;
        let (kind, range, unit) = shape(setting.kind);
        let choices = match setting.kind {
            SettingKind::Choice(words) => Some(words.iter().map(|word| (*word).to_owned()).collect()),
            SettingKind::Voices => Some(all.vote.voices.clone()),
            _ => None,
        };
        let in_force = since.is_some() && problem.is_none();
        Self {
            key: setting.key,
            group: setting.group.as_str(),
            kind,
            value: to_json(&value),
            default: to_json(&configured),
            min: range.map(|(min, _)| min),
            max: range.map(|(_, max)| all.most(setting.key).unwrap_or(max).min(max)),
            unit,
            choices,
            source: if in_force { "setting" } else { "config" },
            effect: setting.effect,
            scope: setting.scope.as_str(),
            since: since.map(council_core::Timestamp::as_secs_f64),
            problem,
        }
    }
}

/// The kind's name, the range of its numbers, and what they count.
fn shape(kind: SettingKind) -> (&'static str, Option<(f64, f64)>, Option<&'static str>) {
    match kind {
        SettingKind::Switch => ("switch", None, None),
        SettingKind::Count { min, max, unit } => ("count", Some((min as f64, max as f64)), Some(unit)),
        SettingKind::Decimal { min, max } => ("decimal", Some((min, max)), None),
        SettingKind::Money => ("money", Some((0.0, 1e6)), Some("usd")),
        SettingKind::Duration { min, max } => (
            "duration",
            Some((min.as_secs_f64(), max.as_secs_f64())),
            Some("s"),
        ),
        SettingKind::Choice(_) => ("choice", None, None),
        SettingKind::Model => ("model", None, None),
        SettingKind::Voices => ("voices", None, None),
        SettingKind::Hosts { least } => ("hosts", Some((least as f64, f64::INFINITY)), None),
    }
}

fn to_json(value: &SettingValue) -> Value {
    match value {
        SettingValue::Switch(yes) => json!(yes),
        SettingValue::Count(count) => json!(count),
        SettingValue::Decimal(number) => json!(number),
        SettingValue::Money(amount) => json!(amount.map(NanoUsd::as_usd)),
        SettingValue::Duration(time) => json!(time.as_secs_f64()),
        SettingValue::Choice(word) => json!(word),
        SettingValue::Model(id) => json!(id),
        SettingValue::Voices(names) => json!(names),
        SettingValue::Hosts(HostList(patterns)) => {
            json!(patterns.iter().map(ToString::to_string).collect::<Vec<_>>())
        }
    }
}

/// `None` for what is of another kind.
fn from_json(kind: SettingKind, value: &Value) -> Option<SettingValue> {
    match kind {
        SettingKind::Switch => value.as_bool().map(SettingValue::Switch),
        SettingKind::Count { .. } => value.as_u64().map(SettingValue::Count),
        SettingKind::Decimal { .. } => value.as_f64().map(SettingValue::Decimal),
        SettingKind::Money if value.is_null() => Some(SettingValue::Money(None)),
        // By its digits, so that no amount is rounded: 0.0000001 is refused.
        SettingKind::Money => {
            let digits = value.as_number()?.to_string();
            let amount = micro_usd(digits.strip_suffix(".0").unwrap_or(&digits))?;
            Some(SettingValue::Money(Some(NanoUsd(amount * 1_000))))
        }
        SettingKind::Duration { .. } => {
            let seconds = value.as_f64().filter(|seconds| (0.0..1e9).contains(seconds))?;
            let milliseconds = seconds * 1e3;
            let whole = (milliseconds - milliseconds.round()).abs() < 1e-6;
            whole.then(|| SettingValue::Duration(Duration::from_millis(milliseconds.round() as u64)))
        }
        SettingKind::Choice(_) => value.as_str().map(|word| SettingValue::Choice(word.to_owned())),
        SettingKind::Model if value.is_null() => Some(SettingValue::Model(None)),
        SettingKind::Model => value.as_str().map(|id| SettingValue::Model(Some(id.to_owned()))),
        SettingKind::Voices => {
            let names = value
                .as_array()?
                .iter()
                .map(|name| name.as_str().map(str::to_owned));
            names.collect::<Option<Vec<_>>>().map(SettingValue::Voices)
        }
        SettingKind::Hosts { .. } => {
            let patterns = value.as_array()?.iter();
            let read = |pattern: &Value| HostPattern::parse(pattern.as_str()?);
            let patterns = patterns.map(read).collect::<Option<Vec<_>>>()?;
            Some(SettingValue::Hosts(HostList(patterns)))
        }
    }
}

/// New values of settings.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SettingsPatch {
    /// Values by key, as in `value` of the list. All are set, or none.
    #[schema(value_type = std::collections::HashMap<String, Value>, example = json!({"routing.accept.math": 0.8, "budget.daily_usd": 2.5}))]
    pub(crate) values: Map<String, Value>,
}

impl FromBody for SettingsPatch {
    fn from_body(body: &[u8]) -> Result<Self, ApiError> {
        parse_object(body)
    }
}

impl SettingsPatch {
    /// What is to be changed.
    pub(crate) fn changes(&self) -> Result<Vec<SettingChange>, ApiError> {
        if self.values.is_empty() {
            let message = "`values` is empty; name at least one setting and its value";
            return Err(ApiError::invalid("values", message));
        }
        let change = |(key, value): (&String, &Value)| {
            let setting = Setting::of(key)?;
            let read = from_json(setting.kind, value).ok_or_else(|| setting.invalid(&value.to_string()))?;
            Ok(SettingChange::set(key, read)?)
        };
        self.values.iter().map(change).collect()
    }
}

/// One change of the settings, with its number.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntryObject {
    /// What `POST /v1/audit/{id}/undo` takes.
    pub(crate) id: i64,
    /// Seconds since the Unix epoch.
    pub(crate) at: f64,
    /// The peer's address; `in process` where there was none.
    pub(crate) by: String,
    pub(crate) setting: String,
    /// Empty: as configured.
    pub(crate) before: String,
    /// Empty: as configured.
    pub(crate) after: String,
    /// Whether it is a setting, which can be undone; other lines tell of keys and the like.
    pub(crate) undoable: bool,
}

impl From<AuditEntry> for AuditEntryObject {
    fn from(AuditEntry { id, line }: AuditEntry) -> Self {
        Self {
            id,
            at: line.at.as_secs_f64(),
            by: line.by,
            undoable: Setting::of(&line.setting).is_ok(),
            setting: line.setting,
            before: line.before,
            after: line.after,
        }
    }
}

impl From<AuditEntry> for AuditObject {
    fn from(entry: AuditEntry) -> Self {
        entry.line.into()
    }
}

#[cfg(test)]
mod tests;
