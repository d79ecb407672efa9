//! Conversations from elsewhere.

use super::branches::{self, Leaf};
use super::{insert, key};
use crate::columns::{settings_to_json, time_to_ns};
use crate::fault::Fault;
use council_core::{ConversationId, Import, ImportedConversation, NewMessage, Place, StoreError};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Adds a conversation, unless it is here already.
pub(super) fn import(connection: &Connection, imported: &ImportedConversation) -> Result<Import, Fault> {
    if let Some(known) = known(connection, imported)? {
        return Ok(Import::Existing(known));
    }
    let sql = "INSERT INTO conversations
                   (id, source, title, folder, pinned, archived, settings, created_at_ns, updated_at_ns, owner)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING key";
    let row = params![
        imported.id.kept(),
        imported.source,
        imported.title,
        imported.folder,
        imported.pinned,
        imported.archived,
        settings_to_json(&imported.settings),
        time_to_ns(imported.created_at)?,
        time_to_ns(imported.updated_at)?,
        imported.id.user(),
    ];
    let key: i64 = connection.prepare_cached(sql)?.query_row(row, |row| row.get(0))?;
    let mut places: Vec<Leaf> = Vec::with_capacity(imported.messages.len());
    for message in &imported.messages {
        let parent = match message.parent {
            Some(parent) => Some(*places.get(parent).ok_or_else(|| {
                let message = "a message comes before the one that it follows".to_owned();
                Fault::Store(StoreError::Invalid(message))
            })?),
            None => None,
        };
        let new = NewMessage {
            conversation: imported.id.clone(),
            place: Place::Leaf,
            message: message.message.clone(),
            model: message.model.clone(),
            request_id: message.request_id.clone(),
            created_at: message.created_at,
            finish: message.finish,
        };
        let id = insert(connection, key, parent, &new)?;
        places.push((id, parent.map_or(1, |(_, depth)| depth + 1)));
    }
    let leaf = imported.leaf.map_or(places.last(), |leaf| places.get(leaf));
    if let Some(leaf) = leaf {
        branches::set_leaf(connection, key, *leaf)?;
    }
    Ok(Import::Added(imported.id.clone()))
}

/// The conversation that it is here.
fn known(connection: &Connection, imported: &ImportedConversation) -> Result<Option<ConversationId>, Fault> {
    if let Some(source) = &imported.source {
        let sql = "SELECT id FROM conversations WHERE source = ?1 AND owner = ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let id: Option<String> = statement
            .query_row([source.as_str(), imported.id.user()], |row| row.get(0))
            .optional()?;
        if let Some(id) = id.as_deref().and_then(ConversationId::from_kept) {
            return Ok(Some(id));
        }
    }
    Ok(key(connection, &imported.id)?.map(|_| imported.id.clone()))
}
