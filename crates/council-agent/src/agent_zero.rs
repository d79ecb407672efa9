//! Agent Zero's memory: its tools, its filter expressions, and the folder in which it keeps what it knows.
//!
//! - [`Filter`]: the `filter` parameter of its tools
//! - [`tools`]: `memory_load`, `memory_save`, `memory_delete`, `memory_forget`
//! - `layout`: a memory as Agent Zero shows it
//! - [`folder`]: its folder, read and written
//! - [`pickle`], [`faiss`]: the two files of that folder that are not JSON

pub mod faiss;
pub mod filter;
pub mod folder;
mod layout;
pub mod pickle;
pub mod tools;

pub use filter::{Filter, FilterError};
