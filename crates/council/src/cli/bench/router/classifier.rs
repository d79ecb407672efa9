//! How well kinds of question are told apart, on queries that training never saw, and how long deciding takes.

use super::measures::Times;
use crate::exit::CommandError;
use council_agent::routing::Router;
use council_core::{EmbedKind, Embedding, Models, RoutingState, SkillKind, TurnFeatures};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Queries that were held back from training.
const HELD_OUT: &str = include_str!("../../../../../../data/router/heldout.jsonl");

/// How often each query is classified and decided on, for the times.
const ROUNDS: usize = 5;

/// A query, and what it is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Query {
    pub(super) text: String,
    pub(super) kind: SkillKind,
}

/// Queries of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct OfKind {
    pub(super) queries: usize,
    pub(super) right: usize,
}

/// A query that was taken for something else.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Mistake {
    pub(super) text: String,
    pub(super) kind: SkillKind,
    pub(super) taken_for: SkillKind,
}

/// What was recognised.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Recognised {
    pub(super) queries: usize,
    pub(super) right: usize,
    /// [0, 1].
    pub(super) accuracy: f64,
    pub(super) by_kind: BTreeMap<SkillKind, OfKind>,
    pub(super) mistakes: Vec<Mistake>,
}

impl Recognised {
    /// From queries and what each was taken for.
    pub(super) fn of<'a>(pairs: impl IntoIterator<Item = (&'a Query, SkillKind)>) -> Self {
        let mut found = Self::default();
        for (query, taken_for) in pairs {
            let of_kind = found.by_kind.entry(query.kind).or_default();
            found.queries += 1;
            of_kind.queries += 1;
            if taken_for == query.kind {
                found.right += 1;
                of_kind.right += 1;
            } else {
                found.mistakes.push(Mistake {
                    text: query.text.clone(),
                    kind: query.kind,
                    taken_for,
                });
            }
        }
        found.accuracy = found.right as f64 / found.queries.max(1) as f64;
        found
    }
}

/// Everything about telling kinds apart and deciding.
#[derive(Debug, Serialize)]
pub(super) struct Classified {
    /// `None` where there is no embedder; `problem` says why.
    pub(super) with_embedding: Option<Recognised>,
    pub(super) without_embedding: Recognised,
    pub(super) problem: Option<String>,
    pub(super) overhead: Overhead,
}

/// What routing adds to an answer.
#[derive(Debug, Serialize)]
pub(super) struct Overhead {
    /// Of one query at a time.
    pub(super) embedding: Option<Times>,
    /// Of a query without its embedding, and with one that is there already.
    pub(super) classify_without: Option<Times>,
    pub(super) classify_with: Option<Times>,
    /// Who is asked, when the kind is known.
    pub(super) decide: Option<Times>,
}

/// Classifies the held-out queries.
///
/// # Errors
/// When they cannot be read, which a test excludes.
pub(super) async fn classify(router: &Router, models: &dyn Models) -> Result<Classified, CommandError> {
    let queries = held_out()?;
    let (embedded, problem) = match embed(router, &queries).await {
        Ok(embedded) => (embedded, None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    let (vectors, embedding_times): (Vec<_>, Vec<_>) = embedded.into_iter().unzip();
    let likeliest =
        |query: &Query, embedding: Option<&Embedding>| router.kinds.kinds(&query.text, embedding).likeliest();
    let with = queries
        .iter()
        .zip(&vectors)
        .map(|(query, vector)| (query, likeliest(query, Some(vector))));
    Ok(Classified {
        with_embedding: (!vectors.is_empty()).then(|| Recognised::of(with)),
        without_embedding: Recognised::of(queries.iter().map(|query| (query, likeliest(query, None)))),
        problem,
        overhead: Overhead {
            embedding: Times::of(&embedding_times),
            classify_without: Times::of(&timed(&queries, |query, _| {
                black_box(router.kinds.kinds(&query.text, None));
            })),
            classify_with: Times::of(&timed(&queries[..vectors.len()], |query, at| {
                black_box(router.kinds.kinds(&query.text, vectors.get(at)));
            })),
            decide: Times::of(&decide(router, models, &queries)),
        },
    })
}

/// The held-out queries.
pub(super) fn held_out() -> Result<Vec<Query>, CommandError> {
    let line = |line: &str| serde_json::from_str(line);
    let queries: Result<_, _> = HELD_OUT.lines().map(line).collect();
    queries
        .map_err(|error| CommandError::failure(format!("data/router/heldout.jsonl cannot be read: {error}")))
}

/// The queries as vectors, one at a time as in turns, and how long each took.
async fn embed(router: &Router, queries: &[Query]) -> Result<Vec<(Embedding, Duration)>, String> {
    let embedder = router.embedder.as_ref().ok_or("there is no embedder")?;
    let mut embedded = Vec::new();
    // The first one loads the model, and is not counted.
    for query in queries.iter().take(1).chain(queries) {
        let begun = Instant::now();
        let found = embedder.embed(vec![query.text.clone()], EmbedKind::Query).await;
        let vector = found.map_err(|error| error.to_string())?.vectors.pop();
        embedded.push((vector.ok_or("the embedder gave no vector")?, begun.elapsed()));
    }
    embedded.remove(0);
    Ok(embedded)
}

fn timed(queries: &[Query], act: impl Fn(&Query, usize)) -> Vec<Duration> {
    let rounds = (0..ROUNDS).flat_map(|_| queries.iter().enumerate());
    rounds
        .map(|(at, query)| {
            let begun = Instant::now();
            act(query, at);
            begun.elapsed()
        })
        .collect()
}

fn decide(router: &Router, models: &dyn Models, queries: &[Query]) -> Vec<Duration> {
    let prepared: Vec<(TurnFeatures, RoutingState)> = queries
        .iter()
        .map(|query| {
            let kinds = router.kinds.kinds(&query.text, None);
            let listed = models.list();
            let views = listed.iter().map(|model| router.view(model, kinds.likeliest()));
            let features = TurnFeatures {
                kinds: kinds.probabilities,
                known: kinds.known,
                question_bytes: query.text.len(),
                prompt_tokens: query.text.len() as u32 / 3,
                max_tokens: None,
                needs_tools: false,
                needs_vision: false,
                needs_form: false,
                revisable: true,
                local_only: true,
                skills: router.skills.iter().map(|skill| skill.kind()).collect(),
                support: None,
                quote: None,
            };
            let state = RoutingState {
                models: views.collect(),
                cloud: false,
                remaining: None,
                free_memory: None,
            };
            (features, state)
        })
        .collect();
    timed(queries, |_, at| {
        let (features, state) = &prepared[at];
        black_box(router.policy.decide(features, state, &router.rules));
    })
}

#[cfg(test)]
mod tests;
