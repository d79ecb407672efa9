//! What Linux tells of who waits for a core. Elsewhere nothing is known, and all threads compute.

use super::Sample;
use std::fs;

/// So many seconds of computing make a sample.
const WINDOW: f64 = 0.5;

/// More of the time must have been computing: cores that idle between two requests say nothing.
const MOSTLY: f64 = 0.75;

/// Ticks of `/proc/stat` in a second, which is 100 wherever Linux runs.
const TICKS: f64 = 100.0;

/// Adds up what happens while steps are computed.
#[derive(Debug)]
pub struct Crowd {
    computed: f64,
    began: f64,
    waited: f64,
    idle: f64,
}

impl Crowd {
    /// Begins now, `at` seconds after any moment; `None` where the kernel does not tell.
    pub fn new(at: f64) -> Option<Self> {
        Some(Self {
            computed: 0.0,
            began: at,
            waited: waited()?,
            idle: idle()?,
        })
    }

    /// A step took so long and ended at this moment; a sample, as soon as there was enough of it.
    pub fn step(&mut self, seconds: f64, at: f64) -> Option<Sample> {
        self.computed += seconds;
        if self.computed < WINDOW {
            return None;
        }
        let last = std::mem::replace(self, Self::new(at)?);
        let passed = at - last.began;
        (last.computed >= MOSTLY * passed).then(|| Sample {
            waited: (self.waited - last.waited).max(0.0) / last.computed,
            idle: (self.idle - last.idle).max(0.0) / passed,
        })
    }
}

/// Seconds that all threads of this process have waited for a core, those that ended left out.
fn waited() -> Option<f64> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    let each = threads.flatten().filter_map(|thread| {
        let line = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        line.split(' ').nth(1)?.parse::<u64>().ok()
    });
    let nanoseconds = each.reduce(|sum, one| sum + one)?;
    Some(nanoseconds as f64 / 1e9)
}

/// Seconds that the cores that this process may use have been idle, all together.
#[cfg(target_os = "linux")]
fn idle() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let allowed = rustix::thread::sched_getaffinity(None).ok()?;
    // A set of cores has no place for more of them; they are left out.
    idle_in(&stat, |core| {
        core < rustix::thread::CpuSet::MAX_CPU && allowed.is_set(core)
    })
}

#[cfg(not(target_os = "linux"))]
fn idle() -> Option<f64> {
    None
}

#[cfg(any(target_os = "linux", test))]
fn idle_in(stat: &str, allowed: impl Fn(usize) -> bool) -> Option<f64> {
    let ticks = stat.lines().filter_map(|line| {
        let (core, numbers) = line.strip_prefix("cpu")?.split_once(' ')?;
        let mut numbers = numbers.split_whitespace().skip(3);
        let (idle, waiting_for_disk): (u64, u64) =
            (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
        allowed(core.parse().ok()?).then_some(idle + waiting_for_disk)
    });
    let ticks = ticks.reduce(|sum, core| sum + core)?;
    Some(ticks as f64 / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_cores_are_read_from_the_kernels_table() {
        let stat = "cpu  9 9 9 999 9 9 9 9 9 9\ncpu0 1 0 2 12345 55 0 3 0 0 0\ncpu1 1 2 3 700 0 6 7 8 9 0\nintr 1 2\n";
        assert_eq!(idle_in(stat, |_| true), Some(131.0));
        assert_eq!(
            idle_in(stat, |core| core == 1),
            Some(7.0),
            "cores of others do not count"
        );
        assert_eq!(idle_in("intr 1", |_| true), None);
    }

    #[test]
    fn samples_are_of_computing_alone() {
        let crowd = |began| Crowd {
            computed: 0.0,
            began,
            waited: 0.0,
            idle: 0.0,
        };
        let mut busy = crowd(10.0);
        assert_eq!(busy.step(0.3, 10.3), None, "too little to tell");
        let Some(sample) = busy.step(0.3, 10.6) else {
            return;
        };
        assert!(sample.waited.is_finite() && sample.idle.is_finite());
        let mut resting = crowd(10.0);
        assert_eq!(
            resting.step(0.6, 20.0),
            None,
            "most of the time nothing was computed"
        );
    }
}
