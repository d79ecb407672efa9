//! The turn before another, whose meaning is in the context vector of that one.

use super::server::PgFault;
use crate::columns::time_to_ns;
use council_core::{Memory, MemoryKind, NewMemory, Scope};
use deadpool_postgres::Transaction;

/// Turns that come after others of their session that were said later have another turn in their context than the one
/// before them, and come between others: both wait for new vectors.
pub(super) async fn settle(
    transaction: &Transaction<'_>,
    keys: &[Option<i64>],
    memories: impl Iterator<Item = &Memory>,
) -> Result<(), PgFault> {
    let late = transaction
        .prepare_cached(
            "SELECT m.key FROM memories m
             WHERE m.key = ANY ($1) AND m.kind = 'turn' AND EXISTS (
                 SELECT 1 FROM memories l
                 WHERE l.\"user\" = m.\"user\" AND l.session = m.session AND l.kind = 'turn'
                   AND l.project IS NOT DISTINCT FROM m.project AND l.said_at_ns > m.said_at_ns AND l.key < m.key)",
        )
        .await?;
    let stored: Vec<i64> = keys.iter().flatten().copied().collect();
    let late: Vec<i64> = transaction
        .query(&late, &[&stored])
        .await?
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    if late.is_empty() {
        return Ok(());
    }
    let sql = transaction
        .prepare_cached("DELETE FROM memory_vectors WHERE memory_key = ANY ($1)")
        .await?;
    transaction.execute(&sql, &[&late]).await?;
    for (key, memory) in keys.iter().zip(memories) {
        if let Some(key) = key.filter(|key| late.contains(key)) {
            leave_next_turn(transaction, key, &memory.content).await?;
        }
    }
    Ok(())
}

/// A turn's context vector holds the meaning of the turn before it: when that changes or is forgotten, it waits for new
/// vectors. Turns that are retired or kept apart are passed over where the one before is looked for, and so they are here:
/// the turns that follow are meant, up to one that is neither.
pub(super) async fn leave_next_turn(
    transaction: &Transaction<'_>,
    key: i64,
    before: &NewMemory,
) -> Result<(), PgFault> {
    if before.kind != MemoryKind::Turn || before.scope.session.is_none() {
        return Ok(());
    }
    let sql = transaction
        .prepare_cached(
            "WITH after AS (
                 SELECT key, said_at_ns, quarantined OR retired_at_ns IS NOT NULL AS is_hidden FROM memories
                 WHERE \"user\" = $1 AND project IS NOT DISTINCT FROM $2 AND session = $3 AND kind = 'turn'
                   AND (said_at_ns, key) > ($4, $5)
             ), last AS (
                 SELECT said_at_ns, key FROM after WHERE NOT is_hidden ORDER BY said_at_ns, key LIMIT 1
             )
             DELETE FROM memory_vectors WHERE memory_key IN (
                 SELECT key FROM after a
                 WHERE NOT EXISTS (SELECT 1 FROM last l WHERE (a.said_at_ns, a.key) > (l.said_at_ns, l.key)))",
        )
        .await?;
    let Scope {
        user,
        project,
        session,
    } = &before.scope;
    let said_at = time_to_ns(before.said_at)?;
    transaction
        .execute(&sql, &[user, project, session, &said_at, &key])
        .await?;
    Ok(())
}
