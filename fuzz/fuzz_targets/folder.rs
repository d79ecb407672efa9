//! Archives that should hold Agent Zero's folder.

#![no_main]

use council_server::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    fuzzing::folder(bytes);
});
