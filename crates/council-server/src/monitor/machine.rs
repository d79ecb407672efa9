//! The machine, as only the composition root can measure it.

use async_trait::async_trait;

/// How the machine is. What cannot be measured here is `None`, never a guess.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MachineState {
    /// Share of all processors' time that was used since the last time this was asked, [0, 1].
    pub cpu: Option<f64>,
    /// Threads that the processors run at once.
    pub cores: Option<u32>,
    /// Memory in bytes, at most the limit of the control group.
    pub memory_total_bytes: Option<u64>,
    /// Memory that cannot be had without swapping, in bytes.
    pub memory_used_bytes: Option<u64>,
    /// The disk of the data directory, in bytes.
    pub disk_total_bytes: Option<u64>,
    /// What can still be written to it, in bytes.
    pub disk_free_bytes: Option<u64>,
    /// The disk of the models directory, in bytes.
    pub models_disk_total_bytes: Option<u64>,
    /// What can still be written to it, in bytes.
    pub models_disk_free_bytes: Option<u64>,
    /// The server's process first, then those that it started; empty where they cannot be measured.
    pub processes: Vec<ProcessState>,
    /// Graphics processors that can be measured.
    pub gpus: Vec<GpuState>,
    /// Why none can be, where that is so.
    pub gpu_problem: Option<String>,
}

/// How a process is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProcessState {
    /// Its number.
    pub pid: u32,
    /// What it is for: `server`, `model`, `sandbox`, or the program's name.
    pub role: String,
    /// Processors that it kept busy since the last time this was asked; absent the first time.
    pub cpu_cores: Option<f64>,
    /// Resident memory, in bytes.
    pub memory_bytes: u64,
    /// Threads.
    pub threads: u64,
    /// Open file descriptors.
    pub open_files: Option<u64>,
    /// Seconds since it was started.
    pub uptime_s: f64,
}

/// How a graphics processor is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GpuState {
    /// Its name, as its driver says it.
    pub name: String,
    /// Share of the time in which it computed, [0, 1].
    pub busy: Option<f64>,
    /// Its memory, in bytes.
    pub memory_total_bytes: Option<u64>,
    /// What is used of it, in bytes.
    pub memory_used_bytes: Option<u64>,
    /// Degrees Celsius.
    pub temperature_c: Option<f64>,
    /// Watts.
    pub power_w: Option<f64>,
}

/// Measures the machine.
#[async_trait]
pub trait Machine: Send + Sync {
    /// How it is now; asked once a second.
    async fn measure(&self) -> MachineState;
}

/// A machine of which nothing is measured.
pub struct NoMachine;

#[async_trait]
impl Machine for NoMachine {
    async fn measure(&self) -> MachineState {
        MachineState::default()
    }
}
