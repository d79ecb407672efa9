//! How much memory a process holds.

/// Resident bytes of a process, from `/proc` (proc(5), `VmRSS`); 0 where that cannot be found out.
pub(crate) fn resident_bytes(process_id: u32) -> u64 {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{process_id}/status")) else {
        return 0;
    };
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}
