//! How models compute: from checked values to the engine's settings.

use super::layers::Values;
use council_models::config::{EngineConfig, FlashAttention, KvType};

/// The settings of all models.
pub(super) fn common(values: &Values) -> EngineConfig {
    let number = |key: &str| values.integer(key).map(|value| value as u32);
    EngineConfig {
        threads: number("engine.threads"),
        threads_batch: number("engine.threads_batch"),
        gpu_layers: number("engine.gpu_layers"),
        context_tokens: number("engine.context_tokens"),
        batch_tokens: number("engine.batch_tokens"),
        slots: number("engine.slots"),
        kv_type: kv_type(&values.text("engine.kv_type")),
        flash_attention: flash_attention(&values.text("engine.flash_attention")),
        kv_cache_bytes: values.integer("engine.kv_cache_mib").map(|mib| mib << 20),
        queue_limit: number("engine.queue_limit"),
    }
}

/// The common settings, with those that a model's section names laid over them.
pub(super) fn over(common: &EngineConfig, section: &Values) -> EngineConfig {
    let number = |key: &str, otherwise: Option<u32>| {
        if section.contains(key) {
            section.integer(key).map(|value| value as u32)
        } else {
            otherwise
        }
    };
    EngineConfig {
        threads: number("threads", common.threads),
        threads_batch: number("threads_batch", common.threads_batch),
        gpu_layers: number("gpu_layers", common.gpu_layers),
        context_tokens: number("context_tokens", common.context_tokens),
        batch_tokens: number("batch_tokens", common.batch_tokens),
        slots: number("slots", common.slots),
        kv_type: if section.contains("kv_type") {
            kv_type(&section.text("kv_type"))
        } else {
            common.kv_type
        },
        flash_attention: if section.contains("flash_attention") {
            flash_attention(&section.text("flash_attention"))
        } else {
            common.flash_attention
        },
        kv_cache_bytes: if section.contains("kv_cache_mib") {
            section.integer("kv_cache_mib").map(|mib| mib << 20)
        } else {
            common.kv_cache_bytes
        },
        queue_limit: number("queue_limit", common.queue_limit),
    }
}

/// The names are checked against the key table before; see `config/tests.rs` for the proof that both lists agree.
pub(super) fn kv_type(name: &str) -> KvType {
    match name {
        "q8_0" => KvType::Q8_0,
        "q4_0" => KvType::Q4_0,
        _ => KvType::F16,
    }
}

pub(super) fn flash_attention(name: &str) -> FlashAttention {
    match name {
        "on" => FlashAttention::On,
        "off" => FlashAttention::Off,
        _ => FlashAttention::Auto,
    }
}
