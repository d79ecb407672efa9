//! Random identifiers for tool calls.

use std::hash::{BuildHasher, Hasher, RandomState};

/// 64 random bits from the standard library's per-process keys: not for secrets, and needs no generator of our own.
pub(crate) fn random_bits() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Nine letters and digits, which every chat template accepts (Mistral's demand exactly that).
pub(crate) fn random() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bits = random_bits();
    (0..9)
        .map(|_| {
            let letter = ALPHABET[(bits & 31) as usize];
            bits >>= 5;
            char::from(letter)
        })
        .collect()
}
