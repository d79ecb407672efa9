//! Exports of conversations of other programs, and what only looks like one.

#![no_main]

use council_server::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = fuzzing::chats(bytes);
    assert!(read.is_ok(), "{read:?}");
});
