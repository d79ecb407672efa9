//! `Budget`, method by method, and under load.

use super::{AT_ONCE, SHARED, store};
use council_core::{
    Budget, BudgetError, CapKind, Caps, NanoUsd, Reservation, Spending, Spent, StoreError, Timestamp,
};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// 2026-11-22, noon, UTC.
const NOON: Timestamp = Timestamp::from_millis(1_795_348_800_000);

fn call(id: &str, nano: u64) -> Reservation {
    Reservation {
        id: id.to_owned(),
        request_id: "r".to_owned(),
        key: String::new(),
        model: "gpt".to_owned(),
        amount: NanoUsd(nano),
        at: NOON,
        expires_at: NOON.after(Duration::from_mins(5)),
    }
}

fn daily(nano: u64) -> Caps {
    Caps {
        daily: Some(NanoUsd(nano)),
        ..Caps::default()
    }
}

fn refused(kind: CapKind, cap: u64, used: u64, asked: u64) -> Result<(), BudgetError> {
    Err(BudgetError::Exceeded {
        kind,
        cap: NanoUsd(cap),
        used: NanoUsd(used),
        asked: NanoUsd(asked),
        model: "gpt".to_owned(),
    })
}

#[tokio::test]
async fn what_is_reserved_counts_until_it_is_known_what_it_cost() {
    let (store, _dir) = store().await;
    store.reserve(call("a", 600), daily(1_000)).await.unwrap();
    assert_eq!(
        store.reserve(call("b", 500), daily(1_000)).await,
        refused(CapKind::Day, 1_000, 600, 500)
    );
    store.charge("a", NanoUsd(100)).await.unwrap();
    store.reserve(call("b", 900), daily(1_000)).await.unwrap();
    assert_eq!(
        store.spending(NOON).await.unwrap(),
        Spending {
            today: NanoUsd(1_000),
            month: NanoUsd(1_000),
            reserved: NanoUsd(900),
        }
    );
}

#[tokio::test]
async fn a_refused_reservation_leaves_nothing_and_its_id_free() {
    let (store, _dir) = store().await;
    assert!(store.reserve(call("a", 2), daily(1)).await.is_err());
    assert_eq!(store.spending(NOON).await.unwrap(), Spending::default());
    store.reserve(call("a", 1), daily(1)).await.unwrap();
}

#[tokio::test]
async fn a_call_is_charged_once() {
    let (store, _dir) = store().await;
    store.reserve(call("a", 10), Caps::default()).await.unwrap();
    store.charge("a", NanoUsd(7)).await.unwrap();
    assert_eq!(
        store.charge("a", NanoUsd(7)).await,
        Err(StoreError::Invalid(
            "the reservation `a` was charged before".to_owned()
        ))
    );
    assert_eq!(
        store.charge("b", NanoUsd(7)).await,
        Err(StoreError::NotFound {
            what: "reservation",
            id: "b".to_owned()
        })
    );
    assert_eq!(store.spending(NOON).await.unwrap().today, NanoUsd(7));
}

#[tokio::test]
async fn the_same_reservation_is_not_made_twice() {
    let (store, _dir) = store().await;
    store.reserve(call("a", 10), Caps::default()).await.unwrap();
    assert!(store.reserve(call("a", 10), Caps::default()).await.is_err());
    assert_eq!(store.spending(NOON).await.unwrap().today, NanoUsd(10));
}

#[tokio::test]
async fn each_bound_counts_what_belongs_to_it() {
    let (store, _dir) = store().await;
    let all = Caps {
        per_request: Some(NanoUsd(10)),
        per_key: Some(NanoUsd(20)),
        daily: Some(NanoUsd(30)),
        monthly: Some(NanoUsd(40)),
    };
    let by = |id: &str, request: &str, key: &str, at: Timestamp| Reservation {
        request_id: request.to_owned(),
        key: key.to_owned(),
        at,
        ..call(id, 8)
    };
    let yesterday = Timestamp::from_millis(NOON.as_millis() - 86_400_000);
    let last_month = Timestamp::from_millis(NOON.as_millis() - 30 * 86_400_000);
    store.reserve(by("1", "r1", "k1", last_month), all).await.unwrap();
    store.reserve(by("2", "r2", "k1", yesterday), all).await.unwrap();
    store.reserve(by("3", "r3", "k1", NOON), all).await.unwrap();
    assert_eq!(
        store.reserve(by("4", "r3", "k1", NOON), all).await,
        refused(CapKind::Request, 10, 8, 8)
    );
    store.reserve(by("5", "r5", "k1", NOON), all).await.unwrap();
    assert_eq!(
        store.reserve(by("6", "r6", "k1", NOON), all).await,
        refused(CapKind::Key, 20, 16, 8)
    );
    store.reserve(by("7", "r7", "k2", NOON), all).await.unwrap();
    assert_eq!(
        store.reserve(by("8", "r8", "", NOON), all).await,
        refused(CapKind::Day, 30, 24, 8)
    );
    let without_day = Caps { daily: None, ..all };
    store.reserve(by("9", "r9", "", NOON), without_day).await.unwrap();
    assert_eq!(
        store.reserve(by("10", "r10", "", NOON), without_day).await,
        refused(CapKind::Month, 40, 40, 8)
    );
}

#[tokio::test]
async fn what_nobody_charged_in_time_counts_in_full_until_somebody_does() {
    let (store, _dir) = store().await;
    store.reserve(call("a", 10), Caps::default()).await.unwrap();
    assert_eq!(store.expire(NOON).await, Ok(0), "it may still run");
    let later = NOON.after(Duration::from_mins(5));
    assert_eq!(store.expire(later).await, Ok(1));
    assert_eq!(store.expire(later).await, Ok(0));
    let spending = store.spending(NOON).await.unwrap();
    assert_eq!((spending.today, spending.reserved), (NanoUsd(10), NanoUsd::ZERO));
    store.charge("a", NanoUsd(3)).await.unwrap();
    assert_eq!(store.spending(NOON).await.unwrap().today, NanoUsd(3));
    assert!(store.charge("a", NanoUsd(3)).await.is_err());
}

#[tokio::test]
async fn what_a_process_left_open_is_charged_in_full_by_the_next() {
    let (store, home) = store().await;
    store.reserve(call("a", 10), Caps::default()).await.unwrap();
    store.reserve(call("b", 10), Caps::default()).await.unwrap();
    store.charge("b", NanoUsd(4)).await.unwrap();
    drop(store);
    let store = home.open().await;
    let spending = |reserved| Spending {
        today: NanoUsd(14),
        month: NanoUsd(14),
        reserved: NanoUsd(reserved),
    };
    // Where others may still be at work, only after its time.
    let reserved = if SHARED { 10 } else { 0 };
    assert_eq!(store.spending(NOON).await.unwrap(), spending(reserved));
    store.expire(NOON.after(Duration::from_mins(5))).await.unwrap();
    assert_eq!(store.spending(NOON).await.unwrap(), spending(0));
}

#[tokio::test]
async fn models_are_listed_by_what_they_cost() {
    let (store, _dir) = store().await;
    for (id, model, cost) in [
        ("1", "small", 5),
        ("2", "large", 50),
        ("3", "small", 6),
        ("4", "free", 0),
    ] {
        let model = model.to_owned();
        store
            .reserve(
                Reservation {
                    model,
                    ..call(id, 100)
                },
                Caps::default(),
            )
            .await
            .unwrap();
        store.charge(id, NanoUsd(cost)).await.unwrap();
    }
    let spent = |model: &str, calls, amount| Spent {
        model: model.to_owned(),
        calls,
        amount: NanoUsd(amount),
    };
    assert_eq!(
        store.spent_since(NOON.start_of_day()).await.unwrap(),
        [spent("large", 1, 50), spent("small", 2, 11)]
    );
    assert_eq!(
        store
            .spent_since(NOON.after(Duration::from_secs(1)))
            .await
            .unwrap(),
        []
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_reservations_at_once_never_exceed_the_bound() {
    const CENT: u64 = 10_000_000;
    let (store, _dir) = store().await;
    let places = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let cap = daily(777 * CENT);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..10_000_u64 {
        let (store, places) = (Arc::clone(&store), Arc::clone(&places));
        tasks.spawn(async move {
            let _place = places.acquire().await.unwrap();
            let id = format!("c{number}");
            let asked = call(&id, CENT + number % 3 * CENT / 2);
            let reserved = store.reserve(asked, cap).await.is_ok();
            // Some end at once, for half of what they reserved, and make room.
            if reserved && number % 4 == 0 {
                store.charge(&id, NanoUsd(CENT / 2)).await.unwrap();
            }
            reserved
        });
    }
    let granted = tasks
        .join_all()
        .await
        .into_iter()
        .filter(|granted| *granted)
        .count();
    let spending = store.spending(NOON).await.unwrap();
    assert!(spending.today <= NanoUsd(777 * CENT), "{spending:?}");
    // Each took two cents at most.
    assert!(granted >= 777 / 2, "{granted} of the calls that fit were granted");
}

#[derive(Clone, Debug)]
enum Act {
    Reserve { call: u8, amount: u64 },
    Charge { call: u8, amount: u64 },
    Reopen,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..20_u8, 0..500_u64).prop_map(|(call, amount)| Act::Reserve { call, amount }),
        4 => (0..20_u8, 0..500_u64).prop_map(|(call, amount)| Act::Charge { call, amount }),
        1 => Just(Act::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_books_agree_with_a_plain_list_whatever_happens(acts in prop::collection::vec(act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (mut store, home) = store().await;
            // For each call what it counts for, and whether it was charged.
            let mut books: std::collections::BTreeMap<u8, (u64, bool)> = std::collections::BTreeMap::new();
            for act in acts {
                match act {
                    Act::Reserve { call: number, amount } => {
                        let sum: u64 = books.values().map(|(counted, _)| counted).sum();
                        let id = format!("c{number}");
                        let done = store.reserve(call(&id, amount), daily(2_000)).await;
                        let fits = sum + amount <= 2_000 && !books.contains_key(&number);
                        assert_eq!(done.is_ok(), fits);
                        if fits {
                            books.insert(number, (amount, false));
                        }
                    }
                    Act::Charge { call: number, amount } => {
                        let done = store.charge(&format!("c{number}"), NanoUsd(amount)).await;
                        let open = books.get_mut(&number).filter(|(_, charged)| !charged);
                        assert_eq!(done.is_ok(), open.is_some());
                        if let Some(entry) = open {
                            *entry = (amount, true);
                        }
                    }
                    Act::Reopen => {
                        drop(store);
                        store = home.open().await;
                    }
                }
                let sum: u64 = books.values().map(|(counted, _)| counted).sum();
                assert_eq!(store.spending(NOON).await.unwrap().today, NanoUsd(sum));
            }
        });
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_frees_no_money_and_one_that_is_set_forth_begins_a_new_day() {
    const DAY: Duration = Duration::from_hours(24);
    let yesterday = Timestamp::from_millis(NOON.as_millis() - DAY.as_millis() as u64);
    let (store, _dir) = store().await;
    store.reserve(call("a", 1_000), daily(1_000)).await.unwrap();
    store.charge("a", NanoUsd(1_000)).await.unwrap();
    // What was spent on a day that has not come yet counts: a clock that is wrong must never make room in a budget.
    for back in [
        yesterday,
        Timestamp::from_millis(NOON.as_millis() - 365 * DAY.as_millis() as u64),
    ] {
        let at = Reservation {
            at: back,
            ..call("b", 1)
        };
        assert_eq!(
            store.reserve(at, daily(1_000)).await,
            refused(CapKind::Day, 1_000, 1_000, 1)
        );
        assert_eq!(store.spending(back).await.unwrap().today, NanoUsd(1_000));
    }
    let at = Reservation {
        at: NOON.after(DAY),
        ..call("c", 1_000)
    };
    store.reserve(at, daily(1_000)).await.unwrap();
    assert_eq!(
        store.spending(NOON.after(DAY)).await.unwrap().today,
        NanoUsd(1_000)
    );
}

#[tokio::test]
async fn a_call_that_ends_after_its_clock_jumped_is_charged_what_it_cost() {
    const YEAR: Duration = Duration::from_hours(365 * 24);
    let (store, _dir) = store().await;
    store.reserve(call("forth", 600), daily(1_000)).await.unwrap();
    // A year later by the clock, a second by the call: nobody knows yet what it cost, so all of it counts.
    assert_eq!(store.expire(NOON.after(YEAR)).await.unwrap(), 1);
    assert_eq!(store.spending(NOON).await.unwrap().today, NanoUsd(600));
    store.charge("forth", NanoUsd(100)).await.unwrap();
    let back = Reservation {
        at: NOON.after(YEAR),
        ..call("back", 600)
    };
    store.reserve(back, daily(1_000)).await.unwrap();
    assert_eq!(
        store.expire(NOON).await.unwrap(),
        0,
        "a call that runs is not given up because the clock was set back"
    );
    store.charge("back", NanoUsd(200)).await.unwrap();
    assert_eq!(store.spending(NOON).await.unwrap().today, NanoUsd(300));
}
