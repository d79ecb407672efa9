//! The paths that a program may use, held by Landlock: a second wall behind the mounts.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, PathBeneath, PathFd,
    Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, Scope, make_bitflags,
};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

/// What a program may do where.
pub(super) struct Paths<'a> {
    /// Run and read.
    pub(super) programs: &'a [PathBuf],
    /// Read.
    pub(super) readable: &'a [PathBuf],
    /// Read and write, never run.
    pub(super) writable: &'a [PathBuf],
    /// List every folder, for `ls /`: right where every folder is the box's.
    pub(super) lists_all: bool,
}

/// A ruleset for a process to put itself under, of the newest kind that this kernel knows.
///
/// # Errors
/// Where the kernel has no Landlock.
pub(super) fn ruleset(paths: &Paths<'_>) -> io::Result<OwnedFd> {
    make(paths)
        .map_err(|error| io::Error::other(format!("landlock: {error}")))?
        .ok_or_else(|| io::Error::other("landlock: this kernel has none, or it is turned off"))
}

fn make(paths: &Paths<'_>) -> Result<Option<OwnedFd>, landlock::RulesetError> {
    let newest = ABI::V6;
    let look = make_bitflags!(AccessFs::{ReadFile | ReadDir});
    let run = look | AccessFs::Execute;
    let write = AccessFs::from_all(newest) & !(AccessFs::Execute | AccessFs::MakeBlock | AccessFs::MakeChar);
    let device = make_bitflags!(AccessFs::{ReadFile | WriteFile | Truncate});
    let mut rules = Ruleset::default()
        // Older kernels hold what they know of it; that there is Landlock at all is asked for by the caller.
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(newest))?
        .handle_access(AccessNet::from_all(newest))?
        .scope(Scope::from_all(newest))?
        .create()?;
    let mut allow = |path: &Path, access: BitFlags<AccessFs>| -> Result<(), landlock::RulesetError> {
        let Ok(place) = PathFd::new(path) else {
            return Ok(());
        };
        let access = if path.is_dir() {
            access
        } else {
            access & AccessFs::from_file(newest)
        };
        (&mut rules).add_rule(PathBeneath::new(place, access))?;
        Ok(())
    };
    if paths.lists_all {
        allow(Path::new("/"), AccessFs::ReadDir.into())?;
    }
    for (places, access) in [
        (paths.programs, run),
        (paths.readable, look),
        (paths.writable, write),
    ] {
        for path in places {
            allow(path, access)?;
        }
    }
    for path in [
        "/dev/null",
        "/dev/zero",
        "/dev/full",
        "/dev/random",
        "/dev/urandom",
    ] {
        allow(Path::new(path), device)?;
    }
    Ok(rules.into())
}
