//! Decides how many threads compute: fewer than there are cores while other programs need some of them.
//!
//! The threads of a step meet after each of its hundreds of operations. One that another program keeps from its core holds
//! up all others, each time for as long as the kernel lets that program run: on two cores beside one busy program two
//! threads generated a third as fast as one alone (docs/decisions/0001-engine.md).
//!
//! - [`crowd`](self::crowd): what the kernel tells of it

mod crowd;

pub use crowd::Crowd;

/// From so much waiting for a core on, in seconds of all threads per second, one of them is one too many.
const CROWDED: f64 = 0.15;

/// From so many idle cores on there is room for another thread.
const FREE: f64 = 0.8;

/// Seconds until a thread that went may come back; doubled each time that it came back too early.
const LEAST_PAUSE: f64 = 5.0;
const LONGEST_PAUSE: f64 = 120.0;

/// Seconds between two times that threads go: the next sample says whether it was enough, or it could not be done.
const SETTLES: f64 = 2.0;

/// A thread that goes again within so many seconds came back too early.
const TOO_EARLY: f64 = 10.0;

/// How crowded the cores were while steps were computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Seconds that threads of this process waited for a core, per second.
    pub waited: f64,
    /// Cores that nobody used.
    pub idle: f64,
}

/// The number of threads.
#[derive(Debug)]
pub struct ThreadTuner {
    most: u32,
    pause: f64,
    lowered_at: f64,
    raised_at: f64,
}

impl ThreadTuner {
    /// For so many threads at most.
    pub fn new(most: u32) -> Self {
        Self {
            most: most.max(1),
            pause: LEAST_PAUSE,
            lowered_at: f64::NEG_INFINITY,
            raised_at: f64::NEG_INFINITY,
        }
    }

    /// Looks at what happened with `now` threads until `at`, in seconds from any moment on; another number where that is
    /// better.
    pub fn decide(&mut self, now: u32, sample: Sample, at: f64) -> Option<u32> {
        if sample.waited >= CROWDED && now > 1 && at - self.lowered_at >= SETTLES {
            let too_many = (sample.waited.round() as u32).clamp(1, now - 1);
            self.pause = if at - self.raised_at < TOO_EARLY {
                (self.pause * 2.0).min(LONGEST_PAUSE)
            } else {
                LEAST_PAUSE
            };
            self.lowered_at = at;
            return Some(now - too_many);
        }
        if sample.idle >= FREE && now < self.most && at - self.lowered_at >= self.pause {
            let room = (sample.idle + (1.0 - FREE)) as u32;
            self.raised_at = at;
            return Some((now + room.max(1)).min(self.most));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(waited: f64, idle: f64) -> Sample {
        Sample { waited, idle }
    }

    #[test]
    fn a_thread_goes_while_others_need_its_core_and_comes_back_when_it_is_free() {
        let mut tuner = ThreadTuner::new(4);
        assert_eq!(tuner.decide(4, sample(0.02, 0.0), 1.0), None);
        assert_eq!(tuner.decide(4, sample(0.4, 0.0), 2.0), Some(3));
        assert_eq!(tuner.decide(3, sample(0.01, 0.1), 3.0), None);
        // Not at once: what comes and goes would cost more than it brings.
        assert_eq!(tuner.decide(3, sample(0.0, 1.0), 4.0), None);
        assert_eq!(tuner.decide(3, sample(0.0, 1.0), 8.0), Some(4));
        assert_eq!(tuner.decide(4, sample(0.0, 4.0), 9.0), None);
    }

    #[test]
    fn as_many_go_as_wait_but_not_again_before_it_shows() {
        let mut tuner = ThreadTuner::new(8);
        assert_eq!(tuner.decide(8, sample(2.8, 0.0), 1.0), Some(5));
        assert_eq!(tuner.decide(5, sample(1.2, 0.0), 1.5), None);
        assert_eq!(tuner.decide(5, sample(1.2, 0.0), 3.0), Some(4));
        assert_eq!(tuner.decide(4, sample(9.0, 0.0), 6.0), Some(1));
        assert_eq!(tuner.decide(1, sample(9.0, 0.0), 9.0), None, "one stays");
    }

    #[test]
    fn who_came_back_too_early_waits_longer_each_time() {
        let mut tuner = ThreadTuner::new(2);
        let mut at = 0.0;
        let mut pauses = Vec::new();
        for _ in 0..7 {
            assert_eq!(tuner.decide(2, sample(0.6, 0.0), at), Some(1));
            let since = at;
            while tuner.decide(1, sample(0.0, 1.0), at).is_none() {
                at += 0.5;
            }
            pauses.push(at - since);
            at += 0.5;
        }
        assert_eq!(pauses, [5.0, 10.0, 20.0, 40.0, 80.0, 120.0, 120.0]);
        // After a long time at all threads it is forgotten.
        assert_eq!(tuner.decide(2, sample(0.6, 0.0), at + 60.0), Some(1));
        assert_eq!(tuner.decide(1, sample(0.0, 1.0), at + 65.0), Some(2));
    }

    proptest! {
        #[test]
        fn there_is_always_one_thread_and_never_more_than_there_may_be(
            most in 1_u32..20, samples in prop::collection::vec((0.0_f64..20.0, 0.0_f64..20.0), 0..50),
        ) {
            let mut tuner = ThreadTuner::new(most);
            let mut now = most;
            for (index, (waited, idle)) in samples.into_iter().enumerate() {
                if let Some(better) = tuner.decide(now, sample(waited, idle), index as f64) {
                    prop_assert!(better != now && (1..=most).contains(&better));
                    now = better;
                }
            }
        }
    }
}
