//! `SettingsStore`, method by method.

use super::store;
use council_core::{AuditFilter, AuditLine, Page, SettingsStore, StoredChange, StoredSetting, Timestamp};

const ALL: Page = Page {
    offset: 0,
    limit: 1_000,
};

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

fn change(key: &str, value: Option<&str>) -> StoredChange {
    StoredChange {
        key: key.to_owned(),
        value: value.map(str::to_owned),
    }
}

#[tokio::test]
async fn what_was_set_is_there_after_a_restart_and_each_change_has_its_line() {
    let (kept, home) = store().await;
    assert_eq!(kept.settings().await, Ok(Vec::new()));
    let changes = [
        vec![
            change("cloud.enabled", Some("true")),
            change("budget.daily_usd", Some("2.5")),
        ],
        vec![change("privacy.email", Some("ask"))],
        vec![change("cloud.enabled", Some("false"))],
        vec![change("privacy.email", None)],
    ];
    for (second, changes) in changes.into_iter().enumerate() {
        kept.change(changes, at(second as u64), "127.0.0.1")
            .await
            .unwrap();
    }
    drop(kept);
    let kept = home.open().await;
    let stored = |key: &str, value: &str, second| StoredSetting {
        key: key.to_owned(),
        value: value.to_owned(),
        at: at(second),
    };
    let expected = vec![
        stored("budget.daily_usd", "2.5", 0),
        stored("cloud.enabled", "false", 2),
    ];
    assert_eq!(kept.settings().await, Ok(expected));
    let lines = kept.audit(AuditFilter::default(), ALL).await.unwrap();
    assert_eq!(lines.len(), 5);
    let line = |second, setting: &str, before: &str, after: &str| AuditLine {
        at: at(second),
        by: "127.0.0.1".to_owned(),
        setting: setting.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
    };
    assert_eq!(lines[0].line, line(3, "privacy.email", "ask", ""));
    assert_eq!(lines[1].line, line(2, "cloud.enabled", "true", "false"));
    assert_eq!(lines[4].line, line(0, "cloud.enabled", "", "true"));
    assert_eq!(
        kept.audit_entry(lines[1].id).await.unwrap().as_ref(),
        Some(&lines[1])
    );
    assert_eq!(kept.audit_entry(999).await, Ok(None));
}

#[tokio::test]
async fn the_audit_is_filtered_by_setting_by_whom_and_by_time() {
    let (kept, _dir) = store().await;
    for (second, key, by) in [
        (1, "cloud.enabled", "127.0.0.1"),
        (2, "cloud.local_only", "::1"),
        (3, "routing.larger", "127.0.0.1"),
    ] {
        kept.change(vec![change(key, Some("true"))], at(second), by)
            .await
            .unwrap();
    }
    let found = async |filter: AuditFilter| {
        let lines = kept.audit(filter, ALL).await.unwrap();
        lines
            .into_iter()
            .map(|entry| entry.line.setting)
            .collect::<Vec<_>>()
    };
    let text = |text: &str| Some(text.to_owned());
    let filter = AuditFilter::default;
    assert_eq!(
        found(AuditFilter {
            setting: text("cloud."),
            ..filter()
        })
        .await,
        ["cloud.local_only", "cloud.enabled"]
    );
    // Not a pattern: nothing begins with a percent sign.
    assert!(
        found(AuditFilter {
            setting: text("%"),
            ..filter()
        })
        .await
        .is_empty()
    );
    assert_eq!(
        found(AuditFilter {
            by: text("::1"),
            ..filter()
        })
        .await,
        ["cloud.local_only"]
    );
    let between = AuditFilter {
        since: Some(at(2)),
        until: Some(at(3)),
        ..filter()
    };
    assert_eq!(found(between).await, ["cloud.local_only"]);
}
