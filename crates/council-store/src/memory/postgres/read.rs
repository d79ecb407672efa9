//! What is asked about memories. A question that takes several queries sees one state of the database.

use super::filter::{self, PASSES, Values};
use super::rows::{self, COLUMN_COUNT, COLUMNS, memory_from};
use super::server::PgFault;
use council_core::memory::check;
use council_core::{
    Embedding, Heard, Memory, MemoryCounts, MemoryFilter, MemoryId, MemoryKind, MemoryRecord, MemoryStats,
    MemoryVersion, Scope, SourceSummary, Timestamp, Unembedded,
};
use deadpool_postgres::{Client, Transaction};
use std::collections::HashMap;
use tokio_postgres::{IsolationLevel, Row};

/// A transaction that sees one state of the database and changes nothing.
pub(super) async fn snapshot(client: &mut Client) -> Result<Transaction<'_>, PgFault> {
    let transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true);
    Ok(transaction.start().await?)
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// A memory of a user, with its key.
pub(super) async fn memory(client: &Client, user: &str, id: &MemoryId) -> Result<(i64, Memory), PgFault> {
    let sql = format!("SELECT {COLUMNS} FROM memories m WHERE m.id = $1 AND m.\"user\" = $2");
    let sql = client.prepare_cached(&sql).await?;
    let row = client.query_opt(&sql, &[&id.0, &user]).await?;
    memory_from(&row.ok_or_else(|| rows::missing(id))?)
}

/// The versions of a memory, oldest first.
pub(super) async fn history(
    client: &mut Client,
    user: &str,
    id: &MemoryId,
) -> Result<Vec<MemoryVersion>, PgFault> {
    let (key, _) = memory(client, user, id).await?;
    let snapshot = snapshot(client).await?;
    let versions = rows::versions(&snapshot, key).await?;
    // Forgotten meanwhile.
    if versions.is_empty() {
        return Err(rows::missing(id));
    }
    Ok(versions)
}

/// Memories that pass a filter, latest first, and how many there are.
pub(super) async fn memories(
    client: &mut Client,
    filter: &MemoryFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Memory>, u64), PgFault> {
    let (values, source) = (Values::new(filter), filter::source(filter));
    let snapshot = snapshot(client).await?;
    let sql = format!("SELECT count(*) FROM {source} m WHERE {PASSES}");
    let sql = snapshot.prepare_cached(&sql).await?;
    let count: i64 = snapshot.query_one(&sql, &values.with(&[])).await?.try_get(0)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM {source} m WHERE {PASSES} ORDER BY m.said_at_ns DESC, m.key DESC LIMIT $16 OFFSET $17"
    );
    let sql = snapshot.prepare_cached(&sql).await?;
    let found = snapshot.query(&sql, &values.with(&[&limit, &offset])).await?;
    let memories = found.iter().map(|row| Ok(memory_from(row)?.1));
    Ok((memories.collect::<Result<_, PgFault>>()?, unsigned(count)))
}

/// Records of a user in the order of their keys.
pub(super) async fn export(
    client: &mut Client,
    user: &str,
    after: Option<&MemoryId>,
    limit: usize,
) -> Result<Vec<MemoryRecord>, PgFault> {
    let snapshot = snapshot(client).await?;
    let mut start = 0_i64;
    if let Some(id) = after {
        let sql = "SELECT key FROM memories WHERE id = $1 AND \"user\" = $2";
        let row = snapshot.query_opt(sql, &[&id.0, &user]).await?;
        let row = row.ok_or_else(|| PgFault::Store(check::unknown_after(id)))?;
        start = row.try_get(0)?;
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM memories m WHERE m.\"user\" = $1 AND m.key > $2 ORDER BY m.key LIMIT $3"
    );
    let sql = snapshot.prepare_cached(&sql).await?;
    let found = snapshot.query(&sql, &[&user, &start, &limit_of(limit)]).await?;
    let memories: Vec<(i64, Memory)> = found.iter().map(memory_from).collect::<Result<_, _>>()?;
    let keys: Vec<i64> = memories.iter().map(|(key, _)| *key).collect();
    let mut histories: HashMap<i64, Vec<MemoryVersion>> = HashMap::new();
    for (key, version) in rows::versions_of(&snapshot, &keys).await? {
        histories.entry(key).or_default().push(version);
    }
    let record = |(key, memory): (i64, Memory)| MemoryRecord {
        memory,
        history: histories.remove(&key).unwrap_or_default(),
    };
    Ok(memories.into_iter().map(record).collect())
}

/// Memories that wait for vectors, in the order of their keys, and how many there are.
pub(super) async fn without_vectors(
    client: &mut Client,
    limit: usize,
    embedder: i64,
) -> Result<(Vec<Unembedded>, u64), PgFault> {
    const WAITS: &str =
        "NOT EXISTS (SELECT 1 FROM memory_vectors v WHERE v.memory_key = m.key AND v.embedder_key = $1)";
    let snapshot = snapshot(client).await?;
    let sql = format!("SELECT count(*) FROM memories m WHERE {WAITS}");
    let sql = snapshot.prepare_cached(&sql).await?;
    let count: i64 = snapshot.query_one(&sql, &[&embedder]).await?.try_get(0)?;
    let sql = format!(
        "SELECT {COLUMNS}, before.text FROM memories m
         LEFT JOIN LATERAL (
             SELECT p.text FROM memories p
             WHERE m.kind = 'turn' AND p.kind = 'turn' AND p.\"user\" = m.\"user\" AND p.session = m.session
               AND p.project IS NOT DISTINCT FROM m.project AND p.retired_at_ns IS NULL AND NOT p.quarantined
               AND (p.said_at_ns, p.key) < (m.said_at_ns, m.key)
             ORDER BY p.said_at_ns DESC, p.key DESC LIMIT 1) before ON true
         WHERE {WAITS} ORDER BY m.key LIMIT $2"
    );
    let sql = snapshot.prepare_cached(&sql).await?;
    let found = snapshot.query(&sql, &[&embedder, &limit_of(limit)]).await?;
    let waiting = found.iter().map(|row| {
        Ok(Unembedded {
            memory: memory_from(row)?.1,
            previous_turn: row.try_get(COLUMN_COUNT)?,
        })
    });
    Ok((waiting.collect::<Result<_, PgFault>>()?, unsigned(count)))
}

/// Own vectors of the memories that pass a filter, latest first. A version with another text has none.
pub(super) async fn vectors(
    client: &Client,
    filter: &MemoryFilter,
    limit: usize,
    embedder: i64,
) -> Result<Vec<(MemoryId, Embedding)>, PgFault> {
    let (values, source) = (Values::new(filter), filter::source(filter));
    let sql = format!(
        "SELECT m.id, v.own FROM {source} m JOIN memories t ON t.key = m.key AND t.text = m.text
         JOIN memory_vectors v ON v.memory_key = m.key AND v.embedder_key = $16
         WHERE {PASSES} ORDER BY m.said_at_ns DESC, m.key DESC LIMIT $17"
    );
    let sql = client.prepare_cached(&sql).await?;
    let found = client
        .query(&sql, &values.with(&[&embedder, &limit_of(limit)]))
        .await?;
    let mut vectors = Vec::with_capacity(found.len());
    for row in &found {
        let own = rows::embedding_from(row, 1)?;
        vectors.extend(own.map(|own| Ok::<_, PgFault>((MemoryId(row.try_get(0)?), own))));
    }
    vectors.into_iter().collect()
}

/// What was heard of a user since then, the latest first.
pub(super) async fn heard(
    client: &Client,
    user: &str,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<Heard>, PgFault> {
    let sql = format!(
        "SELECT {COLUMNS}, h.learnt FROM memory_heard h JOIN memories m ON m.key = h.memory_key
         WHERE m.\"user\" = $1 AND NOT m.quarantined AND m.retired_at_ns IS NULL AND m.said_at_ns >= $2
         ORDER BY m.said_at_ns DESC, m.key DESC LIMIT $3"
    );
    let sql = client.prepare_cached(&sql).await?;
    let since = rows::asked_ns(since);
    let found = client.query(&sql, &[&user, &since, &limit_of(limit)]).await?;
    let heard = |row: &Row| {
        let (_, memory) = memory_from(row)?;
        let learnt = row.try_get(COLUMN_COUNT)?;
        Ok(Heard { memory, learnt })
    };
    found.iter().map(heard).collect()
}

/// The latest turn of a session that is neither retired nor kept apart.
pub(super) async fn latest_turn(client: &Client, scope: &Scope) -> Result<Option<Memory>, PgFault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM memories m
         WHERE m.\"user\" = $1 AND m.project IS NOT DISTINCT FROM $2 AND m.session = $3 AND m.kind = 'turn'
           AND m.retired_at_ns IS NULL AND NOT m.quarantined
         ORDER BY m.said_at_ns DESC, m.key DESC LIMIT 1"
    );
    let sql = client.prepare_cached(&sql).await?;
    let Scope {
        user,
        project,
        session,
    } = scope;
    let row = client.query_opt(&sql, &[user, project, session]).await?;
    row.map(|row| Ok(memory_from(&row)?.1)).transpose()
}

/// Everybody who said something that passes the filter, by name.
pub(super) async fn speakers(client: &Client, filter: &MemoryFilter) -> Result<Vec<String>, PgFault> {
    let (values, source) = (Values::new(filter), filter::source(filter));
    let sql = format!(
        "SELECT DISTINCT m.speaker COLLATE \"C\" FROM {source} m WHERE {PASSES} AND m.speaker IS NOT NULL ORDER BY 1"
    );
    let sql = client.prepare_cached(&sql).await?;
    let found = client.query(&sql, &values.with(&[])).await?;
    found.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Documents of a user that are not retired, by name.
pub(super) async fn sources(client: &Client, user: &str) -> Result<Vec<SourceSummary>, PgFault> {
    let sql = client
        .prepare_cached(
            "SELECT DISTINCT ON (source COLLATE \"C\")
                    source, count(*) OVER (PARTITION BY source), metadata, created_at_ns
             FROM memories WHERE \"user\" = $1 AND source IS NOT NULL AND retired_at_ns IS NULL
             ORDER BY source COLLATE \"C\", key",
        )
        .await?;
    let summary = |row: &Row| {
        let source: String = row.try_get(0)?;
        let metadata = serde_json::from_str(row.try_get(2)?);
        let metadata = metadata
            .map_err(|_| PgFault::Value(format!("document `{source}` has an unreadable set of metadata")))?;
        Ok(SourceSummary {
            parts: unsigned(row.try_get(1)?),
            created_at: crate::columns::time_from_ns(row.try_get(3)?),
            source,
            metadata,
        })
    };
    client.query(&sql, &[&user]).await?.iter().map(summary).collect()
}

/// How much is remembered.
pub(super) async fn stats(client: &Client, embedder: i64) -> Result<MemoryStats, PgFault> {
    let sql = client
        .prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE v.memory_key IS NULL), count(DISTINCT m.\"user\")
             FROM memories m LEFT JOIN memory_vectors v ON v.memory_key = m.key AND v.embedder_key = $1",
        )
        .await?;
    let row = client.query_one(&sql, &[&embedder]).await?;
    Ok(MemoryStats {
        memories: unsigned(row.try_get(0)?),
        waiting: unsigned(row.try_get(1)?),
        users: unsigned(row.try_get(2)?),
        // The index is the server's.
        index_bytes: 0,
    })
}

/// What a user's memory holds.
pub(super) async fn counts(client: &mut Client, user: &str) -> Result<MemoryCounts, PgFault> {
    let snapshot = snapshot(client).await?;
    let sql = snapshot
        .prepare_cached(
            "SELECT retired_at_ns IS NOT NULL, quarantined, kind, area, project, count(*)
             FROM memories WHERE \"user\" = $1 GROUP BY 1, 2, 3, 4, 5",
        )
        .await?;
    let mut counts = MemoryCounts::default();
    for row in snapshot.query(&sql, &[&user]).await? {
        let count = unsigned(row.try_get(5)?);
        let kind: &str = row.try_get(2)?;
        match (row.try_get(0)?, row.try_get(1)?, MemoryKind::parse(kind)) {
            (true, _, _) => counts.retired += count,
            (false, true, _) => counts.quarantined += count,
            (false, false, Some(kind)) => {
                counts.add_known(kind, row.try_get(3)?, row.try_get(4)?, count);
            }
            (false, false, None) => {
                return Err(PgFault::Value(format!("a memory has the unknown kind `{kind}`")));
            }
        }
    }
    let sql = snapshot
        .prepare_cached(
            "SELECT count(DISTINCT session) FROM memories
             WHERE \"user\" = $1 AND NOT quarantined AND retired_at_ns IS NULL",
        )
        .await?;
    counts.sessions = unsigned(snapshot.query_one(&sql, &[&user]).await?.try_get(0)?);
    Ok(counts)
}
