//! The web page: compiled in, or read from a directory while it is being developed.
//!
//! - [`asset`]: one file, sent in the form that the client takes
//! - [`page`]: `index.html`, with a fresh nonce and the policy that goes with it
//! - [`directory`]: the same from a directory
//!
//! `web/dist` is built by a step of its own, `npm run build`; `build.rs` only lists its files.

mod asset;
mod directory;
mod page;

use crate::error::{ApiError, Code};
use asset::Asset;
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use page::Page;
use std::io;
use std::path::PathBuf;

/// Addresses at which the app shows something, which is its own business: it gets the same page at each. The app has
/// the same list in `web/src/app/app.tsx`.
///
/// Below `/admin` its places are named one by one: the others are routes of the API.
const CLIENT_PATHS: [&str; 17] = [
    "/chat",
    "/chat/{*rest}",
    "/monitor",
    "/monitor/{*rest}",
    "/admin",
    "/admin/models",
    "/admin/routing",
    "/admin/council",
    "/admin/cloud",
    "/admin/privacy",
    "/admin/sandbox",
    "/admin/memory",
    "/admin/changes",
    "/admin/backup",
    "/admin/keys",
    "/explore",
    "/explore/{*rest}",
];

/// The page that stands for all others.
const INDEX: &str = "index.html";

/// Files with a hash of their content in their name, which may be kept for ever.
const HASHED: &str = "assets/";

/// What was in `web/dist` when this was compiled; nothing when it had not been built.
static EMBEDDED: &[Asset] = include!(concat!(env!("OUT_DIR"), "/ui_assets.rs"));

/// Where the web page comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UiSource {
    /// What was compiled in.
    Embedded,
    /// A directory as `npm run build` leaves it, read at each request.
    Directory(PathBuf),
}

/// The web page's routes, for [`ServerParts::ui`](crate::ServerParts::ui); `None` when it was not compiled in.
///
/// # Errors
/// When the directory has no readable `index.html`.
pub fn routes(source: UiSource) -> io::Result<Option<Router>> {
    match source {
        UiSource::Embedded => Ok(embedded(EMBEDDED)),
        UiSource::Directory(directory) => directory::routes(directory).map(Some),
    }
}

fn embedded(assets: &'static [Asset]) -> Option<Router> {
    let index = assets.iter().find(|asset| asset.path == INDEX)?;
    let page = Page::new(index.plain);
    let mut router = client_paths(move || std::future::ready(page.response()));
    for asset in assets {
        if asset.path != INDEX && !asset.path.starts_with(HASHED) {
            let send = move |headers: HeaderMap| std::future::ready(asset.response(&headers));
            router = router.route(&format!("/{}", asset.path), get(send));
        }
    }
    let hashed = move |Path(name): Path<String>, headers: HeaderMap| async move {
        let found = assets.iter().find(|asset| {
            let file = asset.path.strip_prefix(HASHED);
            file == Some(name.as_str())
        });
        found.map_or_else(|| missing(&name), |asset| asset.response(&headers))
    };
    Some(router.route("/assets/{*name}", get(hashed)))
}

/// The routes of the app's own addresses, all answered by `page`.
fn client_paths<F, P>(page: F) -> Router
where
    F: FnOnce() -> P + Clone + Send + Sync + 'static,
    P: Future<Output = Response> + Send,
{
    CLIENT_PATHS.into_iter().fold(Router::new(), |router, path| {
        router.route(path, get(page.clone()))
    })
}

/// No such file, as after an update: the page that asks for it is older than the server.
fn missing(name: &str) -> Response {
    ApiError::new(
        Code::NotFound,
        format!("the web page has no file `{HASHED}{name}`"),
    )
    .with_hint("reload the page")
    .into_response()
}

#[cfg(test)]
mod tests;
