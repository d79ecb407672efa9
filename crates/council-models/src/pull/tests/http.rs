//! Downloads: cut, resumed, wrong, refused.

use super::server::{Request, Server, Then};
use super::{Bench, catalog, milestones, model, pull, sha256, url_source};
use crate::pull::{PullError, PullEvent, PullTarget, VerifiedBy};
use axum::http::StatusCode;
use council_core::EgressOutcome;
use std::time::Duration;

/// The length of what a cut download left.
fn part_length(bench: &Bench) -> u64 {
    std::fs::metadata(bench.library.part_path("tiny")).unwrap().len()
}

#[tokio::test]
async fn a_download_is_verified_by_the_catalogs_hash_and_installed() {
    let (content, hash) = model(1);
    let server = Server::start(content.clone()).await;
    let bench = Bench::new(&catalog(&content, &[url_source(&server.url())]));
    let (result, events) = bench.pull("tiny").await;
    let pulled = result.unwrap();
    assert_eq!(std::fs::read(&pulled.model.path).unwrap(), content);
    assert_eq!(
        (pulled.record.sha256, pulled.record.verified_by.as_str()),
        (hash, "catalog")
    );
    assert_eq!(
        milestones(&events),
        [
            &PullEvent::SourceTried {
                source: server.url(),
                index: 1,
                count: 1
            },
            &PullEvent::Verifying,
            &PullEvent::Installed {
                id: "tiny".into(),
                verified_by: VerifiedBy::Catalog
            },
        ]
    );
    assert_eq!(bench.files(), ["tiny.gguf", "tiny.json"]);
    assert!(bench.pull("tiny").await.0.unwrap().already_installed);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_download_that_is_cut_continues_where_it_was() {
    let (content, _) = model(1);
    let server = Server::start(content.clone()).await;
    *server.shared.etag.lock().unwrap() = Some("\"v1\"");
    server.then([Then::Cut(1000)]);
    let bench = Bench::new("");
    let (result, events) = bench.pull(&server.url()).await;
    let pulled = result.unwrap();
    assert_eq!(std::fs::read(pulled.model.path).unwrap(), content);
    assert_eq!(pulled.record.verified_by, "nobody");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1].range.as_deref(), Some("bytes=1000-"));
    assert_eq!(requests[1].if_range.as_deref(), Some("\"v1\""));
    assert!(events.contains(&PullEvent::Resumed { bytes: 1000 }));
}

#[tokio::test]
async fn a_later_pull_continues_what_an_earlier_one_left() {
    let (content, _) = model(1);
    let server = Server::start(content.clone()).await;
    server.then([Then::Cut(1000), Then::Cut(500)]);
    let bench = Bench::new(&catalog(&content, &[url_source(&server.url())]));
    let error = bench.error("tiny").await;
    assert!(error.contains("cut"), "{error}");
    assert_eq!(part_length(&bench), 1500);
    assert!(!bench.library.model_path("tiny").exists());
    bench.pull("tiny").await.0.unwrap();
    let range = |from: u64| Some(format!("bytes={from}-"));
    assert_eq!(server.ranges(), [None, range(1000), range(1500)]);
    assert_eq!(bench.files(), ["tiny.gguf", "tiny.json"]);
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_is_downloaded_from_its_start() {
    let (content, _) = model(1);
    let (newer, hash) = model(2);
    let server = Server::start(content).await;
    *server.shared.etag.lock().unwrap() = Some("\"v1\"");
    server.then([Then::Cut(1000)]);
    let mut bench = Bench::new("");
    bench.options.retries = 0;
    bench.error(&server.url()).await;
    *server.shared.content.lock().unwrap() = newer;
    *server.shared.etag.lock().unwrap() = Some("\"v2\"");
    assert_eq!(bench.pull(&server.url()).await.0.unwrap().record.sha256, hash);
}

#[tokio::test]
async fn without_a_version_and_without_a_hash_nothing_is_continued() {
    let (content, _) = model(1);
    let server = Server::start(content).await;
    server.then([Then::Cut(1000)]);
    let bench = Bench::new("");
    bench.pull(&server.url()).await.0.unwrap();
    assert_eq!(server.ranges(), [None, None]);
}

#[tokio::test]
async fn a_complete_part_is_only_checked() {
    let (content, _) = model(1);
    let server = Server::start(content.clone()).await;
    let bench = Bench::new(&catalog(&content, &[url_source(&server.url())]));
    server.then([Then::Cut(content.len() - 1), Then::Cut(0)]);
    bench.error("tiny").await;
    std::fs::write(bench.library.part_path("tiny"), &content).unwrap();
    bench.pull("tiny").await.0.unwrap();
    assert_eq!(
        server.ranges().last(),
        Some(&Some(format!("bytes={}-", content.len())))
    );
}

#[tokio::test]
async fn a_wrong_hash_never_lands_and_leaves_nothing() {
    let (content, hash) = model(1);
    let (mut wrong, _) = model(1);
    let last = wrong.len() - 1;
    wrong[last] ^= 1;
    let server = Server::start(wrong.clone()).await;
    let bench = Bench::new(&catalog(&content, &[url_source(&server.url())]));
    let error = bench.error("tiny").await;
    assert!(
        error.contains(&hash) && error.contains(&sha256(&wrong)) && error.contains("thrown away"),
        "{error}"
    );
    assert_eq!(bench.files(), [""; 0]);
    assert_eq!(
        server.requests().len(),
        1,
        "the same wrong file is not asked for twice"
    );
}

#[tokio::test]
async fn a_wrong_part_of_an_earlier_day_costs_one_more_download_and_no_failure() {
    let (content, _) = model(1);
    let server = Server::start(content.clone()).await;
    server.then([Then::Cut(1000), Then::Cut(0)]);
    let bench = Bench::new(&catalog(&content, &[url_source(&server.url())]));
    bench.error("tiny").await;
    std::fs::write(bench.library.part_path("tiny"), vec![0; 1000]).unwrap();
    bench.pull("tiny").await.0.unwrap();
    assert_eq!(server.ranges()[2..], [Some("bytes=1000-".to_owned()), None]);
    assert_eq!(std::fs::read(bench.library.model_path("tiny")).unwrap(), content);
}

#[tokio::test]
async fn a_file_of_another_size_is_refused_before_it_is_downloaded() {
    let (content, _) = model(1);
    let server = Server::start(content[..content.len() - 5].to_vec()).await;
    let bench = Bench::new(&catalog(&content, &[url_source(&server.url())]));
    let error = bench.error("tiny").await;
    assert!(
        error.contains(&format!("has {} bytes", content.len() - 5)),
        "{error}"
    );
    assert!(error.contains(&content.len().to_string()), "{error}");
    assert_eq!(bench.files(), [""; 0]);
}

#[tokio::test]
async fn a_truncated_model_without_a_hash_is_caught_by_its_header() {
    let (content, _) = model(1);
    let server = Server::start(content[..content.len() - 4000].to_vec()).await;
    let bench = Bench::new("");
    let error = bench.error(&server.url()).await;
    assert!(error.contains("no usable model: truncated"), "{error}");
    assert_eq!(bench.files(), [""; 0]);
}

#[tokio::test]
async fn when_the_publisher_does_not_have_it_the_mirror_does() {
    let (content, _) = model(1);
    let server = Server::start(content.clone()).await;
    let missing = format!("{}/file/missing.gguf", server.base);
    let closed = "http://127.0.0.1:1/tiny.gguf";
    let sources = [
        url_source(closed),
        url_source(&missing),
        url_source(&server.url()),
    ];
    let bench = Bench::new(&catalog(&content, &sources));
    let (result, events) = bench.pull("tiny").await;
    assert_eq!(result.unwrap().record.source, server.url());
    let failures: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            PullEvent::SourceFailed { source, error } => Some((source.as_str(), error.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(failures.len(), 2);
    assert_eq!(failures[0].0, closed);
    assert!(
        failures[0].1.starts_with("cannot connect to 127.0.0.1: "),
        "{}",
        failures[0].1
    );
    assert_eq!(
        failures[1],
        (
            missing.as_str(),
            "the server answered 404 Not Found: the file is not there"
        )
    );
}

#[tokio::test]
async fn when_no_source_delivers_every_reason_is_given() {
    let (content, _) = model(1);
    let server = Server::start(content.clone()).await;
    server.then([
        Then::Refuse(StatusCode::BAD_GATEWAY),
        Then::Refuse(StatusCode::BAD_GATEWAY),
    ]);
    let missing = format!("{}/file/missing.gguf", server.base);
    let bench = Bench::new(&catalog(
        &content,
        &[url_source(&missing), url_source(&server.url())],
    ));
    let error = bench.error("tiny").await;
    assert_eq!(
        error,
        format!(
            "`tiny` could not be pulled:\n- {missing}: the server answered 404 Not Found: the file is not there\n- {}: the server answered 502 Bad Gateway",
            server.url()
        )
    );
    assert_eq!(server.requests().len(), 3, "404 once, 502 twice");
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up() {
    let (content, _) = model(1);
    let server = Server::start(content.clone()).await;
    server.then([Then::Hang(1000)]);
    let mut bench = Bench::new(&catalog(&content, &[url_source(&server.url())]));
    bench.options.retries = 0;
    bench.options.stall_timeout = Duration::from_millis(50);
    let error = bench.error("tiny").await;
    assert!(error.contains("nothing arrived for"), "{error}");
    assert_eq!(part_length(&bench), 1000);
}

#[tokio::test]
async fn cancelling_leaves_only_the_part_which_is_continued() {
    let (content, _) = model(1);
    let server = Server::start(content.clone()).await;
    server.then([Then::Hang(1000)]);
    let bench = Bench::new(&catalog(&content, &[url_source(&server.url())]));
    let target = PullTarget::parse("tiny").unwrap();
    let cancel = bench.cancel.clone();
    // The first progress is that the download began.
    let mut on_event = |event| {
        if matches!(event, PullEvent::Progress { .. }) {
            cancel.cancel();
        }
    };
    let result = pull(
        &bench.library,
        &target,
        &bench.options,
        &mut on_event,
        bench.cancel.clone(),
    )
    .await;
    let error = result.unwrap_err();
    assert!(matches!(error, PullError::Cancelled { .. }), "{error}");
    assert_eq!(bench.files(), ["tiny.gguf.part", "tiny.gguf.part.json"]);

    let again = Bench {
        cancel: tokio_util::sync::CancellationToken::new(),
        ..bench
    };
    again.pull("tiny").await.0.unwrap();
    assert_eq!(again.files(), ["tiny.gguf", "tiny.json"]);
}

#[tokio::test]
async fn of_two_pulls_at_once_one_downloads() {
    let (content, _) = model(1);
    let server = Server::start(content.clone()).await;
    let bench = Bench::new(&catalog(&content, &[url_source(&server.url())]));
    let (first, second) = tokio::join!(bench.pull("tiny"), bench.pull("tiny"));
    let results = [first.0, second.0];
    assert_eq!(
        results.iter().filter(|result| result.is_ok()).count(),
        1,
        "{results:?}"
    );
    assert!(
        results
            .iter()
            .any(|result| matches!(result, Err(PullError::Busy { .. }))),
        "{results:?}"
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn the_hubs_own_hash_is_taken_where_the_catalog_has_none() {
    let (content, hash) = model(1);
    let storage = Server::start(content).await;
    let hub = Server::start(Vec::new()).await;
    *hub.shared.storage.lock().unwrap() = storage.base.clone();
    *hub.shared.linked_etag.lock().unwrap() = Some(hash);
    let mut bench = Bench::new("");
    bench.options.hub_base = format!("{}/", hub.base);
    bench.options.hub_token = Some("hf_secret".into());
    let (result, events) = bench.pull("hf:me/models/dir/Tiny v2.gguf@abc").await;
    let pulled = result.unwrap();
    assert_eq!(pulled.model.id, "tiny-v2");
    assert_eq!(
        pulled.record.source,
        "Hugging Face hub, me/models, dir/Tiny v2.gguf"
    );
    assert_eq!(
        events.last(),
        Some(&PullEvent::Installed {
            id: "tiny-v2".into(),
            verified_by: VerifiedBy::Hub
        })
    );
    // The token goes to the hub and not to where it redirects.
    assert_eq!(
        hub.requests(),
        [Request {
            path: "/me/models/resolve/abc/dir/Tiny v2.gguf".into(),
            authorization: Some("Bearer hf_secret".into()),
            ..Request::default()
        }]
    );
    assert_eq!(
        storage.requests(),
        [Request {
            path: "/file/blob".into(),
            ..Request::default()
        }]
    );
    assert!(
        bench
            .pull("hf:me/models/dir/Tiny v2.gguf@abc")
            .await
            .0
            .unwrap()
            .already_installed
    );
    assert!(
        bench
            .error("hf:other/models/Tiny v2.gguf")
            .await
            .contains("council rm tiny-v2")
    );
}

#[tokio::test]
async fn a_file_that_is_not_what_the_hub_says_is_thrown_away() {
    let (content, _) = model(1);
    let hub = Server::start(content).await;
    *hub.shared.linked_etag.lock().unwrap() = Some("ab".repeat(32));
    let mut bench = Bench::new("");
    bench.options.hub_base.clone_from(&hub.base);
    let error = bench.error("hf:me/models/tiny.gguf").await;
    assert!(error.contains("by the hub it should have abab"), "{error}");
    assert_eq!(bench.files(), [""; 0]);
}

#[tokio::test]
async fn a_download_from_the_hub_continues_only_the_same_content() {
    let (content, hash) = model(1);
    let (newer, newer_hash) = model(2);
    let hub = Server::start(content).await;
    *hub.shared.linked_etag.lock().unwrap() = Some(hash);
    hub.then([Then::Cut(1000), Then::Cut(1000)]);
    let mut bench = Bench::new("");
    bench.options.hub_base.clone_from(&hub.base);
    bench.error("hf:me/models/tiny.gguf").await;
    let range = |from: u64| Some(format!("bytes={from}-"));
    assert_eq!(hub.ranges(), [None, None, range(1000), range(1000)]);
    assert_eq!(hub.requests()[3].if_range, None);

    *hub.shared.content.lock().unwrap() = newer;
    *hub.shared.linked_etag.lock().unwrap() = Some(newer_hash.clone());
    assert_eq!(
        bench
            .pull("hf:me/models/tiny.gguf")
            .await
            .0
            .unwrap()
            .record
            .sha256,
        newer_hash
    );
    assert_eq!(hub.ranges()[4..], [range(2000), None]);
}

#[tokio::test]
async fn a_gated_repository_says_what_to_do() {
    let hub = Server::start(Vec::new()).await;
    let mut bench = Bench::new("");
    bench.options.hub_base.clone_from(&hub.base);
    let error = bench.error("hf:me/models/private.gguf").await;
    assert!(error.contains("401") && error.contains("set a token"), "{error}");
}

#[tokio::test]
async fn a_redirection_to_a_host_that_nobody_named_is_refused_and_written_down() {
    let (content, hash) = model(1);
    let storage = Server::start(content).await;
    let hub = Server::start(Vec::new()).await;
    *hub.shared.storage.lock().unwrap() = storage.base.clone();
    *hub.shared.linked_etag.lock().unwrap() = Some(hash);
    let mut bench = Bench::allowing("named", "");
    bench.options.hub_base.clone_from(&hub.base);
    let error = bench.error("hf:me/models/tiny.gguf").await;
    let place = storage.base.trim_start_matches("http://");
    assert!(
        error.contains(&format!("no connection to {place} for `pull`")),
        "{error}"
    );
    assert!(
        error.contains(&format!("egress.allow = \"named, {place}\"")),
        "{error}"
    );
    assert_eq!((hub.requests().len(), storage.requests().len()), (1, 0));
    let refused = bench.log.all().pop().unwrap();
    assert_eq!(
        (refused.call.host.as_str(), refused.outcome),
        (place, EgressOutcome::Refused)
    );
}

/// A tiny projector's bytes.
fn projector() -> Vec<u8> {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("mmproj.gguf");
    let kind = crate::gguf::writer::TinyProjector::Gemma3;
    crate::gguf::writer::write_tiny_projector(&path, kind, 32, 1).unwrap();
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn a_model_that_sees_comes_with_its_projector_and_one_that_is_missing_is_fetched_later() {
    let (content, _) = model(1);
    let (models, projectors) = (
        Server::start(content.clone()).await,
        Server::start(projector()).await,
    );
    let entry = format!(
        "{}projector = {{ approximate_bytes = 9, sources = [{}] }}\n",
        catalog(&content, &[url_source(&models.url())]),
        url_source(&projectors.url())
    );
    let bench = Bench::new(&entry);
    let (pulled, events) = bench.pull("tiny").await;
    assert!(pulled.unwrap().model.projector.is_some());
    let installed: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            PullEvent::Installed { id, .. } => Some(id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(installed, ["tiny", "tiny.mmproj"]);
    assert_eq!(
        bench.files(),
        ["tiny.gguf", "tiny.json", "tiny.mmproj.gguf", "tiny.mmproj.json"]
    );
    assert!(bench.pull("tiny").await.0.unwrap().already_installed);

    bench.library.remove("tiny.mmproj").unwrap();
    let again = bench.pull("tiny").await.0.unwrap();
    assert!(again.model.projector.is_some() && !again.already_installed);
    assert_eq!(models.requests().len(), 1, "the model was there");
}

#[tokio::test]
async fn a_file_that_is_no_projector_is_not_kept_and_the_model_stays() {
    let (content, _) = model(1);
    let (models, wrong) = (
        Server::start(content.clone()).await,
        Server::start(content.clone()).await,
    );
    let entry = format!(
        "{}projector = {{ sources = [{}] }}\n",
        catalog(&content, &[url_source(&models.url())]),
        url_source(&wrong.url())
    );
    let bench = Bench::new(&entry);
    let error = bench.error("tiny").await;
    assert!(error.contains("not a projector for images"), "{error}");
    assert_eq!(bench.files(), ["tiny.gguf", "tiny.json"]);
}
