//! The web page from a directory, for those who work on it: what is there now is what is sent.

use super::asset::content_type;
use super::page::Page;
use super::{HASHED, INDEX, client_paths, missing};
use crate::error::ApiError;
use axum::Router;
use axum::extract::Path as PathOf;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The routes. Files beside `index.html` are those that are there now; what they hold is read at each request.
pub(super) fn routes(directory: PathBuf) -> io::Result<Router> {
    let index = directory.join(INDEX);
    if let Err(error) = std::fs::read(&index) {
        let message = format!(
            "the web page `{}` cannot be read: {error}; run `npm run build` in web/, or leave `ui_dir` out",
            index.display()
        );
        return Err(io::Error::new(error.kind(), message));
    }
    let mut router = client_paths(move || send_page(index.clone()));
    let directory: Arc<Path> = directory.into();
    for entry in std::fs::read_dir(&directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != INDEX && entry.file_type()?.is_file() {
            let send = {
                let (directory, name) = (Arc::clone(&directory), name.clone());
                move || async move { send_file(&directory, &name).await }
            };
            router = router.route(&format!("/{name}"), get(send));
        }
    }
    let hashed = move |PathOf(name): PathOf<String>| async move {
        // A name like `../x` reaches us percent-encoded.
        let inside = Path::new(&name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if inside {
            send_file(&directory, &format!("{HASHED}{name}")).await
        } else {
            missing(&name)
        }
    };
    Ok(router.route("/assets/{*name}", get(hashed)))
}

async fn send_page(index: PathBuf) -> Response {
    match tokio::fs::read(&index).await {
        Ok(html) => Page::new(&html).response(),
        Err(error) => {
            ApiError::internal(format!("`{}` cannot be read: {error}", index.display())).into_response()
        }
    }
}

async fn send_file(directory: &Path, name: &str) -> Response {
    match tokio::fs::read(directory.join(name)).await {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, content_type(name)),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, bytes).into_response()
        }
        Err(_) => missing(name.strip_prefix(HASHED).unwrap_or(name)),
    }
}
