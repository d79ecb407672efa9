//! When a disk is reported as nearly full and as full.

use super::disk;
use council_server::CheckStatus;

#[test]
fn a_disk_is_fine_nearly_full_full_or_unknown() {
    let cases = [
        (Some(u64::MAX), CheckStatus::Ok),
        (Some(1 << 30), CheckStatus::Ok),
        (Some((1 << 30) - 1), CheckStatus::Warning),
        (Some(16 << 20), CheckStatus::Warning),
        (Some((16 << 20) - 1), CheckStatus::Failed),
        (Some(0), CheckStatus::Failed),
        (None, CheckStatus::Warning),
    ];
    for (free_bytes, expected) in cases {
        assert_eq!(disk("/data", free_bytes).status, expected, "{free_bytes:?}");
    }
}
