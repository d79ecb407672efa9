//! A part of a list.

use crate::extract::Paging;
use serde::Serialize;
use utoipa::ToSchema;

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageObject<T> {
    /// `list`.
    pub(crate) object: &'static str,
    pub(crate) data: Vec<T>,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
    /// Whether more follow after these.
    pub(crate) has_more: bool,
}

impl<T> PageObject<T> {
    /// The page of `found`, which [`Paging::probe`] asked for.
    pub(crate) fn new<S: Into<T>>(paging: &Paging, mut found: Vec<S>) -> Self {
        let has_more = paging.cut(&mut found);
        let data = found.into_iter().map(Into::into).collect();
        Self {
            object: "list",
            data,
            offset: paging.offset,
            limit: paging.limit,
            has_more,
        }
    }
}
