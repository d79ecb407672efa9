//! Values of settings: how they are written, and what is accepted.

use crate::budget::NanoUsd;
use crate::egress::HostList;
use std::fmt;
use std::time::Duration;

/// The largest amount: 1,000,000 US dollars, in millionths.
const LARGEST_MICRO_USD: u64 = 1_000_000_000_000;

/// What a setting's value looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SettingKind {
    /// On or off.
    Switch,
    /// A whole number.
    Count {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
        /// What is counted, such as `tokens`.
        unit: &'static str,
    },
    /// A number.
    Decimal {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// An amount of US dollars, from 0 to 1,000,000 with at most six decimals, or no bound.
    Money,
    /// A length of time, in whole milliseconds.
    Duration {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
    /// One of these.
    Choice(&'static [&'static str]),
    /// A local model's id, or the default model.
    Model,
    /// Names of voices.
    Voices,
    /// Patterns of hosts.
    Hosts {
        /// How many at least, 0 or 1.
        least: usize,
    },
}

/// A setting's value.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// On or off.
    Switch(bool),
    /// A whole number.
    Count(u64),
    /// A number.
    Decimal(f64),
    /// An amount; `None`: no bound.
    Money(Option<NanoUsd>),
    /// A length of time.
    Duration(Duration),
    /// One of several.
    Choice(String),
    /// A model's id; `None`: the default model.
    Model(Option<String>),
    /// Names of voices, in order.
    Voices(Vec<String>),
    /// Patterns of hosts.
    Hosts(HostList),
}

impl fmt::Display for SettingValue {
    /// As it is kept and stands in the audit; [`SettingKind::parse`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(yes) => yes.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Decimal(number) => number.fmt(f),
            Self::Money(None) => f.write_str("none"),
            Self::Money(Some(NanoUsd(amount))) => {
                let digits = format!("{:09}", amount % 1_000_000_000);
                match digits.trim_end_matches('0') {
                    "" => write!(f, "{}", amount / 1_000_000_000),
                    digits => write!(f, "{}.{digits}", amount / 1_000_000_000),
                }
            }
            Self::Duration(time) => {
                let milliseconds = time.as_millis();
                if milliseconds % 1_000 == 0 {
                    write!(f, "{}s", milliseconds / 1_000)
                } else {
                    write!(f, "{milliseconds}ms")
                }
            }
            Self::Choice(word) => f.write_str(word),
            Self::Model(None) => f.write_str("default"),
            Self::Model(Some(id)) => f.write_str(id),
            Self::Voices(names) => f.write_str(&names.join(", ")),
            Self::Hosts(hosts) => hosts.fmt(f),
        }
    }
}

impl SettingKind {
    /// The value that a text says, as [`SettingValue`] is written. Whether it is in its range is another question.
    pub fn parse(self, text: &str) -> Option<SettingValue> {
        match self {
            Self::Switch => text.parse().ok().map(SettingValue::Switch),
            Self::Count { .. } => text.parse().ok().map(SettingValue::Count),
            Self::Decimal { .. } => text.parse().ok().map(SettingValue::Decimal),
            Self::Money if text == "none" => Some(SettingValue::Money(None)),
            Self::Money => micro_usd(text).map(|micro| SettingValue::Money(Some(NanoUsd(micro * 1_000)))),
            Self::Duration { .. } => {
                let milliseconds = if let Some(number) = text.strip_suffix("ms") {
                    number.parse().ok()?
                } else {
                    text.strip_suffix('s')?.parse::<u64>().ok()?.checked_mul(1_000)?
                };
                Some(SettingValue::Duration(Duration::from_millis(milliseconds)))
            }
            Self::Choice(_) => Some(SettingValue::Choice(text.to_owned())),
            Self::Model if text == "default" => Some(SettingValue::Model(None)),
            Self::Model => Some(SettingValue::Model(Some(text.to_owned()))),
            Self::Voices => {
                let names = text.split(", ").map(str::to_owned);
                Some(SettingValue::Voices(names.collect()))
            }
            Self::Hosts { .. } if text.is_empty() => Some(SettingValue::Hosts(HostList(Vec::new()))),
            Self::Hosts { .. } => HostList::parse(text).map(SettingValue::Hosts),
        }
    }

    /// Whether a value is of this kind and in its range.
    pub fn takes(self, value: &SettingValue) -> bool {
        match (self, value) {
            (Self::Switch, SettingValue::Switch(_)) => true,
            (Self::Count { min, max, .. }, SettingValue::Count(count)) => (min..=max).contains(count),
            (Self::Decimal { min, max }, SettingValue::Decimal(number)) => (min..=max).contains(number),
            (Self::Money, SettingValue::Money(amount)) => {
                amount.is_none_or(|NanoUsd(nano)| nano % 1_000 == 0 && nano / 1_000 <= LARGEST_MICRO_USD)
            }
            (Self::Duration { min, max }, SettingValue::Duration(time)) => {
                (min..=max).contains(time) && time.subsec_nanos().is_multiple_of(1_000_000)
            }
            (Self::Choice(words), SettingValue::Choice(word)) => words.contains(&word.as_str()),
            (Self::Model, SettingValue::Model(id)) => {
                id.as_deref().is_none_or(|id| !id.is_empty() && id != "default")
            }
            (Self::Voices, SettingValue::Voices(names)) => {
                let different: std::collections::BTreeSet<&String> = names.iter().collect();
                let whole = |name: &String| !name.is_empty() && !name.contains(", ");
                !names.is_empty() && different.len() == names.len() && names.iter().all(whole)
            }
            (Self::Hosts { least }, SettingValue::Hosts(HostList(patterns))) => patterns.len() >= least,
            _ => false,
        }
    }

    /// What is accepted, in words that follow `it must be`.
    pub fn accepted(self) -> String {
        match self {
            Self::Switch => "`true` or `false`".to_owned(),
            Self::Count { min, max, unit } => format!("a whole number of {unit} from {min} to {max}"),
            Self::Decimal { min, max } => format!("a number from {min} to {max}"),
            Self::Money => {
                "an amount of US dollars from 0 to 1000000 with at most six decimals, or null for no bound"
                    .to_owned()
            }
            Self::Duration { min, max } => {
                format!(
                    "a number of seconds from {} to {}, to the millisecond",
                    min.as_secs_f64(),
                    max.as_secs_f64()
                )
            }
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                format!("one of {}", words.join(", "))
            }
            Self::Model => "the id of an installed local model, or null for the default model".to_owned(),
            Self::Voices => "a list of names of different voices, at least one".to_owned(),
            Self::Hosts { least } => {
                let least = if least == 0 {
                    "which may be empty"
                } else {
                    "at least one"
                };
                format!(
                    "a list of hosts, {least}: `host`, `host:port`, `*.domain`, `*`, or `named` for those that the \
                     configuration and commands name"
                )
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
    (amount <= LARGEST_MICRO_USD).then_some(amount)
}
