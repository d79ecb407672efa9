//! Which backend runs programs, and what is said where none does.

use crate::support::{config, open_helper, python, run};
use council_core::sandbox::{Backend, Language, Program, Sandbox as _, SandboxError};
use council_sandbox::{HelperCommand, SandboxConfig, open};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A host on which the launcher makes no boxes of its own: its helper gives up where it is to serve one, and is a guest
/// only in those of others. Tools are those in the folder.
fn host_without_namespaces() -> (SandboxConfig, TempDir) {
    let (mut config, folder) = open_helper();
    let real = config.helper.program.display().to_string();
    // As a guest its standard input is no socket.
    let only_as_guest = format!(
        "[[ -S /dev/stdin ]] && exit 1; exec \"$(test -x {real} && echo {real} || echo /council-box)\""
    );
    config.helper = HelperCommand {
        program: PathBuf::from("/usr/bin/bash"),
        args: vec!["-c".to_owned(), only_as_guest],
    };
    config.search_path = vec![folder.path().to_owned()];
    for name in ["bash", "python3"] {
        symlink(Path::new("/usr/bin").join(name), folder.path().join(name)).unwrap();
    }
    (config, folder)
}

/// bubblewrap, and in each of its boxes the helper.
fn add_bubblewrap(folder: &TempDir) {
    let helper = folder.path().join("council-box").display().to_string();
    let path = folder.path().join("bwrap");
    fs::write(
        &path,
        format!("#!/bin/bash\nexec /usr/bin/bwrap --ro-bind {helper} /council-box \"$@\"\n"),
    )
    .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn the_strongest_that_holds_is_taken() {
    let sandbox = open(config()).await.unwrap_or_else(|why| unreachable!("{why}"));
    let status = sandbox.status().await;
    assert_eq!(status.protection.unwrap().backend, Backend::Namespaces);
    assert_eq!(status.rejected, Vec::new());
}

#[tokio::test]
async fn bubblewrap_is_next_and_it_is_said_why() {
    let (config, folder) = host_without_namespaces();
    add_bubblewrap(&folder);
    let sandbox = open(config).await.unwrap_or_else(|why| unreachable!("{why}"));
    let status = sandbox.status().await;
    assert_eq!(status.protection.unwrap().backend, Backend::Bubblewrap);
    let rejected: Vec<Backend> = status.rejected.iter().map(|(backend, _)| *backend).collect();
    assert_eq!(rejected, [Backend::Namespaces]);
    assert_eq!(python(&*sandbox, "6 * 7").await.value.as_deref(), Some("42"));
}

#[tokio::test]
async fn landlock_alone_is_last_and_only_where_it_is_allowed() {
    let (mut config, _folder) = host_without_namespaces();
    config.allow_weak = true;
    let sandbox = open(config.clone())
        .await
        .unwrap_or_else(|why| unreachable!("{why}"));
    let status = sandbox.status().await;
    assert_eq!(status.protection.unwrap().backend, Backend::Landlock);
    let rejected: Vec<Backend> = status.rejected.iter().map(|(backend, _)| *backend).collect();
    assert_eq!(rejected, [Backend::Namespaces, Backend::Bubblewrap]);

    config.allow_weak = false;
    let none = open(config).await.err().unwrap();
    let status = none.status().await;
    assert_eq!(status.protection, None);
    let rejected: Vec<Backend> = status.rejected.iter().map(|(backend, _)| *backend).collect();
    assert_eq!(
        rejected,
        [Backend::Namespaces, Backend::Bubblewrap, Backend::Landlock]
    );
    let refused = run(&none, Program::new(Language::Bash, "true")).await;
    let Err(SandboxError::CannotIsolate { missing, message }) = refused else {
        unreachable!("{refused:?}")
    };
    assert_eq!(missing, ["namespaces", "bubblewrap"]);
    for said in ["apt-get install bubblewrap", "sandbox.allow_weak"] {
        assert!(message.contains(said), "{message}");
    }
}

#[tokio::test]
async fn what_somebody_asked_for_is_not_replaced() {
    for (backend, layer) in [
        (Backend::Namespaces, "namespaces"),
        (Backend::Bubblewrap, "bubblewrap"),
        (Backend::Firejail, "firejail"),
        (Backend::Docker, "docker"),
        (Backend::Landlock, "namespaces"),
    ] {
        let (mut config, _folder) = host_without_namespaces();
        config.backend = Some(backend);
        let none = open(config).await.err().unwrap();
        let SandboxError::CannotIsolate { missing, message } = none.error() else {
            unreachable!("{none}")
        };
        assert_eq!(missing, &[layer], "{message}");
        assert!(
            message.contains(&format!("`sandbox.backend` is {backend}")),
            "{message}"
        );
    }
}
