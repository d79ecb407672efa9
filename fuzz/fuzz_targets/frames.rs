//! Both readers of frames understand the same of any bytes; the first byte says how long the pieces are.

#![no_main]

use council_sandbox::fuzzing;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&piece, bytes)) = bytes.split_first() else {
        return;
    };
    let heard = RUNTIME.with(|runtime| runtime.block_on(fuzzing::frames(bytes, usize::from(piece))));
    assert!(heard.is_ok(), "{heard:?}");
});
