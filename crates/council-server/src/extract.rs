//! JSON bodies and objects in them, paging, conversation ids and request ids out of a request, each with a clear error.

mod body;
mod caller;
mod form;
mod json;
mod object;
mod path;

pub(crate) use body::{JsonBody, LargeBody};
pub(crate) use caller::Admin;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use form::fields;
pub(crate) use form::{FormField, JsonOrForm, Sent};
pub(crate) use json::{FromBody, parse_object};
pub(crate) use object::{object, objects, optional_object, optional_objects};
pub(crate) use path::{Flags, IdPath, PageQuery, Paging, QueryOf};

use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use uuid::Uuid;

/// The request's own identifier; also its line in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    /// A new one; sorts by time.
    pub(crate) fn fresh() -> Self {
        Self(format!("req_{}", Uuid::now_v7().simple()).into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| ApiError::internal("request without an id"))
    }
}

/// The peer's address, for fair queueing; empty when there is no connection (in-process calls).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) String);

/// The accepted connection's address, an extension that [`serve`](crate::serve) puts into each request. One without it comes
/// from this process.
#[derive(Clone, Copy, Debug)]
pub struct PeerAddr(pub SocketAddr);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts
            .extensions
            .get::<PeerAddr>()
            .map(|PeerAddr(address)| address.ip().to_string());
        Ok(Self(address.unwrap_or_default()))
    }
}
