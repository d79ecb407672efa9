//! Tests of pulls: against a server on this machine, a stand-in for `pip`, and files.
#![expect(clippy::unwrap_used, reason = "tests")]

mod http;
mod python;
pub(crate) mod server;

use super::{CONNECT_TIMEOUT, PullError, PullEvent, PullOptions, PullTarget, PulledModel, VerifiedBy, pull};
use crate::catalog::{Catalog, Requantise};
use crate::egress::bound_to;
use crate::egress::tests::gate;
use crate::gguf::writer::{TinyModel, write_tiny_model};
use crate::library::{Library, Record};
use council_core::egress::naive::NaiveEgress;
use council_core::egress::{Purpose, Standing};
use council_core::{Clock, Timestamp};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub(crate) struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000)
    }
}

/// A library in a directory of its own, and how models are pulled into it.
pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    pub(crate) library: Library,
    pub(crate) options: PullOptions,
    /// What left.
    pub(crate) log: Arc<NaiveEgress>,
    cancel: CancellationToken,
}

impl Bench {
    /// `catalog` is the text of a catalog file.
    pub(crate) fn new(catalog: &str) -> Self {
        // Servers of tests redirect to each other.
        Self::allowing("named, 127.0.0.1", catalog)
    }

    /// The same with these hosts.
    pub(crate) fn allowing(allow: &str, catalog: &str) -> Self {
        // Another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = TempDir::new().unwrap();
        let catalog = Catalog::parse(Path::new("test.toml"), catalog).unwrap();
        let library = Library::open(dir.path().join("models"), catalog).unwrap();
        let (gate, log) = gate(allow);
        let client = gate
            .client(bound_to(Purpose::Pull, "", Standing::Foreign), CONNECT_TIMEOUT)
            .unwrap();
        let options = PullOptions {
            reserve_bytes: 0,
            retries: 1,
            retry_pause: Duration::ZERO,
            hub_base: "http://127.0.0.1:1".into(),
            ..PullOptions::new(client, Arc::new(StoppedClock))
        };
        Self {
            dir,
            library,
            options,
            log,
            cancel: CancellationToken::new(),
        }
    }

    async fn pull(&self, what: &str) -> (Result<PulledModel, PullError>, Vec<PullEvent>) {
        let mut events = Vec::new();
        let target = PullTarget::parse(what).unwrap();
        let result = pull(
            &self.library,
            &target,
            &self.options,
            &mut |event| events.push(event),
            self.cancel.clone(),
        )
        .await;
        (result, events)
    }

    async fn error(&self, what: &str) -> String {
        self.pull(what).await.0.unwrap_err().to_string()
    }

    /// The names of all files in the library, without hidden ones (locks).
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.library.dir()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        names
    }
}

/// The bytes of a tiny model, and their hash.
pub(crate) fn model(seed: u64) -> (Vec<u8>, String) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("tiny.gguf");
    let model = TinyModel {
        seed,
        layers: 1,
        embedding: 32,
        heads: 1,
        heads_kv: 1,
        ..TinyModel::default()
    };
    write_tiny_model(&path, &model).unwrap();
    let bytes = std::fs::read(path).unwrap();
    let hash = sha256(&bytes);
    (bytes, hash)
}

fn sha256(bytes: &[u8]) -> String {
    super::part::hexadecimal(&Sha256::digest(bytes))
}

/// A catalog with one model, `tiny`.
pub(crate) fn catalog(content: &[u8], sources: &[String]) -> String {
    format!(
        r#"
[[model]]
name = "tiny"
family = "tiny"
parameters = 1
quantisation = "F32"
licence = "MIT"
context_tokens = 512
size_bytes = {}
sha256 = "{}"
requantise = "q8_0"
roles = ["test"]
min_ram_bytes = 1
sources = [{}]
"#,
        content.len(),
        sha256(content),
        sources.join(", ")
    )
}

pub(crate) fn url_source(url: &str) -> String {
    format!(r#"{{ kind = "url", url = "{url}" }}"#)
}

/// Without progress, whose number depends on time.
fn milestones(events: &[PullEvent]) -> Vec<&PullEvent> {
    events
        .iter()
        .filter(|event| !matches!(event, PullEvent::Progress { .. }))
        .collect()
}

#[test]
fn targets_are_names_hub_files_urls_and_paths() {
    let hub = |repo: &str, file: &str, revision: &str| PullTarget::Hub {
        repo: repo.into(),
        file: file.into(),
        revision: revision.into(),
    };
    for (text, target) in [
        ("qwen3-4b", PullTarget::Name("qwen3-4b".into())),
        (" qwen3-4b ", PullTarget::Name("qwen3-4b".into())),
        ("hf:a/b/c.gguf", hub("a/b", "c.gguf", "main")),
        ("hf:a/b/dir/c.gguf@v1", hub("a/b", "dir/c.gguf", "v1")),
        (
            "https://example.org/a.gguf?x=1",
            PullTarget::Url("https://example.org/a.gguf?x=1".into()),
        ),
        ("/models/a.gguf", PullTarget::File("/models/a.gguf".into())),
        ("./a.gguf", PullTarget::File("./a.gguf".into())),
        ("a.gguf", PullTarget::File("a.gguf".into())),
        ("dir/a.gguf", PullTarget::File("dir/a.gguf".into())),
        ("file:///models/a.gguf", PullTarget::File("/models/a.gguf".into())),
    ] {
        assert_eq!(PullTarget::parse(text).unwrap(), target, "{text}");
    }
    for text in [
        "",
        "hf:a/b",
        "hf:a/../c.gguf",
        "hf:a/b/c.gguf@",
        "llama3:8b",
        "ftp://x/y.gguf",
        "file://host/a",
        "https://",
    ] {
        let error = PullTarget::parse(text).unwrap_err().to_string();
        assert!(
            error.contains("give a catalog name, `hf:owner/repo/file.gguf`"),
            "{text}: {error}"
        );
    }
}

#[tokio::test]
async fn an_unknown_name_is_refused_with_the_known_ones_and_the_closest() {
    let (content, _) = model(1);
    let bench = Bench::new(&catalog(&content, &[url_source("https://example.org/x.gguf")]));
    let error = bench.error("tiny-2b").await;
    assert_eq!(
        error,
        "no model is called `tiny-2b`; did you mean `tiny`?; the catalog has: tiny"
    );
}

#[tokio::test]
async fn a_file_on_this_machine_is_copied() {
    let bench = Bench::new("");
    let (content, hash) = model(1);
    let path = bench.dir.path().join("My Model.gguf");
    std::fs::write(&path, &content).unwrap();
    let (result, events) = bench.pull(path.to_str().unwrap()).await;
    let pulled = result.unwrap();
    assert_eq!(pulled.model.id, "my-model");
    assert_eq!(
        pulled.record,
        Record {
            source: path.canonicalize().unwrap().display().to_string(),
            original_name: "My Model.gguf".into(),
            sha256: hash,
            verified_by: "nobody".into(),
            size_bytes: content.len() as u64,
            pulled_at: Some(1_700_000_000),
            requantised: None,
        }
    );
    assert_eq!(bench.library.record("my-model"), Some(pulled.record));
    assert_eq!(bench.files(), ["my-model.gguf", "my-model.json"]);
    assert_eq!(std::fs::read(pulled.model.path).unwrap(), content);
    assert!(events.contains(&PullEvent::Progress {
        done: content.len() as u64,
        total: Some(content.len() as u64)
    }));
    assert_eq!(
        events.last(),
        Some(&PullEvent::Installed {
            id: "my-model".into(),
            verified_by: VerifiedBy::Nobody
        })
    );
}

#[tokio::test]
async fn a_file_that_is_no_model_is_not_copied() {
    let bench = Bench::new("");
    let path = bench.dir.path().join("text.gguf");
    std::fs::write(&path, "hello").unwrap();
    let error = bench.error(path.to_str().unwrap()).await;
    assert!(error.contains("not a GGUF file"), "{error}");
    assert!(
        bench
            .error("/none/of/this.gguf")
            .await
            .contains("/none/of/this.gguf")
    );
    assert_eq!(bench.files(), [""; 0]);
}

#[tokio::test]
async fn a_file_of_the_library_itself_and_parts_of_split_models_are_refused() {
    let bench = Bench::new("");
    let path = bench.library.dir().join("here.gguf");
    std::fs::write(&path, model(1).0).unwrap();
    assert!(
        bench
            .error(path.to_str().unwrap())
            .await
            .contains("lies in the models directory already")
    );
    let split = bench.error("hf:a/b/big-00001-of-00003.gguf").await;
    assert!(split.contains("one of 3 parts"), "{split}");
}

#[tokio::test]
async fn a_disk_without_room_is_refused_before_anything_is_written() {
    let mut bench = Bench::new("");
    bench.options.reserve_bytes = u64::MAX / 2;
    let path = bench.dir.path().join("tiny.gguf");
    std::fs::write(&path, model(1).0).unwrap();
    let (result, _) = bench.pull(path.to_str().unwrap()).await;
    let error = result.unwrap_err();
    assert!(
        matches!(
            error,
            PullError::DiskFull {
                needed_bytes: Some(_),
                free_bytes: Some(_),
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().starts_with("disk full: "), "{error}");
    assert_eq!(bench.files(), [""; 0]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_fills_up_is_named_as_the_cause() {
    let bench = Bench::new("");
    let path = bench.dir.path().join("tiny.gguf");
    std::fs::write(&path, model(1).0).unwrap();
    // Every write to this device fails as on a full disk.
    std::os::unix::fs::symlink("/dev/full", bench.library.part_path("tiny")).unwrap();
    let (result, _) = bench.pull(path.to_str().unwrap()).await;
    let error = result.unwrap_err();
    assert!(
        matches!(
            error,
            PullError::DiskFull {
                needed_bytes: None,
                ..
            }
        ),
        "{error}"
    );
    assert!(!bench.library.model_path("tiny").exists());
}

#[tokio::test]
async fn a_second_pull_of_the_same_model_says_who_does_it() {
    let (content, _) = model(1);
    let bench = Bench::new(&catalog(&content, &[url_source("http://127.0.0.1:1/x.gguf")]));
    let lock = super::lock::lock(&bench.library.lock_path("tiny"), "tiny").unwrap();
    assert_eq!(
        bench.error("tiny").await,
        "`tiny` is being pulled by this process; wait for it, or stop it and try again"
    );
    drop(lock);
    assert!(bench.error("tiny").await.contains("could not be pulled"));
}

#[tokio::test]
async fn an_installed_model_is_found_by_its_record_without_asking_anyone() {
    let (content, hash) = model(1);
    let bench = Bench::new(&catalog(&content, &[url_source("http://127.0.0.1:1/x.gguf")]));
    std::fs::write(bench.library.model_path("tiny"), &content).unwrap();
    let record = Record {
        sha256: hash,
        size_bytes: content.len() as u64,
        ..Record::default()
    };
    bench.library.write_record("tiny", &record).unwrap();
    let (result, events) = bench.pull("tiny").await;
    let pulled = result.unwrap();
    assert!(pulled.already_installed);
    assert_eq!(pulled.requantise, Some(Requantise::Q8_0));
    assert_eq!(events, []);

    // Converted afterwards: its size is another one, and there is nothing left to convert.
    let converted = Record {
        requantised: Some("q8_0".into()),
        size_bytes: 1,
        ..record
    };
    bench.library.write_record("tiny", &converted).unwrap();
    let pulled = bench.pull("tiny").await.0.unwrap();
    assert!(pulled.already_installed);
    assert_eq!(pulled.requantise, None);
}

#[tokio::test]
async fn an_installed_model_without_a_record_is_checked_by_its_hash() {
    let (content, hash) = model(1);
    let bench = Bench::new(&catalog(&content, &[url_source("http://127.0.0.1:1/x.gguf")]));
    std::fs::write(bench.library.model_path("tiny"), &content).unwrap();
    let (result, events) = bench.pull("tiny").await;
    let pulled = result.unwrap();
    assert!(pulled.already_installed);
    assert_eq!(
        (pulled.record.sha256.as_str(), pulled.record.verified_by.as_str()),
        (hash.as_str(), "catalog")
    );
    assert_eq!(milestones(&events), [&PullEvent::Verifying]);
    assert_eq!(bench.pull("tiny").await.1, [], "the second time by its record");
}

#[tokio::test]
async fn another_file_under_the_same_id_is_left_alone() {
    let (content, hash) = model(1);
    let (other, other_hash) = model(2);
    let bench = Bench::new(&catalog(&content, &[url_source("http://127.0.0.1:1/x.gguf")]));
    let path = bench.library.model_path("tiny");
    std::fs::write(&path, &other).unwrap();
    let error = bench.error("tiny").await;
    assert!(
        error.contains(&hash) && error.contains(&other_hash) && error.contains("council rm tiny"),
        "{error}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), other);
    assert_eq!(bench.files(), ["tiny.gguf"]);
}

#[tokio::test]
async fn offline_nothing_is_asked_and_files_still_work() {
    let (content, _) = model(1);
    let mut bench = Bench::new(&catalog(&content, &[url_source("http://127.0.0.1:1/x.gguf")]));
    bench.options.offline = true;
    assert!(bench.error("tiny").await.contains("offline"));
    let path = bench.dir.path().join("other.gguf");
    std::fs::write(&path, &content).unwrap();
    assert_eq!(
        bench.pull(path.to_str().unwrap()).await.0.unwrap().model.id,
        "other"
    );
}

#[test]
fn the_token_is_not_in_the_debug_text() {
    let mut bench = Bench::new("");
    bench.options.hub_token = Some("hf_secret".into());
    let text = format!("{:?}", bench.options);
    assert!(text.contains("***") && !text.contains("hf_secret"), "{text}");
}
