//! Filters in SQL: `MemoryFilter::passes` as a condition on the rows of `m`.

use super::rows::asked_ns;
use council_core::{MemoryFilter, Trust};
use tokio_postgres::types::ToSql;

/// The condition. Its parameters are $1 to $15; a query that uses it may have more from $16 on.
pub(super) const PASSES: &str = "m.\"user\" = $1
    AND ($2::bigint IS NULL OR m.created_at_ns <= $2)
    AND ($3::text IS NULL OR m.project = $3)
    AND ($4::text IS NULL OR m.session = $4)
    AND ($5::text[] IS NULL OR m.kind = ANY ($5))
    AND ($6::text[] IS NULL OR m.area = ANY ($6))
    AND m.tags @> $7::text[]
    AND ($8::bigint IS NULL OR $8 <= m.said_at_ns)
    AND ($9::bigint IS NULL OR m.said_at_ns < $9)
    AND ($10::text[] IS NULL OR m.trust = ANY ($10))
    AND ($11::text IS NULL OR m.source = $11)
    AND ($12::text IS NULL OR m.session IS DISTINCT FROM $12)
    AND m.quarantined = $13
    AND CASE WHEN $15::bigint IS NULL THEN m.retired_at_ns IS NULL OR $14
        ELSE m.said_at_ns <= $15 AND (m.valid_to_ns IS NULL OR $15 < m.valid_to_ns)
             AND (m.retired_at_ns IS NULL OR $14 OR m.valid_to_ns IS NOT NULL) END";

/// How many parameters [`PASSES`] has.
pub(super) const COUNT: usize = 15;

/// The rows that a filter is about: those of now, or the versions of then.
pub(super) fn source(filter: &MemoryFilter) -> &'static str {
    match filter.as_of {
        None => "memories",
        Some(_) => {
            "(SELECT DISTINCT ON (key) * FROM memory_states WHERE \"user\" = $1 AND updated_at_ns <= $2
              ORDER BY key, number DESC)"
        }
    }
}

/// The values of the parameters of [`PASSES`].
pub(super) struct Values {
    user: String,
    as_of: Option<i64>,
    project: Option<String>,
    session: Option<String>,
    kinds: Option<Vec<&'static str>>,
    areas: Option<Vec<String>>,
    tags: Vec<String>,
    since: Option<i64>,
    until: Option<i64>,
    trusts: Option<Vec<&'static str>>,
    source: Option<String>,
    not_session: Option<String>,
    quarantined: bool,
    with_retired: bool,
    valid_at: Option<i64>,
}

impl Values {
    pub(super) fn new(filter: &MemoryFilter) -> Self {
        let at_least = |least: Trust| Trust::ALL.into_iter().filter(move |trust| *trust >= least);
        let kinds = filter.kinds.iter().map(|kind| kind.as_str()).collect();
        Self {
            user: filter.user.clone(),
            as_of: filter.as_of.map(asked_ns),
            project: filter.project.clone(),
            session: filter.session.clone(),
            kinds: (!filter.kinds.is_empty()).then_some(kinds),
            areas: (!filter.areas.is_empty()).then(|| filter.areas.clone()),
            tags: filter.tags.clone(),
            since: filter.since.map(asked_ns),
            until: filter.until.map(asked_ns),
            trusts: filter
                .least_trust
                .map(|least| at_least(least).map(Trust::as_str).collect()),
            source: filter.source.clone(),
            not_session: filter.not_session.clone(),
            quarantined: filter.quarantined,
            with_retired: filter.with_retired,
            valid_at: filter.valid_at.map(asked_ns),
        }
    }

    /// They, and those of the rest of the query.
    pub(super) fn with<'a>(&'a self, rest: &[&'a (dyn ToSql + Sync)]) -> Vec<&'a (dyn ToSql + Sync)> {
        let own: [&(dyn ToSql + Sync); COUNT] = [
            &self.user,
            &self.as_of,
            &self.project,
            &self.session,
            &self.kinds,
            &self.areas,
            &self.tags,
            &self.since,
            &self.until,
            &self.trusts,
            &self.source,
            &self.not_session,
            &self.quarantined,
            &self.with_retired,
            &self.valid_at,
        ];
        own.into_iter().chain(rest.iter().copied()).collect()
    }
}
