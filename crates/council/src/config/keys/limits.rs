//! The keys of `[limits]`: bounds of the server.

use super::{Key, Kind, key};

/// In the order in which they are shown.
pub(super) const KEYS: &[Key] = &[
    key(
        "limits.body_mib",
        Kind::Integer { min: 1, max: 1024 },
        "10",
        "largest request body",
    ),
    key(
        "limits.connections",
        Kind::Integer {
            min: 16,
            max: 1_000_000,
        },
        "4096",
        "most open connections, WebSockets among them; one more is answered with 503",
    ),
    key(
        "limits.sockets",
        Kind::Integer {
            min: 1,
            max: 1_000_000,
        },
        "1024",
        "most WebSockets (`/ws`) at once; one more is answered with 429",
    ),
    key(
        "limits.header_timeout",
        Kind::Duration,
        "1m",
        "how long a client may take to send a request's headers, from connecting or from its last answer",
    ),
    key(
        "limits.body_timeout",
        Kind::Duration,
        "1m",
        "how long a client may take to send a request's body",
    ),
    key(
        "limits.shutdown_grace",
        Kind::Duration,
        "10s",
        "how long running requests may finish after SIGINT or SIGTERM",
    ),
];
