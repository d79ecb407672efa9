//! Tests of settings on the wire.

use super::*;
use council_core::settings::SETTINGS;

#[test]
fn every_default_is_read_back_from_its_json() {
    for setting in SETTINGS {
        let value = setting.get(&council_core::Settings::default());
        assert_eq!(
            from_json(setting.kind, &to_json(&value)),
            Some(value),
            "{}",
            setting.key
        );
    }
}

#[test]
fn values_of_another_kind_and_amounts_that_would_be_rounded_are_none() {
    let money = SettingKind::Money;
    let nano = |nano| Some(SettingValue::Money(Some(NanoUsd(nano))));
    assert_eq!(from_json(money, &json!(10)), nano(10_000_000_000));
    assert_eq!(from_json(money, &json!(10.0)), nano(10_000_000_000));
    assert_eq!(from_json(money, &json!(2.05)), nano(2_050_000_000));
    assert_eq!(from_json(money, &json!(null)), Some(SettingValue::Money(None)));
    let time = SettingKind::Duration {
        min: Duration::ZERO,
        max: Duration::MAX,
    };
    assert_eq!(
        from_json(time, &json!(0.25)),
        Some(SettingValue::Duration(Duration::from_millis(250)))
    );
    for (kind, value) in [
        (money, json!(-1)),
        (money, json!(0.000_000_1)),
        (money, json!("10")),
        (time, json!(0.000_1)),
        (time, json!(-1)),
        (time, json!(null)),
        (SettingKind::Switch, json!("true")),
        (SettingKind::Voices, json!(["Edge", 1])),
        (SettingKind::Model, json!(7)),
    ] {
        assert_eq!(from_json(kind, &value), None, "{value}");
    }
}
