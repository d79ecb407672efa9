//! What every store does that keeps conversations, ledger, books, receipts, settings and keys, forgets and expires: the same tests for each.

mod access;
mod budget;
mod conversations;
mod forgotten;
mod ledger;
mod receipts;
mod settings;

use super::{AT_ONCE, Kept, SHARED, store, traces};
