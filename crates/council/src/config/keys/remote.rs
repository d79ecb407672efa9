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
    required(
        "base_url",
        Kind::Url,
        "URL up to and including the version, such as `http://127.0.0.1:8000/v1`",
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
        doc: "file that holds the key",
    },
    required(
        "context_tokens",
        Kind::Integer {
            min: 64,
            max: 16_777_216,
        },
        "longest prompt plus answer, in tokens",
    ),
    key(
        "input_usd_per_million",
        Kind::Decimal,
        "0",
        "US dollars per million prompt tokens",
    ),
    key(
        "output_usd_per_million",
        Kind::Decimal,
        "0",
        "US dollars per million generated tokens",
    ),
    key(
        "timeout",
        Kind::Duration,
        "120s",
        "longest wait for the first byte and between two events",
    ),
];
