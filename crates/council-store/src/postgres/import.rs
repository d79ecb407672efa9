//! Conversations from elsewhere.

use super::branches::{self, Leaf};
use super::conversations::{insert, key};
use super::search::words_to_keep;
use crate::columns::{settings_to_json, time_to_ns};
use crate::memory::postgres::server::PgFault;
use council_core::{ConversationId, Import, ImportedConversation, NewMessage, Place, StoreError};
use deadpool_postgres::{Client, Transaction};

/// Adds a conversation, unless it is here already.
pub(super) async fn import(client: &mut Client, imported: &ImportedConversation) -> Result<Import, PgFault> {
    let transaction = client.transaction().await?;
    if let Some(known) = known(&transaction, imported).await? {
        return Ok(Import::Existing(known));
    }
    let sql = "INSERT INTO conversations
                   (id, source, title, words, folder, pinned, archived, settings, created_at_ns, updated_at_ns, owner)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING key";
    let row = transaction
        .query_one(
            sql,
            &[
                &imported.id.kept(),
                &imported.source,
                &imported.title,
                &words_to_keep(&imported.title),
                &imported.folder,
                &imported.pinned,
                &imported.archived,
                &settings_to_json(&imported.settings),
                &time_to_ns(imported.created_at)?,
                &time_to_ns(imported.updated_at)?,
                &imported.id.user(),
            ],
        )
        .await?;
    let key: i64 = row.get(0);
    let mut places: Vec<Leaf> = Vec::with_capacity(imported.messages.len());
    for message in &imported.messages {
        let parent = match message.parent {
            Some(parent) => Some(*places.get(parent).ok_or_else(|| {
                let message = "a message comes before the one that it follows".to_owned();
                PgFault::Store(StoreError::Invalid(message))
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
        let id = insert(&transaction, key, parent, &new).await?;
        places.push((id, parent.map_or(1, |(_, depth)| depth + 1)));
    }
    let leaf = imported.leaf.map_or(places.last(), |leaf| places.get(leaf));
    if let Some(leaf) = leaf {
        branches::set_leaf(&transaction, key, *leaf).await?;
    }
    transaction.commit().await?;
    Ok(Import::Added(imported.id.clone()))
}

/// The conversation that it is here.
async fn known(
    transaction: &Transaction<'_>,
    imported: &ImportedConversation,
) -> Result<Option<ConversationId>, PgFault> {
    if let Some(source) = &imported.source {
        let sql = "SELECT id FROM conversations WHERE source = $1 AND owner = $2";
        let row = transaction.query_opt(sql, &[source, &imported.id.user()]).await?;
        if let Some(id) = row.and_then(|row| ConversationId::from_kept(row.get(0))) {
            return Ok(Some(id));
        }
    }
    Ok(key(transaction, &imported.id).await?.map(|_| imported.id.clone()))
}
