//! Everything that survives a restart, in one SQLite file: conversations, their messages, the ledger, and memories.
//!
//! A write that returned `Ok` is on disk: the database runs in WAL mode with `synchronous=FULL`, and writes that
//! arrive together share one transaction and one fsync. The one exception is the ledger line of an answer that cost
//! nothing and belongs to no conversation: it survives a kill of the process, not a power cut. No call blocks the
//! async runtime.
//!
//! - [`store`]: [`Store`], the open database, and how it is closed
//! - [`open`]: from a directory to an open database: lock, checks, backup, migrations
//! - `writer`: the one thread that writes, many requests to a transaction
//! - `readers`: the connections that read beside it
//! - `conversations`, `ledger`, `budget`, `receipts`, `calibrations`, `settings`, `egress`, `history`: the SQL, and the traits of
//!   `council-core` on top of it
//! - [`memory`]: the same for memories, and the index that finds them
//! - `backup`: copies of the database, and back
//! - `columns`: how values are kept in columns
//! - `fault`: what can go wrong inside, and its translation into `StoreError`

mod backup;
mod budget;
mod calibrations;
mod columns;
mod conversations;
mod egress;
mod fault;
mod history;
mod ledger;
pub mod memory;
pub mod open;
mod readers;
mod receipts;
mod settings;
pub mod store;
mod writer;

pub use memory::MemoryIndex;
#[cfg(feature = "postgres")]
pub use memory::postgres::PostgresMemory;
pub use open::{OpenError, create_private_dir};
pub use store::Store;
