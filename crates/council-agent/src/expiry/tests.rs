//! Tests of the time by which things go.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use council_core::retention::cutoff;
use std::sync::Mutex;
use tokio::time::advance;

const DAY: Duration = Duration::from_hours(24);

/// A clock that is set by hand.
struct HandClock(Mutex<Timestamp>);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl HandClock {
    /// At noon of the hundredth day.
    fn new() -> Self {
        Self(Mutex::new(Timestamp::from_duration(DAY * 100)))
    }

    fn set(&self, to: Timestamp) {
        *self.0.lock().unwrap() = to;
    }

    /// Time passes, and the clock shows it.
    async fn pass(&self, time: Duration) {
        advance(time).await;
        let now = self.now();
        self.set(now.after(time));
    }
}

/// Whether what was said on this day goes after thirty days.
fn goes(time: &mut SteadyTime, clock: &HandClock, day: u32) -> bool {
    cutoff(30, time.now(clock)).unwrap() > Timestamp::from_duration(DAY * day)
}

#[tokio::test(start_paused = true)]
async fn with_a_clock_that_goes_on_things_go_on_their_day() {
    let clock = HandClock::new();
    let mut time = SteadyTime::new(&clock);
    clock.pass(INTERVAL).await;
    assert!(goes(&mut time, &clock, 69) && !goes(&mut time, &clock, 71));
    clock.pass(DAY).await;
    assert!(goes(&mut time, &clock, 71) && !goes(&mut time, &clock, 72));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_forward_for_a_moment_removes_nothing_early() {
    let clock = HandClock::new();
    let mut time = SteadyTime::new(&clock);
    clock.pass(INTERVAL).await;
    let right = clock.now();
    clock.set(right.after(DAY * 365));
    assert!(
        !goes(&mut time, &clock, 71),
        "it has jumped since the look before"
    );
    advance(INTERVAL).await;
    clock.set(right.after(INTERVAL));
    assert!(!goes(&mut time, &clock, 71), "it is right again");
    clock.pass(INTERVAL).await;
    assert!(!goes(&mut time, &clock, 71) && goes(&mut time, &clock, 69));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_wrong_at_the_start_removes_nothing_once_it_is_set() {
    let clock = HandClock::new();
    let right = clock.now();
    clock.set(right.after(DAY * 365));
    let mut time = SteadyTime::new(&clock);
    advance(FIRST).await;
    clock.set(right.after(FIRST));
    assert!(!goes(&mut time, &clock, 71));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_stays_forward_is_believed_after_an_hour() {
    let clock = HandClock::new();
    let mut time = SteadyTime::new(&clock);
    let now = clock.now();
    clock.set(now.after(DAY * 20));
    assert!(!goes(&mut time, &clock, 85));
    clock.pass(INTERVAL).await;
    assert!(goes(&mut time, &clock, 85));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_removes_nothing_early_and_less_for_as_long() {
    let clock = HandClock::new();
    let mut time = SteadyTime::new(&clock);
    clock.pass(INTERVAL).await;
    let right = clock.now();
    clock.set(Timestamp::from_duration(DAY * 50));
    assert!(!goes(&mut time, &clock, 21));
    advance(INTERVAL).await;
    clock.set(right.after(INTERVAL));
    // Forward again is a jump too.
    assert!(!goes(&mut time, &clock, 21));
    clock.pass(INTERVAL).await;
    assert!(goes(&mut time, &clock, 69));
}
