//! One file of the web page, sent in the form that the client takes.

use super::HASHED;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file that was compiled in.
#[derive(Debug)]
pub(super) struct Asset {
    /// Below the page's root, such as `assets/index-4f.js`.
    pub(super) path: &'static str,
    /// Differs when the content does.
    pub(super) tag: &'static str,
    pub(super) plain: &'static [u8],
    /// The same, compressed; `None` where that would not be smaller.
    pub(super) brotli: Option<&'static [u8]>,
    pub(super) gzip: Option<&'static [u8]>,
}

impl Asset {
    /// The file, or 304 when the client has it.
    pub(super) fn response(&self, headers: &HeaderMap) -> Response {
        let (encoding, bytes) = self.form(headers);
        // Each form is another sequence of bytes, so that each needs a tag of its own (RFC 9110, section 8.8.3).
        let tag = format!("\"{}-{}\"", self.tag, encoding.unwrap_or("plain"));
        let kept = headers
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .any(|value| names(value, &tag));
        let mut response = if kept {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let body = Body::from(Bytes::from_static(bytes));
            ([(header::CONTENT_TYPE, content_type(self.path))], body).into_response()
        };
        let headers = response.headers_mut();
        let forever = "public, max-age=31536000, immutable";
        let cache = if self.path.starts_with(HASHED) {
            forever
        } else {
            "no-cache"
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if let Some(encoding) = encoding.filter(|_| !kept) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }

    /// The smallest form that the client takes, with its name where it is compressed.
    fn form(&self, headers: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
        [("br", self.brotli), ("gzip", self.gzip)]
            .into_iter()
            .find_map(|(encoding, bytes)| Some((Some(encoding), bytes.filter(|_| takes(headers, encoding))?)))
            .unwrap_or((None, self.plain))
    }
}

/// Whether `Accept-Encoding` takes an encoding (RFC 9110, section 12.5.3): named with a weight above 0, or by `*`.
fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    let mut any = false;
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    for item in values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
    {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .is_some_and(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0));
        let name = name.trim();
        if name.eq_ignore_ascii_case(encoding) {
            return !refused;
        }
        any |= name == "*" && !refused;
    }
    any
}

/// Whether `If-None-Match` names the tag; weakly, as it is to be compared there.
fn names(value: &HeaderValue, tag: &str) -> bool {
    let tags = value.to_str().unwrap_or_default().split(',').map(str::trim);
    tags.map(|listed| listed.strip_prefix("W/").unwrap_or(listed))
        .any(|listed| listed == tag || listed == "*")
}

/// The media type that a file's suffix stands for.
pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, suffix)| suffix) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
