//! Keeps web pages of other sites away from a server on the user's own machine: the `Host` header against DNS
//! rebinding, the `Origin` header against cross-site writes.

use crate::error::{ApiError, Code};
use crate::state::{App, HostPolicy};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;

/// Refuses requests that the policy does not allow.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let host = host(&request);
    match check(&app.hosts, host.as_deref(), request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// The authority that the client asked for: the `Host` header, or the URI's in HTTP/2.
pub(super) fn host(request: &Request) -> Option<String> {
    let header = request
        .headers()
        .get(header::HOST)
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    header
        .map(std::borrow::Cow::into_owned)
        .or_else(|| request.uri().authority().map(ToString::to_string))
}

fn check(
    policy: &HostPolicy,
    host: Option<&str>,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    // A browser always sends `Host`; what does not is no browser and cannot be tricked by a page.
    if let Some(host) = host
        && !policy.allows_host(host)
    {
        return Err(refused(if policy.loopback_only {
            format!(
                "host `{host}` is not this machine's loopback address; use http://127.0.0.1, or start the server \
                 with `--host` to serve a network"
            )
        } else {
            format!(
                "this server is not called `{host}`; use one of its names, or add this one to `server.hosts`"
            )
        }));
    }
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if reads && !headers.contains_key(header::UPGRADE) {
        return Ok(());
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = String::from_utf8_lossy(origin.as_bytes());
    let own = host.is_some_and(|host| same_authority(&origin, host));
    if own || policy.allows_origin(&origin) {
        return Ok(());
    }
    Err(refused(format!(
        "origin `{origin}` may not write here; only this server's own pages may"
    )))
}

fn refused(message: String) -> ApiError {
    ApiError::new(Code::Forbidden, message)
}

fn same_authority(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let strip = |text: &str| {
        let lower = text.to_ascii_lowercase();
        lower
            .strip_suffix(default_port)
            .map_or(lower.clone(), ToOwned::to_owned)
    };
    strip(authority) == strip(host)
}

impl HostPolicy {
    /// Whether a request may be meant for this host. An address cannot be rebound, and the own names are known.
    fn allows_host(&self, authority: &str) -> bool {
        if self.loopback_only || is_loopback(authority) {
            return is_loopback(authority) || self.names(authority);
        }
        let address = name(authority).is_some_and(|name| name.parse::<IpAddr>().is_ok());
        self.allowed_hosts.is_empty() || address || self.names(authority)
    }

    fn names(&self, authority: &str) -> bool {
        let mut known = self.allowed_hosts.iter();
        name(authority).is_some_and(|name| known.any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Whether a page of this origin may write, and read what is answered.
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        let mut known = self.allowed_origins.iter();
        known.any(|known| known.eq_ignore_ascii_case(origin))
    }
}

/// Whether an authority (`name`, `name:port`, `[v6]:port`) names the loopback interface.
pub(crate) fn is_loopback(authority: &str) -> bool {
    name(authority).is_some_and(|name| {
        name.eq_ignore_ascii_case("localhost")
            || name
                .parse::<IpAddr>()
                .is_ok_and(|address| address.to_canonical().is_loopback())
    })
}

/// The name or address of an authority, without its port.
fn name(authority: &str) -> Option<&str> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        return (port.is_empty() || is_port(port)).then_some(address);
    }
    match authority.find(':') {
        Some(colon) => is_port(&authority[colon..]).then_some(&authority[..colon]),
        None => Some(authority),
    }
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':')
        .is_some_and(|digits| digits.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests;
