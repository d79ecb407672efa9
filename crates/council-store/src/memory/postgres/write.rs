//! What is done to memories, each in one transaction.

use super::context;
use super::rows::{self, Whole};
use super::server::PgFault;
use council_core::memory::before_last_change;
use council_core::{
    Memory, MemoryChange, MemoryEvent, MemoryId, MemoryRecord, MemoryVectors, NewMemory, StoreError,
    Timestamp, Unembedded,
};
use deadpool_postgres::{Client, Transaction};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

type Items = [(NewMemory, Option<MemoryVectors>)];

/// Stores memories with their vectors, as far as they have any.
pub(super) async fn insert(
    client: &mut Client,
    items: &Items,
    now: Timestamp,
    embedder: i64,
) -> Result<Vec<MemoryId>, PgFault> {
    let transaction = client.transaction().await?;
    let ids = insert_new(&transaction, items, now, embedder).await?;
    transaction.commit().await?;
    Ok(ids)
}

/// The same, with keys in the metadata of others.
pub(super) async fn insert_and_note(
    client: &mut Client,
    user: &str,
    notes: &[(MemoryId, Map<String, Value>)],
    items: &Items,
    now: Timestamp,
    embedder: i64,
) -> Result<Vec<MemoryId>, PgFault> {
    let transaction = client.transaction().await?;
    for (id, noted) in notes {
        let (key, _) = rows::get(&transaction, user, id).await?;
        rows::note(&transaction, key, noted).await?;
    }
    let ids = insert_new(&transaction, items, now, embedder).await?;
    transaction.commit().await?;
    Ok(ids)
}

/// The same for what was said to the assistant.
pub(super) async fn hear(
    client: &mut Client,
    items: &Items,
    now: Timestamp,
    embedder: i64,
) -> Result<Vec<MemoryId>, PgFault> {
    let transaction = client.transaction().await?;
    let ids = insert_new(&transaction, items, now, embedder).await?;
    let names: Vec<&str> = ids.iter().map(|id| id.0.as_str()).collect();
    let sql = transaction
        .prepare_cached("INSERT INTO memory_heard (memory_key) SELECT key FROM memories WHERE id = ANY ($1)")
        .await?;
    transaction.execute(&sql, &[&names]).await?;
    transaction.commit().await?;
    Ok(ids)
}

/// Notes that facts were looked for in something that was heard.
pub(super) async fn learnt(client: &Client, user: &str, id: &MemoryId) -> Result<(), PgFault> {
    let sql = client
        .prepare_cached(
            "UPDATE memory_heard SET learnt = true
             WHERE memory_key = (SELECT key FROM memories WHERE id = $1 AND \"user\" = $2)",
        )
        .await?;
    client.execute(&sql, &[&id.0, &user]).await?;
    Ok(())
}

async fn insert_new(
    transaction: &Transaction<'_>,
    items: &Items,
    now: Timestamp,
    embedder: i64,
) -> Result<Vec<MemoryId>, PgFault> {
    let ids = rows::new_ids(transaction, items.len()).await?;
    let content = items.iter().map(|(content, _)| content.clone());
    let memories: Vec<Memory> = ids
        .iter()
        .zip(content)
        .map(|(id, content)| Memory::created(id.clone(), content, now))
        .collect();
    let whole: Vec<Whole<'_>> = memories
        .iter()
        .zip(items)
        .map(|(memory, (_, vectors))| Whole {
            memory,
            event: MemoryEvent::Created,
            vectors: vectors.as_ref(),
        })
        .collect();
    let keys = rows::insert(transaction, &whole, embedder).await?;
    // Once in 2^58, from ten random letters.
    if keys.contains(&None) {
        let message = "a random identifier is taken; try again".to_owned();
        return Err(PgFault::Value(message));
    }
    context::settle(transaction, &keys, memories.iter()).await?;
    Ok(ids)
}

/// Stores what was learnt or takes the place of others, and retires those. What is learnt from has to be there still,
/// and nobody forgets it before the end of the transaction.
pub(super) async fn supersede(
    client: &mut Client,
    user: &str,
    old: &[MemoryId],
    items: &Items,
    now: Timestamp,
    embedder: i64,
) -> Result<Vec<MemoryId>, PgFault> {
    let transaction = client.transaction().await?;
    for source in items.iter().flat_map(|(content, _)| content.sources()) {
        rows::get(&transaction, user, source).await?;
    }
    let ids = insert_new(&transaction, items, now, embedder).await?;
    let since = items.first().map_or(now, |(memory, _)| memory.said_at);
    for id in old {
        let (key, mut memory) = rows::get(&transaction, user, id).await?;
        if memory.supersede(ids.first().cloned(), since, now) {
            rows::advance(&transaction, key, &memory, MemoryEvent::Retired).await?;
        }
    }
    transaction.commit().await?;
    Ok(ids)
}

/// Stores records whose identifiers are new; returns how many those are.
pub(super) async fn import(
    client: &mut Client,
    records: &[MemoryRecord],
    embedder: i64,
) -> Result<u64, PgFault> {
    let transaction = client.transaction().await?;
    let whole: Vec<Whole<'_>> = records
        .iter()
        .map(|record| Whole {
            memory: &record.memory,
            event: record
                .history
                .last()
                .map_or(MemoryEvent::Created, |last| last.event),
            vectors: None,
        })
        .collect();
    let keys = rows::insert(&transaction, &whole, embedder).await?;
    for (record, key) in records.iter().zip(&keys) {
        let before = record.history.len().saturating_sub(1);
        for (version, &key) in record.history[..before].iter().zip(key.iter().cycle()) {
            rows::insert_version(&transaction, key, version).await?;
        }
    }
    context::settle(&transaction, &keys, records.iter().map(|record| &record.memory)).await?;
    transaction.commit().await?;
    Ok(keys.iter().flatten().count() as u64)
}

/// Gives memories vectors, as far as their texts and those before them are still the same; returns how many were given.
pub(super) async fn embed(
    client: &mut Client,
    items: &[(Unembedded, MemoryVectors)],
    embedder: i64,
) -> Result<u64, PgFault> {
    let transaction = client.transaction().await?;
    let sql = transaction
        .prepare_cached(
            "WITH same AS (
                 SELECT m.key FROM memories m
                 WHERE m.id = $1 AND m.\"user\" = $2 AND m.text = $3 AND $7 IS NOT DISTINCT FROM (
                     SELECT p.text FROM memories p
                     WHERE m.kind = 'turn' AND p.kind = 'turn' AND p.\"user\" = m.\"user\" AND p.session = m.session
                       AND p.project IS NOT DISTINCT FROM m.project AND p.retired_at_ns IS NULL AND NOT p.quarantined
                       AND (p.said_at_ns, p.key) < (m.said_at_ns, m.key)
                     ORDER BY p.said_at_ns DESC, p.key DESC LIMIT 1)
                 FOR UPDATE)
             INSERT INTO memory_vectors (memory_key, embedder_key, own, context) SELECT key, $4, $5, $6 FROM same
             ON CONFLICT (memory_key) DO UPDATE
             SET embedder_key = excluded.embedder_key, own = excluded.own, context = excluded.context",
        )
        .await?;
    let mut given = 0;
    for (waiting, vectors) in items {
        let Memory { id, content, .. } = &waiting.memory;
        let (own, context) = (rows::to_vector(&vectors.own), rows::to_vector(&vectors.context));
        given += transaction
            .execute(
                &sql,
                &[
                    &id.0,
                    &content.scope.user,
                    &content.text,
                    &embedder,
                    &own,
                    &context,
                    &waiting.previous_turn,
                ],
            )
            .await?;
    }
    transaction.commit().await?;
    Ok(given)
}

/// Changes a memory of a user.
pub(super) async fn change(
    client: &mut Client,
    user: &str,
    id: &MemoryId,
    change: &MemoryChange,
    now: Timestamp,
    embedder: i64,
) -> Result<Memory, PgFault> {
    let transaction = client.transaction().await?;
    let (key, mut memory) = rows::get(&transaction, user, id).await?;
    let was_hidden = memory.is_hidden();
    if memory.change(change, now) {
        rows::advance(&transaction, key, &memory, MemoryEvent::Changed).await?;
    }
    if let Some((_, vectors)) = &change.text {
        rows::reword(&transaction, key, &memory.content, vectors.as_ref(), embedder).await?;
    }
    if change.text.is_some() || (was_hidden && !memory.is_hidden()) {
        context::leave_next_turn(&transaction, key, &memory.content).await?;
    }
    transaction.commit().await?;
    Ok(memory)
}

/// Undoes the latest change that stands.
pub(super) async fn undo(
    client: &mut Client,
    user: &str,
    id: &MemoryId,
    now: Timestamp,
    embedder: i64,
) -> Result<Memory, PgFault> {
    let transaction = client.transaction().await?;
    let (key, mut memory) = rows::get(&transaction, user, id).await?;
    let versions = rows::versions(&transaction, key).await?;
    let before = before_last_change(&versions).ok_or_else(|| {
        let message = format!("memory `{}` has no change that could be undone", id.0);
        PgFault::Store(StoreError::Invalid(message))
    })?;
    let was = memory.clone();
    memory.restore(before, now);
    rows::advance(&transaction, key, &memory, MemoryEvent::Undone).await?;
    let is_another = memory.content.text != was.content.text;
    if is_another {
        rows::reword(&transaction, key, &memory.content, None, embedder).await?;
    }
    if is_another || (was.is_hidden() && !memory.is_hidden()) {
        context::leave_next_turn(&transaction, key, &was.content).await?;
    }
    // What took its place may be forgotten by now.
    if was.superseded_by != before.superseded_by
        && let Some(successor) = &was.superseded_by
        && let Some((key, mut successor)) = rows::find(&transaction, user, successor).await?
        && successor.take_back(now)
    {
        rows::advance(&transaction, key, &successor, MemoryEvent::Retired).await?;
    }
    transaction.commit().await?;
    Ok(memory)
}

/// Deletes memories of a user with what was extracted from them alone, and what other memories quote of them.
pub(super) async fn forget(
    client: &mut Client,
    user: &str,
    ids: &[MemoryId],
) -> Result<Vec<MemoryId>, PgFault> {
    let transaction = client.transaction().await?;
    let mut existed = Vec::new();
    let mut gone: BTreeMap<i64, Memory> = BTreeMap::new();
    for id in ids {
        if let Some((key, memory)) = rows::find(&transaction, user, id).await?
            && gone.insert(key, memory).is_none()
        {
            existed.push(id.clone());
        }
    }
    let mut waiting = existed.clone();
    while let Some(id) = waiting.pop() {
        for (key, memory) in let_go(&transaction, user, &id, &gone).await? {
            waiting.push(memory.id.clone());
            gone.insert(key, memory);
        }
        for table in ["memories", "memory_versions"] {
            let sql = format!("UPDATE {table} SET superseded_by = NULL WHERE superseded_by = $1");
            let sql = transaction.prepare_cached(&sql).await?;
            transaction.execute(&sql, &[&id.0]).await?;
        }
    }
    let keys: Vec<i64> = gone.keys().copied().collect();
    let names: Vec<&str> = gone.values().map(|memory| memory.id.0.as_str()).collect();
    let sql = transaction
        .prepare_cached("DELETE FROM memory_evidence WHERE evidence = ANY ($1)")
        .await?;
    transaction.execute(&sql, &[&names]).await?;
    // Versions, terms, evidence and vectors go with it.
    let sql = transaction
        .prepare_cached("DELETE FROM memories WHERE key = ANY ($1)")
        .await?;
    transaction.execute(&sql, &[&keys]).await?;
    for (key, memory) in &gone {
        context::leave_next_turn(&transaction, *key, &memory.content).await?;
    }
    transaction.commit().await?;
    Ok(existed)
}

/// Takes the quotes of a memory out of the claims that rest on it; returns those that rest on nothing any more.
async fn let_go(
    transaction: &Transaction<'_>,
    user: &str,
    id: &MemoryId,
    gone: &BTreeMap<i64, Memory>,
) -> Result<Vec<(i64, Memory)>, PgFault> {
    let mut baseless = Vec::new();
    for (key, mut memory) in rows::resting_on(transaction, id).await? {
        let Some(claim) = memory.content.claim.as_mut().filter(|_| !gone.contains_key(&key)) else {
            continue;
        };
        let is_baseless = claim.let_go(std::slice::from_ref(id));
        // Nobody makes another user forget.
        if is_baseless && memory.content.scope.user == user {
            baseless.push((key, memory));
        } else {
            rows::set_claim(transaction, key, claim).await?;
        }
    }
    Ok(baseless)
}

/// Frees the place of what was deleted for use by other rows; not possible within a transaction.
pub(super) async fn vacuum(client: &Client) -> Result<(), PgFault> {
    let sql = "VACUUM memories, memory_versions, memory_evidence, memory_terms, memory_vectors, memory_heard";
    Ok(client.batch_execute(sql).await?)
}
