//! What a program could try against its host, tried: on the user's machine by `council sandbox doctor`, and in the tests
//! of every backend. A box that was never attacked protects only by hearsay.
//!
//! - [`attack`]: one attack, what it would mean, and what it does without a box
//! - [`ground`]: what lies on the host for attacks to reach: files, sockets, a process; gone when dropped
//! - [`program`](self::program): an attack as a program
//! - [`judge`]: what a report must say after a program took, wrote or left too much
//! - `isolation`, `resources`, `output`, `artifacts`: the tables
//!
//! The programs themselves are the Python files in this folder.

mod artifacts;
pub mod attack;
pub mod ground;
mod isolation;
pub mod judge;
mod output;
pub mod program;
mod resources;
mod run;

pub use attack::{Attack, Check, Group, Other, Outcome, Outside, Text, Trial, Verdict, Way};
pub use ground::Ground;
pub use judge::{After, Ended};
pub use run::{control, run, run_by};

/// All attacks, group by group.
pub fn all() -> impl Iterator<Item = &'static Attack> {
    [
        isolation::ENVIRONMENT,
        isolation::FILES,
        isolation::NAMESPACES,
        isolation::KERNEL,
        isolation::NETWORK,
        isolation::PROCESSES,
        isolation::NEIGHBOURS,
        resources::RESOURCES,
        output::OUTPUT,
        artifacts::ARTIFACTS,
    ]
    .into_iter()
    .flatten()
}

/// The attacks with these names, in the order of the tables.
pub fn named(names: &[&str]) -> impl Iterator<Item = &'static Attack> {
    all().filter(move |attack| names.contains(&attack.name))
}
