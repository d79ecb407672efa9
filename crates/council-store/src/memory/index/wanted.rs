//! Filters in numbers.

use super::names::Names;
use super::{Facts, Place};
use council_core::MemoryFilter;

/// A filter in numbers; passes what [`MemoryFilter::passes`] does.
pub(super) struct Wanted<'a> {
    filter: &'a MemoryFilter,
    project: Option<u32>,
    session: Option<u32>,
    not_session: Option<u32>,
    source: Option<u32>,
    areas: Vec<u32>,
    tags: Vec<u32>,
}

impl<'a> Wanted<'a> {
    /// `None` when it names something that no memory has, so that none can pass.
    pub(super) fn new(filter: &'a MemoryFilter, names: &Names) -> Option<Self> {
        let one = |name: &Option<String>| match name {
            Some(name) => names.known(name).map(Some),
            None => Some(None),
        };
        let areas: Vec<u32> = filter.areas.iter().filter_map(|area| names.known(area)).collect();
        if areas.is_empty() && !filter.areas.is_empty() {
            return None;
        }
        let tags = filter.tags.iter().map(|tag| names.known(tag));
        Some(Self {
            filter,
            project: one(&filter.project)?,
            session: one(&filter.session)?,
            // An unknown session excludes nothing.
            not_session: filter.not_session.as_deref().and_then(|name| names.known(name)),
            source: one(&filter.source)?,
            areas,
            tags: tags.collect::<Option<_>>()?,
        })
    }

    /// Whether a memory that belongs there can pass.
    pub(super) fn has_place(&self, place: Place) -> bool {
        self.project.is_none_or(|project| project == place.project)
            && self.session.is_none_or(|session| session == place.session)
            && self.not_session != Some(place.session)
    }

    /// Whether a memory with these facts passes, if its place does.
    pub(super) fn passes(&self, facts: &Facts) -> bool {
        let filter = self.filter;
        self.source.is_none_or(|source| source == facts.source)
            && (filter.kinds.is_empty() || filter.kinds.contains(&facts.kind))
            && (self.areas.is_empty() || self.areas.contains(&facts.area))
            && self.tags.iter().all(|tag| facts.tags.contains(tag))
            && filter.since.is_none_or(|since| facts.said_at >= since)
            && filter.until.is_none_or(|until| facts.said_at < until)
            && filter.least_trust.is_none_or(|least| facts.trust >= least)
            && filter.quarantined == facts.quarantined
            && filter.as_of.is_none_or(|moment| facts.updated_at <= moment)
            && self.is_so(facts)
    }

    /// Whether it is known, and so at the moment that is asked for.
    fn is_so(&self, facts: &Facts) -> bool {
        let is_known = !facts.is_retired || self.filter.with_retired;
        match self.filter.valid_at {
            Some(moment) => {
                facts.said_at <= moment
                    && facts.valid_to.is_none_or(|end| moment < end)
                    && (is_known || facts.valid_to.is_some())
            }
            None => is_known,
        }
    }
}
