//! `index.pkl`: Python's pickle of langchain's document store, read as data and never executed.
//!
//! A pickle is a program for a small stack machine, and Python's own reader lets it call anything. This reader knows
//! the opcodes that build data, and the names of the two classes that langchain writes (three with the `set` of older
//! protocols), which stay names. Everything else is refused by name and place.
//!
//! - `heap`: the values that they make, and the classes that may be named
//! - `machine`: the opcodes, protocols 2 to 5 (Python's `pickletools` documents them)
//! - `docstore`: what langchain's classes mean
//! - `write`: the same the other way

mod docstore;
mod heap;
mod machine;
mod write;

pub use docstore::{Docstore, Document, read};
pub use write::write;

/// Why a pickle was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PickleError {
    /// It ends in the middle.
    #[error("index.pkl ends at byte {0}, in the middle")]
    Truncated(usize),
    /// It names something that is not langchain's.
    #[error(
        "index.pkl names `{name}` at byte {at}: only langchain's document store is read, and nothing is executed"
    )]
    Global {
        /// Module and name.
        name: String,
        /// The byte.
        at: usize,
    },
    /// An opcode that builds no data, or that no version of langchain writes.
    #[error("index.pkl has {opcode} at byte {at}, which is not needed for documents and not executed")]
    Opcode {
        /// Its name in `pickletools`.
        opcode: String,
        /// The byte.
        at: usize,
    },
    /// It is no pickle, or a broken one.
    #[error("index.pkl is damaged at byte {at}: {reason}")]
    Damaged {
        /// The byte.
        at: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// It is larger than is read.
    #[error("index.pkl is too large: {0}")]
    TooLarge(String),
    /// It holds something other than documents.
    #[error("index.pkl holds no documents as langchain writes them: {0}")]
    Shape(String),
}

#[cfg(test)]
mod tests;
