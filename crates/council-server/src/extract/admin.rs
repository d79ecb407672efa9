//! Who may change settings: a client on this machine.

use super::PeerAddr;
use crate::error::{ApiError, Code};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The client's address, which is this machine's; `in process` where there is no connection.
pub(crate) struct Admin(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(PeerAddr(peer)) = parts.extensions.get::<PeerAddr>() else {
            return Ok(Self("in process".to_owned()));
        };
        let address = peer.ip().to_canonical();
        if address.is_loopback() {
            return Ok(Self(address.to_string()));
        }
        let message =
            format!("settings are changed from this machine only, and the request comes from {address}");
        Err(ApiError::new(Code::Forbidden, message).with_hint(
            "call the route at http://127.0.0.1 on the server's own machine, for example over ssh",
        ))
    }
}

#[cfg(test)]
mod tests;
