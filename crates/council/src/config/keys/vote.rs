//! The keys of `[vote]` and of `[[voice]]`: what a vote of the council may take, and who sits.

use super::{Fallback, Key, Kind, key};

/// In the order in which they are shown.
pub(super) const KEYS: &[Key] = &[
    key(
        "vote.quorum",
        Kind::Integer { min: 1, max: 16 },
        "2",
        "fewest voices that must answer; of a smaller council all must",
    ),
    key(
        "vote.voice_time_limit",
        Kind::Duration,
        "1m",
        "longest time for one reply, one ranking, and the chair",
    ),
    key(
        "vote.total_time_limit",
        Kind::Duration,
        "2m",
        "longest time for the whole vote",
    ),
    key(
        "vote.cost_cap_usd",
        Kind::Decimal,
        "0.1",
        "most that one vote may cost, in US dollars; local models cost nothing",
    ),
    key(
        "vote.max_tokens",
        Kind::Integer {
            min: 1,
            max: 1_048_576,
        },
        "512",
        "most tokens of one reply",
    ),
    key(
        "vote.chair",
        Kind::Text,
        "best",
        "who writes one answer out of replies that cannot be equal: a model's id; best: the model of the best reply; off: \
         the best reply stands",
    ),
];

/// The keys of a `[[voice]]` section.
pub const VOICE_KEYS: &[Key] = &[
    Key {
        name: "name",
        kind: Kind::Text,
        fallback: Fallback::Required,
        doc: "the voice's name, unlike that of any other",
    },
    Key {
        name: "model",
        kind: Kind::OptionalText,
        fallback: Fallback::Absent,
        doc: "its model; default: the default model",
    },
    Key {
        name: "persona",
        kind: Kind::OptionalText,
        fallback: Fallback::Absent,
        doc: "how it is to answer, in a short sentence that the model reads last",
    },
    key(
        "temperature",
        Kind::DecimalTo { max: 2 },
        "0.7",
        "how much chance there is in its choice of tokens; 0 always takes the most likely one",
    ),
    key(
        "top_p",
        Kind::DecimalTo { max: 1 },
        "0.95",
        "only the most likely tokens that together have this probability are considered",
    ),
    key(
        "top_k",
        Kind::Integer {
            min: 0,
            max: 1_000_000,
        },
        "40",
        "only this many of the most likely tokens are considered; 0: all",
    ),
    key(
        "weight",
        Kind::Weight,
        "1",
        "multiplies what its vote counts; 0: it speaks, and has no vote",
    ),
    key(
        "max_tokens",
        Kind::IntegerOrAuto {
            min: 1,
            max: 1_048_576,
        },
        "auto",
        "most tokens of its reply; auto: vote.max_tokens",
    ),
];
