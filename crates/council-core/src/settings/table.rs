//! The table of everything that can be set: what a line of it is.
//!
//! - `lines`: the lines

use super::{SettingError, SettingKind, SettingValue, Settings, TurnMemory};
use crate::budget::NanoUsd;
use crate::egress::HostList;
use std::time::Duration;

/// What a setting is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingGroup {
    /// Which models are asked.
    Models,
    /// Who answers.
    Routing,
    /// Votes.
    Council,
    /// Models elsewhere and their cost.
    Cloud,
    /// What may not leave this machine unseen.
    Privacy,
    /// Programs.
    Sandbox,
    /// What is remembered.
    Memory,
}

impl SettingGroup {
    /// The group's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Routing => "routing",
            Self::Council => "council",
            Self::Cloud => "cloud",
            Self::Privacy => "privacy",
            Self::Sandbox => "sandbox",
            Self::Memory => "memory",
        }
    }
}

/// From when on a changed setting counts. What runs is finished as it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingScope {
    /// Every call of a model on another machine.
    NextCall,
    /// Every turn.
    NextTurn,
    /// Every vote.
    NextVote,
    /// Every run of a program.
    NextRun,
    /// Everything that is heard.
    NextMessage,
    /// What is kept now.
    AtOnce,
}

impl SettingScope {
    /// The scope's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NextCall => "next_call",
            Self::NextTurn => "next_turn",
            Self::NextVote => "next_vote",
            Self::NextRun => "next_run",
            Self::NextMessage => "next_message",
            Self::AtOnce => "at_once",
        }
    }
}

/// One thing that can be set.
#[derive(Debug)]
pub struct Setting {
    /// Its name everywhere: the configuration's key where it has one.
    pub key: &'static str,
    /// What it is about.
    pub group: SettingGroup,
    /// What its value looks like.
    pub kind: SettingKind,
    /// From when on a change counts.
    pub scope: SettingScope,
    /// What it does, in one line.
    pub effect: &'static str,
    get: fn(&Settings) -> SettingValue,
    put: fn(&mut Settings, SettingValue),
}

impl PartialEq for Setting {
    /// Keys are unique.
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Setting {
    /// The one with this key.
    ///
    /// # Errors
    /// [`SettingError::Unknown`].
    pub fn of(key: &str) -> Result<&'static Self, SettingError> {
        let found = SETTINGS.iter().find(|setting| setting.key == key);
        found.ok_or_else(|| SettingError::Unknown { key: key.to_owned() })
    }

    /// Whether it can have this value.
    ///
    /// # Errors
    /// [`SettingError::Invalid`] with what would be accepted.
    pub fn check(&self, value: &SettingValue) -> Result<(), SettingError> {
        if self.kind.takes(value) {
            Ok(())
        } else {
            Err(self.invalid(&value.to_string()))
        }
    }

    /// That it cannot be this.
    pub fn invalid(&self, value: &str) -> SettingError {
        SettingError::Invalid {
            key: self.key.to_owned(),
            value: format!("`{value}`"),
            accepted: self.kind.accepted(),
        }
    }

    /// Its value there.
    pub fn get(&self, settings: &Settings) -> SettingValue {
        (self.get)(settings)
    }

    /// Gives it a value that was checked; one of another kind changes nothing.
    pub fn put(&self, settings: &mut Settings, value: SettingValue) {
        (self.put)(settings, value);
    }
}

/// A field of [`Settings`] as a value.
trait Field: Sized {
    fn to_value(&self) -> SettingValue;
    fn of_value(value: SettingValue) -> Option<Self>;
}

macro_rules! field {
    ($type:ty, $variant:ident, |$field:ident| $to:expr, |$value:ident| $of:expr) => {
        impl Field for $type {
            fn to_value(&self) -> SettingValue {
                let $field = self;
                SettingValue::$variant($to)
            }

            fn of_value(value: SettingValue) -> Option<Self> {
                match value {
                    SettingValue::$variant($value) => Some($of),
                    _ => None,
                }
            }
        }
    };
}

field!(bool, Switch, |yes| *yes, |yes| yes);
field!(u64, Count, |count| *count, |count| count);
field!(u32, Count, |count| u64::from(*count), |count| u32::try_from(
    count
)
.unwrap_or(u32::MAX));
field!(usize, Count, |count| *count as u64, |count| count as usize);
field!(f64, Decimal, |number| *number, |number| number);
// By its decimal digits: 0.02 is to stay 0.02.
field!(
    f32,
    Decimal,
    |number| number.to_string().parse().unwrap_or_default(),
    |number| number as f32
);
field!(Option<NanoUsd>, Money, |amount| *amount, |amount| amount);
field!(Duration, Duration, |time| *time, |time| time);
field!(Option<String>, Model, |id| id.clone(), |id| id);
field!(Vec<String>, Voices, |names| names.clone(), |names| names);
field!(HostList, Hosts, |hosts| hosts.clone(), |hosts| hosts);
field!(TurnMemory, Choice, |turns| turns.as_str().to_owned(), |word| {
    TurnMemory::parse(&word)?
});

/// One line of the table: key, group, kind, scope, field, effect.
macro_rules! setting {
    ($key:literal, $group:ident, $kind:expr, $scope:ident, $($field:ident).+, $effect:literal) => {
        Setting {
            key: $key,
            group: SettingGroup::$group,
            kind: $kind,
            scope: SettingScope::$scope,
            effect: $effect,
            get: |settings| Field::to_value(&settings.$($field).+),
            put: |settings, value| {
                if let Some(value) = Field::of_value(value) {
                    settings.$($field).+ = value;
                }
            },
        }
    };
}

/// The same of a number that is kept in another unit: `$unit` of it are one of the setting's.
macro_rules! scaled {
    ($key:literal, $kind:expr, $unit:literal, $field:ident, $effect:literal) => {
        Setting {
            key: $key,
            group: SettingGroup::Sandbox,
            kind: $kind,
            scope: SettingScope::NextRun,
            effect: $effect,
            get: |settings| SettingValue::Count(settings.sandbox.limits.usual.$field / $unit),
            put: |settings, value| {
                if let SettingValue::Count(count) = value {
                    settings.sandbox.limits.usual.$field = count.saturating_mul($unit);
                }
            },
        }
    };
}

/// What is done about one kind of private text.
macro_rules! privacy {
    ($key:literal, $kind:ident, $effect:literal) => {
        privacy!($key, $kind, &["allow", "redact", "ask", "block"], $effect)
    };
    ($key:literal, $kind:ident, $words:expr, $effect:literal) => {
        Setting {
            key: $key,
            group: SettingGroup::Privacy,
            kind: SettingKind::Choice($words),
            scope: SettingScope::NextCall,
            effect: $effect,
            get: |settings| {
                let kind = PrivacyKind::$kind;
                let action = settings
                    .privacy
                    .get(&kind)
                    .copied()
                    .unwrap_or(kind.usual_action());
                SettingValue::Choice(action.as_str().to_owned())
            },
            put: |settings, value| {
                if let SettingValue::Choice(word) = value
                    && let Some(action) = PrivacyAction::parse(&word)
                {
                    settings.privacy.insert(PrivacyKind::$kind, action);
                }
            },
        }
    };
}

mod lines;

pub use lines::SETTINGS;
