//! `MetricsHistory`.

use crate::store;
use council_core::{MetricsHistory, Resolution, Rollup, Timestamp};
use council_store::Store;
use std::collections::BTreeMap;

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

/// As many quarters as thirty days have.
const MONTH: u64 = 30 * 96;

/// The quarters that are kept, as their numbers.
async fn quarters(store: &Store) -> Vec<u64> {
    let found = store
        .rollups(Resolution::Quarter, at(0), at(u64::MAX / 2_000))
        .await
        .unwrap();
    found.iter().map(|one| one.start.as_secs() / 900).collect()
}

async fn keep(store: &Store, quarter: u64) {
    let part = rollup(quarter * 900, 60, quarter as f64);
    store.keep_rollup(Resolution::Quarter, part).await.unwrap();
}

#[tokio::test]
async fn quarters_are_kept_for_thirty_days_and_another_resolution_is_none_of_their_business() {
    let (store, _dir) = store();
    store
        .keep_rollup(Resolution::Minute, rollup(0, 60, 0.0))
        .await
        .unwrap();
    for quarter in 0..MONTH + 2 {
        keep(&store, quarter).await;
    }
    assert_eq!(quarters(&store).await, (2..MONTH + 2).collect::<Vec<_>>());
    let minutes = store.rollups(Resolution::Minute, at(0), at(60)).await.unwrap();
    assert_eq!(minutes.len(), 1);
}

#[tokio::test]
async fn a_clock_that_jumps_forth_and_back_costs_no_more_than_the_time_that_it_was_wrong() {
    const YEAR: u64 = 365 * 96;
    let (store, _dir) = store();
    for quarter in 0..MONTH {
        keep(&store, quarter).await;
    }
    for wrong in 0..2 {
        keep(&store, YEAR + wrong).await;
    }
    for quarter in MONTH..MONTH + 3 {
        keep(&store, quarter).await;
    }
    // What was measured when it was another year is there, too; the rest is what it would have been.
    let expected: Vec<u64> = (3..MONTH + 3).chain([YEAR, YEAR + 1]).collect();
    assert_eq!(quarters(&store).await, expected);
}
