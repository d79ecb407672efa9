//! What a client sends over the WebSocket.

#![no_main]

use council_server::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    fuzzing::order(bytes);
});
