//! What this machine has: processor, memory, graphics processors, room on a disk. Read, not guessed: what cannot be
//! found out is `None` or absent.

use std::path::Path;
use std::thread::available_parallelism;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

/// What this process may use of the machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hardware {
    /// The processor's name, such as `AMD EPYC 7B13`.
    pub cpu_model: Option<String>,
    /// Physical cores that this process may use (affinity and CPU quota counted).
    pub physical_cores: u32,
    /// Hardware threads that this process may use.
    pub logical_cores: u32,
    /// Instruction sets that matter to inference, such as `avx2`.
    pub instruction_sets: Vec<&'static str>,
    /// Memory in bytes, at most the limit of the control group; 0 where it cannot be found out.
    pub memory_bytes: u64,
    /// Memory that can be had without swapping, in bytes; 0 where it cannot be found out.
    pub available_memory_bytes: u64,
    /// Graphics processors.
    pub gpus: Vec<Gpu>,
}

/// A graphics processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gpu {
    /// Its name or PCI id.
    pub name: String,
    /// Its own memory in bytes, where the driver says so without being asked by a program of its own: NVIDIA's does
    /// not.
    pub memory_bytes: Option<u64>,
}

impl Hardware {
    /// Looks at the machine; takes some milliseconds.
    pub fn detect() -> Self {
        let system = System::new_with_specifics(
            RefreshKind::nothing()
                .with_memory(MemoryRefreshKind::nothing().with_ram())
                .with_cpu(CpuRefreshKind::nothing()),
        );
        let logical_cores = available_parallelism().map_or(1, |count| count.get() as u32);
        // Where fewer threads may be used than the machine has, the kernel spreads them over whole cores first.
        let physical_cores =
            System::physical_core_count().map_or(logical_cores, |count| (count as u32).min(logical_cores));
        let system = system.ok();
        let (memory_bytes, available_memory_bytes) = system.as_ref().map_or((0, 0), memory);
        Self {
            cpu_model: system
                .as_ref()
                .and_then(|system| system.cpus().first())
                .map(|cpu| cpu.brand().trim().to_owned())
                .filter(|brand| !brand.is_empty()),
            physical_cores: physical_cores.max(1),
            logical_cores,
            instruction_sets: instruction_sets(),
            memory_bytes,
            available_memory_bytes,
            gpus: gpus(Path::new("/")),
        }
    }
}

/// The file system of `path`, or of its nearest ancestor that exists.
#[derive(Clone, Copy, Debug)]
pub struct Disk {
    /// Bytes that this user can still write.
    pub free_bytes: u64,
    /// Bytes in all.
    pub total_bytes: u64,
}

impl Disk {
    /// `None` where the system does not say.
    pub fn of(path: &Path) -> Option<Self> {
        let existing = path.ancestors().find(|ancestor| ancestor.exists())?;
        #[cfg(unix)]
        {
            let stat = rustix::fs::statvfs(existing).ok()?;
            let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
            Some(Self {
                free_bytes: bytes(stat.f_bavail),
                total_bytes: bytes(stat.f_blocks),
            })
        }
        #[cfg(not(unix))]
        {
            let existing = existing.canonicalize().ok()?;
            sysinfo::Disks::new_with_refreshed_list()
                .iter()
                .filter(|disk| existing.starts_with(disk.mount_point()))
                .max_by_key(|disk| disk.mount_point().as_os_str().len())
                .map(|disk| Self {
                    free_bytes: disk.available_space(),
                    total_bytes: disk.total_space(),
                })
        }
    }
}

/// Bytes of memory that are free now, under the control group's limit where it is the lower one; `None` where the system does
/// not say. Takes a tenth of a millisecond.
pub fn free_memory_bytes() -> Option<u64> {
    memory_bytes().map(|(_, available)| available)
}

/// Bytes of memory in all, and those that are free now, likewise.
pub fn memory_bytes() -> Option<(u64, u64)> {
    let mut system = System::new().ok()?;
    system.refresh_memory();
    Some(memory(&system)).filter(|(total, _)| *total > 0)
}

/// Total and available bytes, under the control group's limit where it is the lower one.
fn memory(system: &System) -> (u64, u64) {
    let (total, available) = (system.total_memory(), system.available_memory());
    match system.cgroup_limits() {
        Some(limits) if limits.total_memory > 0 && limits.total_memory < total => {
            // The group's page cache counts as used and can be had back, so its resident size is what is gone.
            let free = limits.total_memory.saturating_sub(limits.rss);
            (limits.total_memory, available.min(free))
        }
        _ => (total, available),
    }
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn instruction_sets() -> Vec<&'static str> {
    let mut found = Vec::new();
    macro_rules! check {
        ($($name:tt),*) => {
            $(if std::is_x86_feature_detected!($name) { found.push($name); })*
        };
    }
    check!(
        "sse4.2",
        "avx",
        "f16c",
        "fma",
        "avx2",
        "avxvnni",
        "avx512f",
        "avx512bw",
        "avx512vnni",
        "avx512bf16"
    );
    found
}

#[cfg(target_arch = "aarch64")]
fn instruction_sets() -> Vec<&'static str> {
    let mut found = Vec::new();
    macro_rules! check {
        ($($name:tt),*) => {
            $(if std::arch::is_aarch64_feature_detected!($name) { found.push($name); })*
        };
    }
    check!("neon", "fp16", "dotprod", "i8mm", "bf16", "sve", "sve2");
    found
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
fn instruction_sets() -> Vec<&'static str> {
    Vec::new()
}

/// Graphics processors that have a driver: NVIDIA's from `/proc/driver/nvidia`, AMD's from `/sys/class/drm`. `root`
/// is `/` outside tests.
fn gpus(root: &Path) -> Vec<Gpu> {
    let mut found = nvidia_gpus(&root.join("proc/driver/nvidia/gpus"));
    found.extend(amd_gpus(&root.join("sys/class/drm")));
    found
}

fn nvidia_gpus(dir: &Path) -> Vec<Gpu> {
    entries(dir)
        .into_iter()
        .filter_map(|gpu| {
            let text = std::fs::read_to_string(gpu.join("information")).ok()?;
            let name = text
                .lines()
                .find_map(|line| line.strip_prefix("Model:"))?
                .trim()
                .to_owned();
            Some(Gpu {
                name,
                memory_bytes: None,
            })
        })
        .collect()
}

fn amd_gpus(dir: &Path) -> Vec<Gpu> {
    entries(dir)
        .into_iter()
        .filter_map(|card| {
            let device = card.join("device");
            // `card0` is a device; `card0-DP-1` is one of its connectors and has none of these files.
            let read = |name: &str| std::fs::read_to_string(device.join(name)).ok();
            let memory_bytes = read("mem_info_vram_total")?.trim().parse().ok();
            let name = read("product_name")
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .or_else(|| Some(format!("AMD {}", read("device")?.trim())))?;
            card.file_name()?
                .to_str()?
                .strip_prefix("card")?
                .parse::<u32>()
                .ok()?;
            Some(Gpu { name, memory_bytes })
        })
        .collect()
}

/// The entries of a directory in the order of their names; none when it does not exist.
fn entries(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests;
