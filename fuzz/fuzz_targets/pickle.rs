//! A pickle is read as data or refused: nothing in it is called.

#![no_main]

use council_agent::agent_zero::pickle;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = pickle::read(bytes);
});
