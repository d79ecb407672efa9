//! Tests of the circuit breaker.

use super::*;

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + second * 1_000)
}

fn opened() -> Breaker {
    let mut breaker = Breaker::default();
    for _ in 0..FAILURES {
        assert_eq!(breaker.admit(at(0)), Ok(()));
        breaker.failed(at(0));
    }
    breaker
}

#[test]
fn it_opens_after_failures_in_a_row_and_a_success_between_starts_the_count_anew() {
    let mut breaker = Breaker::default();
    for _ in 0..3 {
        for _ in 1..FAILURES {
            breaker.failed(at(0));
        }
        breaker.succeeded();
    }
    assert_eq!(breaker.state(at(0)), BreakerState::Closed);
    assert_eq!(opened().admit(at(1)), Err(Duration::from_secs(14)));
}

#[test]
fn one_request_tries_it_after_the_pause_and_the_others_wait() {
    let mut breaker = opened();
    assert_eq!(breaker.admit(at(15)), Ok(()));
    assert_eq!(breaker.state(at(15)), BreakerState::HalfOpen);
    assert!(breaker.admit(at(15)).is_err());
    breaker.succeeded();
    assert_eq!(breaker.state(at(15)), BreakerState::Closed);
}

#[test]
fn a_try_that_fails_doubles_the_pause_up_to_its_bound() {
    let mut breaker = opened();
    let mut now = 0;
    for pause in [15, 30, 60, 120, 240, 300, 300] {
        assert!(breaker.admit(at(now + pause - 1)).is_err(), "{pause}");
        now += pause;
        assert_eq!(breaker.admit(at(now)), Ok(()), "{pause}");
        breaker.failed(at(now));
    }
}

#[test]
fn a_try_that_nobody_waited_for_leaves_the_next_one_to_try() {
    let mut breaker = opened();
    assert_eq!(breaker.admit(at(15)), Ok(()));
    breaker.abandoned();
    assert_eq!(breaker.admit(at(15)), Ok(()));
}

#[test]
fn a_clock_that_is_set_back_or_forth_keeps_it_open_no_longer_than_its_pause() {
    const YEAR: u64 = 365 * 86_400;
    let mut breaker = Breaker::default();
    for _ in 0..FAILURES {
        breaker.failed(at(YEAR));
    }
    assert_eq!(breaker.admit(at(0)), Ok(()), "the clock was set back by a year");
    let mut breaker = opened();
    assert_eq!(
        breaker.admit(at(YEAR)),
        Ok(()),
        "the clock was set forth by a year"
    );
}
