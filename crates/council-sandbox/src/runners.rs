//! The programs that run programs: one for each language that has one.

/// Python's; see its first lines for what it hears and says.
pub(crate) const PYTHON: &str = include_str!("runners/python.py");
/// The one for programs of a bash session: each has a shell of its own, which takes up what the last one knew.
pub(crate) const BASH: &str = include_str!("runners/bash.sh");
/// JavaScript's, by Node.
pub(crate) const JAVASCRIPT: &str = include_str!("runners/node.js");
