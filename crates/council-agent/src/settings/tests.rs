//! Tests of live settings.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use council_core::settings::naive::NaiveSettings;
use council_core::{NanoUsd, VoteRules};

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_000)
    }
}

fn configured() -> Settings {
    Settings {
        vote: VoteRules {
            voices: ["Reason", "Spark", "Edge"].map(str::to_owned).to_vec(),
            ..VoteRules::default()
        },
        ..Settings::default()
    }
}

async fn open(store: &Arc<NaiveSettings>, configured: Settings) -> LiveSettings {
    LiveSettings::open(store.clone(), Arc::new(Stopped), configured)
        .await
        .unwrap()
}

fn to(key: &str, text: &str) -> SettingChange {
    SettingChange::read(key, text).unwrap()
}

async fn audit(settings: &LiveSettings) -> Vec<(i64, String, String, String)> {
    let all = Page {
        offset: 0,
        limit: 100,
    };
    let lines = settings.audit(AuditFilter::default(), all).await.unwrap();
    lines
        .into_iter()
        .map(|AuditEntry { id, line }| (id, line.setting, line.before, line.after))
        .collect()
}

fn line(id: i64, key: &str, before: &str, after: &str) -> (i64, String, String, String) {
    (id, key.to_owned(), before.to_owned(), after.to_owned())
}

#[tokio::test]
async fn what_is_set_is_in_force_survives_and_goes_back_to_what_is_configured() {
    let store = Arc::default();
    let settings = open(&store, configured()).await;
    settings
        .change(vec![to("routing.accept.math", "0.9")], "me")
        .await
        .unwrap();
    assert!((settings.current().rules.accept.math - 0.9).abs() < 1e-9);
    let settings = open(&store, configured()).await;
    let state = settings
        .all()
        .into_iter()
        .find(|one| one.setting.key == "routing.accept.math")
        .unwrap();
    assert_eq!(
        (state.value, state.configured, state.since, state.problem),
        (
            SettingValue::Decimal(0.9),
            SettingValue::Decimal(0.7),
            Some(Timestamp::from_millis(1_000)),
            None
        )
    );
    settings
        .change(vec![SettingChange::reset("routing.accept.math").unwrap()], "me")
        .await
        .unwrap();
    assert_eq!(*settings.current(), configured());
    assert_eq!(
        audit(&settings).await,
        [
            line(2, "routing.accept.math", "0.9", ""),
            line(1, "routing.accept.math", "", "0.9")
        ]
    );
}

#[tokio::test]
async fn of_several_changes_all_are_made_or_none() {
    let store = Arc::default();
    let settings = open(&store, configured()).await;
    let error = settings
        .change(vec![to("cloud.enabled", "true"), to("vote.quorum", "4")], "me")
        .await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "`vote.quorum` is 4 of 3 voices; it must be from 1 to 3"
    );
    assert_eq!(
        (settings.current().cloud_enabled, audit(&settings).await),
        (false, vec![])
    );
    // Together they are right though one alone is not.
    settings
        .change(vec![to("vote.voices", "Edge"), to("vote.quorum", "1")], "me")
        .await
        .unwrap();
    assert_eq!(settings.current().vote.quorum, 1);
}

#[tokio::test]
async fn what_is_so_already_is_no_change() {
    let settings = open(&Arc::default(), configured()).await;
    for _ in 0..2 {
        settings
            .change(vec![to("cloud.enabled", "true")], "me")
            .await
            .unwrap();
    }
    assert_eq!(audit(&settings).await, [line(1, "cloud.enabled", "", "true")]);
}

#[tokio::test]
async fn a_change_is_undone_unless_the_setting_was_changed_again_or_somebody_insists() {
    let settings = open(&Arc::default(), configured()).await;
    for text in ["10", "20"] {
        settings
            .change(vec![to("budget.daily_usd", text)], "me")
            .await
            .unwrap();
    }
    let refused = settings.undo(1, false, "me").await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`budget.daily_usd` was changed again since: it was `10` after this line and is `20`; undo it all the same with `force`"
    );
    settings.undo(2, false, "me").await.unwrap();
    assert_eq!(settings.current().caps.daily, Some(NanoUsd(10_000_000_000)));
    // Now the first line tells the present again.
    settings.undo(1, false, "me").await.unwrap();
    assert_eq!(settings.current().caps, configured().caps);
    settings.undo(2, true, "me").await.unwrap();
    assert_eq!(settings.current().caps.daily, Some(NanoUsd(10_000_000_000)));
    assert_eq!(audit(&settings).await[0], line(5, "budget.daily_usd", "", "10"));
    assert_eq!(settings.undo(99, false, "me").await, Err(ChangeError::NoLine(99)));
    settings
        .note("api_key.acme".to_owned(), "stored", "me")
        .await
        .unwrap();
    assert_eq!(
        settings.undo(6, true, "me").await,
        Err(ChangeError::NotUndoable("api_key.acme".to_owned()))
    );
}

#[tokio::test]
async fn what_no_longer_goes_with_the_configuration_is_not_in_force_and_says_why() {
    let store = Arc::default();
    let settings = open(&store, configured()).await;
    settings
        .change(vec![to("vote.quorum", "3"), to("cloud.enabled", "true")], "me")
        .await
        .unwrap();
    let mut smaller = configured();
    smaller.vote.voices.truncate(2);
    let settings = open(&store, smaller).await;
    assert_eq!(
        (settings.current().vote.quorum, settings.current().cloud_enabled),
        (2, true)
    );
    let state = settings
        .all()
        .into_iter()
        .find(|one| one.setting.key == "vote.quorum")
        .unwrap();
    assert_eq!(
        state.problem.as_deref(),
        Some("`vote.quorum` is 3 of 2 voices; it must be from 1 to 2")
    );
    settings.change(vec![to("vote.quorum", "1")], "me").await.unwrap();
    assert!(settings.all().iter().all(|state| state.problem.is_none()));
}

#[tokio::test]
async fn who_waits_for_a_setting_hears_of_it() {
    let settings = open(&Arc::default(), configured()).await;
    let waiting = settings.wait_for(|settings| settings.local_only);
    let change = settings.change(vec![to("cloud.local_only", "true")], "me");
    let ((), changed) = tokio::join!(waiting, change);
    changed.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_another_process_changes_is_in_force_here_at_the_next_look() {
    let store = Arc::default();
    let ours = open(&store, configured()).await;
    let theirs = open(&store, configured()).await;
    let usual = ours.current().rules.accept.math;
    let is = |value: f64| move |settings: &Settings| (settings.rules.accept.math - value).abs() < 1e-9;
    let changed = async {
        theirs
            .change(vec![to("routing.accept.math", "0.9")], "them")
            .await
            .unwrap();
        ours.wait_for(is(0.9)).await;
        // A change of our own does not hide one of theirs.
        ours.change(vec![to("cloud.enabled", "true")], "us")
            .await
            .unwrap();
        let reset = SettingChange::reset("routing.accept.math").unwrap();
        theirs.change(vec![reset], "them").await.unwrap();
        ours.wait_for(is(usual)).await;
        theirs.wait_for(|settings| settings.cloud_enabled).await;
    };
    tokio::select! {
        () = ours.follow(Duration::from_millis(500), async || {}) => unreachable!("it follows for ever"),
        () = theirs.follow(Duration::from_millis(500), async || {}) => unreachable!("it follows for ever"),
        () = changed => {}
    }
    assert!(ours.current().cloud_enabled);
}
