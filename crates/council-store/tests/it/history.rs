//! `MetricsHistory`.

use crate::store;
use council_core::{MetricsHistory, Resolution, Rollup, Timestamp};
use council_store::Store;
use std::collections::BTreeMap;

const DAY_S: u64 = 86_400;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

fn rollup(start_s: u64, covered_s: u32, value: f64) -> Rollup {
    Rollup {
        start: at(start_s),
        covered_s,
        values: BTreeMap::from([("turns_per_s".to_owned(), value)]),
    }
}

#[tokio::test]
async fn summaries_come_back_in_order_after_a_restart_and_each_resolution_is_apart() {
    let (store, dir) = store();
    let minutes = [rollup(120, 60, 0.25), rollup(180, 60, 1.0 / 3.0)];
    for minute in minutes.iter().rev() {
        store
            .keep_rollup(Resolution::Minute, minute.clone())
            .await
            .unwrap();
    }
    store
        .keep_rollup(Resolution::Quarter, rollup(0, 200, 7.0))
        .await
        .unwrap();
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    let all = |resolution| store.rollups(resolution, at(0), at(1_000));
    assert_eq!(all(Resolution::Minute).await.unwrap(), minutes);
    assert_eq!(all(Resolution::Quarter).await.unwrap(), [rollup(0, 200, 7.0)]);
    let some = store.rollups(Resolution::Minute, at(121), at(180)).await.unwrap();
    assert_eq!(some, []);
}

#[tokio::test]
async fn of_two_summaries_of_one_time_the_one_that_covers_more_stays() {
    let (store, _dir) = store();
    for (covered, value) in [(300, 1.0), (20, 2.0)] {
        let part = rollup(900, covered, value);
        store.keep_rollup(Resolution::Quarter, part).await.unwrap();
    }
    let kept = store
        .rollups(Resolution::Quarter, at(0), at(10_000))
        .await
        .unwrap();
    assert_eq!(kept, [rollup(900, 300, 1.0)]);
    let grown = rollup(900, 360, 3.0);
    store
        .keep_rollup(Resolution::Quarter, grown.clone())
        .await
        .unwrap();
    let kept = store
        .rollups(Resolution::Quarter, at(0), at(10_000))
        .await
        .unwrap();
    assert_eq!(kept, [grown]);
}

#[tokio::test]
async fn minutes_are_kept_for_a_week_and_quarters_for_thirty_days() {
    let (store, _dir) = store();
    for resolution in [Resolution::Minute, Resolution::Quarter] {
        for day in [0, 24, 31] {
            let part = rollup(day * DAY_S, 60, day as f64);
            store.keep_rollup(resolution, part).await.unwrap();
        }
    }
    let kept = async |resolution| {
        let found = store.rollups(resolution, at(0), at(100 * DAY_S)).await.unwrap();
        found
            .iter()
            .map(|one| one.start.as_secs() / DAY_S)
            .collect::<Vec<_>>()
    };
    assert_eq!(kept(Resolution::Minute).await, [24, 31]);
    assert_eq!(kept(Resolution::Quarter).await, [24, 31]);
    store
        .keep_rollup(Resolution::Minute, rollup(32 * DAY_S, 60, 0.0))
        .await
        .unwrap();
    assert_eq!(kept(Resolution::Minute).await, [31, 32]);
}
