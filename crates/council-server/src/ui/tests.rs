//! What a browser gets for the web page's addresses.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Asset, UiSource, embedded, routes};
use crate::error::ApiError;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt;

static ASSETS: &[Asset] = &[
    Asset {
        path: "assets/app-1.js",
        tag: "1",
        plain: b"plain script",
        brotli: Some(b"br"),
        gzip: Some(b"gz"),
    },
    Asset {
        path: "favicon.svg",
        tag: "2",
        plain: b"<svg/>",
        brotli: None,
        gzip: None,
    },
    Asset {
        path: "index.html",
        tag: "3",
        plain: b"<script nonce=\"__COUNCIL_NONCE__\"></script><style nonce=\"__COUNCIL_NONCE__\"></style>",
        brotli: None,
        gzip: None,
    },
];

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
    error: Option<ApiError>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn get(router: &Router, path: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Got {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
        error: parts.extensions.get::<ApiError>().cloned(),
    }
}

#[tokio::test]
async fn every_address_of_the_app_gets_the_page_with_a_nonce_of_its_own() {
    let router = embedded(ASSETS).unwrap();
    let mut nonces = Vec::new();
    for path in ["/chat", "/chat/conv_1", "/chat/a%2Fb", "/chat"] {
        let got = get(&router, path, &[]).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        assert_eq!(got.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(got.header("cache-control"), "no-store");
        let nonce = got.body.split('"').nth(1).unwrap().to_owned();
        assert_eq!(
            got.body,
            format!("<script nonce=\"{nonce}\"></script><style nonce=\"{nonce}\"></style>")
        );
        let policy = got.header("content-security-policy");
        assert!(
            policy.contains(&format!("script-src 'self' 'nonce-{nonce}'")),
            "{policy}"
        );
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 4);
}

#[tokio::test]
async fn a_client_gets_the_smallest_form_that_it_takes() {
    let router = embedded(ASSETS).unwrap();
    for (accepts, encoding, body) in [
        ("gzip, deflate, br, zstd", "br", "br"),
        ("gzip", "gzip", "gz"),
        ("GZIP;q=0.5", "gzip", "gz"),
        ("br;q=0, gzip", "gzip", "gz"),
        ("*", "br", "br"),
        ("*, br;q=0", "gzip", "gz"),
        ("br;q=0.0, *;q=0", "", "plain script"),
        ("identity", "", "plain script"),
        ("", "", "plain script"),
    ] {
        let got = get(&router, "/assets/app-1.js", &[("accept-encoding", accepts)]).await;
        assert_eq!(
            (got.header("content-encoding"), got.body.as_str()),
            (encoding, body),
            "{accepts}"
        );
        assert_eq!(got.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(got.header("vary"), "accept-encoding");
    }
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever_and_others_are_asked_for_again() {
    let router = embedded(ASSETS).unwrap();
    let hashed = get(&router, "/assets/app-1.js", &[]).await;
    assert_eq!(
        hashed.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    let named = get(&router, "/favicon.svg", &[]).await;
    assert_eq!(
        (named.header("cache-control"), named.header("content-type")),
        ("no-cache", "image/svg+xml")
    );
}

#[tokio::test]
async fn a_client_that_has_the_file_in_that_form_is_told_so() {
    let router = embedded(ASSETS).unwrap();
    let path = "/assets/app-1.js";
    let tag = get(&router, path, &[("accept-encoding", "br")])
        .await
        .header("etag")
        .to_owned();
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".to_owned(),
    ] {
        let got = get(
            &router,
            path,
            &[("accept-encoding", "br"), ("if-none-match", &known)],
        )
        .await;
        assert_eq!(
            (got.status, got.body.as_str()),
            (StatusCode::NOT_MODIFIED, ""),
            "{known}"
        );
        assert_eq!(
            (got.header("etag"), got.header("content-encoding")),
            (tag.as_str(), "")
        );
    }
    let other_form = get(&router, path, &[("if-none-match", &tag)]).await;
    assert_eq!(
        (other_form.status, other_form.body.as_str()),
        (StatusCode::OK, "plain script")
    );
}

#[tokio::test]
async fn a_file_that_is_not_there_is_a_404_and_never_the_page() {
    let router = embedded(ASSETS).unwrap();
    for path in [
        "/assets/app-0.js",
        "/assets/../index.html",
        "/assets/index.html",
        "/nowhere",
        "/index.html",
    ] {
        let got = get(&router, path, &[]).await;
        assert_eq!(
            (got.status, got.body.as_str()),
            (StatusCode::NOT_FOUND, ""),
            "{path}"
        );
    }
    let error = get(&router, "/assets/app-0.js", &[]).await.error.unwrap();
    assert_eq!(error.message, "the web page has no file `assets/app-0.js`");
}

#[test]
fn without_the_page_there_are_no_routes() {
    assert!(embedded(&[]).is_none());
}

#[tokio::test]
async fn a_directory_is_read_at_each_request() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    std::fs::create_dir(directory.path().join("assets")).unwrap();
    write("index.html", "first <i nonce=\"__COUNCIL_NONCE__\">");
    write("favicon.svg", "<svg/>");
    write("assets/app.js", "one");
    write("secret", "not below assets");
    let router = routes(UiSource::Directory(directory.path().to_owned()))
        .unwrap()
        .unwrap();
    assert!(
        get(&router, "/chat/x", &[])
            .await
            .body
            .starts_with("first <i nonce=\"")
    );
    assert!(
        !get(&router, "/chat", &[])
            .await
            .body
            .contains("__COUNCIL_NONCE__")
    );
    assert_eq!(get(&router, "/favicon.svg", &[]).await.body, "<svg/>");
    let script = get(&router, "/assets/app.js", &[]).await;
    assert_eq!(
        (script.body.as_str(), script.header("cache-control")),
        ("one", "no-store")
    );
    write("index.html", "second");
    write("assets/app.js", "two");
    assert_eq!(get(&router, "/chat", &[]).await.body, "second");
    assert_eq!(get(&router, "/assets/app.js", &[]).await.body, "two");
    for outside in [
        "/assets/..%2Fsecret",
        "/assets/%2Fetc%2Fhostname",
        "/assets/none.js",
    ] {
        assert_eq!(
            get(&router, outside, &[]).await.status,
            StatusCode::NOT_FOUND,
            "{outside}"
        );
    }
    std::fs::remove_file(directory.path().join("index.html")).unwrap();
    assert_eq!(
        get(&router, "/chat", &[]).await.status,
        StatusCode::INTERNAL_SERVER_ERROR
    );
}

#[test]
fn a_directory_without_the_page_is_refused_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let error = routes(UiSource::Directory(directory.path().to_owned())).unwrap_err();
    assert!(error.to_string().contains("npm run build"), "{error}");
}
