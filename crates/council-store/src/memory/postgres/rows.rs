//! Memories in SQL: how they are read and written.

use super::server::PgFault;
use crate::columns::{time_from_ns, time_to_ns};
use crate::memory::index::searched_terms;
use crate::memory::rows::claims;
use council_core::{
    Claim, Embedding, Memory, MemoryEvent, MemoryId, MemoryKind, MemoryVectors, MemoryVersion, NewMemory,
    Scope, StoreError, Timestamp, Trust,
};
use deadpool_postgres::Transaction;
use futures::future::try_join_all;
use pgvector::Vector;
use serde_json::{Map, Value};
use tokio_postgres::Row;

/// Statements that are on their way at once; they run in their order.
const PIPELINED: usize = 64;

/// The columns of a memory, as [`memory_from`] reads them, of the table or view `m`.
pub(super) const COLUMNS: &str = "m.key, m.id, m.\"user\", m.project, m.session, m.kind, m.text, m.speaker, \
     m.said_at_ns, m.area, m.tags, m.metadata, m.trust, m.claim, m.source, m.quarantined, m.pinned, m.valid_to_ns, \
     m.created_at_ns, m.updated_at_ns, m.retired_at_ns, m.superseded_by";

/// How many they are.
pub(super) const COLUMN_COUNT: usize = 22;

/// What can change of a memory.
const STATE: &str = "event, text, tags, metadata, trust, pinned, quarantined, valid_to_ns, retired_at_ns, \
                     superseded_by, updated_at_ns";

/// A row of [`COLUMNS`]: its key and the memory.
pub(super) fn memory_from(row: &Row) -> Result<(i64, Memory), PgFault> {
    let id: String = row.try_get(1)?;
    let broken = |what: &str| PgFault::Value(format!("memory `{id}` has an unreadable {what}"));
    let text_at = |column| row.try_get::<_, &str>(column);
    let time_at = |column| Ok::<_, PgFault>(row.try_get::<_, Option<i64>>(column)?.map(time_from_ns));
    let claim = row.try_get::<_, Option<&str>>(13)?;
    let content = NewMemory {
        text: row.try_get(6)?,
        kind: MemoryKind::parse(text_at(5)?).ok_or_else(|| broken("kind"))?,
        speaker: row.try_get(7)?,
        scope: Scope {
            user: row.try_get(2)?,
            project: row.try_get(3)?,
            session: row.try_get(4)?,
        },
        said_at: time_from_ns(row.try_get(8)?),
        valid_to: time_at(17)?,
        area: row.try_get(9)?,
        tags: row.try_get(10)?,
        metadata: serde_json::from_str(text_at(11)?).map_err(|_| broken("set of metadata"))?,
        trust: Trust::parse(text_at(12)?).ok_or_else(|| broken("trust"))?,
        claim: claim
            .map(|claim| claims::from_json(claim).ok_or_else(|| broken("claim")))
            .transpose()?,
        source: row.try_get(14)?,
        quarantined: row.try_get(15)?,
    };
    let memory = Memory {
        content,
        pinned: row.try_get(16)?,
        created_at: time_from_ns(row.try_get(18)?),
        updated_at: time_from_ns(row.try_get(19)?),
        retired_at: time_at(20)?,
        superseded_by: row.try_get::<_, Option<String>>(21)?.map(MemoryId),
        id: MemoryId(id),
    };
    Ok((row.try_get(0)?, memory))
}

/// The event in a column.
fn event_from(row: &Row, column: usize) -> Result<MemoryEvent, PgFault> {
    let name: &str = row.try_get(column)?;
    MemoryEvent::parse(name).ok_or_else(|| PgFault::Value(format!("a memory has an unknown event: `{name}`")))
}

/// A vector as the server takes it.
pub(super) fn to_vector(embedding: &Embedding) -> Vector {
    Vector::from(embedding.0.clone())
}

/// The vector in a column; `None` where there is none.
pub(super) fn embedding_from(row: &Row, column: usize) -> Result<Option<Embedding>, PgFault> {
    let vector: Option<Vector> = row.try_get(column)?;
    Ok(vector.map(|vector| Embedding(vector.to_vec())))
}

/// A memory of a user and its key, if there is one. Nobody else changes it before the end of the transaction.
pub(super) async fn find(
    transaction: &Transaction<'_>,
    user: &str,
    id: &MemoryId,
) -> Result<Option<(i64, Memory)>, PgFault> {
    let sql = format!("SELECT {COLUMNS} FROM memories m WHERE m.id = $1 AND m.\"user\" = $2 FOR UPDATE");
    let sql = transaction.prepare_cached(&sql).await?;
    let row = transaction.query_opt(&sql, &[&id.0, &user]).await?;
    row.as_ref().map(memory_from).transpose()
}

/// The same, where it must exist.
pub(super) async fn get(
    transaction: &Transaction<'_>,
    user: &str,
    id: &MemoryId,
) -> Result<(i64, Memory), PgFault> {
    find(transaction, user, id).await?.ok_or_else(|| missing(id))
}

/// That a user has no such memory.
pub(super) fn missing(id: &MemoryId) -> PgFault {
    PgFault::Store(StoreError::NotFound {
        what: "memory",
        id: id.0.clone(),
    })
}

/// Identifiers that are free: ten random letters and digits.
pub(super) async fn new_ids(transaction: &Transaction<'_>, count: usize) -> Result<Vec<MemoryId>, PgFault> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // The bytes of a random UUID of which every bit is random: not those of its version and variant.
    const RANDOM: [usize; 10] = [0, 1, 2, 3, 4, 5, 7, 9, 10, 11];
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    let sql = transaction
        .prepare_cached("SELECT uuid_send(gen_random_uuid()) FROM generate_series(1, $1)")
        .await?;
    let rows = transaction.query(&sql, &[&count]).await?;
    let id = |row: &Row| {
        let bytes: &[u8] = row.try_get(0)?;
        let letters = RANDOM.iter().filter_map(|&at| bytes.get(at));
        let id = letters.map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
        Ok(MemoryId(id.collect()))
    };
    rows.iter().map(id).collect()
}

/// A memory that is to be written whole.
pub(super) struct Whole<'a> {
    pub(super) memory: &'a Memory,
    pub(super) event: MemoryEvent,
    pub(super) vectors: Option<&'a MemoryVectors>,
}

/// Stores memories with their words and vectors; returns their keys, `None` where the identifier is taken.
pub(super) async fn insert(
    transaction: &Transaction<'_>,
    memories: &[Whole<'_>],
    embedder: i64,
) -> Result<Vec<Option<i64>>, PgFault> {
    let sql = transaction
        .prepare_cached(
            "WITH stored AS (
                 INSERT INTO memories (id, \"user\", project, session, kind, text, speaker, said_at_ns, area, tags,
                                       metadata, trust, claim, source, quarantined, pinned, valid_to_ns, created_at_ns,
                                       updated_at_ns, retired_at_ns, superseded_by, event, terms, told)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                         $22, $23, $24)
                 ON CONFLICT (id) DO NOTHING RETURNING key, \"user\"
             ), with_vectors AS (
                 INSERT INTO memory_vectors (memory_key, embedder_key, own, context)
                 SELECT key, $25, $26, $27 FROM stored WHERE $26::vector IS NOT NULL
             ), with_evidence AS (
                 INSERT INTO memory_evidence (evidence, memory_key)
                 SELECT DISTINCT evidence, key FROM stored, unnest($28::text[]) AS evidence
             ), with_terms AS (
                 INSERT INTO memory_terms (\"user\", term, memory_key, times)
                 SELECT \"user\", term, key, times FROM stored, unnest($29::text[], $30::integer[]) AS each (term, times)
             )
             SELECT key FROM stored",
        )
        .await?;
    let mut keys = Vec::with_capacity(memories.len());
    for some in memories.chunks(PIPELINED) {
        let each = some.iter().map(|whole| async {
            let Whole {
                memory,
                event,
                vectors,
            } = whole;
            let content = &memory.content;
            let words = Words::of(content);
            let evidence: Vec<&str> = content
                .claim
                .iter()
                .flat_map(|claim| &claim.evidence)
                .map(|evidence| evidence.memory.0.as_str())
                .collect();
            let row = transaction
                .query_opt(
                    &sql,
                    &[
                        &memory.id.0,
                        &content.scope.user,
                        &content.scope.project,
                        &content.scope.session,
                        &content.kind.as_str(),
                        &content.text,
                        &content.speaker,
                        &time_to_ns(content.said_at)?,
                        &content.area,
                        &content.tags,
                        &metadata_to_json(&content.metadata),
                        &content.trust.as_str(),
                        &content.claim.as_ref().map(claims::to_json),
                        &content.source,
                        &content.quarantined,
                        &memory.pinned,
                        &memory.content.valid_to.map(time_to_ns).transpose()?,
                        &time_to_ns(memory.created_at)?,
                        &time_to_ns(memory.updated_at)?,
                        &memory.retired_at.map(time_to_ns).transpose()?,
                        &memory.superseded_by.as_ref().map(|id| &id.0),
                        &event.as_str(),
                        &words.count,
                        &words.told,
                        &embedder,
                        &vectors.map(|vectors| to_vector(&vectors.own)),
                        &vectors.map(|vectors| to_vector(&vectors.context)),
                        &evidence,
                        &words.terms,
                        &words.times,
                    ],
                )
                .await?;
            Ok::<_, PgFault>(row.map(|row| row.try_get(0)).transpose()?)
        });
        keys.extend(try_join_all(each).await?);
    }
    Ok(keys)
}

/// What is looked up of a memory.
struct Words {
    terms: Vec<String>,
    times: Vec<i32>,
    /// Of all, with repetitions.
    count: i32,
    told: f32,
}

impl Words {
    fn of(content: &NewMemory) -> Self {
        let mut all = searched_terms(content);
        all.sort_unstable();
        let (mut terms, mut times) = (Vec::new(), Vec::new());
        for same in all.chunk_by(|left, right| left == right) {
            terms.push(same[0].clone());
            times.push(same.len() as i32);
        }
        Self {
            terms,
            times,
            count: all.len() as i32,
            told: content.told(),
        }
    }
}

/// Writes the next version of a memory over the former, which is kept.
pub(super) async fn advance(
    transaction: &Transaction<'_>,
    key: i64,
    memory: &Memory,
    event: MemoryEvent,
) -> Result<(), PgFault> {
    let keep = format!(
        "INSERT INTO memory_versions (memory_key, {STATE}) SELECT key, {STATE} FROM memories WHERE key = $1"
    );
    let keep = transaction.prepare_cached(&keep).await?;
    transaction.execute(&keep, &[&key]).await?;
    let sql = "UPDATE memories SET event = $2, text = $3, tags = $4, metadata = $5, trust = $6, pinned = $7,
                                   quarantined = $8, valid_to_ns = $9, retired_at_ns = $10, superseded_by = $11,
                                   updated_at_ns = $12
               WHERE key = $1";
    write_state(transaction, sql, key, memory, event).await
}

/// Stores a version that came before the one in the row of the memory.
pub(super) async fn insert_version(
    transaction: &Transaction<'_>,
    key: i64,
    version: &MemoryVersion,
) -> Result<(), PgFault> {
    let sql = format!(
        "INSERT INTO memory_versions (memory_key, {STATE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    write_state(transaction, &sql, key, &version.memory, version.event).await
}

async fn write_state(
    transaction: &Transaction<'_>,
    sql: &str,
    key: i64,
    memory: &Memory,
    event: MemoryEvent,
) -> Result<(), PgFault> {
    let content = &memory.content;
    let sql = transaction.prepare_cached(sql).await?;
    transaction
        .execute(
            &sql,
            &[
                &key,
                &event.as_str(),
                &content.text,
                &content.tags,
                &metadata_to_json(&content.metadata),
                &content.trust.as_str(),
                &memory.pinned,
                &content.quarantined,
                &memory.content.valid_to.map(time_to_ns).transpose()?,
                &memory.retired_at.map(time_to_ns).transpose()?,
                &memory.superseded_by.as_ref().map(|id| &id.0),
                &time_to_ns(memory.updated_at)?,
            ],
        )
        .await?;
    Ok(())
}

/// The versions of a memory, oldest first.
pub(super) async fn versions(transaction: &Transaction<'_>, key: i64) -> Result<Vec<MemoryVersion>, PgFault> {
    let versions = versions_of(transaction, &[key]).await?;
    Ok(versions.into_iter().map(|(_, version)| version).collect())
}

/// The versions of memories with their keys, those of each together and oldest first.
pub(super) async fn versions_of(
    transaction: &Transaction<'_>,
    keys: &[i64],
) -> Result<Vec<(i64, MemoryVersion)>, PgFault> {
    let sql = format!(
        "SELECT {COLUMNS}, m.event FROM memory_states m WHERE m.key = ANY ($1) ORDER BY m.key, m.number"
    );
    let sql = transaction.prepare_cached(&sql).await?;
    let version = |row: &Row| {
        let (key, memory) = memory_from(row)?;
        let event = event_from(row, COLUMN_COUNT)?;
        Ok((key, MemoryVersion { event, memory }))
    };
    let rows = transaction.query(&sql, &[&keys]).await?;
    rows.iter().map(version).collect()
}

/// Replaces the words of a memory whose text has changed, and its vectors; those of the text before say nothing of it.
pub(super) async fn reword(
    transaction: &Transaction<'_>,
    key: i64,
    content: &NewMemory,
    vectors: Option<&MemoryVectors>,
    embedder: i64,
) -> Result<(), PgFault> {
    let words = Words::of(content);
    let sql = transaction
        .prepare_cached("DELETE FROM memory_terms WHERE memory_key = $1")
        .await?;
    transaction.execute(&sql, &[&key]).await?;
    let sql = transaction
        .prepare_cached(
            "WITH counted AS (UPDATE memories SET terms = $2, told = $3 WHERE key = $1 RETURNING key, \"user\")
             INSERT INTO memory_terms (\"user\", term, memory_key, times)
             SELECT \"user\", term, key, times FROM counted, unnest($4::text[], $5::integer[]) AS each (term, times)",
        )
        .await?;
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
        [&key, &words.count, &words.told, &words.terms, &words.times];
    transaction.execute(&sql, &parameters).await?;
    let sql = transaction
        .prepare_cached("DELETE FROM memory_vectors WHERE memory_key = $1")
        .await?;
    transaction.execute(&sql, &[&key]).await?;
    if let Some(vectors) = vectors {
        let sql = transaction
            .prepare_cached(
                "INSERT INTO memory_vectors (memory_key, embedder_key, own, context) VALUES ($1, $2, $3, $4)",
            )
            .await?;
        let (own, context) = (to_vector(&vectors.own), to_vector(&vectors.context));
        transaction
            .execute(&sql, &[&key, &embedder, &own, &context])
            .await?;
    }
    Ok(())
}

/// Sets keys in the metadata of a memory, in all versions alike.
pub(super) async fn note(
    transaction: &Transaction<'_>,
    key: i64,
    noted: &Map<String, Value>,
) -> Result<(), PgFault> {
    let sql = transaction
        .prepare_cached("SELECT number, metadata FROM memory_states WHERE key = $1")
        .await?;
    for row in transaction.query(&sql, &[&key]).await? {
        let number: i64 = row.try_get(0)?;
        let broken = |_| {
            PgFault::Value(format!(
                "the memory with key {key} has an unreadable set of metadata"
            ))
        };
        let mut metadata: Map<String, Value> = serde_json::from_str(row.try_get(1)?).map_err(broken)?;
        metadata.extend(noted.clone());
        let metadata = metadata_to_json(&metadata);
        // The view gives the row of the memory itself the highest number.
        let (sql, at) = if number == i64::MAX {
            ("UPDATE memories SET metadata = $2 WHERE key = $1", key)
        } else {
            (
                "UPDATE memory_versions SET metadata = $2 WHERE number = $1",
                number,
            )
        };
        let sql = transaction.prepare_cached(sql).await?;
        transaction.execute(&sql, &[&at, &metadata]).await?;
    }
    Ok(())
}

fn metadata_to_json(metadata: &Map<String, Value>) -> String {
    Value::Object(metadata.clone()).to_string()
}

/// A moment that is asked about: what is beyond every stored one stays beyond.
pub(super) fn asked_ns(moment: Timestamp) -> i64 {
    i64::try_from(moment.since(Timestamp::default()).as_nanos()).unwrap_or(i64::MAX)
}

/// The memories whose claims rest on this one.
pub(super) async fn resting_on(
    transaction: &Transaction<'_>,
    evidence: &MemoryId,
) -> Result<Vec<(i64, Memory)>, PgFault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM memories m
         WHERE m.key IN (SELECT memory_key FROM memory_evidence WHERE evidence = $1) ORDER BY m.key FOR UPDATE"
    );
    let sql = transaction.prepare_cached(&sql).await?;
    let rows = transaction.query(&sql, &[&evidence.0]).await?;
    rows.iter().map(memory_from).collect()
}

/// Writes a claim with less evidence in place of the former.
pub(super) async fn set_claim(transaction: &Transaction<'_>, key: i64, claim: &Claim) -> Result<(), PgFault> {
    let sql = transaction
        .prepare_cached("UPDATE memories SET claim = $2 WHERE key = $1")
        .await?;
    transaction
        .execute(&sql, &[&key, &claims::to_json(claim)])
        .await?;
    Ok(())
}
