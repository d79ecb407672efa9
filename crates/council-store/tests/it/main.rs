//! The store against the contracts of `council-core`, through its public interface only.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod backup;
mod calibrations;
mod durability;
mod egress;
#[cfg(feature = "encryption")]
mod encryption;
mod forgetting;
mod history;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod retention;
mod spending;
mod sqlite;

use council_core::{ConversationId, Message, NewMessage, Place, Role, Timestamp};
use council_store::Store;
use std::sync::Arc;
use tempfile::TempDir;

/// An empty store and the directory that holds it.
fn store() -> (Arc<Store>, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (Store::open(dir.path()).unwrap(), dir)
}

fn id(text: &str) -> ConversationId {
    ConversationId::parse(text).unwrap()
}

/// A user message of `conversation`, said `second` seconds after the epoch.
fn said(conversation: &str, text: &str, second: u64) -> NewMessage {
    NewMessage {
        conversation: id(conversation),
        place: Place::Leaf,
        finish: None,
        message: Message::text(Role::User, text),
        model: None,
        request_id: format!("r-{text}"),
        created_at: Timestamp::from_millis(second * 1_000),
    }
}
