//! Backups that wait for the next start, and what was added of one.

use council_core::backup::{Merged, Staged};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Whether it is done.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MergeQuery {
    /// Only count what would be added.
    #[serde(default)]
    pub(crate) dry_run: bool,
}

/// What was added of a backup.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MergeObject {
    /// Whether nothing was done.
    pub(crate) dry_run: bool,
    /// Every table of the backup that has rows.
    pub(crate) tables: Vec<MergedTable>,
}

/// What became of the rows of a table.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MergedTable {
    pub(crate) table: String,
    /// Rows that are new here.
    pub(crate) added: u64,
    /// Rows that were there already, alone or with what they belong to.
    pub(crate) there: u64,
}

impl MergeObject {
    pub(crate) fn new(dry_run: bool, merged: Vec<Merged>) -> Self {
        let table = |merged: Merged| MergedTable {
            table: merged.table,
            added: merged.added,
            there: merged.there,
        };
        Self {
            dry_run,
            tables: merged.into_iter().map(table).collect(),
        }
    }
}

/// What takes the place of the database at the next start.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RestoreObject {
    /// `staged`: it waits for the next start; `none`: nothing does.
    pub(crate) status: &'static str,
    /// What happens next, in words.
    pub(crate) message: String,
    /// Null where nothing waits.
    pub(crate) size_bytes: Option<u64>,
    pub(crate) schema_version: Option<u64>,
    pub(crate) conversations: Option<u64>,
    pub(crate) memories: Option<u64>,
    /// When it came, in seconds since the Unix epoch.
    pub(crate) at: Option<f64>,
}

impl From<Option<Staged>> for RestoreObject {
    fn from(staged: Option<Staged>) -> Self {
        let Some(staged) = staged else {
            return Self {
                status: "none",
                message: "no backup waits for the next start".to_owned(),
                size_bytes: None,
                schema_version: None,
                conversations: None,
                memories: None,
                at: None,
            };
        };
        Self {
            status: "staged",
            message: "checked and whole; it takes the place of the database when the server starts the next time, and the present \
                one is kept beside it; until then everything goes on as it is"
                .to_owned(),
            size_bytes: Some(staged.size_bytes),
            schema_version: Some(staged.schema_version),
            conversations: Some(staged.conversations),
            memories: Some(staged.memories),
            at: Some(staged.at.as_secs_f64()),
        }
    }
}
