//! What the monitor measures and nobody else counts, as metrics: the machine, the models' processes, the budget, and what the
//! parts of Council should take.

use super::machine::{GpuState, MachineState};
use super::series::Component;
use council_core::{Caps, ModelState, ModelStatus, NanoUsd, Spending};
use prometheus::{GaugeVec, Opts, Registry};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// States that a model can be in, as the label has them.
const STATES: [&str; 4] = ["unloaded", "loading", "ready", "failed"];

/// Gauges that follow the monitor. One without a value has no series: 0 would be a measurement.
pub struct MonitorMetrics {
    cpu: GaugeVec,
    memory_used: GaugeVec,
    memory_total: GaugeVec,
    disk_free: GaugeVec,
    disk_total: GaugeVec,
    gpus: GaugeVec,
    gpu_busy: GaugeVec,
    gpu_memory_used: GaugeVec,
    gpu_memory_total: GaugeVec,
    gpu_temperature: GaugeVec,
    gpu_power: GaugeVec,
    spent: GaugeVec,
    cap: GaugeVec,
    model_memory: GaugeVec,
    model_state: GaugeVec,
    /// Models that have series.
    known: Mutex<BTreeSet<String>>,
}

impl MonitorMetrics {
    /// Registers them.
    ///
    /// # Errors
    /// When a metric of the same name is registered already.
    pub fn register(registry: &Registry, version: &str) -> Result<Self, prometheus::Error> {
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            let gauge = GaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        gauge(
            "council_build_info",
            "1, with the version as a label.",
            &["version"],
        )?
        .with_label_values(&[version])
        .set(1.0);
        let targets = gauge(
            "council_target_seconds",
            "What a part of Council should take at most on a machine that does nothing else, and which percentile of its \
             times: docs/monitoring.md says where each comes from.",
            &["component", "percentile"],
        )?;
        for component in Component::ALL {
            if let Some(target) = component.target() {
                targets
                    .with_label_values(&[component.as_str(), target.quantile])
                    .set(target.ms / 1_000.0);
            }
        }
        let directory = &["directory"];
        Ok(Self {
            cpu: gauge(
                "council_machine_cpu_ratio",
                "Share of all processors' time that was used in the last second, 0 to 1.",
                &[],
            )?,
            memory_used: gauge(
                "council_machine_memory_used_bytes",
                "Memory of the machine, or of its control group, that cannot be had without swapping.",
                &[],
            )?,
            memory_total: gauge(
                "council_machine_memory_total_bytes",
                "Memory of the machine, at most the limit of its control group.",
                &[],
            )?,
            disk_free: gauge(
                "council_machine_disk_free_bytes",
                "What can still be written to the disk of a directory: `data`, `models`.",
                directory,
            )?,
            disk_total: gauge(
                "council_machine_disk_total_bytes",
                "Size of the disk of a directory: `data`, `models`.",
                directory,
            )?,
            gpus: gauge(
                "council_machine_gpus",
                "Graphics processors that can be measured: NVIDIA's, through their driver's library.",
                &[],
            )?,
            gpu_busy: gauge(
                "council_machine_gpu_busy_ratio",
                "Share of the time in which a graphics processor computed, 0 to 1; there only where one is.",
                &["gpu"],
            )?,
            gpu_memory_used: gauge(
                "council_machine_gpu_memory_used_bytes",
                "Memory of a graphics processor that is used; there only where one is.",
                &["gpu"],
            )?,
            gpu_memory_total: gauge(
                "council_machine_gpu_memory_total_bytes",
                "Memory of a graphics processor; there only where one is.",
                &["gpu"],
            )?,
            gpu_temperature: gauge(
                "council_machine_gpu_temperature_celsius",
                "Temperature of a graphics processor; there only where one is.",
                &["gpu"],
            )?,
            gpu_power: gauge(
                "council_machine_gpu_power_watts",
                "What a graphics processor draws; there only where one is.",
                &["gpu"],
            )?,
            spent: gauge(
                "council_budget_spent_usd",
                "Charged and set aside since midnight UTC (`day`) and since the first of the month (`month`).",
                &["period"],
            )?,
            cap: gauge(
                "council_budget_cap_usd",
                "What may be spent in a `day` and in a `month`; there only where a cap is set.",
                &["period"],
            )?,
            model_memory: gauge(
                "council_model_memory_bytes",
                "Resident memory of a model's worker process; 0 where it has none.",
                &["model"],
            )?,
            model_state: gauge(
                "council_model_state",
                "1 for the state that a model is in, 0 for the others: `unloaded`, `loading`, `ready`, `failed`.",
                &["model", "state"],
            )?,
            known: Mutex::default(),
        })
    }

    /// Shows what was measured.
    pub fn show(
        &self,
        machine: &MachineState,
        spending: Option<Spending>,
        caps: Caps,
        models: &[ModelStatus],
    ) {
        self.show_machine(machine);
        for (period, spent, cap) in [
            ("day", spending.map(|spending| spending.today), caps.daily),
            ("month", spending.map(|spending| spending.month), caps.monthly),
        ] {
            set(&self.spent, &[period], spent.map(NanoUsd::as_usd));
            set(&self.cap, &[period], cap.map(NanoUsd::as_usd));
        }
        self.show_models(models);
    }

    fn show_machine(&self, machine: &MachineState) {
        let number = |value: Option<u64>| value.map(|value| value as f64);
        set(&self.cpu, &[], machine.cpu);
        set(&self.memory_used, &[], number(machine.memory_used_bytes));
        set(&self.memory_total, &[], number(machine.memory_total_bytes));
        for (directory, free, total) in [
            ("data", machine.disk_free_bytes, machine.disk_total_bytes),
            (
                "models",
                machine.models_disk_free_bytes,
                machine.models_disk_total_bytes,
            ),
        ] {
            set(&self.disk_free, &[directory], number(free));
            set(&self.disk_total, &[directory], number(total));
        }
        set(&self.gpus, &[], Some(machine.gpus.len() as f64));
        for (index, gpu) in machine.gpus.iter().enumerate() {
            let GpuState {
                name,
                busy,
                memory_total_bytes,
                memory_used_bytes,
                temperature_c,
                power_w,
            } = gpu;
            // Two of one kind have one name.
            let name = format!("{index} {name}");
            let gpu = &[name.as_str()];
            set(&self.gpu_busy, gpu, *busy);
            set(&self.gpu_memory_used, gpu, number(*memory_used_bytes));
            set(&self.gpu_memory_total, gpu, number(*memory_total_bytes));
            set(&self.gpu_temperature, gpu, *temperature_c);
            set(&self.gpu_power, gpu, *power_w);
        }
    }

    fn show_models(&self, models: &[ModelStatus]) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let there: BTreeSet<String> = models.iter().map(|model| model.info.id.clone()).collect();
        for gone in known.difference(&there) {
            set(&self.model_memory, &[gone], None);
            for state in STATES {
                set(&self.model_state, &[gone, state], None);
            }
        }
        for model in models {
            let id = model.info.id.as_str();
            set(
                &self.model_memory,
                &[id],
                Some(model.activity.memory_bytes as f64),
            );
            let is = match &model.state {
                ModelState::Unloaded => "unloaded",
                ModelState::Loading { .. } => "loading",
                ModelState::Ready => "ready",
                ModelState::Failed { .. } => "failed",
            };
            for state in STATES {
                set(
                    &self.model_state,
                    &[id, state],
                    Some(f64::from(u8::from(state == is))),
                );
            }
        }
        *known = there;
    }
}

/// A value, or no series.
fn set(gauge: &GaugeVec, labels: &[&str], value: Option<f64>) {
    match value {
        Some(value) => gauge.with_label_values(labels).set(value),
        // It may never have been there.
        None => drop(gauge.remove_label_values(labels)),
    }
}

#[cfg(test)]
mod tests;
