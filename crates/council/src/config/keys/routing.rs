//! The keys of `[routing]` and `[budget]`: who answers, and what may be spent.

use super::{Key, Kind, key};

/// A probability, or a part of something.
const SHARE: Kind = Kind::DecimalTo { max: 1 };

/// In the order in which they are shown.
pub(super) const KEYS: &[Key] = &[
    key(
        "routing.skills",
        Kind::Boolean,
        "true",
        "whether questions are computed, decided and looked up where that is possible, before a model is asked",
    ),
    key(
        "routing.try_skill",
        SHARE,
        "0.02",
        "a skill that computes is tried from this probability of its kind of question on",
    ),
    key(
        "routing.help_skill",
        SHARE,
        "0.5",
        "from this probability on it may also ask a model and run programs, and documents are looked into",
    ),
    key(
        "routing.support",
        SHARE,
        "0.45",
        "documents are also looked into where a passage with a word of the question is this close to it (cosine)",
    ),
    key(
        "routing.quote",
        Kind::DecimalTo { max: 2 },
        "0.6",
        "a sentence of a document is the answer by itself, without a model, from this score on; 2: never",
    ),
    key(
        "routing.skill_time",
        Kind::Duration,
        "20s",
        "longest time that a skill may take",
    ),
    key(
        "routing.accept.chat",
        SHARE,
        "0",
        "an answer of a model is accepted from this probability of being right on, in conversation",
    ),
    key("routing.accept.math", SHARE, "0.7", "the same in mathematics"),
    key("routing.accept.code", SHARE, "0.6", "the same of code"),
    key("routing.accept.logic", SHARE, "0.7", "the same in logic"),
    key(
        "routing.accept.knowledge",
        SHARE,
        "0.5",
        "the same of what documents say",
    ),
    key(
        "routing.sure_kind",
        SHARE,
        "0.8",
        "a question less likely than this to be of its kind has its first answer accepted",
    ),
    key(
        "routing.patience",
        Kind::Duration,
        "15s",
        "nobody else is asked after this time where there is an answer that was not sure",
    ),
    key(
        "routing.larger",
        Kind::Boolean,
        "true",
        "whether a larger local model is asked when a smaller one was not sure",
    ),
    key(
        "routing.council",
        Kind::Boolean,
        "true",
        "whether the council votes when single local models were not sure",
    ),
    key(
        "routing.cloud",
        Kind::Boolean,
        "true",
        "whether a cloud model is asked when nobody here was sure; only where cloud models are on",
    ),
    key(
        "routing.hold_back_tokens",
        Kind::Integer { min: 0, max: 1_000 },
        "24",
        "tokens of a streamed answer that are held back until it is clear that no other model takes over; 0: none",
    ),
    key(
        "routing.busy_load",
        Kind::Decimal,
        "1.5",
        "above this load (requests that run and wait, against those that can run at once) a smaller model answers",
    ),
    key(
        "routing.busy_kv",
        SHARE,
        "0.9",
        "above this share of the KV cache as well",
    ),
    key(
        "routing.busy_max_tokens",
        Kind::Integer { min: 1, max: 100_000 },
        "256",
        "most tokens of an answer while every model is that busy",
    ),
    key(
        "routing.cache",
        Kind::Choice(&["off", "exact", "semantic"]),
        "semantic",
        "whether an answer that was checked, or that a sure model would give again, is given again to the same user in \
         the same context: for the same words, or the same meaning",
    ),
    key(
        "routing.cache_entries",
        Kind::Integer { min: 0, max: 100_000 },
        "512",
        "most answers that are kept, in memory only",
    ),
    key(
        "routing.cache_time",
        Kind::Duration,
        "1h",
        "how long an answer is kept",
    ),
    key(
        "budget.daily_usd",
        Kind::Money,
        "1",
        "most that cloud models may cost in a day (UTC), in US dollars",
    ),
    key(
        "budget.monthly_usd",
        Kind::Money,
        "none",
        "the same in a calendar month",
    ),
    key(
        "budget.per_request_usd",
        Kind::Money,
        "none",
        "the same of one request",
    ),
    key(
        "budget.per_key_usd",
        Kind::Money,
        "none",
        "the same of one API key in a day",
    ),
];
