//! Keys of `[telemetry]`.

use super::{Fallback, Key, Kind, key};

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "telemetry.otlp_endpoint",
        kind: Kind::Url,
        fallback: Fallback::Absent,
        doc: "collector of traces that speaks OTLP over HTTP, such as `http://127.0.0.1:4318`; without one nothing is traced",
    },
    key(
        "telemetry.otlp_headers_env",
        Kind::Text,
        "OTEL_EXPORTER_OTLP_HEADERS",
        "environment variable with headers for it, such as a key: `name=value,name=value`",
    ),
    key(
        "telemetry.sample_ratio",
        Kind::DecimalTo { max: 1 },
        "1",
        "share of the requests that are traced; one that brings a `traceparent` is traced as that says",
    ),
    key(
        "telemetry.content",
        Kind::Boolean,
        "false",
        "whether traces have prompts and answers, as they are before anything private is replaced",
    ),
    key(
        "telemetry.service_name",
        Kind::Text,
        "council",
        "what this server is called in traces",
    ),
];
