//! Tests of settings.

use super::*;

#[test]
fn amounts_are_read_exactly_and_others_refused() {
    for (text, expected) in [
        ("0", Some(0)),
        ("10", Some(10_000_000)),
        ("2.5", Some(2_500_000)),
        ("0.000001", Some(1)),
        ("1000000", Some(LARGEST_CAP_MICRO_USD)),
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
fn every_change_is_read_back_from_its_name_and_value() {
    let mut changes = vec![
        SettingChange::CloudEnabled(true),
        SettingChange::LocalOnly(false),
        SettingChange::DailyCap(1_234_567),
    ];
    for kind in PrivacyKind::ALL {
        changes.extend(PrivacyAction::ALL.map(|action| SettingChange::Privacy(kind, action)));
    }
    for change in changes {
        assert_eq!(
            SettingChange::parse(&change.name(), &change.value()),
            Some(change)
        );
    }
    assert_eq!(SettingChange::parse("cloud_enabled", "perhaps"), None);
    assert_eq!(SettingChange::parse("privacy.weather", "allow"), None);
}
