//! The keys of a `[models."<id>"]` section, and kinds of values that they share with those of all models.

use super::{Fallback, Key, Kind};

pub(super) const THREADS: Kind = Kind::IntegerOrAuto { min: 1, max: 1024 };
pub(super) const LAYERS: Kind = Kind::IntegerOrAuto { min: 0, max: 10_000 };
pub(super) const CONTEXT: Kind = Kind::IntegerOrAuto {
    min: 64,
    max: 16_777_216,
};
pub(super) const BATCH: Kind = Kind::IntegerOrAuto { min: 64, max: 4096 };
pub(super) const SLOTS: Kind = Kind::IntegerOrAuto { min: 1, max: 64 };
pub(super) const KV_TYPE: Kind = Kind::Choice(&["f16", "q8_0", "q4_0"]);
pub(super) const FLASH: Kind = Kind::Choice(&["auto", "on", "off"]);
pub(super) const KV_MIB: Kind = Kind::IntegerOrAuto {
    min: 1,
    max: 16_777_216,
};
pub(super) const QUEUE: Kind = Kind::IntegerOrAuto {
    min: 0,
    max: 1_000_000,
};

const fn over(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        kind,
        fallback: Fallback::Absent,
        doc: "as in [engine] and [models], for this model only",
    }
}

/// The keys of a `[models."<id>"]` section.
pub const MODEL_KEYS: &[Key] = &[
    over("keep_alive", Kind::DurationOrNever),
    over("threads", THREADS),
    over("threads_batch", THREADS),
    over("gpu_layers", LAYERS),
    over("context_tokens", CONTEXT),
    over("batch_tokens", BATCH),
    over("slots", SLOTS),
    over("kv_type", KV_TYPE),
    over("flash_attention", FLASH),
    over("kv_cache_mib", KV_MIB),
    over("queue_limit", QUEUE),
];
