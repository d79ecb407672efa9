//! `index.html`, with a fresh nonce in each response and the content security policy that names it.

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;
use uuid::Uuid;

/// Where `web/vite.config.ts` wants the nonce.
const PLACE: &str = "__COUNCIL_NONCE__";

/// The page that every address of the app gets.
#[derive(Clone, Debug)]
pub(super) struct Page(Arc<str>);

impl Page {
    pub(super) fn new(html: &[u8]) -> Self {
        Self(String::from_utf8_lossy(html).into())
    }

    /// Nothing of it may be kept: a nonce is good for one response.
    pub(super) fn response(&self) -> Response {
        // 122 random bits of the operating system's generator.
        let nonce = Uuid::new_v4().simple().to_string();
        let headers = [
            (header::CACHE_CONTROL, "no-store".to_owned()),
            (header::CONTENT_SECURITY_POLICY, policy(&nonce)),
        ];
        (headers, Html(self.0.replace(PLACE, &nonce))).into_response()
    }
}

/// Only this server's own files and API: a page that shows what a model wrote must not be able to load or tell
/// anything elsewhere. Pictures that the page itself made, plots and previews, have addresses of `blob:` and `data:`.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}
