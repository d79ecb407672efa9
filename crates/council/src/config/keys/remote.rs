//! The keys of a model on another server.

use super::{Fallback, Key, Kind, key};

const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        fallback: Fallback::Required,
        doc,
    }
}

/// The keys of a `[[remote]]` section.
pub const REMOTE_KEYS: &[Key] = &[
    required("id", Kind::ModelId, "the model's id in Council"),
    required("provider", Kind::Text, "the provider's name in errors and lists"),
    key(
        "protocol",
        Kind::Choice(&["openai", "anthropic"]),
        "openai",
        "what the server speaks: OpenAI's chat completions, as most do, or Anthropic's messages",
    ),
    required(
        "base_url",
        Kind::Urls,
        "URL up to and including the version, such as `http://127.0.0.1:8000/v1`; a list of them where several servers have the model, which are then a pool",
    ),
    required("model", Kind::Text, "the model's name at that server"),
    Key {
        name: "api_key_env",
        kind: Kind::OptionalText,
        fallback: Fallback::Absent,
        doc: "environment variable that holds the key",
    },
    Key {
        name: "api_key_file",
        kind: Kind::Path,
        fallback: Fallback::Absent,
        doc: "file that holds the key; only its owner may read it (mode 0600)",
    },
    required(
        "context_tokens",
        Kind::Integer {
            min: 64,
            max: 16_777_216,
        },
        "longest prompt plus answer, in tokens",
    ),
    Key {
        name: "input_usd_per_million",
        kind: Kind::Decimal,
        fallback: Fallback::Absent,
        doc: "US dollars per million prompt tokens; default: as in crates/council-models/src/prices.toml, 0 on this machine",
    },
    Key {
        name: "output_usd_per_million",
        kind: Kind::Decimal,
        fallback: Fallback::Absent,
        doc: "US dollars per million generated tokens; default: the same",
    },
    key(
        "vision",
        Kind::Boolean,
        "false",
        "whether the model sees images; only one that does is sent any",
    ),
    key(
        "local",
        Kind::Boolean,
        "false",
        "count the server as part of this machine: it is asked though cloud.enabled is off, and sent everything as it is",
    ),
    key(
        "connect_timeout",
        Kind::Duration,
        "10s",
        "longest wait for a connection",
    ),
    Key {
        name: "first_token_timeout",
        kind: Kind::Duration,
        fallback: Fallback::Absent,
        doc: "longest wait for the first piece of an answer; default: timeout",
    },
    key(
        "timeout",
        Kind::Duration,
        "120s",
        "longest wait between two events",
    ),
    key(
        "total_timeout",
        Kind::Duration,
        "10m",
        "longest time from the first attempt to the end of the answer",
    ),
    key(
        "retries",
        Kind::Integer { min: 0, max: 10 },
        "2",
        "how often a request is sent again that the server, or every server of a pool, could not take, before anything of an answer came",
    ),
    Key {
        name: "max_concurrent",
        kind: Kind::Integer { min: 1, max: 100_000 },
        fallback: Fallback::Absent,
        doc: "most requests at once at each server; others wait here; default: no bound",
    },
    key(
        "queue_limit",
        Kind::Integer { min: 0, max: 100_000 },
        "64",
        "most requests that wait for a server while each has max_concurrent of them; more are refused with 429",
    ),
    key(
        "health_interval",
        Kind::DurationOrNever,
        "5s",
        "time between two looks at the servers of a pool",
    ),
];
