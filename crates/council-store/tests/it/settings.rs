//! `SettingsStore`, method by method.

use crate::store;
use council_core::{
    AuditLine, Page, PrivacyAction, PrivacyKind, SettingChange, Settings, SettingsStore, Timestamp,
};
use council_store::Store;

const ALL: Page = Page {
    offset: 0,
    limit: 1_000,
};

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

#[tokio::test]
async fn what_was_set_is_there_after_a_restart_and_each_change_has_its_line() {
    let (kept, dir) = store();
    assert_eq!(kept.settings().await, Ok(Settings::default()));
    let changes = [
        SettingChange::CloudEnabled(true),
        SettingChange::DailyCap(2_500_000),
        SettingChange::Privacy(PrivacyKind::Email, PrivacyAction::Ask),
        SettingChange::CloudEnabled(false),
    ];
    for (second, change) in changes.into_iter().enumerate() {
        kept.change(change, at(second as u64), "127.0.0.1").await.unwrap();
    }
    drop(kept);
    let kept = Store::open(dir.path()).unwrap();
    let expected = Settings {
        cloud_enabled: Some(false),
        local_only: None,
        daily_cap_micro_usd: Some(2_500_000),
        privacy: [(PrivacyKind::Email, PrivacyAction::Ask)].into(),
    };
    assert_eq!(kept.settings().await, Ok(expected));
    let lines = kept.audit(ALL).await.unwrap();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[0],
        AuditLine {
            at: at(3),
            by: "127.0.0.1".to_owned(),
            setting: "cloud_enabled".to_owned(),
            before: "true".to_owned(),
            after: "false".to_owned(),
        }
    );
    assert_eq!(lines[3].before, "");
}
