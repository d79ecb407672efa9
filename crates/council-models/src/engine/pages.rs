//! Weights in huge pages, but not at once.
//!
//! Every token reads all weights, and with pages of 4 KiB the processor looks up where they lie 512 times as often. So the
//! supervisor has glibc ask for huge pages (`supervisor/process.rs`). While the weights are read it gets small ones all the
//! same: a virtual machine that gives unused memory back to its host fetches each huge page from there anew, three seconds
//! for a model of half a gigabyte that is loaded in one otherwise. The kernel then gathers what is there into huge pages
//! in the background (docs/decisions/0001-engine.md).

/// Loads in small pages, which may become huge ones later.
pub fn load<T>(load: impl FnOnce() -> T) -> T {
    allow_huge_pages(false);
    let loaded = load();
    allow_huge_pages(true);
    loaded
}

/// Where the kernel refuses, pages are as large as they would be without this.
#[cfg(target_os = "linux")]
fn allow_huge_pages(allow: bool) {
    let _ = rustix::thread::disable_transparent_huge_pages(!allow);
}

#[cfg(not(target_os = "linux"))]
fn allow_huge_pages(_: bool) {}
