//! Any bytes from a box become a report, or nothing, and never more than was said.

#![no_main]

use council_sandbox::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let report = fuzzing::reported(bytes);
    assert!(report.is_ok(), "{report:?}");
});
