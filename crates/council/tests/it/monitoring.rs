//! What the server measures of itself and of its machine.

use crate::program::{Server, World};
use serde_json::Value;

/// The answers that were counted at each point of the history of this range that was measured.
fn turns(server: &Server, range: &str) -> Vec<f64> {
    let history = server.get(&format!("/v1/metrics/history?range={range}&series=turns"));
    let history: Value = serde_json::from_str(&history).unwrap();
    let turns = history["series"]["turns"].as_array().unwrap();
    turns.iter().filter_map(Value::as_f64).collect()
}

/// Those points at which there were any.
fn busy(turns: &[f64]) -> Vec<String> {
    let busy = turns.iter().filter(|turns| **turns > 0.0);
    busy.map(f64::to_string).collect()
}

/// Asks until it is so: the server measures once a second.
fn wait(until: impl Fn() -> bool) {
    while !until() {
        std::thread::yield_now();
    }
}

#[test]
fn what_was_measured_is_there_after_a_restart_and_the_machine_is_measured_too() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    let system = || serde_json::from_str::<Value>(&server.get("/v1/system")).unwrap();
    // A share of processors is known from the second measurement on.
    wait(|| system()["values"]["cpu"].is_number());
    let values = &system()["values"];
    assert!(values["memory_total_bytes"].as_f64() > Some(0.0), "{values}");
    assert!(values["disk_free_bytes"].as_f64() > Some(0.0), "{values}");
    assert!(values["cpu"].as_f64() <= Some(1.0), "{values}");
    server.post("/hybrid", "{\"prompt\":\"two words\"}");
    // Of two processes in one minute, that which measured more of it stays: this one must be the one.
    wait(|| turns(&server, "5m").len() >= 6);
    server.send_sigterm();
    assert_eq!(server.finish().code, Some(0));

    let again = world.serve(&["--scripted"]);
    assert!(
        busy(&turns(&again, "5m")).is_empty(),
        "the new process has answered nothing"
    );
    assert_eq!(busy(&turns(&again, "1h")), ["1"]);
    assert_eq!(busy(&turns(&again, "30d")), ["1"]);
}
