//! Forms with files; the separator is `x`.

#![no_main]

use council_server::fuzzing;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
}

fuzz_target!(|bytes: &[u8]| {
    let read = RUNTIME.with(|runtime| runtime.block_on(fuzzing::form("x", bytes)));
    assert!(read.is_ok(), "{read:?}");
});
