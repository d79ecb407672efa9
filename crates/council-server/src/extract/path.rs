//! Path and query parameters.

use crate::error::{ApiError, Code};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use council_core::Page;
use serde::Deserialize;
use utoipa::IntoParams;

/// The identifier in a path, percent-decoded.
pub(crate) struct IdPath(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for IdPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(PathRejection::FailedToDeserializePathParams(_)) => {
                Err(ApiError::new(Code::InvalidRequest, "the path is not valid UTF-8"))
            }
            Err(other) => Err(ApiError::internal(other.to_string())),
        }
    }
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// How many entries to skip.
    #[param(default = 0, minimum = 0)]
    offset: Option<i64>,
    /// Most entries to return.
    #[param(default = 50, minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// A validated part of a list.
pub(crate) struct Paging {
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

impl Paging {
    const DEFAULT_LIMIT: u64 = 50;
    const MAX_LIMIT: u64 = 500;

    /// The page to ask for: one entry more than wanted, which tells whether there is a next page.
    pub(crate) fn probe(&self) -> Page {
        Page {
            offset: self.offset,
            limit: self.limit + 1,
        }
    }

    /// Cuts the probe's extra entry; returns whether there was one.
    pub(crate) fn cut<T>(&self, entries: &mut Vec<T>) -> bool {
        let has_more = entries.len() as u64 > self.limit;
        entries.truncate(self.limit as usize);
        has_more
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query: PageQuery = query(parts, state).await?;
        let asked = query.limit.unwrap_or(Self::DEFAULT_LIMIT as i64);
        let limit = u64::try_from(asked).unwrap_or(0);
        if !(1..=Self::MAX_LIMIT).contains(&limit) {
            let message = format!("`limit` is {asked}; it must be between 1 and {}", Self::MAX_LIMIT);
            return Err(ApiError::invalid("limit", message));
        }
        let asked = query.offset.unwrap_or(0);
        let Ok(offset) = u64::try_from(asked) else {
            let message = format!("`offset` is {asked}; it must be 0 or more");
            return Err(ApiError::invalid("offset", message));
        };
        Ok(Self { offset, limit })
    }
}

/// `?stream=true` of the original routes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Flags {
    /// Answer as a stream; the body's `stream` does the same.
    pub(crate) stream: Option<bool>,
}

impl<S: Send + Sync> FromRequestParts<S> for Flags {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        query(parts, state).await
    }
}

/// Other query parameters.
pub(crate) struct QueryOf<T>(pub(crate) T);

impl<T: serde::de::DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        query(parts, state).await.map(Self)
    }
}

async fn query<T, S>(parts: &mut Parts, state: &S) -> Result<T, ApiError>
where
    T: serde::de::DeserializeOwned,
    S: Send + Sync,
{
    match Query::<T>::from_request_parts(parts, state).await {
        Ok(Query(value)) => Ok(value),
        Err(QueryRejection::FailedToDeserializeQueryString(error)) => {
            let text = error.body_text();
            let text = text
                .strip_prefix("Failed to deserialize query string: ")
                .unwrap_or(&text);
            let missing = text
                .strip_prefix("missing field `")
                .and_then(|rest| rest.strip_suffix('`'));
            if let Some(param) = missing {
                let message = format!("`{param}` is missing in the query string");
                return Err(ApiError::invalid(param, message));
            }
            let param = text.split(':').next().unwrap_or_default().to_owned();
            let message = format!("the query string is not understood: {text}");
            Err(ApiError::invalid(param, message))
        }
        Err(other) => Err(ApiError::internal(other.to_string())),
    }
}
