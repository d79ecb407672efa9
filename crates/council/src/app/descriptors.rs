//! How many files and connections this process may have open.

/// Descriptors for everything but connections: the database, models, workers, pulls, the sandbox.
#[cfg(unix)]
const RESERVED: u64 = 256;

/// How many connections can be open: as many as configured, or as the system lets this process have, whose own bound is
/// raised as far as it may be.
#[cfg(unix)]
pub(super) fn connections(configured: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = configured as u64 + RESERVED;
    let before = getrlimit(Resource::Nofile);
    // None: no bound.
    let Some(current) = before.current.filter(|&current| current < wanted) else {
        return configured;
    };
    let raised = before.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let limit = Rlimit {
        current: Some(raised),
        ..before
    };
    let may = if setrlimit(Resource::Nofile, limit).is_ok() {
        raised
    } else {
        current
    };
    let possible = usize::try_from(may.saturating_sub(RESERVED))
        .unwrap_or(usize::MAX)
        .max(16);
    if possible < configured {
        tracing::warn!(
            "this process may open {may} files, which leaves {possible} connections of the {configured} that \
             `limits.connections` asks for; raise its bound (`ulimit -n`, `LimitNOFILE=` of systemd)"
        );
    }
    possible.min(configured)
}

/// Elsewhere there is no such bound that a process could ask for.
#[cfg(not(unix))]
pub(super) fn connections(configured: usize) -> usize {
    configured
}
