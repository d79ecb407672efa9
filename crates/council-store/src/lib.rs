//! Everything that survives a restart, in one SQLite file: conversations, their messages, the ledger, and memories.
//!
//! A write that returned `Ok` is on disk: the database runs in WAL mode with `synchronous=FULL`, and writes that
//! arrive together share one transaction and one fsync. The one exception is the ledger line of an answer that cost
//! nothing and belongs to no conversation: it survives a kill of the process, not a power cut. No call blocks the
//! async runtime.
//!
//! - [`store`]: [`Store`], the open database, and how it is closed
//! - [`open`]: from a directory to an open database: lock, checks, backup, migrations
//! - [`key`]: what opens an encrypted database; [`encryption`]: from one form to the other
//! - `writer`: the one thread that writes, many requests to a transaction
//! - `readers`: the connections that read beside it
//! - `conversations`, `ledger`, `budget`, `receipts`, `calibrations`, `settings`, `access`, `egress`, `history`: the SQL, and the traits of
//!   `council-core` on top of it
//! - [`memory`]: the same for memories, and the index that finds them
//! - [`backup`]: copies of the database, and back
//! - [`portable`]: the database in open form and back, and one put into another
//! - `forgetting`: everything about somebody, gone; `retention`: what is too old, gone
//! - `columns`: how values are kept in columns
//! - `fault`: what can go wrong inside, and its translation into `StoreError`

mod access;
pub mod backup;
mod budget;
mod calibrations;
mod columns;
mod conversations;
mod egress;
pub mod encryption;
mod fault;
mod forgetting;
mod history;
pub mod key;
mod ledger;
pub mod memory;
pub mod open;
pub mod portable;
#[cfg(feature = "postgres")]
mod postgres;
mod readers;
mod receipts;
mod retention;
mod settings;
pub mod store;
mod writer;

pub use key::Key;
pub use memory::MemoryIndex;
#[cfg(feature = "postgres")]
pub use memory::postgres::PostgresMemory;
#[cfg(feature = "postgres")]
pub use memory::postgres::tls::DatabaseAddress;
pub use open::{OpenError, create_private_dir};
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use store::Store;
pub use writer::WriteReport;
