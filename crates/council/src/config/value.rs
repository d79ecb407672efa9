//! How a configuration value is written, and what it becomes.

use super::keys::Kind;
use council_core::HostList;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is between two paths in the environment and in flags, as in `PATH`.
const PATHS_BETWEEN: &str = if cfg!(windows) { ";" } else { ":" };

/// A checked value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text, a URL, a model's id or one of several choices.
    Text(String),
    /// A path.
    Path(PathBuf),
    /// Paths.
    Paths(Vec<PathBuf>),
    /// A whole number.
    Integer(u64),
    /// A number.
    Decimal(f64),
    /// Yes or no.
    Boolean(bool),
    /// A duration.
    Duration(Duration),
    /// `auto`: decided later, by the part that uses it.
    Auto,
    /// `never`.
    Never,
    /// Not given.
    Absent,
}

impl fmt::Display for Value {
    /// As it would be written in the environment; empty for [`Value::Absent`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Path(path) => path.display().fmt(f),
            Self::Paths(paths) => {
                for (index, path) in paths.iter().enumerate() {
                    let before = if index > 0 { PATHS_BETWEEN } else { "" };
                    write!(f, "{before}{}", path.display())?;
                }
                Ok(())
            }
            Self::Integer(number) => number.fmt(f),
            Self::Decimal(number) => number.fmt(f),
            Self::Boolean(yes) => yes.fmt(f),
            Self::Duration(duration) => f.write_str(&write_duration(*duration)),
            Self::Auto => f.write_str("auto"),
            Self::Never => f.write_str("never"),
            Self::Absent => Ok(()),
        }
    }
}

impl Kind {
    /// Reads a value as the environment or a flag gives it. `None` when it does not fit.
    pub fn parse(self, text: &str) -> Option<Value> {
        let text = text.trim();
        match self {
            Self::Text => (!text.is_empty()).then(|| Value::Text(text.to_owned())),
            Self::OptionalText | Self::Secret => Some(if text.is_empty() {
                Value::Absent
            } else {
                Value::Text(text.to_owned())
            }),
            Self::Path => (!text.is_empty()).then(|| Value::Path(PathBuf::from(text))),
            Self::Paths => {
                let paths = text.split(PATHS_BETWEEN).filter(|path| !path.is_empty());
                Some(paths_or_absent(paths.map(PathBuf::from).collect()))
            }
            Self::Integer { min, max } => integer(text, min, max),
            Self::IntegerOrAuto { min, max } => {
                if text == "auto" {
                    Some(Value::Auto)
                } else {
                    integer(text, min, max)
                }
            }
            Self::Decimal => text
                .parse()
                .ok()
                .filter(|n: &f64| n.is_finite() && *n >= 0.0)
                .map(Value::Decimal),
            Self::DecimalTo { max } => text
                .parse()
                .ok()
                .filter(|n: &f64| (0.0..=f64::from(max)).contains(n))
                .map(Value::Decimal),
            Self::Weight => text
                .parse()
                .ok()
                .filter(|n: &f64| (0.0..=10.0).contains(n))
                .map(Value::Decimal),
            Self::Money => match text {
                "" | "none" => Some(Value::Absent),
                // A million dollars a call is where the books end.
                amount => amount
                    .parse()
                    .ok()
                    .filter(|n: &f64| (0.0..=1e6).contains(n))
                    .map(Value::Decimal),
            },
            Self::Boolean => match text {
                "true" | "1" | "yes" | "on" => Some(Value::Boolean(true)),
                "false" | "0" | "no" | "off" => Some(Value::Boolean(false)),
                _ => None,
            },
            Self::Choice(names) => names.contains(&text).then(|| Value::Text(text.to_owned())),
            Self::Duration => parse_duration(text).map(Value::Duration),
            Self::DurationOrNever => {
                if text == "never" {
                    Some(Value::Never)
                } else {
                    parse_duration(text).map(Value::Duration)
                }
            }
            Self::Url => is_url(text).then(|| Value::Text(text.to_owned())),
            Self::Urls => urls(text.split([' ', ','])),
            Self::ModelId => is_model_id(text).then(|| Value::Text(text.to_owned())),
            Self::Hosts => HostList::parse(text).map(|hosts| Value::Text(hosts.to_string())),
            Self::Names => list(text, is_host_name),
            Self::Origins => list(text, is_origin),
        }
    }

    /// Reads a value as the file gives it. Texts are read as above; numbers and booleans only where the key is one.
    pub fn parse_toml(self, value: &toml::Value) -> Option<Value> {
        match (self, value) {
            (_, toml::Value::String(text)) => self.parse(text),
            (
                Self::Integer { .. }
                | Self::IntegerOrAuto { .. }
                | Self::Decimal
                | Self::DecimalTo { .. }
                | Self::Weight
                | Self::Money,
                toml::Value::Integer(number),
            ) => self.parse(&number.to_string()),
            (
                Self::Decimal | Self::DecimalTo { .. } | Self::Weight | Self::Money,
                toml::Value::Float(number),
            ) => self.parse(&number.to_string()),
            (Self::Boolean, toml::Value::Boolean(yes)) => Some(Value::Boolean(*yes)),
            (Self::Hosts, toml::Value::Array(hosts)) => {
                let hosts: Option<Vec<&str>> = hosts.iter().map(toml::Value::as_str).collect();
                self.parse(&hosts?.join(","))
            }
            (Self::Paths, toml::Value::Array(paths)) => {
                let paths = paths
                    .iter()
                    .map(|path| path.as_str().filter(|path| !path.is_empty()));
                let paths: Option<Vec<PathBuf>> = paths.map(|path| path.map(PathBuf::from)).collect();
                paths.map(paths_or_absent)
            }
            (Self::Names | Self::Origins | Self::Urls, toml::Value::Array(entries)) => {
                let entries: Option<Vec<&str>> = entries.iter().map(toml::Value::as_str).collect();
                self.parse(&entries?.join(","))
            }
            _ => None,
        }
    }

    /// What is accepted, in words.
    pub fn accepted(self) -> String {
        match self {
            Self::Text | Self::OptionalText => "text".to_owned(),
            Self::Secret => "text; never shown".to_owned(),
            Self::Path => "a path".to_owned(),
            Self::Paths => "a list of paths, or paths with `:` between them".to_owned(),
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::IntegerOrAuto { min, max } => format!("auto, or a whole number from {min} to {max}"),
            Self::Decimal => "a number, at least 0".to_owned(),
            Self::DecimalTo { max } => format!("a number from 0 to {max}"),
            Self::Weight => "a number from 0 to 10".to_owned(),
            Self::Money => "US dollars, at most 1000000, or `none`".to_owned(),
            Self::Boolean => "true, false".to_owned(),
            Self::Choice(names) => names.join(", "),
            Self::Duration => "a duration such as 500ms, 30s, 15m, 2h".to_owned(),
            Self::DurationOrNever => "never, or a duration such as 30s, 15m, 2h".to_owned(),
            Self::Url => "a URL that begins with http:// or https://".to_owned(),
            Self::Hosts => {
                "a list of `host`, `host:port`, `*.domain`, `*` and `named`, or these with `,` between them"
                    .to_owned()
            }
            Self::Urls => {
                "a URL that begins with http:// or https://, or a list of different ones".to_owned()
            }
            Self::Names => "a list of host names without ports, or names with `,` between them".to_owned(),
            Self::Origins => {
                "a list of origins such as `https://app.example.org`, or origins with `,` between them"
                    .to_owned()
            }
            Self::ModelId => "letters, digits, `.`, `_`, `-` and `/`, at most 128".to_owned(),
        }
    }
}

impl Value {
    /// The same value with a path made absolute: `~/` by the home directory, relative ones by `base`.
    pub fn resolved(self, base: &Path, home: Option<&Path>) -> Self {
        let resolve = |path: PathBuf| match (path.strip_prefix("~"), home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => base.join(path),
        };
        match self {
            Self::Path(path) => Self::Path(resolve(path)),
            Self::Paths(paths) => Self::Paths(paths.into_iter().map(resolve).collect()),
            other => other,
        }
    }
}

fn paths_or_absent(paths: Vec<PathBuf>) -> Value {
    if paths.is_empty() {
        Value::Absent
    } else {
        Value::Paths(paths)
    }
}

/// Entries with `,` between them, each of which fits.
fn list(text: &str, fits: impl Fn(&str) -> bool) -> Option<Value> {
    let entries: Vec<&str> = text
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .collect();
    if entries.is_empty() {
        return Some(Value::Absent);
    }
    entries
        .iter()
        .all(|entry| fits(entry))
        .then(|| Value::Text(entries.join(",")))
}

fn is_host_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
}

/// A scheme and an authority, and nothing after them.
fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_lowercase())
            && !rest.is_empty()
            && !rest.contains(|c: char| c == '/' || c == '*' || c.is_whitespace())
    })
}

fn integer(text: &str, min: u64, max: u64) -> Option<Value> {
    let digits: String = text.chars().filter(|&c| c != '_').collect();
    digits
        .parse()
        .ok()
        .filter(|number| (min..=max).contains(number))
        .map(Value::Integer)
}

fn is_url(text: &str) -> bool {
    text.strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"))
        .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

/// URLs as one text with a space between them, each without the `/` at its end.
fn urls<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Value> {
    let texts = texts.map(|text| text.trim().trim_end_matches('/'));
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    let different: std::collections::BTreeSet<&&str> = texts.iter().collect();
    let right = !texts.is_empty() && different.len() == texts.len() && texts.iter().all(|text| is_url(text));
    right.then(|| Value::Text(texts.join(" ")))
}

fn is_model_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte))
}

/// Reads `500ms`, `30s`, `15m`, `2h`, `1d`, with a fraction where it helps (`1.5h`).
pub fn parse_duration(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let seconds_per_unit = match unit.trim() {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    let seconds = number.parse::<f64>().ok()? * seconds_per_unit;
    Duration::try_from_secs_f64(seconds).ok()
}

/// The shortest form that [`parse_duration`] reads back exactly.
fn write_duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    for (unit, unit_millis) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] {
        if millis > 0 && millis.is_multiple_of(unit_millis) {
            return format!("{}{unit}", millis / unit_millis);
        }
    }
    format!("{millis}ms")
}
