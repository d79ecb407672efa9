//! Folders go, whatever is in them.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};

#[test]
fn nothing_that_a_program_leaves_keeps_a_folder_from_going() {
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("kept"), "").unwrap();
    let folder = Folder::new(None).unwrap();
    let path = folder.path().to_owned();
    let mut place = open(CWD, &path).unwrap();
    // Deeper than paths are long and than a process has descriptors.
    for _ in 0..1200 {
        rustix::fs::mkdirat(&place, "deeper", Mode::RWXU).unwrap();
        place = open(&place, "deeper").unwrap();
    }
    fs::create_dir_all(path.join("locked/in")).unwrap();
    fs::write(path.join("locked/in/file"), "x").unwrap();
    fs::create_dir(path.join("moved-1")).unwrap();
    for locked in ["locked/in", "locked"] {
        fs::set_permissions(path.join(locked), Permissions::from_mode(0o000)).unwrap();
    }
    symlink(other.path(), path.join("link")).unwrap();
    drop(folder);
    assert!(!path.exists());
    assert!(other.path().join("kept").exists());
}
