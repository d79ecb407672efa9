//! Which events become lines, and which are too many.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{BAR, SPINNER, line, to_json};
use council_models::pull::PullEvent;
use indicatif::ProgressStyle;

fn progress(done: u64) -> PullEvent {
    PullEvent::Progress {
        done,
        total: Some(1_000),
    }
}

#[test]
fn the_templates_of_the_bar_are_valid() {
    for template in [BAR, SPINNER] {
        ProgressStyle::with_template(template).unwrap();
    }
}

#[test]
fn a_log_gets_a_line_for_each_tenth() {
    let mut tenths = 0;
    let lines: Vec<String> = (0..=1_000)
        .filter_map(|done| line("m", &mut tenths, &progress(done)))
        .collect();
    assert_eq!(lines.len(), 10);
    assert_eq!(
        (lines[0].as_str(), lines[9].as_str()),
        ("m: 10 % of 1.00 kB", "m: 100 % of 1.00 kB")
    );
}

#[test]
fn a_program_gets_a_line_for_each_hundredth_and_counts_from_the_start_for_each_source() {
    let mut hundredths = None;
    let mut count = |events: &[PullEvent]| {
        events
            .iter()
            .filter_map(|event| to_json("m", &mut hundredths, event))
            .count()
    };
    let all: Vec<PullEvent> = (0..=1_000).map(progress).collect();
    assert_eq!(count(&all), 101);
    let next = PullEvent::SourceTried {
        source: "s".to_owned(),
        index: 2,
        count: 2,
    };
    assert_eq!(count(&[next, progress(0)]), 2);
}

#[test]
fn a_failed_source_is_named_with_its_reason() {
    let event = PullEvent::SourceFailed {
        source: "hub".to_owned(),
        error: "no answer".to_owned(),
    };
    assert_eq!(line("m", &mut 0, &event).unwrap(), "m: hub: no answer");
}
