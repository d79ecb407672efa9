//! Topics of what is remembered.

use super::{MemoryObject, optional_name};
use crate::error::ApiError;
use council_agent::memory::{Topic, Topics};
use council_core::Memory;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Identifiers that are shown of each topic.
const EXAMPLES: usize = 5;

const MAX_LIMIT: i64 = 32;

/// Which topics.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ClustersQuery {
    /// Only this project.
    project: Option<String>,
    /// Most topics.
    #[param(default = 32, minimum = 1, maximum = 32)]
    limit: Option<i64>,
}

impl ClustersQuery {
    /// Project and limit.
    pub(crate) fn parts(self) -> Result<(Option<String>, usize), ApiError> {
        let limit = self.limit.unwrap_or(MAX_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            let message = format!("`limit` is {limit}; it must be 1 to {MAX_LIMIT}");
            return Err(ApiError::invalid("limit", message));
        }
        Ok((optional_name("project", self.project)?, limit as usize))
    }
}

/// Whose topic.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ClusterQuery {
    /// Only this project.
    project: Option<String>,
}

impl ClusterQuery {
    pub(crate) fn project(self) -> Result<Option<String>, ApiError> {
        optional_name("project", self.project)
    }
}

/// A topic.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryCluster)]
pub(crate) struct ClusterObject {
    /// Its number, the largest being 0; another one when topics were found anew.
    pub(crate) number: usize,
    /// Words that tell it from the others, the most telling first.
    pub(crate) label: Vec<String>,
    /// Its memories.
    pub(crate) size: usize,
    /// When the latest of them was said, in seconds since the Unix epoch.
    pub(crate) newest: f64,
    /// The most typical of them.
    pub(crate) examples: Vec<String>,
}

impl ClusterObject {
    fn new(number: usize, topic: &Topic) -> Self {
        let examples = topic.members.iter().take(EXAMPLES);
        Self {
            number,
            label: topic.label.clone(),
            size: topic.members.len(),
            newest: topic.newest.as_secs_f64(),
            examples: examples.map(|id| id.0.clone()).collect(),
        }
    }
}

/// The topics of what is remembered, the largest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryClusters)]
pub(crate) struct ClustersObject {
    /// `list`.
    pub(crate) object: &'static str,
    pub(crate) data: Vec<ClusterObject>,
    /// Memories when the topics were found.
    pub(crate) memories: u64,
    /// Those of them that are in a topic: the latest 20,000 that have vectors.
    pub(crate) considered: usize,
    /// When the topics were found, in seconds since the Unix epoch.
    pub(crate) found_at: f64,
}

impl ClustersObject {
    pub(crate) fn new(topics: &Topics, limit: usize) -> Self {
        let data = topics.topics.iter().enumerate().take(limit);
        Self {
            object: "list",
            data: data
                .map(|(number, topic)| ClusterObject::new(number, topic))
                .collect(),
            memories: topics.memories,
            considered: topics.considered,
            found_at: topics.found_at.as_secs_f64(),
        }
    }
}

/// A topic and a part of its memories, the most typical first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemoryClusterMembers)]
pub(crate) struct ClusterMembers {
    #[serde(flatten)]
    pub(crate) cluster: ClusterObject,
    /// Those that exist still.
    pub(crate) data: Vec<MemoryObject>,
    /// Whether more follow.
    pub(crate) has_more: bool,
}

impl ClusterMembers {
    pub(crate) fn new(number: usize, topic: &Topic, data: Vec<Memory>, has_more: bool) -> Self {
        Self {
            cluster: ClusterObject::new(number, topic),
            data: data.into_iter().map(MemoryObject::from).collect(),
            has_more,
        }
    }
}
