//! Which memories pass a filter, and what they were at the moment that it asks about.

use crate::memory::{Memory, MemoryFilter, MemoryRecord};

/// The memory as the filter sees it: as it is, or as it was then. `None` when it does not pass.
pub(super) fn seen<'a>(record: &'a MemoryRecord, filter: &MemoryFilter) -> Option<&'a Memory> {
    let memory = match filter.as_of {
        None => &record.memory,
        Some(then) => {
            let mut versions = record.history.iter().rev();
            &versions.find(|version| version.memory.updated_at <= then)?.memory
        }
    };
    (passes(memory, filter) && counts(memory, filter)).then_some(memory)
}

fn passes(memory: &Memory, filter: &MemoryFilter) -> bool {
    let content = &memory.content;
    let is = |wanted: &Option<String>, value: &Option<String>| wanted.is_none() || wanted == value;
    content.scope.user == filter.user
        && is(&filter.project, &content.scope.project)
        && is(&filter.session, &content.scope.session)
        && is(&filter.source, &content.source)
        && (filter.not_session.is_none() || filter.not_session != content.scope.session)
        && (filter.kinds.is_empty() || filter.kinds.contains(&content.kind))
        && (filter.areas.is_empty() || filter.areas.contains(&content.area))
        && filter.tags.iter().all(|tag| content.tags.contains(tag))
        && filter.since.is_none_or(|since| content.said_at >= since)
        && filter.until.is_none_or(|until| content.said_at < until)
        && filter.least_trust.is_none_or(|least| content.trust >= least)
        && content.quarantined == filter.quarantined
}

/// Whether it counts as known, or was so at the moment of which that is asked.
fn counts(memory: &Memory, filter: &MemoryFilter) -> bool {
    let is_known = memory.retired_at.is_none();
    match filter.valid_at {
        None => is_known || filter.with_retired,
        Some(at) => {
            (is_known || memory.superseded_by.is_some())
                && memory.content.said_at <= at
                && memory.valid_to.is_none_or(|end| at < end)
        }
    }
}
