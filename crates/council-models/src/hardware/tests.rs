//! Tests of what is read from the machine.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Disk, Gpu, Hardware, gpus};
use std::path::Path;
use tempfile::TempDir;

#[test]
fn this_machine_has_a_processor_and_memory() {
    let hardware = Hardware::detect();
    assert!(hardware.physical_cores >= 1);
    assert!(hardware.physical_cores <= hardware.logical_cores);
    assert!(hardware.memory_bytes > 64 << 20);
    assert!(hardware.available_memory_bytes <= hardware.memory_bytes);
    assert!(hardware.available_memory_bytes > 0);
}

#[test]
fn free_room_is_that_of_the_nearest_directory_that_exists() {
    let dir = TempDir::new().unwrap();
    let free = Disk::of(dir.path()).unwrap().free_bytes;
    assert!(free > 0);
    assert!(Disk::of(&dir.path().join("not/there/yet")).is_some());
}

#[test]
fn a_machine_without_drivers_has_no_gpu() {
    let root = TempDir::new().unwrap();
    assert_eq!(gpus(root.path()), []);
}

#[test]
fn gpus_are_found_by_their_drivers_files() {
    let root = TempDir::new().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "proc/driver/nvidia/gpus/0000:01:00.0/information",
        "Model: \t\t NVIDIA H200\nIRQ:   \t\t 1\n",
    );
    write("sys/class/drm/card1/device/mem_info_vram_total", "17163091968\n");
    write("sys/class/drm/card1/device/device", "0x744c\n");
    write("sys/class/drm/card1-DP-1/device/device", "0x744c\n");
    assert_eq!(
        gpus(root.path()),
        [
            Gpu {
                name: "NVIDIA H200".into(),
                memory_bytes: None
            },
            Gpu {
                name: "AMD 0x744c".into(),
                memory_bytes: Some(17_163_091_968)
            },
        ]
    );
}
