//! The programs that run programs: one for each language that has one.

/// Python's; see its first lines for what it hears and says.
pub(crate) const PYTHON: &str = include_str!("runners/python.py");
/// JavaScript's, by Node.
pub(crate) const JAVASCRIPT: &str = include_str!("runners/node.js");
