//! The keys of `[server]`: who is let in, and under which names.

use super::{Fallback, Key, Kind, key};

/// In the order in which they are shown.
pub(super) const KEYS: &[Key] = &[
    key(
        "server.require_key",
        Kind::Boolean,
        "false",
        "whether clients on this machine need an API key, as those on other machines always do; needed where programs or users of this machine are not trusted",
    ),
    Key {
        name: "server.hosts",
        kind: Kind::Names,
        fallback: Fallback::Absent,
        doc: "names by which other machines reach this server; requests for other names are refused. Default: any name where `host` is not loopback, else none but loopback",
    },
    Key {
        name: "server.origins",
        kind: Kind::Origins,
        fallback: Fallback::Absent,
        doc: "origins of web pages elsewhere that may call this server and read its answers (CORS); default: none",
    },
    key(
        "server.key_per_minute",
        Kind::Integer {
            min: 0,
            max: 1_000_000,
        },
        "600",
        "most requests of one API key in a minute, where the key does not say; 0: unbounded",
    ),
    key(
        "server.address_per_minute",
        Kind::Integer {
            min: 0,
            max: 1_000_000,
        },
        "300",
        "most requests without a key in a minute from one address of another machine; 0: unbounded",
    ),
];
