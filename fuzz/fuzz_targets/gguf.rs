//! Any file is a model with a head that can be read, or is refused; nothing of it is believed before it is there.

#![no_main]

use council_models::gguf::{GgufSummary, check_projector, tensor_totals};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes).expect("room");
    let _ = GgufSummary::read(file.path());
    let _ = tensor_totals(file.path());
    let _ = check_projector(file.path());
});
