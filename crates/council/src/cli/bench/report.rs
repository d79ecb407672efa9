//! The result as JSON and as a table.

use super::measure::{Figures, Samples, Sizes};
use crate::output::Output;
use council_core::ModelInfo;
use council_models::hardware::Hardware;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::time::Duration;

/// Everything that was found out.
pub(super) struct Report {
    pub(super) model: ModelInfo,
    pub(super) sizes: Sizes,
    pub(super) load: Duration,
    pub(super) idle_bytes: u64,
    pub(super) busy_bytes: u64,
    pub(super) figures: Figures,
}

impl Report {
    fn rows(&self) -> [(&'static str, &'static str, &Samples); 6] {
        let figures = &self.figures;
        [
            ("prompt", "tokens/s", &figures.prompt_per_second),
            ("generation", "tokens/s", &figures.generate_per_second),
            (
                "parallel generation, all answers",
                "tokens/s",
                &figures.parallel_per_second,
            ),
            ("first token, first turn", "s", &figures.cold_first_token),
            ("first token, second turn", "s", &figures.warm_first_token),
            ("five voices on one prompt", "s", &figures.voices),
        ]
    }

    pub(super) fn json(&self) -> Value {
        let hardware = Hardware::detect();
        let measured: serde_json::Map<String, Value> = self
            .rows()
            .into_iter()
            .map(|(name, unit, samples)| {
                let (min, median, max) = samples.spread();
                let figure =
                    json!({"unit": unit, "min": min, "median": median, "max": max, "runs": samples.0});
                (name.to_owned(), figure)
            })
            .collect();
        json!({
            "model": self.model.id,
            "model_bytes": self.model.size_bytes,
            "machine": {
                "cpu": hardware.cpu_model,
                "physical_cores": hardware.physical_cores,
                "logical_cores": hardware.logical_cores,
                "instruction_sets": hardware.instruction_sets,
                "memory_bytes": hardware.memory_bytes,
            },
            "sizes": {
                "prompt_tokens": self.sizes.prompt_tokens,
                "generate_tokens": self.sizes.generate_tokens,
                "parallel": self.sizes.parallel,
                "runs": self.sizes.runs,
            },
            "load_seconds": self.load.as_secs_f64(),
            "worker_memory_bytes": {"idle": self.idle_bytes, "after": self.busy_bytes},
            "measured": measured,
        })
    }

    pub(super) fn table(&self, output: &mut Output) -> io::Result<()> {
        let sizes = self.sizes;
        writeln!(
            output,
            "{}: {} prompt tokens, {} generated, {} in parallel, median of {} [min to max]",
            self.model.id, sizes.prompt_tokens, sizes.generate_tokens, sizes.parallel, sizes.runs
        )?;
        for (name, unit, samples) in self.rows() {
            let (min, median, max) = samples.spread();
            writeln!(
                output,
                "  {name:<34} {median:>9.2} {unit:<8} [{min:.2} to {max:.2}]"
            )?;
        }
        let mebibytes = |bytes: u64| bytes / (1 << 20);
        writeln!(output, "  {:<34} {:>9.2} s", "load", self.load.as_secs_f64())?;
        writeln!(
            output,
            "  {:<34} {:>9} MiB      [{} MiB idle]",
            "memory of the worker",
            mebibytes(self.busy_bytes),
            mebibytes(self.idle_bytes)
        )
    }
}
