//! Tests of places and of waiting for them.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::remote::provider::ProviderParts;
use council_core::BreakerState;
use futures::FutureExt as _;
use proptest::prelude::*;

/// A clock that goes on when it is told to.
#[derive(Default)]
struct StoppedClock(Mutex<Duration>);

impl StoppedClock {
    fn go_on(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_duration(Duration::from_secs(1_000) + *self.0.lock().unwrap())
    }
}

fn seats(count: usize, limit: Option<u32>, queue_limit: usize) -> (Arc<Seats>, Arc<StoppedClock>) {
    let clock = Arc::new(StoppedClock::default());
    let metrics = ProviderMetrics::register(&prometheus::Registry::new()).unwrap();
    let provider = |at: usize| {
        let parts = ProviderParts {
            name: format!("server {at}"),
            account: "servers".to_owned(),
            host: format!("10.0.0.{at}"),
            local: true,
            configured_key: false,
        };
        Provider::new(parts, Arc::clone(&clock) as Arc<dyn Clock>, metrics.clone())
    };
    let servers = (0..count).map(provider).collect();
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    let seats = Seats::new(
        "m".to_owned(),
        servers,
        (limit, queue_limit),
        shared,
        metrics.clone(),
    );
    (seats, clock)
}

fn wish(seats: &Seats, prefix: u64) -> Wish {
    Wish {
        prefix,
        tried: vec![false; seats.servers.len()],
    }
}

type Place<'a> = std::pin::Pin<Box<dyn Future<Output = Result<Seat, ModelError>> + 'a>>;

fn ask<'a>(seats: &'a Arc<Seats>, prefix: u64, client: &'a str) -> Place<'a> {
    let mut place: Place<'a> = Box::pin(seats.take(wish(seats, prefix), Priority::Interactive, client));
    // Puts it into the queue where it has to wait.
    if let Some(done) = (&mut place).now_or_never() {
        return Box::pin(std::future::ready(done));
    }
    place
}

fn seat(place: &mut Place<'_>) -> Option<Result<Seat, ModelError>> {
    place.now_or_never()
}

#[test]
fn a_place_that_comes_free_goes_to_who_waits_longest_and_clients_take_turns() {
    let (seats, _) = seats(1, Some(1), 10);
    let mut first = seat(&mut ask(&seats, 1, "a")).unwrap().ok();
    let mut waiting = [ask(&seats, 1, "a"), ask(&seats, 2, "a"), ask(&seats, 3, "b")];
    assert!(waiting.iter_mut().all(|place| seat(place).is_none()));
    for next in [0, 2, 1] {
        drop(first.take());
        first = seat(&mut waiting[next]).and_then(Result::ok);
        assert!(first.is_some(), "{next}");
    }
}

#[test]
fn one_request_too_many_is_refused_and_told_when_to_come_again() {
    let (seats, clock) = seats(2, Some(1), 1);
    let held = [seat(&mut ask(&seats, 1, "")), seat(&mut ask(&seats, 1, ""))];
    let waiting = ask(&seats, 1, "");
    let refused = seat(&mut ask(&seats, 1, "")).unwrap();
    let Some(ModelError::Busy {
        queued, retry_after, ..
    }) = refused.err()
    else {
        unreachable!("it is full");
    };
    assert_eq!((queued, retry_after), (1, Duration::from_secs(5)));
    // Answers turn out to take 45 s: five and an eighth of forty more.
    clock.go_on(Duration::from_secs(45));
    drop(held);
    drop(waiting);
    let state = seats.state();
    assert!(state.held > Duration::from_secs(9) && state.waiting.is_empty());
    assert_eq!(state.running, [0, 0]);
}

#[test]
fn who_does_not_wait_any_more_leaves_the_queue_and_takes_no_place() {
    let (seats, _) = seats(1, Some(1), 2);
    let held = seat(&mut ask(&seats, 1, ""));
    let (gone, mut next) = (ask(&seats, 1, ""), ask(&seats, 2, ""));
    drop(gone);
    assert_eq!(seats.state().waiting.len(), 1);
    drop(held);
    let placed = seat(&mut next).unwrap().ok();
    assert_eq!(seats.state().running, [1]);
    drop(placed);
    assert_eq!(seats.state().running, [0]);
}

#[test]
fn a_server_that_says_it_is_busy_rests_for_as_long_and_no_longer_than_half_a_minute() {
    let (seats, clock) = seats(2, None, 0);
    let home = seat(&mut ask(&seats, 1, "")).unwrap().ok().unwrap().server;
    seats.rest(home, Duration::from_hours(1));
    assert_ne!(seat(&mut ask(&seats, 1, "")).unwrap().ok().unwrap().server, home);
    clock.go_on(LONGEST_REST);
    assert_eq!(seat(&mut ask(&seats, 1, "")).unwrap().ok().unwrap().server, home);
}

#[test]
fn a_server_that_is_down_or_drained_gets_nothing_until_it_is_back() {
    let (seats, _) = seats(2, None, 0);
    let home = |seats: &Arc<Seats>| seat(&mut ask(seats, 1, "")).unwrap().ok().unwrap().server;
    let usual = home(&seats);
    let server = Arc::clone(&seats.servers[usual]);
    server.looked(Err("connection refused".to_owned()));
    assert_eq!(home(&seats), usual, "once may have been bad luck");
    server.looked(Err("connection refused".to_owned()));
    assert_ne!(home(&seats), usual);
    assert_eq!(server.health().up, Some(false));
    server.looked(Ok(()));
    assert_eq!(home(&seats), usual);
    server.drain(true);
    assert_ne!(home(&seats), usual);
    seats.servers[1 - usual].drain(true);
    assert_eq!(
        home(&seats),
        usual,
        "where all are drained, somebody has to answer"
    );
}

#[test]
fn a_server_that_is_back_need_not_wait_for_its_breaker() {
    let (seats, _) = seats(1, None, 0);
    let server = &seats.servers[0];
    for _ in 0..5 {
        let permit = server.admit().unwrap();
        permit.settle(crate::remote::provider::Verdict::Failed);
    }
    assert!(matches!(server.health().state, BreakerState::Open { .. }));
    server.looked(Err("away".to_owned()));
    server.looked(Err("away".to_owned()));
    assert!(!server.is_usable());
    server.looked(Ok(()));
    assert!(server.is_usable() && server.admit().is_ok());
}

#[derive(Clone, Debug)]
enum Event {
    Ask(u64),
    End(usize),
    Leave(usize),
    Down(usize),
    Up(usize),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0_u64..5).prop_map(Event::Ask),
        3 => (0_usize..8).prop_map(Event::End),
        1 => (0_usize..8).prop_map(Event::Leave),
        1 => (0_usize..3).prop_map(Event::Down),
        1 => (0_usize..3).prop_map(Event::Up),
    ]
}

proptest! {
    /// Nobody waits while a place is free, no server has too many, no place is lost, and who waits is served in the end.
    #[test]
    fn nobody_starves_and_no_place_is_lost(events in prop::collection::vec(event(), 1..120)) {
        let (seats, _) = seats(3, Some(2), 100);
        let mut held: Vec<Seat> = Vec::new();
        let mut waiting: Vec<Place<'_>> = Vec::new();
        for event in events {
            match event {
                Event::Ask(prefix) => waiting.push(ask(&seats, prefix, "")),
                Event::End(at) if !held.is_empty() => drop(held.swap_remove(at % held.len())),
                Event::Leave(at) if !waiting.is_empty() => drop(waiting.remove(at % waiting.len())),
                Event::Down(at) => {
                    for _ in 0..2 {
                        seats.servers[at].looked(Err("away".to_owned()));
                    }
                }
                Event::Up(at) => {
                    seats.servers[at].looked(Ok(()));
                    seats.serve();
                }
                Event::End(_) | Event::Leave(_) => {}
            }
            let mut left = Vec::new();
            for mut place in waiting {
                match seat(&mut place) {
                    Some(seat) => held.push(seat.unwrap_or_else(|error| unreachable!("{error}"))),
                    None => left.push(place),
                }
            }
            waiting = left;
            let state = seats.state();
            prop_assert_eq!(state.running.iter().sum::<u32>() as usize, held.len());
            prop_assert!(state.running.iter().all(|running| *running <= 2));
            prop_assert_eq!(state.waiting.len(), waiting.len());
            let up: Vec<usize> = (0..3).filter(|at| seats.servers[*at].is_usable()).collect();
            let full = up.iter().all(|at| state.running[*at] == 2);
            prop_assert!(waiting.is_empty() || full || up.is_empty(), "somebody waits at a free place");
        }
        for server in &seats.servers {
            server.looked(Ok(()));
        }
        seats.serve();
        while !waiting.is_empty() {
            for mut place in std::mem::take(&mut waiting) {
                match seat(&mut place) {
                    Some(seat) => held.push(seat.unwrap_or_else(|error| unreachable!("{error}"))),
                    None => waiting.push(place),
                }
            }
            prop_assert!(waiting.is_empty() || !held.is_empty());
            held.clear();
        }
    }
}
