//! Tests of settings.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::budget::NanoUsd;
use std::collections::BTreeSet;

#[test]
fn amounts_are_read_exactly_and_others_refused() {
    for (text, expected) in [
        ("0", Some(0)),
        ("10", Some(10_000_000)),
        ("2.5", Some(2_500_000)),
        ("0.000001", Some(1)),
        ("1000000", Some(1_000_000_000_000)),
        ("1000000.1", None),
        ("0.0000001", None),
        ("-1", None),
        ("1e3", None),
        ("NaN", None),
        ("", None),
        (".5", None),
        ("5.", None),
    ] {
        assert_eq!(micro_usd(text), expected, "{text}");
    }
}

#[test]
fn every_value_is_read_back_from_its_text_and_stays_in_its_own_field() {
    let mut keys = BTreeSet::new();
    for setting in SETTINGS {
        assert!(keys.insert(setting.key), "{} is there twice", setting.key);
        let other = other_than(setting, &setting.get(&Settings::default()));
        assert_eq!(
            setting.kind.parse(&other.to_string()),
            Some(other.clone()),
            "{}",
            setting.key
        );
        let mut settings = Settings::default();
        setting.put(&mut settings, other.clone());
        assert_eq!(setting.get(&settings), other, "{}", setting.key);
        let changed = SETTINGS
            .iter()
            .filter(|one| one.get(&settings) != one.get(&Settings::default()));
        assert_eq!(
            changed.count(),
            1,
            "{} changes itself and nothing else",
            setting.key
        );
    }
}

/// A value that it can have and does not.
fn other_than(setting: &Setting, value: &SettingValue) -> SettingValue {
    let candidates = match setting.kind {
        SettingKind::Switch => vec![SettingValue::Switch(true), SettingValue::Switch(false)],
        SettingKind::Count { min, max, .. } => vec![SettingValue::Count(min), SettingValue::Count(max)],
        SettingKind::Decimal { .. } => vec![SettingValue::Decimal(0.25), SettingValue::Decimal(0.75)],
        SettingKind::Money => vec![SettingValue::Money(Some(NanoUsd(2_500_001_000)))],
        SettingKind::Duration { .. } => vec![SettingValue::Duration(Duration::from_millis(2_250))],
        SettingKind::Choice(words) => words
            .iter()
            .map(|word| SettingValue::Choice((*word).to_owned()))
            .collect(),
        SettingKind::Model => vec![SettingValue::Model(Some("larger".to_owned()))],
        SettingKind::Voices => vec![SettingValue::Voices(vec!["Edge".to_owned(), "Heart".to_owned()])],
        SettingKind::Hosts { .. } => vec![SettingValue::Hosts(
            HostList::parse("named, *.example.org, 10.0.0.5:8000").unwrap(),
        )],
    };
    candidates.into_iter().find(|one| one != value).unwrap()
}

#[test]
fn values_out_of_range_and_of_another_kind_are_refused_with_what_is_accepted() {
    for (key, value, part) in [
        ("routing.accept.math", SettingValue::Decimal(1.5), "from 0 to 1"),
        (
            "routing.accept.math",
            SettingValue::Decimal(f64::NAN),
            "from 0 to 1",
        ),
        ("routing.accept.math", SettingValue::Switch(true), "from 0 to 1"),
        ("vote.quorum", SettingValue::Count(0), "from 1 to 16"),
        (
            "privacy.email",
            SettingValue::Choice("shout".to_owned()),
            "`redact`",
        ),
        ("vote.voices", SettingValue::Voices(Vec::new()), "at least one"),
        (
            "egress.allow",
            SettingValue::Hosts(HostList(Vec::new())),
            "at least one",
        ),
        (
            "vote.voices",
            SettingValue::Voices(vec!["Edge".to_owned(); 2]),
            "different voices",
        ),
        (
            "routing.model.chat",
            SettingValue::Model(Some(String::new())),
            "id of an installed",
        ),
        (
            "budget.daily_usd",
            SettingValue::Money(Some(NanoUsd(1))),
            "six decimals",
        ),
    ] {
        let error = SettingChange::set(key, value).unwrap_err();
        assert_eq!(error.key(), key);
        assert!(error.to_string().contains(part), "{error}");
    }
    let error = SettingChange::set("weather", SettingValue::Switch(true)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`weather` is no setting; GET /v1/settings lists all of them"
    );
}

#[test]
fn an_empty_text_means_as_configured() {
    assert_eq!(SettingChange::read("cloud.enabled", "").unwrap().value, None);
    assert_eq!(
        SettingChange::read("cloud.enabled", "true").unwrap().value,
        Some(SettingValue::Switch(true))
    );
    assert!(SettingChange::read("cloud.enabled", "perhaps").is_err());
}

#[test]
fn values_that_contradict_each_other_are_refused() {
    let configured = Settings {
        vote: VoteRules {
            voices: ["Reason", "Spark", "Edge"].map(str::to_owned).to_vec(),
            ..VoteRules::default()
        },
        ..Settings::default()
    };
    assert_eq!(configured.check(&configured), Ok(()));
    let with = |key: &str, text: &str| {
        let mut settings = configured.clone();
        let change = SettingChange::read(key, text).unwrap();
        change.setting.put(&mut settings, change.value.unwrap());
        settings.check(&configured).map_err(|error| error.to_string())
    };
    assert_eq!(with("vote.quorum", "3"), Ok(()));
    for (key, text, message) in [
        (
            "vote.quorum",
            "4",
            "`vote.quorum` is 4 of 3 voices; it must be from 1 to 3",
        ),
        (
            "vote.voices",
            "Edge, Nobody",
            "`vote.voices` names `Nobody`; the voices are Reason, Spark, Edge",
        ),
        (
            "vote.voices",
            "Edge",
            "`vote.quorum` is 2 of 1 voices; it must be from 1 to 1",
        ),
        (
            "vote.total_time_limit",
            "30s",
            "`vote.voice_time_limit` is 60 s and the whole vote may take 30 s; lower one or raise `vote.total_time_limit`",
        ),
        (
            "sandbox.limits.memory_mib",
            "513",
            "`sandbox.limits.memory_mib` is 513 MiB; the configuration's `sandbox.maximum.memory_mib` allows 512 MiB at most",
        ),
    ] {
        assert_eq!(with(key, text), Err(message.to_owned()));
    }
}
