//! The keys of `[encryption]`: whether the database can be read without a key.

use super::{Fallback, Key, Kind, key};

/// In the order in which they are shown.
pub(super) const KEYS: &[Key] = &[
    key(
        "encryption.mode",
        Kind::Choice(&["off", "key_file", "passphrase"]),
        "off",
        "whether the database is encrypted, and what with: a key in a file, or a passphrase; `council data encrypt` encrypts one that is there",
    ),
    Key {
        name: "encryption.key_file",
        kind: Kind::Path,
        fallback: Fallback::Absent,
        doc: "file with the key, 64 hexadecimal digits, that only its owner may read; `council data new-key` makes one",
    },
    Key {
        name: "encryption.passphrase_file",
        kind: Kind::Path,
        fallback: Fallback::Absent,
        doc: "file with the passphrase, that only its owner may read; default: the variable COUNCIL_PASSPHRASE, else it is asked for on the terminal",
    },
];
