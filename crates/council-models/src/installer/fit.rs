//! How a model suits a machine.

use crate::hardware::Hardware;
use council_core::install::Fit;

/// Memory that a model of which only the file is known needs beside it, in bytes: context and buffers.
pub(super) const BESIDE_THE_FILE: u64 = 512 << 20;

/// How a model that needs so much memory suits this machine, and why, with the figures.
pub(super) fn of(needs: Option<u64>, hardware: &Hardware) -> (Fit, String) {
    let (total, free) = (hardware.memory_bytes, hardware.available_memory_bytes);
    let Some(needs) = needs.filter(|_| total > 0) else {
        return (
            Fit::Unknown,
            "it cannot be found out how much memory there is".to_owned(),
        );
    };
    let figures = format!(
        "needs {} of memory; {} of {} are free",
        gigabytes(needs),
        gigabytes(free),
        gigabytes(total)
    );
    let (fit, reason) = if needs <= free {
        (Fit::Fits, figures)
    } else if needs <= total {
        (
            Fit::Tight,
            format!("{figures}, so that something else has to give way"),
        )
    } else {
        (Fit::TooLarge, figures)
    };
    let on_gpu = hardware
        .gpus
        .iter()
        .find_map(|gpu| Some((&gpu.name, gpu.memory_bytes?)));
    match on_gpu {
        Some((name, memory)) if needs <= memory => (
            fit,
            format!("{reason}; it fits whole on {name} ({})", gigabytes(memory)),
        ),
        Some((name, memory)) => (
            fit,
            format!("{reason}; {name} ({}) takes a part of it", gigabytes(memory)),
        ),
        None => (fit, reason),
    }
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}
