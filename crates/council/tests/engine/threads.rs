//! Beside busy programs the model computes with fewer threads, and answers the same.

use crate::contract::{answer, long_request};
use crate::rig::{self, Rig};
use std::hint::spin_loop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Threads of this process, which is another one than the worker, that want every core until this is dropped.
struct Busy(Arc<AtomicBool>);

impl Busy {
    fn with(threads: usize) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        for _ in 0..threads {
            let over = Arc::clone(&over);
            std::thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    spin_loop();
                }
            });
        }
        Self(over)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn threads(rig: &Rig) -> f64 {
    let families = rig.metrics.gather();
    let threads = families
        .iter()
        .find(|family| family.name() == "council_model_threads")
        .unwrap();
    threads.get_metric()[0].get_gauge().get_value()
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_busy_programs_fewer_threads_compute_and_the_answer_is_the_same() {
    let rig = rig::smollm();
    let model = rig.model();
    let quiet = answer(&*model, long_request(Some(200))).await;
    let cores = std::thread::available_parallelism().unwrap().get();
    let all = council_models::hardware::Hardware::detect().physical_cores;

    let busy = Busy::with(2 * cores);
    let begun = Instant::now();
    let mut seen = Vec::new();
    while begun.elapsed() < Duration::from_mins(1) {
        let crowded = answer(&*model, long_request(Some(200))).await;
        seen.push(threads(&rig));
        let same = quiet
            .text
            .chars()
            .zip(crowded.text.chars())
            .take_while(|(a, b)| a == b)
            .count();
        assert!(same > 60, "`{}` is not `{}`", crowded.text, quiet.text);
        if threads(&rig) < f64::from(all) {
            break;
        }
    }
    drop(busy);
    assert!(
        all == 1 || threads(&rig) < f64::from(all),
        "{seen:?} of {all} threads"
    );
}
