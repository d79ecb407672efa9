//! How memories are ordered: the server compares and looks up, the signs are weighed here, as they are for SQLite.

use super::filter::{self, PASSES, Values};
use super::read::snapshot;
use super::rows::{self, COLUMNS, asked_ns, memory_from, to_vector};
use super::server::PgFault;
use crate::columns::time_from_ns;
use crate::memory::index::searched_terms;
use crate::memory::lexicon::{average_length, keep_telling, rarity, weight};
use crate::memory::refine::distinct;
use crate::memory::search::{Candidate, SPARE, Standard, highest, keep_best, lateness};
use crate::memory::vectors::cosine;
use crate::memory::words::{fingerprint, query_terms};
use council_core::{
    Embedding, Memory, MemoryFilter, MemoryHit, MemoryKind, MemoryVectors, NewMemory, RecallQuery,
    RecallTimes, Scope, ScoreParts, Timestamp,
};
use deadpool_postgres::{Client, Transaction};
use std::collections::HashMap;
use std::time::Instant;
use tokio_postgres::Row;

/// A memory that passes the filter, or a turn that only holds its place in its session.
struct Seen {
    key: i64,
    said_at: Timestamp,
    /// Project and session of a turn.
    place: Option<(Option<String>, String)>,
    /// `None` where it does not pass.
    passing: Option<Passing>,
}

struct Passing {
    is_named: bool,
    pinned: bool,
    told: f32,
    /// Cosines of its own vector and that of its context with the query's; `None` without vectors of this text.
    cosines: Option<[f32; 2]>,
    bm25: f32,
}

/// The memories that answer a query best, best first.
pub(super) async fn recall(
    client: &mut Client,
    query: &RecallQuery,
    embedder: i64,
) -> Result<(Vec<MemoryHit>, RecallTimes), PgFault> {
    let mut times = RecallTimes::default();
    let snapshot = snapshot(client).await?;
    let started = Instant::now();
    let lexicon = Lexicon::read(&snapshot, query).await?;
    times.lexical = started.elapsed();
    let started = Instant::now();
    let seen = seen(&snapshot, query, embedder, &lexicon).await?;
    times.dense = started.elapsed();
    let started = Instant::now();
    let Ranked {
        mut candidates,
        own,
        context,
    } = rank(&seen, query);
    let keys: Vec<i64> = candidates.iter().map(|candidate| candidate.key).collect();
    let mut memories = memories_of(&snapshot, &query.filter, &keys).await?;
    let vectors = vectors_of(&snapshot, &keys, embedder).await?;
    let mut exact: HashMap<i64, Embedding> = HashMap::new();
    for candidate in &mut candidates {
        if let Some(memory) = memories.get(&candidate.key) {
            candidate.fingerprint = fingerprint(&memory.content.text);
        }
        let (Some(vectors), Some(vector)) = (vectors.get(&candidate.key), &query.vector) else {
            continue;
        };
        if candidate.is_dense {
            // The server's sums are in another order; those of both stores are to be the same.
            let parts = &mut candidate.parts;
            parts.cosine = cosine(&vector.0, &vectors.own.0);
            parts.own = query.weights.own * own.apply(parts.cosine);
            parts.context = query.weights.context * context.apply(cosine(&vector.0, &vectors.context.0));
            exact.insert(candidate.key, vectors.own.clone());
        }
    }
    keep_best(&mut candidates, usize::MAX);
    let hits = distinct(candidates, &exact, query.limit)
        .into_iter()
        .filter_map(|candidate| hit(&candidate, &mut memories));
    let hits = hits.collect();
    times.rank = started.elapsed();
    Ok((hits, times))
}

/// The memories whose meaning is nearest, by cosine alone, best first.
pub(super) async fn nearest(
    client: &mut Client,
    vector: &Embedding,
    filter: &MemoryFilter,
    least_cosine: f32,
    limit: usize,
    embedder: i64,
) -> Result<Vec<MemoryHit>, PgFault> {
    // The server's cosines are off by some rounding; the exact ones decide.
    const MARGIN: f64 = 1e-4;
    let (values, source) = (Values::new(filter), filter::source(filter));
    let snapshot = snapshot(client).await?;
    // `<#>` is the inner product with its sign turned around.
    let sql = format!(
        "SELECT m.key FROM {source} m JOIN memories t ON t.key = m.key AND t.text = m.text
         JOIN memory_vectors v ON v.memory_key = m.key AND v.embedder_key = $16
         WHERE {PASSES} AND (v.own <#> $17) <= $18
         ORDER BY v.own <#> $17, m.key DESC LIMIT $19"
    );
    let sql = snapshot.prepare_cached(&sql).await?;
    let most = -(f64::from(least_cosine) - MARGIN);
    let limit_with_spare = (limit + SPARE) as i64;
    let wanted = to_vector(vector);
    let found = snapshot
        .query(
            &sql,
            &values.with(&[&embedder, &wanted, &most, &limit_with_spare]),
        )
        .await?;
    let keys: Vec<i64> = found.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let mut memories = memories_of(&snapshot, filter, &keys).await?;
    let vectors = vectors_of(&snapshot, &keys, embedder).await?;
    let candidate = |(key, vectors): (&i64, &MemoryVectors)| {
        let cosine = cosine(&vector.0, &vectors.own.0);
        let parts = ScoreParts {
            cosine,
            own: cosine,
            ..ScoreParts::default()
        };
        Candidate {
            parts,
            is_dense: true,
            ..candidate_of(*key)
        }
    };
    let mut candidates: Vec<Candidate> = vectors.iter().map(candidate).collect();
    candidates.retain(|candidate| candidate.parts.score() >= least_cosine);
    keep_best(&mut candidates, limit);
    let hits = candidates
        .iter()
        .filter_map(|candidate| hit(candidate, &mut memories));
    Ok(hits.collect())
}

fn candidate_of(key: i64) -> Candidate {
    Candidate {
        key,
        row: 0,
        fingerprint: 0,
        is_dense: false,
        parts: ScoreParts::default(),
    }
}

fn hit(candidate: &Candidate, memories: &mut HashMap<i64, Memory>) -> Option<MemoryHit> {
    let memory = memories.remove(&candidate.key)?;
    Some(MemoryHit {
        memory,
        score: candidate.parts.score(),
        parts: candidate.parts,
    })
}

/// Memories by their keys, as a filter sees them: as they are, or as they were.
async fn memories_of(
    snapshot: &Transaction<'_>,
    filter: &MemoryFilter,
    keys: &[i64],
) -> Result<HashMap<i64, Memory>, PgFault> {
    let source = filter::source(filter);
    let sql = format!(
        "SELECT {COLUMNS} FROM {source} m
         WHERE m.\"user\" = $1 AND ($2::bigint IS NULL OR m.created_at_ns <= $2) AND m.key = ANY ($3)"
    );
    let sql = snapshot.prepare_cached(&sql).await?;
    let found = snapshot
        .query(&sql, &[&filter.user, &filter.as_of.map(asked_ns), &keys])
        .await?;
    found.iter().map(memory_from).collect()
}

/// Their vectors.
async fn vectors_of(
    snapshot: &Transaction<'_>,
    keys: &[i64],
    embedder: i64,
) -> Result<HashMap<i64, MemoryVectors>, PgFault> {
    let sql = snapshot
        .prepare_cached(
            "SELECT memory_key, own, context FROM memory_vectors WHERE memory_key = ANY ($1) AND embedder_key = $2",
        )
        .await?;
    let mut vectors = HashMap::new();
    for row in snapshot.query(&sql, &[&keys, &embedder]).await? {
        let both = rows::embedding_from(&row, 1)?.zip(rows::embedding_from(&row, 2)?);
        if let Some((own, context)) = both {
            vectors.insert(row.try_get(0)?, MemoryVectors { own, context });
        }
    }
    Ok(vectors)
}

/// Every memory that passes, with its signs, and every other turn of the user; in the order of their keys.
async fn seen(
    snapshot: &Transaction<'_>,
    query: &RecallQuery,
    embedder: i64,
    lexicon: &Lexicon,
) -> Result<Vec<Seen>, PgFault> {
    const IS_TURN: &str = "kind = 'turn' AND {}.session IS NOT NULL";
    let is_turn = |table: &str| format!("({table}.{})", IS_TURN.replace("{}", table));
    let columns = |table: &str| {
        format!(
            "{table}.key, {table}.said_at_ns, CASE WHEN {turn} THEN {table}.project END,
             CASE WHEN {turn} THEN {table}.session END",
            turn = is_turn(table)
        )
    };
    let sql = match query.filter.as_of {
        None => format!(
            "SELECT {columns}, ({PASSES}) IS TRUE, m.speaker, m.pinned, m.told, v.own <#> $16, v.context <#> $16, NULL::text,
                    NULL::text
             FROM memories m
             LEFT JOIN memory_vectors v ON v.memory_key = m.key AND v.embedder_key = $17 AND {PASSES}
             WHERE m.\"user\" = $1 AND ({PASSES} OR {turn})",
            columns = columns("m"),
            turn = is_turn("m")
        ),
        // What it was then; the words of then where they were others.
        Some(_) => format!(
            "SELECT {columns}, m.key IS NOT NULL, m.speaker, m.pinned, t.told, v.own <#> $16, v.context <#> $16,
                    CASE WHEN m.text <> t.text THEN m.text END, m.kind
             FROM memories t
             LEFT JOIN (SELECT * FROM {source} m WHERE {PASSES}) m ON m.key = t.key
             LEFT JOIN memory_vectors v ON v.memory_key = m.key AND v.embedder_key = $17 AND m.text = t.text
             WHERE t.\"user\" = $1 AND (m.key IS NOT NULL OR {turn})",
            columns = columns("t"),
            source = filter::source(&query.filter),
            turn = is_turn("t")
        ),
    };
    let vector = query.vector.as_ref().map(to_vector);
    let values = Values::new(&query.filter);
    let sql = snapshot.prepare_cached(&sql).await?;
    let found = snapshot.query(&sql, &values.with(&[&vector, &embedder])).await?;
    let named: Vec<String> = query.speakers.iter().map(|name| name.to_lowercase()).collect();
    let mut seen: Vec<Seen> = found
        .iter()
        .map(|row| seen_from(row, &named, lexicon))
        .collect::<Result<_, _>>()?;
    seen.sort_unstable_by_key(|seen| seen.key);
    Ok(seen)
}

fn seen_from(row: &Row, named: &[String], lexicon: &Lexicon) -> Result<Seen, PgFault> {
    let key = row.try_get(0)?;
    let said_at = time_from_ns(row.try_get(1)?);
    let project: Option<String> = row.try_get(2)?;
    let session: Option<String> = row.try_get(3)?;
    let mut seen = Seen {
        key,
        said_at,
        place: session.map(|session| (project, session)),
        passing: None,
    };
    if !row.try_get::<_, bool>(4)? {
        return Ok(seen);
    }
    let speaker: Option<&str> = row.try_get(5)?;
    let products: [Option<f64>; 2] = [row.try_get(8)?, row.try_get(9)?];
    let mut told: f32 = row.try_get(7)?;
    let mut bm25 = lexicon.scores.get(&key).copied().unwrap_or_default();
    if let Some(text) = row.try_get::<_, Option<&str>>(10)? {
        let kind = row.try_get::<_, Option<&str>>(11)?.and_then(MemoryKind::parse);
        let kind = kind.ok_or_else(|| PgFault::Value("a memory has an unreadable kind".to_owned()))?;
        let mut then = NewMemory::new(kind, Scope::default(), text, said_at);
        then.speaker = speaker.map(str::to_owned);
        told = then.told();
        bm25 = lexicon.score(&searched_terms(&then));
    }
    seen.passing = Some(Passing {
        is_named: speaker.is_some_and(|speaker| named.contains(&speaker.to_lowercase())),
        pinned: row.try_get(6)?,
        told,
        cosines: match products {
            [Some(own), Some(context)] => Some([-own as f32, -context as f32]),
            _ => None,
        },
        bm25,
    });
    Ok(seen)
}

/// The best, and how their cosines are standardised.
struct Ranked {
    candidates: Vec<Candidate>,
    own: Standard,
    context: Standard,
}

/// Weighs the signs of all and leaves the best.
fn rank(seen: &[Seen], query: &RecallQuery) -> Ranked {
    let weights = &query.weights;
    let passing = || seen.iter().filter_map(|seen| seen.passing.as_ref());
    let of_dense = |which: usize| {
        let cosines = passing().filter_map(|passing| Some(passing.cosines?[which]));
        Standard::of(&cosines.collect::<Vec<_>>())
    };
    let (own, context) = (of_dense(0), of_dense(1));
    let lexical = Standard::of(&passing().map(|passing| passing.bm25).collect::<Vec<_>>());
    let mut parts: Vec<ScoreParts> = seen
        .iter()
        .map(|seen| {
            let Some(passing) = &seen.passing else {
                return ScoreParts::default();
            };
            let then = query.time;
            let is_then = then.is_some_and(|(from, to)| from <= seen.said_at && seen.said_at < to);
            let [own_cosine, context_cosine] = passing.cosines.unwrap_or_default();
            let dense = |sign: f32| if passing.cosines.is_some() { sign } else { 0.0 };
            let if_so = |is_so: bool, weight: f32| if is_so { weight } else { 0.0 };
            ScoreParts {
                cosine: own_cosine,
                bm25: passing.bm25,
                own: dense(weights.own * own.apply(own_cosine)),
                context: dense(weights.context * context.apply(context_cosine)),
                lexical: weights.lexical * lexical.apply(passing.bm25),
                neighbours: 0.0,
                speaker: if_so(passing.is_named, weights.speaker),
                told: weights.told * passing.told,
                time: if_so(is_then, weights.time),
                recency: weights.recency * lateness(seen.said_at, query.now),
                pinned: if_so(passing.pinned, weights.pinned),
            }
        })
        .collect();
    let base: Vec<f32> = parts
        .iter()
        .map(|parts| parts.own + parts.context + parts.lexical)
        .collect();
    for turns in sessions(seen) {
        for (distance, weight) in weights.neighbours.iter().enumerate() {
            for (&left, &right) in turns.iter().zip(turns.iter().skip(distance + 1)) {
                parts[left].neighbours += weight * base[right];
                parts[right].neighbours += weight * base[left];
            }
        }
    }
    let scored = seen
        .iter()
        .enumerate()
        .filter(|(_, seen)| seen.passing.is_some())
        .map(|(place, _)| (parts[place].score(), place));
    let candidate = |(_, place): (f32, usize)| Candidate {
        is_dense: seen[place]
            .passing
            .as_ref()
            .is_some_and(|passing| passing.cosines.is_some()),
        parts: parts[place],
        ..candidate_of(seen[place].key)
    };
    Ranked {
        candidates: highest(scored, query.limit + SPARE)
            .into_iter()
            .map(candidate)
            .collect(),
        own,
        context,
    }
}

/// The turns of every session by their places, in the order in which they were said.
fn sessions(seen: &[Seen]) -> impl Iterator<Item = Vec<usize>> {
    let mut sessions: HashMap<&(Option<String>, String), Vec<usize>> = HashMap::new();
    for (at, one) in seen.iter().enumerate() {
        if let Some(place) = &one.place {
            sessions.entry(place).or_default().push(at);
        }
    }
    sessions.into_values().map(|mut turns| {
        // Those said at the same moment stay in the order of their keys.
        turns.sort_by_key(|&at| seen[at].said_at);
        turns
    })
}

/// What the words of a query find.
struct Lexicon {
    /// BM25 by key; nothing without words in common.
    scores: HashMap<i64, f32>,
    /// The terms that tell, and how many rows have each.
    terms: Vec<(String, usize)>,
    rows: usize,
    average_length: f32,
}

impl Lexicon {
    async fn read(snapshot: &Transaction<'_>, query: &RecallQuery) -> Result<Self, PgFault> {
        let user = &query.filter.user;
        let sql = snapshot
            .prepare_cached(
                "SELECT count(*), coalesce(sum(terms), 0)::bigint FROM memories WHERE \"user\" = $1",
            )
            .await?;
        let row = snapshot.query_one(&sql, &[user]).await?;
        let rows = row.try_get::<_, i64>(0)?.unsigned_abs() as usize;
        let average_length = average_length(rows, row.try_get::<_, i64>(1)?.unsigned_abs());

        let asked = query_terms(&query.text);
        let sql = snapshot
            .prepare_cached(
                "SELECT term, count(*) FROM memory_terms WHERE \"user\" = $1 AND term = ANY ($2)
                 GROUP BY term ORDER BY term COLLATE \"C\"",
            )
            .await?;
        let mut terms = Vec::new();
        for row in snapshot.query(&sql, &[user, &asked]).await? {
            let having: i64 = row.try_get(1)?;
            terms.push((row.try_get(0)?, having.unsigned_abs() as usize));
        }
        let gone: Vec<(String, usize)> = asked
            .into_iter()
            .filter(|asked| terms.iter().all(|(term, _): &(String, usize)| term != asked))
            .map(|term| (term, 0))
            .collect();
        keep_telling(&mut terms, rows, |(_, having)| *having);

        let sql = snapshot
            .prepare_cached(
                "SELECT t.memory_key, t.times, m.terms FROM memory_terms t JOIN memories m ON m.key = t.memory_key
                 WHERE t.\"user\" = $1 AND t.term = $2",
            )
            .await?;
        let mut scores: HashMap<i64, f32> = HashMap::new();
        for (term, having) in &terms {
            let rarity = rarity(rows, *having);
            for row in snapshot.query(&sql, &[user, term]).await? {
                let (times, length): (i32, i32) = (row.try_get(1)?, row.try_get(2)?);
                let weight = weight(times.unsigned_abs(), length.unsigned_abs(), average_length);
                *scores.entry(row.try_get(0)?).or_default() += rarity * weight;
            }
        }
        terms.extend(gone);
        Ok(Self {
            scores,
            terms,
            rows,
            average_length,
        })
    }

    /// BM25 of a text that is none of the rows. A word that no row has any more is the rarest of all.
    fn score(&self, words: &[String]) -> f32 {
        let of_term = self.terms.iter().map(|(term, having)| {
            let times = words.iter().filter(|word| *word == term).count() as u32;
            rarity(self.rows, *having) * weight(times, words.len() as u32, self.average_length)
        });
        of_term.sum()
    }
}
