//! Tests of pulls in the background and of what fits.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::pull::tests::server::{Server, Then};
use crate::pull::tests::{Bench, catalog, model, url_source};
use council_core::install::{Fit, PullPhase};
use std::sync::atomic::{AtomicUsize, Ordering};

/// An installer, what keeps its directory, and how often the library changed.
fn installer(catalog: &str) -> (LibraryInstaller, tempfile::TempDir, Arc<AtomicUsize>) {
    let Bench {
        dir,
        library,
        options,
        ..
    } = Bench::new(catalog);
    let changes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&changes);
    let changed = move || {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    (
        LibraryInstaller::new(Arc::new(library), options, changed),
        dir,
        changes,
    )
}

/// The pull's last state.
async fn ended(mut events: BoxStream<'static, PullState>) -> PullState {
    loop {
        let state = events.next().await.unwrap();
        if state.phase.is_over() {
            return state;
        }
    }
}

#[tokio::test]
async fn a_pull_tells_its_progress_and_the_model_is_there_at_its_end() {
    let (content, hash) = model(1);
    let server = Server::start(content.clone()).await;
    let (installer, _dir, changes) = installer(&catalog(&content, &[url_source(&server.url())]));
    let before = installer.catalog();
    assert_eq!((before[0].id.as_str(), before[0].installed), ("tiny", false));
    assert_eq!(before[0].sha256.as_deref(), Some(hash.as_str()));
    let events = installer.events();
    let begun = installer.pull("tiny").unwrap();
    assert_eq!((begun.id, begun.phase), (1, PullPhase::Connecting));
    let state = ended(events).await;
    let bytes = content.len() as u64;
    assert_eq!(
        (
            state.phase,
            state.done_bytes,
            state.total_bytes,
            state.verified_by.as_deref(),
            state.error
        ),
        (PullPhase::Installed, bytes, Some(bytes), Some("catalog"), None)
    );
    assert_eq!(changes.load(Ordering::SeqCst), 1);
    let after = &installer.catalog()[0];
    assert_eq!(
        (after.installed, after.verified_by.as_deref()),
        (true, Some("catalog"))
    );
    assert!(installer.remove("tiny").await.unwrap() >= bytes);
    assert_eq!(
        (installer.catalog()[0].installed, changes.load(Ordering::SeqCst)),
        (false, 2)
    );
    assert_eq!(
        installer.remove("tiny").await,
        Err(InstallError::NotInstalled("tiny".to_owned()))
    );
}

#[tokio::test]
async fn a_cancelled_pull_keeps_what_came_and_says_so() {
    let (content, _) = model(1);
    let server = Server::start(content.clone()).await;
    server.then([Then::Hang(1000)]);
    let (installer, _dir, changes) = installer(&catalog(&content, &[url_source(&server.url())]));
    let mut events = installer.events();
    let id = installer.pull("tiny").unwrap().id;
    assert_eq!(
        installer.pull("tiny").unwrap().id,
        id,
        "what is being pulled goes on"
    );
    assert_eq!(
        installer.remove("tiny").await,
        Err(InstallError::Busy("tiny".to_owned()))
    );
    // The first progress is that the download began.
    while events.next().await.unwrap().phase != PullPhase::Downloading {}
    installer.cancel(id).unwrap();
    let state = ended(events).await;
    assert_eq!((state.phase, state.error), (PullPhase::Cancelled, None));
    assert!(state.done_bytes <= 1000);
    assert_eq!(changes.load(Ordering::SeqCst), 0);
    assert_eq!(installer.cancel(7), Err(InstallError::NoPull(7)));
}

#[tokio::test]
async fn a_wrong_file_is_refused_with_the_sources_and_what_they_said() {
    let (content, _) = model(1);
    let (other, _) = model(2);
    let server = Server::start(other).await;
    let (installer, _dir, _) = installer(&catalog(&content, &[url_source(&server.url())]));
    let events = installer.events();
    installer.pull("tiny").unwrap();
    let state = ended(events).await;
    assert_eq!(state.phase, PullPhase::Failed);
    assert_eq!(state.failures.len(), 1);
    assert_eq!(state.failures[0].0, server.url());
    assert!(state.error.unwrap().contains(&state.failures[0].1));
    assert!(!installer.catalog()[0].installed);
}

#[tokio::test]
async fn what_is_no_model_is_refused_at_once() {
    let (installer, _dir, _) = installer("");
    for (what, part) in [
        ("nothing-like-it", "no model of the catalog"),
        ("/etc/passwd", "file of the server's machine"),
    ] {
        let error = installer.pull(what).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(installer.pulls(), []);
}

#[test]
fn what_is_free_fits_what_is_there_is_tight_and_what_is_not_is_too_large() {
    let hardware = Hardware {
        memory_bytes: 8_000_000_000,
        available_memory_bytes: 3_000_000_000,
        ..Hardware::default()
    };
    let of = |needs| fit::of(Some(needs), &hardware);
    assert_eq!(
        of(2_000_000_000),
        (
            Fit::Fits,
            "needs 2.0 GB of memory; 3.0 GB of 8.0 GB are free".to_owned()
        )
    );
    assert_eq!(of(5_000_000_000).0, Fit::Tight);
    assert_eq!(of(9_000_000_000).0, Fit::TooLarge);
    assert_eq!(fit::of(Some(1), &Hardware::default()).0, Fit::Unknown);
}

#[test]
fn the_rate_is_that_of_the_last_seconds() {
    let mut tracked = Tracked::new(1, "tiny", council_core::Timestamp::from_millis(0));
    let begin = Instant::now();
    let second = std::time::Duration::from_secs(1);
    let mut done = 0;
    // Ten slow seconds, and ten fast ones.
    for at in 0..20_u32 {
        done += if at < 10 { 10 } else { 1_000 };
        let total = Some(100_000);
        tracked.happened(PullEvent::Progress { done, total }, begin + second * at);
    }
    assert_eq!(tracked.state.bytes_per_second, Some(1_000.0));
    assert_eq!(tracked.state.phase, PullPhase::Downloading);
}
