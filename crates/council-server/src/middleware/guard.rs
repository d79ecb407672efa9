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
fn host(request: &Request) -> Option<String> {
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
        && policy.loopback_only
        && !is_loopback(host)
    {
        return Err(refused(format!(
            "host `{host}` is not this machine's loopback address; use http://127.0.0.1, or start the server \
             with `--host` to serve a network"
        )));
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
    if own
        || policy
            .allowed_origins
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(&origin))
    {
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

/// Whether an authority (`name`, `name:port`, `[v6]:port`) names the loopback interface.
fn is_loopback(authority: &str) -> bool {
    let name = if let Some(rest) = authority.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else {
            return false;
        };
        if !(port.is_empty() || is_port(port)) {
            return false;
        }
        address
    } else {
        match authority.find(':') {
            Some(colon) if !is_port(&authority[colon..]) => return false,
            Some(colon) => &authority[..colon],
            None => authority,
        }
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':')
        .is_some_and(|digits| digits.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests;
