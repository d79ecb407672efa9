//! Images of questions: whatever a file holds, it is pixels that were promised or an error.
#![no_main]

use base64::Engine as _;
use council_models::engine::pixels::Pixels;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let encoded = base64::engine::general_purpose::STANDARD.encode(file);
    if let Ok(pixels) = Pixels::of_url(&format!("data:image/png;base64,{encoded}")) {
        let count = pixels.width as usize * pixels.height as usize * 3;
        assert_eq!(pixels.rgb.len(), count);
    }
});
