//! What a provider streams is read the same in pieces as at once; the first byte says how long the pieces are.

#![no_main]

use council_models::remote::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&piece, bytes)) = bytes.split_first() else {
        return;
    };
    let read = fuzzing::events(bytes, usize::from(piece));
    assert!(read.is_ok(), "{read:?}");
});
