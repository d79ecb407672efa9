//! Measures this machine: processors, memory, disks, this process and those that it started, and NVIDIA's graphics processors
//! through their driver's library, which is looked for when the server starts and need not be there.

mod processes;

use async_trait::async_trait;
use council_models::hardware::{Disk, memory_bytes};
use council_server::monitor::machine::{GpuState, Machine, MachineState};
use nvml_wrapper::enum_wrappers::device::TemperatureSensor;
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::{Device, Nvml};
use processes::Processes;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use sysinfo::System;

/// Names of the library: the first is what a driver installs, the second what its development files add, and the name elsewhere.
const LIBRARIES: [&str; 3] = ["libnvidia-ml.so.1", "libnvidia-ml.so", "nvml.dll"];

/// The machine that this process runs on.
pub struct ThisMachine(Arc<Mutex<Meter>>);

/// What measuring needs to remember.
struct Meter {
    data_dir: PathBuf,
    models_dir: PathBuf,
    processes: Processes,
    system: Option<System>,
    /// Whether processors' times were read before: a share is of the time in between.
    has_read: bool,
    /// NVIDIA's library, or why there is none.
    nvml: Result<Nvml, String>,
}

impl ThisMachine {
    /// With the disks of these directories.
    pub fn new(data_dir: &Path, models_dir: &Path) -> Self {
        Self(Arc::new(Mutex::new(Meter {
            data_dir: data_dir.to_owned(),
            models_dir: models_dir.to_owned(),
            processes: Processes::default(),
            system: System::new().ok(),
            has_read: false,
            nvml: open_nvml(),
        })))
    }
}

#[async_trait]
impl Machine for ThisMachine {
    async fn measure(&self) -> MachineState {
        let meter = Arc::clone(&self.0);
        // A driver may take some milliseconds.
        let measured = tokio::task::spawn_blocking(move || {
            let mut meter = meter.lock().unwrap_or_else(PoisonError::into_inner);
            meter.measure()
        });
        measured.await.unwrap_or_default()
    }
}

impl Meter {
    fn measure(&mut self) -> MachineState {
        let (total, available) = memory_bytes().unzip();
        let (gpus, gpu_problem) = match &self.nvml {
            Ok(nvml) => match gpus(nvml) {
                Ok(gpus) => (gpus, None),
                Err(error) => (
                    Vec::new(),
                    Some(format!("NVIDIA's driver does not answer: {error}")),
                ),
            },
            Err(problem) => (Vec::new(), Some(problem.clone())),
        };
        let (data, models) = (Disk::of(&self.data_dir), Disk::of(&self.models_dir));
        MachineState {
            cpu: self.cpu(),
            cores: self.system.as_ref().map(|system| system.cpus().len() as u32),
            memory_total_bytes: total,
            memory_used_bytes: total
                .zip(available)
                .map(|(total, free)| total.saturating_sub(free)),
            disk_total_bytes: data.map(|disk| disk.total_bytes),
            disk_free_bytes: data.map(|disk| disk.free_bytes),
            models_disk_total_bytes: models.map(|disk| disk.total_bytes),
            models_disk_free_bytes: models.map(|disk| disk.free_bytes),
            processes: self.processes.measure(),
            gpus,
            gpu_problem,
        }
    }

    fn cpu(&mut self) -> Option<f64> {
        let system = self.system.as_mut()?;
        system.refresh_cpu_usage();
        let known = std::mem::replace(&mut self.has_read, true);
        known.then(|| f64::from(system.global_cpu_usage()) / 100.0)
    }
}

/// NVIDIA's library, or why there is none.
fn open_nvml() -> Result<Nvml, String> {
    for library in LIBRARIES {
        match Nvml::builder().lib_path(library.as_ref()).init() {
            Ok(nvml) => return Ok(nvml),
            Err(NvmlError::LibloadingError(_)) => {}
            Err(error) => return Err(format!("NVIDIA's driver cannot be asked: {error}")),
        }
    }
    Err("no NVIDIA driver was found, and others cannot be asked".to_owned())
}

fn gpus(nvml: &Nvml) -> Result<Vec<GpuState>, NvmlError> {
    (0..nvml.device_count()?)
        .map(|index| nvml.device_by_index(index).map(|device| gpu(&device)))
        .collect()
}

/// What a device does not tell is absent; a part of one (MIG) tells little.
fn gpu(device: &Device<'_>) -> GpuState {
    let memory = device.memory_info().ok();
    let busy = device.utilization_rates().ok();
    GpuState {
        name: device.name().unwrap_or_else(|_| "NVIDIA".to_owned()),
        busy: busy.map(|busy| f64::from(busy.gpu) / 100.0),
        memory_total_bytes: memory.as_ref().map(|memory| memory.total),
        memory_used_bytes: memory.as_ref().map(|memory| memory.used),
        temperature_c: device.temperature(TemperatureSensor::Gpu).ok().map(f64::from),
        power_w: device
            .power_usage()
            .ok()
            .map(|milliwatts| f64::from(milliwatts) / 1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::ThisMachine;
    use council_server::monitor::machine::Machine as _;
    use std::path::Path;

    #[tokio::test]
    async fn this_machine_is_measured_and_a_missing_graphics_processor_is_said_to_be_missing() {
        let machine = ThisMachine::new(Path::new("."), Path::new("."));
        assert_eq!(machine.measure().await.cpu, None, "a share of no time");
        let measured = machine.measure().await;
        assert!(
            measured.cpu.is_some_and(|share| (0.0..=1.0).contains(&share)),
            "{measured:?}"
        );
        assert!(measured.cores >= Some(1), "{measured:?}");
        assert!(
            measured.memory_used_bytes <= measured.memory_total_bytes,
            "{measured:?}"
        );
        assert!(measured.memory_used_bytes > Some(0), "{measured:?}");
        assert!(
            measured.disk_free_bytes <= measured.disk_total_bytes,
            "{measured:?}"
        );
        assert!(measured.disk_total_bytes > Some(0), "{measured:?}");
        assert_eq!(
            measured.gpus.is_empty(),
            measured.gpu_problem.is_some(),
            "{measured:?}"
        );
        for gpu in &measured.gpus {
            assert!(!gpu.name.is_empty(), "{gpu:?}");
            assert!(gpu.memory_used_bytes <= gpu.memory_total_bytes, "{gpu:?}");
            assert!(
                gpu.busy.is_none_or(|share| (0.0..=1.0).contains(&share)),
                "{gpu:?}"
            );
        }
    }
}
